"""What the product does by itself when a moment has come: asks the next one, rings again, ends a shelf.

Each alert carries its next moment in its row, and each is worked off in a savepoint of its own: a restart catches up,
two runners never do a thing twice, and one alert that fails holds up no other.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.services import record
from app.clock import business_day
from safety.alerts.asked import Asked, find_asked
from safety.alerts.calls import find_rung_out, finish_call, queue_call
from safety.alerts.climbing import IS_OPEN, climb, climb_again, find_ladder, leave_out, set_due
from safety.alerts.ladders import Means, Rung, Skipped, Tells, asks_now, brought_forward
from safety.alerts.models import AlertCall, AlertNote, AlertStep, Incident
from safety.alerts.policy_reading import rules_of_places
from safety.alerts.ringing import ring
from safety.alerts.rules import Lane, Ring, State, let_go
from safety.alerts.standing import put_standing, standing_of, touch
from safety.alerts.stepping import end_step
from safety.alerts.telling import tell_contact, tell_duty, tell_workers
from safety.alerts.terms import AlertRules, Group

# An alert that cannot be worked off is tried again, and meanwhile holds up no other.
AFTER_FAULT = timedelta(seconds=30)
NO_ANSWER = "no_answer"

log = structlog.get_logger(__name__)


def escalate_due(session: Session, *, now: datetime, limit: int = 50) -> int:
    """Do what is due for alerts, the most urgent first; return how many were worked off. Safe to run twice at once."""
    for call in find_rung_out(session, now=now, limit=limit):
        _ring_out(session, call, now=now)
    query = (
        select(Incident)
        .where(Incident.due_at <= now, Incident.state != State.CLOSED)
        .order_by(Incident.priority, Incident.due_at, Incident.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    due = session.scalars(query).all()
    if not due:
        return 0
    rules = rules_of_places(session, area_codes={each.area_code for each in due}, on=business_day(now))
    asked = _find_asked(session, due, now=now)
    for incident in due:
        _work_off(session, incident, rules[incident.area_code], asked.get(incident.id), now=now)
    return len(due)


def answer_call(session: Session, *, call_id: int, means: Means, now: datetime) -> None:
    """Write down what came of a call that the product made, and let the ladder go on from there."""
    call = session.get_one(AlertCall, call_id, with_for_update=True, populate_existing=True)
    if call.state in ("done", "given_up"):
        return
    incident = session.get_one(Incident, call.incident_id, with_for_update=True, populate_existing=True)
    _take_answer(session, call, incident, means=means, now=now)


def _ring_out(session: Session, call: AlertCall, *, now: datetime) -> None:
    """End a call that nobody picked up; where somebody is busy with the alert at this moment, the next time round."""
    query = select(Incident).where(Incident.id == call.incident_id).with_for_update(skip_locked=True)
    incident = session.scalar(query.execution_options(populate_existing=True))
    if incident is None:
        return
    call_id = call.id
    try:
        with session.begin_nested():
            _take_answer(session, call, incident, means=Means.NONE, now=now)
    except Exception:
        log.exception("safety.call_not_ended", call=call_id)
        session.refresh(call)
        call.due_at = now + AFTER_FAULT
        session.flush()


def _take_answer(session: Session, call: AlertCall, incident: Incident, *, means: Means, now: datetime) -> None:
    finish_call(call, means=means, now=now)
    step = session.get_one(AlertStep, call.step_id, populate_existing=True)
    if step.done_at is None and not step.skipped_reason and incident.state != State.CLOSED:
        rules = rules_of_places(session, area_codes=[incident.area_code], on=business_day(now))
        end_step(session, incident, step, result="", means=means, rules=rules[incident.area_code], now=now)
        if means is Means.HELP:
            ask_next_now(session, incident, now=now)
    set_due(session, incident_ids=[incident.id])


def _find_asked(session: Session, due: Sequence[Incident], *, now: datetime) -> Mapping[int, Asked]:
    """Return whom to ask, for all at once; where the people of one home cannot be read, each is asked for alone."""
    try:
        with session.begin_nested():
            return find_asked(session, due, now=now)
    except Exception:
        log.exception("safety.whom_to_ask_unreadable", incidents=[each.id for each in due])
        return {}


def _work_off(session: Session, incident: Incident, rules: AlertRules, asked: Asked | None, *, now: datetime) -> None:
    incident_id = incident.id
    try:
        with session.begin_nested():
            asked = asked or find_asked(session, [incident], now=now)[incident_id]
            _do(session, incident, rules, asked, now=now)
            set_due(session, incident_ids=[incident_id])
    except Exception:
        log.exception("safety.escalation_failed", incident=incident_id)
        session.refresh(incident)
        incident.due_at = now + AFTER_FAULT
        session.flush()


def _do(session: Session, incident: Incident, rules: AlertRules, asked: Asked, *, now: datetime) -> None:
    match State(incident.state):
        case State.SHELVED:
            _end_shelf(session, incident, rules, asked, now=now)
        case State.CLEARED_UNSEEN:
            _close_recovered(session, incident, rules, now=now)
        case State.ACKNOWLEDGED if incident.idle_at is not None and incident.idle_at <= now:
            _ring_again(session, incident, rules, asked, now=now)
        case State.RAISED if incident.lane == Lane.LIFE and not incident.round:
            # Its ladder could not be begun when it was raised.
            climb(session, [incident], rules={incident.area_code: rules}, now=now)
            _ask_due(session, incident, rules, asked, now=now)
            touch(incident)
        case State.RAISED if incident.round_at is not None and incident.round_at <= now:
            _ask_due(session, incident, rules, asked, now=now)
            climb_again(session, [incident], rules={incident.area_code: rules}, now=now)
            _ask_due(session, incident, rules, asked, now=now)
            touch(incident)
        case _:
            _ask_due(session, incident, rules, asked, now=now)
            touch(incident)


def _end_shelf(session: Session, incident: Incident, rules: AlertRules, asked: Asked, *, now: datetime) -> None:
    standing, why = let_go(standing_of(incident), why=Ring.UNSHELVED, clears=rules.clears)
    put_standing(incident, standing, now=now)
    _remark(session, incident, "shelf_over", now=now)
    if why is None:
        incident.round_at = now + timedelta(minutes=rules.settle_minutes)
        return
    ring(session, incident, kind=why, now=now)
    if incident.lane == Lane.LIFE:
        climb(session, [incident], rules={incident.area_code: rules}, now=now)
        _ask_due(session, incident, rules, asked, now=now)


def _ring_again(session: Session, incident: Incident, rules: AlertRules, asked: Asked, *, now: datetime) -> None:
    """Ring again what was taken and left lying; whoever took it no longer holds it back from others.

    What is over meanwhile is put back among what somebody should look at, and keeps quiet.
    """
    _remark(session, incident, "idle", now=now)
    standing, why = let_go(standing_of(incident), why=Ring.IDLE, clears=rules.clears)
    put_standing(incident, standing, now=now)
    if why is None:
        leave_out(session, incident_ids=[incident.id], reason=Skipped.CLEARED)
        incident.round_at = now + timedelta(minutes=rules.settle_minutes)
        return
    ring(session, incident, kind=why, now=now)
    if incident.lane == Lane.LIFE:
        _go_on(session, incident, rules, asked, now=now)


def _go_on(session: Session, incident: Incident, rules: AlertRules, asked: Asked, *, now: datetime) -> None:
    """Go on with a ladder where it was left; at its end, begin another round."""
    if any(Tells(each.tells) is not Tells.NEVER for each in _open_steps(session, incident)):
        rest = timedelta(minutes=find_ladder(rules, incident).repeat_minutes)
        incident.round_at = max(incident.round_at or now, now + rest)
    else:
        climb_again(session, [incident], rules={incident.area_code: rules}, now=now)
    _ask_due(session, incident, rules, asked, now=now)


def _close_recovered(session: Session, incident: Incident, rules: AlertRules, *, now: datetime) -> None:
    """Close an alert of a device that has been well for a while: nobody need look at what mended itself."""
    outcome = next((each.code for each in rules.outcomes if each.code == "recovered"), None)
    fallback = next(each.code for each in rules.outcomes if each.group is Group.DEVICE)
    leave_out(session, incident_ids=[incident.id], reason=Skipped.CLEARED)
    _remark(session, incident, "recovered", now=now)
    incident.state, incident.outcome, incident.closed_at = State.CLOSED, outcome or fallback, now
    incident.due_at = incident.round_at = None
    touch(incident)


def _ask_due(session: Session, incident: Incident, rules: AlertRules, asked: Asked, *, now: datetime) -> None:
    """Ask everybody whose turn has come; whoever is not there is left out, and the next one's turn comes at once."""
    steps = _open_steps(session, incident)
    if not any(each.due_at and each.due_at <= now for each in steps):
        return
    is_taken = incident.taken_by is not None
    for index, step in enumerate(steps):
        if step.due_at is None or step.due_at > now:
            continue
        if not asks_now(Tells(step.tells), is_taken=is_taken):
            continue
        if not _ask(session, incident, step, asked, rules, now=now):
            _pull_forward(steps[index:])
    session.flush()


def _open_steps(session: Session, incident: Incident) -> Sequence[AlertStep]:
    query = select(AlertStep).where(AlertStep.incident_id == incident.id, *IS_OPEN, AlertStep.due_at.is_not(None))
    ordered = query.order_by(AlertStep.round, AlertStep.position).execution_options(populate_existing=True)
    return session.scalars(ordered).all()


def _pull_forward(steps: Sequence[AlertStep]) -> None:
    """Let the steps after an empty one come sooner, by as long as it would have taken."""
    empty, *later = [each for each in steps if each.round == steps[0].round]
    if empty.due_at:
        _bring_forward(later, to=empty.due_at)


def ask_next_now(session: Session, incident: Incident, *, now: datetime) -> None:
    """Let the next one be asked at once: whoever was asked cannot come, or says that help is needed."""
    _bring_forward([each for each in _open_steps(session, incident) if each.due_at and each.due_at > now], to=now)
    session.flush()


def _bring_forward(steps: Sequence[AlertStep], *, to: datetime) -> None:
    for each, due_at in zip(steps, brought_forward([each.due_at for each in steps], to=to), strict=True):
        each.due_at = due_at


def _ask(
    session: Session, incident: Incident, step: AlertStep, asked: Asked, rules: AlertRules, *, now: datetime
) -> bool:
    """Ask one; say whether there was anybody to ask and a way to reach them."""
    rung = Rung(step.kind)
    target = asked.targets.get((rung, step.nth))
    if target is None:
        step.skipped_reason = asked.absent.get(rung, Skipped.NOBODY)
        return False
    step.target, step.contact_id, step.account_id = target.name, target.contact_id, target.account_id
    step.started_at = now
    session.flush()
    if _reach(session, incident, step, asked, now=now):
        return True
    end_step(session, incident, step, result=_no_answer(rules), means=Means.NONE, rules=rules, now=now)
    return False


def _reach(session: Session, incident: Incident, step: AlertStep, asked: Asked, *, now: datetime) -> bool:
    rung, accounts = Rung(step.kind), asked.accounts
    if rung is Rung.OPERATOR:
        return tell_duty(session, incident, step, account_ids=accounts[rung], now=now)
    if rung in (Rung.GRID_WORKER, Rung.STREET) and accounts[rung]:
        return tell_workers(session, incident, step, account_ids=accounts[rung], now=now)
    is_told = rung is not Rung.CALLBACK and tell_contact(session, incident, step, now=now)
    return queue_call(session, incident, step, now=now) or is_told


def _no_answer(rules: AlertRules) -> str:
    found = [each.code for each in rules.results if each.means is Means.NONE]
    return NO_ANSWER if NO_ANSWER in found else next(iter(found), "")


def _remark(session: Session, incident: Incident, kind: str, *, now: datetime) -> None:
    """Write what the product did by itself into the story and the audit log."""
    session.add(AlertNote(incident_id=incident.id, at=now, by_account=None, kind=kind))
    action, subject = f"alert.{kind}", f"safety_incident:{incident.id}"
    record(session, actor=None, action=action, subject=subject, area_code=incident.area_code, now=now)
