"""Beds over HTTP: lists, one bed, and each step of its life."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from care_beds.beds import queries, services
from care_beds.beds.access import ACCEPTORS, ASSESSORS, BOTH, BUILDERS, CLERKS, READERS, SURVEYORS
from care_beds.beds.out_schemas import BedOut, BedPlacesOut, BedsOut
from care_beds.beds.schemas import (
    BedAgreementIn,
    BedCloseIn,
    BedDayIn,
    BedDeviceIn,
    BedDoneIn,
    BedIn,
    BedItemIn,
    BedMoveIn,
    BedNothingIn,
    BedOutIn,
    BedPauseIn,
    BedPictureIn,
    BedProviderIn,
    BedReasonIn,
    BedResumeIn,
    BedSignatureIn,
    BedsIn,
    BedSurveyIn,
    BedTestIn,
    BedWordsIn,
)
from care_beds.beds.showing import read_bed

NOT_HERE = "No such bed for the caller"
NOT_NOW = "The step does not come next, or something it needs is missing"

blueprint = Blueprint(
    "beds_api",
    __name__,
    url_prefix="/api/v1/care-beds/beds",
    description="Family care beds: from the application to the equipment that came back",
)


@blueprint.get("")
@allow(*READERS)
@blueprint.arguments(BedsIn, location="query")
@blueprint.response(200, BedsOut)
def list_beds(asked: dict[str, Any]) -> Any:
    """List beds, the one whose next step is due first standing first."""
    with transaction() as session:
        return queries.list_beds(session, reach=current_actor(), today=business_day(clock.now()), **asked)


@blueprint.get("/places")
@allow(*READERS)
@blueprint.response(200, BedPlacesOut)
def list_places() -> Any:
    """Count beds by community."""
    with transaction() as session:
        found = queries.count_places(session, reach=current_actor(), today=business_day(clock.now()))
    return {"items": found}


@blueprint.post("")
@allow(*CLERKS)
@blueprint.arguments(BedIn)
@blueprint.response(201, BedOut)
@blueprint.alt_response(404, description="No such senior in the caller's areas")
@blueprint.alt_response(409, description="There is a bed already, or the programme is not for this person")
def apply(body: dict[str, Any]) -> Any:
    """Record an application for a senior."""
    with transaction() as session:
        bed = services.apply(session, **body, actor=current_actor(), now=clock.now())
        return _show(session, bed.id)


@blueprint.get("/<int:bed_id>")
@allow(*READERS)
@blueprint.response(200, BedOut)
@blueprint.alt_response(404, description=NOT_HERE)
def show_bed(bed_id: int) -> Any:
    """Return one bed with its papers, what is built in, and its history."""
    with transaction() as session:
        return _show(session, bed_id)


@blueprint.post("/<int:bed_id>/assessment")
@allow(*ASSESSORS)
@blueprint.arguments(BedNothingIn)
@blueprint.response(200, BedOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def take_over_assessment(body: dict[str, Any], bed_id: int) -> Any:
    """Take over the assessment that is in force."""
    return _step(services.take_over_assessment, bed_id, body)


@blueprint.post("/<int:bed_id>/reassessment")
@allow(*ASSESSORS)
@blueprint.arguments(BedNothingIn)
@blueprint.response(200, BedOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def reassess(body: dict[str, Any], bed_id: int) -> Any:
    """Take over a newer assessment."""
    return _step(services.reassess, bed_id, body)


@blueprint.post("/<int:bed_id>/survey")
@allow(*SURVEYORS)
@blueprint.arguments(BedSurveyIn)
@blueprint.response(200, BedOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def record_survey(body: dict[str, Any], bed_id: int) -> Any:
    """Write down what was found at home, and what is to be built in."""
    return _step(services.record_survey, bed_id, body)


@blueprint.post("/<int:bed_id>/provider")
@allow(*CLERKS)
@blueprint.arguments(BedProviderIn)
@blueprint.response(200, BedOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def choose_provider(body: dict[str, Any], bed_id: int) -> Any:
    """Choose who is to look after the bed; a place of the provider is kept for it."""
    return _step(services.choose_provider, bed_id, body)


@blueprint.post("/<int:bed_id>/agreement")
@allow(*CLERKS)
@blueprint.arguments(BedAgreementIn)
@blueprint.response(200, BedOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def draw_up(body: dict[str, Any], bed_id: int) -> Any:
    """Draw up an agreement; it holds once all three have signed."""
    return _step(services.draw_up, bed_id, body)


@blueprint.post("/<int:bed_id>/agreement/withdrawal")
@allow(*CLERKS)
@blueprint.arguments(BedNothingIn)
@blueprint.response(200, BedOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def take_back(body: dict[str, Any], bed_id: int) -> Any:
    """Take an agreement back that is not signed by all."""
    return _step(services.take_back, bed_id, body)


@blueprint.post("/<int:bed_id>/signatures")
@allow(*BOTH)
@blueprint.arguments(BedSignatureIn)
@blueprint.response(200, BedOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def sign(body: dict[str, Any], bed_id: int) -> Any:
    """Sign for a party; with the third signature the agreement holds."""
    return _step(services.sign, bed_id, body)


@blueprint.post("/<int:bed_id>/adaptations")
@allow(*BOTH)
@blueprint.arguments(BedItemIn)
@blueprint.response(200, BedOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def want_item(body: dict[str, Any], bed_id: int) -> Any:
    """Add a change to the home."""
    return _step(services.want_item, bed_id, body)


@blueprint.post("/<int:bed_id>/adaptations/<int:item_id>/before")
@allow(*BUILDERS)
@blueprint.arguments(BedPictureIn)
@blueprint.response(200, BedOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def keep_before(body: dict[str, Any], bed_id: int, item_id: int) -> Any:
    """Keep the picture of before."""
    return _step(services.keep_before, bed_id, body, item_id=item_id)


@blueprint.post("/<int:bed_id>/adaptations/<int:item_id>/completion")
@allow(*BUILDERS)
@blueprint.arguments(BedDoneIn)
@blueprint.response(200, BedOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def finish_item(body: dict[str, Any], bed_id: int, item_id: int) -> Any:
    """Write a change down as done, with the picture of after."""
    return _step(services.finish_item, bed_id, body, item_id=item_id)


@blueprint.post("/<int:bed_id>/adaptations/<int:item_id>/waiver")
@allow(*CLERKS)
@blueprint.arguments(BedWordsIn)
@blueprint.response(200, BedOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def waive_item(body: dict[str, Any], bed_id: int, item_id: int) -> Any:
    """Leave a change out, with the reason."""
    return _step(services.waive_item, bed_id, body, item_id=item_id)


@blueprint.post("/<int:bed_id>/devices")
@allow(*BUILDERS)
@blueprint.arguments(BedDeviceIn)
@blueprint.response(200, BedOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def install(body: dict[str, Any], bed_id: int) -> Any:
    """Write down that a device stands in the home."""
    return _step(services.install, bed_id, body)


@blueprint.post("/<int:bed_id>/devices/<int:device_id>/test")
@allow(*ACCEPTORS)
@blueprint.arguments(BedTestIn)
@blueprint.response(200, BedOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def record_test(body: dict[str, Any], bed_id: int, device_id: int) -> Any:
    """Write down whether a device works."""
    return _step(services.record_test, bed_id, body, device_id=device_id)


@blueprint.post("/<int:bed_id>/devices/<int:device_id>/waiver")
@allow(*CLERKS)
@blueprint.arguments(BedWordsIn)
@blueprint.response(200, BedOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def waive_device(body: dict[str, Any], bed_id: int, device_id: int) -> Any:
    """Leave a device out, with the reason."""
    return _step(services.waive_device, bed_id, body, device_id=device_id)


@blueprint.post("/<int:bed_id>/devices/<int:device_id>/return")
@allow(*BOTH)
@blueprint.arguments(BedOutIn)
@blueprint.response(200, BedOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def take_out(body: dict[str, Any], bed_id: int, device_id: int) -> Any:
    """Write down that a device left the home."""
    return _step(services.take_out, bed_id, body, device_id=device_id)


@blueprint.post("/<int:bed_id>/fitting-out")
@allow(*BUILDERS)
@blueprint.arguments(BedWordsIn)
@blueprint.response(200, BedOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def finish_building(body: dict[str, Any], bed_id: int) -> Any:
    """Say that the home is fitted out."""
    return _step(services.finish_building, bed_id, body)


@blueprint.post("/<int:bed_id>/sending-back")
@allow(*ACCEPTORS)
@blueprint.arguments(BedWordsIn)
@blueprint.response(200, BedOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def send_back(body: dict[str, Any], bed_id: int) -> Any:
    """Send a home back to be put right."""
    return _step(services.send_back, bed_id, body)


@blueprint.post("/<int:bed_id>/acceptance")
@allow(*ACCEPTORS)
@blueprint.arguments(BedWordsIn)
@blueprint.response(200, BedOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def accept(body: dict[str, Any], bed_id: int) -> Any:
    """Accept what was built; not by whoever built it."""
    return _step(services.accept, bed_id, body)


@blueprint.post("/<int:bed_id>/start")
@allow(*CLERKS)
@blueprint.arguments(BedDayIn)
@blueprint.response(200, BedOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def start(body: dict[str, Any], bed_id: int) -> Any:
    """Let the service begin."""
    return _step(services.start, bed_id, body)


@blueprint.post("/<int:bed_id>/suspension")
@allow(*CLERKS)
@blueprint.arguments(BedPauseIn)
@blueprint.response(200, BedOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def suspend(body: dict[str, Any], bed_id: int) -> Any:
    """Let a bed rest."""
    return _step(services.suspend, bed_id, body)


@blueprint.post("/<int:bed_id>/resumption")
@allow(*CLERKS)
@blueprint.arguments(BedResumeIn)
@blueprint.response(200, BedOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def resume(body: dict[str, Any], bed_id: int) -> Any:
    """Let the service go on."""
    return _step(services.resume, bed_id, body)


@blueprint.post("/<int:bed_id>/move")
@allow(*CLERKS)
@blueprint.arguments(BedMoveIn)
@blueprint.response(200, BedOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def move(body: dict[str, Any], bed_id: int) -> Any:
    """Let a bed move to another address."""
    return _step(services.move, bed_id, body)


@blueprint.post("/<int:bed_id>/closing")
@allow(*CLERKS)
@blueprint.arguments(BedCloseIn)
@blueprint.response(200, BedOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def close(body: dict[str, Any], bed_id: int) -> Any:
    """Close a bed."""
    return _step(services.close, bed_id, body)


@blueprint.post("/<int:bed_id>/refusal")
@allow(*CLERKS)
@blueprint.arguments(BedReasonIn)
@blueprint.response(200, BedOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def refuse(body: dict[str, Any], bed_id: int) -> Any:
    """Refuse an application."""
    return _step(services.refuse, bed_id, body)


@blueprint.post("/<int:bed_id>/withdrawal")
@allow(*CLERKS)
@blueprint.arguments(BedReasonIn)
@blueprint.response(200, BedOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def withdraw(body: dict[str, Any], bed_id: int) -> Any:
    """Take an application back."""
    return _step(services.withdraw, bed_id, body)


def _step(service: Callable[..., Any], bed_id: int, body: Mapping[str, Any], **more: Any) -> Any:
    with transaction() as session:
        service(session, bed_id=bed_id, **body, **more, actor=current_actor(), now=clock.now())
        return _show(session, bed_id)


def _show(session: Session, bed_id: int) -> Any:
    return read_bed(session, bed_id=bed_id, actor=current_actor(), today=business_day(clock.now()))
