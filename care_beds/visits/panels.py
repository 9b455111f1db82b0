"""Pieces that others put on the page of one visit."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.auth import Actor
from care_beds.visits.views import VisitView

VisitPanel = Callable[..., str]

_panels: list[VisitPanel] = []


def register_visit_panel(panel: VisitPanel) -> None:
    """Put a piece on the page of each visit: ``panel(session, *, visit, actor, now)`` returns it, or nothing."""
    if panel not in _panels:
        _panels.append(panel)


def draw_panels(session: Session, *, visit: VisitView, actor: Actor, now: datetime) -> Sequence[str]:
    """Return the pieces of others for a visit, in the order they were handed over."""
    drawn = (panel(session, visit=visit, actor=actor, now=now) for panel in _panels)
    return [piece for piece in drawn if piece]
