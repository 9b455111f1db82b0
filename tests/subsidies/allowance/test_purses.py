"""Several hands that open the purses of many places at the same moment."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import clock as app_clock
from app.db import transaction
from subsidies.allowance.posting import Poster
from subsidies.allowance.runs import get_run
from subsidies.services import open_account
from tests.app.areas.factories import make_place
from tests.conftest import FrozenClock
from tests.subsidies.allowance.factories import approved, make_office, make_old, publish
from tests.subsidies.allowance.programmes import XIAOSHAN


@dataclass(frozen=True)
class Shared:
    """What some people of a part share."""

    document_id: int
    reasoning: int
    area_code: str


def test_hands_open_the_purses_of_many_places_in_one_order(
    app: Flask, committed_db: Session, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = make_office(committed_db)
    document = publish(committed_db, office, funder="street")
    places = [make_place(committed_db, f"{XIAOSHAN}{n:03d}") for n in (1, 2)]
    make_old(committed_db, 84)
    open_account(committed_db, kind="city", area_code="330100", name="市财政")
    run_id, document_id = approved(committed_db, office).id, document.id
    committed_db.commit()
    both, open_funder = Barrier(2), Poster._open_funder

    def open_and_meet(self: Poster, *asked: Any) -> int:
        found = open_funder(self, *asked)
        # Broken where the other one waits for this purse, as it should.
        with suppress(BrokenBarrierError):
            both.wait(timeout=1)
        return found

    monkeypatch.setattr(Poster, "_open_funder", open_and_meet)

    def open_all(order: Sequence[str]) -> int:
        shared: Any = [Shared(document_id, 1, place) for place in order]
        with app.app_context(), transaction() as session:
            run = get_run(session, run_id=run_id, area_codes=None)
            return len(Poster(run_id)._terms(session, run, shared, app_clock.now()))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(open_all, (places, places[::-1])))
    purses = text("SELECT count(*) FROM ledger.account WHERE kind = 'street'")
    assert committed_db.scalar(purses) == 2
