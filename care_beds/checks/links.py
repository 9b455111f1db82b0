"""The rows of care that findings rest on, as pages show them: visits and carers."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.vault import mask_name
from app.web.wording import in_language
from care_beds.money.models import VisitPayment
from care_beds.providers.models import CareProvider, Carer
from care_beds.visits.models import CareVisit
from care_beds.visits.views import VisitView, select_visits, view_visits
from subsidies.findings.checks import Source
from subsidies.findings.registry import SourceView, register_source

Views = Mapping[str, SourceView]


def describe_visits(session: Session, sources: Sequence[Source], _actor: Actor) -> Views:
    """Describe visits: to whom, masked, for what, when, what was paid."""
    ids = [int(source.ref) for source in sources]
    rows = session.execute(select_visits().where(CareVisit.id.in_(ids))).all()
    paid = select(VisitPayment.visit_id, VisitPayment.price_fen).where(
        VisitPayment.visit_id.in_(ids), VisitPayment.reversed_at.is_(None)
    )
    prices = {row.visit_id: row.price_fen for row in session.execute(paid)}
    return {
        str(each.id): SourceView(
            words=_words(each),
            at=each.started_at or each.starts_at,
            amount_fen=prices.get(each.id),
        )
        for each in view_visits(session, rows)
    }


def describe_carers(session: Session, sources: Sequence[Source], _actor: Actor) -> Views:
    """Describe carers and whom they work for."""
    query = select(Carer.id, Carer.name, CareProvider.name.label("provider"))
    query = query.join(CareProvider, CareProvider.id == Carer.provider_id)
    rows = session.execute(query.where(Carer.id.in_([int(source.ref) for source in sources])))
    return {str(row.id): SourceView(words=row.name, detail=row.provider) for row in rows}


def register_sources() -> None:
    """Let findings show rows of care."""
    register_source("care_visit", describe_visits)
    register_source("carer", describe_carers)


def _words(visit: VisitView) -> str:
    name = in_language(visit.service.name) if visit.service else visit.service_code
    return f"{mask_name(visit.senior)} · {name}"
