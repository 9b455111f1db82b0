"""Under which circumstances a visit was paid, for whoever answers a family: when somebody was there, who, who paid."""

from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.web.wording import full_moment, in_language, moment
from care_beds.beds.models import CareBed
from care_beds.money.access import READERS, reached
from care_beds.money.models import VisitPayment
from care_beds.money.terms import Payer
from care_beds.money.words import PAYER_NAMES
from care_beds.providers.models import CareProvider, Carer
from care_beds.visits.models import CareVisit
from subsidies.disputes.circumstances import Circumstances, Other, register_circumstances


def find_circumstances(session: Session, home: int, txn_id: UUID, actor: Actor) -> Circumstances | None:
    """Tell the circumstances of a paid visit, and the same person's other visits of that day."""
    query = (
        select(VisitPayment, CareVisit, CareBed.number, CareProvider.name, Carer.name, reached(VisitPayment, actor))
        .join(CareVisit, CareVisit.id == VisitPayment.visit_id)
        .join(CareBed, CareBed.id == VisitPayment.bed_id)
        .join(CareProvider, CareProvider.id == VisitPayment.provider_id)
        .join(Carer, Carer.id == CareVisit.carer_id)
        .where(VisitPayment.senior_id == home)
    )
    row = session.execute(query.where(VisitPayment.txn_id == txn_id)).one_or_none()
    if row is None:
        return None
    paid, visit, bed, provider, carer, is_reached = row
    others = session.execute(
        query.where(VisitPayment.visit_on == paid.visit_on, VisitPayment.visit_id != paid.visit_id)
    )
    assert visit.started_at is not None
    assert visit.finished_at is not None
    return Circumstances(
        facts=[
            (_("Service"), in_language(paid.facts["names"])),
            (_("Bed"), bed),
            (_("Provider"), provider),
            (_("Carer"), carer),
            (_("Checked in"), moment(visit.started_at)),
            (_("Checked out"), moment(visit.finished_at)),
            (_("Charged (minutes)"), str(paid.minutes)),
            (_("Paid by"), str(PAYER_NAMES[Payer(paid.payer)])),
            (_("Undone"), full_moment(paid.reversed_at) if paid.reversed_at else _("Not undone")),
        ],
        others=[
            Other(
                at=other.started_at or paid.paid_at,
                words=in_language(payment.facts["names"]),
                place=name,
                amount_fen=payment.price_fen if payment.payer == Payer.POINTS else 0,
                state=str(PAYER_NAMES[Payer(payment.payer)]),
                href=url_for("visit_payments.show_payment", visit_id=payment.visit_id) if may else "",
            )
            for payment, other, _number, name, _carer, may in others
        ],
        href=_page(paid, actor) if is_reached else "",
        correct=_("The district undoes the payment on its page; after a settlement, that is a correction."),
    )


def register_visits() -> None:
    """Let disputes tell the circumstances of visits."""
    register_circumstances("visit", find_circumstances)


def _page(paid: VisitPayment, actor: Actor) -> str:
    return url_for("visit_payments.show_payment", visit_id=paid.visit_id) if actor.roles & set(READERS) else ""
