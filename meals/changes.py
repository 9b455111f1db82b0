"""What every change of a canteen has in common: it is not for days that are over, and it is written down."""

from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.auth import Actor
from app.clock import business_day
from app.errors import Invalid
from meals.models import Canteen


def check_not_past(day: date, *, field: str, now: datetime) -> None:
    """Refuse a day that is over.

    :raises Invalid: if it is, naming the field it was given in
    """
    if day < business_day(now):
        raise Invalid(errors={field: [_l("This day is over. Choose today or a later day.")]})


def record_change(session: Session, canteen: Canteen, *, action: str, by: Actor, now: datetime, **states: Any) -> None:
    """Write down a change of a canteen, its menu or its tills.

    :param states: ``old`` and ``new``, the fields that matter
    """
    subject = f"canteen:{canteen.id}"
    audit.record(session, actor=by, action=action, subject=subject, area_code=canteen.area_code, now=now, **states)
