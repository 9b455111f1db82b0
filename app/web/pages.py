"""The first page, and the two switches of every bar."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, redirect, request, url_for
from marshmallow import Schema, fields, validate

from app.auth import Role, current_actor, find_actor, public
from app.auth.accounts import keep_wishes
from app.auth.guard import before_password_change, signed_in
from app.config import settings
from app.db import transaction
from app.features import loaded_features
from app.forms import read_form
from app.web.language import HTML_LANGS, LANGUAGE_COOKIE, TEXT_SIZE_COOKIE, TEXT_SIZES

YEAR_SECONDS = 365 * 24 * 3600

blueprint = Blueprint("web", __name__, template_folder="templates")


class LanguageIn(Schema):
    """A chosen language, and the page to go on with."""

    language = fields.String(required=True, validate=validate.OneOf(sorted(HTML_LANGS)))
    next = fields.String(load_default="/")


class TextSizeIn(Schema):
    """A chosen text size, and the page to go on with."""

    text_size = fields.String(required=True, validate=validate.OneOf(TEXT_SIZES))
    next = fields.String(load_default="/")


@blueprint.get("/")
@signed_in
def start() -> Response:
    """Go to the page where the caller's work begins."""
    return _go(url_for(landing(current_actor().roles)))


@blueprint.post("/language")
@public
@before_password_change
def choose_language() -> Response:
    """Keep the language someone chose, in this browser and with the account."""
    chosen = read_form(LanguageIn)
    return _keep(LANGUAGE_COOKIE, chosen["language"], chosen["next"])


@blueprint.post("/text-size")
@public
@before_password_change
def choose_text_size() -> Response:
    """Keep the text size someone chose, in this browser and with the account."""
    chosen = read_form(TextSizeIn)
    return _keep(TEXT_SIZE_COOKIE, chosen["text_size"], chosen["next"])


def landing(roles: frozenset[Role]) -> str:
    """Return the endpoint where a role's work begins; without one, the own account.

    What is loaded later stands nearer to people's work, so it is asked first.
    """
    for feature in reversed(loaded_features(current_app)):
        for role, endpoint in feature.landing.items():
            if role in roles:
                return endpoint
    return "auth.show_account"


def local_address(address: str) -> str:
    """Return an address if it is a path of ours, else the first page."""
    parts = urlsplit(address)
    is_ours = (
        address.startswith("/") and not address.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    )
    return address if is_ours and address.isprintable() else "/"


def _keep(cookie: str, value: str, address: str) -> Response:
    actor = find_actor()
    if actor is not None:
        with transaction() as session:
            keep_wishes(session, account_id=actor.account_id, **{cookie: value})
    answer = _go(local_address(address))
    secure = settings().https or request.is_secure
    answer.set_cookie(cookie, value, max_age=YEAR_SECONDS, secure=secure, httponly=True, samesite="Lax")
    return answer


def _go(address: str) -> Response:
    return redirect(address, 303)  # type: ignore[return-value]
