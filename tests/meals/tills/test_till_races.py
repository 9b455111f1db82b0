"""The same batch twice at once, two devices and one person: nothing doubled, nothing lost."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock as clock_module
from app.auth import Actor
from app.db import transaction
from app.idempotency import InFlight, Key
from meals import services
from meals.models import Checkout
from meals.sale import Bill
from meals.tills.door import Device
from meals.tills.models import TillDevice, TillUpload
from meals.tills.receiving import receive
from subsidies.ledger.verify import verify
from subsidies.models import Book
from tests.conftest import FrozenClock
from tests.meals.factories import make_policy
from tests.meals.lunch import Lunch, make_lunch
from tests.meals.tills.counter import Counter, enrol, quote

Answers = list[dict[str, Any]]


@pytest.fixture
def rush(app: Flask, committed_db: Session, clock: FrozenClock) -> Lunch:
    """A canteen whose sales really commit."""
    make_policy(committed_db, kind="till_rules")
    made = make_lunch(committed_db, app.test_client())
    committed_db.commit()
    return made


def device_of(counter: Counter) -> Device:
    lunch = counter.lunch
    found = lunch.session.get_one(TillDevice, counter.device_id)
    return Device(
        id=found.id,
        number=found.number,
        till_id=lunch.till.id,
        till_number=lunch.till.number,
        canteen_id=lunch.canteen.id,
        area_code=lunch.canteen.area_code,
        enrolled_by=found.enrolled_by,
        enrolled_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def at_once(app: Flask, *loads: tuple[Device, Sequence[Any]]) -> list[Answers]:
    """Send several loads at the same moment, each over a connection of its own."""
    together = Barrier(len(loads))

    def send(load: tuple[Device, Sequence[Any]]) -> Answers:
        with app.app_context():
            together.wait(10)
            return receive(load[1], device=load[0], state={})

    with ThreadPoolExecutor(len(loads)) as pool:
        return list(pool.map(send, loads))


def count(session: Session, what: Any) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(what)) or 0


def test_the_same_batch_four_times_at_once_is_booked_once(app: Flask, rush: Lunch) -> None:
    counter = enrol(rush)
    cards = [rush.guest(points_fen=1000) for _ in range(4)]
    rush.session.commit()
    sales = [counter.sale(card, seq=seq) for seq, card in enumerate(cards, start=1)]
    things, device = [*sales, counter.undo(sales[0], seq=5)], device_of(counter)
    rush.session.commit()
    answers = at_once(app, *[(device, things)] * 4)
    outcomes = sorted(answer["outcome"] for each in answers for answer in each)
    assert outcomes == ["booked"] * 5 + ["replayed"] * 15
    assert (count(rush.session, Checkout), count(rush.session, TillUpload)) == (4, 5)
    assert sorted(rush.session.scalars(select(Book.balance_fen)).all()) == [200, 200, 200, 1000]
    assert list(verify(rush.session)) == []


def test_two_devices_and_one_persons_last_points(app: Flask, rush: Lunch) -> None:
    first, second = enrol(rush), enrol(rush)
    card = rush.guest(points_fen=2000)
    rush.session.commit()
    loads = [(device_of(counter), [counter.sale(card, seq=seq) for seq in range(1, 4)]) for counter in (first, second)]
    rush.session.commit()
    answers = at_once(app, *loads)
    assert [answer["outcome"] for each in answers for answer in each] == ["booked"] * 6
    assert count(rush.session, Checkout) == 6
    points, unpaid, slots = rush.session.execute(
        select(func.sum(Checkout.points_fen), func.sum(Checkout.unpaid_fen), func.array_agg(Checkout.slot))
    ).one()
    assert (points, unpaid, sorted(slots)) == (2000, 2800, [1, 2, 3, 4, 5, 6])
    assert rush.session.scalars(select(Book.balance_fen)).one() == 0
    assert list(verify(rush.session)) == []


def test_a_queue_that_was_handed_in_while_its_device_sends_it_too(app: Flask, rush: Lunch) -> None:
    first, second = enrol(rush), enrol(rush)
    cards = [rush.guest(points_fen=1000) for _ in range(3)]
    rush.session.commit()
    sales = [first.sale(card, seq=seq) for seq, card in enumerate(cards, start=1)]
    loads = [(device_of(counter), sales) for counter in (first, second)]
    rush.session.commit()
    at_once(app, *loads)
    again = at_once(app, *loads)
    assert [answer["outcome"] for each in again for answer in each] == ["replayed"] * 6
    assert count(rush.session, Checkout) == 3
    assert set(rush.session.scalars(select(Book.balance_fen)).all()) == {200}


def test_a_fault_in_the_middle_keeps_what_came_before_and_after(
    app: Flask, rush: Lunch, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = enrol(rush)
    cards = [rush.guest(points_fen=1000) for _ in range(3)]
    rush.session.commit()
    sales = [counter.sale(card, seq=seq) for seq, card in enumerate(cards, start=1)]
    device = device_of(counter)
    rush.session.commit()
    break_once(monkeypatch, sales[1]["id"])
    (answers,) = at_once(app, (device, sales))
    assert [answer["id"] for answer in answers] == [sales[0]["id"], sales[2]["id"]]
    assert count(rush.session, Checkout) == 2
    (answers,) = at_once(app, (device, sales))
    assert [answer["outcome"] for answer in answers] == ["replayed", "booked", "replayed"]
    assert set(rush.session.scalars(select(Book.balance_fen)).all()) == {200}


@pytest.mark.parametrize("points_fen", [10_000, 0])
def test_a_first_try_and_its_queue_at_the_same_moment_sell_once(app: Flask, rush: Lunch, points_fen: int) -> None:
    counter = enrol(rush)
    cards = [rush.guest(points_fen=points_fen) for _ in range(8)]
    rush.session.commit()
    decided = quote() if points_fen else quote(public_fen=0, points_fen=0, cash_fen=1600)
    sales = [counter.sale(card, seq=seq, quote=decided) for seq, card in enumerate(cards, start=1)]
    device, cashier = device_of(counter), rush.cashier_account.id
    by = Actor(account_id=cashier, name="", device="web", kind="session", canteen_ids=(rush.canteen.id,))
    asked = {"canteen_id": rush.canteen.id, "till_id": rush.till.id, "items": ((rush.dish.id, 1),)}
    rush.session.commit()
    together = Barrier(2)

    def try_first(sale: dict[str, Any]) -> str:
        with app.app_context():
            together.wait(10)
            key = Key(f"{cashier}:{sale['id']}", b"first".ljust(32))
            try:
                with transaction() as session:
                    bill = Bill(card=sale["card"], **asked)  # type: ignore[arg-type]
                    body = services.check_out(session, bill=bill, key=key, by=by, now=clock_module.now()).body
            except InFlight:
                return ""
            return str(body["id"])

    def send_queue(sale: dict[str, Any]) -> Answers:
        with app.app_context():
            together.wait(10)
            return receive([sale], device=device, state={})

    with ThreadPoolExecutor(2) as pool:
        for sale in sales:
            first, queued = pool.submit(try_first, sale), pool.submit(send_queue, sale)
            answers = queued.result()
            told = {answer["receipt"]["id"] for answer in answers} | {first.result()} - {""}
            assert len(told) == 1
    assert count(rush.session, Checkout) == len(sales)
    assert list(verify(rush.session)) == []


def break_once(monkeypatch: pytest.MonkeyPatch, sale_id: str) -> None:
    """Let the server stumble over one sale after it was booked, before it was committed; only once."""
    from meals.tills import taking

    carry: Callable[..., None] = taking.carry_waiting
    broken: list[str] = []

    def stumble(session: Session, found: Any, **others: Any) -> None:
        if str(found) == sale_id and not broken:
            broken.append(sale_id)
            raise RuntimeError(sale_id)
        carry(session, found, **others)

    monkeypatch.setattr(taking, "carry_waiting", stumble)
