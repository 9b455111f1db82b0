"""The first page of families: how long it takes, what it weighs, and a thousand of them a minute beside the tills."""

import gzip
import re
import threading
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from sqlalchemy import create_engine, text

from app.tokens import digest, new_secret
from bench.checkout import sales
from bench.figures import Figure
from bench.load import Outcome, closed_loop, open_loop
from bench.world import Server, World, cards_of, open_server

FAMILIES = 1_000
ALONE_ROUNDS = 400
SECONDS = 60
SALES_PER_SECOND = 50
AIM_MS = 50
AIM_SALES_P99_MS = 60
AIM_KB = 60

SENIORS = """
SELECT c.senior_id AS senior_id, c.number AS card, s.residence_area_code AS area_code
  FROM card AS c JOIN senior AS s ON s.id = c.senior_id JOIN ledger.book AS b ON b.home = s.id
 WHERE c.state = 'issued' AND b.balance_fen > 0 ORDER BY md5(c.number) DESC LIMIT :count
"""
ACCOUNTS = """
INSERT INTO account (username, password_hash, name, must_change_password, password_changed_at, created_at)
SELECT 'bench-family-' || n, '!', '家属', false, now(), now() FROM generate_series(1, :count) AS n
RETURNING id
"""
ROLE = """
INSERT INTO role_grant (account_id, role, area_code, valid_from, granted_at)
VALUES (:account_id, 'family', :area_code, current_date - 30, now())
"""
LINK = """
WITH link AS (
    INSERT INTO relative_link (senior_id, account_id, name, relation, state, asked_at, asked_by, decided_at, decided_by)
    VALUES (:senior_id, :account_id, '家属', 'child', 'active', now(), :account_id, now(), :account_id) RETURNING id)
INSERT INTO consent (link_id, topic, given_on, how, witnessed_by, given_at)
SELECT link.id, topic, current_date - 30, 'in_person', :account_id, now()
  FROM link, unnest(ARRAY['balance', 'meals', 'visits', 'alerts']) AS topic
"""
TOKEN = """
INSERT INTO access_token (digest, kind, account_id, label, address, created_at, last_seen_at, expires_at)
VALUES (:digest, 'bearer', :account_id, 'bench', '127.0.0.1', now(), now(), now() + interval '1 day')
"""
# Lunch on two days of three for two months: for reading, beside no entry of the books.
MEALS = """
INSERT INTO checkout (home, id, number, canteen_id, account_id, card, meal_on, window_name, slot, price_fen,
    public_fen, concession_fen, points_fen, cash_fen, shares, items, facts, reasons, policy_ids, posted, occurred_at,
    booked_at)
SELECT :senior_id, gen_random_uuid(), '1-' || n, p.id, a.id, :card, current_date - n, 'lunch', 9, 1600,
    800, 0, 600, 200, '[{"kind": "city", "payer": "city","amount_fen": 800}]',
    '[{"id": 1, "name": "A 套餐", "name_en": "Set meal A", "kind": "set_meal", "count": 1, "price_fen": 1600}]',
    '{}', '[]', '{}', true, now() - n * interval '1 day', now() - n * interval '1 day'
  FROM generate_series(1, 60) AS n, (SELECT min(id) AS id FROM canteen) AS p, (SELECT min(id) AS id FROM account) AS a
 WHERE n % 3 > 0
"""


@dataclass(frozen=True, slots=True)
class Family:
    """A relative who is logged in, and whom they look after."""

    senior_id: int
    secret: str


def run(world: World) -> list[Figure]:
    """Measure the page alone, then beside the lunch rush, and weigh it."""
    families = _make_families(world)
    with open_server(world) as server:
        pages = [_get(f"/family/{each.senior_id}", each.secret) for each in families]
        closed_loop(server.port, pages[:60], clients=4, seconds=10)
        alone = closed_loop(server.port, pages[:ALONE_ROUNDS], clients=1, seconds=60)
        weight_kb = _weigh(server, families[0])
        rush, sold = _rush(world, server, pages)
    return [_figure_alone(alone), _figure_weight(weight_kb), _figure_rush(rush, sold)]


def _figure_alone(alone: Outcome) -> Figure:
    p95 = alone.quantile(0.95) * 1000
    return Figure(
        name="family_home",
        value=p95,
        unit="ms p95",
        reference=None,
        ratio=None,
        aim=f"< {AIM_MS}",
        met=p95 < AIM_MS and set(alone.statuses) == {200},
        note=f"p50 {alone.quantile(0.5) * 1000:.0f} ms, one at a time",
    )


def _figure_weight(weight_kb: float) -> Figure:
    return Figure(
        name="family_home_weight",
        value=weight_kb,
        unit="kB",
        reference=None,
        ratio=None,
        aim=f"< {AIM_KB}",
        met=weight_kb < AIM_KB,
        note="page, styles, scripts, their words and icons, as they are sent",
    )


def _figure_rush(rush: Outcome, sold: Outcome) -> Figure:
    p95, slow_sale = rush.quantile(0.95) * 1000, sold.quantile(0.99) * 1000
    complete = rush.lost == sold.lost == 0 and set(rush.statuses) == {200} and set(sold.statuses) == {201}
    return Figure(
        name="family_home_rush",
        value=p95,
        unit="ms p95",
        reference=slow_sale,
        ratio=None,
        aim=f"{FAMILIES} a minute beside {SALES_PER_SECOND} sales/s: none lost, sales p99 < {AIM_SALES_P99_MS} ms",
        met=complete and slow_sale < AIM_SALES_P99_MS,
        note=f"reference: p99 of the sales; {rush.per_second * 60:.0f} a minute, {sold.per_second:.0f} sales/s",
    )


def _make_families(world: World) -> list[Family]:
    """Write a thousand relatives with their consents, and two months of meals for each senior."""
    engine = create_engine(world.database.addresses().owner)
    found = []
    with engine.begin() as connection:
        seniors = connection.execute(text(SENIORS), {"count": FAMILIES}).all()
        accounts = connection.scalars(text(ACCOUNTS), {"count": len(seniors)}).all()
        for senior, account_id in zip(seniors, accounts, strict=True):
            secret = new_secret()
            row = {**senior._mapping, "account_id": account_id, "digest": digest(secret)}
            for statement in (ROLE, LINK, TOKEN, MEALS):
                connection.execute(text(statement), row)
            found.append(Family(senior.senior_id, secret))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()
    return found


def _rush(world: World, server: Server, pages: Sequence[bytes]) -> tuple[Outcome, Outcome]:
    """Let the tills sell at their pace while families look."""
    requests = sales(server, cycle(cards_of(world, 20_000)), SALES_PER_SECOND * SECONDS)
    sold: list[Outcome] = []
    tills = threading.Thread(
        target=lambda: sold.append(open_loop(server.port, requests, per_second=SALES_PER_SECOND, clients=16))
    )
    tills.start()
    due = list(islice(cycle(pages), FAMILIES))
    rush = open_loop(server.port, due, per_second=FAMILIES / SECONDS, clients=8)
    tills.join()
    return rush, sold[0]


def _weigh(server: Server, family: Family) -> float:
    """Return how many kilobytes a phone receives that never was here before."""
    page = _receive(server, f"/family/{family.senior_id}", family.secret)
    html = page.decode()
    parts = set(re.findall(r'(?:href|src)="(/assets/[^"#]+)', html))
    base = "/".join(min(parts).split("/")[:3])
    parts |= {f"{base}/strings.js", f"{base}/strings/zh.json"}
    return (len(page) + sum(len(_receive(server, part, family.secret)) for part in sorted(parts))) / 1000


def _receive(server: Server, path: str, secret: str) -> bytes:
    """Return the body of an answer as it was sent; only the page itself is unpacked to be read."""
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}")
    request.add_header("Authorization", f"Bearer {secret}")
    request.add_header("Accept-Encoding", "gzip")
    with urllib.request.urlopen(request, timeout=10) as answer:
        body: bytes = answer.read()
        is_page = answer.headers.get_content_type() == "text/html" and answer.headers.get("Content-Encoding") == "gzip"
    return gzip.decompress(body) if is_page else body


def _get(path: str, secret: str) -> bytes:
    lines = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {secret}\r\nAccept: text/html\r\n\r\n"
    return lines.encode()
