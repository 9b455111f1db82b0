"""The manager's page of tills: which devices sell, how each stands, and the one-time code for a new one."""

from typing import Any

import qrcode
from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import EXCLUDE, Schema, fields
from qrcode.constants import ERROR_CORRECT_M

from app import clock
from app.address import read_address
from app.auth import allow, current_actor, public
from app.db import transaction
from app.people.card_numbers import qr_path
from app.web.assets import build_id
from app.web.language import HTML_LANGS, current_language
from meals.canteen_schemas import ID
from meals.page_words import name_of
from meals.roles import COOKS, READERS
from meals.tills import devices, queries
from meals.tills.devices import Offered
from meals.tills.wording import skew, standing, worries

# A manager for their own canteens, and those who keep the canteens of a place.
ENROLLERS = COOKS

blueprint = Blueprint("tills", __name__, template_folder="templates", url_prefix="/meals/tills")
enrolment = Blueprint("till_enrolment", __name__, template_folder="templates", url_prefix="/till/enrol")


class TillsIn(Schema):
    """Which tills."""

    class Meta:
        """Other parts of the address are not filters."""

        unknown = EXCLUDE

    canteen_id = fields.Integer(data_key="canteen", load_default=None, validate=ID)
    after = fields.Integer(load_default=None, validate=ID)


@blueprint.get("")
@allow(*READERS)
def list_tills() -> str:
    """List tills with their devices."""
    actor = current_actor()
    asked, _faults = read_address(TillsIn())
    with transaction() as session:
        page = queries.list_tills(session, actor=actor, **asked)
    may_enrol = bool(actor.roles & set(ENROLLERS))
    return render_template(
        "tills/list.html", page=page, may_enrol=may_enrol, now=clock.now(), build=build_id(), **WORDS
    )


@blueprint.post("/<int:till_id>/enrolments")
@allow(*ENROLLERS)
def offer_enrolment(till_id: int) -> str:
    """Make a code for a new device and show it, this once."""
    with transaction() as session:
        offered = devices.offer_enrolment(session, till_id=till_id, by=current_actor(), now=clock.now())
        return render_template("tills/code.html", **_code_context(offered))


@blueprint.post("/<int:till_id>/devices/<int:device_id>/roll")
@allow(*ENROLLERS)
def roll_device(till_id: int, device_id: int) -> str:
    """Make a code that gives a device a new token, and show it, this once."""
    with transaction() as session:
        offered = devices.offer_enrolment(
            session, till_id=till_id, device_id=device_id, by=current_actor(), now=clock.now()
        )
        return render_template("tills/code.html", **_code_context(offered))


@blueprint.post("/devices/<int:device_id>/revoke")
@allow(*ENROLLERS)
def revoke_device(device_id: int) -> Response:
    """Take a device out of use."""
    with transaction() as session:
        devices.revoke_device(session, device_id=device_id, by=current_actor(), now=clock.now())
    flash(_("This device may no longer sell with subsidy or send sales."), "ok")
    return redirect(url_for("tills.list_tills"), 303)  # type: ignore[return-value]


@enrolment.get("")
@public
def show_enrolment() -> str:
    """Show the page on which the device that scanned a code becomes a till; nobody is logged in there yet."""
    language = HTML_LANGS[current_language()]
    start = {
        "url": url_for("till_devices.enrol_device"),
        "version": build_id(),
        "language": language,
        "words": _words(),
    }
    return render_template("tills/enrol.html", start=start)


def _words() -> dict[str, str]:
    return {
        "no_code": _("There is no code in this address. Scan the one that the canteen manager shows."),
        "lost": _("The server did not answer. Check the line and scan the code again."),
        "stuck": _(
            "{count} sales of another till wait in this browser. Go to the till and let it send them, or save them "
            "as a file for the canteen manager."
        ),
        "stuck_lost": _(
            "{count} sales of another till wait in this browser, and its token no longer sends them. Save them as a "
            "file for the canteen manager."
        ),
        "stuck_unsigned": _(
            "{count} sales of another till wait in this browser, and only that till can send them. Ask the canteen "
            "manager for a new token of that device instead of a new device."
        ),
        "saved": _("Saved as {file}. The canteen manager hands it in under Tills; this browser keeps a copy."),
        "done": _("This device is now till {till} of {canteen}."),
    }


def _anchor(offered: Offered) -> str:
    """Write what stands behind the hash: a browser with sales of another device does not use the code up."""
    again = f"&device={offered.device.id}" if offered.device else ""
    return f"code={offered.code}&canteen={offered.canteen.id}{again}"


def _code_context(offered: Offered) -> dict[str, Any]:
    """Draw the code: its secret stands behind the hash, which browsers send to nobody and no log has."""
    address = url_for("till_enrolment.show_enrolment", _anchor=_anchor(offered), _external=True)
    drawn = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    drawn.add_data(address)
    drawn.make()
    matrix = drawn.get_matrix()
    return {
        "offered": offered,
        "address": address,
        "path": qr_path(matrix),
        "size": len(matrix),
        "name_of": name_of,
    }


WORDS = {"standing": standing, "worries": worries, "skew": skew}
