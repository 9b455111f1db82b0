"""Quiet for longer than this home ever is, and not come home: the learned rhythm applied. Pure."""

from datetime import UTC, datetime

from safety.judging.devices import is_deaf
from safety.judging.presence import OUT
from safety.judging.rhythm import BIN, Rhythm, find_crossing, minute_of
from safety.judging.signals import Rule, Signal, cleared, raised
from safety.judging.state import HomeState
from safety.judging.terms import SafetyRules

HOUR = 3600
# Fewer days say nothing about what never is.
FEW_DAYS = 3
# Parts of the day as people name them, by the hour they begin with.
PARTS = ((0, "night"), (6, "morning"), (11, "noon"), (13, "afternoon"), (18, "evening"), (22, "night"))


def end_quiet(state: HomeState, at: int) -> list[Signal]:
    """Say that an alarm of quiet is over, since somebody was seen."""
    quiet = state.quiet
    if not quiet.rule:
        return []
    over = cleared(Rule(quiet.rule), quiet.place, at)
    quiet.rule = quiet.place = ""
    return [over]


def disprove_quiet(state: HomeState, rules: SafetyRules, rhythm: Rhythm) -> list[Signal]:
    """Say that an alarm of quiet is over if, by a sign that came late, it is not too quiet yet; else it stands."""
    quiet = state.quiet
    if not quiet.rule:
        return []
    rule, quiet.rule = quiet.rule, ""
    due = quiet_due(state, rules, rhythm)
    if due is not None and due <= state.clock:
        quiet.rule = rule
        return []
    over = cleared(Rule(rule), quiet.place, state.clock, "seen_late")
    quiet.place = ""
    return [over]


def tick_quiet(state: HomeState, now: int, rules: SafetyRules, rhythm: Rhythm) -> list[Signal]:
    """Say whether it has been quiet for too long."""
    due = quiet_due(state, rules, rhythm)
    if due is None or due > now:
        return []
    if is_deaf(state.devices.values(), due, rules):
        # Nothing comes at all: that is a fault of the gateway, told of in its own lane, and no quiet.
        return []
    signal = foresee_quiet(state, due, rules, rhythm)
    state.quiet.rule, state.quiet.place = str(signal.rule), signal.place
    state.quiet.count += 1
    return [signal]


def foresee_quiet(state: HomeState, due: int, rules: SafetyRules, rhythm: Rhythm) -> Signal:
    """Return what is raised when quiet has become too long at a moment, and why."""
    since, spot = _basis(state, rules, rhythm)
    rule = Rule.NOT_HOME if spot == OUT else Rule.QUIET
    usual = rhythm.usual_minutes(spot, minute_of(due) // BIN)
    values = {
        "minutes": (due - since) // 60,
        "usual": usual,
        "days": rhythm.days,
        "part": part_of_day(due),
        "spot": spot,
    }
    return raised(rule, _place(state), due, _code(rule, usual, rhythm, spot, due), **values)


def _code(rule: Rule, usual: int | None, rhythm: Rhythm, spot: str, due: int) -> str:
    """Return which sentence says why: the usual, that it never was, or that too little is known."""
    if usual:
        return ""
    is_never = rule == Rule.QUIET and rhythm.days >= FEW_DAYS and rhythm.is_never_quiet(spot, minute_of(due) // BIN)
    return "quiet_never" if is_never else f"{rule}_unlearned"


def quiet_due(state: HomeState, rules: SafetyRules, rhythm: Rhythm) -> int | None:
    """Return when it becomes too quiet, unless somebody is seen before."""
    if state.presence.seen is None or state.quiet.rule:
        return None
    since, spot = _basis(state, rules, rhythm)
    due = find_crossing(since, spot, rhythm, rules)
    return None if rules.is_away(datetime.fromtimestamp(due, UTC)) else due


def part_of_day(second: int) -> str:
    """Name the part of the day that a second lies in."""
    hour = minute_of(second) // 60
    return next(name for begins, name in reversed(PARTS) if hour >= begins)


def forgive_deafness(state: HomeState, at: int, rules: SafetyRules) -> None:
    """Count the time in which nothing came at all as neither quiet nor life, once something comes again."""
    if state.presence.seen is None or not is_deaf(state.devices.values(), at, rules):
        return
    last = max(heard.at for heard in state.devices.values())
    state.presence.seen += max(at - max(last, state.presence.seen), 0)


def _basis(state: HomeState, rules: SafetyRules, rhythm: Rhythm) -> tuple[int, str]:
    """Return since when it is quiet, and where somebody was last seen.

    A time away that somebody told us of counts as neither: when it ends, they have still to come home.
    """
    seen, spot = state.presence.seen or 0, state.presence.spot
    if rules.away_from is None or rules.away_until is None:
        return seen, spot
    due = datetime.fromtimestamp(find_crossing(seen, spot, rhythm, rules), UTC)
    return (int(rules.away_until.timestamp()), OUT) if rules.away_from <= due < rules.away_until else (seen, spot)


def _place(state: HomeState) -> str:
    spot = state.presence.spot
    return {"out": "", "in": "", "bed": "bedroom", "seat": "living"}.get(spot, spot)
