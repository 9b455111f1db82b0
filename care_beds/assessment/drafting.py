"""Filling an assessment in: starting it, keeping each answer as it comes, from several tablets too, dropping it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.auth import Actor
from app.clock import business_day
from app.errors import Invalid
from app.people.queries import profile_on
from app.people.rules import Status
from app.people.services import lock_senior
from care_beds.assessment.access import check_no_stake, get_assessment, get_rules, lock_in_state
from care_beds.assessment.errors import AnswersRefused, AssessmentMoved, AssessmentOpen, NotAssessable
from care_beds.assessment.items import BY_CODE
from care_beds.assessment.models import Assessment
from care_beds.assessment.rules import EVENTS_AT_MOST, AssessmentRules, Reason, RiskKind, State, find_slips
from care_beds.assessment.wording import tell_slips

COMA, DIAGNOSIS = "coma", "diagnosis"
# What is asked beside the items: yes or no, and how often within the last 30 days.
CIRCUMSTANCES: Mapping[str, int] = {COMA: 1, DIAGNOSIS: 1, **dict.fromkeys(map(str, RiskKind), EVENTS_AT_MOST)}
OPEN = (State.DRAFT, State.COMPLETE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer from a tablet: to what, which (nothing takes it back), and the revision the tablet knew of it."""

    key: str
    value: int | None
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Crossing:
    """An answer that another tablet has changed meanwhile, as it stands now."""

    key: str
    value: int | None
    revision: int
    account_id: int


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of some entries: the revision of each that was kept, and those that crossed another's."""

    kept: Mapping[str, int]
    crossed: Sequence[Crossing]


def start_assessment(
    session: Session,
    *,
    senior_id: int,
    by: Actor,
    now: datetime,
    reason: Reason | None = None,
    reason_words: str = "",
    assessed_on: date | None = None,
    source: str = "page",
) -> Assessment:
    """Begin to assess a person.

    :param reason: why; without one it is the first, or a regular one where there was one before
    :raises NotFound: if there is no such person in the actor's area
    :raises NotAssessable: if the person has died
    :raises NoAssessmentRules: if nobody decided here who may assess
    :raises MayNotAssess: if the actor has a stake in the result
    :raises Invalid: if the day or the reason cannot be
    :raises AssessmentOpen: if an assessment of the person is not finished
    """
    senior = lock_senior(session, senior_id=senior_id, actor=by)
    rules = get_rules(session, area_code=senior.residence_area_code, now=now)
    check_no_stake(session, senior_id=senior_id, rules=rules, by=by, now=now)
    on = _check_day(session, senior_id, assessed_on, rules=rules, now=now)
    row = Assessment(
        senior_id=senior_id,
        area_code=senior.residence_area_code,
        reason=_check_reason(session, senior_id, reason, reason_words),
        reason_words=reason_words,
        assessed_on=on,
        started_at=now,
        started_by=by.account_id,
        source=source,
    )
    check_none_open(session, senior_id)
    session.add(row)
    session.flush()
    note(session, "assessment.started", row, by=by, now=now, new={"reason": row.reason, "assessed_on": row.assessed_on})
    return row


def save_answers(
    session: Session, *, assessment_id: int, entries: Sequence[Entry], device: str, by: Actor, now: datetime
) -> Saved:
    """Keep answers as they come; what another tablet changed meanwhile is not overwritten but told.

    :param device: which tablet; its own earlier answers never stand in its way, also when a reply was lost
    :raises AssessmentNotFound: if there is no such assessment in the actor's area
    :raises AssessmentMoved: if it is no longer being filled in
    :raises AnswersRefused: if an answer cannot be; then none of them is kept
    :raises MayNotAssess: if the actor has a stake in the result
    """
    row = lock_in_state(session, assessment_id=assessment_id, actor=by, state=State.DRAFT)
    rules = get_rules(session, area_code=row.area_code, now=now)
    check_no_stake(session, senior_id=row.senior_id, rules=rules, by=by, now=now)
    check_entries(entries)
    crossed = [found for entry in entries if (found := _crossing(row, entry, device))]
    over = {each.key for each in crossed}
    kept = [entry for entry in entries if entry.key not in over]
    if kept:
        _write(row, kept, device=device, by=by)
        session.flush()
    return Saved({entry.key: row.revision for entry in kept}, crossed)


def drop_assessment(session: Session, *, assessment_id: int, words: str, by: Actor, now: datetime) -> None:
    """Give up an assessment that is not signed; it stays as it is, for whoever asks.

    :raises AssessmentNotFound: if there is none in the actor's area
    :raises AssessmentMoved: if it is signed, or dropped already
    """
    row = get_assessment(session, assessment_id=assessment_id, actor=by, lock=True)
    if row.state not in OPEN:
        raise AssessmentMoved(row.state)
    row.state, row.dropped_at, row.dropped_by, row.dropped_words = State.DROPPED, now, by.account_id, words
    session.flush()
    note(session, "assessment.dropped", row, by=by, now=now, reason=words)


def check_none_open(session: Session, senior_id: int) -> None:
    """Make sure that nobody else is being asked the same.

    :raises AssessmentOpen: if an assessment of the person is not finished
    """
    found = session.scalar(select(Assessment.id).where(Assessment.senior_id == senior_id, Assessment.state.in_(OPEN)))
    if found is not None:
        raise AssessmentOpen(extra={"assessment_id": found})


def check_entries(entries: Sequence[Entry]) -> None:
    """Make sure that each answer is one the form has.

    :raises AnswersRefused: naming each that is not
    """
    items = {
        entry.key: entry.value
        for entry in entries
        if entry.key not in CIRCUMSTANCES and (entry.value is not None or entry.key not in BY_CODE)
    }
    slips = find_slips(items, is_partial=True)
    if slips:
        raise AnswersRefused(errors=tell_slips(slips))
    wrong = {
        entry.key: [_l("Give a whole number from 0 to %(most)s.", most=CIRCUMSTANCES[entry.key])]
        for entry in entries
        if entry.key in CIRCUMSTANCES and entry.value is not None and not 0 <= entry.value <= CIRCUMSTANCES[entry.key]
    }
    if wrong:
        raise AnswersRefused(errors=wrong)


def note(
    session: Session,
    action: str,
    row: Assessment,
    *,
    by: Actor | None,
    now: datetime,
    new: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Write down a step of an assessment."""
    audit.record(
        session,
        actor=by,
        action=action,
        subject=f"assessment:{row.id}",
        area_code=row.area_code,
        new={"senior_id": row.senior_id, **(new or {})},
        reason=reason,
        now=now,
    )


def _check_day(
    session: Session, senior_id: int, assessed_on: date | None, *, rules: AssessmentRules, now: datetime
) -> date:
    today = business_day(now)
    on = assessed_on or today
    if profile_on(session, senior_id=senior_id, day=today).status is Status.DECEASED:
        raise NotAssessable
    if on > today:
        raise Invalid(errors={"assessed_on": [_l("An assessment cannot lie in the future.")]})
    if on < today - timedelta(days=rules.sign_within_days):
        told = _l("At most %(days)s days ago: who assessed earlier asks anew.", days=rules.sign_within_days)
        raise Invalid(errors={"assessed_on": [told]})
    return on


def _check_reason(session: Session, senior_id: int, reason: Reason | None, words: str) -> Reason:
    query = select(Assessment.id).where(Assessment.senior_id == senior_id, Assessment.state == State.SIGNED).limit(1)
    has_earlier = session.scalar(query) is not None
    if reason is None:
        return Reason.REGULAR if has_earlier else Reason.FIRST
    if reason is Reason.FIRST and has_earlier:
        raise Invalid(errors={"reason": [_l("There was an assessment before. Choose why it is done again.")]})
    if reason in (Reason.REGULAR, Reason.DOUBT) and not has_earlier:
        raise Invalid(errors={"reason": [_l("There was none before. Choose “first assessment”.")]})
    if reason is Reason.OTHER and len(words) < 2:
        raise Invalid(errors={"reason_words": [_l("Say which reason.")]})
    return reason


def _crossing(row: Assessment, entry: Entry, device: str) -> Crossing | None:
    revision, account_id, noted_by = row.noted.get(entry.key, (0, 0, device))
    value = value_of(row, entry.key)
    if revision <= entry.revision or noted_by == device or value == entry.value:
        return None
    return Crossing(entry.key, value, revision, account_id)


def value_of(row: Assessment, key: str) -> int | None:
    """Return what stands for an item or a circumstance."""
    found: int | None = (row.circumstances if key in CIRCUMSTANCES else row.answers).get(key)
    return found


def _write(row: Assessment, entries: Sequence[Entry], *, device: str, by: Actor) -> None:
    row.revision += 1
    answers, circumstances, noted = dict(row.answers), dict(row.circumstances), dict(row.noted)
    for entry in entries:
        place = circumstances if entry.key in CIRCUMSTANCES else answers
        if entry.value is None:
            place.pop(entry.key, None)
        else:
            place[entry.key] = entry.value
        noted[entry.key] = [row.revision, by.account_id, device]
    row.answers, row.circumstances, row.noted = answers, circumstances, noted
