"""The people of a till's roster: who eats here or lives around, all of them or those about whom something changed.

Nothing is kept for a till. What changed is found by when each fact was written, so a delta may name somebody twice
and never leaves somebody out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.areas.rules import path_of
from app.clock import local
from app.people.rules import age_on
from app.vault import mask_name
from subsidies.findings.checks import next_month

COLUMNS = (
    "id",
    "card",
    "name",
    "birth_year",
    "age",
    "birthday_on",
    "hukou",
    "residence",
    "income",
    "ability",
    "living",
    "status",
    "card_state",
    "points_fen",
    "balance_fen",
    "expiring",
    "month",
    "meals",
)
ATE_WITHIN = timedelta(days=90)
# A fact is written with the moment its request began; whoever read meanwhile did not see it.
LATE_COMMITS = timedelta(minutes=2)
# A till decides today and the next two days by one roster, and a year older may be another band.
BIRTHDAYS_WITHIN = timedelta(days=3)
# Points that are over before the last of a roster's days are told with their day.
LAST_DAY = 2
STREET_DIGITS, DISTRICT_DIGITS = 9, 6

GUEST = """
    WITH guest AS MATERIALIZED (
        SELECT s.id FROM senior AS s WHERE s.residence_area_code LIKE :street
        UNION
        SELECT k.home FROM checkout AS k WHERE k.canteen_id = :canteen AND k.booked_at >= :ate_since
    )
"""
ALL = """
    , picked AS MATERIALIZED (SELECT g.id FROM guest AS g)
"""
CHANGED = """
    , touched AS MATERIALIZED (
        SELECT t.home AS id FROM ledger.txn AS t WHERE t.booked_at >= :since
        UNION
        SELECT k.home FROM canteen AS n JOIN checkout AS k ON k.canteen_id = n.id AND k.booked_at >= :since
        UNION
        SELECT k.home FROM checkout AS k WHERE k.reversed_at >= :since
    ), picked AS MATERIALIZED (
        SELECT g.id FROM guest AS g JOIN touched AS t ON t.id = g.id
        UNION
        SELECT g.id FROM guest AS g JOIN senior AS s ON s.id = g.id AND s.updated_at >= :since
        UNION
        SELECT g.id FROM guest AS g JOIN card AS c ON c.senior_id = g.id
         WHERE c.changed_at >= :since OR c.issued_at >= :since
        UNION
        SELECT g.id FROM guest AS g JOIN senior_status AS t ON t.senior_id = g.id AND t.recorded_at >= :since
    )
"""
PEOPLE = """
    SELECT s.id, c.number, s.name, s.birth_on, s.hukou_area_code, s.residence_area_code, s.income_class,
           s.ability_level, s.living_situation, coalesce(t.status, 'active') AS status, c.state,
           coalesce(o.meals_fen, 0) AS points_fen, coalesce(o.fen, 0) AS balance_fen, o.expiring,
           k.meals, coalesce(k.public_fen, 0) AS public_fen, k.today
      FROM picked AS p
      JOIN senior AS s ON s.id = p.id
      JOIN card AS c ON c.senior_id = s.id
      LEFT JOIN senior_status AS t ON t.senior_id = s.id AND t.from_on <= :today
           AND (t.until_on IS NULL OR :today < t.until_on)
      -- A few rows of each person by their index, whatever the planner thinks of how many people there are.
      LEFT JOIN LATERAL (
            SELECT sum(l.meals_fen)::bigint AS meals_fen, sum(l.fen)::bigint AS fen,
                   jsonb_agg(jsonb_build_array(l.expires_on, l.meals_fen, l.fen) ORDER BY l.expires_on)
                       FILTER (WHERE l.expires_on < :last_day) AS expiring
              FROM (SELECT b.remaining_fen AS fen, b.expires_on,
                           CASE WHEN b.purpose IN ('any', 'meals') OR strpos('.' || b.purpose || '.', '.meals.') > 0
                                THEN b.remaining_fen ELSE 0 END AS meals_fen
                      FROM ledger.lot AS b
                     WHERE b.home = s.id AND b.remaining_fen > 0 AND b.expires_on >= :today) AS l
           ) AS o ON true
      LEFT JOIN LATERAL (
            SELECT count(*) AS meals, sum(h.public_fen)::bigint AS public_fen,
                   jsonb_agg(jsonb_build_array(h.window_name, h.public_fen, h.occurred_at, n.name,
                                               coalesce(i.number::text, ''), h.canteen_id = :canteen)
                             ORDER BY h.occurred_at) FILTER (WHERE h.meal_on = :today) AS today
              FROM checkout AS h
              JOIN canteen AS n ON n.id = h.canteen_id
              LEFT JOIN till AS i ON i.id = h.till_id
             WHERE h.home = s.id AND h.slot IS NOT NULL AND h.reversed_at IS NULL
               AND h.meal_on >= :month_from AND h.meal_on < :month_until
           ) AS k ON true
     ORDER BY s.id, c.number
"""
# Who moved away and never ate here. Before, they may have been elsewhere in the district: then the till has no such
# card, and the number says nothing to it.
GONE = """
    SELECT c.number FROM senior AS s JOIN card AS c ON c.senior_id = s.id
     WHERE s.updated_at >= :since AND s.residence_area_code NOT LIKE :street
       AND (s.residence_area_code LIKE :district OR s.hukou_area_code LIKE :district)
       AND NOT EXISTS (SELECT FROM checkout AS k WHERE k.home = s.id AND k.canteen_id = :canteen
                          AND k.booked_at >= :ate_since)
     ORDER BY c.number
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guests:
    """Rows of a roster, in the order of ``COLUMNS``, and cards that are no longer in it."""

    people: Sequence[list[Any]]
    gone: Sequence[str]


def list_guests(
    session: Session, *, canteen_id: int, area_code: str, on: date, now: datetime, since: datetime | None = None
) -> Guests:
    """List who may come to a canteen, one row for each card, those of lost cards too.

    :param since: only those about whom something was written since then; everybody, if left out
    """
    asked = {
        "canteen": canteen_id,
        "street": f"{area_code[:STREET_DIGITS]}%",
        "district": f"{path_of(area_code)[:DISTRICT_DIGITS]}%",
        "ate_since": now - ATE_WITHIN,
        "today": on,
        "last_day": on + timedelta(days=LAST_DAY),
        "month_from": on.replace(day=1),
        "month_until": next_month(on),
        "since": since - LATE_COMMITS if since else None,
    }
    rows = session.execute(text(GUEST + (CHANGED if since else ALL) + PEOPLE), asked).all()
    gone = session.scalars(text(GONE), asked).all() if since else ()
    return Guests(people=[_row(row, on) for row in rows], gone=list(gone))


def _row(row: Any, on: date) -> list[Any]:
    return [
        row.id,
        row.number,
        mask_name(row.name),
        row.birth_on.year,
        age_on(row.birth_on, on),
        _birthday_soon(row.birth_on, on),
        row.hukou_area_code,
        row.residence_area_code,
        row.income_class,
        row.ability_level,
        row.living_situation,
        row.status,
        row.state,
        row.points_fen,
        row.balance_fen,
        row.expiring,
        [row.meals, row.public_fen],
        list(_meals(row.today or ())),
    ]


def _meals(today: Iterable[Any]) -> Iterable[list[Any]]:
    for window, public_fen, at, canteen, till, is_here in today:
        clock_time = f"{local(datetime.fromisoformat(at)):%H:%M}"
        yield [window, public_fen, clock_time, canteen, till, is_here]


def _birthday_soon(birth_on: date, on: date) -> str | None:
    """Return the day within the next days on which somebody is a year older, or nothing."""
    days = (on + timedelta(days=n) for n in range(1, BIRTHDAYS_WITHIN.days + 1))
    age = age_on(birth_on, on)
    return next((day.isoformat() for day in days if age_on(birth_on, day) > age), None)
