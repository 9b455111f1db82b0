"""What a bed's page shows of its plan and its visits, and what happened in them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import business_day
from care_beds.beds.panels import BedEvent, BedPanel
from care_beds.visits import plan_views, queries
from care_beds.visits.access import READERS, managed_providers
from care_beds.visits.plans import READY
from care_beds.visits.rules import PlanState, State
from care_beds.visits.views import VisitView, known_to
from care_beds.visits.words import MISSED_REASONS, WORDS, service_of

SHOWN_VISITS, MOST_AHEAD = 30, 60
AHEAD = timedelta(days=14)


def plan_panel(session: Session, *, bed: Any, actor: Actor, now: datetime) -> str:
    """Draw the plan that holds, the one in the making, and the door to a new one."""
    plans = plan_views.find_plans_of(session, bed_id=bed.id, reader=actor)
    holding = next((each for each in plans if each.state == PlanState.ACTIVE), None)
    making = next((each for each in plans if each.state in plan_views.OPEN), None)
    is_ours = bed.provider_id in managed_providers(actor)
    may_make = is_ours and making is None and bed.state in READY
    shown = {"holding": holding, "making": making, "may_make": may_make, "today": business_day(now)}
    return render_template("visits/panel_plan.html", **WORDS, **shown, bed=bed)


def visits_panel(session: Session, *, bed: Any, actor: Actor, now: datetime) -> str:
    """Draw the bed's latest visits and those of the next two weeks, the latest first."""
    tomorrow = business_day(now) + timedelta(days=1)
    # Each with a bound of its own: however much is to come, what was done is not pushed out.
    visits = [
        *queries.list_visits_of(session, bed_id=bed.id, since=tomorrow, until=tomorrow + AHEAD, limit=MOST_AHEAD),
        *queries.list_visits_of(session, bed_id=bed.id, until=tomorrow, limit=SHOWN_VISITS),
    ]
    known = [known_to(each, actor) for each in visits]
    return render_template("visits/panel_visits.html", **WORDS, visits=known, bed=bed, now=now)


def list_events(session: Session, *, bed_id: int, limit: int) -> Sequence[BedEvent]:
    """Tell the bed's latest visits, made or missed."""
    done = (State.FINISHED, State.CONFIRMED, State.MISSED)
    visits = queries.list_visits_of(session, bed_id=bed_id, states=done, limit=limit)
    return [_event(each) for each in visits]


def _event(visit: VisitView) -> BedEvent:
    if visit.state is State.MISSED:
        why = str(MISSED_REASONS[visit.missed_reason])
        return BedEvent(at=visit.starts_at, title=str(_("Visit missed")), text=why, state="danger")
    assert visit.started_at is not None
    assert visit.finished_at is not None
    minutes = int((visit.finished_at - visit.started_at).total_seconds()) // 60
    told = ngettext("%(num)s minute", "%(num)s minutes", minutes)
    title = str(_("%(name)s visited for %(time)s", name=visit.carer, time=told))
    return BedEvent(at=visit.finished_at, title=title, text=service_of(visit), state="ok")


PANELS = (
    BedPanel(name="plan", label=_l("Plan"), render=plan_panel, roles=frozenset(READERS), order=20),
    BedPanel(name="visits", label=_l("Visits"), render=visits_panel, roles=frozenset(READERS), order=25),
)
