"""Running judgement over a recording in simulated time, learning day by day as a home would. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time

from app.clock import ZONE
from safety.judging.events import Event
from safety.judging.learning import History, day_number
from safety.judging.rhythm import Rhythm
from safety.judging.rules import advance, pass_time
from safety.judging.signals import Signal
from safety.judging.state import HomeState
from safety.judging.terms import SafetyRules


@dataclass(frozen=True, slots=True)
class Away:
    """What somebody said of being away, and when: nobody knows of it before; without a beginning they are not away."""

    told_at: datetime
    begins: datetime | None
    ends: datetime | None


@dataclass(slots=True)
class Home:
    """A home in simulated time: what is known of it now, and what was learned up to last midnight."""

    rules: SafetyRules = field(default_factory=SafetyRules)
    state: HomeState = field(default_factory=HomeState)
    history: History = field(default_factory=History)
    rhythm: Rhythm = field(default_factory=Rhythm)
    day: int = 0

    def take(self, event: Event) -> list[Signal]:
        """Take in an event, after every midnight before it."""
        found = self.live_until(event.at)
        self.history.observe(event)
        return found + advance(self.state, event, self.rules, self.rhythm)

    def live_until(self, moment: datetime) -> list[Signal]:
        """Let days pass, learning each midnight from the days before."""
        today, found = day_number(moment), []
        self.day = self.day or today
        while self.day < today:
            self.day += 1
            midnight = datetime.combine(datetime.fromordinal(self.day), time(), ZONE).astimezone(UTC)
            found += pass_time(self.state, int(midnight.timestamp()), self.rules, self.rhythm)
            self.rhythm = self.history.learn(self.day, self.state.quiet.count, self.rules)
        return found

    def wait_until(self, moment: datetime) -> list[Signal]:
        """Let time pass without an event."""
        return self.live_until(moment) + pass_time(self.state, int(moment.timestamp()), self.rules, self.rhythm)

    def hear_of(self, away: Away) -> list[Signal]:
        """Take in a time away when it is told, and no earlier."""
        found = self.wait_until(away.told_at) if self.day else []
        self.rules = replace(self.rules, away_from=away.begins, away_until=away.ends)
        return found


def replay(events: Iterable[Event], rules: SafetyRules, *, away: Sequence[Away] = ()) -> Iterator[Signal]:
    """Yield what judgement says of a recording, in its order; an event that comes twice counts once.

    :param away: what was said of times away, in the order in which it was
    """
    home, before = Home(rules), set[Event]()
    moment, untold = None, list(away)
    for event in sorted(events, key=lambda each: each.at):
        while untold and untold[0].told_at <= event.at:
            yield from home.hear_of(untold.pop(0))
        if event.at != moment:
            moment, before = event.at, set()
        if event in before:
            continue
        before.add(event)
        yield from home.take(event)
