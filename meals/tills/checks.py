"""The checks on what tills decided by themselves: told the moment it comes in, and again by each night's run."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from app.clock import business_day
from meals.checks.sales import canteen_source, named, sale_sources, senior_source
from meals.tills import words
from meals.tills.conflicts import BARRED, KEPT, LATE, LIMITS, NUMBERS, POINTS, SUBSIDY, Conflict, by_check
from subsidies.findings.checks import Check, Found, Limits, Parameter, Window
from subsidies.findings.reporting import report_found

UPLOADS = """
    SELECT u.id, u.kind, u.seq, u.conflicts, u.said_at, u.received_at, d.number AS device, t.number AS till,
           n.id AS canteen_id, n.area_code, n.name, n.name_en, k.id AS sale_id, k.home, k.meal_on, k.price_fen,
           k.public_fen, k.points_fen, k.unpaid_fen
      FROM till_upload AS u
      JOIN till_device AS d ON d.id = u.device_id
      JOIN till AS t ON t.id = d.till_id
      JOIN canteen AS n ON n.id = t.canteen_id
      LEFT JOIN till_upload AS s ON s.id = u.undoes
      LEFT JOIN checkout AS k
             ON k.id = coalesce((u.body ->> 'checkout')::uuid, (s.body ->> 'checkout')::uuid, u.undoes, u.id)
"""
ONE = text(UPLOADS + " WHERE u.id = :id")
OF_DAYS = text(
    UPLOADS
    + """
     WHERE u.conflicts <> '[]' AND u.received_at >= :from_at AND u.received_at < :until_at
       AND n.area_code LIKE :within AND n.area_code NOT LIKE ALL (CAST(:without AS text[]))
     ORDER BY u.received_at, u.id
    """
)
# Numbers are looked at with those of the week before, so that the first of a month is no gap.
GAPS = text(
    """
    SELECT x.*, d.number AS device, t.number AS till, n.id AS canteen_id, n.area_code, n.name, n.name_en
      FROM (SELECT u.device_id, u.seq, u.received_at,
                   lag(u.seq) OVER (PARTITION BY u.device_id ORDER BY u.seq) AS before
              FROM till_upload AS u
             WHERE u.seq IS NOT NULL AND u.received_at >= :from_at - interval '7 days') AS x
      JOIN till_device AS d ON d.id = x.device_id
      JOIN till AS t ON t.id = d.till_id
      JOIN canteen AS n ON n.id = t.canteen_id
     WHERE x.seq - x.before > 1 AND x.received_at >= :from_at
       AND x.received_at < :until_at - make_interval(hours => :hours)
       AND n.area_code LIKE :within AND n.area_code NOT LIKE ALL (CAST(:without AS text[]))
     ORDER BY x.device_id, x.seq
    """
)
AMOUNT: dict[str, Callable[[Row[Any]], int]] = {
    POINTS: lambda row: row.unpaid_fen,
    SUBSIDY: lambda row: row.public_fen,
}


def report(session: Session, *, upload_id: UUID, now: datetime) -> None:
    """Let people know of what is odd about a thing that a till sent, at once."""
    row = session.execute(ONE, {"id": upload_id}).one()
    for code, conflicts in by_check(row.conflicts).items():
        report_found(session, code=code, found=_found(code, row, conflicts), now=now)


def find_conflicts(code: str, session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find what tills sent on these days and the server would have decided otherwise."""
    for row in session.execute(OF_DAYS, window.as_parameters()):
        conflicts = by_check(row.conflicts).get(code)
        if conflicts:
            yield _found(code, row, conflicts, severity=limits["severity"])


def find_missing(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find numbers of tills that never came."""
    for row in session.execute(GAPS, {**window.as_parameters(), "hours": limits["hours"]}):
        yield Found(
            key=f"{row.device_id}|{row.before + 1}",
            happened_on=business_day(row.received_at),
            area_code=row.area_code,
            canteen_id=row.canteen_id,
            severity=limits["severity"],
            facts={
                "till": row.till,
                "device": row.device,
                "first": row.before + 1,
                "last": row.seq - 1,
                **named(row),
            },
            sources=[canteen_source(row.canteen_id)],
        )


def _found(code: str, row: Row[Any], conflicts: list[Conflict], *, severity: str = "medium") -> Found:
    about = [senior_source(row.home), *sale_sources(row.home, [row.sale_id])] if row.sale_id else []
    amount = AMOUNT.get(code, lambda each: each.public_fen + each.points_fen) if row.sale_id else None
    return Found(
        key=str(row.id),
        happened_on=row.meal_on or business_day(row.said_at or row.received_at),
        area_code=row.area_code,
        canteen_id=row.canteen_id,
        senior_id=row.home,
        amount_fen=amount(row) if amount else 0,
        severity=severity,
        facts={
            "till": row.till,
            "device": row.device,
            "seq": row.seq,
            "price_fen": row.price_fen,
            "reasons": list(conflicts),
            **named(row),
        },
        sources=[*about, canteen_source(row.canteen_id)],
    )


def _check(code: str, title: Any, about: Any, *, severity: str = "medium") -> Check:
    return Check(
        code=code,
        title=title,
        about=about,
        severity=severity,
        parameters=(),
        find=partial(find_conflicts, code),
        explain=words.tell_conflicts,
    )


CHECKS = (
    _check(
        POINTS,
        _l("Offline sale: points were gone"),
        _l("A till took points that were no longer there when the sale came in. They were not taken; part is unpaid."),
    ),
    _check(
        BARRED,
        _l("Offline sale: card or code would not pay"),
        _l("Lost or cancelled cards, used or old codes, people who died or live in an institution, closed canteens."),
        severity="high",
    ),
    _check(
        SUBSIDY,
        _l("Offline sale: another subsidy"),
        _l("The server would have given another subsidy or none, for example for a second meal in another canteen."),
    ),
    _check(
        LATE,
        _l("Offline sale: late, or the clock was wrong"),
        _l("Sales that came later than the rules allow or into a closed month, and clocks that cannot be right."),
        severity="low",
    ),
    _check(
        LIMITS,
        _l("Till beyond its limits"),
        _l("Offline sales beyond what a till may do by itself, cashiers who do not work there, sales undone twice."),
    ),
    Check(
        code=NUMBERS,
        title=_l("Sales of a till are missing"),
        about=_l("A till counts what it sells. Numbers are missing between those that came: sales were lost or kept."),
        severity="high",
        parameters=(
            Parameter(
                name="hours",
                label=_l("Hours that a late sale may take"),
                unit="count",
                least=0,
                most=24 * 14,
                example=24,
            ),
        ),
        find=find_missing,
        explain=words.tell_missing,
    ),
    _check(
        KEPT,
        _l("Sent by a till and not booked"),
        _l("What a till sent could not be understood, or belongs to nobody we know. It is kept as it came."),
        severity="high",
    ),
)
