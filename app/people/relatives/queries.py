"""Reading links, consents, requests and looks, for the counter and for families."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, LargeBinary, Row, Select, Text, column, or_, select, table
from sqlalchemy.orm import Session

from app import vault
from app.areas import queries as areas
from app.auth.actor import Actor
from app.clock import business_day
from app.people import queries as people
from app.people.models import Senior
from app.people.relatives.models import Consent, Look, RelativeLink
from app.people.relatives.rules import Relation, State

# Accounts are another package's table: only what a clerk may see of them is read, and by name.
ACCOUNT = table("account", column("id", BigInteger), column("name", Text), column("phone_sealed", LargeBinary))
REQUEST_PAGE = 50
LOOKS_SHOWN = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentView:
    """A consent as shown: who witnessed it, and whether it holds today."""

    id: int
    topic: str
    given_on: date
    until_on: date | None
    how: str
    witness: str
    withdrawn_at: datetime | None
    holds: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkView:
    """A link as shown, with its consents, the newest of each topic first."""

    id: int
    senior_id: int | None
    senior_name: str
    account_id: int | None
    name: str
    phone: str
    relation: str
    is_guardian: bool
    state: str
    asked_at: datetime
    decided_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    offer_until: datetime | None
    consents: tuple[ConsentView, ...]

    @property
    def topics(self) -> list[str]:
        """Return the topics that are open today."""
        return [consent.topic for consent in self.consents if consent.holds]


@dataclass(frozen=True, kw_only=True, slots=True)
class LookView:
    """That somebody looked at some topics of a senior on a day."""

    on_day: date
    name: str
    topic: str
    last_at: datetime
    times: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Requests:
    """Some requests that wait, oldest first, and the cursor of the next page."""

    items: Sequence[LinkView]
    next: int | None


def list_links(session: Session, *, senior_id: int, today: date, sees_names: bool = True) -> Sequence[LinkView]:
    """Return the links of a senior, those in force first; the caller may see the senior."""
    rows = session.execute(
        _select_links().where(RelativeLink.senior_id == senior_id, RelativeLink.relation != Relation.SELF)
    ).all()
    order = [State.ACTIVE, State.OFFERED, State.REQUESTED, State.REFUSED, State.ENDED]
    found = sorted(_views(session, rows, today), key=lambda link: order.index(State(link.state)))
    return found if sees_names else [replace(link, name=vault.mask_name(link.name)) for link in found]


def is_linked(session: Session, *, senior_id: int, account_id: int) -> bool:
    """Say whether an account is a senior's own, or a relative's who is linked or has asked to be."""
    link = select(RelativeLink.id).where(
        RelativeLink.senior_id == senior_id,
        RelativeLink.account_id == account_id,
        RelativeLink.state.in_((State.ACTIVE, State.REQUESTED)),
    )
    return session.scalar(link.limit(1)) is not None


def list_own_links(session: Session, *, actor: Actor, today: date) -> Sequence[LinkView]:
    """Return the links of an account to others, newest first; of people not linked yet only what was asked is told."""
    mine = (RelativeLink.account_id == actor.account_id, RelativeLink.relation != Relation.SELF)
    rows = session.execute(_select_links().where(*mine).order_by(None).order_by(RelativeLink.id.desc())).all()
    return _views(session, rows, today)


def list_requests(session: Session, *, actor: Actor, today: date, after: int | None = None) -> Requests:
    """Return the requests that wait for the clerks of the actor's areas, oldest first."""
    query = _select_links().where(
        RelativeLink.state == State.REQUESTED, areas.within(Senior.residence_area_code, actor.area_codes)
    )
    if after is not None:
        query = query.where(RelativeLink.id > after)
    rows = session.execute(query.limit(REQUEST_PAGE + 1)).all()
    shown = _views(session, rows[:REQUEST_PAGE], today)
    return Requests(items=shown, next=shown[-1].id if len(rows) > REQUEST_PAGE else None)


def find_request(session: Session, *, link_id: int, actor: Actor, today: date) -> LinkView | None:
    """Return a request within the actor's areas, decided or not, or nothing."""
    query = _select_links().where(RelativeLink.id == link_id, people.visible_to(actor))
    return next(iter(_views(session, session.execute(query).all(), today)), None)


def list_looks(
    session: Session,
    *,
    senior_id: int,
    now: datetime,
    days: int = 90,
    limit: int = LOOKS_SHOWN,
    sees_names: bool = True,
) -> Sequence[LookView]:
    """Return who looked at what of a senior, the latest first."""
    since = business_day(now) - timedelta(days=days)
    query = (
        select(Look.on_day, ACCOUNT.c.name, Look.topic, Look.last_at, Look.times)
        .join(ACCOUNT, ACCOUNT.c.id == Look.account_id)
        .where(Look.senior_id == senior_id, Look.on_day > since)
        .order_by(Look.on_day.desc(), Look.last_at.desc(), Look.account_id, Look.topic)
        .limit(limit)
    )
    looks = [LookView(**row._mapping) for row in session.execute(query)]
    return looks if sees_names else [replace(look, name=vault.mask_name(look.name)) for look in looks]


def _select_links() -> Select[Any]:
    return (
        select(RelativeLink, Senior.name.label("senior_name"), ACCOUNT.c.name, ACCOUNT.c.phone_sealed)
        .outerjoin(Senior, Senior.id == RelativeLink.senior_id)
        .outerjoin(ACCOUNT, ACCOUNT.c.id == RelativeLink.account_id)
        .order_by(RelativeLink.id)
    )


def _views(session: Session, rows: Sequence[Row[Any]], today: date) -> list[LinkView]:
    consents = _consents_of(session, [row[0].id for row in rows], today)
    return [_view(row, consents) for row in rows]


def _view(
    row: Any,
    consents: dict[int, tuple[ConsentView, ...]],
) -> LinkView:
    link, senior_name, account_name, phone = row
    is_open = link.state in (State.OFFERED, State.ACTIVE)
    return LinkView(
        id=link.id,
        senior_id=link.senior_id,
        senior_name=senior_name or "",
        account_id=link.account_id,
        name=account_name or link.name,
        phone=vault.mask_phone(vault.unseal(phone)) if phone else "",
        relation=link.relation,
        is_guardian=link.is_guardian,
        state=link.state,
        asked_at=link.asked_at,
        decided_at=link.decided_at,
        ended_at=link.ended_at,
        end_reason=link.end_reason,
        offer_until=link.offer_until,
        consents=consents[link.id] if is_open else (),
    )


def _consents_of(session: Session, link_ids: Iterable[int], today: date) -> dict[int, tuple[ConsentView, ...]]:
    found: dict[int, tuple[ConsentView, ...]] = defaultdict(tuple)
    query = (
        select(Consent, ACCOUNT.c.name)
        .join(ACCOUNT, ACCOUNT.c.id == Consent.witnessed_by)
        .where(Consent.link_id.in_(list(link_ids)), Consent.withdrawn_at.is_(None))
        .where(or_(Consent.until_on.is_(None), Consent.until_on > today))
        .order_by(Consent.topic, Consent.id.desc())
    )
    for consent, witness in session.execute(query):
        found[consent.link_id] += (
            ConsentView(
                id=consent.id,
                topic=consent.topic,
                given_on=consent.given_on,
                until_on=consent.until_on,
                how=consent.how,
                witness=witness,
                withdrawn_at=consent.withdrawn_at,
                holds=consent.given_on <= today,
            ),
        )
    return found
