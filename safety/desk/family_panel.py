"""What alerts show a family on its first page: an alarm that is open now, and that all is well otherwise."""

from datetime import datetime, timedelta

from flask import render_template
from sqlalchemy.orm import Session

from app.auth import current_actor
from app.people.relatives.reach import Reached, Topic, note_look
from safety.desk.family import list_alerts
from safety.kits.queries import find_home_of

RECENT = timedelta(days=30)
MOST = 20


def alarm_panel(session: Session, *, reached: Reached, now: datetime) -> str:
    """Return the piece of a family's first page that tells of alarms; empty without a kit, or without a consent."""
    if Topic.ALERTS not in reached.topics:
        return ""
    if find_home_of(session, senior_id=reached.senior_id) is None:
        return ""
    found = list_alerts(session, senior_id=reached.senior_id, now=now, back=RECENT, limit=MOST)
    note_look(session, actor=current_actor(), senior_id=reached.senior_id, topic=Topic.ALERTS, now=now)
    return render_template(
        "desk/family_panel.html",
        open_alerts=[each for each in found if each.is_open],
        last=next((each for each in found if not each.is_open), None),
        count=len(found),
        href=f"/family/{reached.senior_id}/alarms",
    )
