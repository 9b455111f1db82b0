"""Finishing an assessment and signing it: two who assess, each as themselves, and whoever told them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import vault
from app.auth import Actor, Role
from app.auth.attempts import Visitor
from app.auth.services import confirm_person
from app.clock import business_day
from app.idempotency import fingerprint
from app.people.abilities import set_ability_level
from app.people.queries import profile_on
from care_beds.assessment.access import check_no_stake, get_rules, lock_in_state
from care_beds.assessment.drafting import CIRCUMSTANCES, COMA, DIAGNOSIS, note
from care_beds.assessment.errors import STAKE_WORDS, AnswersRefused, MayNotAssess, SignedByBoth, SignedTwice
from care_beds.assessment.models import Assessment, AssessmentSignature
from care_beds.assessment.risks import count_risks
from care_beds.assessment.rules import (
    NEEDED,
    BadAnswers,
    Circumstances,
    Origin,
    Part,
    Reason,
    Relation,
    Result,
    RiskCount,
    RiskKind,
    State,
    counts_from,
    find_contradictions,
    judge,
    valid_until,
)
from care_beds.assessment.telling import tell_signed
from care_beds.assessment.wording import CIRCUMSTANCE_NAMES, tell_contradictions, tell_slips


@dataclass(frozen=True, slots=True)
class Informant:
    """Who told the assessors how things are."""

    name: str
    relation: Relation


def work_out(
    answers: Mapping[str, object],
    circumstances: Mapping[str, object],
    risks: Mapping[RiskKind, RiskCount],
    *,
    changes_add_up: bool,
) -> Result:
    """Judge whole answers.

    :raises AnswersRefused: naming every answer that is missing, cannot be, or contradicts a circumstance
    """
    found = read_circumstances(circumstances, risks)
    errors: dict[str, Any] = {
        name: [_l("%(what)s: not asked yet.", what=CIRCUMSTANCE_NAMES[name])]
        for name in CIRCUMSTANCES
        if circumstances.get(name) is None
    }
    try:
        result = judge(answers, found, changes_add_up=changes_add_up)
    except BadAnswers as bad:
        raise AnswersRefused(errors={**tell_slips(bad.slips), **errors}) from bad
    crossed = find_contradictions(answers, found)
    if errors or crossed:
        raise AnswersRefused(errors={**tell_contradictions(crossed), **errors})
    return result


def read_circumstances(kept: Mapping[str, object], risks: Mapping[RiskKind, RiskCount]) -> Circumstances:
    """Read what was asked beside the items; what is still open counts as no."""
    events = sum(count.counted for count in risks.values())
    return Circumstances(coma=kept.get(COMA) == 1, diagnosis=kept.get(DIAGNOSIS) == 1, risk_events=events)


def complete_assessment(session: Session, *, assessment_id: int, by: Actor, now: datetime) -> Assessment:
    """Work out the level and lay the assessment before those who sign.

    :raises AssessmentNotFound: if there is none in the actor's area
    :raises AssessmentMoved: if it is no longer being filled in
    :raises AnswersRefused: naming every item that is still open
    :raises MayNotAssess: if the actor has a stake in the result
    """
    row = lock_in_state(session, assessment_id=assessment_id, actor=by, state=State.DRAFT)
    rules = get_rules(session, area_code=row.area_code, now=now)
    check_no_stake(session, senior_id=row.senior_id, rules=rules, by=by, now=now)
    risks = count_risks(session, senior_id=row.senior_id, on=row.assessed_on, told=row.circumstances)
    result = work_out(row.answers, row.circumstances, risks, changes_add_up=rules.changes_add_up)
    row.risk_counts = {str(kind): [count.told, count.recorded] for kind, count in risks.items()}
    row.group_points = {str(group): points for group, points in result.groups.items()}
    row.total, row.base_level, row.level = result.total, result.base_level, result.level
    row.changes = [str(change) for change in result.changes]
    row.rules_id, row.completed_at, row.completed_by = rules.document_id, now, by.account_id
    row.state = State.COMPLETE
    session.flush()
    note(session, "assessment.completed", row, by=by, now=now, new={"total": row.total, "level": row.level})
    return row


def reopen_assessment(session: Session, *, assessment_id: int, by: Actor, now: datetime) -> Assessment:
    """Go back to the answers before all have signed; signatures given so far are void.

    :raises AssessmentNotFound: if there is none in the actor's area
    :raises AssessmentMoved: if it is not waiting for signatures
    """
    row = lock_in_state(session, assessment_id=assessment_id, actor=by, state=State.COMPLETE)
    session.execute(delete(AssessmentSignature).where(AssessmentSignature.assessment_id == row.id))
    row.risk_counts = row.group_points = row.total = row.base_level = row.level = None
    row.changes, row.rules_id, row.completed_at, row.completed_by = [], None, None, None
    row.state = State.DRAFT
    session.flush()
    note(session, "assessment.reopened", row, by=by, now=now)
    return row


def sign_assessment(
    session: Session, *, assessment_id: int, by: Actor, now: datetime, device: str | None = None
) -> Assessment:
    """Sign as one of the two who assessed; the last signature makes the result count.

    :param device: where, if not on a screen of the actor's own
    :raises AssessmentNotFound: if there is none in the actor's area
    :raises AssessmentMoved: if it does not wait for signatures
    :raises MayNotAssess: if the actor is no assessor, or has a stake in the result
    :raises SignedTwice: if the actor is the first of the two already
    :raises SignedByBoth: if two others have signed
    """
    row = lock_in_state(session, assessment_id=assessment_id, actor=by, state=State.COMPLETE)
    rules = get_rules(session, area_code=row.area_code, now=now)
    check_no_stake(session, senior_id=row.senior_id, rules=rules, by=by, now=now)
    if row.origin == Origin.OWN and Role.ASSESSOR not in by.roles:
        raise MayNotAssess(STAKE_WORDS["role"])
    given = _list_given(session, row.id)
    if by.account_id in {each.account_id for each in given.values()}:
        raise SignedTwice
    part = next((part for part in (Part.ASSESSOR, Part.SECOND) if part not in given), None)
    if part is None:
        raise SignedByBoth
    signature = _signature(row, part, now=now, device=device or by.device)
    signature.account_id = by.account_id
    return _add(session, row, signature, by=by, now=now)


def sign_beside(
    session: Session,
    *,
    assessment_id: int,
    username: str,
    password: str,
    visitor: Visitor,
    beside: Actor,
    now: datetime,
) -> Assessment:
    """Sign as the second assessor on the first one's screen, with a name and password of one's own.

    :raises LogInRefused: if the name or the password is wrong
    :raises LogInLocked: if there were too many wrong tries
    :raises MayNotAssess: if whoever it is is no assessor, or has a stake in the result
    :raises SignedTwice: if it is the first assessor again
    """
    second = confirm_person(session, username=username, password=password, visitor=visitor, now=now)
    if Role.ASSESSOR not in second.roles:
        raise MayNotAssess(STAKE_WORDS["role"])
    by, device = second.narrowed(frozenset({Role.ASSESSOR})), f"second:{beside.device}"
    return sign_assessment(session, assessment_id=assessment_id, by=by, now=now, device=device)


def sign_as_informant(
    session: Session, *, assessment_id: int, informant: Informant, by: Actor, now: datetime
) -> Assessment:
    """Write down that whoever told us has seen the result and stands by what was told.

    A second time, before it counts, the later name takes the place of the first.

    :raises AssessmentNotFound: if there is none in the actor's area
    :raises AssessmentMoved: if it does not wait for signatures
    """
    row = lock_in_state(session, assessment_id=assessment_id, actor=by, state=State.COMPLETE)
    session.execute(
        delete(AssessmentSignature).where(
            AssessmentSignature.assessment_id == row.id, AssessmentSignature.part == Part.INFORMANT
        )
    )
    signature = _signature(row, Part.INFORMANT, now=now, device=by.device)
    signature.name_sealed, signature.relation = vault.seal(informant.name), informant.relation
    return _add(session, row, signature, by=by, now=now)


def content_of(row: Assessment) -> bytes:
    """Return the fingerprint of what is signed: who, when, every answer, and what comes of it."""
    return fingerprint(
        row.senior_id,
        row.assessed_on,
        row.answers,
        row.circumstances,
        row.risk_counts,
        [row.total, row.base_level, row.level, row.changes],
        [row.origin, row.origin_place, row.document_number],
    )


def _signature(row: Assessment, part: Part, *, now: datetime, device: str) -> AssessmentSignature:
    return AssessmentSignature(assessment_id=row.id, part=part, content=content_of(row), device=device, signed_at=now)


def _add(session: Session, row: Assessment, signature: AssessmentSignature, *, by: Actor, now: datetime) -> Assessment:
    session.add(signature)
    session.flush()
    note(session, "assessment.signature", row, by=by, now=now, new={"part": signature.part})
    if set(_list_given(session, row.id)) >= NEEDED[Origin(row.origin)]:
        _settle(session, row, by=by, now=now)
    return row


def _settle(session: Session, row: Assessment, *, by: Actor, now: datetime) -> None:
    """Make the result count, once all have signed it."""
    rules = get_rules(session, area_code=row.area_code, now=now)
    assert row.level is not None  # complete
    row.level_before = profile_on(session, senior_id=row.senior_id, day=business_day(now)).ability_level
    row.signed_at, row.counts_from = now, counts_from(rules, signed_on=business_day(now))
    if row.valid_until is None:
        reason, on = Reason(row.reason), row.assessed_on
        row.valid_until = valid_until(rules, level=row.level, reason=reason, assessed_on=on)
    row.state = State.SIGNED
    session.flush()
    note(session, "assessment.signed", row, by=by, now=now, new={"level": row.level, "counts_from": row.counts_from})
    set_ability_level(
        session,
        senior_id=row.senior_id,
        level=row.level,
        from_on=row.counts_from,
        source=f"assessment:{row.id}",
        by=by,
        now=now,
    )
    tell_signed(session, row, now=now)


def _list_given(session: Session, assessment_id: int) -> Mapping[Part, AssessmentSignature]:
    query = select(AssessmentSignature).where(AssessmentSignature.assessment_id == assessment_id)
    return {Part(each.part): each for each in session.scalars(query)}
