"""Learning a home's rhythm from its days, online: what is allowed today comes from days before. Pure.

For each half-hour of each day it keeps how long it had been quiet at most by then (for each spot where somebody
was last seen, and for all). The longest of the last weeks, over neighbouring half-hours, and a margin on top, is
allowed. The margin is the home's own: it grows with each alarm that ended by itself, and shrinks slowly without.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.clock import local
from safety.judging.events import Event
from safety.judging.presence import BATHROOMS, OUT, Presence, Spell, notice
from safety.judging.rhythm import ANYWHERE, BIN, BINS, Rhythm, pack, prior_of
from safety.judging.terms import SafetyRules

# An age is one letter: a quarter of an hour each, half an hour for being out.
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
VALUES = {letter: value for value, letter in enumerate(LETTERS)}
NOTHING = LETTERS[0] * BINS
STEP, OUT_STEP = 15, 30
MOST_SPOTS = 9
# A quiet may begin two hours earlier, or end an hour later, than it ever did, and is still the same habit.
EARLIER, LATER = 4, 2
# A walk to the toilet does not end the night: a night without it is as long as both halves.
NIGHT_FROM, NIGHT_UNTIL, WALK_MINUTES, NIGHT_LEAST, NIGHT_MOST = 23 * 60, 390, 15, 45, 600
BEDS = frozenset({"bed", "bedroom"}) | BATHROOMS
MARGIN_LEAST, MARGIN_MOST, MARGIN_STEP = 0.85, 1.8, 0.15
FEW_DAYS = 3
# Of the other sort of days, so much counts once so many of the same sort are known.
ALIKE_DAYS, OTHER_PERCENT = 6, 80
# With few days, the longest of them is a worse guess: so many per cent more, shared by the days.
FEW_DAYS_PERCENT = 30
# Days after which half of what is learned counts, of a spot and of being out.
SPOT_DAYS, OUT_DAYS, OUT_LEAST_DAYS = 6, 3, 5
# Nobody was ever quiet for long after being seen there at that hour: so much more than the least.
NEVER_MINUTES = 120
# Longer is no habit: an illness, a journey that no door told of, a gateway without power.
HOME_MOST, OUT_MOST = 16, 30


@dataclass(slots=True)
class Night:
    """Spells of one night that walks to the toilet cut apart."""

    begins: int
    ends: int
    spot: str


@dataclass(slots=True)
class History:
    """The days of a home that its rhythm is learned from.

    ``days`` holds for each day (its number) the ages by spot, as letters; ``alarms`` how many alarms of quiet were
    raised up to the last day learned, which was ``learned_on``; ``margin`` is the home's own.
    """

    presence: Presence = field(default_factory=Presence)
    days: dict[int, dict[str, str]] = field(default_factory=dict)
    margin: float = 1.0
    alarms: int = 0
    night: Night | None = None
    learned_on: int = 0

    def observe(self, event: Event) -> None:
        """Take in an event of the past, in the order of time."""
        spell = notice(self.presence, event)
        if spell and spell.ends > spell.begins:
            self.add(spell)

    def add(self, spell: Spell) -> None:
        """Write a quiet spell into the half-hours that it covers, unless nobody can have lived there meanwhile."""
        if spell.ends - spell.begins > (OUT_MOST if spell.spot == OUT else HOME_MOST) * 3600:
            return
        night = self._night_of(spell)
        spots = {spell.spot} if spell.spot == OUT else {ANYWHERE, spell.spot, *BEDS.intersection((night.spot,))}
        for day, position, until in _bins(spell):
            age = until - spell.begins
            if night.begins < spell.begins:
                age = max(age, min(until - night.begins, NIGHT_MOST * 60))
            for spot in sorted(spots):
                self._write(day, spot, position, age)

    def learn(self, day: int, alarms: int, rules: SafetyRules) -> Rhythm:
        """Forget what is old, take in whether there was an alarm, and say what is allowed on this day.

        :param alarms: how many alarms of quiet the home ever had
        """
        self.days = {each: spots for each, spots in self.days.items() if day - rules.history_days <= each <= day}
        if self.learned_on and day > self.learned_on:
            raised = min(max(alarms - self.alarms, 0), 1)
            passed = min(day - self.learned_on, 7)
            shrink = MARGIN_STEP * rules.false_alarms_in_100_days / 100 * passed
            self.margin = min(max(self.margin + MARGIN_STEP * raised - shrink, MARGIN_LEAST), MARGIN_MOST)
        self.alarms, self.learned_on = alarms, day
        return _compile(self, day, rules)

    def _write(self, day: int, spot: str, position: int, age: int) -> None:
        spots = self.days.setdefault(day, {})
        if spot not in spots and len(spots) >= MOST_SPOTS:
            return
        letters = spots.get(spot, NOTHING)
        step = OUT_STEP if spot == OUT else STEP
        value = min(-(-age // (step * 60)), len(LETTERS) - 1)
        if value > VALUES[letters[position]]:
            spots[spot] = letters[:position] + LETTERS[value] + letters[position + 1 :]

    def _night_of(self, spell: Spell) -> Night:
        """Return since when, and where, it is quiet but for walks to the toilet; lying awake between them is night."""
        if spell.spot != OUT and self.night and _same_night(self.night, spell):
            self.night.ends = spell.ends
            return self.night
        alone = Night(spell.begins, spell.ends, spell.spot)
        if spell.spot != OUT and spell.ends - spell.begins >= NIGHT_LEAST * 60:
            self.night = alone
        return alone

    def to_json(self) -> dict[str, Any]:
        """Write it for a column."""
        here = self.presence
        return {
            "presence": [here.seen, here.spot, here.passage, here.inside, here.away],
            "days": {str(day): spots for day, spots in self.days.items()},
            "margin": round(self.margin, 4),
            "alarms": self.alarms,
            "night": [self.night.begins, self.night.ends, self.night.spot] if self.night else None,
            "learned_on": self.learned_on,
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any] | None) -> "History":
        """Read it from a column."""
        if not raw:
            return cls()
        return cls(
            presence=Presence(*raw["presence"]),
            days={int(day): dict(spots) for day, spots in raw["days"].items()},
            margin=raw["margin"],
            alarms=raw["alarms"],
            night=Night(*raw["night"]) if raw["night"] else None,
            learned_on=raw["learned_on"],
        )


def day_number(moment: datetime) -> int:
    """Return the number of the local day that a moment lies in."""
    return local(moment).date().toordinal()


def _bins(spell: Spell) -> Iterable[tuple[int, int, int]]:
    """Yield day, half-hour and second up to which the spell lasts in it."""
    wall = local(datetime.fromtimestamp(spell.begins, UTC))
    day, minute = wall.date().toordinal(), wall.hour * 60 + wall.minute
    edge = spell.begins - wall.second - (minute % BIN) * 60
    position = minute // BIN
    for _ in range(4 * BINS):
        edge += BIN * 60
        yield day, position, min(edge, spell.ends)
        if edge >= spell.ends:
            return
        position += 1
        if position == BINS:
            day, position = day + 1, 0


def _same_night(night: Night, spell: Spell) -> bool:
    wall = local(datetime.fromtimestamp(spell.begins, UTC))
    minute = wall.hour * 60 + wall.minute
    by_night = minute >= NIGHT_FROM or minute < NIGHT_UNTIL
    short = 0 <= spell.begins - night.ends <= WALK_MINUTES * 60
    # Where there is no sensor in the bedroom, the night begins in whatever room was the last.
    return by_night and short and (spell.spot == night.spot or spell.spot in BEDS)


def _compile(history: History, day: int, rules: SafetyRules) -> Rhythm:
    before = {each: spots for each, spots in history.days.items() if each < day}
    known = sum(ANYWHERE in spots for spots in before.values())
    if not known:
        return Rhythm()
    everywhere = _anywhere(history, _columns(before, ANYWHERE, day), rules)
    allowed = {ANYWHERE: everywhere}
    spots = {spot for each in before.values() for spot in each} - {ANYWHERE}
    for spot in sorted(spots):
        columns = _columns(before, spot, day)
        if spot == OUT:
            found = _out(history, columns, _count(before, spot), rules)
        else:
            found = _spot(history, columns, _count(before, spot), everywhere, rules)
        allowed[spot] = found
    return Rhythm(
        days=known,
        allowed={spot: pack(table) for spot, table in allowed.items()},
        usual={spot: pack([_usual(column) for column in _columns(before, spot, None)]) for spot in allowed},
    )


def _count(before: Mapping[int, Mapping[str, str]], spot: str) -> int:
    return sum(spot in spots for spots in before.values())


def _columns(before: Mapping[int, Mapping[str, str]], spot: str, day: int | None) -> list[list[int]]:
    """Return for each half-hour the ages of the days, over its neighbours, without the days that say nothing.

    Once enough days of the same sort as a day are known, working days or week-ends, the others count for less.
    """
    rows = [(number, spots[spot]) for number, spots in before.items() if spot in spots]
    others = {number for number, _row in rows if day is not None and _is_weekend(number) != _is_weekend(day)}
    if len(rows) - len(others) < ALIKE_DAYS:
        others = set()
    step = OUT_STEP if spot == OUT else STEP
    later = EARLIER if spot == OUT else LATER
    columns: list[list[int]] = [[] for _ in range(BINS)]
    for number, row in rows:
        percent = OTHER_PERCENT if number in others else 100
        values = [VALUES[letter] * step * percent // 100 for letter in row]
        ring = values[-EARLIER:] + values + values[:later]
        for position in range(BINS):
            longest = max(ring[position : position + EARLIER + later + 1])
            if longest:
                columns[position].append(longest)
    return columns


def _is_weekend(day: int) -> bool:
    """Say whether a numbered day is a Saturday or a Sunday; day 1 was a Monday."""
    return day % 7 in {6, 0}


def _usual(column: list[int]) -> float:
    """Return what 95 of 100 days stay under."""
    return sorted(column)[min(int(len(column) * 0.95), len(column) - 1)] if len(column) >= FEW_DAYS else 0


def _longest(column: list[int], days: int, rules: SafetyRules, more: float, margin: float) -> float:
    factor = 1 + (rules.quiet_margin_percent + more + FEW_DAYS_PERCENT / max(days, 1)) / 100
    return (max(column, default=0) * factor + rules.quiet_margin_minutes + more) * margin


def _anywhere(history: History, columns: list[list[int]], rules: SafetyRules) -> list[float]:
    allowed = []
    for position, column in enumerate(columns):
        prior = prior_of(position, rules)
        learned = _longest(column, len(column), rules, 0, history.margin)
        learned = min(max(learned, rules.quiet_least_minutes), rules.quiet_most_minutes)
        if len(column) < FEW_DAYS:
            learned = max(prior, learned) if column else prior
        else:
            share = min(1, len(column) / rules.learning_days)
            learned = max(learned, share * learned + (1 - share) * prior)
        allowed.append(learned)
    return allowed


def _spot(
    history: History, columns: list[list[int]], days: int, everywhere: list[float], rules: SafetyRules
) -> list[float]:
    """Trust what is known of a spot the more, the more days it is known from.

    That nobody was ever quiet there at an hour is known too: after the stove a night does not begin.
    """
    share = days / (days + SPOT_DAYS) if days >= FEW_DAYS else 0
    found = []
    for column, most in zip(columns, everywhere, strict=True):
        least = rules.quiet_least_minutes - 30 + NEVER_MINUTES * (1 - len(column) / days)
        learned = max(_longest(column, days, rules, 10, history.margin), least)
        found.append(share * min(learned, most) + (1 - share) * most)
    return found


def _out(history: History, columns: list[list[int]], count: int, rules: SafetyRules) -> list[float]:
    if count < OUT_LEAST_DAYS:
        return [rules.away_most_minutes] * BINS
    share = count / (count + OUT_DAYS)
    found = []
    for column in columns:
        learned = (max(column, default=0) * 1.5 + 60) * max(history.margin, 1)
        learned = min(max(learned, rules.away_least_minutes), rules.away_most_minutes)
        found.append(share * learned + (1 - share) * rules.away_most_minutes)
    return found
