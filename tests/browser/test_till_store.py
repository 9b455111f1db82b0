"""The till's store on the disk of a real browser: strict, numbered, moved over from the till before it."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from app.web.assets import asset

TOOLS = """
async (url) => {
  const { Store } = await import(url);
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const quote = { price_fen: 1600, cash_fen: 200, points_fen: 600, shares: [], explanation: { zh: ["x"] } };
  const sale = (id, more) => ({
    id, kind: "sale", cashier: 5, made_at: 1000, occurred_at: "2026-11-20T03:48:00Z", state: "sending",
    items: [], quote, path: "/x", body: {}, ...more,
  });
  const durabilities = new Set();
  const begin = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (names, mode, options) {
    const made = begin.call(this, names, mode, options);
    if (mode === "readwrite") durabilities.add(made.durability);
    return made;
  };
  const wipe = () => done(indexedDB.deleteDatabase("chongyang-till"));
  Object.assign(window, { Store, done, sale, durabilities, wipe });
}
"""


@pytest.fixture
def disk(browser: Browser, address: str, app: Flask) -> Iterator[Page]:
    """Open a page of our origin with the store's module in it."""
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto("/log-in")
    with app.test_request_context():
        url = asset("meals/till/store.js")
    page.evaluate(TOOLS, url)
    yield page
    context.close()


def test_what_an_older_till_kept_is_moved_over(disk: Page) -> None:
    old = """
    async () => {
      const request = indexedDB.open("chongyang-till", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("entries", { keyPath: "id" });
      const database = await done(request);
      const entries = database.transaction("entries", "readwrite").objectStore("entries");
      await done(entries.put({
        id: "s", kind: "sale", cashier: 5, made_at: 1000, card: "6021", path: "/checkouts",
        body: { card: "6021", items: [{ dish_id: 1, count: 2 }] },
      }));
      await done(entries.put({
        id: "u", kind: "undo", cashier: 5, made_at: 2000, sale: { id: "r" }, path: "/x", body: { reason: "y" },
      }));
      database.close();
      const store = await Store.open(indexedDB);
      return [await store.waiting(), store.standing()];
    }
    """
    (sale, undo), standing = disk.evaluate(old)
    assert (sale["state"], sale["items"], sale["quote"]) == ("sending", [{"dish_id": 1, "count": 2}], None)
    assert sale["occurred_at"] == "1970-01-01T00:00:01.000Z"
    assert (undo["undoes"], undo["reason"], undo["seq"]) == ("r", "y", None)
    assert (standing["count"], standing["sending"]) == (0, 2)


def test_a_number_is_never_given_twice(disk: Page) -> None:
    numbers = """
    async () => {
      const tabs = [await Store.open(indexedDB), await Store.open(indexedDB)];
      for (const tab of tabs) await tab.series(7, 3);
      const some = await Promise.all([...Array(20).keys()].map((n) => tabs[n % 2].queue(sale(`s${n}`))));
      const again = await tabs[0].queue(sale("s4"));
      const told = { first: some.map(({ seq }) => seq).sort((a, b) => a - b), same: again.seq === some[4].seq };
      const kept = localStorage.getItem("chongyang.till.seq.7");
      localStorage.clear();
      const forgetful = await Store.open(indexedDB);
      told.disk = await forgetful.series(7);
      localStorage.setItem("chongyang.till.seq.7", kept);
      for (const tab of [...tabs, forgetful]) tab.database.close();
      await wipe();
      const emptied = await Store.open(indexedDB);
      told.emptied = await emptied.series(7);
      told.next = (await emptied.queue(sale("n"))).seq;
      told.other = await emptied.series(8);
      return { ...told, durabilities: [...durabilities] };
    }
    """
    told: dict[str, Any] = disk.evaluate(numbers)
    assert told["first"] == list(range(4, 24))
    assert told["same"]
    assert told["disk"] == {"last_seq": 23, "is_emptied": False}
    assert told["emptied"] == {"last_seq": 23, "is_emptied": True}
    assert told["next"] == 24
    assert told["other"] == {"last_seq": 0, "is_emptied": False}
    assert told["durabilities"] == ["strict"]


def test_what_is_acknowledged_leaves_the_queue_and_is_kept(disk: Page) -> None:
    lunch = """
    async () => {
      const store = await Store.open(indexedDB);
      await store.series(7);
      for (const id of ["a", "b", "c"]) { await store.write(sale(id)); await store.queue(sale(id)); }
      await store.write(sale("d", { made_at: 1 }));
      const order = (await store.waiting()).map(({ id }) => id);
      const before = store.standing();
      const answer = { outcome: "booked", receipt: { id: "a", explanation: {} }, findings: [] };
      const moved = await store.acknowledgeAll(["a", "a", "gone"].map((id) => ({ id, answer })), 5000);
      await store.acknowledge("b", answer, 9000);
      await store.discard("d");
      const found = [await store.find("a"), await store.find("c"), await store.find("d")];
      const since = (await store.sentSince(6000)).map(({ id }) => id);
      await store.sweep(6000);
      const left = [await store.find("a"), (await store.find("b")).id];
      const codes = [await store.claimCode("n", 7000), await store.claimCode("n", 7000)];
      await store.sweep(8000);
      codes.push(await store.claimCode("n", 7000));
      await store.keepRoster({ people: [[1]] }, 'W/"x"', 4);
      await store.setMark("exported_at", 3);
      const again = await Store.open(indexedDB);
      const [roster, mark, after] = [await again.roster(), await again.mark("exported_at"), again.standing()];
      return { order, before, moved: moved.length, found, since, left, codes, roster, mark, after };
    }
    """
    told: dict[str, Any] = disk.evaluate(lunch)
    assert told["order"] == ["a", "b", "c", "d"]
    assert (told["before"]["count"], told["before"]["price_fen"], told["before"]["sending"]) == (3, 4800, 1)
    assert told["before"]["oldest_at"] == 1_795_146_480_000
    assert told["moved"] == 1
    sent, waiting, gone = told["found"]
    assert (sent["acknowledged_at"], sent["answer"]["receipt"], "path" in sent) == (5000, {"id": "a"}, False)
    assert "explanation" not in sent["quote"]
    assert (waiting["state"], gone) == ("queued", None)
    assert told["since"] == ["b"]
    assert told["left"] == [None, "b"]
    assert told["codes"] == [True, False, True]
    assert told["roster"] == {"content": {"people": [[1]]}, "etag": 'W/"x"', "at": 4}
    assert (told["mark"], told["after"]["count"]) == (3, 1)


def test_a_full_disk_says_so_and_keeps_what_there_is(disk: Page) -> None:
    full = """
    async () => {
      const store = await Store.open(indexedDB);
      await store.series(7);
      await store.queue(sale("a"));
      const put = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = function () { throw new DOMException("full", "QuotaExceededError"); };
      const refusals = [];
      const acknowledge = () => store.acknowledge("a", { receipt: null }, 1);
      for (const work of [() => store.write(sale("b")), () => store.queue(sale("b")), acknowledge]) {
        await work().catch((error) => refusals.push(error.name));
      }
      IDBObjectStore.prototype.put = put;
      return [refusals, (await store.waiting()).map(({ id, seq }) => [id, seq]), (await store.queue(sale("b"))).seq];
    }
    """
    refusals, waiting, seq = disk.evaluate(full)
    assert refusals == ["QuotaExceededError"] * 3
    assert waiting == [["a", 1]]
    assert seq == 2


def test_a_store_that_is_emptied_under_the_open_page_is_written_anew(disk: Page) -> None:
    emptied = """
    async () => {
      const store = await Store.open(indexedDB);
      await store.series(7);
      const restored = [];
      store.onRestored = (count) => restored.push(count);
      for (const id of ["a", "b"]) await store.queue(sale(id));
      localStorage.clear();
      await wipe();
      const seq = (await store.queue(sale("c"))).seq;
      const later = await Store.open(indexedDB);
      return { seq, restored, waiting: (await later.waiting()).map((entry) => [entry.id, entry.seq]) };
    }
    """
    told = disk.evaluate(emptied)
    assert told["seq"] == 3
    assert told["restored"] == [2]
    assert told["waiting"] == [["a", 1], ["b", 2], ["c", 3]]
