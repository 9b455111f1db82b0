"""A queue that was taken out of a till as a file is looked at, booked once, and refused when a letter was changed."""

import pytest
from sqlalchemy import func, select

from app.auth.actor import Role
from meals.models import Checkout
from meals.tills import import_pages, rescue
from meals.tills.models import TillUpload
from meals.tills.rescue import MOST_BYTES, pack, unpack
from tests.app.people.factories import bearer, make_staff
from tests.conftest import FrozenClock
from tests.meals.factories import STREET, make_canteen
from tests.meals.tills.counter import IMPORT, Counter, book, look, write_file


def booked(counter: Counter) -> int:
    return counter.lunch.session.scalar(select(func.count()).select_from(Checkout)) or 0


def test_a_file_is_looked_at_first_and_then_booked_once(counter: Counter) -> None:
    lunch = counter.lunch
    sales = [counter.sale(lunch.guest(), seq=seq) for seq in (1, 2)]
    data = write_file(counter, [*sales, counter.undo(sales[1], seq=3)])
    page = look(counter, data)
    assert (page.status_code, booked(counter)) == (200, 0)
    assert "32.00" in page.text
    done = book(counter, page)
    assert (done.status_code, booked(counter)) == (200, 2)
    assert done.text.count("已入账") == 3
    for sale in sales:
        assert f"/meals/sales/{sale['id']}" in done.text
    again = look(counter, data)
    assert "文件里的都已入账" in again.text
    assert book(counter, again).text.count("先前已到") == 3
    assert booked(counter) == 2
    assert lunch.session.scalar(select(func.count()).select_from(TillUpload)) == 3


def test_what_the_device_sent_itself_is_not_booked_again(counter: Counter) -> None:
    sales = [counter.sale(counter.lunch.guest(), seq=seq) for seq in (1, 2)]
    counter.send(sales[0])
    page = look(counter, write_file(counter, sales))
    assert "1 笔可以入账" in page.text
    assert "先前已到" in book(counter, page).text
    assert booked(counter) == 2


def test_the_queue_of_a_device_out_of_use_is_taken(counter: Counter, clock: FrozenClock) -> None:
    lunch = counter.lunch
    sale = counter.sale(lunch.guest())
    lunch.client.post(f"/meals/tills/devices/{counter.device_id}/revoke", headers=lunch.manager)
    assert counter.post(sale).status_code == 401
    clock.advance(minutes=10)
    page = look(counter, write_file(counter, [sale]))
    assert "停用" in page.text
    book(counter, page)
    assert booked(counter) == 1


def test_a_changed_letter_is_seen(counter: Counter) -> None:
    data = write_file(counter, [counter.sale(counter.lunch.guest())])
    for found, other in (
        (b"1600", b"1700"),
        (b'\\"cash_fen\\": 0', b'\\"cash_fen\\": 1'),
        (b'"signature": "', b'"signature": "0'),
    ):
        assert found in data
        page = look(counter, data.replace(found, other, 1))
        assert (page.status_code, "文件和设备导出时不一样" in page.text) == (422, True)
    page = look(counter, write_file(counter, [], token="another"))
    assert page.status_code == 422
    assert booked(counter) == 0


def test_what_is_changed_between_the_look_and_the_booking_is_seen_too(counter: Counter) -> None:
    data = write_file(counter, [counter.sale(counter.lunch.guest())])
    for packed in (pack(data.replace(b"1600", b"1700")), "%%%", pack(data)[:-80], ""):
        answer = counter.lunch.client.post(f"{IMPORT}/entries", data={"packed": packed}, headers=counter.lunch.manager)
        assert answer.status_code == 422
    assert booked(counter) == 0


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no json",
        b"[]",
        b"{}",
        b'{"device": true}',
        b'{"device": 99999999999999999999999}',
        b'{"device": "1"}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_file_of_a_queue_is_refused_in_words(counter: Counter, data: bytes) -> None:
    page = look(counter, data)
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text


def test_a_signed_file_without_entries_or_with_too_many_is_refused(counter: Counter) -> None:
    assert look(counter, write_file(counter, [], format="other")).status_code == 422
    assert look(counter, write_file(counter, [None] * 5001)).status_code == 422
    assert look(counter, write_file(counter, [])).status_code == 200


def test_a_file_longer_than_any_queue_is_not_read(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (import_pages, rescue):
        monkeypatch.setattr(module, "MOST_BYTES", 100)
    page = look(counter, write_file(counter, []))
    assert (page.status_code, "文件过长" in page.text) == (422, True)


def test_a_packed_file_is_no_bomb() -> None:
    assert len(unpack(pack(b" " * (MOST_BYTES * 3)))) == MOST_BYTES + 1


def test_only_those_who_keep_the_canteen_hand_in_for_it(counter: Counter) -> None:
    lunch = counter.lunch
    data = write_file(counter, [counter.sale(lunch.guest())])
    other = make_canteen(lunch.session, area_code=STREET, name="二食堂")
    stranger = make_staff(lunch.session, role=Role.CANTEEN_MANAGER, area_code=STREET, canteen_id=other.id)
    page = look(counter, data, by=bearer(lunch.session, stranger))
    assert (page.status_code, "不在您管的食堂" in page.text) == (422, True)
    assert look(counter, data, by=lunch.cashier).status_code == 403
    assert lunch.client.get(IMPORT, headers=lunch.cashier).status_code == 403
    assert lunch.client.get(IMPORT, headers=lunch.manager).status_code == 200


def test_what_nobody_can_read_is_kept_and_said(counter: Counter) -> None:
    page = look(counter, write_file(counter, [{"id": "x", "kind": "what"}, None]))
    assert "2 笔读不懂" in page.text
    done = book(counter, page)
    assert done.text.count("原样留存，未入账") == 2
    assert counter.lunch.session.scalar(select(func.count()).select_from(TillUpload)) == 2


def test_a_long_file_is_booked_some_at_a_time(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_pages, "AT_ONCE", 2)
    page = look(counter, write_file(counter, [counter.sale(counter.lunch.guest(), seq=seq) for seq in range(1, 6)]))
    for done in (2, 4, 5):
        page = book(counter, page)
        assert booked(counter) == done
    assert 'name="packed"' not in page.text


def test_what_is_odd_is_told_beside_the_entry(counter: Counter) -> None:
    page = look(counter, write_file(counter, [counter.sale(counter.lunch.guest(card_state="lost"))]))
    assert "挂失" in book(counter, page).text
