"""Lines that break, answer late or twice, and two windows of one till: every meal is booked once."""

from threading import Event

from tests.browser.offline.conftest import OpenDevice
from tests.browser.offline.line import CHECKOUTS, UPLOADS, half, late, lost, twice


def test_a_server_that_breaks_half_way_loses_answers_and_answers_twice_books_each_meal_once(
    open_device: OpenDevice,
) -> None:
    till = open_device(guests=9)
    till.go_offline()
    till.sell_to(till.cards)
    till.line.next(UPLOADS, half, lost, twice)
    till.come_back()
    till.waits(0)
    till.expect_each_booked_once(9)
    assert till.line.sent() == 3 * [str(upload.id) for upload in till.uploads()]


def test_a_sale_without_an_answer_is_green_within_a_second_and_the_late_answer_sells_nothing_more(
    open_device: OpenDevice,
) -> None:
    till, answer = open_device(guests=1), Event()
    till.line.next(CHECKOUTS, late(answer))
    [wait_ms] = till.sell_to(till.cards)
    assert 800 <= wait_ms < 3000
    till.waits(0)
    answer.set()
    till.page.wait_for_timeout(200)
    till.shows("sold")
    till.expect_each_booked_once(1)


def test_two_windows_of_a_till_send_each_sale_once(open_device: OpenDevice) -> None:
    till = open_device(guests=6)
    other = till.page.context.new_page()
    other.goto("/till")
    other.wait_for_selector("html[data-view=blocked]")
    till.page.bring_to_front()
    till.go_offline()
    till.sell_to(till.cards)
    till.come_back()
    till.waits(0)
    till.expect_each_booked_once(6)
    sent = till.line.sent()
    assert len(sent) == len(set(sent)) == 6
    other.close()
