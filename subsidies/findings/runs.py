"""Running the checks: a run is a row first, and each check of it one transaction, so that a killed run goes on."""

import time
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.areas.rules import is_within
from app.audit import services as audit
from app.auth import Actor
from app.clock import business_day
from app.policies.models import PolicyDocument
from app.policies.queries import in_force
from subsidies.findings.checks import Check, Window
from subsidies.findings.errors import AlreadyRunning, NoDocument, UnknownCheck
from subsidies.findings.models import FindingRun, FindingRunCheck
from subsidies.findings.policy import AUDIT_CHECKS
from subsidies.findings.registry import find_check, list_checks
from subsidies.findings.storing import Counted, Origin, keep_found

log = structlog.get_logger(__name__)

# Two runs of one check at once would both find what neither had written yet. Held until the transaction ends.
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('finding check ' || :code, 0))")
# Checks sort and group a month of sales at once; until the transaction ends they may do so in memory.
ROOM = text("SET LOCAL work_mem = '64MB'")
STARTING = text("SELECT pg_advisory_xact_lock(hashtextextended('finding run', 0))")
# A run that has written nothing for so long has lost its worker.
STUCK_AFTER = timedelta(minutes=30)


def start_run(
    session: Session,
    *,
    now: datetime,
    codes: Sequence[str] = (),
    since: date | None = None,
    by: Actor | None = None,
    is_forced: bool = False,
) -> int:
    """Write down that some checks are to run over the days until yesterday, and return the run's id.

    :param codes: which checks; without any, all
    :param since: from which day on; the first day of its month, because checks count by months
    :param is_forced: start even while another run is not done
    :raises UnknownCheck: if a code is nobody's
    :raises NoDocument: if no document says from which numbers on the checks speak
    :raises AlreadyRunning: if a run is not done yet
    """
    session.execute(STARTING)
    known = [check.code for check in list_checks()]
    if set(codes) - set(known):
        raise UnknownCheck(", ".join(known))
    today = business_day(now)
    documents = _documents(session, today)
    if not documents:
        raise NoDocument
    if not is_forced and find_unfinished(session, now=now) is not None:
        raise AlreadyRunning
    look_back = max(document.body["look_back_days"] for document in documents)
    first = (since or today - timedelta(days=look_back)).replace(day=1)
    chosen = [code for code in known if not codes or code in codes]
    run = FindingRun(
        asked_by=by.account_id if by else None,
        codes=chosen,
        since=min(first, today - timedelta(days=1)),
        until=today,
        started_at=now,
    )
    session.add(run)
    session.flush()
    if by:
        new = {"codes": ", ".join(chosen), "since": run.since.isoformat()}
        audit.record(session, actor=by, action="finding.run", subject=f"finding_run:{run.id}", now=now, new=new)
    return run.id


def find_unfinished(session: Session, *, now: datetime) -> int | None:
    """Return the run that is not done, or nothing; one that stands still for long does not count."""
    query = select(FindingRun.id).where(FindingRun.finished_at.is_(None), FindingRun.started_at > now - STUCK_AFTER)
    return session.scalar(query.order_by(FindingRun.id.desc()).limit(1))


def list_interrupted(session: Session) -> Sequence[int]:
    """Return the runs that are not done, oldest first."""
    return session.scalars(select(FindingRun.id).where(FindingRun.finished_at.is_(None)).order_by(FindingRun.id)).all()


def codes_left(session: Session, *, run_id: int) -> list[str]:
    """Return the checks of a run that have not run yet, in order."""
    run = session.get_one(FindingRun, run_id)
    done = set(session.scalars(select(FindingRunCheck.check_code).where(FindingRunCheck.run_id == run_id)))
    return [code for code in run.codes if code not in done]


def run_check(session: Session, *, run_id: int, code: str, now: datetime) -> Counted:
    """Run one check of a run and keep what it found. Safe to run twice: the second time nothing happens."""
    session.execute(ONE_AT_A_TIME, {"code": code})
    session.execute(ROOM)
    if session.get(FindingRunCheck, (run_id, code)) is not None:
        return Counted()
    run, check, began = session.get_one(FindingRun, run_id), find_check(code), time.perf_counter()
    counted = Counted()
    for document, window in _windows(session, run) if check else ():
        limits = document.body["checks"].get(code)
        if limits is not None:
            assert check is not None
            origin = Origin(check_code=code, run_id=run_id, policy_id=document.id, now=now)
            keep_found(session, check.find(session, window, limits), origin=origin, counted=counted)
    _note(session, run_id, code, counted, milliseconds=round((time.perf_counter() - began) * 1000), now=now)
    return counted


def note_fault(session: Session, *, run_id: int, code: str, fault: str, now: datetime) -> None:
    """Write down that a check broke, so that the others go on and everybody sees it."""
    if session.get(FindingRunCheck, (run_id, code)) is None:
        _note(session, run_id, code, Counted(), milliseconds=0, now=now, fault=fault)


def finish_run(session: Session, *, run_id: int, now: datetime) -> None:
    """Close a run all of whose checks ran; any other is left alone."""
    run = session.get_one(FindingRun, run_id, with_for_update=True)
    if run.finished_at is None and not codes_left(session, run_id=run_id):
        run.finished_at = now


def _note(session: Session, run_id: int, code: str, counted: Counted, **rest: Any) -> None:
    session.add(
        FindingRunCheck(
            run_id=run_id,
            check_code=code,
            found=counted.found,
            fresh=counted.fresh,
            grown=counted.grown,
            milliseconds=rest["milliseconds"],
            fault=rest.get("fault", ""),
            finished_at=rest["now"],
        )
    )
    session.flush()


def _windows(session: Session, run: FindingRun) -> Iterable[tuple[PolicyDocument, Window]]:
    """Yield each document in force with the places it holds in: its own, without those that have one themselves."""
    documents = _documents(session, run.until - timedelta(days=1)) or _documents(session, run.until)
    for document in documents:
        inner = [
            other.area_code
            for other in documents
            if other.area_code != document.area_code and is_within(other.area_code, document.area_code)
        ]
        yield (
            document,
            Window(since=run.since, until=run.until, area_code=document.area_code, except_areas=tuple(sorted(inner))),
        )


def _documents(session: Session, day: date) -> Sequence[PolicyDocument]:
    query = select(PolicyDocument).where(PolicyDocument.kind == AUDIT_CHECKS, in_force(day))
    return session.scalars(query.order_by(PolicyDocument.area_code)).all()


def limits_of(policy: PolicyDocument, check: Check) -> dict[str, Any]:
    """Return the numbers that a document sets for a check; none where it leaves the check out."""
    return dict(policy.body.get("checks", {}).get(check.code, {}))
