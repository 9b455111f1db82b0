"""Shifts: one drawer at a time, totals that add up, nothing closed while the till knows more than the server."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app import clock as product_clock
from meals.shifts.reading import sum_sales
from meals.shifts.rules import LocalCount, Sum, Totals, add_up, expect_cash
from meals.tills.models import TillDevice
from tests.app.people.factories import bearer, make_staff
from tests.conftest import FrozenClock
from tests.meals.factories import STREET, make_canteen, make_checkout, make_till
from tests.meals.lunch import Lunch
from tests.meals.test_pages import counted as statements


def open_shift(lunch: Lunch, *, float_fen: int = 20_000, **more: Any) -> dict[str, Any]:
    answer = lunch.client.post(
        f"/api/v1/meals/tills/{lunch.till.id}/shifts", json={"float_fen": float_fen}, headers=lunch.cashier
    )
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def close_shift(lunch: Lunch, shift_id: int, *, by: dict[str, str] | None = None, **body: Any) -> Any:
    return lunch.client.post(
        f"/api/v1/meals/shifts/{shift_id}/closing", json={"counts": {}, **body}, headers=by or lunch.cashier
    )


def counted(receipts: list[Any], *, waiting: int = 0) -> dict[str, int]:
    """Count as a till does: what it was told of its own sales."""
    return {
        "waiting": waiting,
        "count": len(receipts),
        **{name: sum(each[name] for each in receipts) for name in ("price_fen", "points_fen", "cash_fen")},
    }


@pytest.fixture
def sell(lunch: Lunch, clock: FrozenClock) -> Callable[..., Any]:
    """Return a function that sells a meal for cash, a minute after the one before."""

    def sell_one(**about: Any) -> Any:
        clock.advance(minutes=1)
        answer = lunch.sell(lunch.guest(points_fen=0, **about))
        assert answer.status_code == 201
        return answer.json

    return sell_one


@pytest.mark.parametrize(("counts", "fen"), [({}, 0), ({10_000: 2, 50: 3}, 20_150), ({100: 7, 10: 9}, 790)])
def test_notes_and_coins_add_up(counts: dict[int, int], fen: int) -> None:
    assert add_up(counts) == fen


def test_what_was_handed_back_is_not_expected_in_the_drawer() -> None:
    totals = Totals(sold=Sum(count=2, cash_fen=1600), undone=Sum(count=1, cash_fen=800))
    assert expect_cash(float_fen=20_000, totals=totals) == 20_800
    assert Totals.from_json(totals.as_json()) == totals
    assert totals - totals == Totals()


@pytest.mark.parametrize("name", ["count", "price_fen", "points_fen", "cash_fen"])
def test_a_till_agrees_only_where_every_sum_is_the_same(name: str) -> None:
    same = {"count": 3, "price_fen": 4800, "points_fen": 100, "cash_fen": 2300}
    assert LocalCount(waiting=0, **same).agrees_with(Sum(**same))
    assert not LocalCount(waiting=0, **{**same, name: same[name] + 1}).agrees_with(Sum(**same))


def test_one_drawer_has_one_shift_at_a_time(lunch: Lunch) -> None:
    shift = open_shift(lunch)
    assert (shift["name"], shift["expected_fen"], shift["closed_at"]) == ("1-0001", 20_000, None)
    again = lunch.client.post(
        f"/api/v1/meals/tills/{lunch.till.id}/shifts", json={"float_fen": 0}, headers=lunch.manager
    )
    assert (again.status_code, again.json["code"]) == (409, "shift_open")


def test_a_cashier_of_another_canteen_opens_nothing_here(lunch: Lunch) -> None:
    other = make_canteen(lunch.session, area_code=STREET)
    till = make_till(lunch.session, canteen=other)
    answer = lunch.client.post(f"/api/v1/meals/tills/{till.id}/shifts", json={"float_fen": 0}, headers=lunch.cashier)
    assert answer.status_code == 404
    assert lunch.client.get(f"/api/v1/meals/tills/{till.id}/shift", headers=lunch.cashier).status_code == 404


def test_totals_stand_by_payer_and_payment(lunch: Lunch, sell: Callable[..., Any], clock: FrozenClock) -> None:
    before = sell()
    clock.advance(minutes=1)
    shift = open_shift(lunch)
    receipts = [sell(), sell()]
    clock.advance(minutes=1)
    lunch.sell(lunch.guest(points_fen=300))
    for undone in (before, receipts[0]):
        assert lunch.undo(undone["id"]).status_code == 201
    clock.advance(minutes=1)
    read = lunch.client.get(f"/api/v1/meals/tills/{lunch.till.id}/shift", headers=lunch.cashier).json["shift"]
    sold, undone_sum, net = (read["totals"][side] for side in ("sold", "undone", "net"))
    assert (sold["count"], undone_sum["count"], net["count"]) == (3, 2, 1)
    assert (sold["points_fen"], sold["cash_fen"], undone_sum["cash_fen"]) == (300, 2100, 1600)
    assert sold["price_fen"] == sold["public_fen"] + sold["concession_fen"] + sold["points_fen"] + sold["cash_fen"]
    assert (sold["city_fen"], sold["district_fen"], sold["street_fen"]) == (960, 960, 480)
    assert read["expected_fen"] == 20_000 + 2100 - 1600
    assert shift["id"] == read["id"]


def test_what_nobody_paid_is_a_line_of_its_own(lunch: Lunch, clock: FrozenClock) -> None:
    about = {"canteen": lunch.canteen, "account_id": lunch.cashier_account.id, "till": lunch.till}
    card = lunch.guest(points_fen=0)
    make_checkout(lunch.session, senior_id=card.senior_id, card=card.number, **about)
    now = product_clock.now()
    found = sum_sales(
        lunch.session, canteen_id=lunch.canteen.id, from_at=now.replace(hour=0), until_at=now.replace(hour=23)
    )
    assert found[lunch.till.id].sold.unpaid_fen == 0
    assert found[lunch.till.id].sold.count == 1


def test_a_shift_closes_when_till_and_server_agree(lunch: Lunch, sell: Callable[..., Any], clock: FrozenClock) -> None:
    shift = open_shift(lunch)
    receipts = [sell(), sell()]
    clock.advance(minutes=1)
    counts = {"10000": 2, "1000": 1, "500": 1, "100": 1}
    closed = close_shift(lunch, shift["id"], counted_fen=21_600, counts=counts, local=counted(receipts))
    assert closed.status_code == 200, closed.json
    assert (closed.json["difference_fen"], closed.json["totals"]["net"]["count"]) == (0, 2)
    again = close_shift(lunch, shift["id"], counted_fen=21_600, local=counted(receipts))
    assert (again.status_code, again.json["code"]) == (409, "shift_closed")
    clock.advance(minutes=1)
    assert open_shift(lunch)["name"] == "1-0002"


def test_what_the_till_knows_more_keeps_the_shift_open(
    lunch: Lunch, sell: Callable[..., Any], clock: FrozenClock
) -> None:
    shift = open_shift(lunch)
    receipts = [sell()]
    clock.advance(minutes=1)
    waiting = close_shift(lunch, shift["id"], counted_fen=20_800, local=counted(receipts, waiting=1))
    assert (waiting.status_code, waiting.json["code"]) == (409, "sales_waiting")
    differs = close_shift(lunch, shift["id"], counted_fen=20_800, local=counted(receipts * 2))
    assert (differs.status_code, differs.json["code"]) == (409, "totals_differ")
    assert differs.json["server"] == {"count": 1, "cash_fen": 800}


def test_a_difference_has_a_reason(lunch: Lunch, clock: FrozenClock) -> None:
    shift = open_shift(lunch)
    clock.advance(minutes=1)
    refused = close_shift(lunch, shift["id"], counted_fen=19_500, local=counted([]))
    assert refused.status_code == 422
    assert "5.00" in refused.json["errors"]["reason"][0]
    wrong = close_shift(lunch, shift["id"], counted_fen=19_500, counts={"10000": 2}, local=counted([]))
    assert list(wrong.json["errors"]) == ["counted_fen"]
    closed = close_shift(lunch, shift["id"], counted_fen=19_500, local=counted([]), reason="找错零钱")
    assert (closed.status_code, closed.json["difference_fen"]) == (200, -500)


def test_only_the_manager_closes_without_the_till(lunch: Lunch, clock: FrozenClock) -> None:
    shift = open_shift(lunch)
    clock.advance(minutes=1)
    assert close_shift(lunch, shift["id"], counted_fen=20_000).status_code == 422
    unexplained = close_shift(lunch, shift["id"], counted_fen=20_000, by=lunch.manager)
    assert list(unexplained.json["errors"]) == ["reason"]
    closed = close_shift(lunch, shift["id"], counted_fen=20_000, by=lunch.manager, reason="平板摔坏了")
    assert (closed.status_code, closed.json["is_forced"]) == (200, True)


def test_what_comes_in_late_stands_beside_the_totals(
    lunch: Lunch, sell: Callable[..., Any], clock: FrozenClock
) -> None:
    shift = open_shift(lunch)
    receipts = [sell()]
    clock.advance(minutes=5)
    sold_at = product_clock.now()
    clock.advance(minutes=5)
    assert close_shift(lunch, shift["id"], counted_fen=20_800, local=counted(receipts)).status_code == 200
    clock.advance(minutes=5)
    assert lunch.sell(lunch.guest(points_fen=0), occurred_at=sold_at.isoformat()).status_code == 201
    page = lunch.client.get(f"/meals/shifts/{shift['id']}", headers=lunch.manager).text
    assert "1 笔" in page
    kept = lunch.client.get(f"/api/v1/meals/shifts/{shift['id']}", headers=lunch.cashier).json
    assert (kept["totals"]["net"]["count"], kept["difference_fen"]) == (1, 0)


def test_a_closed_shift_stays_as_it_is(lunch: Lunch, clock: FrozenClock) -> None:
    shift = open_shift(lunch)
    clock.advance(minutes=1)
    close_shift(lunch, shift["id"], counted_fen=20_000, local=counted([]))
    with pytest.raises(DBAPIError, match="stays as it is"), lunch.session.begin_nested():
        lunch.session.execute(text("UPDATE till_shift SET counted_fen = 1"))


def test_the_day_shows_what_was_sold_outside_any_shift(
    lunch: Lunch, sell: Callable[..., Any], clock: FrozenClock
) -> None:
    sell()
    clock.advance(minutes=1)
    shift = open_shift(lunch)
    receipts = [sell()]
    clock.advance(minutes=1)
    close_shift(lunch, shift["id"], counted_fen=20_800, local=counted(receipts))
    page = lunch.client.get(f"/meals/shifts/days/{lunch.canteen.id}/2026-11-20", headers=lunch.manager).text
    assert "1-0001" in page
    assert "不在任何一班" in page
    for day in ("soon", "0001-01-01", "9999-12-31"):
        assert (
            lunch.client.get(f"/meals/shifts/days/{lunch.canteen.id}/{day}", headers=lunch.manager).status_code == 404
        )


def test_the_list_asks_the_same_few_questions_for_any_number_of_shifts(lunch: Lunch, clock: FrozenClock) -> None:
    for _ in range(2):
        shift = open_shift(lunch)
        clock.advance(minutes=1)
        close_shift(lunch, shift["id"], counted_fen=20_000, local=counted([]))
        clock.advance(minutes=1)
    open_shift(lunch)
    headers = lunch.manager
    with statements() as asked:
        page = lunch.client.get("/meals/shifts", headers=headers).text
    assert page.count("1-000") == 3
    assert len(asked) <= 12
    answer = lunch.client.get("/api/v1/meals/shifts?limit=2", headers=headers).json
    following = lunch.client.get(f"/api/v1/meals/shifts?limit=2&after={answer['next']}", headers=headers).json
    assert [each["number"] for each in (*answer["items"], *following["items"])] == [3, 2, 1]


def test_a_clerk_of_the_street_reads_shifts_and_another_street_does_not(lunch: Lunch) -> None:
    shift = open_shift(lunch)
    address, clerk = f"/meals/shifts/{shift['id']}", make_staff(lunch.session, area_code=STREET)
    assert lunch.client.get(address, headers=bearer(lunch.session, clerk)).status_code == 200
    stranger = make_staff(lunch.session, area_code="330102001")
    assert lunch.client.get(address, headers=bearer(lunch.session, stranger)).status_code == 404


def test_shifts_leave_as_a_file(lunch: Lunch, clock: FrozenClock) -> None:
    shift = open_shift(lunch)
    clock.advance(minutes=1)
    close_shift(lunch, shift["id"], counted_fen=19_000, local=counted([]), reason="少了十元")
    wish = {"file_format": "csv", "purpose": "月底核对钱箱"}
    made = lunch.client.post("/exports/new/shifts", data=wish, headers=lunch.manager)
    assert made.status_code == 303
    text_of = lunch.client.post(f"{made.location}/file", headers=lunch.manager)
    lines = text_of.get_data(as_text=True)
    text_of.close()
    assert "1-0001" in lines
    assert "少了十元" in lines


def test_the_manager_sees_that_sales_wait_in_the_till(lunch: Lunch) -> None:
    shift = open_shift(lunch)
    lunch.session.add(
        TillDevice(
            till_id=lunch.till.id,
            number=1,
            token_digest=bytes(32),
            enrolled_at=product_clock.now(),
            enrolled_by=lunch.manager_account.id,
            last_seen_at=product_clock.now(),
            queue_length=3,
        )
    )
    lunch.session.flush()
    page = lunch.client.get(f"/meals/shifts/{shift['id']}", headers=lunch.manager).text
    assert "还有 3 笔待上传" in page
    assert "11:48" in page
