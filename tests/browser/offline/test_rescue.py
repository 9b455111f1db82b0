"""A till that may no longer send: the manager books its queue from a file, the device in its place sends the rest."""

import re
from pathlib import Path

from playwright.sync_api import expect
from sqlalchemy import select

from meals.tills.models import TillDevice
from tests.browser.offline.conftest import OpenDevice
from tests.browser.offline.device import Device, RunningClock
from tests.meals.tills.counter import Counter as Desk
from tests.meals.tills.counter import book, look, offer


def export(till: Device) -> bytes:
    """Save the queue as a file, as the screen before leaving offers it."""
    till.page.keyboard.press("F10")
    till.page.locator("[data-do=leave][data-where=log_out]").click()
    with till.page.expect_download() as saved:
        till.page.locator("[data-do=save]").click()
    till.page.keyboard.press("Escape")
    return Path(saved.value.path()).read_bytes()


def test_the_queue_of_a_revoked_till_is_handed_in_and_the_rest_sent_by_the_next(
    open_device: OpenDevice, clock: RunningClock
) -> None:
    till = open_device(guests=3)
    lunch, page = till.lunch, till.page
    former = till.as_seen().id
    till.go_offline()
    till.sell_to(till.cards[:2])
    till.waits(2)
    data = export(till)
    till.sell_to(till.cards[2:])
    clock.advance(seconds=5)  # a till on a busy machine knows the time to a second or so
    lunch.client.post(f"/meals/tills/devices/{former}/revoke", headers=lunch.manager)
    till.come_back()
    till.reads("补贴停用：这台设备已停用", "#strips")
    till.waits(3)
    assert till.sales() == []
    desk = Desk(lunch, "", former)
    assert book(desk, look(desk, data)).status_code == 200
    assert len(till.sales()) == 2
    (address,) = re.findall(r'href="([^"]*/till/enrol#[^"]*)"', offer(lunch).text)
    page.goto("/till/enrol" + address.replace("&amp;", "&").partition("/till/enrol")[2])
    expect(page.locator("#enrol-next")).to_be_visible()
    till.open()
    till.waits(0)
    assert [(upload.seq, upload.device_id, upload.conflicts) for upload in till.uploads()] == [
        (seq, former, []) for seq in (1, 2, 3)
    ]
    assert len(till.sales()) == 3
    devices = lunch.session.scalars(select(TillDevice).order_by(TillDevice.number))
    assert [device.revoked_at is None for device in devices] == [False, True]


def test_a_browser_that_is_cleared_while_it_sells_loses_nothing(open_device: OpenDevice) -> None:
    till = open_device(guests=3)
    till.go_offline()
    till.sell_to(till.cards[:2])
    till.waits(2)
    cleared = {"origin": till.line.address, "storageTypes": "indexeddb,local_storage"}
    till.page.context.new_cdp_session(till.page).send("Storage.clearDataForOrigin", cleared)
    till.sell_to(till.cards[2:])
    till.waits(3)
    till.come_back()
    till.waits(0)
    assert [(upload.seq, upload.conflicts) for upload in till.uploads()] == [(1, []), (2, []), (3, [])]
    assert "token" in till.page.evaluate("JSON.parse(localStorage.getItem('chongyang.till'))")
