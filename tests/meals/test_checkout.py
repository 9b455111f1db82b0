"""A senior pays for lunch: what the till is told, what stands in the books, what is refused."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from app.auth.actor import Role
from app.people.rules import Status
from meals.models import Checkout, FailedScan
from tests.app.people.factories import bearer, make_senior, make_staff
from tests.conftest import NOON, FrozenClock
from tests.meals.factories import STREET, make_canteen, make_closure, make_dish, make_till
from tests.meals.lunch import Lunch

PARTS = ("public_fen", "concession_fen", "points_fen", "cash_fen")


def balance(lunch: Lunch, home: int) -> int:
    found: int = lunch.session.scalar(text("SELECT balance_fen FROM ledger.book WHERE home = :home"), {"home": home})
    return found


def test_a_guest_of_82_pays_half_by_points_and_the_books_show_every_fen(lunch: Lunch) -> None:
    guest = lunch.guest(points_fen=600)
    receipt = lunch.sell(guest).get_json()
    assert {part: receipt[part] for part in PARTS} == {
        "public_fen": 800,
        "concession_fen": 0,
        "points_fen": 600,
        "cash_fen": 200,
    }
    assert [(share["payer"], share["amount_fen"]) for share in receipt["shares"]] == [
        ("city", 320),
        ("district", 320),
        ("street", 160),
    ]
    assert receipt["price_fen"] == 1600
    assert receipt["balance_fen"] == 0 == balance(lunch, guest.senior_id)
    posted = lunch.session.execute(
        text(
            "SELECT a.kind, p.amount_fen FROM ledger.posting p"
            " JOIN ledger.account a ON a.id = p.debit WHERE p.txn_id = :id"
        ),
        {"id": receipt["id"]},
    ).all()
    assert sorted(posted) == [("city", 320), ("district", 320), ("street", 160), ("wallet", 600)]


def test_the_receipt_explains_itself_in_both_languages(lunch: Lunch) -> None:
    receipt = lunch.sell(lunch.guest(points_fen=600)).get_json()
    assert "16.00" in "".join(receipt["explanation"]["zh"])
    assert len(receipt["explanation"]["zh"]) == len(receipt["explanation"]["en"]) > 2
    assert receipt["guest"]["name"] == "王*英"
    assert len(receipt["policies"]) == 2


def test_the_statement_tells_a_lunch_and_its_undoing_in_words(lunch: Lunch) -> None:
    guest = lunch.guest(points_fen=600)
    sold = lunch.sell(guest).get_json()
    lunch.undo(sold["id"])
    auditor = bearer(lunch.session, make_staff(lunch.session, role=Role.AUDITOR, area_code=STREET))
    path = f"/api/v1/subsidies/wallets/{guest.senior_id}/statement"
    undone, paid, _granted = lunch.client.get(path, headers=auditor).get_json()["items"]
    assert sold["explanation"]["zh"][0] in paid["explanation"]["zh"]
    assert "退还现金 2.00 元" in undone["explanation"]["zh"]


def test_second_lunch_of_the_day_is_sold_at_full_price_and_says_when_the_first_was(
    lunch: Lunch, clock: FrozenClock
) -> None:
    guest = lunch.guest(points_fen=0)
    lunch.sell(guest)
    clock.advance(minutes=20)
    receipt = lunch.sell(guest).get_json()
    assert (receipt["subsidised"], receipt["cash_fen"]) == (False, 1600)
    reason = next(reason for reason in receipt["reasons"] if reason["code"] == "count_used")
    assert (reason["params"]["at"], reason["params"]["here"]) == ("11:48", True)
    assert "11:48" in "".join(receipt["explanation"]["zh"])


def test_dinner_after_lunch_is_subsidised_again(lunch: Lunch, clock: FrozenClock) -> None:
    guest = lunch.guest()
    assert lunch.sell(guest).get_json()["window"] == "lunch"
    clock.set(NOON.replace(hour=17))
    receipt = lunch.sell(guest).get_json()
    assert (receipt["window"], receipt["subsidised"]) == ("dinner", True)


def test_a_lunch_that_was_undone_can_be_sold_with_subsidy_again(lunch: Lunch) -> None:
    guest = lunch.guest()
    first = lunch.sell(guest).get_json()
    assert lunch.undo(first["id"]).status_code == 201
    assert lunch.sell(guest).get_json()["subsidised"] is True


def test_points_that_do_not_suffice_are_no_refusal_cash_pays_the_rest(lunch: Lunch) -> None:
    receipt = lunch.sell(lunch.guest(points_fen=1)).get_json()
    assert (receipt["points_fen"], receipt["cash_fen"]) == (1, 799)


def test_points_that_are_earmarked_for_something_else_or_expired_do_not_pay(lunch: Lunch) -> None:
    guest = lunch.guest(points_fen=0)
    lunch.grant(guest.senior_id, points_fen=500, expires_on=date(2026, 11, 19))
    lunch.grant(guest.senior_id, points_fen=300, expires_on=date(2026, 11, 20))
    receipt = lunch.sell(guest).get_json()
    assert (receipt["points_fen"], receipt["balance_fen"]) == (300, 0)


def test_a_retry_gets_the_first_answer_and_sells_nothing(lunch: Lunch, clock: FrozenClock) -> None:
    guest = lunch.guest()
    first = lunch.sell(guest, key="one")
    clock.advance(hours=9)
    again = lunch.sell(guest, key="one")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_json() == first.get_json()
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(lunch.session.scalars(select(Checkout)).all()) == 1


def test_a_key_cannot_be_used_for_another_bill(lunch: Lunch) -> None:
    guest = lunch.guest()
    lunch.sell(guest, key="one")
    for other in (lunch.sell(guest, key="one", amount_fen=1600), lunch.sell(lunch.guest(), key="one")):
        assert (other.status_code, other.get_json()["code"]) == (409, "key_reused")


def test_two_cashiers_may_use_the_same_key(lunch: Lunch) -> None:
    lunch.sell(lunch.guest(), key="one")
    assert lunch.sell(lunch.guest(), key="one", by=lunch.manager).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 201, "键"])
def test_a_sale_without_a_usable_key_is_refused(lunch: Lunch, key: str) -> None:
    headers = {**lunch.cashier, **({"Idempotency-Key": key.encode().decode("latin-1")} if key else {})}
    body = {"card": "6021000000000000000", "canteen_id": lunch.canteen.id, "amount_fen": 100}
    answer = lunch.client.post("/api/v1/meals/checkouts", json=body, headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "idempotency_key_required")


@pytest.mark.parametrize(
    ("state", "code"), [("lost", "card_lost"), ("cancelled", "card_cancelled"), ("replaced", "card_replaced")]
)
def test_a_card_that_no_longer_counts_is_refused_and_the_scan_is_kept(lunch: Lunch, state: str, code: str) -> None:
    guest = lunch.guest(card_state=state)
    answer = lunch.sell(guest, key="one")
    assert (answer.status_code, answer.get_json()["code"]) == (409, code)
    assert answer.get_json()["guest"]["name"] == "王*英"
    kept = lunch.session.scalars(select(FailedScan)).one()
    assert (kept.reason, kept.senior_id, kept.code_tail) == (code, guest.senior_id, guest.number[-4:])
    again = lunch.sell(guest, key="one")
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (409, "true")
    assert len(lunch.session.scalars(select(FailedScan)).all()) == 1


def test_an_unknown_card_is_refused_and_the_scan_is_kept_without_its_number(lunch: Lunch) -> None:
    answer = lunch.sell("6021999999999999999")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "card_unknown")
    kept = lunch.session.scalars(select(FailedScan)).one()
    assert (kept.reason, kept.senior_id, kept.code_tail) == ("card_unknown", None, "9999")


@pytest.mark.parametrize(
    ("status", "code"), [(Status.DECEASED, "senior_deceased"), (Status.IN_INSTITUTION, "senior_in_institution")]
)
def test_the_dead_eat_no_lunch_and_institutions_feed_their_own(lunch: Lunch, status: Status, code: str) -> None:
    answer = lunch.sell(lunch.guest(status=status))
    assert (answer.status_code, answer.get_json()["code"]) == (409, code)


@pytest.mark.parametrize(("status", "why"), [(Status.IN_HOSPITAL, "in_hospital"), (Status.MOVED_AWAY, "moved_away")])
def test_who_is_in_hospital_or_moved_away_pays_the_full_price(lunch: Lunch, status: Status, why: str) -> None:
    receipt = lunch.sell(lunch.guest(status=status)).get_json()
    assert receipt["subsidised"] is False
    assert why in {reason["code"] for reason in receipt["reasons"]}


@pytest.mark.parametrize("column", ["licence_expires_on", "agreement_expires_on"])
@pytest.mark.parametrize(("day", "subsidised"), [(date(2026, 11, 19), False), (date(2026, 11, 20), True)])
def test_a_canteen_sells_with_subsidy_up_to_the_last_day_of_its_papers(
    lunch: Lunch, column: str, day: date, subsidised: bool
) -> None:
    setattr(lunch.canteen, column, day)
    lunch.session.flush()
    assert lunch.sell(lunch.guest()).get_json()["subsidised"] is subsidised


@pytest.mark.parametrize("change", ["weekday", "closure", "closed_for_good"])
def test_a_closed_canteen_sells_nothing(lunch: Lunch, change: str) -> None:
    if change == "weekday":
        lunch.canteen.weekdays = [1, 2, 3, 4, 6, 7]
    elif change == "closure":
        make_closure(lunch.session, canteen=lunch.canteen, closed_on=date(2026, 11, 20))
    else:
        lunch.canteen.closed_from = date(2026, 11, 20)
    lunch.session.flush()
    answer = lunch.sell(lunch.guest())
    assert (answer.status_code, answer.get_json()["code"]) == (409, "canteen_closed")


@pytest.mark.parametrize(
    ("hour", "minute", "subsidised"), [(9, 59, False), (10, 0, True), (13, 29, True), (13, 30, False)]
)
def test_subsidy_ends_and_begins_with_the_window(
    lunch: Lunch, clock: FrozenClock, hour: int, minute: int, subsidised: bool
) -> None:
    clock.set(NOON.replace(hour=hour, minute=minute))
    assert lunch.sell(lunch.guest()).get_json()["subsidised"] is subsidised


@pytest.mark.parametrize(("born", "percent"), [(date(1946, 11, 20), 50), (date(1946, 11, 21), 70)])
def test_the_tier_changes_on_the_birthday(lunch: Lunch, born: date, percent: int) -> None:
    receipt = lunch.sell(lunch.guest(birth_on=born)).get_json()
    assert 1600 - receipt["public_fen"] == 1600 * percent // 100


def test_several_dishes_add_up(lunch: Lunch) -> None:
    soup = make_dish(lunch.session, canteen=lunch.canteen, name="汤", kind="dish", price_fen=300)
    items = [{"dish_id": lunch.dish.id, "count": 1}, {"dish_id": soup.id, "count": 2}]
    receipt = lunch.sell(lunch.guest(), items=items).get_json()
    assert receipt["price_fen"] == 2200
    assert [(line["name"], line["count"]) for line in receipt["items"]] == [("A 套餐", 1), ("汤", 2)]


def test_the_price_of_the_day_counts(lunch: Lunch) -> None:
    fish = make_dish(lunch.session, canteen=lunch.canteen, name="鱼", price_fen=1800, valid_until=date(2026, 11, 20))
    assert lunch.sell(lunch.guest(), items=[{"dish_id": fish.id}]).status_code == 422


def test_a_quote_says_the_same_as_the_sale_and_writes_nothing(lunch: Lunch) -> None:
    guest = lunch.guest(points_fen=600)
    body = {"card": guest.number, "canteen_id": lunch.canteen.id, "items": [{"dish_id": lunch.dish.id, "count": 1}]}
    quote = lunch.client.post("/api/v1/meals/quotes", json=body, headers=lunch.cashier)
    assert quote.status_code == 200
    assert lunch.session.scalars(select(Checkout)).all() == []
    receipt = lunch.sell(guest).get_json()
    for part in (*PARTS, "shares", "explanation", "left"):
        assert quote.get_json()[part] == receipt[part]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"card": "６０２１０００"}, "card"),
        ({"card": 6021}, "card"),
        ({"card": "6021'; DROP TABLE card; --"}, "card"),
        ({"canteen_id": "1"}, "canteen_id"),
        ({"canteen_id": 2**70}, "canteen_id"),
        ({"items": []}, "items"),
        ({"items": [{"dish_id": 1, "count": 0}]}, "items"),
        ({"items": [{"dish_id": 1, "count": 51}]}, "items"),
        ({"items": [{"dish_id": 1}] * 21}, "items"),
        ({"amount_fen": 0}, "amount_fen"),
        ({"amount_fen": -1600}, "amount_fen"),
        ({"amount_fen": 10**12}, "amount_fen"),
        ({"amount_fen": 16.5}, "amount_fen"),
        ({"amount_fen": True}, "amount_fen"),
        ({"price_fen": 1}, "price_fen"),
        ({"occurred_at": "yesterday"}, "occurred_at"),
        ({"occurred_at": "2026-11-20T11:48:00"}, "occurred_at"),
        ({"occurred_at": "2026-11-20T12:00:00+08:00"}, "occurred_at"),
        ({"occurred_at": "1900-01-01T12:00:00+08:00"}, "occurred_at"),
        ({"occurred_at": "0001-01-01T00:00:00+08:00"}, "occurred_at"),
        ({"occurred_at": "9999-12-31T23:59:59-08:00"}, "occurred_at"),
        ({"till_id": 999_999}, "till_id"),
    ],
)
def test_a_bill_with_a_fault_is_refused_by_field_and_nothing_is_written(
    lunch: Lunch, change: dict[str, Any], field: str
) -> None:
    guest = lunch.guest()
    body = {"card": guest.number, "canteen_id": lunch.canteen.id, **change}
    if not {"items", "amount_fen"} & set(change):
        body["items"] = [{"dish_id": lunch.dish.id, "count": 1}]
    answer = lunch.client.post(
        "/api/v1/meals/checkouts", json=body, headers={**lunch.cashier, "Idempotency-Key": "one"}
    )
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert field in answer.get_json()["errors"]
    assert lunch.session.scalars(select(Checkout)).all() == []
    # The key is free: the corrected bill is sold under it.
    assert lunch.sell(guest, key="one").status_code == 201


def test_a_dish_of_another_canteen_is_not_sold_here(lunch: Lunch) -> None:
    elsewhere = make_dish(lunch.session, canteen=make_canteen(lunch.session))
    answer = lunch.sell(lunch.guest(), items=[{"dish_id": lunch.dish.id}, {"dish_id": elsewhere.id}])
    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]["items"]) == ["1"]


def test_a_sale_an_hour_old_counts_for_when_it_was(lunch: Lunch, clock: FrozenClock) -> None:
    clock.set(NOON.replace(hour=15))
    receipt = lunch.sell(lunch.guest(), occurred_at="2026-11-20T12:00:00+08:00").get_json()
    assert (receipt["window"], receipt["subsidised"]) == ("lunch", True)


def test_a_cashier_sells_only_in_the_own_canteen_and_at_its_tills(lunch: Lunch) -> None:
    other = make_canteen(lunch.session)
    assert lunch.sell(lunch.guest(), canteen_id=other.id, amount_fen=1000).get_json()["code"] == "outside_own_canteen"
    till = make_till(lunch.session, canteen=other)
    assert "till_id" in lunch.sell(lunch.guest(), till_id=till.id).get_json()["errors"]


def test_the_same_day_the_cashier_undoes_a_sale_and_points_return_to_their_lots(lunch: Lunch) -> None:
    guest = lunch.guest(points_fen=0)
    lunch.grant(guest.senior_id, points_fen=500, expires_on=date(2026, 11, 30))
    lunch.grant(guest.senior_id, points_fen=500, expires_on=date(2026, 12, 31))
    sold = lunch.sell(guest).get_json()
    undone = lunch.undo(sold["id"], key="undo")
    assert undone.status_code == 201
    assert (undone.get_json()["points_fen"], undone.get_json()["cash_fen"]) == (800, 0)
    lots = lunch.session.execute(
        text("SELECT remaining_fen FROM ledger.lot WHERE home = :home ORDER BY expires_on"), {"home": guest.senior_id}
    )
    assert list(lots.scalars()) == [500, 500]
    assert lunch.undo(sold["id"], key="undo").headers["Idempotency-Replayed"] == "true"
    again = lunch.undo(sold["id"])
    assert (again.status_code, again.get_json()["code"]) == (409, "already_reversed")


def test_the_next_day_only_the_manager_undoes_and_not_for_ever(lunch: Lunch, clock: FrozenClock) -> None:
    first, second = (lunch.sell(lunch.guest()).get_json() for _ in range(2))
    clock.set(NOON + timedelta(days=1))
    late = lunch.undo(first["id"])
    assert (late.status_code, late.get_json()["code"]) == (409, "reversal_too_late")
    clock.set(NOON + timedelta(days=30))
    assert lunch.undo(first["id"], by=lunch.manager).status_code == 201
    clock.set(NOON + timedelta(days=31))
    assert lunch.undo(second["id"], by=lunch.manager).get_json()["code"] == "reversal_too_late"


def test_a_sale_paid_in_cash_alone_is_undone_too(lunch: Lunch, clock: FrozenClock) -> None:
    clock.set(NOON.replace(hour=15))
    sold = lunch.sell(lunch.guest(points_fen=0)).get_json()
    undone = lunch.undo(sold["id"])
    assert undone.get_json()["cash_fen"] == 1600
    assert lunch.undo(sold["id"]).get_json()["code"] == "already_reversed"


def test_points_of_a_lot_that_expired_meanwhile_come_back_with_a_few_days_of_grace(
    lunch: Lunch, clock: FrozenClock
) -> None:
    guest = lunch.guest(points_fen=0)
    lunch.grant(guest.senior_id, points_fen=800, expires_on=date(2026, 11, 20))
    sold = lunch.sell(guest).get_json()
    clock.set(NOON + timedelta(days=3))
    lunch.undo(sold["id"], by=lunch.manager)
    lots = lunch.session.execute(
        text("SELECT remaining_fen, expires_on FROM ledger.lot WHERE home = :home ORDER BY id"),
        {"home": guest.senior_id},
    )
    assert lots.all() == [(0, date(2026, 11, 20)), (800, date(2026, 11, 30))]


def test_nobody_undoes_a_sale_of_another_canteen(lunch: Lunch) -> None:
    sold = lunch.sell(lunch.guest()).get_json()
    lunch.session.execute(text("UPDATE role_grant SET canteen_id = :other"), {"other": make_canteen(lunch.session).id})
    assert lunch.undo(sold["id"]).get_json()["code"] == "checkout_not_found"


def test_a_senior_without_points_or_book_is_served(lunch: Lunch) -> None:
    card = lunch.card_of(make_senior(lunch.session, hukou_area=STREET, birth_on=date(1950, 1, 1)))
    assert lunch.sell(card).get_json()["public_fen"] == 480
