"""The visits that a check looks at: begun on some days in some places; and how a carer's odd visits become findings."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from subsidies.findings.checks import Found, Limits, Source, Window

PLACES = "v.area_code LIKE :within AND v.area_code NOT LIKE ALL (CAST(:without AS text[]))"
# What was paid for a visit, as long as it was not taken back.
PAID = "coalesce((SELECT p.price_fen FROM visit_payment AS p WHERE p.visit_id = v.id AND p.reversed_at IS NULL), 0)"
COLUMNS = f"""
    v.id, v.senior_id, v.provider_id, v.carer_id, v.area_code, v.service, v.started_at, v.finished_at,
    upper(v.planned) AS planned_until,
    timezone('Asia/Shanghai', v.started_at)::date AS on_day, c.name AS carer, n.name AS provider,
    extract(epoch FROM upper(v.planned) - lower(v.planned)) / 60 AS planned_minutes,
    extract(epoch FROM v.finished_at - v.started_at) / 60 AS minutes, {PAID} AS paid_fen
"""
# One person with two accounts is one carer: who somebody is says the ID number.
DONE = f"""
    WITH done AS (
        SELECT {COLUMNS}, coalesce(encode(c.id_number_index, 'hex'), c.id::text) AS person
          FROM care_visit AS v
          JOIN carer AS c ON c.id = v.carer_id
          JOIN care_provider AS n ON n.id = v.provider_id
         WHERE {PLACES} AND v.state <> 'cancelled' AND v.started_at >= :from_at AND v.started_at < :until_at
    )
"""  # noqa: S608 - no text of a user
# What a supervisor has looked at and let pass counts apart: one case is an answer, many are a habit.
BY_CARER = """
    SELECT b.carer_id, b.carer, b.provider, left(b.area_code, 9) AS street,
           date_trunc('month', b.on_day)::date AS month,
           min(b.on_day) AS first_on, max(b.on_day) AS last_on, count(*) AS visits,
           count(*) FILTER (WHERE b.is_cleared) AS cleared, sum(b.paid_fen)::bigint AS paid_fen,
           min(b.measure) AS least, max(b.measure) AS most, {more}
           CASE WHEN count(DISTINCT b.provider_id) = 1 THEN min(b.provider_id) END AS provider_id,
           array_agg(b.id ORDER BY b.id) AS ids, array_agg(b.senior_id ORDER BY b.id) AS seniors
      FROM bad AS b
     GROUP BY b.carer_id, b.carer, b.provider, street, month
    HAVING count(*) FILTER (WHERE NOT b.is_cleared) >= :visits OR count(*) FILTER (WHERE b.is_cleared) >= :cleared
     ORDER BY b.carer_id, street, month
"""


def ask_visits(session: Session, window: Window, statement: str, **limits: Any) -> Sequence[Row[Any]]:
    """Send a statement that reads from ``done``; it begins where the list of visits ends."""
    return session.execute(text(DONE + statement), {**window.as_parameters(), **limits}).all()


def find_by_carer(
    session: Session, window: Window, statement: str, limits: Limits, *, more: Mapping[str, str] = {}, **numbers: Any
) -> Iterable[Found]:
    """Find carers whose visits are odd in one way, a finding for each month and street.

    :param statement: makes ``bad`` of ``done``: visits with ``is_cleared`` and ``measure``
    :param more: further facts by name, each with what is summed up of ``bad``
    """
    asked = {"visits": limits["visits"], "cleared": limits["cleared"], **numbers}
    columns = "".join(f"{counted} AS {name}, " for name, counted in more.items())
    for row in ask_visits(session, window, statement + BY_CARER.format(more=columns), **asked):
        facts = {
            **named(row),
            "visits": row.visits,
            "cleared": row.cleared,
            "first_on": row.first_on.isoformat(),
            "last_on": row.last_on.isoformat(),
            "least": round(row.least or 0),
            "most": round(row.most or 0),
            **{name: getattr(row, name) for name in more},
        }
        yield Found(
            key=f"{row.carer_id}|{row.street}|{row.month}",
            happened_on=row.first_on,
            area_code=row.street,
            provider_id=row.provider_id,
            amount_fen=row.paid_fen,
            severity=limits["severity"],
            facts=facts,
            sources=[carer_source(row.carer_id), *visit_sources(row.seniors, row.ids)],
        )


def visit_sources(seniors: Sequence[int], ids: Sequence[int]) -> list[Source]:
    """Return visits as the rows that a finding rests on."""
    found = (Source("care_visit", str(each), senior) for senior, each in zip(seniors, ids, strict=True))
    return list(dict.fromkeys(found))


def carer_source(carer_id: int) -> Source:
    """Return a carer as a row that a finding rests on."""
    return Source("carer", str(carer_id))


def senior_source(senior_id: int) -> Source:
    """Return a senior as a row that a finding rests on."""
    return Source("senior", str(senior_id), senior_id)


def named(row: Any) -> dict[str, Any]:
    """Return the facts that name a carer and whom she works for."""
    return {"carer": row.carer, "provider": row.provider}


def widened(window: Window, days: int) -> dict[str, Any]:
    """Return a window's parameters with an earlier first moment beside them, for what is compared with older rows."""
    asked = window.as_parameters()
    return {**asked, "older_at": asked["from_at"] - timedelta(days=days)}
