"""Linking relatives: offered on paper or asked for, accepted, decided, ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import vault
from app.auth.actor import Actor, Role
from app.auth.personal import hold_personal_role
from app.auth.rules import fold_digits
from app.clock import business_day
from app.errors import Invalid
from app.people.models import Card, Senior
from app.people.relatives.access import (
    lock_for_clerk,
    lock_for_family,
    lock_person,
    note,
    refuse_the_deceased,
    require_state,
    street_of,
)
from app.people.relatives.announcing import ENDED, LINKED, REFUSED, tell_of_link
from app.people.relatives.consents import Witnessed, check_witnessed, close_all, write_consents
from app.people.relatives.errors import LinkedAlready, OfferUnknown, OwnLink, RequestsWaiting
from app.people.relatives.family_rules import get_family_rules
from app.people.relatives.models import RelativeLink
from app.people.relatives.rules import Relation, State
from app.people.services import lock_senior
from app.tokens import digits

OFFER_DIGITS = 12  # a trillion: nobody finds one of some thousands by guessing fifty times in a quarter of an hour
REQUESTS_AT_ONCE = 5  # no family asks for more at a time; who does so is collecting people
REQUESTS_A_DAY = 20  # also of those that were taken back
LONGEST_NAME = 80
LONGEST_REASON = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """A link that waits for its relative. The code is told once and never kept."""

    link_id: int
    senior_id: int
    code: str
    until: datetime


def offer_link(
    session: Session,
    *,
    senior_id: int,
    name: str,
    relation: Relation,
    is_guardian: bool,
    witnessed: Witnessed,
    actor: Actor,
    now: datetime,
) -> Offer:
    """Offer a relative at the counter a link to a senior, with what the senior agrees to; returns the code for paper.

    :param name: what the relative is called; the account gets this name when it is new
    :raises NotFound: if there is no such senior within the clerk's areas
    :raises LinkTheDeceased: if the senior has died
    :raises PolicyNotFound: if no rules for families hold in the place
    :raises Invalid: if a field has a fault
    """
    senior = lock_senior(session, senior_id=senior_id, actor=actor)
    refuse_the_deceased(session, senior_id=senior_id)
    today = business_day(now)
    rules = get_family_rules(session, area_code=senior.residence_area_code, on=today)
    check_witnessed(witnessed, is_guardian=is_guardian, today=today)
    code, until = digits(OFFER_DIGITS), now + timedelta(days=rules.offer_days)
    link = RelativeLink(
        senior_id=senior_id,
        name=_read_name(name),
        relation=relation,
        is_guardian=is_guardian,
        state=State.OFFERED,
        offer_digest=offer_digests(code)[0],
        offer_until=until,
        asked_at=now,
        asked_by=actor.account_id,
    )
    session.add(link)
    session.flush()
    told = {"relation": relation, "is_guardian": is_guardian, "until": until}
    note(session, "link.offered", link, actor=actor, now=now, new=told)
    write_consents(session, link, witnessed, actor=actor, now=now)
    return Offer(link_id=link.id, senior_id=senior_id, code=code, until=until)


def find_offer(session: Session, *, code: str, now: datetime) -> RelativeLink | None:
    """Return the offer that a code is for, if it is still good."""
    query = select(RelativeLink).where(
        RelativeLink.offer_digest.in_(offer_digests(fold_digits(code))),
        RelativeLink.state == State.OFFERED,
        RelativeLink.offer_until > now,
    )
    return session.scalar(query)


def accept_offer(session: Session, *, code: str, actor: Actor, now: datetime) -> RelativeLink:
    """Take up an offer: the account is linked from now on, and the code is used.

    :raises OfferUnknown: if no offer waits for the code, or another has taken it up meanwhile
    :raises OwnLink: if the clerk who made the offer takes it up
    :raises LinkedAlready: if the account is linked to the person already
    :raises LinkTheDeceased: if the senior has died meanwhile
    """
    found = find_offer(session, code=code, now=now)
    if found is None or found.senior_id is None:
        raise OfferUnknown
    senior = lock_person(session, found.senior_id)
    link = session.get_one(RelativeLink, found.id, with_for_update=True, populate_existing=True)
    if link.state != State.OFFERED:
        raise OfferUnknown
    if link.asked_by == actor.account_id:
        raise OwnLink
    refuse_the_deceased(session, senior_id=senior.id)
    _refuse_second(session, senior_id=senior.id, actor=actor, now=now)
    link.account_id = actor.account_id
    link.offer_digest = link.offer_until = None
    _activate(session, link, senior, by=actor, now=now)
    note(session, "link.accepted", link, actor=actor, now=now, new={"account": actor.account_id})
    tell_of_link(session, link, LINKED, now=now)
    return link


def request_link(
    session: Session, *, card_number: str, senior_name: str, relation: Relation, actor: Actor, now: datetime
) -> None:
    """Ask the street to be linked to the holder of a card. What happens looks the same whether or not they fit.

    :raises RequestsWaiting: if too many requests of the account wait
    :raises Invalid: if a field is empty
    """
    if not senior_name.strip():
        raise Invalid(errors={"senior_name": [_l("Please fill this in.")]})
    _refuse_collecting(session, actor, now)
    link = RelativeLink(
        senior_id=_find_holder(session, card_number, senior_name, actor),
        account_id=actor.account_id,
        name=actor.name,
        relation=relation,
        state=State.REQUESTED,
        asked_at=now,
        asked_by=actor.account_id,
    )
    session.add(link)
    session.flush()
    note(session, "link.requested", link, actor=actor, now=now, new={"relation": relation})


def accept_request(
    session: Session, *, link_id: int, is_guardian: bool, witnessed: Witnessed, actor: Actor, now: datetime
) -> RelativeLink:
    """Link whoever asked, with what the senior agrees to.

    :raises NotFound: if there is no such request within the clerk's areas
    :raises OwnLink: if the clerk asked
    :raises LinkClosed: if somebody decided already
    :raises LinkTheDeceased: if the senior has died meanwhile
    :raises Invalid: if a field has a fault
    """
    link = lock_for_clerk(session, link_id=link_id, actor=actor)
    require_state(link, {State.REQUESTED})
    senior = session.get_one(Senior, link.senior_id)
    refuse_the_deceased(session, senior_id=senior.id)
    link.is_guardian = is_guardian
    _activate(session, link, senior, by=actor, now=now)
    note(session, "link.accepted", link, actor=actor, now=now, new={"account": link.account_id})
    write_consents(session, link, witnessed, actor=actor, now=now)
    tell_of_link(session, link, LINKED, now=now)
    return link


def refuse_request(session: Session, *, link_id: int, reason: str, actor: Actor, now: datetime) -> RelativeLink:
    """Refuse whoever asked, and say why.

    :raises NotFound: if there is no such request within the clerk's areas
    :raises OwnLink: if the clerk asked
    :raises LinkClosed: if somebody decided already
    :raises Invalid: if no reason is given
    """
    link = lock_for_clerk(session, link_id=link_id, actor=actor)
    require_state(link, {State.REQUESTED})
    link.state, link.decided_at, link.decided_by = State.REFUSED, now, actor.account_id
    link.end_reason = _read_reason(reason)
    session.flush()
    note(session, "link.refused", link, actor=actor, now=now, reason=link.end_reason)
    tell_of_link(session, link, REFUSED, now=now)
    return link


def end_link(session: Session, *, link_id: int, reason: str, actor: Actor, now: datetime) -> RelativeLink:
    """End a link at the counter, at once, with all that the senior agreed to.

    :raises NotFound: if there is no such link within the clerk's areas
    :raises OwnLink: if the link is the clerk's own
    :raises LinkClosed: if it is over already
    """
    link = lock_for_clerk(session, link_id=link_id, actor=actor)
    require_state(link, {State.OFFERED, State.ACTIVE})
    return close_link(session, link, reason=reason.strip()[:LONGEST_REASON], actor=actor, now=now)


def leave_link(session: Session, *, link_id: int, actor: Actor, now: datetime) -> RelativeLink:
    """End a link by the relative or by the senior, or take a request back.

    :raises NotFound: if it is neither of theirs
    :raises LinkClosed: if it is over already
    """
    link = lock_for_family(session, link_id=link_id, actor=actor)
    require_state(link, {State.REQUESTED, State.OFFERED, State.ACTIVE})
    return close_link(session, link, reason="", actor=actor, now=now)


def close_link(
    session: Session, link: RelativeLink, *, reason: str, actor: Actor | None, now: datetime
) -> RelativeLink:
    """End a locked link and everything agreed to for it."""
    by = actor.account_id if actor else None
    was = link.state
    link.state, link.ended_at, link.ended_by, link.end_reason = State.ENDED, now, by, reason
    link.offer_digest = link.offer_until = None
    session.flush()
    close_all(session, link, by=by, now=now)
    note(session, "link.ended", link, actor=actor, now=now, old={"state": was}, reason=reason)
    if was == State.ACTIVE:
        tell_of_link(session, link, ENDED, now=now)
    return link


def offer_digests(code: str) -> list[bytes]:
    """Return what may be kept of an offer's code, keyed digests: the first is the one of today's key."""
    return vault.indexes_of(f"offer {code}")


def _activate(session: Session, link: RelativeLink, senior: Senior, *, by: Actor, now: datetime) -> None:
    link.state, link.decided_at, link.decided_by = State.ACTIVE, now, by.account_id
    session.flush()
    assert link.account_id is not None
    hold_personal_role(session, account_id=link.account_id, role=Role.FAMILY, area_code=street_of(senior), now=now)


def _refuse_second(session: Session, *, senior_id: int, actor: Actor, now: datetime) -> None:
    open_links = select(RelativeLink).where(
        RelativeLink.senior_id == senior_id,
        RelativeLink.account_id == actor.account_id,
        RelativeLink.state.in_([State.REQUESTED, State.ACTIVE]),
    )
    known = session.scalar(open_links)
    if known is not None and known.state == State.ACTIVE:
        raise LinkedAlready
    if known is not None:
        # The street has said yes on paper; what was asked for before need not be answered any more.
        close_link(session, known, reason="", actor=actor, now=now)


def _refuse_collecting(session: Session, actor: Actor, now: datetime) -> None:
    is_waiting = RelativeLink.state == State.REQUESTED
    is_of_today = RelativeLink.asked_at > now - timedelta(days=1)
    query = select(func.count().filter(is_waiting), func.count().filter(is_of_today))
    asked = (RelativeLink.account_id == actor.account_id, RelativeLink.asked_by == actor.account_id)
    waiting, of_today = session.execute(query.where(*asked)).one()
    if waiting >= REQUESTS_AT_ONCE or of_today >= REQUESTS_A_DAY:
        raise RequestsWaiting


def _find_holder(session: Session, card_number: str, senior_name: str, actor: Actor) -> int | None:
    """Return whose card it is, if the name fits and the account has no link to the person yet."""
    query = (
        select(Senior.id)
        .join(Card, Card.senior_id == Senior.id)
        .where(Card.number == fold_digits(card_number), Card.state == "issued")
        .where(Senior.name == senior_name.strip())
    )
    senior_id = session.scalar(query)
    if senior_id is None:
        return None
    lock_person(session, senior_id)
    known = select(RelativeLink.id).where(
        RelativeLink.senior_id == senior_id,
        RelativeLink.account_id == actor.account_id,
        RelativeLink.state.in_([State.REQUESTED, State.ACTIVE]),
    )
    return None if session.scalar(known) else senior_id


def _read_name(typed: str) -> str:
    name = " ".join(typed.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid(
            errors={"name": [_l("Type the relative's name, at most %(count)s characters.", count=LONGEST_NAME)]}
        )
    return name


def _read_reason(typed: str) -> str:
    reason = typed.strip()
    if not 2 <= len(reason) <= LONGEST_REASON:
        raise Invalid(errors={"reason": [_l("Say why in a few words; whoever asked will read it.")]})
    return reason
