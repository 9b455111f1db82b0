"""The rows of care that findings rest on, as pages show them: visits and carers."""

from collections.abc import Mapping, Sequence

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.auth import Actor, Role
from app.vault import mask_name
from care_beds.money.models import VisitPayment
from care_beds.providers.access import READERS as CARER_READERS
from care_beds.providers.models import CareProvider, Carer
from care_beds.visits.access import READERS, visible_visits
from care_beds.visits.models import CareVisit
from care_beds.visits.views import select_visits, view_visits
from care_beds.visits.words import VISIT_CHIPS, service_of
from subsidies.findings.checks import Source
from subsidies.findings.registry import SourceView, register_source

Views = Mapping[str, SourceView]


def describe_visits(session: Session, sources: Sequence[Source], actor: Actor) -> Views:
    """Describe visits: to whom, masked, for what, when, what was paid; who may see one finds the way to its page."""
    ids = [int(source.ref) for source in sources]
    rows = session.execute(select_visits().where(CareVisit.id.in_(ids))).all()
    mine = select(CareVisit.id).where(CareVisit.id.in_(ids), visible_visits(actor))
    opened = set(session.scalars(mine)) if actor.roles & set(READERS) else set()
    paid = select(VisitPayment.visit_id, VisitPayment.price_fen).where(
        VisitPayment.visit_id.in_(ids), VisitPayment.reversed_at.is_(None)
    )
    prices = {row.visit_id: row.price_fen for row in session.execute(paid)}
    return {
        str(each.id): SourceView(
            words=f"{mask_name(each.senior)} · {service_of(each)}",
            at=each.started_at or each.starts_at,
            amount_fen=prices.get(each.id),
            detail=str(VISIT_CHIPS[each.state].word),
            href=url_for("visits.show_visit", visit_id=each.id) if each.id in opened else "",
        )
        for each in view_visits(session, rows)
    }


def describe_carers(session: Session, sources: Sequence[Source], actor: Actor) -> Views:
    """Describe carers and whom they work for; whoever looks after the provider finds the way to their page."""
    query = select(
        Carer.id,
        Carer.name,
        Carer.provider_id,
        CareProvider.name.label("provider"),
        areas.within(CareProvider.area_code, actor.area_codes).label("is_visible"),
    ).join(CareProvider, CareProvider.id == Carer.provider_id)
    found = {}
    for row in session.execute(query.where(Carer.id.in_([int(source.ref) for source in sources]))):
        is_open = row.is_visible or actor.is_of(Role.PROVIDER_MANAGER, row.provider_id)
        found[str(row.id)] = SourceView(
            words=row.name,
            detail=row.provider,
            href=url_for("carers.show_carer", carer_id=row.id) if is_open and actor.roles & set(CARER_READERS) else "",
        )
    return found


def register_sources() -> None:
    """Let findings show rows of care."""
    register_source("care_visit", describe_visits)
    register_source("carer", describe_carers)
