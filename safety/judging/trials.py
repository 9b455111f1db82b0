"""How good judgement is: false alarms a week on a life, and how long a collapse by day goes unseen. Pure.

A collapse is tried by cutting a life at a moment of the day at which somebody was home: from there on only
heartbeats come. Nothing is known of the days after the cut.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta

from safety.judging.chance import Dice
from safety.judging.events import Event
from safety.judging.generated import LIVES, Life, live
from safety.judging.replaying import Home
from safety.judging.rhythm import minute_of
from safety.judging.signals import RAISE, Signal
from safety.judging.terms import SafetyRules

LIVES_BY_NAME = {habits.name: habits for habits in LIVES}
CUTS = 60
CUT_HOURS = (8, 20)
LONGEST_WAIT_HOURS = 96
SEED = 11


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a life: how many weeks it was, its alarms of P1 and P2 by rule, and the delays in hours, sorted."""

    name: str
    weeks: float
    alarms: Counter[str]
    delays: Sequence[float]

    @property
    def a_week(self) -> float:
        """Return the false alarms a week."""
        return sum(self.alarms.values()) / self.weeks

    def delay(self, share: float) -> float:
        """Return within how many hours this share of collapses raised an alarm."""
        return self.delays[min(int(len(self.delays) * share), len(self.delays) - 1)] if self.delays else 0.0


def try_lives(
    *,
    days: int,
    life: str | None = None,
    events: Sequence[Event] | None = None,
    rules: SafetyRules,
    seed: int = SEED,
) -> Iterator[Trial]:
    """Try judgement on a recording, on one generated life or on all of them.

    :param seed: other seeds live other days; what a rule was tuned on says little of how good it is
    """
    if events is not None:
        yield try_life("recording", events, rules=rules)
        return
    for number, habits in enumerate(LIVES):
        if life in {None, habits.name}:
            lived = live(habits, days=days, seed=seed + number)
            yield try_life(habits.name, lived.events, rules=rules, life=lived)


def try_life(name: str, events: Sequence[Event], *, rules: SafetyRules, life: Life | None = None) -> Trial:
    """Judge a life as it was, and cut off at moments of the day."""
    lived = [event for event in events if event.kind != "end"]
    cuts = _cuts(lived, life)
    home, alarms, delays = Home(rules), Counter[str](), []
    for event in lived:
        while cuts and cuts[0] < event.at:
            delays.append(_collapse(home, cuts.pop(0)))
        alarms.update(str(signal.rule) for signal in home.take(event) if _counts(signal))
    length = (lived[-1].at - lived[0].at) / timedelta(weeks=1) if lived else 0
    return Trial(name, max(length, 1 / 7), alarms, sorted(delays))


def join_trials(trials: Sequence[Trial]) -> Trial:
    """Put the trials of several homes together."""
    alarms = sum((trial.alarms for trial in trials), Counter[str]())
    delays = sorted(delay for trial in trials for delay in trial.delays)
    return Trial("all", sum(trial.weeks for trial in trials), alarms, delays)


def tell_trial(trial: Trial) -> str:
    """Write a trial as a line of a table."""
    rules = " ".join(f"{rule}:{count}" for rule, count in trial.alarms.most_common())
    return (
        f"{trial.name:22} {trial.weeks:5.1f} weeks  {trial.a_week:5.2f} alarms/week  "
        f"median {trial.delay(0.5):4.1f} h  90% {trial.delay(0.9):4.1f} h  {rules}"
    ).rstrip()


def _cuts(events: Sequence[Event], life: Life | None) -> list[datetime]:
    """Draw moments of the day at which somebody was home; of a recording only its door can say so."""
    if len(events) < 2:
        return []
    dice, found = Dice(SEED), list[datetime]()
    first, length = events[0].at, (events[-1].at - events[0].at).total_seconds()
    for _ in range(CUTS * 20):
        cut = first + timedelta(seconds=dice.between(0, length))
        hour = minute_of(int(cut.timestamp())) // 60
        if CUT_HOURS[0] <= hour < CUT_HOURS[1] and (life is None or life.is_home(cut)):
            found.append(cut)
        if len(found) == CUTS:
            break
    return sorted(found)


def _collapse(home: Home, cut: datetime) -> float:
    """Return for how many hours a collapse goes unseen; an alarm that stands already is seen at once."""
    alone = deepcopy(home)
    if alone.state.quiet.rule:
        return 0.0
    beating = any(heard.beat for heard in alone.state.devices.values())
    for hour in range(1, LONGEST_WAIT_HOURS + 1):
        moment = cut + timedelta(hours=hour)
        beat = Event(moment, "gateway", "heartbeat", "", "on")
        for signal in alone.take(beat) if beating else alone.wait_until(moment):
            if _counts(signal) and signal.at >= cut:
                return (signal.at - cut) / timedelta(hours=1)
    return float(LONGEST_WAIT_HOURS)


def _counts(signal: Signal) -> bool:
    return signal.kind == RAISE and signal.priority <= 2
