"""What the forms of a bed offer: programmes, providers with a place free, places, and what may be done next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.areas.rules import ancestors
from app.auth.actor import Actor, Role
from app.people.queries import list_places
from care_beds.assessment.queries import find_level
from care_beds.beds.building import TESTERS, list_lacks
from care_beds.beds.models import CareBed
from care_beds.beds.reach import is_provider_of, roles_for
from care_beds.beds.rules import HOLDING, PREPARING, State, list_steps
from care_beds.beds.showing import BedPage
from care_beds.providers.queries import list_providers
from care_beds.providers.rules import list_paper_faults

MOST_PROVIDERS = 100
DISTRICT = 6


@dataclass(frozen=True, slots=True)
class ProviderChoice:
    """A provider of the district, and how many places it has left; nothing left without papers that hold."""

    id: int
    name: str
    free: int
    has_papers: bool


def list_choosable(session: Session, *, bed: CareBed, on: date) -> Sequence[ProviderChoice]:
    """Return the providers of a bed's district, those with most places free first."""
    district = next((code for code in ancestors(bed.area_code) if len(code) == DISTRICT), bed.area_code)
    providers = list_providers(session, area_codes=[district], limit=MOST_PROVIDERS).items
    counts = select(CareBed.provider_id, func.count().label("taken")).where(
        CareBed.provider_id.in_([each.id for each in providers]), CareBed.state.in_(HOLDING), CareBed.id != bed.id
    )
    rows = session.execute(counts.group_by(CareBed.provider_id))
    taken = {row.provider_id: int(row.taken) for row in rows}
    found = [
        ProviderChoice(
            id=each.id,
            name=each.name,
            free=max(each.capacity - taken.get(each.id, 0), 0),
            has_papers=not list_paper_faults(each, on=on),
        )
        for each in providers
    ]
    return sorted(found, key=lambda each: (not each.has_papers, -each.free, each.name))


def next_context(session: Session, page: BedPage, *, actor: Actor, today: date) -> dict[str, Any]:
    """Gather what the forms of the next steps need, and which of them somebody may see."""
    bed = page.bed
    state, roles = State(bed.state), roles_for(actor, bed)
    may = {str(step) for step in list_steps(state, roles=roles)}
    needs_providers = may & {"choose", "renew", "replace"} and Role.STREET_CLERK in roles
    return {
        "may": may,
        "may_end": bool(may & {"refuse", "withdraw", "reassess"}),
        "may_serve": bool(may & {"suspend", "close", "reassess"}),
        "is_clerk": Role.STREET_CLERK in roles,
        "is_provider": is_provider_of(actor, bed.provider_id),
        "may_sign_provider": page.draft is not None and is_provider_of(actor, page.draft.provider_id),
        "may_test": bool(TESTERS & roles),
        "is_preparing": state in PREPARING,
        "standing": find_level(session, senior_id=bed.senior_id, on=today),
        "providers": list_choosable(session, bed=bed, on=today) if needs_providers else (),
        "lacks": list_lacks(session, bed, on=today) if state in (State.AGREED, State.ADAPTED) else (),
        "nearby": list_places(session, actor=actor, levels=("community", "street")) if "move" in may else (),
    }
