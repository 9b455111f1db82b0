"""What meals show a family on the first page: today, and the month in meals."""

from datetime import datetime

from flask import render_template
from sqlalchemy.orm import Session

from app.clock import business_day
from app.people.relatives.reach import Reached, Topic
from meals.deliveries.journey import find_today
from meals.page_words import WINDOW_NAMES
from meals.reading.calendar import count_until, same_day_before, weeks_of
from meals.reading.eaten import list_eaten_on, list_meals


def meals_panel(session: Session, *, reached: Reached, now: datetime) -> str:
    """Return the piece of a family's first page that tells of meals; empty where the consent does not cover them."""
    if Topic.MEALS not in reached.topics:
        return ""
    today = business_day(now)
    month, before = today.replace(day=1), same_day_before(today)
    senior_id = reached.senior_id
    days = list_meals(session, senior_id=senior_id, from_on=before.replace(day=1), until_on=today)
    eaten = list_eaten_on(session, senior_ids=[senior_id], on=today)
    brought = find_today(session, reached=reached, now=now)
    this_month = {day: meals for day, meals in days.items() if day >= month}
    return render_template(
        "meals/family_panel.html",
        reached=reached,
        today=today,
        # A meal on its way was sold, but nobody has eaten it yet.
        meals=[meal for meal in eaten.get(senior_id, ()) if not brought.is_coming(meal.id)],
        month=month,
        weeks=weeks_of(month, today=today, eaten=this_month),
        count=count_until(this_month, today),
        count_before=count_until(days, before),
        has_breakfast=any("breakfast" in meals for meals in this_month.values()),
        names=WINDOW_NAMES,
        brought=brought,
    )
