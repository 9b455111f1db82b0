"""Checkout over HTTP: as fast as it goes, and at a steady lunch-time pace."""

import json
from collections.abc import Iterator
from itertools import cycle, islice
from statistics import median

from bench.figures import Figure
from bench.ledger_spend import measure_spend
from bench.load import Outcome, closed_loop, open_loop, post
from bench.world import Server, World, cards_of, new_key, open_server

ROUNDS = 5
SECONDS = 6.0
CLIENTS = 16
HTTP_AIM = 0.2
HTTP_P99_MS = 150
STEADY_PER_SECOND = 50
STEADY_SECONDS = 60
STEADY_P99_MS = 60
MEMORY_AIM_MB = 400


def run_http(world: World) -> list[Figure]:
    """Measure sales a second with 16 keep-alive clients, beside the bare spend function, turn about."""
    cards = cycle(cards_of(world, 20_000))
    sold: list[float] = []
    spent: list[float] = []
    slow: list[float] = []
    with open_server(world) as server:
        closed_loop(server.port, sales(server, cards, 600), clients=CLIENTS, seconds=2)
        for _round in range(ROUNDS):
            outcome = closed_loop(server.port, sales(server, cards, 12_000), clients=CLIENTS, seconds=SECONDS)
            check(outcome)
            sold.append(outcome.per_second)
            slow.append(outcome.quantile(0.99) * 1000)
            spent.append(measure_spend(world.owner_address, seconds=4))
        memory = server.memory_mb()
    value, reference = median(sold), median(spent)
    p99 = median(slow)
    return [
        Figure(
            name="checkout_http",
            value=value,
            unit="1/s",
            reference=reference,
            ratio=value / reference,
            aim=f"ratio >= {HTTP_AIM}, p99 < {HTTP_P99_MS} ms",
            met=value / reference >= HTTP_AIM and p99 < HTTP_P99_MS,
            note=f"p99 {p99:.0f} ms",
        ),
        Figure(
            name="web_memory",
            value=memory,
            unit="MB",
            reference=None,
            ratio=None,
            aim=f"two workers together < {MEMORY_AIM_MB}",
            met=memory < MEMORY_AIM_MB,
            note="after the load",
        ),
    ]


def run_steady(world: World) -> list[Figure]:
    """Measure the slowest hundredth of sales at 50 a second for a minute; a late answer counts from when it was due."""
    cards = cycle(cards_of(world, 20_000))
    with open_server(world) as server:
        closed_loop(server.port, sales(server, cards, 300), clients=8, seconds=2)
        requests = sales(server, cards, STEADY_PER_SECOND * STEADY_SECONDS)
        outcome = open_loop(server.port, requests, per_second=STEADY_PER_SECOND, clients=CLIENTS)
    check(outcome)
    p99 = outcome.quantile(0.99) * 1000
    return [
        Figure(
            name="checkout_steady",
            value=p99,
            unit="ms p99",
            reference=None,
            ratio=None,
            aim=f"< {STEADY_P99_MS} at {STEADY_PER_SECOND}/s, none lost",
            met=p99 < STEADY_P99_MS and outcome.lost == 0 and len(outcome.seconds) == len(requests),
            note=f"p50 {outcome.quantile(0.5) * 1000:.0f} ms, {outcome.per_second:.0f}/s, lost {outcome.lost}",
        )
    ]


def sales(server: Server, cards: Iterator[str], count: int) -> list[bytes]:
    """Prepare requests that sell the default meal, each to the next guest under a key of its own."""
    bodies = (
        json.dumps({"card": card, "canteen_id": server.canteen_id, "items": [{"dish_id": server.dish_id, "count": 1}]})
        for card in islice(cards, count)
    )
    path = "/api/v1/meals/checkouts"
    return [post(path, token=server.token, key=new_key(), body=body.encode()) for body in bodies]


def check(outcome: Outcome) -> None:
    """Stop at sales that were not made."""
    if set(outcome.statuses) != {201}:
        raise RuntimeError(f"some sales were not made: {outcome.statuses}")
