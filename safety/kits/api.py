"""Homes with kits over HTTP: applied for, put up, watched over, ended; whom to call; away."""

from collections.abc import Callable
from typing import Any

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from safety.kits import away, contacts, doors, homes, installing, listing, settings
from safety.kits.access import (
    AWAY_SETTERS,
    CLERKS,
    FITTERS,
    LISTERS,
    READERS,
    REVEALERS,
    SETTING_CHECKERS,
    SETTING_MAKERS,
)
from safety.kits.out_schemas import KitHomeOut, KitHomesOut, KitPhoneOut, KitRevealedOut, KitSettingOut, KitSettingsOut
from safety.kits.reading import read_home
from safety.kits.schemas import (
    KitApplicationIn,
    KitAssignIn,
    KitAwayIn,
    KitContactChangesIn,
    KitContactIn,
    KitHomeChangesIn,
    KitHomesIn,
    KitInstallIn,
    KitNothingIn,
    KitPhoneIn,
    KitReasonIn,
    KitRevealIn,
    KitSettingIn,
    KitWordsIn,
)

NOT_HERE = "No such home, or no such part of it, for the caller"
NOT_NOW = "This does not follow on what is there now, or something is missing"

blueprint = Blueprint(
    "safety_homes_api",
    __name__,
    url_prefix="/api/v1/safety/homes",
    description="Homes with a kit: from the application to the devices that came back",
)


@blueprint.get("")
@allow(*READERS)
@blueprint.arguments(KitHomesIn, location="query")
@blueprint.response(200, KitHomesOut)
def list_homes(asked: dict[str, Any]) -> Any:
    """List homes, the latest application first."""
    with transaction() as session:
        return listing.list_home_items(session, reach=current_actor(), now=clock.now(), **asked)


@blueprint.post("")
@allow(*CLERKS)
@blueprint.arguments(KitApplicationIn)
@blueprint.response(201, KitHomeOut)
@blueprint.alt_response(404, description="No such senior in the caller's areas")
@blueprint.alt_response(409, description="There is a kit already, or it is not for this person")
def apply(body: dict[str, Any]) -> Any:
    """Record an application for a kit."""
    with transaction() as session:
        home = homes.apply(session, **body, actor=current_actor(), now=clock.now())
        return _show(session, home.id)


@blueprint.get("/<int:home_id>")
@allow(*READERS)
@blueprint.response(200, KitHomeOut)
@blueprint.alt_response(404, description=NOT_HERE)
def show_home(home_id: int) -> Any:
    """Return one home with its kit, whom to call, what is missing, and its history."""
    with transaction() as session:
        return _show(session, home_id)


@blueprint.patch("/<int:home_id>")
@allow(*CLERKS)
@blueprint.arguments(KitHomeChangesIn)
@blueprint.response(200, KitHomeOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def change_home(body: dict[str, Any], home_id: int) -> Any:
    """Change what is known of a home; what is not named stays, what is empty is forgotten."""
    return _step(homes.change_home, home_id, body)


@blueprint.post("/<int:home_id>/start")
@allow(*FITTERS)
@blueprint.arguments(KitNothingIn)
@blueprint.response(200, KitHomeOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def start_home(body: dict[str, Any], home_id: int) -> Any:
    """Begin to watch over a home whose kit is complete and was heard."""
    return _step(homes.start_home, home_id, body)


@blueprint.post("/<int:home_id>/end")
@allow(*CLERKS)
@blueprint.arguments(KitWordsIn)
@blueprint.response(200, KitHomeOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def end_home(body: dict[str, Any], home_id: int) -> Any:
    """End a home whose devices came back."""
    return _step(homes.end_home, home_id, body)


@blueprint.put("/<int:home_id>/away")
@allow(*AWAY_SETTERS)
@blueprint.arguments(KitAwayIn)
@blueprint.response(200, KitHomeOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def set_away(body: dict[str, Any], home_id: int) -> Any:
    """Write down that somebody is away; a call for help is heard all the same."""
    return _step(away.set_away, home_id, body)


@blueprint.delete("/<int:home_id>/away")
@allow(*AWAY_SETTERS)
@blueprint.response(200, KitHomeOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def come_back(home_id: int) -> Any:
    """Write down that somebody is back."""
    return _step(away.come_back, home_id, {})


@blueprint.post("/<int:home_id>/contacts")
@allow(*LISTERS)
@blueprint.arguments(KitContactIn)
@blueprint.response(201, KitHomeOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def add_contact(body: dict[str, Any], home_id: int) -> Any:
    """Put somebody at the end of the list."""
    return _step(contacts.add_contact, home_id, body)


@blueprint.put("/<int:home_id>/contacts/<int:contact_id>")
@allow(*LISTERS)
@blueprint.arguments(KitContactChangesIn)
@blueprint.response(200, KitHomeOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def change_contact(body: dict[str, Any], home_id: int, contact_id: int) -> Any:
    """Change what is known of somebody on the list."""
    return _step(contacts.change_contact, home_id, body, contact_id=contact_id)


@blueprint.post("/<int:home_id>/contacts/<int:contact_id>/earlier")
@allow(*LISTERS)
@blueprint.arguments(KitNothingIn)
@blueprint.response(200, KitHomeOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def raise_contact(body: dict[str, Any], home_id: int, contact_id: int) -> Any:
    """Let somebody be called one place earlier."""
    return _step(contacts.raise_contact, home_id, body, contact_id=contact_id)


@blueprint.delete("/<int:home_id>/contacts/<int:contact_id>")
@allow(*LISTERS)
@blueprint.response(200, KitHomeOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def remove_contact(home_id: int, contact_id: int) -> Any:
    """Take somebody off the list; their number is forgotten."""
    return _step(contacts.remove_contact, home_id, {}, contact_id=contact_id)


@blueprint.post("/<int:home_id>/reveals")
@allow(*REVEALERS)
@blueprint.arguments(KitRevealIn)
@blueprint.response(200, KitRevealedOut)
@blueprint.alt_response(404, description=NOT_HERE)
def reveal(body: dict[str, Any], home_id: int) -> Any:
    """Show sealed fields once; who looked and why is written down."""
    with transaction() as session:
        return doors.open_home(session, home_id=home_id, **body, actor=current_actor(), now=clock.now())


@blueprint.post("/<int:home_id>/contacts/<int:contact_id>/reveals")
@allow(*REVEALERS)
@blueprint.arguments(KitPhoneIn)
@blueprint.response(200, KitPhoneOut)
@blueprint.alt_response(404, description=NOT_HERE)
def reveal_phone(body: dict[str, Any], home_id: int, contact_id: int) -> Any:
    """Show a whole number once; who looked and why is written down."""
    with transaction() as session:
        phone = doors.open_phone(
            session, home_id=home_id, contact_id=contact_id, **body, actor=current_actor(), now=clock.now()
        )
    return {"phone": phone}


@blueprint.post("/<int:home_id>/assignments")
@allow(*FITTERS)
@blueprint.arguments(KitAssignIn)
@blueprint.response(200, KitHomeOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def assign(body: dict[str, Any], home_id: int) -> Any:
    """Put devices from the stock on the list of a home."""
    return _step(installing.assign_devices, home_id, body)


@blueprint.post("/<int:home_id>/installations")
@allow(*FITTERS)
@blueprint.arguments(KitInstallIn)
@blueprint.response(201, KitHomeOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def install(body: dict[str, Any], home_id: int) -> Any:
    """Write down that a device stands in a home now."""
    return _step(installing.install_device, home_id, body)


@blueprint.post("/<int:home_id>/test")
@allow(*FITTERS)
@blueprint.arguments(KitNothingIn)
@blueprint.response(200, KitHomeOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def begin_test(body: dict[str, Any], home_id: int) -> Any:
    """Let calls from a home count as tests for as long as the document says."""
    return _step(installing.begin_test, home_id, body)


@blueprint.delete("/<int:home_id>/test")
@allow(*FITTERS)
@blueprint.response(200, KitHomeOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def end_test(home_id: int) -> Any:
    """Let calls from a home be calls for help again."""
    return _step(installing.end_test, home_id, {})


@blueprint.get("/<int:home_id>/settings")
@allow(*READERS)
@blueprint.response(200, KitSettingsOut)
@blueprint.alt_response(404, description=NOT_HERE)
def list_settings(home_id: int) -> Any:
    """List what was wished for a home otherwise than for its area."""
    with transaction() as session:
        found = settings.list_settings(session, home_id=home_id, actor=current_actor())
        return {"items": found}


@blueprint.post("/<int:home_id>/settings")
@allow(*SETTING_MAKERS)
@blueprint.arguments(KitSettingIn)
@blueprint.response(201, KitSettingOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def make_setting(body: dict[str, Any], home_id: int) -> Any:
    """Wish other thresholds for a home; a second person decides."""
    return _set(settings.make_setting, home_id, body)


@blueprint.post("/<int:home_id>/settings/<int:setting_id>/approval")
@allow(*SETTING_CHECKERS)
@blueprint.arguments(KitNothingIn)
@blueprint.response(200, KitSettingOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def approve_setting(body: dict[str, Any], home_id: int, setting_id: int) -> Any:
    """Sign what somebody else wished."""
    return _set(settings.approve_setting, home_id, body, setting_id=setting_id)


@blueprint.post("/<int:home_id>/settings/<int:setting_id>/rejection")
@allow(*SETTING_CHECKERS)
@blueprint.arguments(KitReasonIn)
@blueprint.response(200, KitSettingOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def reject_setting(body: dict[str, Any], home_id: int, setting_id: int) -> Any:
    """Send back what somebody else wished."""
    return _set(settings.reject_setting, home_id, body, setting_id=setting_id)


@blueprint.post("/<int:home_id>/settings/<int:setting_id>/end")
@allow(*SETTING_MAKERS, *SETTING_CHECKERS)
@blueprint.arguments(KitNothingIn)
@blueprint.response(200, KitSettingOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def end_setting(body: dict[str, Any], home_id: int, setting_id: int) -> Any:
    """Let a setting end today."""
    return _set(settings.end_setting, home_id, body, setting_id=setting_id)


def _step(service: Callable[..., Any], home_id: int, body: dict[str, Any], **more: Any) -> Any:
    with transaction() as session:
        service(session, home_id=home_id, **body, **more, actor=current_actor(), now=clock.now())
        return _show(session, home_id)


def _set(service: Callable[..., Any], home_id: int, body: dict[str, Any], **more: Any) -> Any:
    with transaction() as session:
        return service(session, home_id=home_id, **body, **more, actor=current_actor(), now=clock.now())


def _show(session: Session, home_id: int) -> Any:
    session.flush()
    return read_home(session, home_id=home_id, actor=current_actor(), now=clock.now())
