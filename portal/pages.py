"""The first page of a family: whom to look after, and how that person is."""

from flask import Blueprint, Response, current_app, redirect, render_template, url_for

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.features import loaded_features
from app.people.relatives.reach import Topic, list_reached
from app.people.rules import age_on
from portal import queries
from portal.choosing import describe_people
from portal.visiting import VISITORS, visit, visit_all

blueprint = Blueprint("family", __name__, url_prefix="/family", template_folder="templates")


@blueprint.get("")
@allow(*VISITORS)
def start() -> Response | str:
    """Show whom the caller may look after; straight to the person where there is only one."""
    now = clock.now()
    with transaction() as session:
        found = list_reached(session, actor=current_actor(), today=business_day(now))
        if len(found) == 1:
            return redirect(url_for("family.show_home", senior_id=found[0].senior_id), 303)  # type: ignore[return-value]
        people = describe_people(session, found, now=now)
    return render_template("portal/choose.html", people=people)


@blueprint.get("/<int:senior_id>")
@allow(*VISITORS)
def show_home(senior_id: int) -> str:
    """Show how a person is: points, today, the month, and the doors to the rest."""
    now = clock.now()
    today = business_day(now)
    with transaction() as session:
        reached, is_one_of_several = visit_all(session, senior_id=senior_id, now=now)
        knows_points = Topic.BALANCE in reached.topics
        purse = queries.find_purse(session, senior_id=senior_id, on=today) if knows_points else None
        features = loaded_features(current_app)
        panels = [panel(session, reached=reached, now=now) for each in features for panel in each.family_panels]
    shown = {"reached": reached, "is_one_of_several": is_one_of_several, "purse": purse, "panels": panels}
    return render_template("portal/home.html", **shown, age=age_on(reached.birth_on, today))


@blueprint.get("/<int:senior_id>/more")
@allow(*VISITORS)
def show_more(senior_id: int) -> str:
    """Show the doors that elder sizes leave out of the first page."""
    with transaction() as session:
        reached = visit(session, senior_id=senior_id, topic=None, now=clock.now())
    return render_template("portal/more.html", reached=reached)
