"""A long stay in the bathroom, proved by what is seen there: silence alone is the business of quiet. Pure."""

from dataclasses import dataclass

from safety.judging.events import Event
from safety.judging.presence import BATHROOMS, is_sign
from safety.judging.rhythm import minute_of
from safety.judging.signals import Rule, Signal, cleared, raised
from safety.judging.terms import SafetyRules

# Seen there again after longer, she may have been anywhere that has no sensor meanwhile.
GAP_SECONDS = 10 * 60
FEW_DAYS = 7
HOME_SEEN_SECONDS = 24 * 3600
DAY_SECONDS = 24 * 3600
# A sensor that went dark again after a minute each time, and now says nothing for so long, lost a message.
LIT_LEAST_SECONDS, LIT_TIMES, HELD_MOST_SECONDS = 30 * 60, 10, 2 * 3600


@dataclass(slots=True)
class Stay:
    """A stay in the bathroom.

    ``lit`` is a sensor there that has not gone dark again since ``lit_at``, ``dims`` says that sensors there do,
    ``held`` is for how many seconds at most one was lit until it did; ``elsewhere`` is when
    somebody was last seen in another room; ``longest`` minutes that ended by themselves count until forgotten.
    """

    place: str = ""
    since: int | None = None
    last: int = 0
    lit: str = ""
    dims: bool = False
    lit_at: int = 0
    held: int = 0
    elsewhere: int | None = None
    raised: bool = False
    longest: int = 0
    longest_at: int = 0


def follow_stay(stay: Stay, event: Event, at: int, rules: SafetyRules, days: int) -> list[Signal]:
    """Take in an event; say whether the stay has become too long, or is over."""
    if not is_sign(event):
        return []
    if event.place not in BATHROOMS:
        return _leave(stay, event, at)
    if event.kind == "motion" and not event.is_on:
        _go_dark(stay, event, at)
    if stay.since is None or (not _is_lit(stay, at) and at - stay.last > GAP_SECONDS):
        over = _end(stay, at)
        if event.is_on:
            stay.since, stay.place = at, event.place
    else:
        over = []
    stay.last = at
    if event.kind == "motion":
        _light(stay, event, at)
    found = [] if _is_lit(stay, at) else _check(stay, at, rules, days)
    return over + found


def tick_stay(stay: Stay, now: int, rules: SafetyRules, days: int) -> list[Signal]:
    """Say whether a stay has become too long while the sensor there stays lit."""
    due = stay_due(stay, rules, days)
    if due is None or due > now:
        return []
    stay.last = max(stay.last, due)
    return _check(stay, due, rules, days)


def stay_due(stay: Stay, rules: SafetyRules, days: int) -> int | None:
    """Return when a lit stay becomes too long."""
    if stay.since is None or stay.raised or not _is_seen_elsewhere(stay):
        return None
    due = stay.since + limit_minutes(stay, rules, days) * 60
    return due if _is_lit(stay, due) else None


def limit_minutes(stay: Stay, rules: SafetyRules, days: int) -> int:
    """Return how long a stay may be: by the hour, and half as long again as one that was harmless.

    A home of which less than a week is known may have a sensor that stays lit, or a long bath: twice as long.
    """
    by_day = rules.day_from <= minute_of(stay.since or 0) < rules.day_until
    limit = rules.bathroom_day_minutes if by_day else rules.bathroom_night_minutes
    if days < FEW_DAYS:
        limit *= 2
    if stay.last - stay.longest_at <= rules.history_days * DAY_SECONDS:
        limit = max(limit, min(stay.longest * 3 // 2, rules.bathroom_most_minutes))
    return limit


def _check(stay: Stay, at: int, rules: SafetyRules, days: int) -> list[Signal]:
    if stay.since is None or stay.raised or not _is_seen_elsewhere(stay):
        return []
    minutes, limit = (at - stay.since) // 60, limit_minutes(stay, rules, days)
    if minutes < limit:
        return []
    stay.raised = True
    return [raised(Rule.BATHROOM, stay.place, at, minutes=minutes, limit=limit)]


def _go_dark(stay: Stay, event: Event, at: int) -> None:
    """Learn how long a sensor stays lit; hours are no habit of a sensor."""
    stay.dims = True
    if stay.lit == event.device and at - stay.lit_at <= HELD_MOST_SECONDS:
        stay.held = max(stay.held, at - stay.lit_at)


def _light(stay: Stay, event: Event, at: int) -> None:
    if event.is_on and stay.lit != event.device:
        stay.lit_at = at
    stay.lit = event.device if event.is_on else ""


def _is_lit(stay: Stay, at: int) -> bool:
    """Say whether a sensor sees somebody: only one that ever went dark can say so by not doing it, and not for ever."""
    patience = max(LIT_LEAST_SECONDS, stay.held * LIT_TIMES)
    return bool(stay.lit) and stay.dims and at - stay.last <= patience


def _is_seen_elsewhere(stay: Stay) -> bool:
    """Say whether another room tells of the person at all: with the bathroom's sensor alone nobody ever leaves."""
    return stay.elsewhere is not None and (stay.since or 0) - stay.elsewhere < HOME_SEEN_SECONDS


def _leave(stay: Stay, event: Event, at: int) -> list[Signal]:
    if event.kind == "motion" and not event.is_on:
        return []
    over = _end(stay, at)
    stay.elsewhere = at
    return over


def _end(stay: Stay, at: int) -> list[Signal]:
    if stay.since is None:
        return []
    minutes = (stay.last - stay.since) // 60
    if minutes >= stay.longest:
        stay.longest, stay.longest_at = minutes, at
    over = [cleared(Rule.BATHROOM, stay.place, at)] if stay.raised else []
    stay.since, stay.lit, stay.raised = None, "", False
    return over
