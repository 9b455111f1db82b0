"""The canteens near somebody: who is open, what they cook, and what it would cost this person."""

from flask import Blueprint, render_template

from app import clock
from app.auth import allow
from app.clock import business_day
from app.db import transaction
from app.people.relatives.reach import Topic
from meals.queries import list_nearby
from portal import queries
from portal.visiting import VISITORS, visit
from portal.wording import MEAL_NAMES

blueprint = Blueprint("family_canteens", __name__, url_prefix="/family", template_folder="templates")


@blueprint.get("/<int:senior_id>/canteens")
@allow(*VISITORS)
def show_canteens(senior_id: int) -> str:
    """Show the canteens nearby with their menus."""
    now = clock.now()
    today = business_day(now)
    with transaction() as session:
        reached = visit(session, senior_id=senior_id, topic=Topic.MEALS, now=now)
        knows_points = Topic.BALANCE in reached.topics
        # Without the consent for points nothing of them may show through the prices.
        points_fen = queries.find_points_for_meals(session, senior_id=senior_id, on=today) if knows_points else 0
        around = list_nearby(session, senior_id=senior_id, points_fen=points_fen, now=now)
    shown = {"reached": reached, "around": around, "knows_points": knows_points, "meals": MEAL_NAMES}
    return render_template("portal/canteens.html", **shown, today=today)
