"""Settlement as a provider's manager sees it: their own statements, and what each line of them paid for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Actor, Role
from care_beds.beds.models import CareBed
from care_beds.money.models import BedConstruction, BedMonth, BedMonthPart, VisitPayment
from care_beds.money.words import LINE_NAMES, write_month
from care_beds.providers.models import CareProvider
from subsidies.services import settlement
from subsidies.settlement.forms import LineDisputeIn
from subsidies.settlement.merchants import Merchants
from subsidies.settlement.views import LineView


@dataclass(frozen=True, slots=True)
class LineAbout:
    """What a line of a statement paid for: which kind, of which bed, when; and its page."""

    kind: str
    bed_number: str
    when: Any
    href: str


def provider_reach(session: Session, *, actor: Actor) -> settlement.Reach:
    """Return the reach of a manager: the accounts of the providers they answer for, and no area around them."""
    query = select(CareProvider.merchant_account).where(CareProvider.id.in_(actor.provider_ids))
    return settlement.Reach(merchants=tuple(session.scalars(query)))


def providers_by_account(session: Session, *, actor: Actor) -> Mapping[int, str]:
    """Return the names of a manager's providers by the accounts they are paid on."""
    query = select(CareProvider.merchant_account, CareProvider.name).where(CareProvider.id.in_(actor.provider_ids))
    return {row.merchant_account: row.name for row in session.execute(query.order_by(CareProvider.code))}


def find_lines(session: Session, *, txn_ids: Sequence[UUID]) -> Mapping[UUID, LineAbout]:
    """Return what transactions paid for, in four statements; those of others are left out."""
    wanted = list(txn_ids)
    found: dict[UUID, LineAbout] = {}
    visits = select(VisitPayment, CareBed.number).join(CareBed, CareBed.id == VisitPayment.bed_id)
    for visit, number in session.execute(visits.where(VisitPayment.txn_id.in_(wanted))):
        href = url_for("visit_payments.show_payment", visit_id=visit.visit_id)
        assert visit.txn_id is not None
        found[visit.txn_id] = LineAbout("visit", number, visit.visit_on, href)
    for paid in (BedMonth, BedMonthPart):
        monthly = select(paid.txn_id, paid.bed_id, paid.month, CareBed.number)
        monthly = monthly.join(CareBed, CareBed.id == paid.bed_id).where(paid.txn_id.in_(wanted))
        for row in session.execute(monthly):
            href = url_for("bed_months.show_month", bed_id=row.bed_id, month=f"{row.month:%Y-%m}")
            found[row.txn_id] = LineAbout("bed_month", row.number, write_month(row.month), href)
    built = select(BedConstruction, CareBed.number).join(CareBed, CareBed.id == BedConstruction.bed_id)
    for bed, number in session.execute(built.where(BedConstruction.txn_id.in_(wanted))):
        href = url_for("bed_building.show_built", bed_id=bed.bed_id)
        assert bed.txn_id is not None
        found[bed.txn_id] = LineAbout("construction", number, None, href)
    return found


def tell_lines(session: Session, *, lines: Sequence[LineView]) -> Mapping[str, Any]:
    """Return what the page of a statement shows of its lines: what each paid for, and what such lines are called."""
    abouts = find_lines(session, txn_ids=[line.reverses or line.txn_id for line in lines])
    return {"abouts": abouts, "line_names": LINE_NAMES}


class LineDoubtIn(LineDisputeIn):
    """Which line is not right, and why."""


PROVIDERS = Merchants(
    one="provider",
    role=Role.PROVIDER_MANAGER,
    reach=provider_reach,
    names=providers_by_account,
    tell_lines=tell_lines,
    dispute=LineDoubtIn,
)
