"""Reading sales: lists by filters, what they add up to, and one sale explained."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select, true, tuple_
from sqlalchemy.orm import Session, aliased

from app.auth import Actor
from app.paging import Page, cut_page, moment_cursor, read_moment_cursor
from app.vault import mask_name
from meals.errors import CheckoutNotFound
from meals.models import Canteen, Checkout, Till
from meals.reading.days import Days, midnight
from meals.reading.neighbours import account, senior
from meals.reading.sums import days_of
from meals.scope import canteens_within, visible_canteens

# A till that was cut off sends its sales later; nothing comes in later than this.
LATEST_UPLOAD = timedelta(days=32)
AMOUNTS = ("price_fen", "public_fen", "concession_fen", "points_fen", "cash_fen")


class SaleState(StrEnum):
    """How a sale stands."""

    SUBSIDISED = "subsidised"
    FULL_PRICE = "full_price"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleFilter(Days):
    """What to look for; every part narrows. Both days are included; a day is the day of the meal."""

    canteen_id: int | None = None
    area: str | None = None
    window: str | None = None
    state: SaleState | None = None
    find: str = ""
    guest: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleLine:
    """A sale as lists show it, the guest's name masked."""

    id: UUID
    number: str
    guest: str
    age: int | None
    card_tail: str
    canteen_id: int
    canteen: str
    canteen_en: str
    till: int | None
    meal_on: date
    window: str | None
    price_fen: int
    public_fen: int
    concession_fen: int
    points_fen: int
    cash_fen: int
    unpaid_fen: int = 0
    state: SaleState
    occurred_at: datetime
    booked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleSums:
    """What sales add up to; what was undone is counted apart and adds nothing."""

    count: int
    reversed: int
    price_fen: int
    public_fen: int
    concession_fen: int
    points_fen: int
    cash_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale(SaleLine):
    """One sale with all that it was decided by."""

    senior_id: int
    cashier: str
    items: Sequence[Mapping[str, Any]]
    shares: Sequence[Mapping[str, Any]]
    facts: Mapping[str, Any]
    reasons: Sequence[Mapping[str, Any]]
    policy_ids: Sequence[int]
    posted: bool
    reversal_id: UUID | None
    reversed_at: datetime | None
    reversed_by: str | None
    reversal_reason: str | None


def list_checkouts(
    session: Session,
    *,
    actor: Actor,
    filters: SaleFilter,
    after: str | None = None,
    limit: int = 50,
    named: bool = False,
) -> Page[SaleLine]:
    """List sales of an actor's canteens, the latest first.

    :param named: write names and cards out; only for files that a second person allowed
    :raises Invalid: if the days cannot be read at once, or ``after`` is no cursor of this list
    """
    filters.check()
    rows = session.execute(_page_query(actor, filters, after, limit)).all()
    return cut_page([_line(row, named) for row in rows], limit, lambda line: moment_cursor(line.booked_at, line.id))


def sum_checkouts(session: Session, *, actor: Actor, filters: SaleFilter) -> SaleSums:
    """Add up what ``list_checkouts`` lists on all its pages.

    :raises Invalid: if the days cannot be read at once
    """
    filters.check()
    if filters.find or filters.guest is not None:
        return _sum_rows(session, actor, filters)
    days = {"from_on": filters.from_on, "until_on": filters.until_on}
    sold = days_of(actor, **days, area=filters.area, canteen_id=filters.canteen_id).c
    amounts = [sold.meals, sold.undone, *(sold[name] for name in AMOUNTS)]
    query = select(*(func.coalesce(func.sum(amount), 0) for amount in amounts))
    if filters.window:
        query = query.where(sold.window_name == filters.window)
    if filters.state in (SaleState.SUBSIDISED, SaleState.FULL_PRICE):
        query = query.where(sold.is_subsidised == (filters.state is SaleState.SUBSIDISED))
    count, undone, *sums = (int(value) for value in session.execute(query).one())
    if filters.state is SaleState.REVERSED:
        return SaleSums(count=0, reversed=undone, **dict.fromkeys(AMOUNTS, 0))
    return SaleSums(count=count, reversed=0 if filters.state else undone, **dict(zip(AMOUNTS, sums, strict=True)))


def get_checkout(session: Session, *, checkout_id: UUID, actor: Actor) -> Sale:
    """Return one sale with all that it was decided by.

    :raises CheckoutNotFound: if there is none with this id in the actor's canteens
    """
    cashier, undoer = aliased(account), aliased(account)
    query = (
        _lines()
        .add_columns(cashier.c.name.label("cashier"), undoer.c.name.label("undoer"))
        .join(cashier, cashier.c.id == Checkout.account_id)
        .outerjoin(undoer, undoer.c.id == Checkout.reversed_by)
    )
    row = session.execute(query.where(Checkout.id == checkout_id, visible_canteens(actor))).one_or_none()
    if row is None:
        raise CheckoutNotFound
    sold = row.Checkout
    return Sale(
        **_facts(row),
        senior_id=sold.home,
        cashier=row.cashier,
        items=sold.items,
        shares=sold.shares,
        facts=sold.facts,
        reasons=sold.reasons,
        policy_ids=sold.policy_ids,
        posted=sold.posted,
        reversal_id=sold.reversal_id,
        reversed_at=sold.reversed_at,
        reversed_by=row.undoer,
        reversal_reason=sold.reversal_reason,
    )


def _page_query(actor: Actor, filters: SaleFilter, after: str | None, limit: int) -> Select[Any]:
    """Find the latest rows of each canteen by its own index, and of these the latest of all."""
    place = (Checkout.booked_at, Checkout.id)
    last = [each.desc() for each in place]
    narrowed = [*_narrowed(filters), *([tuple_(*place) < read_moment_cursor(after, UUID)] if after else [])]
    if filters.guest is not None:
        rows = _lines().where(canteens_within(actor, filters.area), *narrowed)
        return rows.order_by(*last).limit(limit + 1)
    latest = (
        select(Checkout.home, Checkout.id, Checkout.booked_at)
        .where(Checkout.canteen_id == Canteen.id, *narrowed)
        .order_by(*last)
        .limit(limit + 1)
        .correlate(Canteen)
        .lateral("latest")
    )
    found = (
        select(latest.c.home, latest.c.id)
        .select_from(Canteen)
        .join(latest, true())
        .where(canteens_within(actor, filters.area))
        .order_by(latest.c.booked_at.desc(), latest.c.id.desc())
        .limit(limit + 1)
        .subquery("found")
    )
    return _lines().join(found, (found.c.home == Checkout.home) & (found.c.id == Checkout.id)).order_by(*last)


def _sum_rows(session: Session, actor: Actor, filters: SaleFilter) -> SaleSums:
    """Add up rows that no kept sum knows apart: those of a person, a card or a number."""
    kept = Checkout.reversed_at.is_(None)
    columns = [getattr(Checkout, name) for name in AMOUNTS]
    sums = [func.coalesce(func.sum(amount).filter(kept), 0).label(amount.key) for amount in columns]
    query = select(func.count().filter(kept).label("count"), func.count().filter(~kept).label("reversed"), *sums)
    joined = query.select_from(Checkout).join(Canteen, Canteen.id == Checkout.canteen_id)
    row = session.execute(joined.where(canteens_within(actor, filters.area), *_narrowed(filters))).one()
    return SaleSums(**{name: int(value) for name, value in row._mapping.items()})


def booked_within(from_on: date, until_on: date) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for meals of these days, such that the index by moment of booking serves them."""
    return (
        Checkout.meal_on.between(from_on, until_on),
        Checkout.booked_at >= midnight(from_on),
        Checkout.booked_at < midnight(until_on) + LATEST_UPLOAD,
    )


def _lines() -> Select[Any]:
    return (
        select(Checkout, Canteen.name, Canteen.name_en, Till.number.label("till"), senior.c.name.label("guest"))
        .join(Canteen, Canteen.id == Checkout.canteen_id)
        .join(senior, senior.c.id == Checkout.home)
        .outerjoin(Till, Till.id == Checkout.till_id)
    )


def _narrowed(filters: SaleFilter) -> list[ColumnElement[bool]]:
    """Return every condition but where the canteens lie."""
    found = [*booked_within(filters.from_on, filters.until_on)]
    if filters.canteen_id is not None:
        found.append(Checkout.canteen_id == filters.canteen_id)
    if filters.guest is not None:
        found.append(Checkout.home == filters.guest)
    if filters.window:
        found.append(Checkout.window_name == filters.window)
    if filters.state:
        found.append(_in_state(filters.state))
    if filters.find:
        found.append(_found_by(filters.find))
    return found


def _in_state(state: SaleState) -> ColumnElement[bool]:
    if state is SaleState.REVERSED:
        return Checkout.reversed_at.isnot(None)
    subsidised = Checkout.slot.isnot(None) if state is SaleState.SUBSIDISED else Checkout.slot.is_(None)
    return subsidised & Checkout.reversed_at.is_(None)


def _found_by(text: str) -> ColumnElement[bool]:
    """Find by receipt number, which has a hyphen, or by the last digits of a card."""
    text = text.replace(" ", "")
    if "-" in text:
        return Checkout.number == text
    return Checkout.card.endswith(text, autoescape=True)


def _line(row: Row[Any], named: bool) -> SaleLine:
    written_out = {"guest": row.guest, "card_tail": row.Checkout.card} if named else {}
    return SaleLine(**{**_facts(row), **written_out})


def _facts(row: Row[Any]) -> dict[str, Any]:
    sold = row.Checkout
    state = SaleState.SUBSIDISED if sold.slot is not None else SaleState.FULL_PRICE
    return {
        "id": sold.id,
        "number": sold.number,
        "guest": mask_name(row.guest),
        "age": sold.facts.get("age"),
        "card_tail": sold.card[-4:],
        "canteen_id": sold.canteen_id,
        "canteen": row.name,
        "canteen_en": row.name_en,
        "till": row.till,
        "meal_on": sold.meal_on,
        "window": sold.window_name,
        "price_fen": sold.price_fen,
        "public_fen": sold.public_fen,
        "concession_fen": sold.concession_fen,
        "points_fen": sold.points_fen,
        "cash_fen": sold.cash_fen,
        "unpaid_fen": sold.unpaid_fen,
        "state": SaleState.REVERSED if sold.reversed_at else state,
        "occurred_at": sold.occurred_at,
        "booked_at": sold.booked_at,
    }
