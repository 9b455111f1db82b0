"""What meals offer for a person's page: what was eaten, as moments and as a tab."""

from datetime import datetime, timedelta

from flask import render_template
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Actor, Role
from app.clock import business_day
from app.dossier import MomentSource, SeniorTab
from meals import moments
from meals.deliveries.reading import list_of_senior
from meals.deliveries.words import STATE_CHIPS
from meals.models import Canteen, Checkout
from meals.page_words import WINDOW_NAMES
from meals.reading.calendar import count_until, same_day_before
from meals.reading.eaten import list_eaten, list_meals
from meals.scope import visible_canteens

MEALS = _l("Meals")
# Who sees a person's points sees what they paid for.
READERS = frozenset({Role.STREET_CLERK, Role.DISTRICT_APPROVER, Role.AUDITOR, Role.ADMINISTRATOR})
SHOWN_MEALS, SHOWN_DELIVERIES = 60, 10
LATELY = timedelta(days=31)


def meals_tab(session: Session, *, senior_id: int, actor: Actor, now: datetime) -> str:
    """Return the piece of a person's page that tells of a month's meals, and of what is brought to the door."""
    today = business_day(now)
    before = same_day_before(today)
    eaten = list_eaten(session, senior_id=senior_id, from_on=today - LATELY, until_on=today)[:SHOWN_MEALS]
    days = list_meals(session, senior_id=senior_id, from_on=before.replace(day=1), until_on=today)
    ours = (
        select(Checkout.id)
        .join(Canteen, Canteen.id == Checkout.canteen_id)
        .where(Checkout.home == senior_id, Checkout.id.in_([meal.id for meal in eaten]), visible_canteens(actor))
    )
    return render_template(
        "meals/person_tab.html",
        meals=eaten,
        ours=set(session.scalars(ours)),
        deliveries=list_of_senior(session, senior_id=senior_id, since=today - LATELY, limit=SHOWN_DELIVERIES),
        delivery_chips=STATE_CHIPS,
        names=WINDOW_NAMES,
        today=today,
        count=count_until({day: found for day, found in days.items() if day >= today.replace(day=1)}, today),
        count_before=count_until({day: found for day, found in days.items() if day < today.replace(day=1)}, before),
    )


TIMELINE = (MomentSource(sort=moments.MEALS, label=MEALS, roles=READERS, moments=moments.meal_moments),)
TABS = (SeniorTab(code="meals", label=MEALS, order=30, roles=READERS, panel=meals_tab),)
