"""The water meter: nothing used for too long, or never a pause. Pure."""

from dataclasses import dataclass

from safety.judging.events import Event
from safety.judging.signals import Rule, Signal, cleared, raised
from safety.judging.terms import SafetyRules

HALF = 1800
DAY_SECONDS = 24 * 3600


@dataclass(slots=True)
class Water:
    """What a meter told: since when how many litres, and since which half-hour without a pause."""

    place: str = ""
    used_at: int | None = None
    litres: float = 0
    run_from: int | None = None
    run_last: int = 0
    day_from: int = 0
    day_litres: float = 0
    stopped: bool = False
    running: bool = False


def is_meter(event: Event) -> bool:
    """Say whether an event of water is a meter's and not a leak sensor's."""
    return event.kind == "water" and event.value is not None


def follow_water(water: Water, event: Event, at: int, rules: SafetyRules) -> list[Signal]:
    """Take in what a meter tells: litres since its last message."""
    litres = max(event.value or 0, 0)
    water.place = event.place
    if water.used_at is None:
        water.used_at = at
    found = _end_run(water, at)
    water.litres += litres
    if water.litres >= rules.water_stopped_litres:
        water.used_at, water.litres = at, 0
        if water.stopped:
            water.stopped = False
            found.append(cleared(Rule.WATER_STOPPED, water.place, at))
    if litres > 0:
        found += _run(water, at, litres, rules)
    return found


def tick_water(water: Water, now: int, rules: SafetyRules, is_away: bool) -> list[Signal]:
    """Say whether too little has been used for too long; nobody uses any while out."""
    found = _end_run(water, now)
    due = _stopped_due(water, rules)
    if due is not None and due <= now and not is_away:
        water.stopped = True
        hours = rules.water_stopped_hours
        found.append(raised(Rule.WATER_STOPPED, water.place, due, hours=hours, litres=rules.water_stopped_litres))
    return found


def water_due(water: Water, rules: SafetyRules, is_away: bool) -> int | None:
    """Return when the meter has to be looked at again."""
    stopped = None if is_away else _stopped_due(water, rules)
    pause = (water.run_last + 2) * HALF if water.running else None
    return min((each for each in (stopped, pause) if each is not None), default=None)


def _stopped_due(water: Water, rules: SafetyRules) -> int | None:
    if water.used_at is None or water.stopped:
        return None
    return water.used_at + rules.water_stopped_hours * 3600


def _run(water: Water, at: int, litres: float, rules: SafetyRules) -> list[Signal]:
    half = at // HALF
    if water.run_from is None:
        water.run_from = half
    water.run_last = half
    if at - water.day_from >= DAY_SECONDS:
        water.day_from, water.day_litres = at, 0
    water.day_litres += litres
    hours = (half + 1 - water.run_from) // 2
    if water.running:
        return []
    if hours >= rules.water_running_hours:
        water.running = True
        return [raised(Rule.WATER_RUNNING, water.place, at, hours=hours)]
    if water.day_litres > rules.water_most_litres:
        water.running = True
        return [raised(Rule.WATER_RUNNING, water.place, at, "water_much", litres=round(water.day_litres))]
    return []


def _end_run(water: Water, at: int) -> list[Signal]:
    """End a run of half-hours with use once a whole one passed without."""
    if water.run_from is None or at // HALF <= water.run_last + 1:
        return []
    water.run_from = None
    if not water.running:
        return []
    water.running = False
    return [cleared(Rule.WATER_RUNNING, water.place, (water.run_last + 2) * HALF)]
