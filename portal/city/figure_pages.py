"""One figure opened: its days, its places, and below a street the rows themselves, down to one lunch."""

from typing import Any

from flask import Blueprint, redirect, render_template, request

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.web.wording import month_name
from portal.city import showing
from portal.city.access import READERS, asked_month
from portal.city.canteens import list_busiest, read_days
from portal.city.leading import read_days_asked, rows_address, rows_elsewhere, rows_of
from portal.city.opening import open_figure
from portal.city.pages import neighbours
from portal.city.rules import period_of

blueprint = Blueprint("city_figures", __name__, url_prefix="/city", template_folder="../templates")


@blueprint.get("/<area_code>/figures/<figure>")
@allow(*READERS)
def show_figure(area_code: str, figure: str) -> str:
    """Show one figure by day and by place."""
    actor, month = current_actor(), asked_month()
    with transaction() as session:
        opened = open_figure(session, area_code=area_code, code=figure, month=month, actor=actor, now=clock.now())
        is_of_canteens = opened.figure.source == "meals"
        canteens = list_busiest(session, picture=opened.picture, actor=actor) if is_of_canteens else ()
        shown = {"opened": opened, "picture": opened.picture, "canteens": canteens, "months": neighbours(month)}
        return render_template("city/figure.html", **showing.WORDS, **shown, rows_address=rows_address)


@blueprint.get("/<area_code>/rows/<figure>")
@allow(*READERS)
def list_rows(area_code: str, figure: str) -> Any:
    """List what is behind a number; where a feature has a page for it, go there."""
    now, actor = clock.now(), current_actor()
    with transaction() as session:
        opened = open_figure(session, area_code=area_code, code=figure, month=asked_month(), actor=actor, now=now)
        days = read_days_asked(opened.picture)
        elsewhere = rows_elsewhere(opened, days)
        if elsewhere:
            return redirect(elsewhere, 303)
        page = rows_of(session, opened, days, actor=actor, after=request.args.get("after"), now=now)
        return render_template("city/rows.html", **showing.WORDS, opened=opened, page=page, days=days)


@blueprint.get("/canteens/<int:canteen_id>")
@allow(*READERS)
def show_canteen(canteen_id: int) -> str:
    """Show the days of one canteen; each leads to its sales."""
    month, today = asked_month(), business_day(clock.now())
    period = period_of(month, today)
    asked: dict[str, Any] = {"canteen_id": canteen_id, "actor": current_actor()}
    with transaction() as session:
        canteen, days = read_days(session, **asked, from_on=period.from_on, until_on=period.until_on)
        name, place = showing.canteen_name(canteen), canteen.area_code[:9]
    shown = {"canteen_id": canteen_id, "name": name, "place": place, "days": days, "period": period}
    return render_template("city/canteen.html", **shown, months=neighbours(month), month=month_name(month))
