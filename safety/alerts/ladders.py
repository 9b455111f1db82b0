"""Who is asked for help, in which order and after how long; what an answer does to the rest. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Rung(StrEnum):
    """Whom a step of a ladder asks."""

    CALLBACK = "callback"
    OPERATOR = "operator"
    CONTACT = "contact"
    NEIGHBOUR = "neighbour"
    GRID_WORKER = "grid_worker"
    STREET = "street"
    AMBULANCE = "120"
    FIRE = "119"
    POLICE = "110"


# People who may go there; what an arrival makes needless.
COMERS = frozenset({Rung.CONTACT, Rung.NEIGHBOUR, Rung.GRID_WORKER, Rung.STREET})
# Called by an operator alone: the product never sends an ambulance by itself.
SERVICES = frozenset({Rung.AMBULANCE, Rung.FIRE, Rung.POLICE})
# Asked again in every round, however long nobody answers; relatives are called in some rounds only.
LASTING = frozenset({Rung.OPERATOR, Rung.GRID_WORKER, Rung.STREET})


class Tells(StrEnum):
    """When the product itself asks: if nobody has taken the alert, in any case, or never."""

    UNANSWERED = "unanswered"
    ALWAYS = "always"
    NEVER = "never"


class Means(StrEnum):
    """What an answer comes to, whatever words a document has for it."""

    COMING = "coming"
    WELL = "well"
    HELP = "help"
    NONE = "none"
    TOLD = "told"


class Skipped(StrEnum):
    """Why a step was not taken."""

    NOBODY = "nobody"
    OFF_DUTY = "off_duty"
    TAKEN = "taken"
    ATTENDED = "attended"
    OPERATOR = "operator"
    CLEARED = "cleared"
    CLOSED = "closed"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a ladder as a document has it; a service that only an operator calls has no time."""

    rung: Rung
    after_seconds: int | None
    tells: Tells
    nth: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """The steps for some alerts, and how long after the last one everything begins anew."""

    name: str
    steps: Sequence[Step]
    repeat_minutes: int
    contact_rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Who a step asks: a name to show, and the account or contact behind it."""

    name: str
    contact_id: int | None = None
    account_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A step with its time; one without anybody to ask is skipped from the start."""

    position: int
    step: Step
    due_at: datetime | None
    target: Target | None
    skipped: Skipped | None = None


def plan(
    ladder: Ladder, *, targets: Mapping[tuple[Rung, int], Target], absent: Mapping[Rung, Skipped], since: datetime
) -> list[Planned]:
    """Put times to the steps of a ladder; nobody waits for a step that has nobody to ask.

    :param targets: whom each step asks, by whom and the how-manieth
    :param absent: why nobody is there to ask; else there simply is none
    """
    found = []
    for position, (step, due_at, is_empty) in enumerate(_timed(ladder, targets, since), start=1):
        target = targets.get((step.rung, step.nth))
        why = absent.get(step.rung, Skipped.NOBODY) if is_empty else None
        found.append(Planned(position=position, step=step, due_at=due_at, target=target, skipped=why))
    return found


def steps_of_round(ladder: Ladder, *, number: int, reachable: Collection[tuple[Rung, int]]) -> Ladder:
    """Return what of a ladder is climbed in a round: at first all of it, then whoever may come, at last only the last.

    :param reachable: who could be asked now, by whom and the how-manieth
    """
    if number <= 1:
        return ladder
    kept = [step for step in ladder.steps if step.rung in LASTING or step.rung in COMERS]
    if is_in_vain(ladder, number=number):
        kept = [step for step in kept if step.rung in LASTING and (step.rung, step.nth) in reachable][-1:]
    return Ladder(
        name=ladder.name,
        steps=_from_the_start(kept),
        repeat_minutes=ladder.repeat_minutes,
        contact_rounds=ladder.contact_rounds,
    )


def is_in_vain(ladder: Ladder, *, number: int) -> bool:
    """Say whether a ladder was climbed so often that nobody on it is going to answer."""
    return number > ladder.contact_rounds


def pause_after(ladder: Ladder, *, number: int, every_minutes: int, most: int) -> timedelta:
    """Return how long after a round the next one begins: of rounds in vain there are so many, then one a day."""
    if not is_in_vain(ladder, number=number):
        return timedelta(minutes=ladder.repeat_minutes)
    return timedelta(minutes=every_minutes) if number - ladder.contact_rounds < most else timedelta(days=1)


def next_round_at(planned: Sequence[Planned], *, pause: timedelta, since: datetime) -> datetime:
    """Return when everything begins anew if nobody has answered by then."""
    return max((each.due_at for each in planned if each.due_at and not each.skipped), default=since) + pause


def asks_now(tells: Tells, *, is_taken: bool) -> bool:
    """Say whether the product itself asks when a step's time has come."""
    return tells is Tells.ALWAYS or (tells is Tells.UNANSWERED and not is_taken)


def brought_forward(due: Sequence[datetime | None], *, to: datetime) -> list[datetime | None]:
    """Return the times of some steps with the first one's brought forward to a moment, the pauses kept."""
    first = next((each for each in due if each), None)
    gap = max(timedelta(), first - to) if first else timedelta()
    return [each - gap if each else None for each in due]


def _timed(
    ladder: Ladder, targets: Collection[tuple[Rung, int]], since: datetime
) -> Iterator[tuple[Step, datetime | None, bool]]:
    """Yield steps with their times: an empty one takes no time, so that what follows moves up to its place."""
    saved = 0
    timed = [step for step in ladder.steps if step.after_seconds is not None]
    for step in ladder.steps:
        is_empty = step.rung not in SERVICES and (step.rung, step.nth) not in targets
        if step.after_seconds is None:
            yield step, None, is_empty
            continue
        yield step, since + timedelta(seconds=step.after_seconds - saved), is_empty
        later = timed[timed.index(step) + 1 :]
        if is_empty and later:
            saved += (later[0].after_seconds or 0) - step.after_seconds


def _from_the_start(steps: Sequence[Step]) -> list[Step]:
    """Let a later round begin with its first step, the pauses kept."""
    first = min((step.after_seconds for step in steps if step.after_seconds is not None), default=0)
    return [
        Step(
            rung=step.rung,
            after_seconds=None if step.after_seconds is None else step.after_seconds - first,
            tells=step.tells,
            nth=step.nth,
        )
        for step in steps
    ]
