"""One person's page: how great the risk is and why, what is due, visits, problems and the help they led to."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from outreach.access import FOLLOWERS, LOOKERS, REFERRERS, VISITORS
from outreach.referring import close_problem, follow_referral, open_referral
from outreach.reporting import report_change
from outreach.schemas import OutreachProblemClosingIn, OutreachReferralIn, OutreachReferralStepIn, OutreachReportIn
from outreach.today_pages import person
from outreach.words import describe

PAGE = "outreach/person.html"

blueprint = Blueprint("outreach_people", __name__, url_prefix="/outreach/people", template_folder="templates")


def page_context(senior_id: int, **_about: Any) -> dict[str, Any]:
    """Gather everything about one person that the reader may see and do."""
    actor = current_actor()
    with transaction() as session:
        shown = person(session, senior_id)
    may = {
        "may_visit": bool(actor.roles & set(VISITORS)),
        "may_refer": bool(actor.roles & set(REFERRERS)),
        "may_follow": bool(actor.roles & set(FOLLOWERS)),
    }
    return {**describe(), **shown, **may, "today": business_day(clock.now())}


@blueprint.get("/<int:senior_id>")
@allow(*LOOKERS)
def show(senior_id: int) -> str:
    """Show one person."""
    return render_template(PAGE, form=Form(), **page_context(senior_id))


@blueprint.post("/<int:senior_id>/reports")
@allow(*VISITORS)
@shows_refusals(PAGE, page_context)
def report(senior_id: int) -> Response:
    """Write down that something has changed."""
    told = read_form(OutreachReportIn)
    with transaction() as session:
        report_change(session, senior_id=senior_id, **told, by=current_actor(), now=clock.now())
    flash(_("Written down. Somebody looks in by the day that the rules say."), "ok")
    return _go(senior_id)


@blueprint.post("/<int:senior_id>/referrals")
@allow(*REFERRERS)
@shows_refusals(PAGE, page_context)
def refer(senior_id: int) -> Response:
    """Refer somebody to help."""
    told = read_form(OutreachReferralIn)
    with transaction() as session:
        open_referral(session, senior_id=senior_id, **told, by=current_actor(), now=clock.now())
    flash(_("The referral is open."), "ok")
    return _go(senior_id)


@blueprint.post("/<int:senior_id>/referrals/<int:referral_id>")
@allow(*FOLLOWERS)
@shows_refusals(PAGE, page_context)
def follow(senior_id: int, referral_id: int) -> Response:
    """Write down what became of a referral."""
    told = read_form(OutreachReferralStepIn)
    with transaction() as session:
        follow_referral(session, referral_id=referral_id, **told, by=current_actor(), now=clock.now())
    flash(_("Written down."), "ok")
    return _go(senior_id)


@blueprint.post("/<int:senior_id>/problems/<int:problem_id>")
@allow(*FOLLOWERS)
@shows_refusals(PAGE, page_context)
def close(senior_id: int, problem_id: int) -> Response:
    """Close what a visit found."""
    told = read_form(OutreachProblemClosingIn)
    with transaction() as session:
        close_problem(session, problem_id=problem_id, **told, by=current_actor(), now=clock.now())
    flash(_("The problem is closed."), "ok")
    return _go(senior_id)


def _go(senior_id: int) -> Response:
    return redirect(url_for("outreach_people.show", senior_id=senior_id), 303)  # type: ignore[return-value]
