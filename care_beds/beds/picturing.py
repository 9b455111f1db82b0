"""A bed's life, gathered for its picture and its three cards: stages, months, devices, events, the latest news."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import ngettext
from sqlalchemy.orm import Session

from care_beds.beds.life import Counted, Happened, Life, Moved, count_days, draw_life, first_month, list_months
from care_beds.beds.panels import BedEvent, MonthVisits, list_events
from care_beds.beds.panels import list_months as ask_months
from care_beds.beds.rules import CloseReason, PauseReason, State, Step
from care_beds.beds.showing import BedPage, StepView
from care_beds.beds.words import CLOSE_REASONS, PAUSE_REASONS, STEP_NAMES

# Steps that are marked on the line of events.
MARKED = (
    Step.APPLY,
    Step.ACCEPT,
    Step.SUSPEND,
    Step.REASSESS,
    Step.RENEW,
    Step.REPLACE,
    Step.MOVE,
    Step.CLOSE,
    Step.CLEAR,
)
BAD = (Step.SUSPEND, Step.CLOSE)
COLOURS: Mapping[str, str] = {"suspend": "warn", "close": "danger", "refuse": "danger", "start": "ok", "resume": "ok"}
NEWS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeView:
    """The picture with its table, the month at hand, and the latest news."""

    life: Life
    months: Mapping[date, MonthVisits]
    days: int
    now: MonthVisits | None
    news: Sequence[BedEvent]


def picture_life(session: Session, page: BedPage, *, today: date) -> LifeView:
    """Gather what the picture of a bed's life shows."""
    moves = list_moves(page.steps)
    first = first_month(page.bed.applied_on, today)
    months = dict(ask_months(session, bed_id=page.bed.id, months=list_months(first)))
    counted = {month: Counted(each.planned, each.done, each.is_met) for month, each in months.items()}
    life = draw_life(
        moves,
        first=first,
        today=today,
        months=counted,
        devices=_device_marks(page),
        events=_event_marks(page.steps),
    )
    news = [*_news(page.steps), *list_events(session, bed_id=page.bed.id, limit=NEWS)]
    return LifeView(
        life=life,
        months=months,
        days=count_days(moves, until=today),
        now=months.get(today.replace(day=1)),
        news=sorted(news, key=lambda each: each.at, reverse=True)[:NEWS],
    )


def list_moves(steps: Sequence[StepView]) -> Sequence[Moved]:
    """Return when a bed came into each state; a step that moved nothing is left out."""
    found: list[Moved] = []
    for step in steps:
        state = State(step.to_state)
        if not found or found[-1].state is not state:
            found.append(Moved(state, step.on_day))
    return found


def _event_marks(steps: Sequence[StepView]) -> Iterator[Happened]:
    for step in steps:
        if step.step in MARKED:
            yield Happened(step.on_day, _word(step), step.step in BAD)


def _word(step: StepView) -> str:
    reason = step.detail.get("reason")
    if step.step == Step.SUSPEND and reason in set(PauseReason):
        return str(PAUSE_REASONS[reason])
    if step.step == Step.CLOSE and reason in set(CloseReason):
        return str(CLOSE_REASONS[reason])
    return str(STEP_NAMES[step.step])


def _device_marks(page: BedPage) -> Iterator[Happened]:
    """Yield a mark for each day on which devices came or went."""
    came: dict[date, int] = {}
    went: dict[date, int] = {}
    for device in page.devices:
        for on, counts in ((device.installed_on, came), (device.returned_on, went)):
            if on:
                counts[on] = counts.get(on, 0) + 1
    for on, count in came.items():
        yield Happened(on, ngettext("%(num)s device in", "%(num)s devices in", count))
    for on, count in went.items():
        yield Happened(on, ngettext("%(num)s device out", "%(num)s devices out", count), is_bad=False)


def _news(steps: Sequence[StepView]) -> Iterator[BedEvent]:
    # Steps of one moment stay in their order: the last one taken stands first.
    for step in reversed(steps):
        words = step.words or _word(step) if step.step in BAD else step.words
        title = str(STEP_NAMES[step.step])
        yield BedEvent(at=step.at, title=title, text=words if words != title else "", state=COLOURS.get(step.step, ""))
