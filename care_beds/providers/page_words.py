"""What the pages of providers need besides their facts: words, choices, and what a caller may do."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.auth import Actor
from app.auth.wording import area_name
from care_beds.providers.access import KEEPERS, MANAGERS, REVIEWERS
from care_beds.providers.wording import (
    CERTIFICATES,
    PAPER_FAULTS,
    RELATIONS,
    STANDINGS,
    STATE_CHIPS,
    STATES,
    UNFIT,
)
from care_beds.visits.access import READERS as VISIT_READERS

PLACE_LEVELS = ("district", "street", "community")
WORDS: dict[str, Any] = {
    "certificate_names": CERTIFICATES,
    "paper_faults": PAPER_FAULTS,
    "relation_names": RELATIONS,
    "standings": STANDINGS,
    "state_chips": STATE_CHIPS,
    "state_names": STATES,
    "unfit_names": UNFIT,
}


def list_rights(actor: Actor) -> dict[str, bool]:
    """Return what the caller's roles let them do with providers and carers."""
    return {
        "may_keep": bool(actor.roles & set(KEEPERS)),
        "may_manage": bool(actor.roles & set(MANAGERS)),
        "may_review": bool(actor.roles & set(REVIEWERS)),
        "may_see_week": bool(actor.roles & set(VISIT_READERS)),
    }


def list_place_choices(session: Session, actor: Actor) -> Sequence[tuple[str, str]]:
    """List the places that a provider can lie in: code, and name with what lies around it."""
    found = areas.list_within(session, actor.area_codes, levels=PLACE_LEVELS)
    names = {area.code: area_name(area) for area in found}
    return [
        (code, f"{names[code[:9]]} › {name}" if len(code) > 9 and code[:9] in names else name)
        for code, name in names.items()
    ]
