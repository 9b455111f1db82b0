"""Two at once: one death, one of them told; a sale under way and a death at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock as clocks
from app import vault
from app.db import db, transaction
from app.errors import DomainError
from app.idempotency import InFlight
from app.people.turns import TurnKind
from portal.turns import services
from portal.turns.claims import approve_claim
from portal.turns.effects import list_effects
from portal.turns.lists import confirm, take_in
from portal.turns.models import TurnClaim
from portal.turns.services import record_turn
from portal.turns.tasks import settle
from portal.turns.undoing import approve_undo, ask_undo
from subsidies import services as ledger
from tests.app.people.factories import make_senior
from tests.conftest import FrozenClock
from tests.meals.factories import STREET
from tests.portal.turns.cast import DIED, Life, make_life


def at_once(app: Flask, *works: Callable[[], object]) -> list[object]:
    barrier = Barrier(len(works))

    def one(work: Callable[[], object]) -> object:
        with app.app_context():
            barrier.wait()
            try:
                return work()
            except DomainError as error:
                return error.code
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def death(life: Life) -> Callable[[], object]:
    asked, by = life.asked(TurnKind.DEATH), life.clerk

    def record() -> object:
        with transaction() as session:
            record_turn(session, asked=asked, effects=list_effects(), by=by, now=clocks.now())
        return "recorded"

    return record


def test_a_death_recorded_twice_at_once_is_recorded_once(app: Flask, committed_db: Session, clock: FrozenClock) -> None:
    life = make_life(committed_db, app.test_client(), clock)
    committed_db.commit()
    told = at_once(app, death(life), death(life), death(life))
    assert sorted(map(str, told)) == ["dead_already", "dead_already", "recorded"]
    assert life.count("life_turn") == 1
    assert life.balance() == 0


def test_a_sale_and_a_death_at_once_follow_each_other(app: Flask, committed_db: Session, clock: FrozenClock) -> None:
    life = make_life(committed_db, app.test_client(), clock)
    head = {**life.lunch.cashier, "Idempotency-Key": "race"}
    body = {
        "card": life.card.number,
        "canteen_id": life.lunch.canteen.id,
        "till_id": life.lunch.till.id,
        "items": [{"dish_id": life.lunch.dish.id, "count": 1}],
    }
    committed_db.commit()

    def sell() -> object:
        return app.test_client().post("/api/v1/meals/checkouts", json=body, headers=head).status_code

    sold, recorded = at_once(app, sell, death(life))
    assert recorded == "recorded"
    committed_db.rollback()
    # Either the sale came first and was found, or the till refused: never a sale that nobody knows of.
    found = life.count("life_turn_claim")
    assert (sold, found) in ((201, 1), (409, 0), (422, 0), (403, 0))
    assert life.balance() == 0


def test_a_claim_approved_while_the_death_is_taken_back_ends_one_way(
    app: Flask, committed_db: Session, clock: FrozenClock
) -> None:
    life = make_life(committed_db, app.test_client(), clock)
    life.eat(DIED + timedelta(days=1))
    row = life.turn(TurnKind.DEATH)
    ask_undo(committed_db, turn_id=row.id, why="社区核实，本人健在", by=life.clerk, now=clocks.now())
    turn_id, by = row.id, life.approver
    claim_id = committed_db.scalars(select(TurnClaim.id)).one()
    committed_db.commit()

    def approve() -> object:
        with transaction() as session:
            approve_claim(session, claim_id=claim_id, effects=list_effects(), by=by, now=clocks.now())
        return "claimed"

    def take_back() -> object:
        with transaction() as session:
            approve_undo(session, turn_id=turn_id, effects=list_effects(), by=by, now=clocks.now())
        return "undone"

    told = at_once(app, approve, take_back)
    assert told in (["claimed", "undone"], ["not_submitted", "undone"], ["turn_undone", "undone"])
    committed_db.rollback()
    given_back = life.count("ledger.txn", "home = :id AND kind = 'reversal'", id=life.senior.id)
    assert given_back == (1 if told[0] == "claimed" else 0)


def test_one_list_sent_twice_at_once_is_one_list(app: Flask, committed_db: Session, clock: FrozenClock) -> None:
    life = make_life(committed_db, app.test_client(), clock)
    number, by = vault.unseal(life.senior.id_number_sealed), life.clerk
    data = f"name,id_number,event,on,source\n王玉兰,{number},death,2026-11-18,police\n".encode()
    committed_db.commit()

    def send() -> object:
        with transaction() as session:
            return take_in(session, name="list.csv", data=data, actor=by, now=clocks.now())

    assert len(set(at_once(app, send, send, send))) == 1
    assert life.count("turn_list_row") == 1


def test_a_row_whose_person_pays_at_that_moment_waits_for_the_next_press(
    app: Flask, committed_db: Session, clock: FrozenClock
) -> None:
    life = make_life(committed_db, app.test_client(), clock)
    number, by = vault.unseal(life.senior.id_number_sealed), life.clerk
    data = f"name,id_number,event,on,source\n王玉兰,{number},death,2026-11-18,police\n".encode()
    list_id = take_in(committed_db, name="list.csv", data=data, actor=by, now=clocks.now())
    committed_db.commit()

    def press() -> object:
        with transaction() as session:
            return [
                row.state
                for row in confirm(session, list_id=list_id, effects=list_effects(), actor=by, now=clocks.now())
            ]

    ledger.open_book(committed_db, home=life.senior.id)
    assert at_once(app, press) == [["waiting"]]
    committed_db.rollback()
    assert at_once(app, press) == [["recorded"]]


def test_a_book_that_is_held_and_one_that_breaks_keep_nobody_elses_points_waiting(
    app: Flask, committed_db: Session, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = make_life(committed_db, app.test_client(), clock)
    life.rules(death={"points": "lapse", "grace_days": 7})
    people = [life.senior, *(make_senior(committed_db, name=name, hukou_area=STREET) for name in ("李福生", "沈安"))]
    for each in people[1:]:
        life.lunch.card_of(each, points_fen=10_000)
    rows = [life.record(replace(life.asked(TurnKind.DEATH), senior_id=each.id)) for each in people]
    held, broken, other = rows
    committed_db.commit()
    clock.advance(days=8)
    real, asked = services.settle_waiting, []

    def settle_waiting(session: Session, *, turn_id: int, **more: Any) -> bool:
        asked.append(turn_id)
        if turn_id == broken.id:
            raise ValueError("a fault")
        if turn_id == held.id and asked.count(turn_id) == 1:
            raise InFlight
        return real(session, turn_id=turn_id, **more)

    monkeypatch.setattr(services, "settle_waiting", settle_waiting)
    settle()
    assert asked == [held.id, broken.id, other.id, held.id]
    committed_db.expire_all()
    assert [each.settle_on is None for each in rows] == [True, False, True]
