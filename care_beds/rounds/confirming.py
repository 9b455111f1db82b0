"""The family's word that a visit was done: a tap on its own page, or six digits from there, typed by the carer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import vault
from app.audit.services import record
from app.auth import Actor
from app.clock import business_day
from app.people.relatives.reach import followers
from app.people.relatives.rules import Topic
from care_beds.providers import queries as providers
from care_beds.rounds.errors import CodeWrong, NotFinished, OwnVisit, TooManyTries, VisitNotFound
from care_beds.rounds.evidence import lock_own, own_visit
from care_beds.rounds.models import VisitCodeTry
from care_beds.rounds.rules import UNCONFIRMED, CannotReason
from care_beds.visits.exceptions import raise_exceptions
from care_beds.visits.models import CareVisit, VisitConfirmation
from care_beds.visits.policy import get_visit_rules

CODE_DIGITS = 6
TAP, CODE, CANNOT = "tap", "code", "cannot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """Where a visit stands after somebody spoke for the family, or could not."""

    visit_id: int
    how: str
    state: str


def code_of(*, visit_id: int, account_id: int) -> str:
    """Return the six digits with which one account confirms one visit; nobody else's are the same but by chance."""
    index = vault.index_of(f"visit confirmation {visit_id} {account_id}")
    return str(int.from_bytes(index[:8], "big") % 10**CODE_DIGITS).zfill(CODE_DIGITS)


def confirm_by_tap(session: Session, *, senior_id: int, visit_id: int, by: Actor, now: datetime) -> Confirmed:
    """Confirm a visit from the family's own page. Doing it twice changes nothing.

    The caller has made sure that the senior's visits are open to the account.

    :raises VisitNotFound: if it is no visit to this senior
    :raises NotFinished: if the carer has not checked out
    :raises OwnVisit: if the account is the carer's own
    """
    visit = session.get(CareVisit, visit_id, with_for_update=True)
    if visit is None or visit.senior_id != senior_id:
        raise VisitNotFound
    check_not_own(session, visit, by=by)
    return _confirm(session, visit, how=TAP, account_id=by.account_id, by=by, occurred_at=now, now=now)


def confirm_visit(
    session: Session,
    *,
    visit_id: int,
    how: str,
    code: str | None,
    reason: CannotReason | None,
    words: str,
    occurred_at: datetime,
    by: Actor,
    now: datetime,
) -> Confirmed:
    """Write down the family's word as the carer brings it: a code, or why there is none.

    :raises VisitNotFound: if the visit is not the caller's own
    :raises NotFinished: if it was not checked out
    :raises TooManyTries: if too many codes were wrong already
    :raises CodeWrong: if the code belongs to nobody who follows the senior
    """
    asked: dict[str, Any] = {"visit_id": visit_id, "occurred_at": occurred_at, "by": by, "now": now}
    if how == CODE:
        return confirm_by_code(session, code=code or "", **asked)
    return note_cannot(session, reason=reason or CannotReason.OTHER, words=words, **asked)


def confirm_by_code(
    session: Session, *, visit_id: int, code: str, occurred_at: datetime, by: Actor, now: datetime
) -> Confirmed:
    """Confirm a visit by the digits that the family read out to the carer.

    :raises VisitNotFound: if the visit is not the caller's own
    :raises NotFinished: if it was not checked out
    :raises TooManyTries: if too many codes were wrong already
    :raises CodeWrong: if the code belongs to nobody who follows the senior; the try is written down
    """
    visit = _lock_own(session, visit_id=visit_id, by=by)
    if _is_confirmed(visit):
        return _told(visit, CODE)
    rules = get_visit_rules(session, area_code=visit.area_code, on=visit.visit_on)
    tries = session.scalar(select(func.count()).where(VisitCodeTry.visit_id == visit.id)) or 0
    if tries >= rules.code_tries:
        raise TooManyTries
    account_id = _whose(session, visit, code=code, not_of=by.account_id, now=now)
    if account_id is None:
        session.add(VisitCodeTry(visit_id=visit.id, at=now, by_account=by.account_id))
        session.flush()
        raise CodeWrong(extra={"tries_left": rules.code_tries - tries - 1})
    when = min(occurred_at, now)
    return _confirm(session, visit, how=CODE, account_id=account_id, by=by, occurred_at=when, now=now)


def note_cannot(
    session: Session,
    *,
    visit_id: int,
    reason: CannotReason,
    words: str,
    occurred_at: datetime,
    by: Actor,
    now: datetime,
) -> Confirmed:
    """Write down why nobody could confirm: a supervisor looks at it, and the family still can. Twice changes nothing.

    :raises VisitNotFound: if the visit is not the caller's own
    :raises NotFinished: if it was not checked out
    """
    visit = _lock_own(session, visit_id=visit_id, by=by)
    if _is_confirmed(visit) or _has(session, visit, CANNOT):
        return _told(visit, CANNOT)
    _check_finished(visit)
    told = {"reason": str(reason), "words": words}
    _add(session, visit, how=CANNOT, account_id=by.account_id, at=min(occurred_at, now), reason=reason)
    raise_exceptions(session, visit=visit, found={UNCONFIRMED: told}, now=now)
    _note(session, visit, "visit.unconfirmed", by=by, now=now, new=told)
    return _told(visit, CANNOT)


def check_not_own(session: Session, visit: CareVisit, *, by: Actor) -> None:
    """Refuse whoever went there.

    :raises OwnVisit: if the account is the carer's own
    """
    carer = providers.get_carer(session, carer_id=visit.carer_id)
    if carer.account_id == by.account_id:
        raise OwnVisit


def _whose(session: Session, visit: CareVisit, *, code: str, not_of: int, now: datetime) -> int | None:
    """Return the account whose digits these are; the carer's own would be no word of the family."""
    found = followers(session, senior_ids=[visit.senior_id], topic=Topic.VISITS, today=business_day(now))
    accounts: Sequence[int] = found.get(visit.senior_id, ())
    fits = (each for each in accounts if each != not_of and code_of(visit_id=visit.id, account_id=each) == code)
    return next(fits, None)


def _confirm(
    session: Session,
    visit: CareVisit,
    *,
    how: str,
    account_id: int,
    by: Actor,
    occurred_at: datetime,
    now: datetime,
) -> Confirmed:
    if _is_confirmed(visit):
        return _told(visit, how)
    _check_finished(visit)
    _add(session, visit, how=how, account_id=account_id, at=occurred_at)
    visit.state = "confirmed"
    session.flush()
    _note(session, visit, "visit.confirmed", by=by, now=now, new={"how": how, "account_id": account_id})
    return _told(visit, how)


def _lock_own(session: Session, *, visit_id: int, by: Actor) -> CareVisit:
    return lock_own(session, own_visit(session, visit_id=visit_id, by=by))


def _check_finished(visit: CareVisit) -> None:
    if visit.state != "finished":
        raise NotFinished


def _is_confirmed(visit: CareVisit) -> bool:
    return visit.state == "confirmed"


def _has(session: Session, visit: CareVisit, how: str) -> bool:
    query = select(VisitConfirmation.id).where(VisitConfirmation.visit_id == visit.id, VisitConfirmation.how == how)
    return session.scalar(query.limit(1)) is not None


def _add(session: Session, visit: CareVisit, *, how: str, account_id: int, at: datetime, reason: str = "") -> None:
    session.add(
        VisitConfirmation(visit_id=visit.id, how=how, by_account=account_id, occurred_at=at, reason=str(reason))
    )
    session.flush()


def _note(session: Session, visit: CareVisit, action: str, *, by: Actor, now: datetime, new: dict[str, Any]) -> None:
    record(
        session,
        actor=by,
        action=action,
        subject=f"care_visit:{visit.id}",
        area_code=visit.area_code,
        now=now,
        new=new,
    )


def _told(visit: CareVisit, how: str) -> Confirmed:
    return Confirmed(visit_id=visit.id, how=how, state=visit.state)
