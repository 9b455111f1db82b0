"""The deliverer's page, on a phone in one hand: today's meals in order, one press for the usual, and what if not."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.forms import read_form, shows_refusals
from meals.deliveries import carrying, ordering, reading
from meals.deliveries.api import CARRIERS
from meals.deliveries.doors import open_doors
from meals.deliveries.forms import HandOverForm, TryForm
from meals.deliveries.page_words import WORDS
from meals.deliveries.rules import State

PAGE = "deliveries/round.html"

blueprint = Blueprint("round", __name__, template_folder="../templates", url_prefix="/meals/round")


def round_context(delivery_id: int | None = None) -> dict[str, Any]:
    """Gather the round; ``delivery_id`` is the delivery whose form was refused and is shown open."""
    actor, now = current_actor(), clock.now()
    with transaction() as session:
        found = reading.list_round(session, actor=actor, on=business_day(now))
        doors = open_doors(session, deliveries=found, by=actor, now=now)
        overdue = reading.list_overdue(session, deliveries=found, now=now)
    mine = [each for each in found if each.deliverer_id == actor.account_id]
    return {
        **WORDS,
        "to_bring": [each for each in mine if each.id in doors],
        "done": [each for each in mine if each.id not in doors],
        "free": [each for each in found if each.deliverer_id is None],
        "doors": doors,
        "overdue": overdue,
        "about": delivery_id,
        "handed": sum(each.state == State.HANDED for each in mine),
        "due_fen": sum(each.due_fen for each in mine if each.state == State.OUT),
        "taken_fen": sum(each.cash_fen or 0 for each in mine),
    }


@blueprint.get("")
@allow(*CARRIERS)
def show_round() -> str:
    """Show what the caller brings today, and what nobody brings yet."""
    return render_template(PAGE, **round_context())


@blueprint.post("/<int:delivery_id>/taking")
@allow(*CARRIERS)
@shows_refusals(PAGE, round_context)
def take_over(delivery_id: int) -> Response:
    """Take a meal that nobody brings yet."""
    with transaction() as session:
        ordering.take_over(session, delivery_id=delivery_id, by=current_actor(), now=clock.now())
    return _back(delivery_id)


@blueprint.post("/<int:delivery_id>/hand-over")
@allow(*CARRIERS)
@shows_refusals(PAGE, round_context)
def hand_over(delivery_id: int) -> Response:
    """Write down who took a meal, where and when."""
    form = read_form(HandOverForm)
    with transaction() as session:
        carrying.hand_over(session, delivery_id=delivery_id, **form, by=current_actor(), now=clock.now())
    flash(_("Handed over. Written down with the time."), "ok")
    return _back()


@blueprint.post("/<int:delivery_id>/tries")
@allow(*CARRIERS)
@shows_refusals(PAGE, round_context)
def note_try(delivery_id: int) -> Response:
    """Write down a meal that could not be handed over."""
    form = read_form(TryForm)
    with transaction() as session:
        carrying.note_try(session, delivery_id=delivery_id, **form, by=current_actor(), now=clock.now())
    flash(_("Written down. The family is told."), "ok")
    return _back(delivery_id)


def _back(delivery_id: int | None = None) -> Response:
    anchor = f"delivery-{delivery_id}" if delivery_id else None
    return redirect(url_for("round.show_round", _anchor=anchor), 303)  # type: ignore[return-value]
