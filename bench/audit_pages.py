"""The auditor's pages with a million transactions loaded: how long a first page and each step down take."""

import json
import statistics
import time
import urllib.request
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import create_engine, text

from app import clock
from app.clock import business_day
from app.folding import SETTLED_AFTER
from bench.figures import Figure
from bench.sql_audit_pages import TRANSACTIONS, load_sales
from bench.world import Server, World, open_server

AIM_MS = 300
ROUNDS = 40
# The first answers compile a page in each of the workers; they are not counted.
WARMING = 8
LOG_IN = {"username": "auditor", "password": "demo-2026"}


def run(world: World) -> list[Figure]:
    """Load, keep the sums as the nightly job does, and ask for every page again and again."""
    load_seconds, fold_seconds = _load(world)
    with open_server(world) as server:
        paths = _paths(world)
        slowest = {name: p95_of(server, path) for name, path in paths.items()}
    for name, seconds in sorted(slowest.items(), key=lambda item: -item[1]):
        print(f"  {seconds * 1000:7.0f} ms  {name}")
    worst = max(slowest, key=lambda name: slowest[name])
    return [
        Figure(
            name="audit_pages_1m",
            value=slowest[worst] * 1000,
            unit="ms",
            reference=statistics.median(slowest.values()) * 1000,
            ratio=None,
            aim=f"p95 of every page < {AIM_MS} ms",
            met=slowest[worst] * 1000 < AIM_MS,
            note=f"slowest of {len(paths)}: {worst}; loaded in {load_seconds:.0f} s, sums in {fold_seconds:.0f} s",
        )
    ]


def _load(world: World) -> tuple[float, float]:
    engine = create_engine(world.database.addresses().owner)
    begun = time.monotonic()
    with engine.begin() as connection:
        load_sales(connection, count=TRANSACTIONS)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE)"))
    loading = time.monotonic() - begun
    time.sleep(SETTLED_AFTER.total_seconds())  # as long as the job waits for what was booked just now
    begun, before = time.monotonic(), clock.now() - SETTLED_AFTER
    with engine.begin() as connection:
        connection.execute(text("SELECT fold_ledger(:before), fold_meals(:before)"), {"before": before})
    folding = time.monotonic() - begun
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()
    return loading, folding


def _paths(world: World) -> Mapping[str, str]:
    """Return every step from the total down to the postings of one sale."""
    engine = create_engine(world.database.addresses().owner)
    with engine.connect() as connection:
        sale = connection.execute(
            text("SELECT id, home, canteen_id, meal_on FROM checkout ORDER BY booked_at DESC OFFSET 5000 LIMIT 1")
        ).one()
        area = connection.scalar(text("SELECT left(area_code, 6) FROM canteen WHERE id = :id"), {"id": sale.canteen_id})
        merchant = connection.scalar(
            text("SELECT merchant_account FROM canteen WHERE id = :id"), {"id": sale.canteen_id}
        )
        programme = connection.scalar(text("SELECT programme FROM ledger.lot LIMIT 1"))
    engine.dispose()
    today = business_day(clock.now())
    month = (today.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    last, first = sale.meal_on, sale.meal_on - timedelta(days=30)
    days = f"from={first}&until={last}"
    return {
        "overview": "/overview",
        "overview of a past month": f"/overview?month={month}",
        "overview of a district": f"/overview?month={month}&area={area}",
        "people of a month": f"/meals/guests?month={month}",
        "people of a district": f"/meals/guests?month={month}&area={area}",
        "people of a canteen": f"/meals/guests?month={month}&canteen={sale.canteen_id}",
        "sales of a month": f"/meals/sales?{days}",
        "sales of a day": f"/meals/sales?from={last}&until={last}",
        "sales undone in a month": f"/meals/sales?{days}&state=reversed",
        "sales of a canteen": f"/meals/sales?{days}&canteen={sale.canteen_id}",
        "sales of a person": f"/meals/sales?{days}&guest={sale.home}",
        "one sale": f"/meals/sales/{sale.id}",
        "movements of a month": f"/ledger/movements?{days}",
        "movements of a district": f"/ledger/movements?{days}&area={area}",
        "movements of a programme": f"/ledger/movements?{days}&programme={programme}",
        "movements of an account": f"/ledger/movements?{days}&account={merchant}",
        "holders of a programme": f"/ledger/programmes/{programme}",
        "a wallet": f"/wallets/{sale.home}",
        "one transaction": f"/wallets/{sale.home}/transactions/{sale.id}",
        "an account": f"/ledger/accounts/{merchant}?on={last}",
        "all accounts": "/ledger",
        "findings of failed scans": f"/meals/failed-scans?{days}",
    }


def p95_of(server: Server, path: str) -> float:
    """Ask for a page again and again, and return how long nineteen of twenty answers took at most, in seconds."""
    seconds = []
    token = _log_in(server.port)
    for _round in range(WARMING + ROUNDS):
        request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}")
        request.add_header("Authorization", f"Bearer {token}")
        begun = time.monotonic()
        with urllib.request.urlopen(request, timeout=60) as answer:
            answer.read()
        seconds.append(time.monotonic() - begun)
    return sorted(seconds[WARMING:])[int(ROUNDS * 0.95) - 1]


def _log_in(port: int) -> str:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/auth/tokens", json.dumps(LOG_IN).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        token: str = json.load(answer)["token"]
    return token
