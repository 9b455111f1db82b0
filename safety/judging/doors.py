"""The outer door: left open, opened in the night by somebody who does not come back, stuck. Pure."""

from dataclasses import dataclass, field

from safety.judging.events import Event
from safety.judging.presence import Presence, is_outer_door
from safety.judging.rhythm import minute_of
from safety.judging.signals import Rule, Signal, cleared, raised
from safety.judging.terms import SafetyRules

DAY_SECONDS = 24 * 3600
# Open for longer than this is a habit of airing, or a magnet that sticks: it tells nothing any more.
AIRING_MINUTES = 4 * 60


@dataclass(slots=True)
class Doors:
    """The outer doors of a home: since when which is open, and what of it was raised.

    ``longest`` is for how many minutes one stood open without harm; ``left`` when somebody went out in the night,
    ``back`` when somebody last came home from that.
    """

    opened: dict[str, int] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    raised: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    longest: int = 0
    longest_at: int = 0
    left: int | None = None
    left_place: str = ""
    night_raised: bool = False
    back: int | None = None


def follow_doors(
    doors: Doors, presence: Presence, event: Event, at: int, *, was_away: bool, rules: SafetyRules
) -> list[Signal]:
    """Take in an event, after presence has; say what is over."""
    found = []
    if is_outer_door(event):
        found += _follow_leaf(doors, event, at)
        if presence.away and not was_away and presence.inside is not None and rules.is_night(minute_of(at)):
            doors.left, doors.left_place = at, event.place
    if doors.left is not None and not presence.away:
        if doors.night_raised:
            found.append(cleared(Rule.DOOR_NIGHT, doors.left_place, at))
        doors.left, doors.night_raised, doors.back = None, False, at
    return found


def tick_doors(doors: Doors, now: int, rules: SafetyRules) -> list[Signal]:
    """Say which door has stood open for too long, and whether somebody went out in the night and is not back."""
    found = []
    for device, since in doors.opened.items():
        due = _open_due(doors, device, rules)
        if due is not None and due <= now:
            doors.raised.append(device)
            minutes = (due - since) // 60
            found.append(raised(Rule.DOOR_OPEN, doors.places[device], due, minutes=minutes, device=device))
        if since + DAY_SECONDS <= now and device not in doors.stuck:
            doors.stuck.append(device)
            found.append(raised(Rule.DOOR_STUCK, doors.places[device], since + DAY_SECONDS, device=device))
    due = _night_due(doors, rules)
    if due is not None and due <= now:
        doors.night_raised = True
        found.append(raised(Rule.DOOR_NIGHT, doors.left_place, due, minutes=(due - (doors.left or due)) // 60))
    return found


def doors_due(doors: Doors, rules: SafetyRules) -> int | None:
    """Return when something of the doors has to be looked at again."""
    due = [each for device in doors.opened if (each := _open_due(doors, device, rules)) is not None]
    due += [since + DAY_SECONDS for device, since in doors.opened.items() if device not in doors.stuck]
    night = _night_due(doors, rules)
    return min([*due, night] if night is not None else due, default=None)


def _follow_leaf(doors: Doors, event: Event, at: int) -> list[Signal]:
    device = event.device
    found = _shut(doors, device, at)
    if event.is_on:
        doors.opened[device] = at
        doors.places[device] = event.place
    return found


def _shut(doors: Doors, device: str, at: int) -> list[Signal]:
    since = doors.opened.pop(device, None)
    if since is None:
        return []
    minutes = (at - since) // 60
    if minutes >= doors.longest:
        doors.longest, doors.longest_at = minutes, at
    found = []
    if device in doors.raised:
        doors.raised.remove(device)
        found.append(cleared(Rule.DOOR_OPEN, doors.places[device], at))
    if device in doors.stuck:
        doors.stuck.remove(device)
        found.append(cleared(Rule.DOOR_STUCK, doors.places[device], at, device=device))
    return found


def _open_due(doors: Doors, device: str, rules: SafetyRules) -> int | None:
    """Return when an open door is too long open; one that was aired without harm may be open for much longer."""
    if device in doors.raised:
        return None
    since = doors.opened[device]
    harmless = doors.longest if since - doors.longest_at <= rules.history_days * DAY_SECONDS else 0
    if harmless >= AIRING_MINUTES:
        return None
    if harmless < rules.door_open_minutes:
        return since + rules.door_open_minutes * 60
    return since + min(max(harmless * 4, 60), AIRING_MINUTES) * 60


def _night_due(doors: Doors, rules: SafetyRules) -> int | None:
    """Return when somebody who went out in the night should be back, unless going out at night is a habit."""
    if doors.left is None or doors.night_raised:
        return None
    if doors.back is not None and doors.left - doors.back <= rules.history_days * DAY_SECONDS:
        return None
    return doors.left + rules.door_night_minutes * 60
