"""The screens on walls of one's places: make one, give it a new code, send it away."""

from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import Schema, fields, validate

from app import clock
from app.areas.checking import check_code
from app.areas.rules import Level
from app.auth import allow, current_actor
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from app.people.queries import list_places
from portal.city import displays, showing
from portal.city.access import KEEPERS

PAGE, CODE = "city/displays.html", "city/display_code.html"
LEVELS = (Level.PROVINCE, Level.CITY, Level.DISTRICT, Level.STREET)

blueprint = Blueprint("city_displays", __name__, url_prefix="/city/displays", template_folder="../templates")


class DisplayIn(Schema):
    """A screen to be: of which place, called what, in which language."""

    area_code = fields.String(required=True, validate=check_code)
    name = fields.String(required=True, validate=validate.Length(1, 60))
    language = fields.String(load_default="zh", validate=validate.OneOf(["zh", "en"]))


def list_context(**_others: Any) -> dict[str, Any]:
    """Return what the page of screens shows."""
    actor = current_actor()
    with transaction() as session:
        found = displays.list_displays(session, actor=actor)
        nearby = list_places(session, actor=actor, levels=LEVELS)
        session.expunge_all()
    is_forgotten = partial(displays.is_forgotten, now=clock.now())
    return {**showing.WORDS, "screens": found, "nearby": nearby, "is_forgotten": is_forgotten}


@blueprint.get("")
@allow(*KEEPERS)
def list_displays() -> str:
    """List the screens of one's places."""
    return render_template(PAGE, form=Form(), **list_context())


@blueprint.post("")
@allow(*KEEPERS)
@shows_refusals(PAGE, list_context)
def offer() -> Any:
    """Make a screen, and show its code this once."""
    asked, now = read_form(DisplayIn), clock.now()
    with transaction() as session:
        offered = displays.offer_display(session, **asked, by=current_actor(), now=now)
        shown = {"code": offered.code, "name": offered.display.name, "until": offered.display.code_expires_at}
    return render_template(CODE, **shown)


@blueprint.post("/<int:display_id>/code")
@allow(*KEEPERS)
def renew(display_id: int) -> str:
    """Make a new code for a screen, and show it this once."""
    with transaction() as session:
        offered = displays.renew_code(session, display_id=display_id, by=current_actor(), now=clock.now())
        shown = {"code": offered.code, "name": offered.display.name, "until": offered.display.code_expires_at}
    return render_template(CODE, **shown)


@blueprint.post("/<int:display_id>/revocation")
@allow(*KEEPERS)
def revoke(display_id: int) -> Response:
    """Send a screen away."""
    with transaction() as session:
        displays.revoke_display(session, display_id=display_id, by=current_actor(), now=clock.now())
    flash(_("This screen shows nothing from now on."), "ok")
    return redirect(url_for("city_displays.list_displays"), 303)  # type: ignore[return-value]
