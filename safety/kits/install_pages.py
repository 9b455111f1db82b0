"""Installing on a phone: what is to be put where, the test call, and the moment from which a home is watched over."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from marshmallow import Schema

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from app.errors import Invalid
from app.forms import Form, read_form, shows_refusals
from safety.kits import doors, homes, installing, listing
from safety.kits.access import FITTERS
from safety.kits.home_pages import one_context
from safety.kits.page_words import WORDS
from safety.kits.schemas import (
    KitAssignIn,
    KitInstallFormIn,
    KitMoveFormIn,
    KitNothingIn,
    KitReturnIn,
    KitRevealIn,
    KitSerialFormIn,
    KitWordsIn,
)

ONE, TESTS = "kits/installing.html", "kits/tests.html"
STOCK_SHOWN = 60

blueprint = Blueprint("safety_installing", __name__, url_prefix="/safety", template_folder="templates")


@blueprint.get("/installing")
@allow(*FITTERS)
def list_work() -> str:
    """List the homes whose kit waits to be installed, and those whose devices need somebody."""
    actor, now = current_actor(), clock.now()
    with transaction() as session:
        waiting = listing.list_home_items(session, reach=actor, now=now, filters=listing.HomeFilter(state="pending"))
        troubled = listing.list_device_items(
            session, reach=actor, now=now, filters=listing.DeviceFilter(state=listing.TROUBLED)
        )
    return render_template("kits/work.html", **WORDS, waiting=waiting, troubled=troubled, now=now)


@blueprint.get("/homes/<int:home_id>/installing")
@allow(*FITTERS)
def show_installing(home_id: int) -> str:
    """Show what is to be done in a home."""
    return render_template(ONE, form=Form(), **context(home_id))


def context(home_id: int, **_others: Any) -> dict[str, Any]:
    """Gather what the page of an installation shows."""
    shown = one_context(home_id)
    with transaction() as session:
        gateways = listing.list_gateways_for(session, home=shown["home"], now=clock.now())
        stock = listing.list_device_items(
            session,
            reach=current_actor(),
            now=clock.now(),
            filters=listing.DeviceFilter(state="stocked"),
            limit=STOCK_SHOWN,
        )
    free = [each for each in stock.items if each.home_id is None]
    return {**shown, "gateways": gateways, "stock": free}


@blueprint.get("/homes/<int:home_id>/installing/tests")
@allow(*FITTERS)
def show_tests(home_id: int) -> str:
    """Show what was heard so far: the part of the page that renews itself during a test."""
    return render_template(TESTS, form=Form(), **one_context(home_id))


def _step(service: Callable[..., Any], to: int, schema: type[Schema], told: Any, /, **more: Any) -> Response:
    asked = read_form(schema)
    with transaction() as session:
        service(session, **asked, **more, actor=current_actor(), now=clock.now())
    flash(str(told), "ok")
    return _back(to)


def _back(home_id: int) -> Response:
    endpoint = "safety_homes.show_home" if request.args.get("from") == "home" else "safety_installing.show_installing"
    return redirect(url_for(endpoint, home_id=home_id), 303)  # type: ignore[return-value]


@blueprint.post("/homes/<int:home_id>/installing/devices")
@allow(*FITTERS)
@shows_refusals(ONE, context)
def assign(home_id: int) -> Response:
    """Put devices from the stock on the list of a home."""
    return _step(installing.assign_devices, home_id, KitAssignIn, _l("On the list of this home."), home_id=home_id)


@blueprint.post("/homes/<int:home_id>/installing/serial")
@allow(*FITTERS)
@shows_refusals(ONE, context)
def install_by_serial(home_id: int) -> Response:
    """Install a device from the stock by the number on it."""
    asked, actor, now = read_form(KitSerialFormIn), current_actor(), clock.now()
    wanted = listing.DeviceFilter(state="stocked", serial=asked.pop("serial"))
    with transaction() as session:
        found = listing.list_device_items(session, reach=actor, now=now, filters=wanted, limit=1).items
        if not found:
            raise Invalid(errors={"serial": [_l("No device with this number is in stock here.")]})
        installing.install_device(session, home_id=home_id, device_id=found[0].id, **asked, actor=actor, now=now)
    flash(str(_l("Installed. It is to be heard in a test next.")), "ok")
    return _back(home_id)


@blueprint.post("/homes/<int:home_id>/installing/devices/<int:device_id>")
@allow(*FITTERS)
@shows_refusals(ONE, context)
def install(home_id: int, device_id: int) -> Response:
    """Write down that a device is installed."""
    told = _l("Installed. It is to be heard in a test next.")
    return _step(installing.install_device, home_id, KitInstallFormIn, told, home_id=home_id, device_id=device_id)


@blueprint.post("/homes/<int:home_id>/installing/devices/<int:device_id>/unassignment")
@allow(*FITTERS)
@shows_refusals(ONE, context)
def unassign(home_id: int, device_id: int) -> Response:
    """Take a device off the list of a home."""
    return _step(installing.unassign_device, home_id, KitNothingIn, _l("Back in stock."), device_id=device_id)


@blueprint.post("/homes/<int:home_id>/installing/devices/<int:device_id>/place")
@allow(*FITTERS)
@shows_refusals(ONE, context)
def move(home_id: int, device_id: int) -> Response:
    """Write down that a device stands elsewhere."""
    told = _l("Moved. It is to be heard again from there.")
    return _step(installing.move_device, home_id, KitMoveFormIn, told, device_id=device_id)


@blueprint.post("/homes/<int:home_id>/installing/devices/<int:device_id>/return")
@allow(*FITTERS)
@shows_refusals(ONE, context)
def take_back(home_id: int, device_id: int) -> Response:
    """Write down that a device came back."""
    return _step(installing.return_device, home_id, KitReturnIn, _l("It came back."), device_id=device_id)


@blueprint.post("/homes/<int:home_id>/installing/devices/<int:device_id>/loss")
@allow(*FITTERS)
@shows_refusals(ONE, context)
def lose(home_id: int, device_id: int) -> Response:
    """Write down that a device was lost."""
    return _step(installing.lose_device, home_id, KitWordsIn, _l("Written down as lost."), device_id=device_id)


@blueprint.post("/homes/<int:home_id>/installing/test")
@allow(*FITTERS)
@shows_refusals(ONE, context)
def begin_test(home_id: int) -> Response:
    """Begin a test."""
    told = _l("The test has begun. Press each key and pass each sensor now.")
    return _step(installing.begin_test, home_id, KitNothingIn, told, home_id=home_id)


@blueprint.post("/homes/<int:home_id>/installing/test/end")
@allow(*FITTERS)
@shows_refusals(ONE, context)
def end_test(home_id: int) -> Response:
    """End a test before its time."""
    told = _l("The test has ended. From now on a call is a call for help.")
    return _step(installing.end_test, home_id, KitNothingIn, told, home_id=home_id)


@blueprint.post("/homes/<int:home_id>/installing/start")
@allow(*FITTERS)
@shows_refusals(ONE, context)
def start(home_id: int) -> Response:
    """Begin to watch over the home."""
    told = _l("This home is watched over from now on.")
    return _step(homes.start_home, home_id, KitNothingIn, told, home_id=home_id)


@blueprint.post("/homes/<int:home_id>/installing/reveals")
@allow(*FITTERS)
@shows_refusals(ONE, context)
def reveal(home_id: int) -> str:
    """Show where to go, in the answer to the form and nowhere else."""
    asked = read_form(KitRevealIn)
    with transaction() as session:
        shown = doors.open_home(session, home_id=home_id, **asked, actor=current_actor(), now=clock.now())
    return render_template(ONE, form=Form(), **context(home_id), revealed=shown)
