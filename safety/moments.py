"""What safety tells of a person's life: alerts and how they ended, wishes by the green key, the kit's steps."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.areas.rules import is_within_any
from app.auth.actor import Actor
from app.clock import business_day
from app.dossier import Before, Moment, cut_moments, is_before, key_of
from app.web.wording import clock_time, join
from safety.alerts.access import visible_to
from safety.alerts.models import Incident, ServiceRequest
from safety.alerts.policy_reading import get_alert_rules
from safety.alerts.rules import Lane, State
from safety.alerts.terms import AlertRules
from safety.alerts.words import STATE_NAMES
from safety.desk.choices import outcome_words
from safety.desk.words import place_name, rule_icon, rule_name
from safety.kits.models import SafetyHome, SafetyKitStep
from safety.kits.page_words import STEP_NAMES
from safety.kits.queries import visible_to as visible_home

ALERTS, KITS = "alerts", "kits"
MOST = 60


def alert_moments(
    session: Session, *, senior_id: int, actor: Actor, before: Before | None, limit: int
) -> Sequence[Moment]:
    """Tell alerts of a person's home and how each ended."""
    key = key_of("alert", Incident.id)
    query = (
        select(Incident)
        .where(
            Incident.senior_id == senior_id,
            Incident.lane == Lane.LIFE,
            visible_to(actor),
            *is_before(Incident.raised_at, key, before),
        )
        .order_by(Incident.raised_at.desc(), key.desc())
        .limit(limit)
    )
    rows = session.scalars(query).all()
    if not rows:
        return []
    rules = get_alert_rules(session, area_code=rows[0].area_code, on=business_day(rows[0].raised_at))
    return [_alert(row, rules) for row in rows]


def request_moments(
    session: Session, *, senior_id: int, actor: Actor, before: Before | None, limit: int
) -> Sequence[Moment]:
    """Tell when a service was wished for by the green key, and what came of it."""
    query = select(ServiceRequest).where(ServiceRequest.senior_id == senior_id)
    rows = session.scalars(query.order_by(ServiceRequest.id.desc()).limit(MOST))
    seen = [row for row in rows if is_within_any(row.area_code, actor.area_codes)]
    return cut_moments([each for row in seen for each in _request(row)], before=before, limit=limit)


def kit_moments(
    session: Session, *, senior_id: int, actor: Actor, before: Before | None, limit: int
) -> Sequence[Moment]:
    """Tell what was done with the kit of a person's home; of single devices their own pages tell."""
    key = key_of("kit", SafetyKitStep.id)
    query = (
        select(SafetyKitStep)
        .join(SafetyHome, SafetyHome.id == SafetyKitStep.home_id)
        .where(
            SafetyHome.senior_id == senior_id,
            SafetyKitStep.device_id.is_(None),
            visible_home(actor),
            *is_before(SafetyKitStep.at, key, before),
        )
        .order_by(SafetyKitStep.at.desc(), key.desc())
        .limit(limit)
    )
    return [_kit(step) for step in session.scalars(query)]


def _kit(step: SafetyKitStep) -> Moment:
    return Moment(
        at=step.at,
        key=f"kit:{step.id}",
        sort=KITS,
        icon="home",
        title=_("Kit: %(what)s", what=STEP_NAMES.get(step.kind, step.kind)),
        words=step.words,
        endpoint="safety_homes.show_home",
        args={"home_id": step.home_id},
    )


def _alert(row: Incident, rules: AlertRules) -> Moment:
    ended = outcome_words(rules, outcome=row.outcome, cause=row.cause)
    state = STATE_NAMES[State(row.state)]
    words = [place_name(row.place), ended or str(state)]
    if row.answered_at:
        words.insert(1, _("answered %(time)s", time=clock_time(row.answered_at)))
    return Moment(
        at=row.raised_at,
        key=f"alert:{row.id}",
        sort=ALERTS,
        icon=rule_icon(row.rule),
        title=_("Alert: %(what)s", what=rule_name(row.rule)),
        words=join(words),
        state="" if row.state == State.CLOSED else "danger",
        endpoint="desk.show_case",
        args={"incident_id": row.id},
    )


def _request(row: ServiceRequest) -> Iterator[Moment]:
    goes: dict[str, Any] = {"endpoint": "safety_requests.list_requests"}
    yield Moment(
        at=row.asked_at,
        key=f"request:{row.id}:asked",
        sort=ALERTS,
        icon="bell",
        title=_("Wished for a service by the green key"),
        state="" if row.done_at else "warn",
        **goes,
    )
    if row.done_at:
        yield Moment(
            at=row.done_at,
            key=f"request:{row.id}:done",
            sort=ALERTS,
            icon="check",
            title=_("The wish for a service is settled"),
            words=row.words,
            state="ok",
            **goes,
        )
