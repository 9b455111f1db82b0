"""What the checks bring: how many findings of each proved true, and how the runs went."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth import Actor
from subsidies.findings.access import visible
from subsidies.findings.errors import FindingNotFound
from subsidies.findings.models import Finding, FindingRun, FindingRunCheck
from subsidies.findings.rules import Rate, rate_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckTally:
    """What became of a check's findings, and the money they were about."""

    rate: Rate
    amount_fen: int
    recovered_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """A run as shown: its days, what each check brought, how far it is."""

    id: int
    since: date
    until: date
    started_at: datetime
    finished_at: datetime | None
    asked_by: int | None
    codes: Sequence[str]
    checks: Sequence[FindingRunCheck]

    @property
    def fresh(self) -> int:
        """Return how many new findings it brought."""
        return sum(each.fresh for each in self.checks)

    @property
    def found(self) -> int:
        """Return how many findings it saw, new or known."""
        return sum(each.found for each in self.checks)

    @property
    def milliseconds(self) -> int:
        """Return how long its checks took together."""
        return sum(each.milliseconds for each in self.checks)

    @property
    def faults(self) -> Sequence[FindingRunCheck]:
        """Return the checks that broke."""
        return [each for each in self.checks if each.fault]


def tally_checks(session: Session, *, actor: Actor) -> Mapping[str, CheckTally]:
    """Return what became of the findings of each check, among those the actor may see."""
    query = select(
        Finding.check_code,
        Finding.state,
        func.count(),
        func.sum(Finding.amount_fen),
        func.sum(Finding.recovered_fen),
    )
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    amounts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for code, state, count, amount, recovered in session.execute(
        query.where(visible(actor)).group_by(Finding.check_code, Finding.state)
    ):
        counts[code][state] = count
        amounts[code][0] += int(amount or 0)
        amounts[code][1] += int(recovered or 0)
    return {
        code: CheckTally(rate=rate_of(by_state), amount_fen=amounts[code][0], recovered_fen=amounts[code][1])
        for code, by_state in counts.items()
    }


def find_last_run(session: Session) -> RunView | None:
    """Return the latest run, done or not."""
    return next(iter(list_runs(session, limit=1)), None)


def list_runs(session: Session, *, limit: int = 10) -> list[RunView]:
    """Return the latest runs, newest first."""
    runs = session.scalars(select(FindingRun).order_by(FindingRun.id.desc()).limit(limit)).all()
    return _views(session, runs)


def get_run(session: Session, *, run_id: int) -> RunView:
    """Return one run.

    :raises FindingNotFound: if there is none
    """
    run = session.get(FindingRun, run_id)
    if run is None:
        raise FindingNotFound
    return _views(session, [run])[0]


def _views(session: Session, runs: Sequence[FindingRun]) -> list[RunView]:
    done: dict[int, list[FindingRunCheck]] = defaultdict(list)
    ids = [run.id for run in runs]
    query = select(FindingRunCheck).where(FindingRunCheck.run_id.in_(ids)).order_by(FindingRunCheck.finished_at)
    for each in session.scalars(query) if ids else ():
        done[each.run_id].append(each)
    return [
        RunView(
            id=run.id,
            since=run.since,
            until=run.until,
            started_at=run.started_at,
            finished_at=run.finished_at,
            asked_by=run.asked_by,
            codes=run.codes,
            checks=done[run.id],
        )
        for run in runs
    ]
