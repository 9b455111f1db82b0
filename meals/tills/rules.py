"""What a till may do by itself, and which of its sales are missing: pure rules."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# Further back nobody looks for a missing number: more sales than a till makes in a fortnight.
NUMBERS_LOOKED_AT = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class TillRules:
    """How far a till may go without an answer of the server."""

    document_id: int
    sale_at_most_fen: int
    pending_sales: int
    pending_fen: int
    warn_after_minutes: int
    roster_hours: int
    unknown_percent: int
    clock_jump_seconds: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers of a device that never came, the first and the last."""

    first: int
    last: int

    @property
    def count(self) -> int:
        """Return how many they are."""
        return self.last - self.first + 1


def find_gaps(numbers: Iterable[int], *, last_seq: int, queue_length: int) -> list[Gap]:
    """Find the numbers missing among those that came.

    What is still in the device's queue is not missing: its last numbers are left out, as many as it says wait there.

    :param last_seq: the highest number the device says it gave
    """
    came = sorted(set(numbers))
    start = max((came[-1] if came else 0), last_seq) - NUMBERS_LOOKED_AT
    gaps = [
        Gap(before + 1, after - 1)
        for before, after in zip([max(0, start), *came], came, strict=False)
        if after - before > 1
    ]
    end, reached = last_seq - queue_length, came[-1] if came else 0
    return gaps + ([Gap(reached + 1, end)] if end > reached else [])


def write_gaps(gaps: Sequence[Gap]) -> str:
    """Write missing numbers as people read them: ``118, 120-122``."""
    return ", ".join(str(gap.first) if gap.count == 1 else f"{gap.first}-{gap.last}" for gap in gaps)


def is_roster_old(roster_at: datetime | None, *, at: datetime, rules: TillRules) -> bool:
    """Say whether a till may no longer sell with subsidy by the roster it has."""
    return roster_at is None or at - roster_at > timedelta(hours=rules.roster_hours)
