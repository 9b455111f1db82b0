"""Posts the months of the demonstration as an office does: a run for each programme and district, signed by two."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from demo.staff import Office
from subsidies.allowance import looking, runs
from subsidies.allowance.posting import post_within

DISTRICTS = ("330102", "330105")
# Those that need no application; the others begin with the applications of the demonstration.
BY_DATA = ("demo-age", "demo-assistance")
AT_ONCE = 20_000


def post_month(session: Session, month: date, *, office: Office, now: datetime) -> None:
    """Prepare, approve and post a month's grants, within the caller's transaction."""
    for programme in BY_DATA:
        for district in DISTRICTS:
            post_run(session, programme, month, district, office=office, now=now)


def post_run(session: Session, programme: str, month: date, district: str, *, office: Office, now: datetime) -> None:
    """Prepare, approve and post a month's grants of one programme in a district."""
    run = runs.start_run(session, programme=programme, month=month, area_code=district, by=office.drafter, now=now)
    judge, scope = looking.prepare(session, run)
    while looking.look_on(session, run.id, judge, scope, clock=lambda: now, at_once=AT_ONCE) is not None:
        pass
    runs.hand_in(session, run_id=run.id, by=office.drafter, now=now)
    runs.approve(session, run_id=run.id, by=office.checker, now=now)
    post_within(session, run.id, now=now)
