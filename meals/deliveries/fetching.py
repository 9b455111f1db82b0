"""Meals fetched for somebody else at the counter: who carried them away, and why the guest did not come."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, Select, and_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app import vault
from app.audit.services import record
from app.auth import Actor, Role
from app.clock import business_day
from app.errors import Invalid
from app.paging import Page, cut_page, moment_cursor, read_moment_cursor
from app.people.queries import find_senior_by_card, names_of
from app.vault import mask_name
from meals.deliveries.errors import FetchTooLate
from meals.deliveries.models import CheckoutFetch
from meals.deliveries.rules import FetchReason, Relation
from meals.errors import AlreadyReversed, CheckoutNotFound
from meals.models import Canteen, Checkout
from meals.reading.days import midnight
from meals.reading.neighbours import account, senior
from meals.scope import visible_canteens

_guest = senior.alias("guest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """Who fetched a meal: by a card of one's own, or by name; as seen from the guest, and why."""

    relation: Relation
    reason: FetchReason
    card: str = ""
    name: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchView:
    """A fetched meal as staff see it, names masked."""

    checkout_id: UUID
    relation: str
    fetcher: str
    reason: str
    words: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLine(FetchView):
    """A fetched meal in a list: whose it was, when and where."""

    number: str
    guest: str
    canteen: str
    canteen_en: str
    occurred_at: datetime
    fetched_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentSale:
    """A sale of today that somebody may have fetched."""

    number: str
    guest: str
    at: datetime


def list_fetches(session: Session, *, actor: Actor, after: str | None = None, limit: int = 50) -> Page[FetchLine]:
    """List who fetched meals in the actor's canteens, the latest first.

    :raises Invalid: if the cursor is none of this list
    """
    query = (
        _select()
        .add_columns(Checkout, Canteen.name, Canteen.name_en, _guest.c.name.label("guest"))
        .join(Checkout, and_(Checkout.home == CheckoutFetch.home, Checkout.id == CheckoutFetch.checkout_id))
        .join(Canteen, Canteen.id == CheckoutFetch.canteen_id)
        .join(_guest, _guest.c.id == CheckoutFetch.home)
        .where(visible_canteens(actor))
    )
    key = (CheckoutFetch.recorded_at, CheckoutFetch.checkout_id)
    if after is not None:
        query = query.where(tuple_(*key) < read_moment_cursor(after, UUID))
    rows = session.execute(query.order_by(*(part.desc() for part in key)).limit(limit + 1)).all()
    page = cut_page(
        rows, limit, lambda row: moment_cursor(row.CheckoutFetch.recorded_at, row.CheckoutFetch.checkout_id)
    )
    return Page(items=[_line(row) for row in page.items], next=page.next)


def list_recent(session: Session, *, actor: Actor, on: date, limit: int = 30) -> Sequence[RecentSale]:
    """List the last sales of a day in the actor's own canteens that nobody is known to have fetched."""
    known = select(CheckoutFetch.home).where(
        CheckoutFetch.home == Checkout.home, CheckoutFetch.checkout_id == Checkout.id
    )
    query = (
        select(Checkout.number, _guest.c.name, Checkout.occurred_at)
        .join(_guest, _guest.c.id == Checkout.home)
        .where(
            Checkout.canteen_id.in_(actor.canteen_ids),
            Checkout.booked_at >= midnight(on),
            Checkout.meal_on == on,
            Checkout.reversed_at.is_(None),
            ~known.exists(),
        )
        .order_by(Checkout.booked_at.desc())
        .limit(limit)
    )
    return [RecentSale(number=number, guest=mask_name(name), at=at) for number, name, at in session.execute(query)]


def find_sale(session: Session, *, number: str, by: Actor, on: date) -> UUID:
    """Find a sale of a day in the caller's canteens by the number on its receipt.

    :raises Invalid: if there is none, or more than one
    """
    query = select(Checkout.id).where(
        Checkout.canteen_id.in_(by.canteen_ids),
        Checkout.booked_at >= midnight(on),
        Checkout.meal_on == on,
        Checkout.number == number,
        Checkout.reversed_at.is_(None),
    )
    found = session.scalars(query.limit(2)).all()
    if len(found) != 1:
        raise Invalid(errors={"number": [_l("No sale of today has this number. It stands on the receipt.")]})
    return found[0]


def record_fetch(session: Session, *, checkout_id: UUID, fetcher: Fetcher, by: Actor, now: datetime) -> FetchView:
    """Write down who fetched the meal of a sale. Said once more, it takes the place of what was said before.

    :raises CheckoutNotFound: if there is no such sale in the caller's canteens
    :raises AlreadyReversed: if the sale was undone
    :raises FetchTooLate: if its day is over and the caller is not the manager
    :raises Invalid: if nobody is named, the guest is, or the card is nobody's
    """
    sold = session.scalar(select(Checkout).where(Checkout.id == checkout_id, Checkout.canteen_id.in_(by.canteen_ids)))
    if sold is None:
        raise CheckoutNotFound
    if sold.reversed_at is not None:
        raise AlreadyReversed
    if sold.meal_on != business_day(now) and not by.is_at(Role.CANTEEN_MANAGER, sold.canteen_id):
        raise FetchTooLate
    row = {
        "home": sold.home,
        "checkout_id": sold.id,
        "canteen_id": sold.canteen_id,
        "fetched_on": sold.meal_on,
        "recorded_at": now,
        "recorded_by": by.account_id,
        "relation": str(fetcher.relation),
        "reason": str(fetcher.reason),
        "words": fetcher.words,
        **_named(session, sold, fetcher),
    }
    kept = ("home", "checkout_id", "canteen_id", "fetched_on")
    changed = {name: value for name, value in row.items() if name not in kept}
    statement = insert(CheckoutFetch).values(row)
    session.execute(
        statement.on_conflict_do_update(index_elements=["home", "checkout_id"], set_=changed),
        execution_options={"synchronize_session": False},
    )
    _note(session, sold, fetcher, by=by, now=now)
    return find_fetches(session, sale_ids=[sold.id])[sold.id]


def find_fetches(session: Session, *, sale_ids: Sequence[UUID]) -> dict[UUID, FetchView]:
    """Return who fetched some sales, those that were fetched; the caller may see the sales."""
    if not sale_ids:
        return {}
    query = _select().where(CheckoutFetch.checkout_id.in_(sale_ids)).execution_options(populate_existing=True)
    return {row.CheckoutFetch.checkout_id: FetchView(**_facts(row)) for row in session.execute(query)}


def index_of_name(name: str, *, canteen_id: int) -> bytes:
    """Return what finds a name again within a canteen: two people of one name elsewhere are two people."""
    folded = "".join(unicodedata.normalize("NFKC", name).split()).casefold()
    return vault.index_of(f"fetcher:{canteen_id}:{folded}")


def _named(session: Session, sold: Checkout, fetcher: Fetcher) -> dict[str, Any]:
    nobody: dict[str, Any] = {"fetcher_senior_id": None, "name_sealed": None, "name_index": None}
    if fetcher.reason is FetchReason.OTHER and len(fetcher.words) < 2:
        raise Invalid(errors={"words": [_l("Say in a few words why.")]})
    if fetcher.card:
        senior_id = find_senior_by_card(session, number=fetcher.card)
        if senior_id is None:
            raise Invalid(errors={"card": [_l("Nobody has this card.")]})
        if senior_id == sold.home:
            raise Invalid(errors={"card": [_l("This is the guest's own card. Whose card has the other person?")]})
        return {**nobody, "fetcher_senior_id": senior_id}
    if not fetcher.name:
        raise Invalid(errors={"name": [_l("Write the name, or scan the card, of whoever fetched the meal.")]})
    if fetcher.name == names_of(session, senior_ids=[sold.home])[sold.home]:
        raise Invalid(errors={"name": [_l("This is the guest's own name. Who came in the guest's stead?")]})
    index = index_of_name(fetcher.name, canteen_id=sold.canteen_id)
    return {**nobody, "name_sealed": vault.seal(fetcher.name), "name_index": index}


def _select() -> Select[Any]:
    return (
        select(CheckoutFetch, senior.c.name.label("fetcher"), account.c.name.label("recorder"))
        .outerjoin(senior, senior.c.id == CheckoutFetch.fetcher_senior_id)
        .join(account, account.c.id == CheckoutFetch.recorded_by)
    )


def _facts(row: Row[Any]) -> dict[str, Any]:
    fetch: CheckoutFetch = row.CheckoutFetch
    name = row.fetcher or vault.unseal(fetch.name_sealed or b"")
    return {
        "checkout_id": fetch.checkout_id,
        "relation": fetch.relation,
        "fetcher": mask_name(name),
        "reason": fetch.reason,
        "words": fetch.words,
        "recorded_at": fetch.recorded_at,
        "recorded_by": row.recorder,
    }


def _cursor(row: Row[Any]) -> str:
    return moment_cursor(row.CheckoutFetch.recorded_at, row.CheckoutFetch.checkout_id)


def _line(row: Row[Any]) -> FetchLine:
    return FetchLine(
        **_facts(row),
        number=row.Checkout.number,
        guest=mask_name(row.guest),
        canteen=row.name,
        canteen_en=row.name_en,
        occurred_at=row.Checkout.occurred_at,
        fetched_on=row.CheckoutFetch.fetched_on,
    )


def _note(session: Session, sold: Checkout, fetcher: Fetcher, *, by: Actor, now: datetime) -> None:
    area = session.scalar(select(Canteen.area_code).where(Canteen.id == sold.canteen_id))
    record(
        session,
        actor=by,
        action="checkout.fetched",
        subject=f"checkout:{sold.id}",
        area_code=area,
        new={"relation": fetcher.relation, "reason": fetcher.reason},
        reason=fetcher.words,
        now=now,
    )
