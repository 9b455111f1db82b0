"""What the page of the desk shows besides the list: who is on shift, what was left for them, figures of the day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, render_template
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.areas import queries as areas
from app.auth import current_actor
from app.auth.actor import Actor, Role
from app.auth.queries import list_names
from app.clock import business_day
from app.db import transaction
from app.people import queries as people
from app.web.language import current_language
from app.web.wording import in_language
from safety.alerts import queries as alerts
from safety.alerts import shifts
from safety.alerts.access import KNOWS_NAMES
from safety.alerts.asked import on_duty
from safety.alerts.models import Incident, Shift
from safety.alerts.words import PART_NAMES
from safety.desk.access import WORKERS
from safety.desk.board import Board, get_board
from safety.desk.case import Case, get_case
from safety.desk.figures import list_kpis
from safety.desk.keeping import KeptLists
from safety.desk.veil import needs_veil, veil
from safety.desk.words import place_name, rule_name, span_words

MOST_FOLLOW_UPS = 20
KEPT = "desk_lists"
# For so long the desk says that it counted as off duty.
GONE_SHOWN = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class ShiftView:
    """The shift of whoever looks."""

    since: datetime
    sound_tested_at: datetime | None
    gone_from: datetime | None = None
    gone_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Handed:
    """What the colleague before left to know."""

    name: str
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class FollowUp:
    """An alert that somebody wanted to look after today."""

    id: int
    name: str
    words: str


def show_list(session: Session, *, now: datetime, open_id: int | None) -> dict[str, Any]:
    """Return what the list shows."""
    board = get_board(session, actor=current_actor(), now=now)
    return {
        "board": board,
        "now_ms": int(now.timestamp() * 1000),
        "open_mark": find_mark(session, incident_id=open_id),
    }


def find_mark(session: Session, *, incident_id: int | None) -> str:
    """Return the mark of an alert, which differs after every change of it; it tells nothing else."""
    found = session.scalar(select(Incident.revision).where(Incident.id == incident_id)) if incident_id else None
    return "" if found is None else str(found)


def show_kept_list(session: Session, *, template: str, now: datetime) -> str:
    """Return the list as a page, made once for all who reach the same places in the same language."""
    kept: KeptLists = current_app.extensions.setdefault(KEPT, KeptLists())
    actor = current_actor()
    key = (actor.area_codes, actor.narrowed(KNOWS_NAMES).area_codes, current_language())
    return kept.get(
        key,
        str(alerts.last_change(session)),
        lambda: render_template(template, **show_list(session, now=now, open_id=None)),
    )


def show_desk(session: Session, *, now: datetime, incident_id: int | None = None) -> dict[str, Any]:
    """Return what the whole page shows, with one alert open or none."""
    actor = current_actor()
    case = get_case(session, incident_id=incident_id, actor=actor, now=now) if incident_id else None
    if case and needs_veil(actor, case.area_code):
        case = veil(case, names=case.names)
    shown = show_list(session, now=now, open_id=incident_id)
    shift = find_shift(session, actor=actor, now=now)
    return {
        **shown,
        "case": case,
        "shift": shift,
        "is_worker": bool(actor.roles & set(WORKERS)),
        "kpis": list_kpis(session, actor=actor, now=now),
        "part_names": PART_NAMES,
        "span_words": span_words,
        "place_name": place_name,
        **(_around_case(session, case, actor, now) if case else _idle(session, actor, shown["board"], now)),
    }


def find_shift(session: Session, *, actor: Actor, now: datetime) -> ShiftView | None:
    """Return the shift that the actor has begun and not ended."""
    found = shifts.find_shift(session, account_id=actor.account_id)
    if found is None or not shifts.is_on_duty(found, now=now):
        return None
    is_back = found.gone_until is not None and now - found.gone_until < GONE_SHOWN
    gone = (found.gone_from, found.gone_until) if is_back else (None, None)
    return ShiftView(found.from_at, found.sound_tested_at if found.sound_heard else None, *gone)


def context(**path: Any) -> dict[str, Any]:
    """Return the page again for a refusal, with the alert it was about."""
    with transaction() as session:
        return show_desk(session, now=clock.now(), incident_id=path.get("incident_id"))


def _around_case(session: Session, case: Case, actor: Actor, now: datetime) -> dict[str, Any]:
    incident = session.get_one(Incident, case.id)
    others = [each for each in on_duty(session, area_code=incident.area_code, now=now) if each != actor.account_id]
    names = list_names(session, account_ids=others) if others else {}
    colleagues = [(str(each), names[each]) for each in others if each in names]
    return {"picture": case.picture, "choices": case.choices, "colleagues": colleagues}


def _idle(session: Session, actor: Actor, board: Board, now: datetime) -> Mapping[str, Any]:
    rows = [row for row in (board.slot, *board.rows) if row is not None]
    return {
        "handed": _handed(session, actor),
        "mine": [row for row in rows if row.is_mine],
        "unanswered": [row for row in rows if row.is_unanswered],
        "follow_ups": _follow_ups(session, actor, now),
        "shift_areas": _areas(session, actor),
    }


def _handed(session: Session, actor: Actor) -> Handed | None:
    query = (
        select(Shift)
        .where(Shift.words != "", Shift.until_at.is_not(None), areas.within(Shift.area_code, actor.area_codes))
        .order_by(Shift.until_at.desc())
        .limit(1)
    )
    found = session.scalar(query)
    if found is None or found.until_at is None:
        return None
    name = list_names(session, account_ids=[found.account_id]).get(found.account_id, "")
    return Handed(name, found.until_at, found.words)


def _follow_ups(session: Session, actor: Actor, now: datetime) -> Sequence[FollowUp]:
    query = select(Incident).where(
        Incident.follow_up_on <= business_day(now),
        Incident.followed_up_at.is_(None),
        areas.within(Incident.area_code, actor.area_codes),
    )
    found = session.scalars(query.order_by(Incident.follow_up_on, Incident.id).limit(MOST_FOLLOW_UPS)).all()
    names = people.names_of(session, senior_ids=[each.senior_id for each in found if each.senior_id])
    return [FollowUp(each.id, names.get(each.senior_id or 0, ""), rule_name(each.rule)) for each in found]


def _areas(session: Session, actor: Actor) -> Sequence[tuple[str, str]]:
    held = sorted({item.area_code for item in actor.held if item.role == Role.OPERATOR}) or sorted(actor.area_codes)
    names = areas.name_places(session, held)
    return [(code, str(in_language(names[code])) if code in names else code) for code in held]
