"""The mobile number of one's own account: a code goes to the new one, and whoever types it keeps it."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import PERSONAL_ROLES, allow, current_actor
from app.auth.personal import change_phone
from app.auth.phones import check_code
from app.auth.rules import Purpose
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from app.people.relatives import joining
from app.people.relatives.door_pages import language, reach_of_codes, visitor
from app.people.relatives.schemas import NewPhoneIn, TypedCodeIn

blueprint = Blueprint("own_phone", __name__, url_prefix="/account/phone", template_folder="../templates")

OWNERS = tuple(sorted(PERSONAL_ROLES))
ASK = "people/own_phone.html"
CODE = "people/own_phone_code.html"


@blueprint.get("")
@allow(*OWNERS)
def show_phone() -> str:
    """Ask for the new number."""
    return render_template(ASK, form=Form(), **reach_of_codes())


@blueprint.post("")
@allow(*OWNERS)
@shows_refusals(ASK, reach_of_codes)
def send_code() -> str:
    """Send a code to the new number; the present one stays until it is typed."""
    asked = read_form(NewPhoneIn)
    with transaction() as session:
        about: dict[str, Any] = {"purpose": Purpose.CHANGE, "visitor": visitor(), "language": language()}
        ticket = joining.send_phone_code(session, phone=asked["phone"], now=clock.now(), **about)
    return render_template(CODE, form=Form(values=asked | {"ticket": ticket}))


@blueprint.post("/code")
@allow(*OWNERS)
@shows_refusals(CODE)
def keep() -> Response:
    """Keep the number whose code was typed."""
    asked, now = read_form(TypedCodeIn), clock.now()
    with transaction() as session:
        phone = check_code(session, **asked, purpose=Purpose.CHANGE, visitor=visitor(), now=now)
        change_phone(session, actor=current_actor(), phone=phone, now=now)
    flash(_("Your mobile number is kept. Codes and messages go there from now on."), "ok")
    return redirect(url_for("web.start"), 303)  # type: ignore[return-value]
