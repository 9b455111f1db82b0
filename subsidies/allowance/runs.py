"""Grant runs: proposing a month, handing it in, deciding; looking through people and posting are next door."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from app.approvals import services as approvals
from app.approvals.errors import NotDraft
from app.areas.rules import is_within_any
from app.audit.services import record
from app.auth import Actor
from app.clock import business_day
from subsidies.allowance.errors import (
    MonthTooFar,
    NoProgramme,
    NotLookedThrough,
    OutsideOwnArea,
    RunNotFound,
    RunOpen,
)
from subsidies.allowance.models import APPROVED, GrantDecision, GrantReasoning, GrantRun
from subsidies.allowance.programmes import common_area, concerning, list_programmes

MONTHS_BACK = 12
# Two who propose the same month at once would each find none.
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('grant run ' || :programme || ' ' || :month, 0))")


def start_run(
    session: Session, *, programme: str, month: date, area_code: str | None, by: Actor, now: datetime
) -> GrantRun:
    """Propose a month's grants of a programme in an area; nobody is looked at yet.

    :param area_code: left out, the place that holds all documents of the programme
    :raises MonthTooFar: if the month is neither this one, nor the next, nor one of the last twelve
    :raises NoProgramme: if no document of the programme holds there
    :raises OutsideOwnArea: if the area is not the caller's
    :raises RunOpen: if another run of it waits to be decided
    """
    month = month.replace(day=1)
    check_month(month, today=business_day(now))
    everywhere = [each for each in list_programmes(session, on=month + timedelta(days=27)) if each.code == programme]
    if not everywhere:
        raise NoProgramme
    area = area_code or common_area([each.area_code for each in everywhere])
    if not is_within_any(area, by.area_codes):
        raise OutsideOwnArea
    concerned = concerning(everywhere, code=programme, area_code=area)
    if not concerned:
        raise NoProgramme
    session.execute(ONE_AT_A_TIME, {"programme": programme, "month": month.isoformat()})
    if find_open(session, programme=programme, month=month, area_code=area):
        raise RunOpen
    run = GrantRun(
        programme=programme,
        month=month,
        area_code=area,
        issue_on=month.replace(day=min(each.issue_day for each in concerned)),
        policy_ids=sorted(each.document_id for each in concerned),
        maker_id=by.account_id,
        created_at=now,
    )
    session.add(run)
    session.flush()
    _record(session, "grants.proposed", run, by=by, now=now)
    return run


def check_month(month: date, *, today: date) -> None:
    """Make sure that a month may be granted now.

    :raises MonthTooFar: if it is neither this one, nor the next, nor one of the last twelve
    """
    months = (month.year - today.year) * 12 + month.month - today.month
    if not -MONTHS_BACK <= months <= 1:
        raise MonthTooFar


def find_open(session: Session, *, programme: str, month: date, area_code: str) -> GrantRun | None:
    """Find the run that waits to be decided."""
    found: GrantRun | None = session.scalars(
        select(GrantRun).where(
            GrantRun.programme == programme,
            GrantRun.month == month,
            GrantRun.area_code == area_code,
            GrantRun.state.in_(["draft", "submitted"]),
        )
    ).first()
    return found


def get_run(session: Session, *, run_id: int, area_codes: Collection[str] | None, lock: bool = False) -> GrantRun:
    """Return a run.

    :param area_codes: the places of whoever asks; ``None`` for the product itself
    :raises RunNotFound: if there is none, or it lies elsewhere
    """
    run = session.get(GrantRun, run_id, with_for_update=lock or None, populate_existing=lock)
    if run is None or (area_codes is not None and not is_within_any(run.area_code, area_codes)):
        raise RunNotFound
    return run


def hand_in(session: Session, *, run_id: int, by: Actor, now: datetime) -> GrantRun:
    """Hand a run in for somebody else to approve.

    :raises RunNotFound: if there is none in the caller's areas
    :raises NotLookedThrough: if the preview is not complete
    :raises NotDraft: if it was handed in before
    :raises NotTheMaker: if somebody else made it
    """
    run = get_run(session, run_id=run_id, area_codes=by.area_codes, lock=True)
    if run.previewed_at is None:
        raise NotLookedThrough
    approvals.submit(run, by=by.account_id, now=now)
    session.flush()
    _record(session, "grants.submitted", run, by=by, now=now)
    return run


def approve(session: Session, *, run_id: int, by: Actor, now: datetime) -> GrantRun:
    """Approve a run; it is posted afterwards.

    :raises RunNotFound: if there is none in the caller's areas
    :raises NotSubmitted: if it is a draft, or was decided
    :raises SelfApproval: if the caller made it
    """
    run = get_run(session, run_id=run_id, area_codes=by.area_codes, lock=True)
    approvals.approve(run, state=APPROVED, by=by.account_id, now=now)
    session.flush()
    _record(session, "grants.approved", run, by=by, now=now)
    return run


def reject(session: Session, *, run_id: int, reason: str, by: Actor, now: datetime) -> GrantRun:
    """Send a run back with a reason.

    :raises RunNotFound: if there is none in the caller's areas
    :raises NotSubmitted: if it is a draft, or was decided
    :raises SelfApproval: if the caller made it
    """
    run = get_run(session, run_id=run_id, area_codes=by.area_codes, lock=True)
    approvals.reject(run, reason=reason, by=by.account_id, now=now)
    session.flush()
    _record(session, "grants.rejected", run, by=by, now=now)
    return run


def start_over(session: Session, *, run_id: int, by: Actor, now: datetime) -> GrantRun:
    """Forget what a draft has found, so that everybody is looked at anew.

    :raises RunNotFound: if there is none in the caller's areas
    :raises NotDraft: if it was handed in
    """
    run = get_run(session, run_id=run_id, area_codes=by.area_codes, lock=True)
    if run.state != "draft":
        raise NotDraft
    session.execute(delete(GrantDecision).where(GrantDecision.run_id == run.id))
    session.execute(delete(GrantReasoning).where(GrantReasoning.run_id == run.id))
    run.people = run.looked_at = run.looked_to = 0
    run.previewed_at = run.totals = None
    session.flush()
    _record(session, "grants.started_over", run, by=by, now=now)
    return run


def _record(session: Session, action: str, run: GrantRun, *, by: Actor, now: datetime) -> None:
    totals = (run.totals or {}).get("all", {})
    new = {"programme": run.programme, "month": f"{run.month:%Y-%m}", "state": run.state, **totals}
    subject = f"grant_run:{run.id}"
    record(
        session, actor=by, action=action, subject=subject, area_code=run.area_code, new=new, now=now, reason=run.reason
    )
