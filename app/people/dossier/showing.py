"""What a person's page is made of: the head with warnings and acts, the tabs a reader has, and the one shown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from flask import current_app
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.auth.actor import Actor
from app.clock import business_day
from app.dossier import SeniorAct, SeniorTab, SeniorWarning
from app.errors import NotFound
from app.features import Feature, loaded_features
from app.people import queries
from app.people.access import REVEALERS, WRITERS, reaching
from app.people.dossier.opening import may_open

OVERVIEW = "overview"
WORST_FIRST = ("danger", "warn", "info")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A tab as a reader has it: its panels, each with the actor narrowed to whom it is for."""

    code: str
    label: Any
    parts: Sequence[tuple[SeniorTab, Actor]]


def list_tabs(actor: Actor, places: Sequence[str]) -> Sequence[Tab]:
    """Return the tabs a reader has of a person of these places, in order."""
    offered = sorted((tab for feature in _features() for tab in feature.senior_tabs), key=lambda tab: tab.order)
    reached = [(tab, reader) for tab in offered if (reader := reaching(actor, tab.roles, places)) is not None]
    order = {tab.code: place for place, (tab, _reader) in reversed(list(enumerate(reached)))}
    reached.sort(key=lambda part: order[part[0].code])
    grouped = [(code, list(parts)) for code, parts in groupby(reached, key=lambda part: part[0].code)]
    return [Tab(code=code, label=parts[0][0].label, parts=parts) for code, parts in grouped]


def list_warnings(
    session: Session, *, senior_id: int, actor: Actor, places: Sequence[str], now: datetime
) -> Sequence[SeniorWarning]:
    """Return what a reader must know of a person now, the worst first."""
    told = [
        warning
        for feature in _features()
        for source in feature.senior_warnings
        if (reader := reaching(actor, source.roles, places)) is not None
        for warning in source.warnings(session, senior_id=senior_id, actor=reader, now=now)
    ]
    return sorted(told, key=lambda warning: WORST_FIRST.index(warning.state))


def list_acts(actor: Actor, places: Sequence[str]) -> Sequence[SeniorAct]:
    """Return what a reader may do for a person, in order."""
    offered = [act for feature in _features() for act in feature.senior_acts if reaching(actor, act.roles, places)]
    return sorted(offered, key=lambda act: act.order)


def show_person(session: Session, *, senior_id: int, actor: Actor, now: datetime, tab: str = "") -> Mapping[str, Any]:
    """Return what the page of one person shows to a reader: its head, and the panels of one tab.

    :raises NotFound: if there is no such senior within the actor's areas, or no such tab for the reader
    """
    today = business_day(now)
    senior = queries.get_senior(session, senior_id=senior_id, actor=actor, day=today)
    places = (senior.residence_area, senior.hukou_area)
    tabs = list_tabs(actor, places)
    shown = next((each for each in tabs if each.code == (tab or OVERVIEW)), None)
    if shown is None:
        raise NotFound
    return {
        "senior": senior,
        "tabs": tabs,
        "tab": shown.code,
        "panels": render_tab(session, tab=shown, senior_id=senior_id, now=now),
        "warnings": list_warnings(session, senior_id=senior_id, actor=actor, places=places, now=now),
        "acts": [(act, {act.argument: senior_id, **act.args}) for act in list_acts(actor, places)],
        "may_write": reaching(actor, WRITERS, places) is not None,
        "may_reveal": reaching(actor, REVEALERS, places) is not None,
        "may_open": may_open,
        "today": today,
        "revealed": {},
    }


def render_tab(session: Session, *, tab: Tab, senior_id: int, now: datetime) -> Sequence[Markup]:
    """Return the pieces of a tab that have anything to tell."""
    pieces = (part.panel(session, senior_id=senior_id, actor=reader, now=now) for part, reader in tab.parts)
    return [Markup(piece) for piece in pieces if piece]  # noqa: S704 - our own templates


def note_reading(session: Session, *, senior_id: int, area_code: str, part: str, actor: Actor, now: datetime) -> None:
    """Write down that somebody opened a person's page, and which part of it."""
    audit.record(
        session,
        actor=actor,
        action="reveal.person",
        subject=f"senior:{senior_id}",
        area_code=area_code,
        new={"part": part},
        now=now,
    )


def _features() -> Iterable[Feature]:
    return loaded_features(current_app)
