"""Turns of life over HTTP: preview, record, list, take back, claims, daily lists."""

from typing import Any

from flask import request
from flask_smorest import Blueprint

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from app.idempotency import read_key
from portal.turns import claims, lists, queries, services, undoing
from portal.turns.access import CHECKERS, READERS, RECORDERS
from portal.turns.effects import list_effects
from portal.turns.schemas import (
    TurnConfirmedOut,
    TurnIn,
    TurnListIn,
    TurnListOut,
    TurnOut,
    TurnPreviewOut,
    TurnReasonIn,
    TurnRowIn,
    TurnRowOut,
    TurnsIn,
    TurnsOut,
    TurnWhyIn,
)

blueprint = Blueprint("turns_api", __name__, url_prefix="/api/v1/turns", description="Turns of life")
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "New for each turn, the same for each retry",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}


@blueprint.post("/preview")
@allow(*RECORDERS)
@blueprint.arguments(TurnIn)
@blueprint.response(200, TurnPreviewOut)
@blueprint.alt_response(409, description="It does not fit what the register says")
def preview(body: dict[str, Any]) -> Any:
    """Say what recording a turn would do; nothing is written."""
    asked, actor = services.Asked(**body), current_actor()
    with transaction() as session:
        seen = services.foresee_turn(session, asked=asked, effects=list_effects(), by=actor, now=clock.now())
    return {"effects": seen}


@blueprint.post("")
@allow(*RECORDERS)
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(TurnIn)
@blueprint.response(201, TurnOut)
@blueprint.alt_response(409, description="It does not fit what the register says")
def record(body: dict[str, Any]) -> Any:
    """Record a turn: every feature does its part in one transaction."""
    asked, actor = services.Asked(**body), current_actor()
    key = read_key(request, account_id=actor.account_id)
    with transaction() as session:
        given: dict[str, Any] = {"effects": list_effects(), "by": actor, "now": clock.now()}
        row, is_known = services.record_turn(session, asked=asked, **given, key=key)
        headers = {"Idempotency-Replayed": "true"} if is_known else {}
        return queries.get_turn(session, turn_id=row.id, actor=actor), 201, headers


@blueprint.get("")
@allow(*READERS)
@blueprint.arguments(TurnsIn, location="query")
@blueprint.response(200, TurnsOut)
def list_turns(asked: dict[str, Any]) -> Any:
    """List turns of the caller's areas, the latest first."""
    with transaction() as session:
        return queries.list_turns(session, actor=current_actor(), **asked)


@blueprint.get("/<int:turn_id>")
@allow(*READERS)
@blueprint.response(200, TurnOut)
def get_turn(turn_id: int) -> Any:
    """Return one turn."""
    return _one(turn_id)


@blueprint.post("/<int:turn_id>/undo")
@allow(*RECORDERS)
@blueprint.arguments(TurnWhyIn)
@blueprint.response(201, TurnOut)
@blueprint.alt_response(409, description="Taken back before, or asked before")
def ask_undo(body: dict[str, Any], turn_id: int) -> Any:
    """Ask that a turn is taken back."""
    with transaction() as session:
        undoing.ask_undo(session, turn_id=turn_id, **body, by=current_actor(), now=clock.now())
    return _one(turn_id)


@blueprint.post("/<int:turn_id>/undo/approval")
@allow(*CHECKERS)
@blueprint.response(200, TurnOut)
@blueprint.alt_response(409, description="Nobody asked, or the register was changed since")
def approve_undo(turn_id: int) -> Any:
    """Take a turn back as somebody else asked."""
    given: dict[str, Any] = {"effects": list_effects(), "by": current_actor(), "now": clock.now()}
    with transaction() as session:
        undoing.approve_undo(session, turn_id=turn_id, **given)
    return _one(turn_id)


@blueprint.post("/<int:turn_id>/undo/rejection")
@allow(*CHECKERS)
@blueprint.arguments(TurnReasonIn)
@blueprint.response(200, TurnOut)
@blueprint.alt_response(409, description="Nobody asked")
def reject_undo(body: dict[str, Any], turn_id: int) -> Any:
    """Let a turn stand that somebody asked to take back."""
    with transaction() as session:
        undoing.reject_undo(session, turn_id=turn_id, **body, by=current_actor(), now=clock.now())
    return _one(turn_id)


@blueprint.post("/claims/<int:claim_id>/approval")
@allow(*CHECKERS)
@blueprint.response(200, TurnOut)
@blueprint.alt_response(409, description="Decided before")
def approve_claim(claim_id: int) -> Any:
    """Claim back what was spent after a turn."""
    given: dict[str, Any] = {"effects": list_effects(), "by": current_actor(), "now": clock.now()}
    with transaction() as session:
        turn_id = claims.approve_claim(session, claim_id=claim_id, **given).turn_id
    return _one(turn_id)


@blueprint.post("/claims/<int:claim_id>/rejection")
@allow(*CHECKERS)
@blueprint.arguments(TurnReasonIn)
@blueprint.response(200, TurnOut)
@blueprint.alt_response(409, description="Decided before")
def reject_claim(body: dict[str, Any], claim_id: int) -> Any:
    """Let spends after a turn stand."""
    with transaction() as session:
        given: dict[str, Any] = {"by": current_actor(), "now": clock.now()}
        turn_id = claims.reject_claim(session, claim_id=claim_id, **body, **given).turn_id
    return _one(turn_id)


@blueprint.post("/lists")
@allow(*RECORDERS)
@blueprint.arguments(TurnListIn)
@blueprint.response(201, TurnListOut)
def send_list(body: dict[str, Any]) -> Any:
    """Take in a daily list and match its rows; the same list again is the same list."""
    data, actor = body["csv"].encode(), current_actor()
    with transaction() as session:
        list_id = lists.take_in(session, name=body["file_name"], data=data, actor=actor, now=clock.now())
    return _list(list_id)


@blueprint.get("/lists/<int:list_id>")
@allow(*READERS)
@blueprint.response(200, TurnListOut)
def get_list(list_id: int) -> Any:
    """Return a daily list with how many rows stand where."""
    return _list(list_id)


@blueprint.post("/lists/<int:list_id>/confirmation")
@allow(*RECORDERS)
@blueprint.response(200, TurnConfirmedOut)
def confirm_list(list_id: int) -> Any:
    """Record the next twenty rows that wait."""
    given: dict[str, Any] = {"effects": list_effects(), "actor": current_actor(), "now": clock.now()}
    with transaction() as session:
        return {"items": lists.confirm(session, list_id=list_id, **given)}


@blueprint.post("/lists/rows/<int:row_id>/decision")
@allow(*RECORDERS)
@blueprint.arguments(TurnRowIn)
@blueprint.response(200, TurnRowOut)
@blueprint.alt_response(409, description="Decided before")
def decide_row(body: dict[str, Any], row_id: int) -> Any:
    """Say who a near miss is: one of those who were found, or nobody."""
    with transaction() as session:
        return lists.decide_row(session, row_id=row_id, **body, actor=current_actor(), now=clock.now())


def _one(turn_id: int) -> Any:
    with transaction() as session:
        return queries.get_turn(session, turn_id=turn_id, actor=current_actor())


def _list(list_id: int) -> Any:
    with transaction() as session:
        kept, states = queries.get_list(session, list_id=list_id, actor=current_actor())
        named = {name: getattr(kept, name) for name in ("id", "file_name", "rows", "created_at")}
        return {**named, "states": states}
