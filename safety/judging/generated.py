"""Lives that nobody lives: seeded homes with habits, visitors, nights and days away, for tests, demo and trials."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from app.clock import ZONE
from safety.judging.chance import Dice
from safety.judging.events import Event

DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Sensor:
    """A device in a generated home; what it sees is of its own place."""

    kind: str
    place: str

    @property
    def device(self) -> str:
        """Name the device."""
        return f"{self.place}-{self.kind}"


def sensors(*named: str) -> tuple[Sensor, ...]:
    """Make sensors from words such as ``motion:kitchen``."""
    return tuple(Sensor(*name.split(":")) for name in named)


BASIC = sensors("motion:living", "motion:bathroom", "door:entrance")
FULL = sensors(
    "motion:living",
    "motion:bathroom",
    "motion:bedroom",
    "motion:kitchen",
    "door:entrance",
    "contact:kitchen",
    "flush:bathroom",
)
PRESSED = sensors("bed:bedroom", "seat:living", "flush:bathroom", "contact:kitchen", "door:entrance", "motion:bathroom")


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How somebody lives: minutes of the day, and how far days differ from each other."""

    name: str = "plain"
    wakes: float = 6.5 * 60
    sleeps: float = 21.5 * 60
    spread: float = 25
    lies_in: float = 0.05
    nap: float = 0.6
    nap_minutes: float = 60
    sits_minutes: float = 35
    sits_spread: float = 0.8
    seen_sitting: float = 1.0  # how often an hour a motion sensor sees somebody who sits in its room
    outings: float = 1.0
    out_minutes: float = 60
    out_spread: float = 0.6
    works_until: float = 0  # leaves on working days after breakfast and is back at this minute; 0 for at home
    night_toilets: float = 1.2
    visitors_a_week: float = 1.0
    away_every: float = 0  # leaves for days once in so many days
    noise_a_day: float = 0.5
    lost_share: float = 0.02
    blind_share: float = 0.05
    heartbeat_minutes: int = 60
    door_sticks: bool = False
    kit: tuple[Sensor, ...] = FULL


LIVES = (
    Habits(name="plain"),
    Habits(name="early riser", wakes=5 * 60, sleeps=20.5 * 60, spread=12, nap=0.9, outings=2, lies_in=0.01),
    Habits(name="late sleeper", wakes=10 * 60, sleeps=25 * 60, spread=50, nap=0.1, lies_in=0.15, seen_sitting=0.3),
    Habits(name="sofa", sits_minutes=110, sits_spread=0.7, seen_sitting=0.1, outings=0.5, kit=PRESSED),
    Habits(name="three devices", kit=BASIC, seen_sitting=0.8),
    Habits(name="three devices, sofa", kit=BASIC, seen_sitting=0.3, sits_minutes=70, outings=0.6),
    Habits(name="out a lot", outings=2.5, out_minutes=120, out_spread=0.8),
    Habits(name="out without a door", outings=1.5, out_minutes=120, kit=FULL[:4] + FULL[5:]),
    Habits(name="works", works_until=17.5 * 60, outings=0.5, out_spread=0.9, sleeps=23.5 * 60, wakes=7 * 60, spread=50),
    Habits(name="works, no door", works_until=17.5 * 60, outings=0.4, sleeps=23 * 60, wakes=7 * 60, kit=FULL[:4]),
    Habits(name="many visitors", visitors_a_week=10, outings=0.6),
    Habits(name="noisy", noise_a_day=12, lost_share=0.15, blind_share=0.2),
    Habits(name="days away", away_every=14, outings=1.3),
    Habits(name="restless nights", night_toilets=4, spread=70, nap=0.9, nap_minutes=100, lies_in=0.12),
    Habits(
        name="irregular", spread=95, sits_minutes=60, sits_spread=1.0, out_spread=1.0, lies_in=0.2, seen_sitting=0.4
    ),
    Habits(name="sticking door", door_sticks=True),
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a life, in minutes since the first midnight: where, and whether at rest."""

    begins: float
    ends: float
    place: str
    rest: bool = False


@dataclass(slots=True)
class Life:
    """What a generated home told, and what was true meanwhile."""

    habits: Habits
    first_on: date
    stretches: list[Stretch] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def moment(self, minute: float) -> datetime:
        """Turn a minute of the life into a moment."""
        begins = datetime.combine(self.first_on, time(), ZONE)
        return begins + timedelta(seconds=round(minute * 60, 3))

    def is_home(self, at: datetime) -> bool:
        """Say whether the person was in at a moment."""
        minute = (at - self.moment(0)).total_seconds() / 60
        position = bisect_right(self.stretches, minute, key=lambda each: each.begins) - 1
        return position >= 0 and self.stretches[position].place != "out"


def live(habits: Habits, *, days: int, seed: int, first_on: date = date(2026, 3, 2)) -> Life:
    """Let somebody live for some days."""
    dice = Dice(seed)
    life = Life(habits, first_on)
    life.stretches = _stretches(habits, days, dice)
    told = [event for each in _told(habits, life.stretches, dice) if (event := _event(life, each))]
    beats = [
        Event(life.moment(minute), "gateway", "heartbeat", "", "on")
        for minute in range(0, days * DAY, habits.heartbeat_minutes or days * DAY)
        if habits.heartbeat_minutes
    ]
    last = life.moment(days * DAY)
    life.events = sorted((each for each in told + beats if each.at < last), key=lambda event: event.at)
    return life


Told = tuple[float, Sensor, str]


def _event(life: Life, told: Told) -> Event | None:
    minute, sensor, state = told
    return Event(life.moment(minute), sensor.device, sensor.kind, sensor.place, state) if minute >= 0 else None


def _stretches(habits: Habits, days: int, dice: Dice) -> list[Stretch]:
    found: list[Stretch] = []
    at, away_until = 0.0, -1
    for day in range(days):
        if day < away_until:
            continue
        wakes, sleeps = _day_bounds(habits, dice, day)
        if habits.away_every and dice.chance(1 / habits.away_every) and day > 3:
            away_until = day + 1 + int(dice.between(1, 4))
            found += _night(habits, at, wakes, dice)
            back = (away_until - 1) * DAY + dice.between(14, 19) * 60
            found += [Stretch(wakes, wakes + 70, "kitchen"), Stretch(wakes + 70, back, "out")]
            at = back
            found.append(Stretch(at, at + 30, "living"))
            found += _evening(habits, at + 30, (away_until - 1) * DAY + habits.sleeps, dice)
            at = found[-1].ends
            continue
        found += _night(habits, at, wakes, dice)
        found += _daytime(habits, max(wakes, at), sleeps, day, dice)
        at = found[-1].ends
    return found


def _day_bounds(habits: Habits, dice: Dice, day: int) -> tuple[float, float]:
    wakes = dice.normal(habits.wakes, habits.spread) + (dice.between(30, 150) if dice.chance(habits.lies_in) else 0)
    if habits.works_until and day % 7 in {5, 6}:
        wakes += 90
    sleeps = max(dice.normal(habits.sleeps, habits.spread * 1.2), wakes + 8 * 60)
    return day * DAY + wakes, day * DAY + sleeps


def _night(habits: Habits, begins: float, wakes: float, dice: Dice) -> Iterator[Stretch]:
    """Sleep, with the walks to the toilet that there are in a night."""
    at = begins
    if wakes - begins < 30:
        return
    walks = sorted(dice.between(begins + 20, wakes) for _ in range(_count(habits.night_toilets, dice)))
    for walk in walks:
        if walk - at > 20:
            yield Stretch(at, walk, "bedroom", rest=True)
            at = walk + dice.between(3, 9)
            yield Stretch(walk, at, "bathroom")
    yield Stretch(at, max(wakes, at), "bedroom", rest=True)


def _count(mean: float, dice: Dice) -> int:
    """Count what happens by chance in a stretch with so many on average."""
    count, left = 0, dice.wait(1.0)
    while left < mean and count < 12:
        count, left = count + 1, left + dice.wait(1.0)
    return count


def _daytime(habits: Habits, begins: float, sleeps: float, day: int, dice: Dice) -> Iterator[Stretch]:
    at = begins
    for place, least, most in (("bathroom", 4, 15), ("kitchen", 15, 45)):
        spent = dice.between(least, most)
        yield Stretch(at, at + spent, place)
        at += spent
    if habits.works_until and day % 7 not in {5, 6}:
        back = day * DAY + dice.normal(habits.works_until, 40)
        yield Stretch(at + 20, back, "out")
        at = max(back, at + 30)
    yield from _evening(habits, at, sleeps, dice)


def _evening(habits: Habits, begins: float, sleeps: float, dice: Dice) -> Iterator[Stretch]:
    """Spend the time until bed: sit, eat, go out, take a nap."""
    at, napped, waking = begins, False, max(sleeps - begins, 1)
    while at < sleeps:
        clock = at % DAY
        if not napped and 12 * 60 < clock < 15 * 60 and dice.chance(habits.nap):
            stretch, napped = Stretch(at, at + dice.skewed(habits.nap_minutes, 0.4), "bedroom", rest=True), True
        elif clock < 20.5 * 60 and dice.chance(habits.outings * 70 / waking):
            stretch = Stretch(at, min(at + dice.skewed(habits.out_minutes, habits.out_spread), sleeps + 60), "out")
        else:
            stretch = _indoors(habits, at, dice)
        yield stretch
        at = stretch.ends
    yield Stretch(at, at + dice.between(4, 12), "bathroom")


def _indoors(habits: Habits, at: float, dice: Dice) -> Stretch:
    drawn = dice.share()
    if drawn < 0.45:
        return Stretch(at, at + min(dice.skewed(habits.sits_minutes, habits.sits_spread), 480), "living", rest=True)
    if drawn < 0.7:
        return Stretch(at, at + dice.between(5, 45), "kitchen")
    if drawn < 0.85:
        return Stretch(at, at + dice.between(2, 12), "bathroom")
    return Stretch(at, at + dice.between(5, 30), dice.pick(("bedroom", "living")))


def _told(habits: Habits, stretches: Sequence[Stretch], dice: Dice) -> Iterator[Told]:
    """Tell what the kit sees of a life."""
    for before, now in pairwise((Stretch(0, 0, ""), *stretches)):
        if "out" in {before.place, now.place}:
            yield from _through_door(habits, now.begins, dice)
        for sensor in habits.kit:
            if sensor.place == now.place:
                yield from _seen(habits, sensor, now, dice)
        if now.rest and now.place == "living" and dice.chance(habits.visitors_a_week / 30):
            yield from _visit(habits, now, dice)
    motion = [sensor for sensor in habits.kit if sensor.kind == "motion"]
    for _ in range(int(habits.noise_a_day * stretches[-1].ends / DAY) if motion else 0):
        yield from _pulse(dice.between(0, stretches[-1].ends), dice.pick(motion))


def _through_door(habits: Habits, minute: float, dice: Dice) -> Iterator[Told]:
    for sensor in habits.kit:
        if sensor.kind == "door":
            yield minute, sensor, "open"
            if not (habits.door_sticks and dice.chance(0.2)):
                yield minute + dice.between(0.05, 0.5), sensor, "closed"


def _visit(habits: Habits, stay: Stretch, dice: Dice) -> Iterator[Told]:
    comes = dice.between(stay.begins, stay.ends)
    goes = min(comes + dice.between(15, 90), stay.ends)
    yield from _through_door(habits, comes, dice)
    for sensor in habits.kit:
        if sensor.kind == "motion" and sensor.place == stay.place:
            yield from _pulses(sensor, comes, goes, 6, dice)
    yield from _through_door(habits, goes, dice)


def _seen(habits: Habits, sensor: Sensor, stay: Stretch, dice: Dice) -> Iterator[Told]:
    if dice.chance(habits.blind_share):
        return
    if sensor.kind == "motion":
        yield from _pulse(min(stay.begins + 0.1, stay.ends), sensor)
        every = 60 / max(habits.seen_sitting * (0.3 if stay.place == "bedroom" else 1), 0.02) if stay.rest else 4
        yield from (
            each for each in _pulses(sensor, stay.begins, stay.ends, every, dice) if not dice.chance(habits.lost_share)
        )
    elif sensor.kind in {"bed", "seat"}:
        if stay.rest:
            yield stay.begins + 0.2, sensor, "on"
            yield max(stay.ends - 0.1, stay.begins + 0.3), sensor, "off"
    elif dice.chance(0.6):
        used = dice.between(stay.begins, stay.ends)
        yield used, sensor, "on"
        yield used + 0.2, sensor, "off"


def _pulses(sensor: Sensor, begins: float, ends: float, every: float, dice: Dice) -> Iterator[Told]:
    at = begins + dice.wait(every)
    while at < ends:
        yield from _pulse(at, sensor)
        at += max(dice.wait(every), 1.2)


def _pulse(minute: float, sensor: Sensor) -> Iterator[Told]:
    yield minute, sensor, "on"
    yield minute + 1, sensor, "off"


def without_heartbeats(habits: Habits) -> Habits:
    """Return the same habits with devices that say nothing of themselves."""
    return replace(habits, heartbeat_minutes=0)
