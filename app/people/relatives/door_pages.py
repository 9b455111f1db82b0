"""Coming in without a password: by a code to the phone, or by card and the code read out at the counter."""

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import get_locale

from app import clock
from app.auth import public
from app.auth.attempts import Visitor
from app.auth.pages import end_former_session, start_session
from app.auth.phones import log_in_by_phone
from app.auth.rules import Purpose
from app.auth.services import Opened, TokenKind
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from app.messages.services import can_send_codes
from app.people.relatives import joining, own_accounts
from app.people.relatives.schemas import CardIn, PhoneIn, SentCodeIn

blueprint = Blueprint("door", __name__, url_prefix="/login", template_folder="../templates")


def visitor() -> Visitor:
    """Return where the request comes from."""
    return Visitor(address=request.remote_addr or "", label=request.user_agent.string)


def kind_of(asked: dict[str, Any]) -> TokenKind:
    """Return how long the session lasts that somebody asks for."""
    return TokenKind.REMEMBERED if asked.pop("remember") else TokenKind.SESSION


def language() -> str:
    """Return the language of the page, for the message that goes out."""
    locale = get_locale()
    return locale.language if locale else "zh"


def reach_of_codes() -> dict[str, Any]:
    """Return what the pages that ask for a phone say beforehand: whether a code can reach one here."""
    with transaction() as session:
        return {"can_send_codes": can_send_codes(session)}


@blueprint.get("/code")
@public
def show_phone() -> str:
    """Ask for the phone that a code is sent to."""
    form = Form(values={"next": request.args.get("next", "/")})
    return render_template("people/door_phone.html", form=form, **reach_of_codes())


@blueprint.post("/code")
@public
@shows_refusals("people/door_phone.html", reach_of_codes)
def send_code() -> str:
    """Send a code, and ask for it; the same page whether or not anybody here has the phone."""
    asked = read_form(PhoneIn)
    with transaction() as session:
        ticket = joining.send_phone_code(
            session,
            phone=asked["phone"],
            purpose=Purpose.PHONE,
            visitor=visitor(),
            language=language(),
            now=clock.now(),
        )
    return render_template("people/door_code.html", form=Form(values=asked | {"ticket": ticket}))


@blueprint.post("/code/check")
@public
@shows_refusals("people/door_code.html")
def check_code() -> Response:
    """Let in whoever types the code that was sent."""
    asked = read_form(SentCodeIn)
    address, kind = asked.pop("next"), kind_of(asked)
    with transaction() as session:
        end_former_session(session)
        opened: Opened = log_in_by_phone(session, **asked, kind=kind, visitor=visitor(), now=clock.now())
    return start_session(opened, address)


@blueprint.get("/card")
@public
def show_card() -> str:
    """Ask for a card number and the code that was read out."""
    return render_template("people/door_card.html", form=Form(values={"next": request.args.get("next", "/")}))


@blueprint.post("/card")
@public
@shows_refusals("people/door_card.html")
def check_card() -> Response:
    """Let a senior in by card number and code."""
    asked = read_form(CardIn)
    address, kind = asked.pop("next"), kind_of(asked)
    with transaction() as session:
        end_former_session(session)
        opened = own_accounts.log_in_by_card(session, **asked, kind=kind, visitor=visitor(), now=clock.now())
    return start_session(opened, address)
