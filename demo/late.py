"""What the demonstration learns late: a death after the month was granted, a sale undone after its settlement."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import business_day
from app.people.rules import Status
from app.people.services import record_status
from demo.choices import Choices
from demo.counter import till_key
from demo.staff import POSTS, Office
from meals import services as meals
from subsidies.allowance import corrections
from subsidies.findings.queries import find_settled

WHY = "家属迟报死亡，派出所注销户口时才知道"
UNDONE = "老人家属来说那天没来吃过"
# The statements are approved at the same moment; what comes after must come after.
AFTER_APPROVAL = timedelta(seconds=20)
LATEST = 28
# People of the clerk's street who were granted something last month, are well, and have not eaten since the death.
GRANTED = text(
    """
    SELECT d.senior_id, r.programme FROM grant_run AS r
      JOIN grant_decision AS d ON d.run_id = r.id AND d.amount_fen > 0
      JOIN senior AS s ON s.id = d.senior_id AND s.residence_area_code LIKE :street AND d.area_code LIKE :street
      JOIN senior_status AS t ON t.senior_id = s.id AND t.status = 'active' AND t.until_on IS NULL
       AND t.from_on < CAST(:died_on AS date)
     WHERE r.month = :month AND r.state = 'approved'
       AND NOT EXISTS (SELECT FROM checkout AS k WHERE k.home = s.id AND k.meal_on >= :died_on)
     ORDER BY d.senior_id DESC, r.programme LIMIT :limit
    """
)
SOLD = text(
    """
    SELECT k.home, k.id, k.canteen_id FROM checkout AS k
     WHERE k.meal_on >= :since AND k.meal_on < :until AND k.posted AND k.points_fen > 0 AND k.reversed_at IS NULL
     ORDER BY k.meal_on DESC, k.id DESC
    """
)


def report_deaths_after_grants(session: Session, *, office: Office, now: datetime) -> int:
    """Record deaths of the month before last: one grant is claimed back, another waits for the clerk."""
    this_month = business_day(now).replace(day=1)
    month = (this_month - timedelta(days=1)).replace(day=1)
    died_on = month - timedelta(days=9)
    asked = {"street": f"{POSTS['clerk'].area_code}%", "died_on": died_on, "month": month, "limit": 2}
    granted = {row.senior_id: row.programme for row in session.execute(GRANTED, asked)}
    for senior_id in granted:
        record_status(
            session,
            senior_id=senior_id,
            status=Status.DECEASED,
            from_on=died_on,
            until_on=None,
            actor=office.admin,
            now=now,
        )
    for senior_id, programme in list(granted.items())[:1]:
        _claim_back(session, senior_id, programme, month, office=office, now=now)
    return len(granted)


def undo_after_settlement(session: Session, *, keeper: Actor, now: datetime) -> bool:
    """Undo a sale of last month whose statement is approved; say whether there was one."""
    today = business_day(now)
    asked = {"since": today - timedelta(days=LATEST), "until": today.replace(day=1)}
    rows = {str(row.id): row for row in session.execute(SOLD, asked)}
    settled = find_settled(session, [(row.home, row.id) for row in rows.values()])
    chosen = next((row for txn_id, row in rows.items() if txn_id in settled), None)
    if chosen is None:
        return False
    by = replace(keeper, canteen_ids=(chosen.canteen_id,))
    moment = now + AFTER_APPROVAL
    key = till_key(by, Choices("undo", chosen.id), moment, "undo", str(chosen.id), UNDONE)
    meals.reverse_checkout(session, checkout_id=chosen.id, reason=UNDONE, key=key, by=by, now=moment)
    return True


def _claim_back(
    session: Session, senior_id: int, programme: str, month: date, *, office: Office, now: datetime
) -> Sequence[int]:
    made = corrections.propose(
        session, senior_id=senior_id, programme=programme, since=month, why=WHY, by=office.drafter, now=now
    )
    for each in made:
        corrections.approve(session, correction_id=each.id, by=office.checker, now=now)
    return [each.id for each in made]
