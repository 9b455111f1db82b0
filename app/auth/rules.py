"""When a log-in must wait, what a code is, and what a password must be: pure rules."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

PASSWORD_LENGTH = 8  # NIST SP 800-63B, 3.1.1.2: at least 8; longer is better than composed
PASSWORD_LONGEST = 128
PLAIN_RUNS = ("12345678", "abcdefgh", "qwertyui", "password", "admin123", "11111111", "88888888", "66666666")
LOCK_STEPS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15))
FORGOTTEN_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many wrong tries within a window, then waiting, from step to step longer."""

    failures: int
    window: timedelta
    steps: tuple[timedelta, ...] = LOCK_STEPS


ACCOUNT_LIMIT = Limit(failures=5, window=timedelta(minutes=15))
ADDRESS_LIMIT = Limit(failures=50, window=timedelta(minutes=15))
# A code is void after a few tries of its own. These count over all the codes of one phone or card: enough for anyone
# who types slowly and asks again. Whoever only guesses, day and night for a year, gets in with a chance of one in
# forty, and the phone's owner gets a dozen messages on each of those days.
CODE_LIMIT = Limit(failures=20, window=timedelta(minutes=15))
# Messages cost money and disturb, and anyone can ask for one to any phone: four in a row, then waits that grow until
# a phone that nobody logs in with gets no more than a dozen a day.
SEND_STEPS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
SEND_LIMIT = Limit(failures=4, window=timedelta(minutes=15), steps=SEND_STEPS)
SEND_ADDRESS_LIMIT = Limit(failures=40, window=timedelta(minutes=15))


class Purpose(StrEnum):
    """What a one-time code opens: an account by its phone, a new link by a phone, or a senior's account by card.

    ``change`` opens nothing: it shows that somebody who is logged in has the phone.
    """

    PHONE = "phone"
    JOIN = "join"
    COUNTER = "counter"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class CodeShape:
    """How many digits a code has, how long it is good, and how many tries it stands."""

    digits: int
    life: timedelta
    tries: int


# The message may take a minute to come and its digits a minute to type; the counter's is read out and typed later.
CODE_SHAPES = {
    Purpose.PHONE: CodeShape(digits=6, life=timedelta(minutes=5), tries=5),
    Purpose.JOIN: CodeShape(digits=6, life=timedelta(minutes=5), tries=5),
    Purpose.CHANGE: CodeShape(digits=6, life=timedelta(minutes=5), tries=5),
    Purpose.COUNTER: CodeShape(digits=8, life=timedelta(minutes=15), tries=5),
}
MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)


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
    wait = limit.steps[min(counted.rounds, len(limit.steps) - 1)]
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


def fold_digits(typed: str) -> str:
    """Return the digits of a code or a number as typed: full width, blanks and dashes do not matter."""
    return "".join(character for character in unicodedata.normalize("NFKC", typed) if character not in " -\t\u3000")


def fold_phone(typed: str) -> str:
    """Return a phone number as it is kept, from the ways people write it."""
    return fold_digits(typed).removeprefix("+86")


def is_mobile(number: str) -> bool:
    """Tell whether a folded number is a mobile phone's, which can get messages."""
    return MOBILE.fullmatch(number) is not None
