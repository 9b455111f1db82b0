"""A lunch without the network: nothing is lost, nothing is doubled, whatever happens to the computer."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.offline.conftest import Computer, OpenDevice
from tests.browser.offline.device import Device

SYNC_MS = 30_000


def expect_each_once(till: Device, count: int) -> None:
    """Expect that each guest's meal stands in the books once, and that no number of the till is missing."""
    sales = till.sales()
    assert sorted(sale.card for sale in sales) == sorted(till.cards[:count])
    assert all(sale.public_fen == 800 for sale in sales)
    assert [upload.seq for upload in till.uploads()] == list(range(1, count + 1))
    assert [upload.conflicts for upload in till.uploads()] == [[]] * count


def test_thirty_sales_offline_survive_a_power_cut_and_arrive_once(open_device: OpenDevice, computer: Computer) -> None:
    till = open_device(guests=31, opening=computer.open)
    till.go_offline()
    till.sell_to(till.cards[:30])
    till.waits(30)
    computer.pull_the_plug()
    till.page = computer.switch_on(is_offline=True)
    till.open()
    till.waits(30)
    till.reads("30", "#strips")
    till.sell_to(till.cards[30:])
    till.come_back()
    till.waits(0)
    expect_each_once(till, 31)
    assert (till.as_seen().queue_length, till.as_seen().last_seq) == (0, 31)


def test_a_lunch_of_300_in_airplane_mode_arrives_within_half_a_minute(
    open_device: OpenDevice, record_property: Callable[[str, object], None]
) -> None:
    till = open_device(guests=300)
    till.go_offline()
    waits = sorted(till.sell_to(till.cards))
    record_property("offline_scan_to_green_p95_ms", round(waits[285]))
    till.waits(300)
    till.reads("300", "#strips")
    till.come_back()
    till.waits(0, within_ms=SYNC_MS)
    expect(till.page.locator("#strips")).to_be_empty()
    expect_each_once(till, 300)
    assert max(len(batch) for batch in till.line.batches()) == 50
