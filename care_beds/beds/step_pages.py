"""The forms of a bed's page: each takes one step, and shows the bed as it stands then."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from marshmallow import Schema

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from app.pictures.uploads import need_upload
from care_beds.beds import services
from care_beds.beds.access import ACCEPTORS, ASSESSORS, BOTH, BUILDERS, CLERKS, REVEALERS, SURVEYORS
from care_beds.beds.pages import ONE, one_context
from care_beds.beds.schemas import (
    BedAgreementIn,
    BedCloseIn,
    BedDayIn,
    BedDeviceIn,
    BedDoneFormIn,
    BedItemIn,
    BedMoveIn,
    BedNothingIn,
    BedOutIn,
    BedPauseIn,
    BedProviderIn,
    BedReasonIn,
    BedResumeIn,
    BedSignatureIn,
    BedSurveyIn,
    BedTestIn,
    BedWordsIn,
)

blueprint = Blueprint("bed_steps", __name__, url_prefix="/care/beds", template_folder="templates")


def _step(service: Callable[..., Any], bed_id: int, schema: type[Schema], told: Any, **more: Any) -> Response:
    asked = read_form(schema)
    with transaction() as session:
        service(session, bed_id=bed_id, **asked, **more, actor=current_actor(), now=clock.now())
    flash(str(told), "ok")
    return _to(bed_id)


def _to(bed_id: int) -> Response:
    # The tab that the form stands under is in its address.
    return redirect(url_for("beds.show_bed", bed_id=bed_id, tab=request.args.get("tab")), 303)  # type: ignore[return-value]


@blueprint.post("/<int:bed_id>/assessment")
@allow(*ASSESSORS)
@shows_refusals(ONE, one_context)
def take_over_assessment(bed_id: int) -> Response:
    """Take over the assessment that is in force."""
    return _step(services.take_over_assessment, bed_id, BedNothingIn, _l("Taken over. The home is surveyed next."))


@blueprint.post("/<int:bed_id>/reassessment")
@allow(*ASSESSORS)
@shows_refusals(ONE, one_context)
def reassess(bed_id: int) -> Response:
    """Take over a newer assessment."""
    return _step(services.reassess, bed_id, BedNothingIn, _l("The new assessment is taken over."))


@blueprint.post("/<int:bed_id>/survey")
@allow(*SURVEYORS)
@shows_refusals(ONE, one_context)
def record_survey(bed_id: int) -> Response:
    """Write down what was found at home."""
    return _step(services.record_survey, bed_id, BedSurveyIn, _l("The survey is kept. The care plan comes next."))


@blueprint.post("/<int:bed_id>/provider")
@allow(*CLERKS)
@shows_refusals(ONE, one_context)
def choose_provider(bed_id: int) -> Response:
    """Choose who is to look after the bed."""
    return _step(services.choose_provider, bed_id, BedProviderIn, _l("Chosen. A place of the provider is kept for it."))


@blueprint.post("/<int:bed_id>/agreement")
@allow(*CLERKS)
@shows_refusals(ONE, one_context)
def draw_up(bed_id: int) -> Response:
    """Draw up an agreement."""
    return _step(services.draw_up, bed_id, BedAgreementIn, _l("Drawn up. It holds once all three have signed."))


@blueprint.post("/<int:bed_id>/agreement/taken-back")
@allow(*CLERKS)
@shows_refusals(ONE, one_context)
def take_back(bed_id: int) -> Response:
    """Take an agreement back that is not signed by all."""
    return _step(services.take_back, bed_id, BedNothingIn, _l("Taken back. Nothing of it holds."))


@blueprint.post("/<int:bed_id>/signatures")
@allow(*BOTH)
@shows_refusals(ONE, one_context)
def sign(bed_id: int) -> Response:
    """Sign for a party."""
    return _step(services.sign, bed_id, BedSignatureIn, _l("Signed."))


@blueprint.post("/<int:bed_id>/items")
@allow(*BOTH)
@shows_refusals(ONE, one_context)
def want_item(bed_id: int) -> Response:
    """Add a change to the home."""
    return _step(services.want_item, bed_id, BedItemIn, _l("Added."))


@blueprint.post("/<int:bed_id>/items/<int:item_id>/before")
@allow(*BUILDERS)
@shows_refusals(ONE, one_context)
def keep_before(bed_id: int, item_id: int) -> Response:
    """Keep the picture of before."""
    more = {"item_id": item_id, "data": need_upload()}
    return _step(services.keep_before, bed_id, BedNothingIn, _l("The picture is kept."), **more)


@blueprint.post("/<int:bed_id>/items/<int:item_id>/done")
@allow(*BUILDERS)
@shows_refusals(ONE, one_context)
def finish_item(bed_id: int, item_id: int) -> Response:
    """Write a change down as done, with the picture of after."""
    more = {"item_id": item_id, "data": need_upload()}
    return _step(services.finish_item, bed_id, BedDoneFormIn, _l("Done. Both pictures are kept."), **more)


@blueprint.post("/<int:bed_id>/items/<int:item_id>/waiver")
@allow(*CLERKS)
@shows_refusals(ONE, one_context)
def waive_item(bed_id: int, item_id: int) -> Response:
    """Leave a change out."""
    return _step(services.waive_item, bed_id, BedWordsIn, _l("Left out, with the reason."), item_id=item_id)


@blueprint.post("/<int:bed_id>/devices")
@allow(*BUILDERS)
@shows_refusals(ONE, one_context)
def install(bed_id: int) -> Response:
    """Write down that a device stands in the home."""
    return _step(services.install, bed_id, BedDeviceIn, _l("Installed. Somebody else tests it."))


@blueprint.post("/<int:bed_id>/devices/<int:device_id>/test")
@allow(*ACCEPTORS)
@shows_refusals(ONE, one_context)
def record_test(bed_id: int, device_id: int) -> Response:
    """Write down whether a device works."""
    return _step(services.record_test, bed_id, BedTestIn, _l("The test is written down."), device_id=device_id)


@blueprint.post("/<int:bed_id>/devices/<int:device_id>/waiver")
@allow(*CLERKS)
@shows_refusals(ONE, one_context)
def waive_device(bed_id: int, device_id: int) -> Response:
    """Leave a device out."""
    return _step(services.waive_device, bed_id, BedWordsIn, _l("Left out, with the reason."), device_id=device_id)


@blueprint.post("/<int:bed_id>/devices/<int:device_id>/out")
@allow(*BOTH)
@shows_refusals(ONE, one_context)
def take_out(bed_id: int, device_id: int) -> Response:
    """Write down that a device left the home."""
    return _step(services.take_out, bed_id, BedOutIn, _l("Written down."), device_id=device_id)


@blueprint.post("/<int:bed_id>/fitted-out")
@allow(*BUILDERS)
@shows_refusals(ONE, one_context)
def finish_building(bed_id: int) -> Response:
    """Say that the home is fitted out."""
    return _step(services.finish_building, bed_id, BedWordsIn, _l("Fitted out. The street accepts it next."))


@blueprint.post("/<int:bed_id>/sent-back")
@allow(*ACCEPTORS)
@shows_refusals(ONE, one_context)
def send_back(bed_id: int) -> Response:
    """Send a home back to be put right."""
    return _step(services.send_back, bed_id, BedWordsIn, _l("Sent back. The provider puts it right."))


@blueprint.post("/<int:bed_id>/acceptance")
@allow(*ACCEPTORS)
@shows_refusals(ONE, one_context)
def accept(bed_id: int) -> Response:
    """Accept what was built."""
    return _step(services.accept, bed_id, BedWordsIn, _l("Accepted. The service can begin."))


@blueprint.post("/<int:bed_id>/start")
@allow(*CLERKS)
@shows_refusals(ONE, one_context)
def start(bed_id: int) -> Response:
    """Let the service begin."""
    return _step(services.start, bed_id, BedDayIn, _l("The service has begun."))


@blueprint.post("/<int:bed_id>/suspension")
@allow(*CLERKS)
@shows_refusals(ONE, one_context)
def suspend(bed_id: int) -> Response:
    """Let a bed rest."""
    return _step(services.suspend, bed_id, BedPauseIn, _l("The bed rests. No visits are made until it goes on."))


@blueprint.post("/<int:bed_id>/resumption")
@allow(*CLERKS)
@shows_refusals(ONE, one_context)
def resume(bed_id: int) -> Response:
    """Let the service go on."""
    return _step(services.resume, bed_id, BedResumeIn, _l("The service goes on."))


@blueprint.post("/<int:bed_id>/move")
@allow(*CLERKS)
@shows_refusals(ONE, one_context)
def move(bed_id: int) -> Response:
    """Let a bed move to another address."""
    return _step(services.move, bed_id, BedMoveIn, _l("Moved. Every device is tested anew there."))


@blueprint.post("/<int:bed_id>/closing")
@allow(*CLERKS)
@shows_refusals(ONE, one_context)
def close(bed_id: int) -> Response:
    """Close a bed."""
    return _step(services.close, bed_id, BedCloseIn, _l("The bed is closed."))


@blueprint.post("/<int:bed_id>/refusal")
@allow(*CLERKS)
@shows_refusals(ONE, one_context)
def refuse(bed_id: int) -> Response:
    """Refuse an application."""
    return _step(services.refuse, bed_id, BedReasonIn, _l("The application is refused."))


@blueprint.post("/<int:bed_id>/withdrawal")
@allow(*CLERKS)
@shows_refusals(ONE, one_context)
def withdraw(bed_id: int) -> Response:
    """Take an application back."""
    return _step(services.withdraw, bed_id, BedReasonIn, _l("The application is withdrawn."))


@blueprint.post("/<int:bed_id>/address")
@allow(*REVEALERS)
@shows_refusals(ONE, one_context)
def show_address(bed_id: int) -> str:
    """Show where a bed stands, in the answer to the form and nowhere else; who looked is written down."""
    asked, actor = read_form(BedReasonIn), current_actor()
    with transaction() as session:
        door = services.open_door(session, bed_id=bed_id, **asked, actor=actor, now=clock.now())
    return render_template(ONE, **one_context(bed_id), form=Form(), door=door)
