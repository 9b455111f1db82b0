"""What care at home shows a family on the first page: who comes next, and what waits for the family's word."""

from datetime import datetime, timedelta

from flask import render_template
from sqlalchemy.orm import Session

from app.clock import business_day
from app.people.relatives.reach import Reached, Topic
from care_beds.rounds.family import list_visits

# The first page tells of these days; its own page tells of the rest.
AHEAD, BACK = timedelta(days=7), timedelta(days=7)
OWNER = 0  # nobody's: the panel shows no code


def care_panel(session: Session, *, reached: Reached, now: datetime) -> str:
    """Return the piece of a family's first page that tells of visits; empty without any, or without a consent."""
    if Topic.VISITS not in reached.topics:
        return ""
    found = list_visits(session, senior_id=reached.senior_id, account_id=OWNER, now=now, ahead=AHEAD, back=BACK)
    today = business_day(now)
    coming = [each for each in found if each.state in ("planned", "started") and each.on >= today]
    waiting = [each for each in found if each.may_confirm]
    last = next((each for each in reversed(found) if each.is_done), None)
    if not found:
        return ""
    return render_template(
        "rounds/family_panel.html",
        reached=reached,
        today=today,
        next_visit=coming[0] if coming else None,
        waiting=waiting,
        last=last,
        href=f"/family/{reached.senior_id}/care",
    )
