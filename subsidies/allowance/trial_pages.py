"""The page that tries a programme on last month's people before anybody approves it."""

from datetime import date
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from app import clock
from app.address import read_given
from app.areas.queries import find_names, full_name
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.jobs import enqueue
from app.policies.access import reading_areas
from app.policies.queries import get_policy_for
from app.vault import mask_name
from subsidies.allowance import queries, trials
from subsidies.allowance.access import READERS
from subsidies.allowance.errors import NoProgramme
from subsidies.allowance.kind import NAME
from subsidies.allowance.run_pages import blueprint
from subsidies.allowance.schemas import ListIn
from subsidies.allowance.tasks import TRY
from subsidies.allowance.trying import Trial, as_rows, month_before, try_programme


@blueprint.get("/trials/<int:policy_id>")
@allow(*READERS)
def show_trial(policy_id: int) -> Any:
    """Show what a document would have changed last month, or how far the worker is that looks at many people."""
    shown = _shown(policy_id)
    if request.headers.get("HX-Request") != "true":
        return render_template("allowance/trial.html", **shown)
    # The page asks every second; once it is worked out it loads itself anew.
    headers = {} if shown["busy"] else {"HX-Refresh": "true"}
    return render_template("allowance/trial_progress.html", **shown), 200, headers


@blueprint.post("/trials/<int:policy_id>")
@allow(*READERS)
def start_trial(policy_id: int) -> Response:
    """Have a worker try a document on the people of a month."""
    month = _month()
    with transaction() as session:
        policy = _load(session, policy_id)
        people = trials.count_for_trial(session, policy, month=month)
        asked: dict[str, Any] = {"people": people, "by": current_actor(), "now": clock.now()}
        number = trials.ask_for_trial(session, policy, month=month, **asked)
    enqueue(TRY, trial_id=number)
    return redirect(url_for("grants.show_trial", policy_id=policy_id, month=f"{month:%Y-%m}"), 303)  # type: ignore[return-value]


def _shown(policy_id: int) -> dict[str, Any]:
    month = _month()
    with transaction() as session:
        policy = _load(session, policy_id)
        people, found = trials.count_for_trial(session, policy, month=month), None
        if people > trials.AT_ONCE:
            found = trials.find_trial(session, policy_id=policy_id, month=month)
            trial = trials.read_result(found.result) if found and found.result else None
        else:
            trial = try_programme(session, policy, month=month)
        shown = {
            "policy": policy,
            "month": month,
            "people": people,
            "found": found,
            "busy": found is not None and found.finished_at is None,
            "area_name": full_name(session, policy.area_code) or policy.area_code,
            **_told(session, trial),
        }
        session.expunge_all()
    return shown


def _told(session: Session, trial: Trial | None) -> dict[str, Any]:
    """Return a trial with the names of its areas and people."""
    if trial is None:
        return {"trial": None}
    names = queries.find_names(session, [each.senior_id for each in (*trial.winners, *trial.losers)])
    return {
        "trial": trial,
        "by_area": as_rows(trial.areas),
        "areas": find_names(session, trial.areas),
        "names": {number: mask_name(name) for number, name in names.items()},
    }


def _load(session: Session, policy_id: int) -> Any:
    policy = get_policy_for(session, policy_id, area_codes=reading_areas(current_actor()))
    if policy.kind != NAME:
        raise NoProgramme
    return policy


def _month() -> date:
    asked: date | None = read_given(ListIn(), request.values)[0]["month"]
    return asked or month_before(business_day(clock.now()))
