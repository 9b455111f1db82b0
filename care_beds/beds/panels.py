"""What others hand to a bed's page from their manifests: pieces of it, months of visits, and what happened."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.auth.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class BedPanel:
    """A tab of a bed's page: ``render(session, *, bed, actor, now)`` returns what stands under it."""

    name: str
    label: Any
    render: Callable[..., str]
    roles: Collection[str]
    order: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthVisits:
    """What a month came to: visits planned and done, minutes done, and its verdict, if there is one."""

    planned: int
    done: int
    minutes: int
    is_met: bool | None = None
    verdict: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BedEvent:
    """Something that happened to a bed or in its home. ``state`` colours it: ok, warn, danger, info, or nothing."""

    at: datetime
    title: str
    text: str = ""
    state: str = ""


Months = Callable[..., Mapping[date, MonthVisits]]
Events = Callable[..., Sequence[BedEvent]]

_panels: dict[str, BedPanel] = {}
_months: list[Months] = []
_events: list[Events] = []


def register_panel(panel: BedPanel) -> None:
    """Put a tab on the page of each bed; a second one of a name takes the place of the first."""
    _panels[panel.name] = panel


def register_months(months: Months) -> None:
    """Let somebody tell the visits of months, as ``months(session, *, bed_id, months)``; the last one counts."""
    _months[:] = [months]


def register_events(events: Events) -> None:
    """Let somebody tell what happened, as ``events(session, *, bed_id, limit)``, the latest first."""
    if events not in _events:
        _events.append(events)


def list_panels(actor: Actor) -> Sequence[BedPanel]:
    """Return the tabs that somebody's roles open, in their order."""
    shown = [panel for panel in _panels.values() if set(panel.roles) & actor.roles]
    return sorted(shown, key=lambda panel: (panel.order, panel.name))


def find_panel(actor: Actor, name: str) -> BedPanel | None:
    """Return a tab by its name, or nothing."""
    return next((panel for panel in list_panels(actor) if panel.name == name), None)


def list_months(session: Session, *, bed_id: int, months: Sequence[date]) -> Mapping[date, MonthVisits]:
    """Return what some months came to, by their first day."""
    return _months[0](session, bed_id=bed_id, months=months) if _months else {}


def list_events(session: Session, *, bed_id: int, limit: int) -> Sequence[BedEvent]:
    """Return what others know to have happened, the latest first."""
    found = [event for events in _events for event in events(session, bed_id=bed_id, limit=limit)]
    return sorted(found, key=lambda event: event.at, reverse=True)[:limit]
