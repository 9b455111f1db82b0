"""What meals show a family on the first page: today, and the month in meals."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from flask import render_template
from sqlalchemy.orm import Session

from app.clock import business_day
from app.people.relatives.reach import Reached, Topic
from meals.page_words import WINDOW_NAMES
from meals.reading.calendar import count_until, same_day_before, weeks_of
from meals.reading.eaten import Eaten, list_eaten


def meals_panel(session: Session, *, reached: Reached, now: datetime) -> str:
    """Return the piece of a family's first page that tells of meals; empty where the consent does not cover them."""
    if Topic.MEALS not in reached.topics:
        return ""
    today = business_day(now)
    month, before = today.replace(day=1), same_day_before(today)
    found = list_eaten(session, senior_id=reached.senior_id, from_on=before.replace(day=1), until_on=today)
    kept = [meal for meal in found if meal.reversed_at is None]
    days, past = by_day(kept, month), by_day(kept, before.replace(day=1))
    return render_template(
        "meals/family_panel.html",
        reached=reached,
        today=today,
        meals=[meal for meal in reversed(kept) if meal.meal_on == today],
        month=month,
        weeks=weeks_of(month, today=today, eaten=days),
        count=count_until(days, today),
        count_before=count_until(past, before),
        has_breakfast=any("breakfast" in meals for meals in days.values()),
        names=WINDOW_NAMES,
    )


def by_day(meals: Iterable[Eaten], month: date) -> dict[date, set[str]]:
    """Return which meals were eaten on each day of a month; two sales for one meal are one meal."""
    found: dict[date, set[str]] = defaultdict(set)
    for meal in meals:
        if (meal.meal_on.year, meal.meal_on.month) == (month.year, month.month):
            found[meal.meal_on].add(meal.meal)
    return found
