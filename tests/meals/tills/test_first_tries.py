"""A sale that was tried online and queued too, and numbers of a device before: booked once, whichever came first."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from meals.models import Checkout
from meals.tills.models import TillUpload
from subsidies.findings.models import Finding
from subsidies.findings.registry import find_check
from subsidies.ledger.verify import verify
from tests.conftest import NOON, FrozenClock
from tests.meals.tills.counter import Counter, balance, enrol, quote, reasons, sold
from tests.subsidies.findings.factories import make_document


@pytest.fixture(autouse=True)
def checks_in_force(counter: Counter) -> None:
    """Let the checks on tills run in the city."""
    make_document(counter.lunch.session)


def test_a_first_try_that_comes_after_its_sale_was_booked_gets_its_receipt(counter: Counter) -> None:
    card = counter.lunch.guest(points_fen=10_000)
    sale = counter.sale(card)
    (queued,) = counter.send(sale)
    for _again in range(2):
        late = counter.lunch.sell(card, key=sale["id"], items=[{"dish_id": counter.lunch.dish.id, "count": 1}])
        assert (late.status_code, late.headers["Idempotency-Replayed"]) == (201, "true")
        assert late.get_json() == queued["receipt"]
    assert balance(counter, card) == 9200
    assert counter.lunch.session.scalar(select(func.count()).select_from(Checkout)) == 1
    assert list(verify(counter.lunch.session)) == []


def test_a_first_try_that_comes_late_for_a_sale_without_public_money_sells_nothing(counter: Counter) -> None:
    card = counter.lunch.guest(points_fen=0)
    sale = counter.sale(card, quote=quote(public_fen=0, cash_fen=1600, points_fen=0))
    (queued,) = counter.send(sale)
    late = counter.lunch.sell(card, key=sale["id"])
    assert late.get_json() == queued["receipt"]
    assert counter.lunch.session.scalar(select(func.count()).select_from(Checkout)) == 1


def test_a_sale_booked_otherwise_than_the_till_showed_is_found(counter: Counter) -> None:
    card = counter.lunch.guest(points_fen=10_000)
    sale = counter.sale(card, quote=quote(public_fen=0, cash_fen=1600, points_fen=0))
    online = counter.lunch.sell(card, key=sale["id"]).get_json()
    (answer,) = counter.send(sale)
    assert (answer["outcome"], answer["receipt"]["id"]) == ("replayed", online["id"])
    assert reasons(answer) == {"OFF3": ["shown_otherwise"]}
    finding = counter.lunch.session.scalars(select(Finding)).one()
    assert (finding.check_code, finding.senior_id, finding.amount_fen) == ("OFF3", card.senior_id, 800)
    check = find_check("OFF3")
    assert check
    assert "16.00" in " ".join(check.explain(finding.facts))
    (again,) = counter.send(sale)
    assert reasons(again) == reasons(answer)


def test_an_undoing_that_was_tried_online_and_queued_too_is_one(counter: Counter) -> None:
    card = counter.lunch.guest(points_fen=10_000)
    sold_online = counter.lunch.sell(card).get_json()
    undo = counter.undo(sold_online)
    online = counter.lunch.undo(sold_online["id"], key=undo["id"]).get_json()
    for _again in range(2):
        (answer,) = counter.send(undo)
        assert (answer["outcome"], answer["findings"]) == ("replayed", [])
        assert answer["receipt"] == online
    assert balance(counter, card) == 10_000


def test_what_an_older_device_sold_is_sent_by_the_one_in_its_place(counter: Counter, clock: FrozenClock) -> None:
    lunch = counter.lunch
    sale = counter.sale(lunch.guest(), seq=1, device=counter.device_id)
    clock.advance(minutes=20)
    newer = enrol(lunch)
    own = newer.sale(lunch.guest(), seq=1, at=NOON + timedelta(minutes=20), device=newer.device_id)
    answers = newer.send(sale, own)
    assert [(answer["outcome"], answer["findings"]) for answer in answers] == [("booked", []), ("booked", [])]
    uploads = lunch.session.scalars(select(TillUpload).order_by(TillUpload.said_at)).all()
    assert [upload.device_id for upload in uploads] == [counter.device_id, newer.device_id]
    assert sold(newer, sale).occurred_at == NOON


def test_a_number_of_another_canteens_device_is_kept_and_not_booked(counter: Counter) -> None:
    lunch = counter.lunch
    sale = counter.sale(lunch.guest(), device=counter.device_id + 1000)
    (answer,) = counter.send(sale)
    assert (answer["outcome"], reasons(answer)) == ("refused_shape", {"OFF7": ["unreadable"]})


def test_a_sale_that_names_no_device_is_of_the_one_that_sends_it(counter: Counter) -> None:
    for seq, device in enumerate((None, 0, "x", True, -1, [1]), start=1):
        (answer,) = counter.send(counter.sale(counter.lunch.guest(), seq=seq, device=device))
        assert (answer["outcome"], answer["findings"]) == ("booked", [])
