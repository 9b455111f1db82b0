"""Who loses points when a month ends, for those who can still tell them."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from marshmallow import EXCLUDE, Schema, ValidationError, fields

from app import clock
from app.areas.checking import check_code_if_any
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.people.queries import list_places
from subsidies.access import WALLET_READERS
from subsidies.expiry import queries
from subsidies.expiry.rules import month_of, next_month
from subsidies.schemas import CURSOR

blueprint = Blueprint("expiry", __name__, template_folder="templates")


class EndingsIn(Schema):
    """Month, area and cursor in the address; what cannot be read is left out."""

    class Meta:
        """Other parts of the address are not ours."""

        unknown = EXCLUDE

    month = fields.Date(format="%Y-%m", load_default=None)
    area = fields.String(load_default="", validate=check_code_if_any)
    after = fields.Integer(load_default=0, validate=CURSOR)


@blueprint.get("/ledger/endings")
@allow(*WALLET_READERS)
def show_endings() -> str:
    """Show who has points that end in a month, by street, and how much it is."""
    asked, today, actor = read_endings(), business_day(clock.now()), current_actor()
    month = asked["month"] or next_month(today)
    where: dict[str, Any] = {"actor": actor, "month": month, "today": today, "area_code": asked["area"] or None}
    with transaction() as session:
        page = queries.list_losers(session, **where, after=asked["after"])
        streets = queries.sum_streets(session, **where)
        places = list_places(session, actor=actor, levels=("district", "street"))
    shown = {"page": page, "streets": streets, "nearby": places, "area": asked["area"], "month": month}
    return render_template("expiry/endings.html", **shown, last=month_of(month)[1], months=list_months(today))


def list_months(today: date) -> list[date]:
    """Return the months that a clerk may look at: this one and the two after."""
    second = next_month(today)
    return [today.replace(day=1), second, next_month(second)]


def read_endings() -> dict[str, Any]:
    """Return what the address asks for, without what cannot be read."""
    given = {name: value for name, value in request.args.items() if value}
    try:
        asked: dict[str, Any] = EndingsIn().load(given)
    except ValidationError as error:
        wrong = error.messages_dict
        return EndingsIn().load({name: value for name, value in given.items() if name not in wrong})  # type: ignore[no-any-return]
    return asked
