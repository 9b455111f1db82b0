"""What sensors say, over HTTP and MQTT, with the rules running; and the look for homes whose time has come."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice

from sqlalchemy import Engine, text

from app import clock
from app.db import db, transaction
from bench import brokers
from bench.figures import Figure
from bench.homes import PLACES, batches, copy_again, count_events, day_of_events, make_homes, owner_engine
from bench.load import closed_loop, post
from bench.world import HOME, Server, World, open_server
from safety.intake.sweeping import AT_ONCE, sweep
from safety.judging.events import Event
from safety.judging.services import judge

HOMES, BATCH, CLIENTS, SECONDS = 20_000, 250, 4, 60.0
HTTP_AIM, MQTT_AIM, SWEEP_AIM = 3_000.0, 1_000.0, 5.0
# How many seconds ``events_http`` takes, if not a minute: ten minutes show whether memory stays flat.
LONGER = "BENCH_SECONDS"
MESSAGES, CARRIED, MOST_SECONDS = 40_000, 10_000, 300
SWEPT_HOMES, SWEPT_DUE = 100_000, 2_000


def run_http(world: World) -> list[Figure]:
    """Let platforms of vendors send batches for a minute, as fast as they are taken; or for as long as one wishes."""
    make_homes(world, homes=HOMES, with_devices=HOMES, now=clock.now())
    seconds = float(os.environ.get(LONGER, SECONDS))
    requests = _requests(ready=seconds <= SECONDS)
    engine = owner_engine(world)
    with open_server(world) as server:
        closed_loop(server.port, islice(requests, 40), clients=CLIENTS, seconds=5)
        with _memory_after(server, seconds / 10) as early:
            outcome = closed_loop(server.port, requests, clients=CLIENTS, seconds=seconds)
        late = server.memory_mb()
    assert set(outcome.statuses) == {202}, outcome.statuses
    reference = copy_again(engine)
    engine.dispose()
    p99 = outcome.quantile(0.99) * 1000
    memory = f"memory {early[0]:.0f} MB after {seconds / 10:g} s, {late:.0f} MB after {seconds:g} s"
    note = f"batches of {BATCH}, p99 {p99:.0f} ms, {memory}; reference COPY of the same rows"
    return [
        _figure(
            "events_http",
            value=outcome.per_second * BATCH,
            unit="events/s",
            reference=reference,
            aim=HTTP_AIM,
            note=note,
        )
    ]


def _requests(*, ready: bool) -> Iterator[bytes]:
    """Return batches to send: made before, or for a long run while they are sent, so that they fill no memory here."""
    events = day_of_events(homes=HOMES, begun=clock.now() - timedelta(minutes=2), per_second=5_000)
    made = (
        post("/api/v1/safety/events", token=f"bench-{gateway}", key="-", body=json.dumps({"events": batch}).encode())
        for gateway, batch in batches(events, BATCH)
    )
    return iter(list(islice(made, int(8_000 * SECONDS / BATCH)))) if ready else made


@contextmanager
def _memory_after(server: Server, seconds: float) -> Iterator[list[float]]:
    """Note what the server holds after a while: what it needs to work is there by then."""
    found: list[float] = []
    timer = threading.Timer(seconds, lambda: found.append(server.memory_mb()))
    timer.start()
    yield found
    timer.join()


def run_mqtt(world: World) -> list[Figure]:
    """Let sensors tell the broker, one message each, and the listener take them in."""
    make_homes(world, homes=HOMES, with_devices=HOMES, now=clock.now())
    events = day_of_events(homes=HOMES, begun=clock.now() - timedelta(minutes=2), per_second=1_000)
    messages = [
        (f"chongyang/bench-{gateway}/{event.pop('device')}/event", json.dumps(event))
        for gateway, event in islice(events, MESSAGES)
    ]
    kept = sum('"heartbeat"' not in payload for _topic, payload in messages)
    engine = owner_engine(world)
    with brokers.running() as broker:
        reference = brokers.carry(broker, messages[:CARRIED])
        with _listening(world, broker):
            begun = time.perf_counter()
            brokers.publish(broker, messages)
            while count_events(engine) < kept and time.perf_counter() - begun < MOST_SECONDS:
                time.sleep(0.1)
            taken = time.perf_counter() - begun
    stored = count_events(engine)
    engine.dispose()
    assert stored == kept, (stored, kept)
    note = f"{broker.name}, one event a message; reference the broker alone with the same messages"
    return [
        _figure(
            "events_mqtt", value=len(messages) / taken, unit="messages/s", reference=reference, aim=MQTT_AIM, note=note
        )
    ]


def run_sweep(world: World) -> list[Figure]:
    """Look for the homes that are due among a hundred thousand, and judge them."""
    make_homes(world, homes=SWEPT_HOMES, with_devices=0, now=clock.now())
    engine = owner_engine(world)
    _make_states(engine)
    reference = _read_and_write(engine)
    begun, judged = time.perf_counter(), 0
    while True:
        with transaction() as session:
            found = sweep(session, now=clock.now())
        db.session.remove()
        judged += found
        if found < AT_ONCE:
            break
    taken = time.perf_counter() - begun
    engine.dispose()
    assert judged >= SWEPT_DUE, judged
    note = f"{judged} of {SWEPT_HOMES:,} homes were due; reference those rows read and written by SQL alone"
    is_met = taken < SWEEP_AIM
    aim = f"< {SWEEP_AIM:.0f} s"
    ratio = taken / reference
    return [
        Figure(
            name="sweep_100k", value=taken, unit="s", reference=reference, ratio=ratio, aim=aim, met=is_met, note=note
        )
    ]


def _figure(name: str, *, value: float, unit: str, reference: float, aim: float, note: str) -> Figure:
    return Figure(
        name=name,
        value=value,
        unit=unit,
        reference=reference,
        ratio=value / reference,
        aim=f">= {aim:,.0f}",
        met=value >= aim,
        note=note,
    )


@contextmanager
def _listening(world: World, broker: brokers.Running) -> Iterator[None]:
    """Run the listener as production does."""
    environment = {
        **os.environ,
        "DATABASE_URL": world.settings.database_url,
        "CHONGYANG_OWNER_DATABASE_URL": world.settings.owner_database_url,
        "CHONGYANG_HOME": str(HOME),
        "CHONGYANG_LOG_LEVEL": "WARNING",
        "CHONGYANG_MQTT_URL": f"mqtt://127.0.0.1:{broker.port}",
        "CHONGYANG_MQTT_USER": brokers.USER,
        "CHONGYANG_MQTT_PASSWORD": brokers.PASSWORD,
        "FLASK_APP": "app",
    }
    process = subprocess.Popen([sys.executable, "-m", "flask", "safety", "listen"], env=environment)
    engine = owner_engine(world)
    try:
        while not _is_beating(engine):
            assert process.poll() is None
            time.sleep(0.1)
        yield
    finally:
        engine.dispose()
        process.terminate()
        process.wait(20)


def _is_beating(engine: Engine) -> bool:
    with engine.connect() as connection:
        return bool(
            connection.scalar(text("SELECT count(*) FROM safety_watch WHERE name = 'listener' AND beat_at IS NOT NULL"))
        )


def _make_states(engine: Engine) -> None:
    """Let one home live through an hour, and all others be as it is; a few of them are due."""
    now = clock.now()
    with transaction() as session:
        home_id = session.scalar(text("SELECT min(id) FROM safety_home"))
        assert home_id is not None
        told = [
            Event(now - timedelta(minutes=60 - minute), f"motion-{minute % 3}", "motion", PLACES[minute % 3], "on")
            for minute in range(60)
        ]
        judge(session, events_by_home={home_id: told}, now=now)
    db.session.remove()
    with engine.begin() as connection:
        copied = (
            "INSERT INTO safety_home_state (home_id, state, rhythm, due_at)"
            " SELECT h.id, s.state, s.rhythm, now() + interval '1 hour' FROM safety_home h, safety_home_state s"
            " WHERE h.id <> s.home_id"
        )
        connection.execute(text(copied))
        due = (
            "UPDATE safety_home_state SET due_at = now() - interval '1 minute' WHERE home_id IN"
            " (SELECT home_id FROM safety_home_state ORDER BY home_id % 997, home_id LIMIT :due)"
        )
        connection.execute(text(due), {"due": SWEPT_DUE})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE safety_home_state"))


def _read_and_write(engine: Engine) -> float:
    """Return how long PostgreSQL alone takes to find the due rows and write them over."""
    begun = time.perf_counter()
    with engine.connect() as connection, connection.begin() as undone:
        connection.execute(
            text(
                "UPDATE safety_home_state SET state = state, due_at = now() + interval '1 hour' WHERE home_id IN"
                " (SELECT home_id FROM safety_home_state WHERE due_at <= now() FOR UPDATE SKIP LOCKED)"
            )
        )
        undone.rollback()
    return time.perf_counter() - begun
