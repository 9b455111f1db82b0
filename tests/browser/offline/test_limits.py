"""What a till refuses, locks or doubts while it is on its own, and what the office learns of it afterwards."""

from datetime import timedelta

from app.people.models import Card
from tests.browser.offline.conftest import OpenDevice
from tests.browser.offline.device import RunningClock
from tests.conftest import NOON

# Sets the wall clock of the page, as somebody does in the settings; the monotonic clock goes on as it was.
SET_CLOCK = """seconds => {
    const Real = (globalThis.RealDate ??= Date);
    globalThis.Date = class extends Real {
        constructor(...parts) { super(...(parts.length ? parts : [Real.now() + seconds * 1000])); }
        static now() { return Real.now() + seconds * 1000; }
    };
}"""


def test_a_full_queue_stops_subsidies_but_not_meals(open_device: OpenDevice) -> None:
    till = open_device(guests=4, pending_sales=2)
    till.go_offline()
    till.sell_to(till.cards[:2])
    till.reads("补贴停用：已有 2 笔待上传，最多 2 笔", "#strips")
    till.scan(till.cards[2])
    till.shows("asking")
    till.page.locator(".btn--primary").click()
    till.shows("sold")
    till.come_back()
    till.waits(0)
    till.sell_to(till.cards[3:])
    assert [sale.public_fen for sale in till.sales()] == [800, 800, 0, 800]


def test_a_lost_card_is_refused_and_one_lost_meanwhile_is_booked_and_found(open_device: OpenDevice) -> None:
    till = open_device(guests=1)
    known = till.guest(card_state="lost")
    till.open()
    till.go_offline()
    till.scan(known)
    till.shows("refused")
    till.reads("这张卡已挂失")
    till.lunch.session.query(Card).filter_by(number=till.cards[0]).update({"state": "lost"})
    till.lunch.session.commit()
    till.sell_to(till.cards)
    till.come_back()
    till.waits(0)
    [sale], [upload] = till.sales(), till.uploads()
    assert sale.public_fen == 800
    assert [conflict["code"] for conflict in upload.conflicts] == ["card_lost"]


def test_a_clock_that_jumps_an_hour_is_doubted_and_meals_keep_their_true_time(
    open_device: OpenDevice, clock: RunningClock
) -> None:
    till = open_device(guests=3)
    till.go_offline()
    till.sell_to(till.cards[:1])
    for card, seconds in zip(till.cards[1:], (3600, -3600), strict=True):
        till.page.evaluate(SET_CLOCK, seconds)
        till.sell_to([card])
        till.reads("这台电脑的时钟不对", "#strips")
    till.come_back()
    till.waits(0)
    assert [upload.clock_suspect for upload in till.uploads()] == [False, True, True]
    assert all(NOON < sale.occurred_at < clock.now() + timedelta(seconds=1) for sale in till.sales())
