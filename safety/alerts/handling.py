"""What an operator does with an alert: takes it, gives it back, hands it over, writes down, shelves, closes."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.audit.services import record
from app.auth.actor import Actor, Role
from app.auth.queries import list_held_over
from app.clock import business_day
from app.errors import Invalid
from safety.alerts.access import (
    get_step,
    load_incident,
    lock_closable,
    lock_held,
    lock_open,
    refuse_another,
    require_state,
)
from safety.alerts.calls import drop_calls
from safety.alerts.climbing import leave_out, set_due
from safety.alerts.errors import AlertMoved, NeverShelved, SignalledAgain, StepDone
from safety.alerts.ladders import Rung, Skipped
from safety.alerts.models import AlertNote, AlertStep, Incident
from safety.alerts.policy_reading import get_alert_rules
from safety.alerts.ringing import answer_ring, end_ring, ring
from safety.alerts.rules import Ring, State, let_go, may_shelve
from safety.alerts.standing import put_standing, standing_of, touch
from safety.alerts.stepping import arrive, end_step, stay_awake, told_by_taking
from safety.alerts.telling import tell_family
from safety.alerts.terms import AlertRules, Moment, Outcome

LONGEST_WORDS, LONGEST_REASON, LONGEST_NAME = 500, 200, 80
# People's watches differ; what lies further ahead was mistyped.
AHEAD = timedelta(minutes=5)
FOLLOW_UP_DAYS = 90
# What the product or an operator left out may still be done by hand; what is of another ladder may not.
OVER = frozenset({Skipped.CLOSED, Skipped.REPLACED})


def take(session: Session, *, incident_id: int, by: Actor, now: datetime) -> Incident:
    """Take an alert: it is the caller's by name, and stops ringing. Of two who take it at once one is refused.

    :raises AlertNotFound: if there is none with this id in the caller's area
    :raises AlertClosed: if it was closed meanwhile
    :raises TakenByOther: if somebody else has it in hand
    """
    row = lock_open(session, incident_id=incident_id, actor=by)
    refuse_another(session, row, by)
    if row.taken_by == by.account_id:
        return row
    rules = _rules(session, row, now)
    answer_ring(session, row, by=by.account_id, now=now)
    row.state, row.taken_by, row.taken_at = State.ACKNOWLEDGED, by.account_id, now
    row.answered_at = row.answered_at or now
    row.ringing_at = row.shelved_until = row.shelved_by = None
    row.shelved, row.shelved_reason = [], ""
    if row.unanswered_at is not None:
        # Somebody has answered after all: given back, it climbs from its first step.
        row.unanswered_at, row.climb, row.round_at = None, 0, None
    stay_awake(row, rules=rules, now=now)
    told_by_taking(session, row, now=now)
    # The operator rings the person now; two calls at once would find each other engaged.
    drop_calls(session, incident_id=row.id, kinds=frozenset({Rung.CALLBACK}), now=now)
    _note_opened(session, row, by=by, now=now)
    return _done(session, row, "taken", by=by, now=now)


def release(session: Session, *, incident_id: int, words: str, by: Actor, now: datetime) -> Incident:
    """Give an alert back: it rings again for everybody.

    :raises AlertNotFound: if there is none with this id in the caller's area
    :raises AlertClosed: if it was closed meanwhile
    :raises TakenByOther: if somebody else has it in hand
    :raises NotHolder: if nobody has
    """
    row = lock_held(session, incident_id=incident_id, actor=by)
    rules = _rules(session, row, now)
    standing, why = let_go(standing_of(row), why=Ring.RELEASED, clears=rules.clears)
    put_standing(row, standing, now=now)
    if why is None:
        row.round_at = now + timedelta(minutes=rules.settle_minutes)
    else:
        row.round_at = row.round_at or now
        ring(session, row, kind=why, now=now)
    return _done(session, row, "released", by=by, now=now, words=words)


def hand_over(session: Session, *, incident_id: int, account_id: int, words: str, by: Actor, now: datetime) -> Incident:
    """Hand an alert over to a colleague.

    :raises AlertNotFound: if there is none with this id in the caller's area
    :raises AlertClosed: if it was closed meanwhile
    :raises TakenByOther: if somebody else has it in hand
    :raises NotHolder: if nobody has
    :raises Invalid: if the colleague does not answer alerts of this place
    """
    row = lock_held(session, incident_id=incident_id, actor=by)
    if account_id not in list_held_over(session, area_code=row.area_code, roles=(Role.OPERATOR,), now=now):
        raise Invalid(errors={"account_id": [_l("Choose somebody who answers alerts of this place.")]})
    row.taken_by, row.taken_at = account_id, now
    _note_opened(session, row, by=by, now=now)
    stay_awake(row, rules=_rules(session, row, now), now=now)
    return _done(session, row, "handed_over", by=by, now=now, words=words, new={"account": account_id})


def record_step(
    session: Session, *, incident_id: int, step_id: int, result: str, words: str = "", by: Actor, now: datetime
) -> Incident:
    """Write down what came of a step that the operator took.

    :raises AlertNotFound: if there is none with this id in the caller's area
    :raises AlertClosed: if it was closed meanwhile
    :raises TakenByOther: if somebody else has it in hand
    :raises NotHolder: if nobody has
    :raises StepNotFound: if the alert has no such step
    :raises StepDone: if it was written down before, or left out
    :raises Invalid: if there is no such result
    """
    row = lock_held(session, incident_id=incident_id, actor=by)
    step, rules = _open_step(session, row, step_id), _rules(session, row, now)
    found = rules.result(result)
    if found is None:
        raise Invalid(errors={"result": [_l("Choose one of the results of the list.")]})
    told: dict[str, Any] = {"result": result, "means": found.means, "by": by.account_id, "words": words}
    end_step(session, row, step, **told, rules=rules, now=now)
    stay_awake(row, rules=rules, now=now)
    return _done(
        session, row, "step", by=by, now=now, words=words, new={"step": step.kind, "result": result}, note=False
    )


def skip_step(session: Session, *, incident_id: int, step_id: int, words: str, by: Actor, now: datetime) -> Incident:
    """Leave out a step, and say why.

    :raises AlertNotFound: if there is none with this id in the caller's area
    :raises AlertClosed: if it was closed meanwhile
    :raises TakenByOther: if somebody else has it in hand
    :raises NotHolder: if nobody has
    :raises StepNotFound: if the alert has no such step
    :raises StepDone: if it was written down before, or left out
    """
    row = lock_held(session, incident_id=incident_id, actor=by)
    step = _open_step(session, row, step_id)
    step.skipped_reason, step.words, step.by_account = Skipped.OPERATOR, words, by.account_id
    stay_awake(row, rules=_rules(session, row, now), now=now)
    return _done(session, row, "step_left_out", by=by, now=now, words=words, new={"step": step.kind}, note=False)


def note(session: Session, *, incident_id: int, words: str, by: Actor, now: datetime) -> Incident:
    """Write something down about an alert; whoever may see it may do so.

    :raises AlertNotFound: if there is none with this id in the caller's area
    :raises AlertClosed: if it was closed meanwhile
    """
    row = lock_open(session, incident_id=incident_id, actor=by)
    if row.taken_by == by.account_id:
        stay_awake(row, rules=_rules(session, row, now), now=now)
    return _done(session, row, "note", by=by, now=now, words=words)


def shelve(session: Session, *, incident_id: int, until: datetime, reason: str, by: Actor, now: datetime) -> Incident:
    """Let an alert rest until a moment, for a reason; never one of life and death.

    :raises AlertNotFound: if there is none with this id in the caller's area
    :raises AlertClosed: if it was closed meanwhile
    :raises TakenByOther: if somebody else has it in hand
    :raises NeverShelved: if it is of life and death
    :raises AlertMoved: if it rests already, or is over
    :raises Invalid: if the moment is past, or further away than the rules allow
    """
    row = lock_open(session, incident_id=incident_id, actor=by)
    refuse_another(session, row, by)
    if row.priority == 1:
        raise NeverShelved
    if not may_shelve(priority=row.priority, state=State(row.state)):
        require_state(row, State.RAISED, State.ACKNOWLEDGED)
    limit = _rules(session, row, now).shelve_minutes[row.priority]
    if not now < until <= now + timedelta(minutes=limit):
        raise Invalid(errors={"until": [_l("Choose a moment within the next %(n)s minutes.", n=limit)]})
    answer_ring(session, row, by=by.account_id, now=now)
    row.answered_at = row.answered_at or now
    row.state, row.shelved_until, row.shelved_by, row.shelved_reason = State.SHELVED, until, by.account_id, reason
    row.shelved, row.due_at = sorted(row.sounding), until
    row.taken_by = row.taken_at = row.idle_at = row.ringing_at = None
    leave_out(session, incident_ids=[row.id], reason=Skipped.OPERATOR)
    drop_calls(session, incident_id=row.id, now=now)
    return _done(session, row, "shelved", by=by, now=now, words=reason, new={"until": until})


def unshelve(session: Session, *, incident_id: int, by: Actor, now: datetime) -> Incident:
    """Take an alert off the shelf and in hand.

    :raises AlertNotFound: if there is none with this id in the caller's area
    :raises AlertMoved: if it does not rest
    """
    row = lock_open(session, incident_id=incident_id, actor=by)
    require_state(row, State.SHELVED)
    return take(session, incident_id=incident_id, by=by, now=now)


def attend(
    session: Session, *, incident_id: int, who: str, at: datetime | None = None, by: Actor, now: datetime
) -> Incident:
    """Write down who is there, and since when.

    :raises AlertNotFound: if there is none with this id in the caller's area
    :raises AlertClosed: if it was closed meanwhile
    :raises TakenByOther: if somebody else has it in hand
    :raises NotHolder: if nobody has
    :raises Invalid: if the moment lies before the alarm or ahead
    """
    row = lock_held(session, incident_id=incident_id, actor=by)
    _note_arrival(session, row, who=who, at=at or now, now=now)
    return _done(session, row, "attended", by=by, now=now, words=who)


def close(
    session: Session,
    *,
    incident_id: int,
    outcome: str,
    cause: str = "",
    who: str = "",
    arrived_at: datetime | None = None,
    follow_up_on: date | None = None,
    words: str = "",
    seen: int | None = None,
    by: Actor,
    now: datetime,
) -> Incident:
    """Close an alert with what came of it.

    :param seen: how often it had repeated on the page that was looked at
    :raises AlertNotFound: if there is none with this id in the caller's area
    :raises AlertClosed: if it was closed meanwhile
    :raises TakenByOther: if somebody else has it in hand
    :raises NotHolder: if nobody has taken it and it goes on
    :raises SignalledAgain: if it alarmed again after the page was made
    :raises Invalid: if something that the outcome needs is missing
    """
    row = lock_closable(session, incident_id=incident_id, actor=by)
    if seen is not None and row.repeats > seen:
        raise SignalledAgain
    if who:
        _note_arrival(session, row, who=who, at=arrived_at or now, now=now)
    rules = _rules(session, row, now)
    found = _check_closing(row, rules, outcome=outcome, cause=cause, follow_up_on=follow_up_on, now=now)
    _end(session, row, by=by, now=now)
    row.outcome, row.cause, row.is_false = outcome, cause if found.needs_cause else "", found.needs_cause
    row.follow_up_on, row.closing_words = follow_up_on, words
    tell_family(session, row, at=Moment.CLOSED, rules=rules, now=now, more={"outcome": dict(found.name)})
    return _done(
        session, row, "closed", by=by, now=now, words=words, new={"outcome": outcome, "cause": cause}, note=False
    )


def follow_up(session: Session, *, incident_id: int, words: str, by: Actor, now: datetime) -> Incident:
    """Write down that somebody was asked again how they are.

    :raises AlertNotFound: if there is none with this id in the caller's area
    :raises AlertMoved: if nothing of the kind was agreed, or it was done
    """
    row = load_incident(session, incident_id=incident_id, actor=by, lock=True)
    if row.follow_up_on is None or row.followed_up_at is not None:
        raise AlertMoved
    row.followed_up_at = now
    return _done(session, row, "followed_up", by=by, now=now, words=words)


def _end(session: Session, row: Incident, *, by: Actor, now: datetime) -> None:
    if row.taken_by is None:
        answer_ring(session, row, by=by.account_id, now=now)
        row.answered_at = row.answered_at or now
    else:
        end_ring(session, row, now=now)
    leave_out(session, incident_ids=[row.id], reason=Skipped.CLOSED)
    drop_calls(session, incident_id=row.id, now=now)
    row.state, row.closed_by, row.closed_at = State.CLOSED, by.account_id, now
    row.due_at = row.round_at = row.idle_at = row.ringing_at = row.shelved_until = row.shelved_by = None
    row.shelved_reason = ""


def _check_closing(
    row: Incident, rules: AlertRules, *, outcome: str, cause: str, follow_up_on: date | None, now: datetime
) -> Outcome:
    """Refuse a closing that leaves something open which the outcome needs.

    :raises Invalid: if so, by field
    """
    found = rules.outcome(outcome)
    if found is None:
        raise Invalid(errors={"outcome": [_l("Choose one of the outcomes of the list.")]})
    today, errors = business_day(now), {}
    if found.needs_cause and not rules.has_cause(cause):
        errors["cause"] = [_l("Say why it was a false alarm.")]
    if found.needs_arrival and row.attended_at is None:
        errors["who"] = [_l("Write down who came there, and when.")]
    if found.needs_follow_up and follow_up_on is None:
        errors["follow_up_on"] = [_l("Choose a day on which somebody asks again.")]
    if follow_up_on is not None and not today <= follow_up_on <= today + timedelta(days=FOLLOW_UP_DAYS):
        errors["follow_up_on"] = [_l("Choose a day within the next %(n)s days.", n=FOLLOW_UP_DAYS)]
    if errors:
        raise Invalid(errors=errors)
    return found


def _note_arrival(session: Session, row: Incident, *, who: str, at: datetime, now: datetime) -> None:
    """Write down an arrival.

    :raises Invalid: if the moment lies before the alarm or ahead
    """
    if not row.raised_at <= at <= now + AHEAD:
        raise Invalid(errors={"arrived_at": [_l("This must be a moment between the alarm and now.")]})
    is_first = row.attended_at is None
    rules = _rules(session, row, now)
    arrive(session, row, who=who, at=min(at, now), rules=rules, now=now)
    if is_first:
        tell_family(session, row, at=Moment.ATTENDED, rules=rules, now=now, more={"who": who})


def _note_opened(session: Session, row: Incident, *, by: Actor, now: datetime) -> None:
    """Write down who sees the address, the numbers and, as far as agreed, the illnesses from now on: the holder."""
    subject = f"senior:{row.senior_id}" if row.senior_id else f"alert:{row.id}"
    new = {"alert": row.id} if row.taken_by == by.account_id else {"alert": row.id, "account": row.taken_by}
    told: dict[str, Any] = {"action": "reveal.alert_person", "subject": subject, "area_code": row.area_code}
    record(session, actor=by, now=now, new=new, **told)


def _open_step(session: Session, row: Incident, step_id: int) -> AlertStep:
    step = get_step(session, incident=row, step_id=step_id)
    if step.done_at is not None or step.skipped_reason in OVER:
        raise StepDone
    step.skipped_reason = ""
    return step


def _rules(session: Session, row: Incident, now: datetime) -> AlertRules:
    return get_alert_rules(session, area_code=row.area_code, on=business_day(now))


def _done(
    session: Session,
    row: Incident,
    action: str,
    *,
    by: Actor,
    now: datetime,
    words: str = "",
    new: Mapping[str, Any] | None = None,
    note: bool = True,
) -> Incident:
    """Write what was done into the story and the audit log, and when the alert is looked at next."""
    if note:
        session.add(AlertNote(incident_id=row.id, at=now, by_account=by.account_id, kind=action, words=words))
    touch(row)
    set_due(session, incident_ids=[row.id])
    told: dict[str, Any] = {"action": f"alert.{action}", "subject": f"safety_incident:{row.id}"}
    record(session, actor=by, area_code=row.area_code, now=now, new=new, reason=words, **told)
    return row
