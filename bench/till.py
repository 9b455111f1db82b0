"""The till in a real browser: from the last key of a scan to the green screen, and a lunch that waited for the line."""

import time
from collections.abc import Sequence

from sqlalchemy import create_engine, text

from bench.figures import Figure
from bench.till_page import open_till
from bench.world import World

SCANS = 150
GREEN_MS = 300
SALES = 300
SYNC_SECONDS = 30

# The least that a sale costs a browser: one entry on the disk, one frame on the screen.
BARE = """async (rounds) => {
    const opening = indexedDB.open("bench", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("entries", { keyPath: "id" });
    await new Promise((done) => { opening.onsuccess = done; });
    const waits = [];
    for (let id = 0; id < rounds; id += 1) {
        const since = performance.now();
        const writing = opening.result.transaction("entries", "readwrite", { durability: "strict" });
        writing.objectStore("entries").put({ id, text: "x".repeat(1000) });
        await new Promise((done) => { writing.oncomplete = done; });
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        waits.push(performance.now() - since);
    }
    opening.result.close();
    indexedDB.deleteDatabase("bench");
    return waits;
}"""


def run_scan(world: World) -> list[Figure]:
    """Measure from the last key to the painted green screen, on the line and off it."""
    with open_till(world) as till:
        bare = sorted(till.page.evaluate(BARE, SCANS))
        till.time_scans(10)
        on = till.time_scans(SCANS)
        till.page.context.set_offline(True)
        off = till.time_scans(SCANS)
        till.page.context.set_offline(False)
        till.wait_until(0)
    return [_figure("till_scan_to_green", on, bare), _figure("till_scan_to_green_offline", off, bare)]


def run_sync(world: World) -> list[Figure]:
    """Measure how long a lunch of 300 that waited takes to arrive, from the network's return until nothing waits."""
    with open_till(world) as till:
        till.page.context.set_offline(True)
        till.sell_to(SALES)
        till.wait_until(SALES)
        begun = time.monotonic()
        till.page.context.set_offline(False)
        till.wait_until(0)
        seconds = time.monotonic() - begun
        booked = count_booked(world)
    return [
        Figure(
            name="till_sync_300",
            value=seconds,
            unit="s",
            reference=None,
            ratio=None,
            aim=f"< {SYNC_SECONDS}, {SALES} booked",
            met=seconds < SYNC_SECONDS and booked == SALES,
            note=f"{booked} booked, {SALES / seconds:.0f}/s",
        )
    ]


def _figure(name: str, waits: Sequence[float], bare: Sequence[float]) -> Figure:
    value, reference = quantile(waits, 0.95), quantile(bare, 0.95)
    return Figure(
        name=name,
        value=value,
        unit="ms p95",
        reference=reference,
        ratio=value / reference,
        aim=f"< {GREEN_MS}",
        met=value < GREEN_MS,
        note=f"p50 {quantile(waits, 0.5):.0f} ms of {len(waits)}; reference: one strict write and one frame",
    )


def count_booked(world: World) -> int:
    """Return how many sales stand in the books."""
    engine = create_engine(world.database.addresses().owner)
    with engine.connect() as connection:
        count: int = connection.execute(text("SELECT count(*) FROM checkout")).scalar_one()
    engine.dispose()
    return count


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the value below which a share of the ordered ones lies."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
