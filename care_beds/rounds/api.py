"""Visits at the door over HTTP: a carer's day, marks with their pictures, the family's word, stickers, objections."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

from flask import request
from flask_smorest import Blueprint

from app import clock
from app.auth import Role, allow, current_actor
from app.db import transaction
from app.idempotency import HEADER, REPLAYED, Key, fingerprint, read_key
from app.pictures.uploads import read_upload
from app.tokens import digest
from care_beds.rounds import confirming, late_deciding, marking, objecting, stickers, today
from care_beds.rounds.marks import Marked
from care_beds.rounds.schemas import (
    AnswerIn,
    CheckInIn,
    CheckOutIn,
    ConfirmationIn,
    ConfirmedOut,
    LateDecisionIn,
    LateVisitOut,
    MarkedOut,
    ObjectionOut,
    PictureIn,
    RevocationIn,
    StickerOut,
    StickersOut,
    StopsOut,
)
from care_beds.rounds.stickers import ISSUERS
from care_beds.visits.access import DECIDERS

KEY_PARAMETER = {
    "in": "header",
    "name": HEADER,
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}

blueprint = Blueprint("care_rounds", __name__, url_prefix="/api/v1/care-beds", description="Visits at the door")


@blueprint.get("/visits/today")
@allow(Role.CARER)
@blueprint.response(200, StopsOut)
def list_today() -> Any:
    """Return the caller's visits of today, in their order, with the door of those that are not over."""
    with transaction() as session:
        return {"items": today.list_stops(session, by=current_actor(), now=clock.now())}


@blueprint.post("/visits/<int:visit_id>/check-in")
@allow(Role.CARER)
@blueprint.doc(parameters=[KEY_PARAMETER])
@blueprint.arguments(CheckInIn, location="form")
@blueprint.arguments(PictureIn, location="files")
@blueprint.response(201, MarkedOut)
def check_in(form: dict[str, Any], _files: dict[str, Any], visit_id: int) -> Any:
    """Write down that the carer has come, once for each Idempotency-Key."""
    given = _marking(form)
    with transaction() as session:
        return _answer(marking.check_in(session, visit_id=visit_id, **given, by=current_actor(), now=clock.now()))


@blueprint.post("/visits/<int:visit_id>/check-out")
@allow(Role.CARER)
@blueprint.doc(parameters=[KEY_PARAMETER])
@blueprint.arguments(CheckOutIn, location="form")
@blueprint.arguments(PictureIn, location="files")
@blueprint.response(201, MarkedOut)
def check_out(form: dict[str, Any], _files: dict[str, Any], visit_id: int) -> Any:
    """Write down that the carer has left and what was done, once for each Idempotency-Key."""
    given = _marking(form)
    with transaction() as session:
        return _answer(marking.check_out(session, visit_id=visit_id, **given, by=current_actor(), now=clock.now()))


@blueprint.post("/visits/<int:visit_id>/confirmation")
@allow(Role.CARER)
@blueprint.arguments(ConfirmationIn)
@blueprint.response(200, ConfirmedOut)
def confirm(word: dict[str, Any], visit_id: int) -> Any:
    """Write down the family's word: its code, or why nobody could confirm. Safe to repeat."""
    with transaction() as session:
        return confirming.confirm_visit(session, visit_id=visit_id, **word, by=current_actor(), now=clock.now())


@blueprint.get("/beds/<int:bed_id>/stickers")
@allow(*ISSUERS)
@blueprint.response(200, StickersOut)
def list_stickers(bed_id: int) -> Any:
    """Return the last stickers of a bed, the newest first."""
    with transaction() as session:
        return {"items": stickers.list_stickers(session, bed_id=bed_id, by=current_actor())}


@blueprint.post("/beds/<int:bed_id>/stickers")
@allow(*ISSUERS)
@blueprint.response(201, StickerOut)
def issue_sticker(bed_id: int) -> Any:
    """Give a bed a new sticker; the one before counts no more."""
    with transaction() as session:
        return stickers.issue_sticker(session, bed_id=bed_id, by=current_actor(), now=clock.now())


@blueprint.post("/stickers/<int:sticker_id>/revocation")
@allow(*ISSUERS)
@blueprint.arguments(RevocationIn)
@blueprint.response(200, StickerOut)
def revoke_sticker(body: dict[str, Any], sticker_id: int) -> Any:
    """Take a sticker out of use."""
    with transaction() as session:
        return stickers.revoke_sticker(session, sticker_id=sticker_id, **body, by=current_actor(), now=clock.now())


@blueprint.post("/objections/<int:objection_id>/answer")
@allow(Role.SUPERVISOR)
@blueprint.arguments(AnswerIn)
@blueprint.response(200, ObjectionOut)
def answer_objection(body: dict[str, Any], objection_id: int) -> Any:
    """Answer a family about a visit."""
    with transaction() as session:
        return objecting.answer_objection(
            session, objection_id=objection_id, **body, by=current_actor(), now=clock.now()
        )


@blueprint.post("/late-visits/<int:late_id>/decision")
@allow(*DECIDERS)
@blueprint.arguments(LateDecisionIn)
@blueprint.response(200, LateVisitOut)
def decide_late(body: dict[str, Any], late_id: int) -> Any:
    """Decide whether a visit that was told of too late counts."""
    with transaction() as session:
        return late_deciding.decide_late(session, late_id=late_id, **body, by=current_actor(), now=clock.now())


def _marking(form: dict[str, Any]) -> dict[str, Any]:
    """Gather what a mark was sent with: its key, bound to all that came, and the picture."""
    picture = read_upload()
    fields = {name: request.form.getlist(name) for name in sorted(request.form)}
    content = fingerprint(request.path, fields, sha256(picture or b"").hexdigest())
    given = read_key(request, account_id=current_actor().account_id)
    mark = replace(form.pop("mark"), device=current_actor().device)
    # A digest: callers choose keys of any length.
    return {"key": Key(digest(given.text).hex(), content), "mark": mark, "picture_data": picture, **form}


def _answer(marked: Marked) -> Any:
    return (marked, 201, REPLAYED) if marked.replayed else marked
