"""Deliveries for those at the canteen: the list, an order, one delivery with its steps, meals fetched for others."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import Role, allow, current_actor
from app.auth.queries import list_held_at
from app.clock import business_day
from app.db import transaction
from app.forms import read_form, shows_refusals
from meals.deliveries import carrying, choices, ordering, reading, sending
from meals.deliveries.api import CARRIERS
from meals.deliveries.forms import (
    AssignmentForm,
    CancellationForm,
    DepartureForm,
    HandOverForm,
    OrderForm,
    SendAllForm,
    TryForm,
)
from meals.deliveries.listing import list_context, rights
from meals.deliveries.page_words import WORDS, next_days
from meals.deliveries.rules import State
from meals.roles import SELLERS, STAFF

ONE = "deliveries/one.html"

blueprint = Blueprint("deliveries", __name__, template_folder="../templates", url_prefix="/meals/deliveries")


def order_context() -> dict[str, Any]:
    """Gather what the form of an order offers."""
    actor, now = current_actor(), clock.now()
    with transaction() as session:
        bringers = choices.list_own_bringers(session, actor=actor, now=now)
    ahead = max((each.days_ahead for each in bringers), default=0)
    return {**WORDS, "bringers": bringers, "days": next_days(business_day(now), ahead)}


def one_context(delivery_id: int) -> dict[str, Any]:
    """Gather what the page of one delivery shows, and who could bring it."""
    actor, now = current_actor(), clock.now()
    with transaction() as session:
        delivery = reading.get_delivery(session, delivery_id=delivery_id, actor=actor)
        people = list_held_at(session, canteen_id=delivery.canteen_id, roles=CARRIERS, now=now)
        carriers = [(person.id, person.name) for person in people]
    is_own = delivery.canteen_id in actor.canteen_ids
    is_open = delivery.state in (State.ORDERED, State.OUT)
    may = {name: is_own and is_open and held for name, held in rights().items()}
    return {**WORDS, "delivery": delivery, "carriers": carriers, "may": may, "may_read_sale": rights()["read"]}


def _to(delivery_id: int) -> Response:
    return redirect(url_for("deliveries.show_delivery", delivery_id=delivery_id), 303)  # type: ignore[return-value]


@blueprint.get("")
@allow(*STAFF)
def list_deliveries() -> str:
    """List deliveries by day and meal, today's unless the address says otherwise."""
    return render_template("deliveries/list.html", **list_context())


@blueprint.get("/new")
@allow(*SELLERS)
def show_order() -> str:
    """Show the form of an order."""
    return render_template("deliveries/order.html", **order_context())


@blueprint.post("/new")
@allow(*SELLERS)
@shows_refusals("deliveries/order.html", order_context)
def order() -> Response:
    """Order a meal at the counter."""
    form = read_form(OrderForm)
    with transaction() as session:
        made = ordering.order_at_counter(session, **form, by=current_actor(), now=clock.now())
    flash(_("Ordered. Now choose who brings it."), "ok")
    return _to(made.id)


@blueprint.post("/departures")
@allow(*SELLERS)
def send_all() -> Response:
    """Send out everything that is ready for one meal of today."""
    form = read_form(SendAllForm)
    done = sending.send_all(**form, by=current_actor())
    flash(sending.tell_sent(done), "warn" if done.kept else "ok")
    back = {"canteen": form["canteen_id"], "window": form["window"]}
    return redirect(url_for("deliveries.list_deliveries", **back), 303)  # type: ignore[return-value]


@blueprint.get("/<int:delivery_id>")
@allow(*STAFF)
def show_delivery(delivery_id: int) -> str:
    """Show one delivery and its next step."""
    return render_template(ONE, **one_context(delivery_id))


@blueprint.post("/<int:delivery_id>/deliverer")
@allow(*SELLERS)
@shows_refusals(ONE, one_context)
def assign(delivery_id: int) -> Response:
    """Say who brings a meal."""
    form = read_form(AssignmentForm)
    with transaction() as session:
        ordering.assign_delivery(session, delivery_id=delivery_id, **form, by=current_actor(), now=clock.now())
    return _to(delivery_id)


@blueprint.post("/<int:delivery_id>/departure")
@allow(*SELLERS)
@shows_refusals(ONE, one_context)
def send_out(delivery_id: int) -> Response:
    """Sell a meal at the moment it leaves the kitchen."""
    form = read_form(DepartureForm)
    with transaction() as session:
        carrying.send_out(session, delivery_id=delivery_id, **form, by=current_actor(), now=clock.now())
    flash(_("On its way. The meal is sold."), "ok")
    return _to(delivery_id)


@blueprint.post("/<int:delivery_id>/cancellation")
@allow(*SELLERS)
@shows_refusals(ONE, one_context)
def cancel(delivery_id: int) -> Response:
    """Cancel a meal that has not left yet."""
    form = read_form(CancellationForm)
    with transaction() as session:
        ordering.cancel_delivery(session, delivery_id=delivery_id, **form, by=current_actor(), now=clock.now())
    return _to(delivery_id)


@blueprint.post("/<int:delivery_id>/hand-over")
@allow(Role.CANTEEN_MANAGER)
@shows_refusals(ONE, one_context)
def hand_over(delivery_id: int) -> Response:
    """Write down a hand-over that the deliverer told."""
    form = read_form(HandOverForm)
    with transaction() as session:
        carrying.hand_over(session, delivery_id=delivery_id, **form, by=current_actor(), now=clock.now())
    return _to(delivery_id)


@blueprint.post("/<int:delivery_id>/tries")
@allow(Role.CANTEEN_MANAGER)
@shows_refusals(ONE, one_context)
def note_try(delivery_id: int) -> Response:
    """Write down a meal that could not be handed over."""
    form = read_form(TryForm)
    with transaction() as session:
        carrying.note_try(session, delivery_id=delivery_id, **form, by=current_actor(), now=clock.now())
    return _to(delivery_id)
