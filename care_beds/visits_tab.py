"""The visits on a person's page: those of two weeks ahead and the last ones, the latest first."""

from datetime import datetime, timedelta

from flask import render_template
from sqlalchemy.orm import Session

from app.areas.rules import is_within_any
from app.auth import Actor
from app.clock import business_day
from care_beds.visits.queries import list_visits_of
from care_beds.visits.views import known_to
from care_beds.visits.words import WORDS

AHEAD, MOST_AHEAD, SHOWN = timedelta(days=14), 20, 30


def visits_tab(session: Session, *, senior_id: int, actor: Actor, now: datetime) -> str:
    """Return the piece of a person's page that tells of visits; empty where nobody ever came or will come."""
    tomorrow = business_day(now) + timedelta(days=1)
    visits = [
        *list_visits_of(session, senior_id=senior_id, since=tomorrow, until=tomorrow + AHEAD, limit=MOST_AHEAD),
        *list_visits_of(session, senior_id=senior_id, until=tomorrow, limit=SHOWN),
    ]
    known = [known_to(each, actor) for each in visits if is_within_any(each.area_code, actor.area_codes)]
    if not known:
        return ""
    return render_template("visits/person_tab.html", **WORDS, visits=known, now=now)
