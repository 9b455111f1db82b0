"""The monthly report of a place, for A4 paper: every figure with how it is counted and when, its parts, its charts."""

from flask import Blueprint, render_template

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from portal.city import drawing, showing
from portal.city.access import READERS, asked_month
from portal.city.pages import WORDS, neighbours
from portal.city.reading import read_course, read_picture

blueprint = Blueprint("city_report", __name__, url_prefix="/city", template_folder="../templates")


@blueprint.get("/<area_code>/report")
@allow(*READERS)
def show_report(area_code: str) -> str:
    """Show the report of a month."""
    now, month = clock.now(), asked_month()
    with transaction() as session:
        reach = current_actor().area_codes
        picture = read_picture(session, area_code=area_code, month=month, reach=reach, now=now)
        course = read_course(session, area_code=area_code, until_on=picture.period.until_on)
        sections = showing.show_figures(picture)
    charts = drawing.draw_all(picture, course).values()
    shown = {"picture": picture, "sections": sections, "charts": charts, "columns": showing.list_columns(picture)}
    return render_template("city/report.html", **WORDS, **shown, now=now, months=neighbours(month))
