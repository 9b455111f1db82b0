"""Meals brought home, for the family: what was ordered and came, and ordering the next one."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.forms import read_form, shows_refusals
from app.people.relatives.reach import Topic
from meals.deliveries import choices, ordering, reading
from meals.deliveries.forms import FamilyOrderForm
from meals.deliveries.page_words import WORDS, next_days
from meals.queries import list_near_ids
from portal.visiting import VISITORS, visit

PAGE = "portal/deliveries.html"
# A month and a bit: what somebody may still ask about.
SHOWN = timedelta(days=40)

blueprint = Blueprint("family_deliveries", __name__, url_prefix="/family", template_folder="templates")


def context(senior_id: int, **_others: Any) -> dict[str, Any]:
    """Gather a senior's deliveries, and what can be ordered if the caller may pay with the senior's points."""
    now = clock.now()
    today = business_day(now)
    with transaction() as session:
        reached = visit(session, senior_id=senior_id, topic=Topic.MEALS, now=now)
        found = reading.list_of_senior(session, senior_id=senior_id, since=today - SHOWN)
        may_order = Topic.BALANCE in reached.topics
        near = list_near_ids(session, senior_id=senior_id, on=today) if may_order else []
        bringers = choices.list_bringers(session, canteen_ids=near, now=now)
    days = next_days(today, max((each.days_ahead for each in bringers), default=0))
    coming = [each for each in found if each.state == "out" or (each.state == "ordered" and each.meal_on >= today)]
    past = [each for each in found if each not in coming]
    shown = {"reached": reached, "coming": coming, "past": past, "may_order": may_order, "today": today}
    return {**WORDS, **shown, "bringers": bringers, "days": days}


@blueprint.get("/<int:senior_id>/deliveries")
@allow(*VISITORS)
def show_deliveries(senior_id: int) -> str:
    """Show what is on its way and what came."""
    return render_template(PAGE, **context(senior_id))


@blueprint.post("/<int:senior_id>/deliveries")
@allow(*VISITORS)
@shows_refusals(PAGE, context)
def order(senior_id: int) -> Response:
    """Order a meal; it is paid with the senior's points, so the consent must cover them."""
    form, now = read_form(FamilyOrderForm), clock.now()
    with transaction() as session:
        visit(session, senior_id=senior_id, topic=Topic.BALANCE, now=now)
        ordering.order_for_senior(session, senior_id=senior_id, **form, by=current_actor(), now=now)
    flash(_("Ordered. It is paid when it leaves the kitchen."), "ok")
    return redirect(url_for("family_deliveries.show_deliveries", senior_id=senior_id), 303)  # type: ignore[return-value]


@blueprint.post("/<int:senior_id>/deliveries/<int:delivery_id>/cancellation")
@allow(*VISITORS)
@shows_refusals(PAGE, context)
def cancel(senior_id: int, delivery_id: int) -> Response:
    """Cancel a meal that has not left yet."""
    now = clock.now()
    with transaction() as session:
        visit(session, senior_id=senior_id, topic=Topic.BALANCE, now=now)
        ordering.cancel_for_senior(session, senior_id=senior_id, delivery_id=delivery_id, by=current_actor(), now=now)
    flash(_("Cancelled. Nothing was paid."), "ok")
    return redirect(url_for("family_deliveries.show_deliveries", senior_id=senior_id), 303)  # type: ignore[return-value]
