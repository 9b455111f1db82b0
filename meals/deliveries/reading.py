"""Reading deliveries: a canteen's day, a deliverer's round, one guest's, and what they come to."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, case, select, tuple_
from sqlalchemy.orm import Session

from app import vault
from app.auth import Actor
from app.clock import business_day
from app.paging import Page, cut_page, no_cursor, read_cursor, write_cursor
from app.vault import mask_name
from meals.deliveries.errors import DeliveryNotFound
from meals.deliveries.models import LAST_POSITION, Delivery, DeliveryTry
from meals.deliveries.policy import find_rules_of
from meals.deliveries.rules import Source, State, is_overdue
from meals.documents.schema import WINDOW_NAMES
from meals.models import Canteen, Checkout
from meals.reading.days import Days
from meals.reading.neighbours import account, senior
from meals.roles import SELLERS
from meals.scope import canteens_within, visible_canteens

LARGEST_ROUND = 200
_deliverer = account.alias("deliverer")


@dataclass(frozen=True, slots=True, kw_only=True)
class TryView:
    """A time at the door that came to nothing."""

    at: datetime
    trouble: str
    outcome: str
    words: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryView:
    """A delivery as canteen staff, auditors and families see it: the guest's name masked, no address."""

    id: int
    state: str
    source: str
    senior_id: int
    guest: str
    canteen_id: int
    canteen: str
    canteen_en: str
    area_code: str
    meal_on: date
    window: str
    items: Sequence[Mapping[str, Any]]
    price_fen: int
    deliverer_id: int | None
    deliverer: str | None
    position: int
    ordered_at: datetime
    cancelled_at: datetime | None
    cancel_reason: str
    checkout_id: UUID | None
    sale_number: str | None
    is_subsidised: bool
    due_fen: int
    out_at: datetime | None
    handed_at: datetime | None
    hand_place: str | None
    received_by: str | None
    receiver: str | None
    cash_fen: int | None
    fee_fen: int
    fee_txn_id: UUID | None
    fee_why: Mapping[str, Any] | None
    fee_policy_id: int | None
    fee_is_back: bool
    tries: Sequence[TryView] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFilter(Days):
    """What to look for; every part narrows. Both days are included."""

    canteen_id: int | None = None
    area: str | None = None
    window: str | None = None
    state: State | None = None
    source: Source | None = None


def list_deliveries(
    session: Session, *, actor: Actor, filters: DeliveryFilter, after: str | None = None, limit: int = 50
) -> Page[DeliveryView]:
    """List deliveries of the actor's canteens: the latest day first, within it meal by meal in the order of the way.

    :raises Invalid: if there are too many days, or the cursor is none of this list
    """
    filters.check()
    query = _select().where(canteens_within(actor, filters.area), *conditions_of(filters))
    way = (Delivery.window_name, Delivery.position, Delivery.id)
    if after is not None:
        day, *place = _read_cursor(after)
        query = query.where((Delivery.meal_on < day) | ((Delivery.meal_on == day) & (tuple_(*way) > tuple(place))))
    rows = session.execute(query.order_by(Delivery.meal_on.desc(), *way).limit(limit + 1)).all()
    page = cut_page(rows, limit, _cursor)
    return Page(items=_views(session, page.items), next=page.next)


def get_delivery(session: Session, *, delivery_id: int, actor: Actor) -> DeliveryView:
    """Return one delivery of the actor's canteens.

    :raises DeliveryNotFound: if there is none with this id among them
    """
    rows = session.execute(_select().where(Delivery.id == delivery_id, visible_canteens(actor))).all()
    if not rows:
        raise DeliveryNotFound
    return _as_known(_views(session, rows)[0], actor)


def find_by_sale(session: Session, *, checkout_id: UUID) -> DeliveryView | None:
    """Return the delivery that a sale was made for, or nothing; the caller may see the sale."""
    rows = session.execute(_select().where(Delivery.checkout_id == checkout_id)).all()
    return _views(session, rows)[0] if rows else None


def list_of_senior(session: Session, *, senior_id: int, since: date, limit: int = 50) -> Sequence[DeliveryView]:
    """List a senior's deliveries since a day, the latest first. Asks nobody's leave."""
    query = _select().where(Delivery.senior_id == senior_id, Delivery.meal_on >= since)
    rows = session.execute(query.order_by(Delivery.meal_on.desc(), Delivery.id.desc()).limit(limit)).all()
    return _views(session, rows)


def list_round(session: Session, *, actor: Actor, on: date) -> Sequence[DeliveryView]:
    """List what somebody brings on a day, and what nobody brings yet, in the order of the way."""
    mine = Delivery.deliverer_id == actor.account_id
    free = and_(Delivery.deliverer_id.is_(None), Delivery.state.in_((State.ORDERED, State.OUT)))
    query = _select().where(
        Delivery.canteen_id.in_(actor.canteen_ids),
        Delivery.meal_on == on,
        Delivery.state != State.CANCELLED,
        mine | free,
    )
    meal = case({"breakfast": 1, "lunch": 2}, value=Delivery.window_name, else_=3)
    ordered = query.order_by(Delivery.deliverer_id.is_(None), meal, Delivery.position, Delivery.id)
    found = _views(session, session.execute(ordered.limit(LARGEST_ROUND)).all())
    return [_as_known(each, actor) for each in found]


def list_overdue(session: Session, *, deliveries: Sequence[DeliveryView], now: datetime) -> Collection[int]:
    """Return the ids of those deliveries that are on their way for longer than the rules of their places say."""
    out = [each for each in deliveries if each.state == State.OUT and each.out_at is not None]
    if not out:
        return ()
    rules = find_rules_of(session, area_codes=[each.area_code for each in out], on=business_day(now))
    return {
        each.id
        for each in out
        if each.out_at and is_overdue(rules=rules.get(each.area_code), out_at=each.out_at, at=now)
    }


def conditions_of(filters: DeliveryFilter) -> list[ColumnElement[bool]]:
    """Return what a filter asks of deliveries."""
    found: list[ColumnElement[bool]] = [Delivery.meal_on.between(filters.from_on, filters.until_on)]
    if filters.canteen_id is not None:
        found.append(Delivery.canteen_id == filters.canteen_id)
    for column, wanted in (
        (Delivery.window_name, filters.window),
        (Delivery.state, filters.state),
        (Delivery.source, filters.source),
    ):
        if wanted is not None:
            found.append(column == str(wanted))
    return found


def _select() -> Select[Any]:
    return (
        select(
            Delivery,
            Canteen.name.label("canteen"),
            Canteen.name_en.label("canteen_en"),
            Canteen.area_code.label("area_code"),
            senior.c.name.label("guest"),
            _deliverer.c.name.label("deliverer"),
            Checkout.number.label("sale_number"),
            Checkout.cash_fen.label("due_fen"),
            Checkout.slot.label("slot"),
        )
        .join(Canteen, Canteen.id == Delivery.canteen_id)
        .join(senior, senior.c.id == Delivery.senior_id)
        .outerjoin(_deliverer, _deliverer.c.id == Delivery.deliverer_id)
        .outerjoin(Checkout, and_(Checkout.home == Delivery.senior_id, Checkout.id == Delivery.checkout_id))
    )


def _cursor(row: Row[Any]) -> str:
    delivery: Delivery = row.Delivery
    return write_cursor(delivery.meal_on.isoformat(), delivery.window_name, delivery.position, delivery.id)


def _read_cursor(cursor: str) -> tuple[date, str, int, int]:
    day, window, position, delivery_id = read_cursor(cursor, str, str, int, int)
    try:
        on = date.fromisoformat(day)
    except ValueError as error:
        raise no_cursor() from error
    if not (0 <= position <= LAST_POSITION and 0 < delivery_id < 2**63 and window in WINDOW_NAMES):
        raise no_cursor()
    return on, window, position, delivery_id


def _as_known(view: DeliveryView, actor: Actor) -> DeliveryView:
    """Leave out for a deliverer by what a way is paid: who needs help, or is poor, is not the bearer's to know."""
    knows = actor.area_codes or any(actor.is_at(role, view.canteen_id) for role in SELLERS)
    return view if knows or view.fee_why is None else replace(view, fee_why={**view.fee_why, "params": {}})


def _views(session: Session, rows: Sequence[Row[Any]]) -> list[DeliveryView]:
    tries = _tries_of(session, [row.Delivery.id for row in rows])
    return [_view(row, tries.get(row.Delivery.id, ())) for row in rows]


def _tries_of(session: Session, delivery_ids: Sequence[int]) -> Mapping[int, Sequence[TryView]]:
    if not delivery_ids:
        return {}
    query = (
        select(DeliveryTry, account.c.name)
        .join(account, account.c.id == DeliveryTry.account_id)
        .where(DeliveryTry.delivery_id.in_(delivery_ids))
        .order_by(DeliveryTry.id)
    )
    found: dict[int, list[TryView]] = {}
    for each, name in session.execute(query):
        view = TryView(at=each.at, trouble=each.trouble, outcome=each.outcome, words=each.words, by=name)
        found.setdefault(each.delivery_id, []).append(view)
    return found


COPIED = (
    "id",
    "state",
    "source",
    "senior_id",
    "canteen_id",
    "meal_on",
    "items",
    "price_fen",
    "deliverer_id",
    "position",
    "ordered_at",
    "cancelled_at",
    "cancel_reason",
    "checkout_id",
    "out_at",
    "handed_at",
    "hand_place",
    "received_by",
    "cash_fen",
    "fee_fen",
    "fee_txn_id",
    "fee_why",
    "fee_policy_id",
)


def _view(row: Row[Any], tries: Sequence[TryView]) -> DeliveryView:
    delivery: Delivery = row.Delivery
    return DeliveryView(
        **{name: getattr(delivery, name) for name in COPIED},
        guest=mask_name(row.guest),
        canteen=row.canteen,
        canteen_en=row.canteen_en,
        area_code=row.area_code,
        window=delivery.window_name,
        deliverer=row.deliverer,
        sale_number=row.sale_number,
        is_subsidised=row.slot is not None,
        due_fen=row.due_fen or 0,
        receiver=mask_name(vault.unseal(delivery.receiver_sealed)) if delivery.receiver_sealed else None,
        fee_is_back=delivery.fee_reversal_id is not None,
        tries=tries,
    )
