"""Making statements: sealed transactions are taken in once, then each merchant's waiting lines become a statement.

Set-based: a few statements for all merchants of an area. Whoever makes statements holds the one row of
``settlement_intake`` until the end of the transaction, so that two makers never share lines; killed in the middle,
nothing of it was done.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.areas.rules import path_of
from app.audit.services import record
from app.auth import Actor
from app.clock import ZONE, business_day
from app.policies import queries as policies
from subsidies.settlement.errors import NotSealed, PeriodNotOver, PeriodUnreadable
from subsidies.settlement.policy import KIND, read_rules
from subsidies.settlement.rules import Cycle, Period, find_period

SEAL = text("SELECT height, root, sealed_at FROM ledger.seal WHERE height = :height")
# Nothing is missing either while nothing has moved since the last seal.
UNSEALED = text(
    "SELECT EXISTS (SELECT FROM ledger.book AS b LEFT JOIN ledger.sealed_book AS s ON s.home = b.home"
    " WHERE b.seq > coalesce(s.to_seq, 0))"
)
TAKE_IN = text("SELECT settlement_take_in(:until)")
INTAKE = text("SELECT height FROM settlement_intake WHERE id = 1 FOR UPDATE")
MERCHANT_AREAS = text(
    "SELECT DISTINCT area_code FROM ledger.account WHERE kind = 'merchant' AND area_code LIKE :path ORDER BY area_code"
)
# A merchant with a later statement gets no earlier one: what comes late is a correction in the latest open period.
OPEN = text(
    """
    INSERT INTO settlement_statement
           (merchant, area_code, period_from, period_until, policy_id, height, root, drafted_at, drafted_by)
    SELECT a.id, a.area_code, :from_on, :until_on, :policy, :height, :root, :now, :by
      FROM ledger.account AS a
     WHERE a.kind = 'merchant' AND a.area_code = ANY(:areas)
       AND EXISTS (SELECT FROM settlement_line AS l
                    WHERE l.merchant = a.id AND l.statement_id IS NULL AND l.occurred_on < :until_on)
       AND NOT EXISTS (SELECT FROM settlement_statement AS s WHERE s.merchant = a.id AND s.period_until > :from_on)
     ORDER BY a.area_code, a.id
    ON CONFLICT DO NOTHING
    RETURNING id
    """
)
# Only those for which something waits: the others are left as they are, night after night.
DRAFTS = text(
    """
    SELECT s.id FROM settlement_statement AS s
     WHERE s.period_from = :from_on AND s.period_until = :until_on AND s.area_code = ANY(:areas) AND s.state = 'drafted'
       AND EXISTS (SELECT FROM settlement_line AS l
                    WHERE l.merchant = s.merchant AND l.statement_id IS NULL AND l.occurred_on < s.period_until
                      AND NOT EXISTS (SELECT FROM settlement_dispute AS d
                                       WHERE d.home = l.home AND d.txn_id = l.txn_id AND d.statement_id = s.id
                                         AND d.state = 'set_aside'))
       AND NOT EXISTS (SELECT FROM settlement_statement AS t
                        WHERE t.merchant = s.merchant AND t.period_from > s.period_from)
     ORDER BY s.id FOR UPDATE OF s
    """
)
# New lines go behind those that are there, so that a number once seen stays. A line that was set aside in a
# statement does not come back into the same one.
PLACE = text(
    """
    WITH mine AS MATERIALIZED (
        SELECT s.id, s.merchant, s.period_from, s.period_until,
               coalesce((SELECT max(l.n) FROM settlement_line AS l WHERE l.statement_id = s.id), 0) AS last
          FROM settlement_statement AS s WHERE s.id = ANY(:ids)
    ), fresh AS (
        SELECT l.home, l.txn_id, m.id, l.about_on < m.period_from AS is_correction,
               m.last + row_number() OVER (PARTITION BY m.id ORDER BY l.occurred_at, l.home, l.seq) AS n
          FROM mine AS m
          JOIN settlement_line AS l
               ON l.merchant = m.merchant AND l.statement_id IS NULL AND l.occurred_on < m.period_until
         WHERE NOT EXISTS (SELECT FROM settlement_dispute AS d
                            WHERE d.home = l.home AND d.txn_id = l.txn_id AND d.statement_id = m.id
                              AND d.state = 'set_aside')
    )
    UPDATE settlement_line AS l SET statement_id = f.id, n = f.n, is_correction = f.is_correction
      FROM fresh AS f WHERE l.home = f.home AND l.txn_id = f.txn_id
    """
)
SUM = text(
    """
    UPDATE settlement_statement AS s
       SET lines = coalesce(t.lines, 0), corrections = coalesce(t.corrections, 0),
           points_fen = coalesce(t.points_fen, 0), public_fen = coalesce(t.public_fen, 0),
           correction_fen = coalesce(t.correction_fen, 0), shares = coalesce(u.shares, '[]')
      FROM unnest(CAST(:ids AS bigint[])) AS i (id)
      LEFT JOIN (
           SELECT l.statement_id, count(*) AS lines, count(*) FILTER (WHERE l.is_correction) AS corrections,
                  sum(l.points_fen) AS points_fen, sum(l.public_fen) AS public_fen,
                  sum(l.points_fen + l.public_fen) FILTER (WHERE l.is_correction) AS correction_fen
             FROM settlement_line AS l WHERE l.statement_id = ANY(:ids) GROUP BY l.statement_id
           ) AS t ON t.statement_id = i.id
      LEFT JOIN (
           SELECT f.statement_id, jsonb_agg(jsonb_build_object(
                      'funder', f.funder, 'points_fen', f.points_fen, 'public_fen', f.public_fen
                  ) ORDER BY f.funder) AS shares
             FROM (SELECT l.statement_id, x.funder, sum(x.points_fen)::bigint AS points_fen,
                          sum(x.public_fen)::bigint AS public_fen
                     FROM settlement_line AS l
                    CROSS JOIN LATERAL unnest(l.funders, l.funder_points_fen, l.funder_public_fen)
                          AS x (funder, points_fen, public_fen)
                    WHERE l.statement_id = ANY(:ids) GROUP BY l.statement_id, x.funder) AS f
            GROUP BY f.statement_id
           ) AS u ON u.statement_id = i.id
     WHERE s.id = i.id
    """
)
COVER = text("UPDATE settlement_statement SET height = :height, root = :root WHERE id = ANY(:ids)")
TELL = text(
    """
    INSERT INTO settlement_event (statement_id, at, account_id, action, total_fen)
    SELECT s.id, :now, :by, :action, s.points_fen + s.public_fen FROM settlement_statement AS s WHERE s.id = ANY(:ids)
    """
)
# The plans must not be those of an empty table, made before a month's lines came in.
MEMORY = text("SET LOCAL work_mem = '64MB'")


@dataclass(frozen=True, slots=True)
class Seal:
    """The seal up to which transactions are settled."""

    height: int
    root: bytes
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class Made:
    """How many statements are new, how many drafts were completed, and how many lines they got."""

    statements: int = 0
    completed: int = 0
    lines: int = 0

    def __add__(self, other: "Made") -> "Made":
        return Made(self.statements + other.statements, self.completed + other.completed, self.lines + other.lines)


def read_period(code: str) -> Period:
    """Read a period.

    :raises PeriodUnreadable: if it is neither a month nor a quarter
    """
    found = find_period(code)
    if found is None:
        raise PeriodUnreadable(errors={"period": [PeriodUnreadable.detail]})
    return found


def take_in(session: Session) -> int:
    """Take in what was sealed since the last time, and return how many lines came; safe to repeat."""
    return int(session.scalar(TAKE_IN, {"until": 2**62}) or 0)


def make_statements(session: Session, *, period: Period, area_code: str, by: Actor | None, now: datetime) -> Made:
    """Make the statements of all merchants of an area for a period, and complete drafts for which something came.

    Safe to repeat: what is sent stays as it is, and what came since waits for the next period.

    :param by: who asks; nobody when the product does it by itself
    :raises PeriodNotOver: if the period still runs
    :raises NotSealed: if no seal was made since its end
    """
    session.execute(MEMORY)
    seal = _take_in_for(session, period, now)
    made = Made()
    for policy_id, areas in _areas_by_rules(session, period, area_code).items():
        asked = {
            "from_on": period.from_on,
            "until_on": period.until_on,
            "areas": areas,
            "policy": policy_id,
            "height": seal.height,
            "root": seal.root,
            "now": now,
            "by": by.account_id if by else None,
        }
        made += _make(session, asked)
    if made.statements or made.lines:
        new = {"period": period.code, "statements": made.statements, "completed": made.completed, "lines": made.lines}
        record(
            session,
            actor=by,
            action="settlement.made",
            subject=f"area:{area_code}",
            area_code=area_code,
            now=now,
            new=new,
        )
    return made


def sum_up(session: Session, ids: Sequence[int]) -> None:
    """Add the lines of statements up anew; none of them may be frozen."""
    session.execute(SUM, {"ids": list(ids)})


def _take_in_for(session: Session, period: Period, now: datetime) -> Seal:
    """Take in all that is sealed, and return the last seal of it."""
    if business_day(now) < period.until_on:
        raise PeriodNotOver
    take_in(session)
    found = session.execute(SEAL, {"height": session.scalar(INTAKE)}).one_or_none()
    over_at = datetime.combine(period.until_on, time(), tzinfo=ZONE)
    if found is None or (found.sealed_at < over_at and session.scalar(UNSEALED)):
        raise NotSealed
    return Seal(found.height, bytes(found.root), found.sealed_at)


def _areas_by_rules(session: Session, period: Period, area_code: str) -> dict[int, list[str]]:
    """Return the areas of merchants by the document that settles them, those of another cycle left out."""
    found: dict[int, list[str]] = defaultdict(list)
    cycles: dict[int, Cycle] = {}
    for code in session.scalars(MERCHANT_AREAS, {"path": f"{path_of(area_code)}%"}):
        policy = policies.find_policy(session, kind=KIND, area_code=code, on=period.last_on)
        if policy is None:
            continue
        cycles.setdefault(policy.id, read_rules(policy.body).cycle)
        if cycles[policy.id] is period.cycle:
            found[policy.id].append(code)
    return found


def _make(session: Session, asked: dict[str, Any]) -> Made:
    fresh = session.scalars(OPEN, asked).all()
    ids = session.scalars(DRAFTS, asked).all()
    if not ids:
        return Made()
    lines = session.execute(PLACE, {"ids": ids}).rowcount  # type: ignore[attr-defined]  # an UPDATE has one
    sum_up(session, ids)
    session.execute(COVER, {**asked, "ids": ids})
    session.execute(TELL, {**asked, "ids": fresh, "action": "made"})
    return Made(len(fresh), len(ids) - len(fresh), lines)
