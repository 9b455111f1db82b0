"""Two at once: one death, one of them told; a sale under way and a death at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy.orm import Session

from app import clock as clocks
from app.db import db, transaction
from app.errors import DomainError
from app.people.turns import TurnKind
from portal.turns.effects import list_effects
from portal.turns.services import record_turn
from tests.conftest import FrozenClock
from tests.portal.turns.cast import Life, make_life


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
