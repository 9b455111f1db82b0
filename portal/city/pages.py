"""The picture of a place on a page: figures by group against last month and targets, charts, its parts."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.errors import NotFound
from app.web.wording import month_name
from portal.city import drawing, showing
from portal.city.access import KEEPERS, READERS, asked_month, months_around, own_place
from portal.city.canteens import list_busiest
from portal.city.reading import read_course, read_picture

blueprint = Blueprint("city", __name__, url_prefix="/city", template_folder="../templates")


@blueprint.get("")
@allow(*READERS)
def start() -> Any:
    """Go to the picture of one's own place."""
    place = own_place(current_actor())
    if place is None:
        raise NotFound
    return redirect(url_for("city.show_place", area_code=place, month=request.args.get("month")), 303)


@blueprint.get("/<area_code>")
@allow(*READERS)
def show_place(area_code: str) -> str:
    """Show the picture of a city, a district or a street."""
    now, actor, month = clock.now(), current_actor(), asked_month()
    with transaction() as session:
        picture = read_picture(session, area_code=area_code, month=month, reach=actor.area_codes, now=now)
        course = read_course(session, area_code=area_code, until_on=picture.period.until_on)
        canteens = list_busiest(session, picture=picture, actor=actor)
        sections = showing.show_figures(picture)
        shown = {
            "picture": picture,
            "sections": sections,
            "canteens": canteens,
            "columns": showing.list_columns(picture),
        }
        charts = drawing.draw_all(picture, course)
        may_hang = bool(actor.roles & set(KEEPERS))
        more = {"charts": charts, "months": neighbours(month), "may_hang": may_hang}
        return render_template("city/place.html", **WORDS, **shown, **more)


def neighbours(month: Any) -> dict[str, Any]:
    """Return the months before and after, for leafing."""
    before, after = months_around(month, business_day(clock.now()))
    return {
        "before": (month_name(before), f"{before:%Y-%m}"),
        "after": (month_name(after), f"{after:%Y-%m}") if after else None,
    }


WORDS: dict[str, Any] = {
    **showing.WORDS,
    "address_of": showing.address_of,
    "rest_of": showing.rest_of,
    "write_title": showing.write_title,
    "main": showing.MAIN,
}
