"""Reading what has ended and was not booked yet, and what ends next."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Select,
    Text,
    case,
    column,
    false,
    func,
    literal,
    or_,
    select,
    table,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.areas.rules import is_within_any
from app.auth.actor import Actor
from app.people.access import show_name
from subsidies.expiry.rules import (
    ROLLOVER,
    Rollover,
    by_programme,
    find_destination,
    month_of,
    next_month,
    read_rollover,
)
from subsidies.models import Lot

PAGE = 50
# Tables of other packages: only what is named here is read, and by name.
SENIOR = table("senior", column("id", BigInteger), column("name", Text), column("residence_area_code", Text))
POLICY = table(
    "policy_document",
    column("id", BigInteger),
    column("kind", Text),
    column("area_code", Text),
    column("title", JSONB),
    column("state", Text),
    column("valid_from", Date),
    column("valid_until", Date),
    column("body", JSONB),
)


@dataclass(frozen=True, slots=True)
class EndedLot:
    """Points that are past their last good day and still stand in a wallet."""

    home: int
    id: int
    funder: int
    programme: str
    purpose: str
    expires_on: date


@dataclass(frozen=True, slots=True)
class Ending:
    """What of a wallet ends on a day: lost then, or moved into points for certain services."""

    expires_on: date
    fen: int
    moves: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Loser:
    """A senior whose points end in a month, and when the first of them do."""

    senior_id: int
    name: str
    place: str
    lost_fen: int
    moved_fen: int
    first_on: date


@dataclass(frozen=True, slots=True)
class Losers:
    """Some of those whose points end in a month, and the cursor of the next page."""

    items: Sequence[Loser]
    next: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Street:
    """What ends in a month for those who live in one street."""

    code: str
    name: str
    seniors: int
    lost_fen: int
    moved_fen: int


def find_ended(
    session: Session, *, until: date, after: tuple[int, int] = (0, 0), limit: int = 200
) -> Sequence[EndedLot]:
    """Return some lots that still hold points and whose last good day is ``until`` or before, in the order of books.

    :param after: payer and number of the last lot of the part before
    """
    query = (
        select(Lot.home, Lot.id, Lot.funder, Lot.programme, Lot.purpose, Lot.expires_on)
        .where(Lot.expires_on <= until, Lot.remaining_fen > 0, tuple_(Lot.home, Lot.id) > tuple_(*map(literal, after)))
        .order_by(Lot.home, Lot.id)
    )
    return [EndedLot(*row) for row in session.execute(query.limit(limit))]


def count_ended(session: Session, *, until: date) -> int:
    """Return how many lots are past their last good day and still hold points."""
    query = select(func.count()).select_from(Lot).where(Lot.expires_on <= until, Lot.remaining_fen > 0)
    return session.scalar(query) or 0


def find_last_swept(session: Session, *, today: date) -> date:
    """Return the last good day that the sweep of this night books: yesterday, less the days the rules wait.

    Books know no area, so the longest wait of all documents in force counts.
    """
    in_force = or_(POLICY.c.valid_until.is_(None), POLICY.c.valid_until > today)
    query = select(func.max(POLICY.c.body["sweep_after_days"].as_integer())).where(
        POLICY.c.kind == "expiry_rules", POLICY.c.state == "published", POLICY.c.valid_from <= today, in_force
    )
    return today - timedelta(days=1 + (session.scalar(query) or 0))


def list_rollovers(session: Session) -> dict[str, list[Rollover]]:
    """Return the programmes whose points move when they end, by code; each document for the days it holds."""
    body = POLICY.c.body
    # Only what is asked of a body comes over: whole ones are long, and every family's first page asks.
    query = (
        select(POLICY.c.id, body["code"].as_string(), body["expiry"], POLICY.c.valid_from, POLICY.c.valid_until)
        .where(POLICY.c.kind == "allowance_programme", POLICY.c.state == "published")
        .where(body["expiry", "mode"].as_string() == ROLLOVER)
        .order_by(POLICY.c.id)
    )
    found = (
        read_rollover(number, {"code": code, "expiry": expiry}, from_on, until_on)
        for number, code, expiry, from_on, until_on in session.execute(query)
    )
    return by_programme(each for each in found if each)


def list_ending(
    session: Session, *, home: int, on: date, of: Callable[[str], bool] = lambda _purpose: True
) -> list[Ending]:
    """Return what of a wallet ends by the end of next month if it is not spent, day by day.

    :param of: says of a lot's purpose whether it is meant
    """
    last = month_of(next_month(on))[1]
    query = select(Lot.expires_on, Lot.programme, Lot.purpose, Lot.remaining_fen).where(
        Lot.home == home, Lot.expires_on.between(on, last), Lot.remaining_fen > 0
    )
    lots = session.execute(query).all()
    rollovers, sums = list_rollovers(session), Counter[tuple[date, bool]]()
    for day, programme, purpose, fen in lots:
        if not of(purpose):
            continue
        goal = find_destination(rollovers, programme=programme, purpose=purpose, expires_on=day)
        sums[day, goal is not None] += fen
    return [Ending(day, fen, moves) for (day, moves), fen in sorted(sums.items())]


def list_losers(
    session: Session,
    *,
    actor: Actor,
    month: date,
    today: date,
    area_code: str | None = None,
    after: int = 0,
    limit: int = PAGE,
) -> Losers:
    """List who has points that end in a month, within the actor's areas, in the order of registration."""
    query = (
        _ending_in(month, today, _moves(list_rollovers(session)), _areas(actor, area_code))
        .add_columns(
            SENIOR.c.id, SENIOR.c.name, SENIOR.c.residence_area_code, func.min(Lot.expires_on).label("first_on")
        )
        .where(SENIOR.c.id > after)
        .group_by(SENIOR.c.id, SENIOR.c.name, SENIOR.c.residence_area_code)
        .order_by(SENIOR.c.id)
    )
    rows = session.execute(query.limit(limit + 1)).all()
    shown = rows[:limit]
    names = areas.find_names(session, {row.residence_area_code for row in shown})
    items = [
        Loser(
            senior_id=row.id,
            name=show_name(actor, row.name, row.residence_area_code),
            place=names[row.residence_area_code].name if row.residence_area_code in names else "",
            lost_fen=int(row.lost_fen),
            moved_fen=int(row.moved_fen),
            first_on=row.first_on,
        )
        for row in shown
    ]
    return Losers(items, items[-1].senior_id if len(rows) > limit else None)


def sum_streets(
    session: Session, *, actor: Actor, month: date, today: date, area_code: str | None = None
) -> list[Street]:
    """Sum up what ends in a month for each street of the actor's areas."""
    street = func.left(SENIOR.c.residence_area_code, 9).label("street")
    query = (
        _ending_in(month, today, _moves(list_rollovers(session)), _areas(actor, area_code))
        .add_columns(street, func.count(SENIOR.c.id.distinct()).label("seniors"))
        .group_by(street)
        .order_by(street)
    )
    rows = session.execute(query).all()
    names = areas.find_names(session, {row.street for row in rows})
    return [
        Street(
            code=row.street,
            name=names[row.street].name if row.street in names else row.street,
            seniors=row.seniors,
            lost_fen=int(row.lost_fen),
            moved_fen=int(row.moved_fen),
        )
        for row in rows
    ]


def _ending_in(month: date, today: date, moves: ColumnElement[bool], area_codes: Collection[str]) -> Select[int, int]:
    first, last = month_of(month)
    return (
        select(
            func.sum(case((moves, 0), else_=Lot.remaining_fen)).label("lost_fen"),
            func.sum(case((moves, Lot.remaining_fen), else_=0)).label("moved_fen"),
        )
        .select_from(SENIOR)
        .join(Lot, Lot.home == SENIOR.c.id)
        .where(
            areas.within(SENIOR.c.residence_area_code, area_codes),
            Lot.expires_on.between(max(first, today), last),
            Lot.remaining_fen > 0,
        )
    )


def _areas(actor: Actor, area_code: str | None) -> Collection[str]:
    """Return the chosen area if it lies within the actor's, else all of the actor's."""
    return [area_code] if area_code and is_within_any(area_code, actor.area_codes) else actor.area_codes


def _moves(rollovers: Mapping[str, Sequence[Rollover]]) -> ColumnElement[bool]:
    """Return the condition that a lot's points move when they end."""
    return or_(
        false(),
        *(
            (Lot.programme == code)
            & (Lot.purpose != each.purpose)
            & (Lot.expires_on >= each.from_on)
            & (Lot.expires_on < (each.until_on or date.max))
            for code, found in rollovers.items()
            for each in found
        ),
    )
