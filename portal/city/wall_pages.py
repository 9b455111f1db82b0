"""Wall mode: the picture of one place in large type, for a screen that no person is logged in at."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from app import clock
from app.areas.queries import get_area
from app.auth import find_actor, public
from app.clock import business_day
from app.config import settings
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from app.web.assets import build_id
from app.web.language import LANGUAGE_COOKIE
from app.web.pages import YEAR_SECONDS
from portal.city import showing
from portal.city.access import READERS, own_place
from portal.city.displays import find_display, hang_up
from portal.city.reading import read_picture

COOKIE = "chongyang_wall"
CODE_PAGE = "city/wall_code.html"

blueprint = Blueprint("city_wall", __name__, url_prefix="/city/wall", template_folder="../templates")


class CodeIn(Schema):
    """The code that hangs a screen up."""

    code = fields.String(required=True, validate=validate.Length(4, 40))


@blueprint.get("")
@public
def show_wall() -> Any:
    """Show the wall of this screen's place; a screen that hangs nowhere asks for its code."""
    with transaction() as session:
        shown = read_wall(session, now=clock.now())
        if shown is None:
            return render_template(CODE_PAGE, form=Form())
        return _keeping(make_response(render_template("city/wall.html", **shown)))


@blueprint.get("/figures")
@public
def show_figures() -> Response:
    """Show the figures alone, each minute; a screen that was sent away, or that is of an older build, loads anew."""
    with transaction() as session:
        shown = read_wall(session, now=clock.now())
        if shown is None or request.args.get("build") != build_id():
            return Response("", headers={"HX-Refresh": "true"})
        return Response(render_template("city/wall_figures.html", **shown))


@blueprint.post("")
@public
@shows_refusals(CODE_PAGE)
def take_code() -> Response:
    """Hang a screen up with its code."""
    code = read_form(CodeIn)["code"]
    with transaction() as session:
        display, token = hang_up(session, code=code, address=request.remote_addr or "unknown", now=clock.now())
        language = display.language
    answer: Response = redirect(url_for("city_wall.show_wall"), 303)  # type: ignore[assignment]
    _set(answer, LANGUAGE_COOKIE, language)
    return _set(answer, COOKIE, token)


def read_wall(session: Session, *, now: datetime) -> dict[str, Any] | None:
    """Return what the wall shows: of the screen's place, else of the caller's own; nothing to anybody else."""
    place = find_place(session, now=now)
    if place is None:
        return None
    area = get_area(session, place)
    today = business_day(now)
    picture = read_picture(session, area_code=area.code, month=today, reach=[area.code], now=now)
    sections = showing.show_figures(picture)
    figures = [shown for section in sections for shown in section.figures if shown.code in showing.ON_WALLS]
    return {
        **showing.WORDS,
        "picture": picture,
        "figures": figures,
        "today": showing.show_today(picture, today),
        "now": now,
        "build": build_id(),
    }


def find_place(session: Session, *, now: datetime) -> str | None:
    """Return the place of the screen that asks, else the one that the caller's roles begin at."""
    display = find_display(session, token=request.cookies.get(COOKIE, ""), now=now)
    if display:
        return display.area_code
    actor = find_actor()
    roles = actor.roles & frozenset(READERS) if actor else frozenset()
    return own_place(actor.narrowed(frozenset(READERS) & actor.roles)) if actor and roles else None


def _keeping(answer: Response) -> Response:
    """Let the screen stay hung up: browsers forget what is not renewed within a good year."""
    token = request.cookies.get(COOKIE)
    return _set(answer, COOKIE, token) if token else answer


def _set(answer: Response, name: str, value: str) -> Response:
    secure = settings().https or request.is_secure
    answer.set_cookie(name, value, max_age=YEAR_SECONDS, secure=secure, httponly=True, samesite="Lax")
    return answer
