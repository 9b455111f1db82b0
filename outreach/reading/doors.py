"""Where somebody lives and their number, for who visits: shown by need, and written down each time."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.audit.services import record
from app.auth.actor import Actor
from app.clock import business_day
from app.people.doors import Door, list_doors
from app.people.queries import profile_on
from outreach.access import check_reached


def open_door(session: Session, *, senior_id: int, by: Actor, now: datetime) -> Door:
    """Show where somebody lives and their number, and write down who looked.

    :raises NotFound: if there is no such person in the caller's areas
    """
    check_reached(session, senior_id=senior_id, actor=by)
    door = list_doors(session, senior_ids=[senior_id])[senior_id]
    area_code = profile_on(session, senior_id=senior_id, day=business_day(now)).residence_area
    subject = f"senior:{senior_id}"
    record(session, actor=by, action="reveal.outreach", subject=subject, area_code=area_code, now=now)
    return door
