"""Sales to one person after a day: after a death, or during a stay that was recorded late."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from app.people.turns import STATUSES, Turn, TurnKind
from meals.checks.sales import named, sale_sources, senior_source
from subsidies.findings.checks import Found, Limits

CODES = {TurnKind.DEATH: "R1", TurnKind.INSTITUTION: "R2", TurnKind.HOSPITAL: "R2"}
# What was given back already is not asked for again. In hospital a meal may be bought; it is not subsidised.
SOLD = text(
    """
    SELECT k.canteen_id, date_trunc('month', k.meal_on)::date AS month, n.area_code, n.name, n.name_en,
           min(k.meal_on) AS first_on, count(*) AS meals,
           sum(k.public_fen + k.points_fen)::bigint AS spent_fen, array_agg(k.id ORDER BY k.id) AS ids,
           array_agg((k.public_fen + k.points_fen)::bigint ORDER BY k.id) AS fens
      FROM checkout AS k JOIN canteen AS n ON n.id = k.canteen_id
     WHERE k.home = :home AND k.meal_on > :after AND (CAST(:until AS date) IS NULL OR k.meal_on < :until)
       AND k.reversed_at IS NULL AND (k.public_fen + k.points_fen > 0 OR NOT :only_paid)
       AND NOT EXISTS (SELECT FROM ledger.txn AS t WHERE t.home = k.home AND t.reverses = k.id)
     GROUP BY k.canteen_id, month, n.area_code, n.name, n.name_en ORDER BY month, k.canteen_id
    """
)
# By what was booked lately in each canteen. Whoever is dead is refused by every till that has its line.
SPENDERS = text(
    """
    SELECT DISTINCT k.home FROM canteen AS n
      JOIN checkout AS k ON k.canteen_id = n.id AND k.booked_at >= :since
      JOIN senior_status AS t ON t.senior_id = k.home AND t.status IN ('deceased', 'in_institution', 'in_hospital')
       AND t.from_on < k.meal_on AND (t.until_on IS NULL OR k.meal_on < t.until_on)
     WHERE k.reversed_at IS NULL
    """
)


def list_spenders(session: Session, since: datetime) -> Collection[int]:
    """Return to whom something was sold, as was booked since a moment, though they are dead or away."""
    return set(session.scalars(SPENDERS, {"since": since}))


def list_sold_after(session: Session, turn: Turn, limits: Limits) -> Sequence[Row[Any]]:
    """Return what was sold to somebody after a turn's day, by canteen and month.

    Of a death the day itself and the days of grace do not count; of a stay as many of its first and last days.
    """
    if turn.kind not in CODES:
        return ()
    grace_days = limits["grace_days"]
    is_death = turn.kind is TurnKind.DEATH
    asked = {
        "home": turn.senior_id,
        "after": turn.from_on + timedelta(days=grace_days if is_death else grace_days - 1),
        "until": turn.until_on - timedelta(days=grace_days) if turn.until_on else None,
        "only_paid": turn.kind is TurnKind.HOSPITAL,
    }
    return session.execute(SOLD, asked).all()


def find_sold_after(session: Session, turn: Turn, limits: Limits) -> Iterable[Found]:
    """Find sales after a turn's day, under the keys of the checks that look for them at night."""
    for row in list_sold_after(session, turn, limits):
        yield Found(
            key=_key(turn, row),
            happened_on=row.first_on,
            area_code=row.area_code,
            canteen_id=row.canteen_id,
            senior_id=turn.senior_id,
            amount_fen=row.spent_fen,
            severity=limits["severity"],
            facts={**_facts(turn), "meals": row.meals, "spent_fen": row.spent_fen, **named(row)},
            sources=[senior_source(turn.senior_id), *sale_sources(turn.senior_id, row.ids)],
        )


def _key(turn: Turn, row: Row[Any]) -> str:
    key = f"{turn.senior_id}|{row.month}|{row.canteen_id}"
    return key if turn.kind is TurnKind.DEATH else f"{key}|{STATUSES[turn.kind]}|{turn.from_on}"


def _facts(turn: Turn) -> dict[str, Any]:
    if turn.kind is TurnKind.DEATH:
        return {"died_on": turn.from_on.isoformat(), "tries": 0}
    return {"status": str(STATUSES[turn.kind]), "from_on": turn.from_on.isoformat(), "until_on": _day(turn.until_on)}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
