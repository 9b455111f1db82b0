"""The page of the people behind a month's meals."""

from calendar import monthrange
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from marshmallow import EXCLUDE, Schema, fields, validate

from app import clock
from app.address import read_address
from app.areas import queries as areas
from app.areas.checking import check_code
from app.auth import allow, current_actor
from app.auth.wording import area_name
from app.clock import business_day
from app.db import transaction
from app.web.wording import month_name
from meals import queries
from meals.canteen_schemas import ID
from meals.desk.overview_parts import read_asked
from meals.desk.reached import list_reached
from meals.page_words import is_english, name_of
from meals.roles import READERS

PAGE_LENGTH = 50

blueprint = Blueprint("guests", __name__, template_folder="templates", url_prefix="/meals/guests")


class PlaceIn(Schema):
    """Where they ate; the month is read as the overview reads it."""

    class Meta:
        """Other parts of the address, such as the cursor, are not filters."""

        unknown = EXCLUDE

    area = fields.String(load_default=None, validate=check_code)
    canteen_id = fields.Integer(data_key="canteen", load_default=None, validate=ID)
    month = fields.String(load_default=None, validate=validate.Regexp(r"\A\d{4}-\d\d\Z"))


@blueprint.get("")
@allow(*READERS)
def list_guests() -> str:
    """List who ate in a month, whoever ate most first; names masked."""
    actor, today = current_actor(), business_day(clock.now())
    asked, faults = read_address(PlaceIn())
    first = read_asked(today)["month"].replace(day=1)
    where: dict[str, Any] = {"area": asked["area"], "canteen_id": asked["canteen_id"]}
    with transaction() as session:
        page = list_reached(
            session, actor=actor, month=first, **where, after=request.args.get("after"), limit=PAGE_LENGTH
        )
        canteens = queries.list_canteen_names(session, actor=actor)
        place = areas.find_area(session, asked["area"]) if asked["area"] else None
    last = first.replace(day=monthrange(first.year, first.month)[1])
    chips = [
        (f"{month_name(first)} {first.year}" if is_english() else f"{first.year}年{first.month}月", {"month": None})
    ]
    if place:
        chips.append((area_name(place), {"area": None}))
    if asked["canteen_id"]:
        named = next((name_of(each) for each in canteens if each.id == asked["canteen_id"]), _("another canteen"))
        chips.append((named, {"canteen": None}))
    days = {"from": first.isoformat(), "until": min(last, today).isoformat(), "area": asked["area"]}
    shown = {"page": page, "chips": chips, "faults": faults, "canteen_id": asked["canteen_id"]}
    export = {"month": first.strftime("%Y-%m"), "area": asked["area"], "canteen": asked["canteen_id"]}
    return render_template("meals/guests.html", **shown, days=days, export=export)
