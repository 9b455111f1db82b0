"""Judgement over HTTP: a home's rhythm and why it would call, and drafts tried on last month's events."""

from typing import Any

from flask_smorest import Blueprint

from app import clock
from app.auth import Role, allow, current_actor
from app.db import transaction
from app.jobs import enqueue
from safety.judging import trying
from safety.judging.policy import TRIERS
from safety.judging.reading import read_rhythm
from safety.judging.schemas import HomeRhythmOut, SafetyTrialIn, SafetyTrialOut
from safety.judging.tasks import TRY

# When somebody was last seen, and where, is for those who look after them.
RHYTHM_READERS = (Role.STREET_CLERK, Role.DISTRICT_APPROVER, Role.OPERATOR)

blueprint = Blueprint(
    "safety_judging_api",
    __name__,
    url_prefix="/api/v1/safety",
    description="When a home calls for help: its rhythm, and drafts of rules tried before they hold",
)


@blueprint.get("/homes/<int:home_id>/rhythm")
@allow(*RHYTHM_READERS)
@blueprint.response(200, HomeRhythmOut)
@blueprint.alt_response(404, description="No such home for the caller")
@blueprint.alt_response(409, description="The home has ended")
def get_rhythm(home_id: int) -> Any:
    """Return what is usual and allowed in a home through the day, and when it would call for what reason."""
    with transaction() as session:
        return read_rhythm(session, home_id=home_id, actor=current_actor(), now=clock.now())


@blueprint.post("/trials")
@allow(*TRIERS)
@blueprint.arguments(SafetyTrialIn)
@blueprint.response(202, SafetyTrialOut)
@blueprint.alt_response(404, description="No such draft of rules for the caller")
def start_trial(body: dict[str, Any]) -> Any:
    """Have a draft tried on the last weeks of the homes of its area; ask again until it is finished."""
    with transaction() as session:
        policy = trying.get_draft(session, policy_id=body["policy_id"], actor=current_actor())
        number = trying.ask_for_trial(session, policy, by=current_actor(), now=clock.now())
        shown = trying.show_trial(session, policy_id=policy.id)
    enqueue(TRY, trial_id=number)
    return shown


@blueprint.get("/trials/<int:policy_id>")
@allow(*TRIERS)
@blueprint.response(200, SafetyTrialOut)
@blueprint.alt_response(404, description="No such draft for the caller, or nobody had it tried")
def get_trial(policy_id: int) -> Any:
    """Return what came of the latest trial of a draft, or how far it is."""
    with transaction() as session:
        draft = trying.get_draft(session, policy_id=policy_id, actor=current_actor())
        return trying.show_trial(session, policy_id=draft.id)
