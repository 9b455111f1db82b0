"""A senior's status over time: periods of days that never overlap, and a death that nothing follows. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.people.faults import Misfit
from app.people.rules import Status

AHEAD_AT_MOST = timedelta(days=366)


@dataclass(frozen=True)
class Period:
    """A status from a day until before another; without an end it goes on."""

    status: Status
    from_on: date
    until_on: date | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether the period covers a day."""
        return self.from_on <= day and (self.until_on is None or day < self.until_on)


def status_on(timeline: Iterable[Period], day: date) -> Status | None:
    """Return the status on a day, or nothing for a day before the first record."""
    return next((period.status for period in timeline if period.holds_on(day)), None)


def death_of(timeline: Iterable[Period]) -> Period | None:
    """Return the period that begins with the death, if there is one."""
    return next((period for period in timeline if period.status is Status.DECEASED), None)


def lay_over(timeline: Sequence[Period], new: Period, *, birth_on: date, today: date) -> list[Period]:
    """Return the timeline with a new period laid over it.

    What the new period covers gives way; what went on before and after it stays, so that a stay in hospital
    ends in the status it interrupted.

    :raises Misfit: if the period is empty, before birth, too far ahead, or touches the time after a death
    """
    _check(new, birth_on=birth_on, today=today)
    death = death_of(timeline)
    if death and (new.until_on is None or new.until_on > death.from_on):
        raise Misfit("after_death", died=death.from_on.isoformat())
    kept = [part for period in timeline for part in _cut(period, new)]
    return _joined(sorted([*kept, new], key=lambda period: period.from_on))


def _check(new: Period, *, birth_on: date, today: date) -> None:
    if new.until_on is not None and new.until_on <= new.from_on:
        raise Misfit("period_empty")
    if new.from_on < birth_on:
        raise Misfit("before_birth", born=birth_on.isoformat())
    if new.status is Status.DECEASED and new.until_on is not None:
        raise Misfit("death_has_no_end")
    if new.status is Status.DECEASED and new.from_on > today:
        raise Misfit("death_in_future")
    if new.from_on > today + AHEAD_AT_MOST:
        raise Misfit("too_far_ahead", days=AHEAD_AT_MOST.days)


def _cut(period: Period, new: Period) -> Iterator[Period]:
    """Yield what is left of a period under a new one: its head, its tail, both or neither."""
    if period.from_on < new.from_on:
        ends_before = period.until_on is not None and period.until_on <= new.from_on
        yield period if ends_before else replace(period, until_on=new.from_on)
    if new.until_on is not None and (period.until_on is None or period.until_on > new.until_on):
        yield replace(period, from_on=max(period.from_on, new.until_on))


def _joined(periods: Iterable[Period]) -> list[Period]:
    """Write neighbours of the same status as one period."""
    joined: list[Period] = []
    for period in periods:
        last = joined[-1] if joined else None
        if last and last.status is period.status and last.until_on == period.from_on:
            joined[-1] = replace(last, until_on=period.until_on)
        else:
            joined.append(period)
    return joined
