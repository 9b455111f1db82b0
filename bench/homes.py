"""Homes with kits to measure with: three sensors and an alarm each, behind a few platforms of vendors."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import Engine, create_engine, text

import safety
from app.clock import business_day
from app.policies.folder import read_folder
from bench.world import World

GATEWAYS = 20
PLACES = ("bedroom", "bathroom", "living room")
FOLDER = Path(safety.__file__).resolve().parent / "policies"

# Homes of invented people; those of more homes than there are seniors belong to nobody, which only a measurement may.
MAKE = """
SET LOCAL session_replication_role = replica;
INSERT INTO safety_home (senior_id, area_code, state, lives_alone, kin_near, payer, agreed_by, agreed_on, applied_on,
                         applied_by, started_on)
SELECT coalesce(s.id, -n), coalesce(s.residence_area_code, '330102'), 'active', true, false, 'public', 'senior',
       :today, :today, (SELECT min(id) FROM account), :today
  FROM generate_series(1, :homes) AS n
  LEFT JOIN (SELECT id, residence_area_code, row_number() OVER (ORDER BY id) AS n FROM senior) AS s USING (n)
 WHERE NOT EXISTS (SELECT FROM safety_home h WHERE h.senior_id = coalesce(s.id, -n) AND h.state <> 'ended');
INSERT INTO safety_gateway (code, name, area_code, token_digest, token_at, token_by, mqtt_user, mqtt_password,
                            added_at, added_by)
SELECT 'bench-' || n, 'x', '330100', sha256(('bench-' || n)::bytea), now(), (SELECT min(id) FROM account),
       'bench-' || n, 'x', now(), (SELECT min(id) FROM account)
  FROM generate_series(0, :gateways - 1) AS n;
INSERT INTO safety_device (area_code, ref, gateway_id, home_id, type, place, serial, state, installed_at, tested_at,
                           added_at, added_by)
SELECT h.area_code, d.type || '-' || d.place || '-' || h.n, g.id, h.id, d.type, d.place,
       'bench-' || h.n || '-' || d.type || d.place, 'installed', now(), now(), now(), g.added_by
  FROM (SELECT id, area_code, row_number() OVER (ORDER BY id) - 1 AS n FROM safety_home) AS h
  JOIN safety_gateway g ON g.code = 'bench-' || h.n % :gateways
 CROSS JOIN (VALUES ('motion', 'bedroom'), ('motion', 'bathroom'), ('motion', 'living room'), ('door', 'hall'),
                    ('sos', 'bedside')) AS d (type, place)
 WHERE h.n < :with_devices;
"""


def make_homes(world: World, *, homes: int, with_devices: int, now: datetime) -> None:
    """Make homes, and let the first of them have devices."""
    asked = {"homes": homes, "gateways": GATEWAYS, "with_devices": with_devices, "today": business_day(now)}
    engine = create_engine(world.database.addresses().owner)
    with engine.begin() as connection:
        for statement in MAKE.split(";\n"):
            if statement.strip():
                found = {name: value for name, value in asked.items() if f":{name}" in statement}
                connection.execute(text(statement), found)
        _publish(connection)
    _analyze(engine)
    engine.dispose()


def _publish(connection: Any) -> None:
    """Publish the documents of safety that the demonstration has not."""
    for document in read_folder(FOLDER):
        connection.execute(
            text(
                "INSERT INTO policy_document (kind, area_code, valid_from, title, source, body, state, maker_id,"
                " checker_id, submitted_at, decided_at, created_at)"
                " SELECT :kind, '330100', '2020-01-01', '{}', '{}', CAST(:body AS jsonb), 'published',"
                " min(id), max(id), now(), now(), now() FROM account"
                " HAVING NOT EXISTS (SELECT FROM policy_document WHERE kind = :kind)"
            ),
            {"kind": document["kind"], "body": json.dumps(document["body"], default=str)},
        )


def _analyze(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def day_of_events(*, homes: int, begun: datetime, per_second: float) -> Iterator[tuple[int, dict[str, Any]]]:
    """Tell what sensors say, home by home in an order without locality: of which platform, and what.

    Seven of ten say that somebody moves, one in twenty is a door, the rest are signs of life.
    """
    for number in count():
        home = number * 7919 % homes
        turn = (number // homes + number) % 20
        at = (begun + timedelta(seconds=number / per_second)).isoformat()
        if turn < 14:
            place = PLACES[number % 3]
            said = {"device": f"motion-{place}-{home}", "kind": "motion", "state": "on" if turn % 2 else "off"}
        elif turn < 15:
            said = {"device": f"door-hall-{home}", "kind": "door", "state": "open" if home % 2 else "closed"}
        else:
            said = {"device": f"sos-bedside-{home}", "kind": "heartbeat", "state": "on"}
        yield home % GATEWAYS, {**said, "at": at, "id": f"b{number}"}


def batches(events: Iterator[tuple[int, dict[str, Any]]], size: int) -> Iterator[tuple[int, Sequence[dict[str, Any]]]]:
    """Gather events into batches, each of one platform."""
    waiting: dict[int, list[dict[str, Any]]] = {}
    for gateway, event in events:
        batch = waiting.setdefault(gateway, [])
        batch.append(event)
        if len(batch) == size:
            yield gateway, waiting.pop(gateway)


def owner_engine(world: World) -> Engine:
    """Return a way to the database as the owner, for figures about it."""
    return create_engine(world.database.addresses().owner)


def count_events(engine: Engine) -> int:
    """Count what is stored."""
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM safety_event")) or 0)


def copy_again(engine: Engine) -> float:
    """COPY all stored events into an empty table of the same shape, and return how many a second."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE bench_event (LIKE safety_event INCLUDING ALL)"))
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor:
            with cursor.copy("COPY (SELECT * FROM safety_event LIMIT 200000) TO STDOUT") as out:
                rows = [bytes(block) for block in out]
            begun = perf_counter()
            with cursor.copy("COPY bench_event FROM STDIN") as into:
                for row in rows:
                    into.write(row)
            taken = perf_counter() - begun
        connection.execute(text("DROP TABLE bench_event"))
    return len(rows) / taken
