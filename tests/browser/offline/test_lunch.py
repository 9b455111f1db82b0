"""A lunch without the network: nothing is lost, nothing is doubled, whatever happens to the computer."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.offline.conftest import Computer, OpenDevice

SYNC_MS = 30_000


def test_thirty_sales_offline_survive_a_power_cut_and_arrive_once(open_device: OpenDevice, computer: Computer) -> None:
    till = open_device(guests=30, opening=computer.open)
    till.go_offline()
    till.sell_to(till.cards[:29])
    till.waits(29)
    computer.pull_the_plug()
    till.page = computer.switch_on(is_offline=True)
    till.open()
    till.waits(29)
    till.sell_to(till.cards[29:])
    till.reads("30 笔待上传", "#strips")
    till.come_back()
    till.waits(0)
    till.expect_each_booked_once(30)
    assert (till.as_seen().queue_length, till.as_seen().last_seq) == (0, 30)


def test_a_lunch_of_300_in_airplane_mode_arrives_within_half_a_minute(
    open_device: OpenDevice, record_property: Callable[[str, object], None]
) -> None:
    till = open_device(guests=300)
    till.go_offline()
    waits = sorted(till.sell_to(till.cards))
    record_property("offline_scan_to_green_p95_ms", round(waits[285]))
    assert waits[285] < 1000
    till.waits(300)
    till.reads("300 笔待上传", "#strips")
    till.come_back()
    till.waits(0, within_ms=SYNC_MS)
    expect(till.page.locator("#strips")).to_be_empty()
    till.expect_each_booked_once(300)
    assert max(len(batch) for batch in till.line.batches()) == 50
