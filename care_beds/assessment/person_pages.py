"""One person's levels: what stands and stood, what other areas and schemes say, what happened lately."""

from datetime import datetime
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.auth import Actor, allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from app.people.ability_rows import list_abilities
from app.people.queries import get_senior
from care_beds.assessment import person, queries, reading, recognising, risks
from care_beds.assessment.access import ASSESSORS, NOTERS, READERS, RECOGNISERS
from care_beds.assessment.drafting import OPEN
from care_beds.assessment.forms import OutsideForm, PaperForm, RiskForm, WithdrawForm
from care_beds.assessment.page_words import WORDS
from care_beds.assessment.pages import blueprint

PAGE, PAPER = "assessment/person.html", "assessment/paper.html"
RISK_DAYS_SHOWN = 366


def person_context(senior_id: int, **_view: Any) -> dict[str, Any]:
    """Gather what is known of a person's level."""
    actor, now = current_actor(), clock.now()
    today = business_day(now)
    with transaction() as session:
        senior = get_senior(session, senior_id=senior_id, actor=actor, day=today)
        found = _read(session, senior_id=senior_id, now=now)
        found["abilities"] = list_abilities(session, senior_id=senior_id)
        found["events"] = risks.list_risk_events(session, senior_id=senior_id, on=today, days=RISK_DAYS_SHOWN)
    return {**WORDS, **found, "senior": senior, "today": today, **_rights(actor)}


def paper_context(senior_id: int) -> dict[str, Any]:
    """Gather what the form for another area's result shows."""
    actor, now = current_actor(), clock.now()
    with transaction() as session:
        senior = get_senior(session, senior_id=senior_id, actor=actor, day=business_day(now))
    return {**WORDS, "senior": senior, "today": business_day(now)}


@blueprint.get("/of/<int:senior_id>")
@allow(*READERS)
def show_person(senior_id: int) -> str:
    """Show what is known of a person's level."""
    return render_template(PAGE, form=Form(), **person_context(senior_id))


@blueprint.get("/of/<int:senior_id>/recognised")
@allow(*RECOGNISERS)
def show_paper(senior_id: int) -> str:
    """Ask what another area's paper says."""
    return render_template(PAPER, form=Form(), **paper_context(senior_id))


@blueprint.post("/of/<int:senior_id>/recognised")
@allow(*RECOGNISERS)
@shows_refusals(PAPER, paper_context)
def recognise(senior_id: int) -> Response:
    """Take over another area's result."""
    form = read_form(PaperForm)
    with transaction() as session:
        row = recognising.recognise_result(session, senior_id=senior_id, **form, by=current_actor(), now=clock.now())
    flash(_("Kept. It counts once two people have signed that they saw the paper."), "ok")
    return redirect(url_for("assessments.show_assessment", assessment_id=row.id), 303)  # type: ignore[return-value]


@blueprint.post("/of/<int:senior_id>/outside")
@allow(*RECOGNISERS)
@shows_refusals(PAGE, person_context)
def note_outside(senior_id: int) -> Response:
    """Keep another scheme's level beside."""
    form = read_form(OutsideForm)
    with transaction() as session:
        recognising.note_outside_level(session, senior_id=senior_id, **form, by=current_actor(), now=clock.now())
    flash(_("Kept beside. It changes no level here."), "ok")
    return _back(senior_id)


@blueprint.post("/of/<int:senior_id>/outside/<int:outside_id>/withdrawal")
@allow(*RECOGNISERS)
@shows_refusals(PAGE, person_context)
def withdraw_outside(senior_id: int, outside_id: int) -> Response:
    """Take back another scheme's level."""
    form = read_form(WithdrawForm)
    with transaction() as session:
        recognising.withdraw_outside_level(session, outside_id=outside_id, **form, by=current_actor(), now=clock.now())
    return _back(senior_id)


@blueprint.post("/of/<int:senior_id>/risks")
@allow(*NOTERS)
@shows_refusals(PAGE, person_context)
def note_risk(senior_id: int) -> Response:
    """Write down what happened."""
    form = read_form(RiskForm)
    with transaction() as session:
        person.note_risk_event(session, senior_id=senior_id, **form, by=current_actor(), now=clock.now())
    flash(_("Noted. An assessment within 30 days counts it."), "ok")
    return _back(senior_id)


@blueprint.post("/of/<int:senior_id>/risks/<int:event_id>/withdrawal")
@allow(*NOTERS)
@shows_refusals(PAGE, person_context)
def withdraw_risk(senior_id: int, event_id: int) -> Response:
    """Take back what was noted by mistake."""
    with transaction() as session:
        risks.withdraw_risk_event(session, event_id=event_id, by=current_actor(), now=clock.now())
    return _back(senior_id)


def level_panel(session: Session, *, senior_id: int, actor: Actor, now: datetime) -> str:
    """Return the piece of a senior's page that tells of the level; empty for whoever may not see it."""
    if not actor.roles & set(READERS):
        return ""
    found = _read(session, senior_id=senior_id, now=now)
    today = business_day(now)
    return render_template(
        "assessment/panel.html", **WORDS, **found, senior_id=senior_id, today=today, **_rights(actor)
    )


def _read(session: Session, *, senior_id: int, now: datetime) -> dict[str, Any]:
    history = queries.list_history(session, senior_id=senior_id)
    names = reading.names_of_accounts(session, [each.started_by for each in history])
    return {
        "standing": queries.find_level(session, senior_id=senior_id, on=business_day(now)),
        "history": history,
        "names": names,
        "open_one": next((each for each in history if each.state in OPEN), None),
        "outside": queries.list_outside_levels(session, senior_id=senior_id),
    }


def _rights(actor: Actor) -> dict[str, bool]:
    return {
        "may_assess": bool(actor.roles & set(ASSESSORS)),
        "may_recognise": bool(actor.roles & set(RECOGNISERS)),
        "may_note": bool(actor.roles & set(NOTERS)),
    }


def _back(senior_id: int) -> Response:
    return redirect(url_for("assessments.show_person", senior_id=senior_id), 303)  # type: ignore[return-value]
