"""Sales by a payment code that a till checked by itself: the code is used up, or what is odd about it is said."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from app import clock as app_clock
from app.people.models import Card, Senior
from app.people.payment_codes.models import PaymentCode
from app.people.payment_codes.services import ShownCode, issue_code
from meals.models import Checkout
from tests.app.people.relatives.factories import follow
from tests.conftest import FrozenClock
from tests.meals.tills.counter import Counter


def show(counter: Counter, card: Card) -> ShownCode:
    """Let the guest's phone show a code, now."""
    session = counter.lunch.session
    daughter = follow(session, session.get_one(Senior, card.senior_id))
    return issue_code(session, senior_id=card.senior_id, actor=daughter, now=app_clock.now())


def codes(answer: dict[str, object]) -> list[str]:
    """Return the codes of all reasons."""
    findings: list[dict[str, list[dict[str, str]]]] = answer["findings"]  # type: ignore[assignment]
    return [reason["code"] for each in findings for reason in each["reasons"]]


def test_a_code_that_was_shown_then_is_used_up_now(counter: Counter, clock: FrozenClock) -> None:
    shown = show(counter, counter.lunch.guest())
    sale = counter.sale(shown.text)
    clock.advance(minutes=40)
    (answer,) = counter.send(sale)
    assert (answer["outcome"], codes(answer)) == ("booked", [])
    code = counter.lunch.session.scalars(select(PaymentCode)).one()
    counter.lunch.session.refresh(code)
    assert str(code.used_for) == sale["id"]


def test_a_code_that_another_till_used_meanwhile_has_paid_twice(counter: Counter, clock: FrozenClock) -> None:
    shown = show(counter, counter.lunch.guest())
    sale = counter.sale(shown.text)
    assert counter.lunch.sell(shown.text).status_code == 201
    clock.advance(minutes=40)
    (answer,) = counter.send(sale)
    assert answer["outcome"] == "booked"
    assert codes(answer) == ["code_used", "count_used"]
    assert len(counter.lunch.session.scalars(select(Checkout)).all()) == 2


def test_an_old_code_has_paid_and_is_found(counter: Counter, clock: FrozenClock) -> None:
    shown = show(counter, counter.lunch.guest())
    clock.advance(minutes=10)
    (answer,) = counter.send(counter.sale(shown.text, at=app_clock.now()))
    assert (answer["outcome"], codes(answer)) == ("booked", ["code_expired"])


def test_a_code_that_was_forgotten_is_known_by_its_signature(counter: Counter, clock: FrozenClock) -> None:
    card = counter.lunch.guest()
    shown = show(counter, card)
    sale = counter.sale(shown.text)
    counter.lunch.session.execute(delete(PaymentCode))
    (answer,) = counter.send(sale)
    assert (answer["outcome"], codes(answer)) == ("booked", ["code_unknown"])
    assert counter.lunch.session.scalars(select(Checkout.home)).one() == card.senior_id


@pytest.mark.parametrize("place", [10, 100])
def test_a_forged_code_is_nobodys_and_kept(counter: Counter, place: int) -> None:
    text = show(counter, counter.lunch.guest()).text
    forged = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
    (answer,) = counter.send(counter.sale(forged))
    assert (answer["outcome"], codes(answer)) == ("refused_shape", ["nobody"])


def test_the_same_sale_by_a_code_is_booked_once(counter: Counter, clock: FrozenClock) -> None:
    sale = counter.sale(show(counter, counter.lunch.guest()).text)
    clock.advance(seconds=timedelta(hours=1).total_seconds())
    first, second = counter.send(sale), counter.send(sale)
    assert (first[0]["outcome"], second[0]["outcome"]) == ("booked", "replayed")
    assert first[0]["receipt"] == second[0]["receipt"]
