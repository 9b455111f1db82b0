"""The page that tries a draft of rules on last month's events before anybody approves it."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from app import clock
from app.areas.queries import full_name
from app.auth import allow, current_actor
from app.db import transaction
from app.jobs import enqueue
from safety.judging import trying
from safety.judging.policy import TRIERS
from safety.judging.tasks import TRY
from safety.judging.words import RULE_NAMES

blueprint = Blueprint("safety_trials", __name__, url_prefix="/safety/trials", template_folder="templates")


@blueprint.get("/<int:policy_id>")
@allow(*TRIERS)
def show_trial(policy_id: int) -> Any:
    """Show what a draft would have raised in the last four weeks, or how far the worker is."""
    shown = _shown(policy_id)
    if request.headers.get("HX-Request") != "true":
        return render_template("judging/trial.html", **shown)
    # The page asks every two seconds; once all homes are done it loads itself anew.
    headers = {} if shown["busy"] else {"HX-Refresh": "true"}
    return render_template("judging/trial_progress.html", **shown), 200, headers


@blueprint.post("/<int:policy_id>")
@allow(*TRIERS)
def start_trial(policy_id: int) -> Response:
    """Have a worker try a draft on the homes of its area."""
    with transaction() as session:
        policy = trying.get_draft(session, policy_id=policy_id, actor=current_actor())
        number = trying.ask_for_trial(session, policy, by=current_actor(), now=clock.now())
    enqueue(TRY, trial_id=number)
    return redirect(url_for("safety_trials.show_trial", policy_id=policy_id), 303)  # type: ignore[return-value]


def _shown(policy_id: int) -> dict[str, Any]:
    with transaction() as session:
        policy = trying.get_draft(session, policy_id=policy_id, actor=current_actor())
        found = trying.find_trial(session, policy_id=policy_id)
        lines = trying.compare(found.counts) if found else []
        shown = {
            "policy": policy,
            "found": found,
            "busy": found is not None and found.finished_at is None,
            "lines": lines,
            "a_week": trying.a_week(lines, found.looked_at if found else 0),
            "rule_names": RULE_NAMES,
            "days": trying.COUNTED_DAYS,
            "known": trying.count_known(found.counts) if found else 0,
            "area_name": full_name(session, policy.area_code) or policy.area_code,
        }
        session.expunge_all()
    return shown
