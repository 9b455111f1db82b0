"""Money of the demonstration's care: visits paid, a month proposed by the street and paid by the district."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import business_day
from care_beds.beds.models import CareBed
from care_beds.money import construction, months, runs
from care_beds.money.payable import list_payable
from care_beds.money.services import pay_visits

AT_ONCE = 1000
# A month can be judged some days after its end; early in a month the one before last is the latest.
MONTHS_BACK = 2


def pay_care(session: Session, made: Sequence[CareBed], *, clerk: Actor, approver: Actor, now: datetime) -> None:
    """Pay the visits that may be paid, the latest month that is over, and what the first bed was built with."""
    ids = list_payable(session, after=0, limit=AT_ONCE)
    pay_visits(session, visit_ids=ids, by=None, now=now)
    for bed in made[:1]:
        construction.ask_construction(session, bed_id=bed.id, by=clerk, now=now)
        construction.pay_construction(session, bed_id=bed.id, by=approver, now=now)
    month = business_day(now).replace(day=1)
    for _back in range(MONTHS_BACK):
        month = (month - timedelta(days=1)).replace(day=1)
        if months.judge_months(session, month=month, area_codes=list(clerk.area_codes), now=now):
            _pay_month(session, month, clerk=clerk, approver=approver, now=now)
            return


def _pay_month(session: Session, month: date, *, clerk: Actor, approver: Actor, now: datetime) -> None:
    """Hand in what a month came to, have it approved by somebody else, and pay it."""
    count, amount_fen = runs.sum_waiting(session, month=month, area_codes=clerk.area_codes)
    if not count:
        return
    seen: dict[str, Any] = {"beds": count, "amount_fen": amount_fen}
    run = runs.hand_in(session, month=month, area_code=clerk.area_codes[0], **seen, by=clerk, now=now)
    runs.approve(session, run_id=run.id, by=approver, now=now)
    while runs.pay_next(session, run_id=run.id, now=now):
        pass
