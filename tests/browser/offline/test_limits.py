"""What a till refuses, locks or doubts while it is on its own, and what the office learns of it afterwards."""

from datetime import timedelta

from app.people.models import Card
from tests.browser.offline.conftest import OpenDevice
from tests.conftest import NOON

JUMP = """seconds => {
    const Real = globalThis.RealDate ??= Date;
    globalThis.Date = class extends Real {
        constructor(...parts) { parts.length ? super(...parts) : super(Date.now()); }
        static now() { return Real.now() + seconds * 1000; }
    };
}"""


def test_a_full_queue_stops_subsidies_but_not_meals(open_device: OpenDevice) -> None:
    till = open_device(guests=4, pending_sales=2)
    till.go_offline()
    till.sell_to(till.cards[:2])
    till.scan(till.cards[2])
    till.shows("asking")
    till.page.keyboard.press("Enter")
    till.shows("sold")
    till.come_back()
    till.waits(0)
    till.sell_to(till.cards[3:])
    assert [sale.public_fen for sale in till.sales()] == [800, 800, 0, 800]


def test_a_card_reported_lost_is_refused_and_one_lost_meanwhile_is_booked_and_found(open_device: OpenDevice) -> None:
    till = open_device(guests=1)
    known = till.guest(card_state="lost")
    till.page.reload()
    till.wait_until_ready()
    till.go_offline()
    till.scan(known)
    till.shows("refused")
    till.reads("这张卡已挂失")
    till.lunch.session.query(Card).filter_by(number=till.cards[0]).update({"state": "lost"})
    till.lunch.session.commit()
    till.sell_to(till.cards)
    till.come_back()
    till.waits(0)
    [sale] = till.sales()
    assert sale.public_fen == 800
    [upload] = till.uploads()
    assert [reason["code"] for reason in upload.conflicts] == ["card_reported_lost"]


def test_a_clock_that_jumps_is_noticed_and_meals_keep_their_true_time(open_device: OpenDevice) -> None:
    till = open_device(guests=3)
    till.go_offline()
    till.sell_to(till.cards[:1])
    for card, seconds in zip(till.cards[1:], (3600, -3600), strict=True):
        till.page.evaluate(JUMP, seconds)
        till.sell_to([card])
        till.reads("时钟", "#strips")
    till.come_back()
    till.waits(0)
    assert [upload.clock_suspect for upload in till.uploads()] == [False, True, True]
    assert all(abs(sale.occurred_at - NOON) < timedelta(minutes=2) for sale in till.sales())
