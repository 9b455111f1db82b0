"""Reading alerts: the live list, one with its story, what changed, and the words to choose from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.auth.actor import Actor
from app.auth.queries import list_names
from app.clock import business_day
from app.paging import Page, cut_page, no_cursor, read_cursor, write_cursor
from safety.alerts.access import load_incident, shown_names, visible_to
from safety.alerts.measuring import Measured, Miss, count_targets, list_misses
from safety.alerts.models import AlertChange, AlertNote, AlertRing, AlertSignal, AlertStep, Incident, ServiceRequest
from safety.alerts.parts import Silent, find_silent
from safety.alerts.policy_reading import get_alert_rules
from safety.alerts.rules import Lane, State
from safety.alerts.terms import AlertRules

__all__ = [
    "Measured",
    "Miss",
    "Silent",
    "count_targets",
    "find_changes",
    "find_silent",
    "get_alert_rules",
    "get_incident",
    "last_change",
    "list_alerts",
    "list_follow_ups",
    "list_live",
    "list_misses",
    "list_requests",
]

LIVE, PAGE = 200, 50
WEEK = timedelta(days=7)
SIGNALS_SHOWN, NOTES_SHOWN = 100, 200
# What rings comes first, then what is in hand, then what is over, then what rests.
ORDER = {State.RAISED: 0, State.ACKNOWLEDGED: 1, State.CLEARED_UNSEEN: 2, State.SHELVED: 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertLine:
    """An alert on a list."""

    id: int
    lane: str
    priority: int
    state: str
    rule: str
    place: str
    raised_at: datetime
    opened_at: datetime
    last_at: datetime
    repeats: int
    ringing_at: datetime | None
    unanswered_at: datetime | None
    taken_by: int | None
    taken_name: str
    taken_at: datetime | None
    answered_at: datetime | None
    attended_at: datetime | None
    arrived_who: str
    cleared_at: datetime | None
    shelved_until: datetime | None
    shelved_reason: str
    due_at: datetime | None
    reopens_id: int | None
    outcome: str
    cause: str
    closed_at: datetime | None
    home_id: int | None
    gateway_id: int | None
    senior_id: int | None
    senior_name: str
    area_code: str
    revision: int
    why: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An alert with everything that was heard, asked, answered and written down, each in its order."""

    alert: AlertLine
    row: Incident
    steps: Sequence[AlertStep]
    signals: Sequence[AlertSignal]
    rings: Sequence[AlertRing]
    notes: Sequence[AlertNote]
    names: Mapping[int, str]
    rules: AlertRules


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLine:
    """A wish of the green key on a list."""

    id: int
    home_id: int
    senior_id: int
    senior_name: str
    area_code: str
    state: str
    asked_at: datetime
    last_at: datetime
    repeats: int
    taken_by: int | None
    taken_name: str
    taken_at: datetime | None
    done_at: datetime | None
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """Somebody who is to be asked again after an alert, and by when."""

    incident_id: int
    senior_id: int
    senior_name: str
    rule: str
    raised_at: datetime
    outcome: str
    words: str
    on: date


def list_live(
    session: Session, *, reach: Actor, limit: int = LIVE, lane: Lane | str | None = None
) -> Sequence[AlertLine]:
    """Return the alerts of somebody's area that are not closed: the ringing first, by urgency, then by age."""
    order = case({str(state): number for state, number in ORDER.items()}, value=Incident.state, else_=9)
    query = select(Incident).where(visible_to(reach), Incident.state != State.CLOSED)
    if lane is not None:
        query = query.where(Incident.lane == str(lane))
    query = query.order_by(Incident.priority, order, Incident.raised_at, Incident.id).limit(limit)
    return _lines(session, session.scalars(query).all(), reach)


def list_alerts(
    session: Session,
    *,
    reach: Actor,
    state: str | None = None,
    lane: str | None = None,
    home_id: int | None = None,
    senior_id: int | None = None,
    after: str | None = None,
    limit: int = PAGE,
) -> Page[AlertLine]:
    """List alerts of somebody's area, the newest first, closed ones too.

    :raises Invalid: if ``after`` is no cursor of this list
    """
    wanted: dict[Any, Any] = {
        Incident.state: state,
        Incident.lane: lane,
        Incident.home_id: home_id,
        Incident.senior_id: senior_id,
    }
    conditions: list[ColumnElement[bool]] = [column == value for column, value in wanted.items() if value is not None]
    if after is not None:
        conditions.append(Incident.id < _read_id(after))
    query = select(Incident).where(visible_to(reach), *conditions).order_by(Incident.id.desc()).limit(limit + 1)
    return cut_page(_lines(session, session.scalars(query).all(), reach), limit, lambda line: write_cursor(line.id))


def get_incident(session: Session, *, incident_id: int, reach: Actor, now: datetime) -> Story:
    """Return an alert with its story.

    :raises AlertNotFound: if there is none with this id in the reader's area
    """
    row = load_incident(session, incident_id=incident_id, actor=reach)
    steps = _of(session, AlertStep, row, AlertStep.round, AlertStep.position)
    signals = _of(session, AlertSignal, row, AlertSignal.id, limit=SIGNALS_SHOWN)
    rings = _of(session, AlertRing, row, AlertRing.id, limit=NOTES_SHOWN)
    notes = _of(session, AlertNote, row, AlertNote.id, limit=NOTES_SHOWN)
    people = {
        *(each.by_account for each in (*steps, *notes)),
        *(each.answered_by for each in rings),
        row.taken_by,
        row.closed_by,
        row.shelved_by,
    }
    return Story(
        alert=_lines(session, [row], reach)[0],
        row=row,
        steps=steps,
        signals=signals,
        rings=rings,
        notes=notes,
        names=list_names(session, account_ids={each for each in people if each is not None}),
        rules=get_alert_rules(session, area_code=row.area_code, on=business_day(now)),
    )


def find_changes(session: Session, *, after_seq: int, limit: int = LIVE) -> Sequence[AlertChange]:
    """Return what changed after a number, in the order of the commits; whoever follows missed nothing before it."""
    query = select(AlertChange).where(AlertChange.seq > after_seq).order_by(AlertChange.seq).limit(limit)
    return session.scalars(query).all()


def last_change(session: Session) -> int:
    """Return the number of the latest change, to follow from here on."""
    return session.scalar(select(func.max(AlertChange.seq))) or 0


def list_requests(
    session: Session, *, reach: Actor, is_open: bool = True, after: str | None = None, limit: int = PAGE
) -> Page[RequestLine]:
    """List what was asked for by the green key in somebody's area: what waits, oldest first, or what was done.

    :raises Invalid: if ``after`` is no cursor of this list
    """
    state = ServiceRequest.state
    query = select(ServiceRequest).where(
        areas.within(ServiceRequest.area_code, reach.area_codes), state != "done" if is_open else state == "done"
    )
    key = ServiceRequest.id
    if after is not None:
        query = query.where(key > _read_id(after) if is_open else key < _read_id(after))
    rows = session.scalars(query.order_by(key if is_open else key.desc()).limit(limit + 1)).all()
    names = shown_names(session, senior_ids={each.senior_id for each in rows}, reach=reach)
    takers = list_names(session, account_ids={each.taken_by for each in rows if each.taken_by})
    lines = [
        RequestLine(
            **{name: getattr(each, name) for name in RequestLine.__slots__ if not name.endswith("_name")},
            senior_name=names.get(each.senior_id, ""),
            taken_name=takers.get(each.taken_by or 0, ""),
        )
        for each in rows
    ]
    return cut_page(lines, limit, lambda line: write_cursor(line.id))


def _lines(session: Session, rows: Sequence[Incident], reach: Actor) -> list[AlertLine]:
    """Put rows on a list: whom they are about, who has them, and why they were raised."""
    if not rows:
        return []
    seniors = shown_names(session, senior_ids={each.senior_id for each in rows if each.senior_id}, reach=reach)
    holders = list_names(session, account_ids={each.taken_by for each in rows if each.taken_by})
    whys = _whys(session, rows)
    made = {"taken_name", "senior_name", "why"}
    return [
        AlertLine(
            **{name: getattr(each, name) for name in AlertLine.__slots__ if name not in made},
            taken_name=holders.get(each.taken_by or 0, ""),
            senior_name=seniors.get(each.senior_id or 0, ""),
            why=whys.get(each.id, {}),
        )
        for each in rows
    ]


def _whys(session: Session, rows: Sequence[Incident]) -> dict[int, Mapping[str, Any]]:
    """Return why each alert is as urgent as it is: what the latest signal of its rule said."""
    query = (
        select(AlertSignal.incident_id, AlertSignal.why)
        .join(Incident, Incident.id == AlertSignal.incident_id)
        .where(
            AlertSignal.incident_id.in_([each.id for each in rows]),
            AlertSignal.kind == "raise",
            AlertSignal.rule == Incident.rule,
        )
        .ext(distinct_on(AlertSignal.incident_id))
        .order_by(AlertSignal.incident_id, AlertSignal.occurred_at.desc(), AlertSignal.id.desc())
    )
    return {row.incident_id: row.why for row in session.execute(query)}


def _of(session: Session, model: Any, row: Incident, *order: Any, limit: int = 1000) -> Sequence[Any]:
    """Return what hangs on an alert; of much, the latest, in the order of time."""
    query = select(model).where(model.incident_id == row.id).order_by(*(each.desc() for each in order)).limit(limit)
    return list(reversed(session.scalars(query.execution_options(populate_existing=True)).all()))


def _read_id(cursor: str) -> int:
    (found,) = read_cursor(cursor, int)
    if not 0 < found < 2**63:
        raise no_cursor()
    return int(found)


def list_follow_ups(
    session: Session, *, reach: Actor, today: date, after: str | None = None, limit: int = PAGE
) -> Page[FollowUp]:
    """List whom somebody promised to ask again, what is due first; those of today and before, and of the next week.

    :raises Invalid: if ``after`` is no cursor of this list
    """
    day, key = Incident.follow_up_on, Incident.id
    query = select(Incident).where(
        visible_to(reach), day.is_not(None), day < today + WEEK, Incident.followed_up_at.is_(None)
    )
    if after is not None:
        on, last = read_cursor(after, str, int)
        query = query.where(tuple_(day, key) > tuple_(_read_day(on), last))
    rows = session.scalars(query.order_by(day, key).limit(limit + 1)).all()
    names = shown_names(session, senior_ids={each.senior_id for each in rows if each.senior_id}, reach=reach)
    lines = [
        FollowUp(
            incident_id=each.id,
            senior_id=each.senior_id or 0,
            senior_name=names.get(each.senior_id or 0, ""),
            rule=each.rule,
            raised_at=each.raised_at,
            outcome=each.outcome,
            words=each.closing_words,
            on=each.follow_up_on or today,
        )
        for each in rows
    ]
    return cut_page(lines, limit, lambda line: write_cursor(line.on.isoformat(), line.incident_id))


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise no_cursor() from error
