"""When a log-in must wait, and what a password must be: pure rules."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

PASSWORD_LENGTH = 8  # NIST SP 800-63B, 3.1.1.2: at least 8; longer is better than composed
PASSWORD_LONGEST = 128
PLAIN_RUNS = ("12345678", "abcdefgh", "qwertyui", "password", "admin123", "11111111", "88888888", "66666666")
LOCK_STEPS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15))
FORGOTTEN_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many wrong tries within a window, then waiting."""

    failures: int
    window: timedelta


ACCOUNT_LIMIT = Limit(failures=5, window=timedelta(minutes=15))
ADDRESS_LIMIT = Limit(failures=50, window=timedelta(minutes=15))


@dataclass(frozen=True, slots=True)
class Throttle:
    """What is remembered of one account's or one address's wrong tries."""

    window_from: datetime
    failures: int = 0
    rounds: int = 0
    locked_until: datetime | None = None


def seconds_to_wait(throttle: Throttle, now: datetime) -> int:
    """Return how long a next try must wait; 0 when it may come now."""
    if throttle.locked_until is None or throttle.locked_until <= now:
        return 0
    return max(1, round((throttle.locked_until - now).total_seconds()))


def after_failure(throttle: Throttle, limit: Limit, now: datetime) -> Throttle:
    """Count one wrong try. Once the limit was reached, each further one waits longer."""
    if now - throttle.window_from > FORGOTTEN_AFTER:
        throttle = Throttle(window_from=now)
    if not throttle.rounds and now - throttle.window_from > limit.window:
        throttle = Throttle(window_from=now)
    counted = replace(throttle, failures=throttle.failures + 1)
    if counted.failures < limit.failures:
        return counted
    wait = LOCK_STEPS[min(counted.rounds, len(LOCK_STEPS) - 1)]
    return replace(counted, rounds=counted.rounds + 1, locked_until=now + wait)


def find_password_faults(password: str, *, personal: Sequence[str]) -> list[str]:
    """Name what is wrong with a new password: ``short``, ``long``, ``plain`` or ``personal``.

    :param personal: words others know about the person, such as the log-in name
    """
    folded = password.casefold()
    faults = []
    if len(password) < PASSWORD_LENGTH:
        faults.append("short")
    if len(password) > PASSWORD_LONGEST:
        faults.append("long")
    if any(run in folded for run in PLAIN_RUNS) or len(set(folded)) < 4:
        faults.append("plain")
    if any(word.casefold() in folded for word in personal if len(word) >= 3):
        faults.append("personal")
    return faults
