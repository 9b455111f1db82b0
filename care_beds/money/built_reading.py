"""Reading what beds were built with: those that wait to be asked for, were asked for, paid, or sent back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, exists, func, select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.paging import Page, cut_page, no_cursor, read_cursor, write_cursor
from care_beds.beds.access import show_name
from care_beds.beds.models import BedStep, CareBed
from care_beds.beds.tables import ACCOUNT, PROVIDER, SENIOR
from care_beds.money.access import reached
from care_beds.money.models import BedConstruction, BedPayback
from care_beds.money.rules import Reason, reasons_from_json
from care_beds.money.views import copied

PAGE = 50
TO_ASK = "to_ask"
SHOWN_OTHERWISE = frozenset({"reasons", "maker", "checker"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltItem:
    """An accepted bed, and how far the subsidy for building it is."""

    bed_id: int
    bed_number: str
    senior: str
    provider: str
    area_code: str
    accepted_on: date
    state: str
    amount_fen: int | None
    paid_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltView:
    """What was asked for building a bed, who did, and who decided."""

    bed_id: int
    amount_fen: int
    adaptations_fen: int
    devices: Sequence[Mapping[str, Any]]
    reasons: Sequence[Reason]
    shares: Sequence[Mapping[str, Any]]
    policy_id: int
    state: str
    maker_id: int
    maker: str
    checker: str
    submitted_at: datetime | None
    decided_at: datetime | None
    reason: str
    txn_id: UUID | None
    paid_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaybackView:
    """What was asked to be taken back of a bed, who did, and who decided."""

    bed_id: int
    closed_on: date
    close_reason: str
    served_months: int
    keep_months: int
    amount_fen: int
    state: str
    maker_id: int
    maker: str
    checker: str
    submitted_at: datetime | None
    decided_at: datetime | None
    reason: str


def list_built(
    session: Session, *, actor: Actor, state: str = "", after: str | None = None, limit: int = PAGE
) -> Page[BuiltItem]:
    """List accepted beds that somebody reaches, the latest first.

    :param state: only those ``to_ask``, ``submitted``, ``paid`` or ``rejected``
    :raises Invalid: if ``after`` is no cursor of this list
    """
    query = _items().where(reached(CareBed, actor))
    if state == TO_ASK:
        query = query.where(BedConstruction.bed_id.is_(None))
    elif state:
        query = query.where(BedConstruction.state == state)
    if after is not None:
        (bed_id,) = read_cursor(after, int)
        if not 0 < bed_id < 2**63:
            raise no_cursor()
        query = query.where(CareBed.id < bed_id)
    rows = session.execute(query.order_by(CareBed.id.desc()).limit(limit + 1)).all()
    page = cut_page(rows, limit, lambda row: write_cursor(row.id))
    return Page(items=[_item(row, actor) for row in page.items], next=page.next)


def count_built(session: Session, *, actor: Actor) -> Mapping[str, int]:
    """Return how many accepted beds are how far."""
    state = func.coalesce(BedConstruction.state, TO_ASK)
    query = (
        select(state, func.count())
        .select_from(CareBed)
        .outerjoin(BedConstruction, BedConstruction.bed_id == CareBed.id)
        .where(reached(CareBed, actor), _is_accepted())
        .group_by(state)
    )
    return dict(session.execute(query).all())


def find_built(session: Session, *, bed_id: int) -> BuiltView | None:
    """Return what was asked for building a bed, or nothing. Asks nobody's leave."""
    checker = ACCOUNT.alias("checker")
    query = (
        select(BedConstruction, ACCOUNT.c.name.label("maker"), checker.c.name.label("checker"))
        .join(ACCOUNT, ACCOUNT.c.id == BedConstruction.maker_id)
        .outerjoin(checker, checker.c.id == BedConstruction.checker_id)
        .where(BedConstruction.bed_id == bed_id)
    )
    row = session.execute(query).one_or_none()
    return _view(row) if row else None


def find_payback(session: Session, *, bed_id: int) -> PaybackView | None:
    """Return what was asked to be taken back of a bed, or nothing. Asks nobody's leave."""
    checker = ACCOUNT.alias("checker")
    query = (
        select(BedPayback, ACCOUNT.c.name.label("maker"), checker.c.name.label("checker"))
        .join(ACCOUNT, ACCOUNT.c.id == BedPayback.maker_id)
        .outerjoin(checker, checker.c.id == BedPayback.checker_id)
        .where(BedPayback.bed_id == bed_id)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    names = {"maker": row.maker, "checker": row.checker or ""}
    return PaybackView(**copied(row.BedPayback, PaybackView, but=SHOWN_OTHERWISE), **names)


def find_built_of(session: Session, *, bed_id: int, actor: Actor) -> BuiltView | None:
    """Return what was asked for building a bed that somebody reaches, or nothing."""
    is_theirs = select(CareBed.id).where(CareBed.id == bed_id, reached(CareBed, actor))
    return find_built(session, bed_id=bed_id) if session.scalar(is_theirs) else None


def _is_accepted() -> Any:
    return exists().where(BedStep.bed_id == CareBed.id, BedStep.to_state == "accepted")


def _items() -> Select[Any]:
    accepted_on = (
        select(func.max(BedStep.on_day))
        .where(BedStep.bed_id == CareBed.id, BedStep.to_state == "accepted")
        .scalar_subquery()
    )
    return (
        select(
            CareBed.id,
            CareBed.number,
            CareBed.area_code,
            CareBed.provider_id,
            SENIOR.c.name.label("senior"),
            PROVIDER.c.name.label("provider"),
            accepted_on.label("accepted_on"),
            BedConstruction.state,
            BedConstruction.amount_fen,
            BedConstruction.paid_at,
        )
        .join(SENIOR, SENIOR.c.id == CareBed.senior_id)
        .outerjoin(PROVIDER, PROVIDER.c.id == CareBed.provider_id)
        .outerjoin(BedConstruction, BedConstruction.bed_id == CareBed.id)
        .where(_is_accepted())
    )


def _item(row: Row[Any], actor: Actor) -> BuiltItem:
    return BuiltItem(
        bed_id=row.id,
        bed_number=row.number,
        senior=show_name(actor, row.senior, area_code=row.area_code, provider_id=row.provider_id),
        provider=row.provider or "",
        area_code=row.area_code,
        accepted_on=row.accepted_on,
        state=row.state or TO_ASK,
        amount_fen=row.amount_fen,
        paid_at=row.paid_at,
    )


def _view(row: Row[Any]) -> BuiltView:
    asked: BedConstruction = row.BedConstruction
    return BuiltView(
        **copied(asked, BuiltView, but=SHOWN_OTHERWISE),
        reasons=reasons_from_json(asked.reasons),
        maker=row.maker,
        checker=row.checker or "",
    )
