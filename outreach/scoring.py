"""Scores of many people written down at once: what differs, with its history, the checks and visits it leads to."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, column, select, table, text
from sqlalchemy.orm import Session

from app.areas.rules import is_within
from app.clock import business_day
from outreach.facts import Scope, read_part, read_some
from outreach.judging import Judge, Verdicts
from outreach.policy import list_rules, rules_at
from outreach.terms import Factor, OutreachRules

PEOPLE_AT_ONCE = 20_000
SENIOR = table("senior", column("id"), column("residence_area_code"))

RISKS = text(
    """
    INSERT INTO outreach_risk (senior_id, area_code, score, band, reasons, suggests, policy_id, scored_on,
                               band_since_on)
    SELECT w.senior_id, w.area_code, w.score, w.band, w.reasons, w.suggests, w.policy_id, w.on_day, w.band_since_on
      FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS w (senior_id bigint, area_code text, score smallint, band text,
           reasons jsonb, suggests text[], policy_id bigint, on_day date, band_since_on date)
     ORDER BY w.senior_id
        ON CONFLICT (senior_id) DO UPDATE SET area_code = excluded.area_code, score = excluded.score,
           band = excluded.band, reasons = excluded.reasons, suggests = excluded.suggests,
           policy_id = excluded.policy_id, scored_on = excluded.scored_on, band_since_on = excluded.band_since_on
    """
)
SCORES = text(
    """
    INSERT INTO outreach_score (senior_id, area_code, on_day, at, score, band, reasons, before_score, before_band,
                                policy_id)
    SELECT w.senior_id, w.area_code, w.on_day, :now, w.score, w.band, w.reasons, w.before_score, w.before_band,
           w.policy_id
      FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS w (senior_id bigint, area_code text, on_day date,
           score smallint, band text, reasons jsonb, before_score smallint, before_band text, policy_id bigint)
     ORDER BY w.senior_id
    """
)
CHANGES = text(
    """
    INSERT INTO outreach_change (senior_id, area_code, factor, weight, on_day, recorded_at)
    SELECT w.senior_id, w.area_code, w.factor, w.weight, w.on_day, :now
      FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS w (senior_id bigint, area_code text, factor text, weight text,
           on_day date)
     ORDER BY w.senior_id, w.factor
    """
)
# One look for all that has changed about a person: the causes add up, and the earliest day counts.
CHECKS = text(
    """
    INSERT INTO outreach_task (senior_id, area_code, kind, band, causes, opened_at, due_on)
    SELECT w.senior_id, min(w.area_code), w.weight, min(w.band), array_agg(w.factor ORDER BY w.factor), :now,
           min(w.due_on)
      FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS w (senior_id bigint, area_code text, factor text, weight text,
           band text, due_on date)
     GROUP BY w.senior_id, w.weight
     ORDER BY w.senior_id
        ON CONFLICT (senior_id, kind) WHERE state = 'open' DO UPDATE SET
           due_on = least(outreach_task.due_on, excluded.due_on), band = excluded.band,
           next_on = CASE WHEN outreach_task.next_on > excluded.due_on THEN excluded.due_on
                          ELSE outreach_task.next_on END,
           causes = ARRAY(SELECT DISTINCT c FROM unnest(outreach_task.causes || excluded.causes) AS c ORDER BY c)
    """
)
# A visit that was overdue stays so when its band changes: it was already escalated.
REGULAR = text(
    """
    INSERT INTO outreach_task (senior_id, area_code, kind, band, opened_at, due_on)
    SELECT w.senior_id, w.area_code, 'regular', w.band, :now, w.due_on
      FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS w (senior_id bigint, area_code text, band text, due_on date)
     ORDER BY w.senior_id
        ON CONFLICT (senior_id, kind) WHERE state = 'open' DO UPDATE SET band = excluded.band,
           due_on = CASE WHEN outreach_task.level > 0 THEN outreach_task.due_on ELSE excluded.due_on END,
           next_on = CASE WHEN outreach_task.next_on > excluded.due_on THEN excluded.due_on
                          ELSE outreach_task.next_on END,
           area_code = excluded.area_code
    """
)
# Somebody said when they come again: no later than that, also to who is in no band.
PROMISE = text(
    """
    INSERT INTO outreach_task (senior_id, area_code, kind, band, opened_at, due_on)
    SELECT :senior_id, :area_code, 'regular', coalesce((SELECT r.band FROM outreach_risk AS r
                                                         WHERE r.senior_id = :senior_id), 'none'), :now, :due_on
        ON CONFLICT (senior_id, kind) WHERE state = 'open' DO UPDATE SET
           due_on = least(outreach_task.due_on, excluded.due_on)
    """
)
DROP = text("UPDATE outreach_task SET state = 'dropped', closed_at = :now WHERE id = ANY (:ids) AND state = 'open'")
# What was opened after the register was read is another's to end: somebody came home in the meantime.
DROP_ALL = text(
    """
    UPDATE outreach_task SET state = 'dropped', closed_at = :now
     WHERE senior_id = ANY (:ids) AND state = 'open' AND opened_at <= :now
    """
)
# What a turn of life ended that never happened is due as before, however late it has become.
REOPEN = text(
    """
    INSERT INTO outreach_task (senior_id, area_code, kind, band, causes, opened_at, due_on, attempts, next_on, level,
                               level_at)
    SELECT t.senior_id, t.area_code, t.kind, t.band, t.causes, t.opened_at, t.due_on, t.attempts, t.next_on, t.level,
           t.level_at
      FROM outreach_task AS t WHERE t.id = ANY (:ids) AND t.state = 'dropped' ORDER BY t.id
        ON CONFLICT (senior_id, kind) WHERE state = 'open' DO NOTHING
    """
)
# What is open about somebody goes along to the place they live in now.
MOVE = tuple(
    text(
        f"""
        UPDATE {name} AS o SET area_code = w.area_code
          FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS w (senior_id bigint, area_code text)
         WHERE o.senior_id = w.senior_id AND {condition}
        """  # noqa: S608 - names of this module
    )
    for name, condition in (
        ("outreach_task", "o.state = 'open'"),
        ("outreach_problem", "o.closed_at IS NULL"),
        ("outreach_referral", "o.state IN ('opened', 'accepted')"),
    )
)


def list_scopes(rules: Mapping[str, OutreachRules]) -> Sequence[tuple[Scope, OutreachRules]]:
    """Say for whom which rules hold: each place's own, but for the places within that have others."""
    return [
        (Scope(code, tuple(each for each in rules if each != code and is_within(each, code))), rules[code])
        for code in sorted(rules)
    ]


def score_part(session: Session, scope: Scope, judge: Judge, rules: OutreachRules, *, after: int, now: datetime) -> int:
    """Score the next people of a place, and return the number of the last one, or 0 when all are done."""
    on = business_day(now)
    rows = read_part(session, scope, rules=rules, on=on, after=after, limit=PEOPLE_AT_ONCE)
    write(session, judge.judge(rows), now=now)
    return rows[-1].senior_id if len(rows) == PEOPLE_AT_ONCE else 0


def score_people(session: Session, *, senior_ids: Collection[int], now: datetime, known: Iterable[Factor] = ()) -> None:
    """Score some people anew, because something about them has changed. Where no rules hold nobody is scored.

    :param known: changes that somebody has written down already
    """
    on = business_day(now)
    rules = list_rules(session, on=on)
    by_place: dict[str, list[int]] = defaultdict(list)
    for senior_id, area_code in session.execute(_select_places(senior_ids)):
        by_place[area_code].append(senior_id)
    for area_code, ids in sorted(by_place.items()):
        found = rules_at(rules, area_code)
        if found is not None:
            rows = read_some(session, senior_ids=ids, rules=found, on=on)
            write(session, Judge(found, on=on, known=known).judge(rows), now=now)


def promise_visit(session: Session, *, senior_id: int, area_code: str, on: date, now: datetime) -> None:
    """Have the next visit to somebody due on the day that was promised to them, unless it is due before."""
    due_on = max(on, business_day(now))
    session.execute(PROMISE, {"senior_id": senior_id, "area_code": area_code, "due_on": due_on, "now": now})


def drop_tasks(session: Session, *, senior_id: int, now: datetime) -> None:
    """End all visits that are due to somebody who is not visited any more, also where no rules hold."""
    session.execute(DROP_ALL, {"ids": [senior_id], "now": now})


def reopen_tasks(session: Session, *, task_ids: Collection[int]) -> None:
    """Let visits be due again that were dropped by mistake."""
    session.execute(REOPEN, {"ids": sorted(task_ids)})


def lock_person(session: Session, *, senior_id: int) -> None:
    """Lock a person whose score is about to be read and written: everybody who scores takes the person first."""
    session.execute(_select_places([senior_id]))


def _select_places(senior_ids: Collection[int]) -> Select[Any]:
    # Locked in one order: two who score the same person write one after the other.
    query = select(SENIOR.c.id, SENIOR.c.residence_area_code).where(SENIOR.c.id.in_(sorted(set(senior_ids))))
    return query.order_by(SENIOR.c.id).with_for_update(key_share=True)


def write(session: Session, verdicts: Verdicts, *, now: datetime) -> None:
    """Write what a part of the people came to."""
    for statement, rows in (
        (RISKS, verdicts.risks),
        (SCORES, verdicts.scores),
        (CHANGES, verdicts.changes),
        (CHECKS, verdicts.checks),
        (REGULAR, verdicts.regular),
    ):
        if rows:
            asked: dict[str, Any] = {"rows": json.dumps(rows, ensure_ascii=False)}
            session.execute(statement, asked if statement is RISKS else {**asked, "now": now})
    if verdicts.moved:
        for statement in MOVE:
            session.execute(statement, {"rows": json.dumps(verdicts.moved)})
    if verdicts.dropped:
        session.execute(DROP, {"ids": verdicts.dropped, "now": now})
    if verdicts.away:
        session.execute(DROP_ALL, {"ids": verdicts.away, "now": now})
