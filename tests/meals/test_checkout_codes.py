"""A phone shows a code in a card's stead: it sells once, for moments, and each refusal says what to do."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app import clock as app_clock
from app.auth.actor import Actor
from app.db import db
from app.idempotency import Key, fingerprint
from app.people.models import Card, Senior, SeniorStatus
from app.people.payment_codes import rules
from app.people.payment_codes.keys import check_code, code_key, sign_code
from app.people.payment_codes.models import PaymentCode
from app.people.payment_codes.rules import Body, make_number
from app.people.payment_codes.services import ShownCode, issue_code
from app.people.rules import Status
from app.signing import SigningKey
from meals import services
from meals.errors import CodeUsed
from meals.models import Checkout, FailedScan
from meals.sale import Bill
from tests.app.people.relatives.factories import follow
from tests.conftest import NOON, FrozenClock
from tests.meals.lunch import Lunch, make_lunch

TILLS = 10
FACES = ("text", "number")


def show(lunch: Lunch, card: Card) -> ShownCode:
    """Let the guest's phone show a code, now."""
    daughter = follow(lunch.session, senior_of(lunch, card))
    return issue_code(lunch.session, senior_id=card.senior_id, actor=daughter, now=app_clock.now())


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


@pytest.mark.parametrize("face", FACES)
def test_a_code_sells_as_the_card_does_and_is_used_up_by_that_sale(lunch: Lunch, face: str) -> None:
    card = lunch.guest(points_fen=600)
    shown = show(lunch, card)
    by_card = lunch.client.post(
        "/api/v1/meals/quotes",
        json={"card": card.number, "canteen_id": lunch.canteen.id, "items": [{"dish_id": lunch.dish.id}]},
        headers=lunch.cashier,
    ).get_json()
    receipt = lunch.sell(getattr(shown, face)).get_json()
    assert (receipt["points_fen"], receipt["cash_fen"]) == (by_card["points_fen"], by_card["cash_fen"]) == (600, 200)
    assert receipt["guest"]["card_tail"] == card.number[-8:]
    sale = lunch.session.scalars(select(Checkout)).one()
    code = lunch.session.scalars(select(PaymentCode)).one()
    assert (sale.card, code.used_for) == (card.number, sale.id)
    cause = lunch.session.scalar(text("SELECT cause FROM ledger.txn WHERE id = :id"), {"id": sale.id})
    assert cause["shown"] == "code"  # type: ignore[index]


def test_a_quote_leaves_the_code_as_it_was(lunch: Lunch) -> None:
    shown = show(lunch, lunch.guest())
    body = {"card": shown.text, "canteen_id": lunch.canteen.id, "items": [{"dish_id": lunch.dish.id}]}
    for _ in range(2):
        assert lunch.client.post("/api/v1/meals/quotes", json=body, headers=lunch.cashier).status_code == 200
    assert lunch.sell(shown.text).status_code == 201


@pytest.mark.parametrize("second", FACES)
def test_a_code_pays_once_also_by_its_number(lunch: Lunch, clock: FrozenClock, second: str) -> None:
    shown = show(lunch, lunch.guest())
    lunch.sell(shown.text)
    clock.advance(seconds=20)
    answer = lunch.sell(getattr(shown, second))
    assert refusal(answer) == (409, "code_used")
    assert "11:48" in answer.get_json()["detail"]
    assert answer.get_json()["guest"]["name"] == "王*英"
    kept = lunch.session.scalars(select(FailedScan)).one()
    assert (kept.reason, kept.code_tail) == ("code_used", getattr(shown, second)[-4:])


def test_a_retry_gets_its_first_answer_though_the_code_is_used_and_old(lunch: Lunch, clock: FrozenClock) -> None:
    shown = show(lunch, lunch.guest())
    first = lunch.sell(shown.text, key="one")
    clock.advance(hours=9)
    again = lunch.sell(shown.text, key="one")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_json() == first.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(lunch.session.scalars(select(Checkout)).all()) == 1


def test_a_retry_of_a_refused_code_is_refused_in_the_same_words(lunch: Lunch, clock: FrozenClock) -> None:
    shown = show(lunch, lunch.guest())
    clock.advance(minutes=5)
    first = lunch.sell(shown.text, key="one")
    clock.advance(hours=1)
    again = lunch.sell(shown.text, key="one")
    assert again.get_json() == first.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(lunch.session.scalars(select(FailedScan)).all()) == 1


@pytest.mark.parametrize(("language", "words"), [("zh-CN", "这个码是 11:48 的"), ("en", "This code is from 11:48")])
def test_a_screenshot_from_five_minutes_ago_is_refused_in_the_right_words(
    lunch: Lunch, clock: FrozenClock, language: str, words: str
) -> None:
    shown = show(lunch, lunch.guest())
    clock.advance(minutes=5)
    answer = lunch.sell(shown.text, by={**lunch.cashier, "Accept-Language": language})
    assert refusal(answer) == (409, "code_expired")
    assert words in answer.get_json()["detail"]
    assert lunch.session.scalars(select(Checkout)).all() == []


def test_a_code_of_yesterday_says_the_day(lunch: Lunch, clock: FrozenClock) -> None:
    shown = show(lunch, lunch.guest())
    clock.advance(days=1)
    assert "11-20 11:48" in lunch.sell(shown.text).get_json()["detail"]


@pytest.mark.parametrize(("seconds", "status"), [(30, 201), (90, 201), (100, 409)])
def test_a_code_pays_for_what_happened_while_it_was_good(
    lunch: Lunch, clock: FrozenClock, seconds: int, status: int
) -> None:
    shown = show(lunch, lunch.guest())
    sold_at = clock.now() + timedelta(seconds=seconds)
    clock.advance(minutes=2)
    assert lunch.sell(shown.text, occurred_at=sold_at.isoformat()).status_code == status


def test_no_program_sells_by_an_old_code_with_an_old_date(lunch: Lunch, clock: FrozenClock) -> None:
    shown = show(lunch, lunch.guest())
    sold_at = clock.now() + timedelta(seconds=30)
    clock.advance(minutes=5)
    assert refusal(lunch.sell(shown.text, occurred_at=sold_at.isoformat())) == (409, "code_expired")


def forged(shown: ShownCode) -> str:
    """Write another's name into a code."""
    body = check_code(shown.text)
    assert isinstance(body, Body)
    raw = dataclasses.replace(body, senior_id=body.senior_id + 1).to_bytes()
    return rules.write_text(raw, SigningKey(bytes(32)).sign_bytes(rules.signed_part(raw)))


def foreign(shown: ShownCode) -> str:
    """Sign a code with a key of another installation."""
    body, other = check_code(shown.text), SigningKey(bytes(32))
    assert isinstance(body, Body)
    raw = dataclasses.replace(body, key_id=rules.key_id_of(other.public_key)).to_bytes()
    return rules.write_text(raw, other.sign_bytes(rules.signed_part(raw)))


def never_issued(shown: ShownCode) -> str:
    """Sign a code that no phone was shown."""
    body = check_code(shown.text)
    assert isinstance(body, Body)
    assert body.key_id == rules.key_id_of(code_key().public_key)
    return sign_code(dataclasses.replace(body, nonce=b"other"))


@pytest.mark.parametrize(
    ("make", "code", "zh", "en"),
    [
        (forged, "code_forged", "收银台没有过错", "Nobody is to blame"),
        (foreign, "code_foreign", "别处", "somewhere else"),
        (never_issued, "code_unknown", "刷新", "fresh one"),
        (lambda shown: shown.text[:60], "code_unreadable", "拿稳", "Hold the phone still"),
        (lambda _shown: make_number("123456789012345"), "code_unknown", "刷新", "fresh one"),
    ],
)
def test_a_code_that_is_not_ours_sells_nothing_and_is_written_down(
    lunch: Lunch, make: Any, code: str, zh: str, en: str
) -> None:
    scanned = make(show(lunch, lunch.guest()))
    for language, words in (("zh-CN", zh), ("en", en)):
        answer = lunch.sell(scanned, by={**lunch.cashier, "Accept-Language": language})
        assert refusal(answer) == (404 if code == "code_unknown" else 409, code)
        assert words in answer.get_json()["detail"]
        assert "guest" not in answer.get_json()
    assert {scan.reason for scan in lunch.session.scalars(select(FailedScan))} == {code}
    assert lunch.session.scalars(select(Checkout)).all() == []


@pytest.mark.parametrize("state", ["lost", "cancelled"])
def test_the_code_of_a_card_that_does_not_pay_is_refused_and_says_so(lunch: Lunch, state: str) -> None:
    card = lunch.guest()
    shown = show(lunch, card)
    card.state = state
    lunch.session.flush()
    answer = lunch.sell(shown.text)
    assert refusal(answer) == (409, "code_without_card")
    assert "挂失" in answer.get_json()["detail"]


def test_a_code_shown_before_the_card_was_replaced_pays_by_the_new_card(lunch: Lunch) -> None:
    card = lunch.guest()
    shown = show(lunch, card)
    card.state = "replaced"
    lunch.session.flush()
    new = lunch.card_of(senior_of(lunch, card))
    assert lunch.sell(shown.text).status_code == 201
    assert lunch.session.scalars(select(Checkout)).one().card == new.number


def senior_of(lunch: Lunch, card: Card) -> Senior:
    return lunch.session.get_one(Senior, card.senior_id)


def test_the_dead_do_not_pay_by_code(lunch: Lunch) -> None:
    card = lunch.guest()
    shown = show(lunch, card)
    lunch.session.execute(
        update(SeniorStatus).where(SeniorStatus.senior_id == card.senior_id).values(status=Status.DECEASED)
    )
    assert refusal(lunch.sell(shown.text)) == (409, "senior_deceased")


def test_a_bill_with_a_fault_leaves_the_code_as_it_was(lunch: Lunch) -> None:
    shown = show(lunch, lunch.guest())
    assert lunch.sell(shown.text, items=[{"dish_id": 999_999, "count": 1}]).status_code == 422
    assert lunch.sell(shown.text).status_code == 201


def test_a_sale_that_was_undone_does_not_give_the_code_back(lunch: Lunch) -> None:
    shown = show(lunch, lunch.guest())
    sold = lunch.sell(shown.text).get_json()
    assert lunch.undo(sold["id"]).status_code == 201
    assert refusal(lunch.sell(shown.text)) == (409, "code_used")


def test_a_sale_by_a_plain_card_asks_nothing_about_codes(lunch: Lunch) -> None:
    asked = text(
        "SELECT coalesce(seq_scan, 0) + coalesce(idx_scan, 0) FROM pg_stat_xact_user_tables"
        " WHERE relname = 'payment_code'"
    )
    before = lunch.session.scalar(asked)
    assert lunch.sell(lunch.guest()).status_code == 201
    assert lunch.session.scalar(asked) == before
    shown = show(lunch, lunch.guest())
    assert lunch.sell(shown.text).status_code == 201
    assert (lunch.session.scalar(asked) or 0) > (before or 0)


@pytest.fixture
def rush(app: Flask, committed_db: Session, clock: FrozenClock) -> Lunch:
    """A canteen whose sales really commit."""
    made = make_lunch(committed_db, app.test_client())
    committed_db.commit()
    return made


def test_ten_tills_with_one_code_at_once_sell_once(app: Flask, rush: Lunch) -> None:
    shown = show(rush, rush.guest())
    by = Actor(account_id=rush.cashier_account.id, name="收银", canteen_ids=(rush.canteen.id,))
    bill = Bill(card=shown.text, canteen_id=rush.canteen.id, items=((rush.dish.id, 1),))
    rush.session.commit()
    together = Barrier(TILLS)

    def sell(till: int) -> str:
        key = Key(f"till:{till}", fingerprint("sale", till))
        together.wait(10)
        with app.app_context(), Session(db.engine) as session:
            try:
                services.check_out(session, bill=bill, key=key, by=by, now=NOON)
            except CodeUsed as refused:
                session.commit()
                return refused.code
            session.commit()
            return "sold"

    with ThreadPoolExecutor(TILLS) as pool:
        outcomes = list(pool.map(sell, range(TILLS)))
    assert sorted(outcomes) == ["code_used"] * (TILLS - 1) + ["sold"]
    rush.session.rollback()
    (sale,) = rush.session.scalars(select(Checkout)).all()
    assert rush.session.scalars(select(PaymentCode.used_for)).one() == sale.id
