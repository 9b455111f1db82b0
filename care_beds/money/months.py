"""A bed's month: what it came to, judged for many beds at once, again and again until it is handed in."""

from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.areas.rules import path_of
from app.clock import business_day
from care_beds.money.models import BedMonth
from care_beds.money.policy import SUBSIDY, documents_by_place, read_subsidy
from care_beds.money.rules import MonthFacts, MonthVerdict, judge_month
from care_beds.money.terms import SubsidyTerms

BEDS_AT_ONCE = 1000
MONTHS_BACK = 3
# Days of the month on which a bed was in service, none after a death, however late the bed is closed, and those of them
# on which it was suspended; the level that held on the last of them; what was paid, what was done and does not count.
# The month is of those who came, by their minutes, the longest first: whoever has taken the bed over since did nothing.
FACTS = text(
    """
    WITH bed AS (
        SELECT b.id, b.senior_id, b.provider_id, b.area_code, b.programme, b.number,
               b.active_during * daterange(:first, :until) * daterange(NULL, e.died_on + 1) AS days
          FROM care_bed AS b
          LEFT JOIN LATERAL (
               SELECT t.from_on AS died_on FROM senior_status AS t
                WHERE t.senior_id = b.senior_id AND t.status = 'deceased') AS e ON true
         WHERE b.id > :after AND b.active_during && daterange(:first, :until) AND b.area_code LIKE ANY (:places)
           AND (CAST(:beds AS bigint[]) IS NULL OR b.id = ANY (:beds))
         ORDER BY b.id LIMIT :limit
    ), away AS (
        SELECT d.id, sum(upper(s.during * d.days) - lower(s.during * d.days))::int AS days
          FROM bed AS d JOIN bed_suspension AS s ON s.bed_id = d.id AND s.during && d.days
         GROUP BY d.id
    ), paid AS (
        SELECT m.bed_id, count(*) FILTER (WHERE m.reversed_at IS NULL AND m.minutes > 0)::int AS visits,
               coalesce(sum(m.minutes) FILTER (WHERE m.reversed_at IS NULL), 0)::int AS minutes,
               count(*) FILTER (WHERE m.reversed_at IS NOT NULL)::int AS reversed
          FROM bed AS d JOIN visit_payment AS m ON m.bed_id = d.id AND m.visit_on <@ d.days
         GROUP BY m.bed_id
    ), unpaid AS (
        SELECT w.bed_id, jsonb_object_agg(w.why, w.times) AS why
          FROM (SELECT v.bed_id, count(*) AS times, CASE
                       WHEN EXISTS (SELECT FROM visit_objection AS o
                                     WHERE o.visit_id = v.id AND o.state IN ('open', 'upheld')) THEN 'objected'
                       WHEN v.exception IN ('open', 'rejected') THEN v.exception
                       WHEN v.state = 'confirmed' THEN 'unpaid'
                       WHEN v.state = 'finished' THEN 'unconfirmed'
                       ELSE 'missed' END AS why
                  FROM bed AS d JOIN care_visit AS v ON v.bed_id = d.id AND v.visit_on <@ d.days
                 WHERE v.state <> 'cancelled' AND v.visit_on < :today
                   AND NOT EXISTS (SELECT FROM visit_payment AS m WHERE m.visit_id = v.id)
                 GROUP BY v.bed_id, why) AS w
         GROUP BY w.bed_id
    ), came AS (
        SELECT w.bed_id, (array_agg(w.provider_id ORDER BY w.minutes DESC, w.provider_id))[1] AS provider_id,
               jsonb_agg(jsonb_build_object('provider_id', w.provider_id, 'visits', w.visits, 'minutes', w.minutes)
                         ORDER BY w.minutes DESC, w.provider_id) AS parts
          FROM (SELECT m.bed_id, m.provider_id, count(*) AS visits, sum(m.minutes) AS minutes
                  FROM bed AS d JOIN visit_payment AS m ON m.bed_id = d.id AND m.visit_on <@ d.days
                 WHERE m.reversed_at IS NULL AND m.minutes > 0
                 GROUP BY m.bed_id, m.provider_id) AS w
         GROUP BY w.bed_id
    )
    SELECT d.id, d.senior_id, coalesce(c.provider_id, d.provider_id) AS provider_id,
           coalesce(c.parts, '[]') AS parts, d.area_code, d.programme, d.number,
           coalesce(upper(d.days) - lower(d.days), 0) AS service_days, coalesce(a.days, 0) AS suspended_days,
           coalesce(p.visits, 0) AS visits, coalesce(p.minutes, 0) AS minutes, coalesce(p.reversed, 0) AS reversed,
           coalesce(u.why, '{}') AS why, l.level
      FROM bed AS d
      LEFT JOIN away AS a ON a.id = d.id
      LEFT JOIN paid AS p ON p.bed_id = d.id
      LEFT JOIN unpaid AS u ON u.bed_id = d.id
      LEFT JOIN came AS c ON c.bed_id = d.id
      LEFT JOIN LATERAL (
           SELECT s.level FROM assessment AS s
            WHERE s.senior_id = d.senior_id AND s.state = 'signed' AND s.counts_from < upper(d.days)
              AND (s.valid_until IS NULL OR s.valid_until >= upper(d.days))
            ORDER BY s.counts_from DESC, s.signed_at DESC LIMIT 1) AS l ON true
     ORDER BY d.id
    """
)
KEPT = (
    "provider_id",
    "area_code",
    "visits",
    "minutes",
    "minimum_visits",
    "minimum_minutes",
    "state",
    "subsidy_fen",
    "facts",
    "reasons",
    "policy_id",
    "judged_at",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A bed's month with its verdict, and whose document gave it."""

    bed_id: int
    bed_number: str
    senior_id: int
    provider_id: int | None
    area_code: str
    facts: MonthFacts
    verdict: MonthVerdict
    policy_id: int
    due_on: date


def judge_months(
    session: Session,
    *,
    month: date,
    area_codes: Collection[str] | None,
    now: datetime,
    bed_ids: Collection[int] | None = None,
) -> int:
    """Judge the months of beds in some areas, or in all, anew and keep what came out; return how many. Safe to repeat.

    Left out are beds whose month is not over for as long as families may object. What was handed in waits as it was,
    and what was paid stays.
    """
    count, today = 0, business_day(now)
    for judged in weigh_months(session, month=month, area_codes=area_codes, bed_ids=bed_ids, now=now):
        due = [each for each in judged if each.due_on <= today]
        _keep(session, month, due, now=now)
        count += len(due)
    return count


def weigh_months(
    session: Session,
    *,
    month: date,
    area_codes: Collection[str] | None,
    now: datetime,
    bed_ids: Collection[int] | None = None,
) -> Iterator[list[Judged]]:
    """Yield what months of beds come to now, a thousand at a time; those nothing is asked of are left out."""
    last = month_end(month)
    terms: dict[str, SubsidyTerms | None] = {}
    after = 0
    while True:
        asked = {
            "first": month,
            "until": last + timedelta(days=1),
            "today": business_day(now),
            "places": ["%"] if area_codes is None else [f"{path_of(code)}%" for code in area_codes],
            "beds": None if bed_ids is None else sorted(bed_ids),
            "after": after,
            "limit": BEDS_AT_ONCE,
        }
        rows = session.execute(FACTS, asked).all()
        _find_terms(session, terms, (row.area_code for row in rows), on=last)
        yield [
            _judge(row, found, last=last)
            for row in rows
            if (found := terms[row.area_code]) is not None and found.covers(row.programme)
        ]
        if len(rows) < BEDS_AT_ONCE:
            return
        after = rows[-1].id


def list_open(now: datetime) -> list[date]:
    """List the months that are judged again and again: those over, as far back as late decisions come."""
    found, first = [], business_day(now).replace(day=1)
    for _back in range(MONTHS_BACK):
        first = (first - timedelta(days=1)).replace(day=1)
        found.append(first)
    return found


def month_end(month: date) -> date:
    """Return the last day of a month."""
    return month.replace(day=monthrange(month.year, month.month)[1])


def facts_document(facts: MonthFacts) -> dict[str, Any]:
    """Return the facts of a month as they are kept."""
    return asdict(facts)


def facts_of(kept: Mapping[str, Any]) -> MonthFacts:
    """Read the facts that a month was judged by."""
    return MonthFacts(**kept)


def _find_terms(session: Session, known: dict[str, SubsidyTerms | None], places: Iterable[str], *, on: date) -> None:
    fresh = {place for place in places if place not in known}
    documents = documents_by_place(session, kind=SUBSIDY, area_codes=fresh, on=on)
    read = {each.id: read_subsidy(each) for each in documents.values()}
    known.update({place: read[documents[place].id] if place in documents else None for place in fresh})


def _judge(row: Any, terms: SubsidyTerms, *, last: date) -> Judged:
    not_counted = {**row.why, **({"reversed": row.reversed} if row.reversed else {})}
    facts = MonthFacts(
        days=last.day,
        service_days=row.service_days,
        suspended_days=row.suspended_days,
        visits=row.visits,
        minutes=row.minutes,
        level=row.level,
        programme=row.programme,
        not_counted=not_counted,
        parts=row.parts if len(row.parts) > 1 else [],
    )
    return Judged(
        bed_id=row.id,
        bed_number=row.number,
        senior_id=row.senior_id,
        provider_id=row.provider_id,
        area_code=row.area_code,
        facts=facts,
        verdict=judge_month(facts, terms),
        policy_id=terms.document_id,
        due_on=last + timedelta(days=1 + terms.propose_after_days),
    )


def row_of(judged: Judged, month: date, *, now: datetime) -> dict[str, Any]:
    """Return a judged month as its row is kept."""
    verdict = judged.verdict
    return {
        "bed_id": judged.bed_id,
        "month": month,
        "senior_id": judged.senior_id,
        "provider_id": judged.provider_id,
        "area_code": judged.area_code,
        "visits": judged.facts.visits,
        "minutes": judged.facts.minutes,
        "minimum_visits": verdict.minimum_visits,
        "minimum_minutes": verdict.minimum_minutes,
        "state": str(verdict.state),
        "subsidy_fen": verdict.subsidy_fen,
        "facts": facts_document(judged.facts),
        "reasons": [reason.as_json() for reason in verdict.reasons],
        "policy_id": judged.policy_id,
        "judged_at": now,
    }


def _keep(session: Session, month: date, judged: Sequence[Judged], *, now: datetime) -> None:
    if not judged:
        return
    statement = insert(BedMonth)
    fresh = {name: statement.excluded[name] for name in KEPT}
    # Neither what waits for a decision nor what was paid is judged anew under somebody's hands.
    upsert = statement.on_conflict_do_update(
        index_elements=["bed_id", "month"],
        set_=fresh,
        where=BedMonth.run_id.is_(None) & BedMonth.txn_id.is_(None),
    )
    session.execute(upsert, [row_of(each, month, now=now) for each in judged])
