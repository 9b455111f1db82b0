"""Finding gateways and devices for what comes in: one statement each, however many they are."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from safety.intake.arrivals import Source
from safety.intake.rules import SAME_PRESS


@dataclass(frozen=True, slots=True)
class Known:
    """A device that a gateway calls by a name, and what was last heard of it.

    ``is_tested`` says that what it tells now is a test; ``tested_from`` is since when, in a home that is watched over.
    """

    id: int
    home_id: int | None
    type: str
    place: str
    is_tested: bool
    tested_from: datetime | None
    heard_at: datetime | None
    said: Mapping[str, Any]


# What is not yet installed, or stands in a home that is not yet watched, does not call in earnest; nor does what is
# being tried in one, until it was heard once: whoever presses it again means it.
DEVICES = """
    SELECT d.gateway_id, d.ref, d.id, d.home_id, d.type, d.place,
           d.home_id IS NOT NULL AND (d.state <> 'installed' OR h.state <> 'active'
             OR (coalesce(h.testing_until > :now, false) AND (d.tested_at IS NULL OR d.tested_at < h.testing_from
               OR d.tested_at > CAST(:now AS timestamptz) - CAST(:same_press AS interval)))) AS is_tested,
           CASE WHEN d.state = 'installed' AND h.state = 'active' AND h.testing_until > :now
             THEN h.testing_from END AS tested_from,
           s.received_at AS heard_at, coalesce(s.state, '{}'::jsonb) AS said
      FROM safety_device AS d
      LEFT JOIN safety_home AS h ON h.id = d.home_id
      LEFT JOIN safety_device_seen AS s ON s.device_id = d.id
"""
USED = "d.state IN ('stocked', 'installed')"
OF_GATEWAYS = text(
    f"""
    {DEVICES} JOIN unnest(CAST(:gateways AS bigint[]), CAST(:refs AS text[])) AS a (gateway_id, ref)
        ON a.gateway_id = d.gateway_id AND a.ref = d.ref
     WHERE {USED}
    """
)
BY_NAME = text(
    f"""
    {DEVICES} JOIN safety_gateway AS g ON g.id = d.gateway_id AND g.state = 'active' AND g.mqtt_user IS NOT NULL
     WHERE {USED} AND d.ref = ANY(CAST(:refs AS text[])) ORDER BY d.id LIMIT :limit
    """
)
GATEWAYS = text(
    """
    SELECT id, code, area_code, home_id FROM safety_gateway
     WHERE state = 'active' AND (code = ANY(CAST(:codes AS text[])) OR id = ANY(CAST(:ids AS bigint[])))
    """
)
IN_EARNEST = text(
    """
    SELECT id FROM safety_home WHERE id = ANY(CAST(:homes AS bigint[])) AND state = 'active'
       AND NOT coalesce(testing_until > :now, false)
    """
)
MOST_NAMESAKES = 1000


def find_devices(
    session: Session, pairs: Collection[tuple[int, str]], *, now: datetime
) -> Mapping[tuple[int, str], Known]:
    """Return the devices that gateways call by these names; unknown ones are left out."""
    if not pairs:
        return {}
    wanted = sorted(pairs)
    asked = {"gateways": [gateway for gateway, _ref in wanted], "refs": [ref for _gateway, ref in wanted], "now": now}
    asked["same_press"] = SAME_PRESS
    return {(row[0], row[1]): Known(*row[2:]) for row in session.execute(OF_GATEWAYS, asked)}


def find_owners(session: Session, refs: Collection[str], *, now: datetime) -> Mapping[str, int]:
    """Return the one gateway at the broker that has a device of this name; two namesakes belong to nobody."""
    if not refs:
        return {}
    asked = {"refs": sorted(refs), "now": now, "limit": MOST_NAMESAKES, "same_press": SAME_PRESS}
    found: dict[str, set[int]] = {}
    for row in session.execute(BY_NAME, asked):
        found.setdefault(row.ref, set()).add(row.gateway_id)
    return {ref: next(iter(gateways)) for ref, gateways in found.items() if len(gateways) == 1}


def find_sources(session: Session, *, codes: Collection[str] = (), ids: Collection[int] = ()) -> list[Source]:
    """Return gateways in use, by their codes or ids."""
    if not codes and not ids:
        return []
    rows = session.execute(GATEWAYS, {"codes": sorted(codes), "ids": sorted(ids)})
    return [Source(id=row.id, code=row.code, area_code=row.area_code, home_id=row.home_id) for row in rows]


def find_in_earnest(session: Session, homes: Iterable[int], *, now: datetime) -> frozenset[int]:
    """Return which of these homes are watched and not being tried."""
    wanted = sorted(set(homes))
    return frozenset(session.scalars(IN_EARNEST, {"homes": wanted, "now": now})) if wanted else frozenset()
