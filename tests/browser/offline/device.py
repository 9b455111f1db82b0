"""A till with a token of its own: what it sells without the server, and what of that reaches the books."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from playwright.sync_api import expect
from sqlalchemy import select

from bench.scanner import GREENS, SELL, WATCH
from meals.tills.models import TillDevice, TillUpload
from tests.browser.counter import Counter
from tests.browser.offline.line import Line
from tests.conftest import FrozenClock

GREEN_WITHIN_MS = 10_000


class RunningClock(FrozenClock):
    """A clock that is set to a moment and goes on from there: tills notice one that stands still."""

    def __init__(self, moment: datetime) -> None:
        super().__init__(moment)
        self.begun = monotonic()

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return super().now() + timedelta(seconds=monotonic() - self.begun)


@dataclass
class Device(Counter):
    """An enrolled till, the line to its server, and the guests in its roster."""

    line: Line
    cards: list[str] = field(default_factory=list)

    def wait_until_ready(self) -> None:
        """Wait until it could go on by itself."""
        self.page.wait_for_selector("html[data-ready][data-roster]:not([data-roster=''])")

    def go_offline(self) -> None:
        """Take the network away, as in an aeroplane."""
        self.page.context.set_offline(True)

    def come_back(self) -> None:
        """Give the network back."""
        self.page.context.set_offline(False)

    def sell_to(self, cards: list[str]) -> list[float]:
        """Serve guests as fast as the page takes them; returns how long each waited for the green screen, in ms."""
        if not self.page.evaluate("Boolean(globalThis.seen)"):
            self.page.evaluate(WATCH)
        stopped = self.page.evaluate(SELL, {"cards": cards, "within": GREEN_WITHIN_MS})
        assert stopped is None, stopped
        waits: list[float] = self.page.evaluate(GREENS)
        assert len(waits) == len(cards)
        return waits

    def waits(self, count: int, *, within_ms: int = 20_000) -> None:
        """Expect so many sales and undoings to be waiting."""
        expect(self.page.locator("html")).to_have_attribute("data-waiting", str(count), timeout=within_ms)

    def uploads(self) -> list[TillUpload]:
        """Return what came of what this till sent by itself, by its numbers."""
        self.lunch.session.rollback()
        return list(self.lunch.session.scalars(select(TillUpload).order_by(TillUpload.seq)))

    def expect_each_booked_once(self, count: int) -> None:
        """Expect each meal in the books once, as the till decided it, and none of its numbers missing."""
        sales, uploads = self.sales(), self.uploads()
        assert sorted(sale.card for sale in sales) == sorted(self.cards[:count])
        assert [sale.public_fen for sale in sales] == [800] * count
        assert [upload.seq for upload in uploads] == list(range(1, count + 1))
        assert [upload.conflicts for upload in uploads] == [[]] * count

    def as_seen(self) -> TillDevice:
        """Return how the till stands as its manager sees it."""
        self.lunch.session.rollback()
        return self.lunch.session.scalars(select(TillDevice)).one()
