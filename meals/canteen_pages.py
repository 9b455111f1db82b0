"""Canteens on pages: the list, one canteen with its days, dishes and tills, and the forms to change them."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from marshmallow import EXCLUDE, Schema, fields, validate
from sqlalchemy.orm import Session

from app import clock
from app.address import read_address
from app.areas import queries as areas
from app.auth import Actor, allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.forms import read_form, shows_refusals
from app.web.wording import group
from meals import canteens, dishes, queries
from meals.canteen_forms import CanteenForm, DishForm, NewCanteenForm, NewDishForm, PriceForm, TillForm
from meals.canteen_schemas import ClosedOnIn, ClosureIn
from meals.page_words import (
    DISH_KIND_NAMES,
    KIND_NAMES,
    OPENING_CHIPS,
    PAPER_CHIPS,
    WEEKDAY_NAMES,
    name_of,
    weekdays_of,
)
from meals.queries import CanteenCounts, Papers
from meals.roles import COOKS, KEEPERS, READERS

PAGE_LENGTH = 50
PLACE_LEVELS = ("street", "community")

blueprint = Blueprint("canteens", __name__, template_folder="templates", url_prefix="/meals/canteens")


class FilterIn(Schema):
    """The filters in the address; what cannot be read is left out and said."""

    class Meta:
        """Other parts of the address, such as the cursor, are not filters."""

        unknown = EXCLUDE

    query = fields.String(load_default="", validate=validate.Length(0, 80))
    papers = fields.Enum(Papers, by_value=True, load_default=None)


def canteen_context(canteen_id: int, **_others: Any) -> dict[str, Any]:
    """Gather what the page of one canteen shows."""
    actor, today = current_actor(), business_day(clock.now())
    with transaction() as session:
        page = queries.get_canteen_page(session, canteen_id=canteen_id, actor=actor, on=today)
        menu = queries.list_dishes(session, canteen_id=canteen_id, on=today)
    return {
        **WORDS,
        "page": page,
        "canteen": page.canteen,
        "menu": menu,
        "today": today,
        "may_keep": bool(actor.roles & set(KEEPERS)),
        "may_cook": bool(actor.roles & set(COOKS)),
    }


def form_context(canteen_id: int | None = None) -> dict[str, Any]:
    """Gather what the form of a canteen offers: places, kitchens, and what holds now."""
    actor, today = current_actor(), business_day(clock.now())
    with transaction() as session:
        context = {
            **WORDS,
            "canteen": queries.get_canteen(session, canteen_id=canteen_id, actor=actor, on=today)
            if canteen_id
            else None,
            "place_choices": list_places(session, actor),
            "kitchens": [each for each in queries.list_kitchens(session, actor=actor) if each.id != canteen_id],
        }
    return {**context, "chosen_weekdays": chosen_weekdays(context["canteen"])}


def dish_context(canteen_id: int, dish_id: int | None = None) -> dict[str, Any]:
    """Gather what the form of a dish shows: the dish with all its prices."""
    actor, today = current_actor(), business_day(clock.now())
    with transaction() as session:
        canteen = queries.get_canteen(session, canteen_id=canteen_id, actor=actor, on=today)
        line = queries.get_dish(session, canteen_id=canteen_id, dish_id=dish_id, on=today) if dish_id else None
    return {
        **WORDS,
        "canteen": canteen,
        "line": line,
        "today": today,
        "chosen_weekdays": chosen_weekdays(line.dish if line else None),
    }


@blueprint.get("")
@allow(*READERS)
def list_canteens() -> str:
    """List the canteens that the caller may see."""
    actor, today = current_actor(), business_day(clock.now())
    asked, _faults = read_address(FilterIn())
    with transaction() as session:
        page = queries.list_canteens(
            session, actor=actor, on=today, after=request.args.get("after"), limit=PAGE_LENGTH, **asked
        )
        counts = queries.count_canteens(session, actor=actor, on=today)
    may_keep = bool(actor.roles & set(KEEPERS))
    return render_template(
        "meals/canteens.html",
        **WORDS,
        page=page,
        counts=counts,
        asked=asked,
        title=write_title(counts),
        may_keep=may_keep,
    )


@blueprint.get("/new")
@allow(*KEEPERS)
def show_new_canteen() -> str:
    """Show the form of a canteen to open."""
    return render_template("meals/canteen_form.html", **form_context())


@blueprint.post("/new")
@allow(*KEEPERS)
@shows_refusals("meals/canteen_form.html", form_context)
def open_canteen() -> Response:
    """Open a canteen."""
    with transaction() as session:
        opened = canteens.open_canteen(session, **read_form(NewCanteenForm), by=current_actor(), now=clock.now())
        canteen_id, name = opened.id, name_of(opened)
    flash(_("%(name)s is open. Add what it cooks, and a till.", name=name), "ok")
    return _go_to(canteen_id)


@blueprint.get("/<int:canteen_id>")
@allow(*READERS)
def show_canteen(canteen_id: int) -> str:
    """Show one canteen."""
    return render_template("meals/canteen.html", **canteen_context(canteen_id))


@blueprint.get("/<int:canteen_id>/edit")
@allow(*KEEPERS)
def show_canteen_form(canteen_id: int) -> str:
    """Show the form of a canteen."""
    return render_template("meals/canteen_form.html", **form_context(canteen_id))


@blueprint.post("/<int:canteen_id>/edit")
@allow(*KEEPERS)
@shows_refusals("meals/canteen_form.html", form_context)
def change_canteen(canteen_id: int) -> Response:
    """Change a canteen."""
    changes = read_form(CanteenForm)
    with transaction() as session:
        canteens.change_canteen(session, canteen_id=canteen_id, changes=changes, by=current_actor(), now=clock.now())
    flash(_("Saved."), "ok")
    return _go_to(canteen_id)


@blueprint.post("/<int:canteen_id>/closures")
@allow(*COOKS)
@shows_refusals("meals/canteen.html", canteen_context)
def close_on(canteen_id: int) -> Response:
    """Keep a canteen closed on a day."""
    form = read_form(ClosureIn)
    with transaction() as session:
        canteens.close_canteen_on(session, canteen_id=canteen_id, **form, by=current_actor(), now=clock.now())
    flash(_("Noted. Nothing can be sold there on that day."), "ok")
    return _go_to(canteen_id)


@blueprint.post("/<int:canteen_id>/closures/remove")
@allow(*COOKS)
@shows_refusals("meals/canteen.html", canteen_context)
def reopen_on(canteen_id: int) -> Response:
    """Let a canteen open after all."""
    form = read_form(ClosedOnIn)
    with transaction() as session:
        canteens.reopen_canteen_on(session, canteen_id=canteen_id, **form, by=current_actor(), now=clock.now())
    flash(_("It opens on that day after all."), "ok")
    return _go_to(canteen_id)


@blueprint.post("/<int:canteen_id>/tills")
@allow(*KEEPERS)
@shows_refusals("meals/canteen.html", canteen_context)
def open_till(canteen_id: int) -> Response:
    """Set up a till."""
    form = read_form(TillForm)
    with transaction() as session:
        till = canteens.open_till(session, canteen_id=canteen_id, **form, by=current_actor(), now=clock.now())
        number = till.number
    flash(_("Till %(number)s is set up.", number=number), "ok")
    return _go_to(canteen_id)


@blueprint.post("/<int:canteen_id>/tills/<int:till_id>/withdraw")
@allow(*KEEPERS)
def withdraw_till(canteen_id: int, till_id: int) -> Response:
    """Take a till out of use."""
    with transaction() as session:
        till = canteens.withdraw_till(
            session, canteen_id=canteen_id, till_id=till_id, by=current_actor(), now=clock.now()
        )
        number = till.number
    flash(_("Till %(number)s is out of use.", number=number), "ok")
    return _go_to(canteen_id)


@blueprint.get("/<int:canteen_id>/dishes/new")
@allow(*COOKS)
def show_new_dish(canteen_id: int) -> str:
    """Show the form of a dish to add."""
    return render_template("meals/dish_form.html", **dish_context(canteen_id))


@blueprint.post("/<int:canteen_id>/dishes/new")
@allow(*COOKS)
@shows_refusals("meals/dish_form.html", dish_context)
def add_dish(canteen_id: int) -> Response:
    """Add a dish."""
    form = read_form(NewDishForm)
    with transaction() as session:
        dishes.add_dish(session, canteen_id=canteen_id, **form, by=current_actor(), now=clock.now())
    flash(_("%(name)s is on the menu.", name=form["name"]), "ok")
    return _go_to(canteen_id, "menu-h")


@blueprint.get("/<int:canteen_id>/dishes/<int:dish_id>")
@allow(*COOKS)
def show_dish(canteen_id: int, dish_id: int) -> str:
    """Show the form of a dish, with its prices."""
    return render_template("meals/dish_form.html", **dish_context(canteen_id, dish_id))


@blueprint.post("/<int:canteen_id>/dishes/<int:dish_id>")
@allow(*COOKS)
@shows_refusals("meals/dish_form.html", dish_context)
def change_dish(canteen_id: int, dish_id: int) -> Response:
    """Change a dish."""
    changes = read_form(DishForm)
    with transaction() as session:
        dishes.change_dish(
            session, canteen_id=canteen_id, dish_id=dish_id, changes=changes, by=current_actor(), now=clock.now()
        )
    flash(_("Saved."), "ok")
    return _go_to(canteen_id, "menu-h")


@blueprint.post("/<int:canteen_id>/dishes/<int:dish_id>/prices")
@allow(*COOKS)
@shows_refusals("meals/dish_form.html", dish_context)
def set_price(canteen_id: int, dish_id: int) -> Response:
    """Set what a dish costs from a day on."""
    form = read_form(PriceForm)
    with transaction() as session:
        dishes.set_dish_price(
            session, canteen_id=canteen_id, dish_id=dish_id, **form, by=current_actor(), now=clock.now()
        )
    flash(_("The price is set."), "ok")
    return redirect(url_for("canteens.show_dish", canteen_id=canteen_id, dish_id=dish_id), 303)  # type: ignore[return-value]


@blueprint.post("/<int:canteen_id>/dishes/<int:dish_id>/withdraw")
@allow(*COOKS)
def withdraw_dish(canteen_id: int, dish_id: int) -> Response:
    """Take a dish off the menu."""
    with transaction() as session:
        dish = dishes.withdraw_dish(
            session, canteen_id=canteen_id, dish_id=dish_id, by=current_actor(), now=clock.now()
        )
        name = name_of(dish)
    flash(_("%(name)s is off the menu.", name=name), "ok")
    return _go_to(canteen_id, "menu-h")


def write_title(counts: CanteenCounts) -> str:
    """Say how many canteens there are, and how their papers stand."""
    running = ngettext("%(num)s canteen", "%(num)s canteens", counts.running) % {"num": group(counts.running)}
    if counts.lapsed:
        return str(_("%(canteens)s, %(count)s with papers that have lapsed", canteens=running, count=counts.lapsed))
    if counts.ending:
        return str(
            _("%(canteens)s, %(count)s with papers that end within a month", canteens=running, count=counts.ending)
        )
    return str(_("%(canteens)s, all papers in order", canteens=running) if counts.running else running)


def list_places(session: Session, actor: Actor) -> Sequence[tuple[str, str]]:
    """List the streets and communities that a canteen can lie in: code, and name with its street."""
    found = areas.list_within(session, actor.area_codes, levels=PLACE_LEVELS)
    names = {area.code: name_of(area) for area in found}
    return [
        (code, f"{names[code[:9]]} › {name}" if len(code) > 9 and code[:9] in names else name)
        for code, name in names.items()
    ]


def chosen_weekdays(thing: Any) -> set[int]:
    """Return which weekdays are ticked: those that were sent, else those that hold, else all."""
    if request.method == "POST" and "name" in request.form:
        return {int(day) for day in request.form.getlist("weekdays") if day in set("1234567")}
    return set(thing.weekdays) if thing is not None else {day for day, _name in WEEKDAY_NAMES}


def _go_to(canteen_id: int, anchor: str | None = None) -> Response:
    return redirect(url_for("canteens.show_canteen", canteen_id=canteen_id, _anchor=anchor), 303)  # type: ignore[return-value]


WORDS: Mapping[str, Any] = {
    "kind_names": KIND_NAMES,
    "dish_kind_names": DISH_KIND_NAMES,
    "paper_chips": PAPER_CHIPS,
    "opening_chips": OPENING_CHIPS,
    "weekday_names": WEEKDAY_NAMES,
    "weekdays_of": weekdays_of,
    "name_of": name_of,
}
