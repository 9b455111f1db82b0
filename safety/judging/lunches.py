"""A regular guest of the canteen who did not come, and nothing stirs at home. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from safety.judging.presence import Presence
from safety.judging.signals import Rule, Signal, cleared, raised
from safety.judging.terms import SafetyRules

# Asked for once lunch is over everywhere, and no more in the evening: by then quiet itself has an answer.
OVER_AT = 14 * 60
OPEN_HOURS = 6
DAYS_BACK = 14


@dataclass(slots=True)
class Lunch:
    """A meal that is expected: from which second on it is missed, on how many of 14 days they came, and if told."""

    over: int | None = None
    days: int = 0
    raised: bool = False


def expects_lunch(eaten_on: Collection[date], today: date, rules: SafetyRules) -> int:
    """Return on how many of the last days somebody ate, if they are expected today, else 0.

    They are if they come often, and came on this day of the week both last times: no canteen is missed on Sundays.
    """
    recent = [day for day in eaten_on if today - timedelta(days=DAYS_BACK) <= day < today]
    same = all(today - timedelta(days=7 * weeks) in recent for weeks in (1, 2))
    return len(recent) if same and len(recent) >= rules.meal_days_of_14 else 0


def lunch_due(lunch: Lunch, presence: Presence, rules: SafetyRules) -> int | None:
    """Return when a missed lunch and quiet at home say something together."""
    if lunch.over is None or lunch.raised or presence.seen is None or presence.away:
        return None
    due = max(lunch.over, presence.seen + rules.meal_quiet_minutes * 60)
    return due if due < lunch.over + OPEN_HOURS * 3600 else None


def miss_lunch(lunch: Lunch, presence: Presence, due: int) -> Signal:
    """Say that somebody is missed at lunch."""
    lunch.raised = True
    minutes = (due - (presence.seen or due)) // 60
    return raised(Rule.NO_MEAL, "", due, days=lunch.days, minutes=minutes)


def disprove_lunch(lunch: Lunch, presence: Presence, now: int, rules: SafetyRules) -> list[Signal]:
    """Say that somebody is not missed any more if, by a sign that came late, they were seen lately; else they are."""
    if not lunch.raised:
        return []
    lunch.raised = False
    due = lunch_due(lunch, presence, rules)
    if due is not None and due <= now:
        lunch.raised = True
        return []
    return [cleared(Rule.NO_MEAL, "", now, "seen_late")]


def end_lunch(lunch: Lunch, at: int) -> list[Signal]:
    """Say that somebody who was missed has been seen."""
    if not lunch.raised:
        return []
    lunch.over, lunch.raised = None, False
    return [cleared(Rule.NO_MEAL, "", at)]
