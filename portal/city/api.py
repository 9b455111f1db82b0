"""The picture over HTTP: a place in a month with its figures and parts, and its days."""

from typing import Any

from flask_smorest import Blueprint

from app import clock
from app.auth import allow, current_actor
from app.auth.wording import area_name
from app.clock import business_day
from app.db import transaction
from portal.city import words
from portal.city.access import READERS, read_month
from portal.city.reading import Picture, read_picture
from portal.city.rules import Figure
from portal.city.schemas import DaysOut, MonthIn, PictureOut

blueprint = Blueprint("city_api", __name__, url_prefix="/api/v1/city", description="The picture of a place")


@blueprint.get("/areas/<string:area_code>")
@allow(*READERS)
@blueprint.arguments(MonthIn, location="query")
@blueprint.response(200, PictureOut)
@blueprint.alt_response(404, description="No such place in the caller's areas, or one below a street")
def get_picture(asked: dict[str, Any], area_code: str) -> Any:
    """Return the figures of a place in a month, against the month before and its targets."""
    picture = read(asked, area_code)
    return {
        "area_code": picture.area.code,
        "name": area_name(picture.area),
        "from_on": picture.period.from_on,
        "until_on": picture.period.until_on,
        "figures": [describe(picture, figure) for figure in picture.figures],
        "parts": [{"code": part.code, "name": area_name(part), "sums": part.sums} for part in picture.parts],
    }


@blueprint.get("/areas/<string:area_code>/days")
@allow(*READERS)
@blueprint.arguments(MonthIn, location="query")
@blueprint.response(200, DaysOut)
@blueprint.alt_response(404, description="No such place in the caller's areas, or one below a street")
def list_days(asked: dict[str, Any], area_code: str) -> Any:
    """Return what was counted of each day of a month."""
    picture = read(asked, area_code)
    return {"items": [{"on_day": day, "sums": sums} for day, sums in picture.days.items()]}


def read(asked: dict[str, Any], area_code: str) -> Picture:
    """Read the picture that a request asks for."""
    now = clock.now()
    month, reach = read_month(asked["month"], business_day(now)), current_actor().area_codes
    with transaction() as session:
        picture = read_picture(session, area_code=area_code, month=month, reach=reach, now=now)
        session.expunge_all()
    return picture


def describe(picture: Picture, figure: Figure) -> dict[str, Any]:
    """Return one figure as it is told over HTTP."""
    value, before, target = picture.value(figure), picture.value_before(figure), picture.targets.get(figure.code)
    return {
        **{name: getattr(figure, name) for name in ("code", "group", "kind")},
        **{name: getattr(value, name) for name in ("amount", "whole", "permille")},
        "name": words.name_of_figure(figure),
        "before_amount": before.amount,
        "before_whole": before.whole,
        "at_least_permille": target.at_least if target else None,
        "at_most_permille": target.at_most if target else None,
        "is_met": target.is_met(value) if target else None,
        "definition": words.definition_of(figure),
        "counted_at": picture.folded.get(figure.source),
    }
