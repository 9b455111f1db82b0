"""What the phone told of a visit, as a piece of the visit's page: both ends, and the family's word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Actor
from care_beds.rounds.objections import list_objections_to
from care_beds.rounds.page_words import WORDS
from care_beds.rounds.words import CANNOT_NAMES, NO_FIX_NAMES, list_vitals
from care_beds.visits.models import VisitConfirmation, VisitMark, VisitRating
from care_beds.visits.views import VisitView


@dataclass(frozen=True, slots=True)
class Done:
    """What was ticked, and what was planned and was not."""

    done: Sequence[Mapping[str, str]]
    left: Sequence[Mapping[str, str]]


def evidence_panel(session: Session, *, visit: VisitView, actor: Actor, now: datetime) -> str:
    """Return the piece about what was told of a visit; empty before anybody has come."""
    del actor, now  # whoever sees the visit sees what it rests on
    marks = session.scalars(select(VisitMark).where(VisitMark.visit_id == visit.id).order_by(VisitMark.kind)).all()
    if not marks:
        return ""
    said = select(VisitConfirmation).where(VisitConfirmation.visit_id == visit.id).order_by(VisitConfirmation.id)
    rated = select(VisitRating).where(VisitRating.visit_id == visit.id).order_by(VisitRating.id).limit(20)
    vitals: Mapping[str, Any] = visit.vitals or {}
    return render_template(
        "rounds/evidence.html",
        **WORDS,
        visit=visit,
        marks=marks,
        confirmations=session.scalars(said).all(),
        ratings=session.scalars(rated).all(),
        objections=list_objections_to(session, visit_id=visit.id),
        items=_items(visit),
        vitals=list_vitals(vitals),
        is_worse=vitals.get("condition") == "worse",
        words=vitals.get("words") or "",
        no_fix_names=NO_FIX_NAMES,
        cannot_names=CANNOT_NAMES,
    )


def _items(visit: VisitView) -> Done:
    items = visit.service.items if visit.service and visit.finished_at else ()
    return Done(
        done=[each.name for each in items if each.code in visit.items_done],
        left=[each.name for each in items if each.code not in visit.items_done],
    )
