"""The kitchen's page: one number for each dish, fresh every few seconds, and the sold-out switch."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from marshmallow import Schema, fields

from app import clock
from app.auth import Actor, Role, allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.forms import read_form
from app.web.language import current_language
from meals import queries
from meals.deliveries.summing import count_ordered
from meals.kitchen import reading, services
from meals.page_words import WINDOW_NAMES, name_of, pick
from meals.roles import COOKS

# Who sees the pots: whoever decides what is cooked, and whoever stands at the till.
WATCHERS = (Role.CASHIER, *COOKS)
REFRESH_SECONDS = 5

blueprint = Blueprint("kitchen", __name__, template_folder="../templates", url_prefix="/meals/kitchen")


class SwitchForm(Schema):
    """Whether a dish is sold out from now on."""

    is_sold_out = fields.Boolean(required=True)


@blueprint.get("")
@allow(*WATCHERS)
def choose_kitchen() -> Any:
    """Go to the caller's kitchen; ask which one where there are several."""
    with transaction() as session:
        canteens = queries.list_canteen_names(session, actor=current_actor())
    if len(canteens) == 1:
        return redirect(url_for("kitchen.show_kitchen", canteen_id=canteens[0].id), 303)
    return render_template("kitchen/choose.html", **WORDS, canteens=canteens)


@blueprint.get("/<int:canteen_id>")
@allow(*WATCHERS)
def show_kitchen(canteen_id: int) -> str:
    """Show a kitchen; the page asks for its numbers every few seconds."""
    context = kitchen_context(canteen_id, current_actor())
    is_asked_again = request.headers.get("HX-Request") == "true"
    return render_template("kitchen/numbers.html" if is_asked_again else "kitchen/one.html", **context)


@blueprint.post("/<int:canteen_id>/dishes/<int:dish_id>")
@allow(*WATCHERS)
def switch(canteen_id: int, dish_id: int) -> Response:
    """Switch a dish to sold out, or back."""
    form = read_form(SwitchForm)
    with transaction() as session:
        services.switch_sold_out(
            session, canteen_id=canteen_id, dish_id=dish_id, **form, by=current_actor(), now=clock.now()
        )
    return redirect(url_for("kitchen.show_kitchen", canteen_id=canteen_id), 303)  # type: ignore[return-value]


def kitchen_context(canteen_id: int, actor: Actor) -> dict[str, Any]:
    """Gather what the page and its fresh numbers show."""
    with transaction() as session:
        kitchen = reading.get_kitchen(session, canteen_id=canteen_id, actor=actor, now=clock.now())
        to_bring = count_ordered(session, canteen_id=canteen_id, on=business_day(clock.now()))
    most = max([1, *(max(row.today.all_day, row.week_ago.all_day) for row in kitchen.rows)])
    shown = {"kitchen": kitchen, "most": most, "to_bring": to_bring}
    return {**WORDS, **shown, "seconds": REFRESH_SECONDS, "language": current_language()}


WORDS: Mapping[str, Any] = {"name_of": name_of, "pick": pick, "window_names": WINDOW_NAMES}
