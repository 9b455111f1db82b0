"""The pages of grant runs: all of them, a new one, one with its people, and the decisions."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.address import read_address
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from app.jobs import enqueue
from subsidies.allowance import queries, run_views, runs
from subsidies.allowance.access import CHECKERS, MAKERS, READERS
from subsidies.allowance.schemas import ListIn, PeopleIn, RejectionIn, RunIn
from subsidies.allowance.tasks import LOOK, POST

PAGE_LENGTH = 50

blueprint = Blueprint("grants", __name__, url_prefix="/grants", template_folder="../templates")


def shown_list() -> dict[str, Any]:
    """Return what the list of runs shows."""
    asked, actor, today = read_address(ListIn())[0], current_actor(), business_day(clock.now())
    with transaction() as session:
        page = queries.list_runs(session, area_codes=actor.area_codes, limit=PAGE_LENGTH, **asked)
        shown = run_views.run_list(session, actor, page=page, today=today)
        run_views.release(session, [*page.items, *shown["areas"].values(), *shown["areas_to_choose"]])
    return {**shown, "asked": asked, "today": today}


def shown_run(run_id: int) -> dict[str, Any]:
    """Return what the page of one run shows: what it comes to, and some of its people."""
    asked, actor = read_address(PeopleIn())[0], current_actor()
    with transaction() as session:
        run = runs.get_run(session, run_id=run_id, area_codes=actor.area_codes)
        shown = run_views.one_run(session, actor, run, today=business_day(clock.now()))
        first = asked["change"] or next(iter(shown["changes"]), "")
        page = queries.list_decisions(
            session, run, change=first, area_code=asked["place"], after=asked["after"], limit=PAGE_LENGTH
        )
        reasons = [reason for item in page.items for reason in item.reasons]
        names = queries.list_names(session, on=run.issue_on, reasons=reasons, near=[run.area_code])
        why = {item.senior_id: run_views.why(item, names) for item in page.items}
        run_views.release(session, [run, *shown["documents"]])
    return {**shown, "asked": {**asked, "change": first}, "page": page, "why": why, "mask": run_views.shown_name}


@blueprint.get("/")
@allow(*READERS)
def list_runs() -> str:
    """Show the runs of the caller's areas, and the form for a new one."""
    return render_template("allowance/runs.html", form=Form(), **shown_list())


@blueprint.post("/")
@allow(*MAKERS)
@shows_refusals("allowance/runs.html", shown_list)
def start() -> Response:
    """Propose a month's grants; a worker looks through everybody."""
    asked = read_form(RunIn)
    with transaction() as session:
        run_id = runs.start_run(
            session,
            programme=asked["programme"],
            month=asked["month"],
            area_code=asked["area"],
            by=current_actor(),
            now=clock.now(),
        ).id
    enqueue(LOOK, run_id=run_id)
    return _go(run_id)


@blueprint.get("/<int:run_id>")
@allow(*READERS)
def show(run_id: int) -> Any:
    """Show one run; while a worker is at it, how far it is."""
    shown = shown_run(run_id)
    if request.headers.get("HX-Request") != "true":
        return render_template("allowance/run.html", form=Form(), **shown)
    # The page asks every second; once there is news it loads itself anew.
    headers = {} if shown["busy"] else {"HX-Refresh": "true"}
    return render_template("allowance/run_progress.html", **shown), 200, headers


@blueprint.post("/<int:run_id>/submission")
@allow(*MAKERS)
@shows_refusals("allowance/run.html", shown_run)
def hand_in(run_id: int) -> Response:
    """Hand a run in."""
    with transaction() as session:
        runs.hand_in(session, run_id=run_id, by=current_actor(), now=clock.now())
    flash(_("Handed in. Somebody else decides now."), "ok")
    return _go(run_id)


@blueprint.post("/<int:run_id>/again")
@allow(*MAKERS)
@shows_refusals("allowance/run.html", shown_run)
def start_over(run_id: int) -> Response:
    """Look at everybody anew."""
    with transaction() as session:
        runs.start_over(session, run_id=run_id, by=current_actor(), now=clock.now())
    enqueue(LOOK, run_id=run_id)
    return _go(run_id)


@blueprint.post("/<int:run_id>/approval")
@allow(*CHECKERS)
@shows_refusals("allowance/run.html", shown_run)
def approve(run_id: int) -> Response:
    """Approve a run; a worker posts it."""
    now = clock.now()
    with transaction() as session:
        run = runs.approve(session, run_id=run_id, by=current_actor(), now=now)
        is_due, issue_on = run.issue_on <= business_day(now), run.issue_on
    if is_due:
        enqueue(POST, run_id=run_id)
        flash(_("Approved. The points are being granted."), "ok")
    else:
        flash(_("Approved. The points are granted on %(day)s.", day=issue_on.isoformat()), "ok")
    return _go(run_id)


@blueprint.post("/<int:run_id>/rejection")
@allow(*CHECKERS)
@shows_refusals("allowance/run.html", shown_run)
def reject(run_id: int) -> Response:
    """Send a run back."""
    reason = read_form(RejectionIn)["reason"]
    with transaction() as session:
        runs.reject(session, run_id=run_id, reason=reason, by=current_actor(), now=clock.now())
    flash(_("Sent back with your reason."), "ok")
    return _go(run_id)


def _go(run_id: int) -> Response:
    return redirect(url_for("grants.show", run_id=run_id), 303)  # type: ignore[return-value]
