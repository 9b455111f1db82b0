"""Looking through everybody a run may concern: part by part, each in a transaction of its own.

Killed anywhere, it loses at most the part it was at; run again, it goes on behind the last person it kept. Kept is
everybody who gets something, who had something the month before, or who was approved for the programme. Why anybody
else gets nothing is worked out again when somebody asks.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Text, cast, select, text
from sqlalchemy.orm import Session

from app.areas.rules import path_of
from app.db import transaction
from subsidies.allowance.judging import Judge
from subsidies.allowance.models import APPROVED, GrantReasoning, GrantRun
from subsidies.allowance.people import Row, Scope, count_people, read_part
from subsidies.allowance.programmes import concerning, list_programmes
from subsidies.allowance.runs import get_run
from subsidies.allowance.terms import Follows, Programme
from subsidies.allowance.totals import sum_up

PEOPLE_AT_ONCE = 20_000
COLUMNS = (
    "run_id, senior_id, change, amount_fen, before_fen, document_id, reasoning, area_code, birth_on, hukou_area,"
    " residence_area, living, income, ability, status, applied"
)
COPY = f"COPY grant_decision ({COLUMNS}) FROM STDIN"
NOTHING = r"\N"
KEEP_REASONING = text("INSERT INTO grant_reasoning (run_id, n, reasons) VALUES (:run_id, :n, CAST(:told AS json))")


def look_through(
    run_id: int,
    *,
    clock: Callable[[], datetime],
    tell: Callable[[int], object] = lambda _people: None,
    at_once: int = PEOPLE_AT_ONCE,
) -> None:
    """Decide for everybody a draft may concern; safe to repeat, at the same time too.

    :param tell: called with how many people were looked at since the last call
    """
    with transaction() as session:
        run = get_run(session, run_id=run_id, area_codes=None)
        judge, scope = prepare(session, run)
    while True:
        with transaction() as session:
            looked = look_on(session, run_id, judge, scope, clock=clock, at_once=at_once)
        if looked is None:
            return
        tell(looked)


def prepare(session: Session, run: GrantRun) -> tuple[Judge, Scope]:
    """Read what a run decides by: the programmes of its day, and the runs of this month and the one before."""
    programmes = list_programmes(session, on=run.issue_on)
    return Judge(programmes, code=run.programme, on=run.issue_on), scope_of(session, run, programmes)


def scope_of(session: Session, run: GrantRun, programmes: Sequence[Programme]) -> Scope:
    """Say whom a run looks at."""
    own = concerning(programmes, code=run.programme, area_code=run.area_code)
    month_before = date(run.month.year - (run.month.month == 1), (run.month.month - 2) % 12 + 1, 1)
    return Scope(
        area_code=run.area_code,
        follows=frozenset(each.follows for each in own),
        on=run.issue_on,
        before=tuple(_approved(session, run.programme, month_before)),
        done=tuple(_approved(session, run.programme, run.month)),
    )


def change_of(row: Row, amount_fen: int, *, applied: bool) -> str | None:
    """Say what becomes of a person since last month; nothing for those whom nobody would ask about."""
    if row.is_done:
        return "done"
    if amount_fen and not row.before_fen:
        return "new"
    if not amount_fen:
        return "lost" if row.before_fen else "near" if applied else None
    return "same" if amount_fen == row.before_fen else "more" if amount_fen > row.before_fen else "less"


def _approved(session: Session, programme: str, month: date) -> Iterable[int]:
    found = select(GrantRun.id).where(
        GrantRun.programme == programme, GrantRun.month == month, GrantRun.state == APPROVED
    )
    return session.scalars(found.order_by(GrantRun.id))


def look_on(
    session: Session, run_id: int, judge: Judge, scope: Scope, *, clock: Callable[[], datetime], at_once: int
) -> int | None:
    """Look at the next people; ``None`` when there was nothing left to do."""
    run = get_run(session, run_id=run_id, area_codes=None, lock=True)
    if run.state != "draft" or run.previewed_at is not None:
        return None
    if run.looked_to == 0:
        run.people = count_people(session, scope)
    judge.know(_list_reasonings(session, run, beyond=judge.known))
    rows = read_part(session, scope, after=run.looked_to, limit=at_once)
    _keep(session, run, Scribe(run, judge).write(rows), judge)
    run.looked_at += len(rows)
    if len(rows) < at_once:
        run.totals, run.previewed_at = sum_up(session, run), clock()
    else:
        run.looked_to = rows[-1].senior_id
    return len(rows)


def _list_reasonings(session: Session, run: GrantRun, *, beyond: int) -> Iterable[tuple[int, str]]:
    """List the ways of reasoning that were kept by a run before, or by another one beside it."""
    kept = select(GrantReasoning.n, cast(GrantReasoning.reasons, Text))
    found = session.execute(kept.where(GrantReasoning.run_id == run.id, GrantReasoning.n > beyond))
    return [(number, told) for number, told in found]


class Scribe:
    """Writes decisions of one run as lines for COPY; what is the same for all is looked up once."""

    def __init__(self, run: GrantRun, judge: Judge) -> None:
        self._judge = judge
        self._run_id, self._programme = run.id, run.programme
        self._path = path_of(run.area_code)

    def write(self, rows: Sequence[Row]) -> list[str]:
        """Write a part of the people; nothing for those of whom no decision is kept."""
        return [line for row in rows if (line := self._line(row))]

    def _line(self, row: Row) -> str | None:
        verdict = self._judge.judge(row)
        area = row.hukou_area if verdict.follows is Follows.HUKOU else row.residence_area
        found = verdict.entitlement
        if row.is_done or not area.startswith(self._path):
            found = None  # granted this month already, or the run of another area pays this person
        amount_fen = found.amount_fen if found else 0
        applied = bool(row.applied) and self._programme in row.applied.split()
        change = change_of(row, amount_fen, applied=applied)
        if change is None:
            return None
        place = (change == "lost" and row.before_area) or area
        document: int | str = found.document_id if found else NOTHING
        living = NOTHING if row.living is None else row.living
        ability = NOTHING if row.ability is None else row.ability
        # All of it are numbers, days, codes and words of ours: nothing needs an escape.
        return (
            f"{self._run_id}\t{row.senior_id}\t{change}\t{amount_fen}\t{row.before_fen}\t{document}\t{verdict.reasoning}"
            f"\t{place}\t{row.birth_on}\t{row.hukou_area}\t{row.residence_area}\t{living}\t{row.income}\t{ability}"
            f"\t{row.status}\t{row.applied}\n"
        )


def _keep(session: Session, run: GrantRun, lines: Sequence[str], judge: Judge) -> None:
    new = [{"run_id": run.id, "n": number, "told": told} for number, told in judge.take_new()]
    if new:
        session.execute(KEEP_REASONING, new)
    if lines:
        driver: Any = session.connection().connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(COPY) as copy:
            copy.write("".join(lines))
