"""Request counts in this process's memory, for the limiter: counters in a dictionary, swept now and then.

The limiter's own memory storage starts a thread for nearly every request to sweep; that cost an eighth of a sale.
"""

import threading
import time
from typing import Any

from limits.storage import Storage

from app import clock

SWEEP_AT = 10_000  # so many counters may wait for their sweep: a few megabytes


class ProcessMemory(Storage):
    """Fixed windows counted in a dictionary; each process counts for itself."""

    STORAGE_SCHEME = ["process-memory"]  # noqa: RUF012 - the registry reads it from the class

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: Any) -> None:
        super().__init__(uri, wrap_exceptions, **options)
        self._counters: dict[str, tuple[int, float]] = {}
        self._lock = threading.Lock()

    @property
    def base_exceptions(self) -> type[Exception]:
        """Return what can go wrong: nothing of its own."""
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count, and return the count of the window; the first of a window starts it."""
        now = time.monotonic()
        with self._lock:
            count, ends = self._counters.get(key, (0, 0.0))
            if ends <= now:
                count, ends = 0, now + expiry
                self._sweep(now)
            self._counters[key] = (count + amount, ends)
            return count + amount

    def get(self, key: str) -> int:
        """Return the count of the window."""
        count, ends = self._counters.get(key, (0, 0.0))
        return count if ends > time.monotonic() else 0

    def get_expiry(self, key: str) -> float:
        """Return when the window ends, as seconds since the epoch."""
        _count, ends = self._counters.get(key, (0, 0.0))
        return clock.now().timestamp() + max(0.0, ends - time.monotonic())

    def check(self) -> bool:
        """Say that memory is there."""
        return True

    def reset(self) -> int:
        """Forget all counts, and return how many there were."""
        with self._lock:
            count = len(self._counters)
            self._counters.clear()
            return count

    def clear(self, key: str) -> None:
        """Forget one count."""
        self._counters.pop(key, None)

    def _sweep(self, now: float) -> None:
        if len(self._counters) >= SWEEP_AT:
            self._counters = {key: kept for key, kept in self._counters.items() if kept[1] > now}
