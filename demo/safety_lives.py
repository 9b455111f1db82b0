"""How the homes of the demonstration live: which devices stand in each, and what these say. Pure.

A home's week is made as one piece from the home's number and the week's Monday: so the past that is loaded, the
present that is played, and what was missed while the product was off are pieces of the same life.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from app.clock import ZONE, business_day
from safety.judging.events import Event
from safety.judging.generated import LIVES, Habits, live

CALM = (
    "plain",
    "early riser",
    "late sleeper",
    "three devices",
    "out a lot",
    "many visitors",
    "restless nights",
    "sofa",
)
HABITS = tuple(each for name in CALM for each in LIVES if each.name == name)
TYPES = {
    "motion": "motion",
    "door": "door",
    "contact": "contact",
    "flush": "water_meter",
    "bed": "bed_pressure",
    "seat": "seat",
}
# What says in two words that it was moved; of the others the second word tells nothing new.
TWO_WORDS = frozenset({"door", "contact", "bed", "seat"})
WEEK = 7
# How far apart the signs of life of a device are that did not speak over the wire.
PAST_BEAT = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Piece:
    """A device of a kit: what it is, where it stands, what its gateway calls it."""

    type: str
    place: str
    ref: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a device said."""

    at: datetime
    ref: str
    kind: str
    state: str

    @property
    def id(self) -> str:
        """Name it, so that it is known when it comes again."""
        return f"{self.ref}-{self.kind}-{self.state}-{self.at.timestamp():.0f}"


def habits_of(number: int) -> Habits:
    """Return how a home lives."""
    return HABITS[number % len(HABITS)]


def list_kit(number: int) -> list[Piece]:
    """Return the devices of a home."""
    seen = [(TYPES[each.kind], each.place, each.device) for each in habits_of(number).kit]
    more = [("sos", "bedroom", "bedroom-sos")]
    if number % 5 == 1:
        more.append(("red_green_key", "living", "living-keys"))
    if number % 3 == 0:
        more.append(("smoke", "kitchen", "kitchen-smoke"))
    if number % 4 == 0:
        more.append(("gas", "kitchen", "kitchen-gas"))
    if number % 6 == 4:
        more.append(("wearable", "body", "body-wearable"))
    return [Piece(kind, place, f"{home_ref(number)}-{name}") for kind, place, name in (*more, *seen)]


def home_ref(number: int) -> str:
    """Return what the names of a home's devices begin with."""
    return f"h{number:02d}"


def number_of(ref: str) -> int:
    """Return which home a device stands in by its name."""
    return int(ref[1:3])


def tell(number: int, *, since: datetime, until: datetime) -> Iterator[Said]:
    """Yield what a home says from one moment to before another, in the order of time."""
    day = _monday(business_day(since))
    while day <= business_day(until):
        week = _week(number, day)
        first = bisect_left(week, since, key=lambda said: said.at)
        yield from week[first : bisect_left(week, until, key=lambda said: said.at)]
        day += timedelta(days=WEEK)


def beat(refs: Sequence[str], *, since: datetime, until: datetime) -> Iterator[Said]:
    """Yield signs of life of devices over a time in which nobody listened to each of them."""
    every = PAST_BEAT.total_seconds()
    at = datetime.fromtimestamp(-(-since.timestamp() // every) * every, ZONE)
    while at < until:
        yield from (Said(at, ref, "heartbeat", "on") for ref in refs)
        at += PAST_BEAT


@lru_cache(maxsize=200)
def _week(number: int, monday: date) -> Sequence[Said]:
    habits = replace(habits_of(number), heartbeat_minutes=0)
    # A day more than is told of: the night that ends the week is slept in bed.
    life = live(habits, days=WEEK + 1, seed=number * 1_000_003 + monday.toordinal(), first_on=monday)
    ends = datetime.combine(monday + timedelta(days=WEEK), time(), ZONE)
    # What is seen twice within a second is said once.
    return list(dict.fromkeys(_said(number, event) for event in life.events if event.at < ends and _is_news(event)))


def _is_news(event: Event) -> bool:
    return event.state == "on" or event.kind in TWO_WORDS


def _said(number: int, event: Event) -> Said:
    return Said(event.at.replace(microsecond=0), f"{home_ref(number)}-{event.device}", event.kind, event.state)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
