"""Results from elsewhere: by the same standard they are recognised as they are, those of other schemes kept beside."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.areas.queries import find_area
from app.areas.rules import is_within
from app.audit import services as audit
from app.auth import Actor
from app.clock import business_day
from app.errors import Conflict, Invalid
from app.people.queries import check_visible, profile_on
from app.people.rules import Status
from app.people.services import lock_senior
from care_beds.assessment.access import check_no_stake, get_rules
from care_beds.assessment.drafting import check_none_open, note
from care_beds.assessment.errors import AssessmentNotFound, NotAssessable
from care_beds.assessment.models import Assessment, OutsideLevel
from care_beds.assessment.rules import AssessmentRules, Origin, Reason, State, add_months


class Scheme(StrEnum):
    """Schemes with levels of their own: 长期护理保险, MZ/T 039-2013, 残疾证."""

    LTCI = "ltci"
    MZT_039 = "mzt_039"
    DISABILITY = "disability"


# As each scheme counts them; none of them is one of ours.
SCHEME_LEVELS = {
    Scheme.LTCI: ("0", "1", "2", "3", "4", "5"),
    Scheme.MZT_039: ("0", "1", "2", "3"),
    Scheme.DISABILITY: ("1", "2", "3", "4"),
}


class WithdrawnAlready(Conflict):
    """It does not count any more."""

    code = "withdrawn_already"
    title = _l("This was taken back already")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """Another area's result as its paper says it."""

    level: int
    assessed_on: date
    origin_place: str
    document_number: str
    origin_area: str | None = None
    origin_body: str = ""
    total: int | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideNote:
    """What another scheme's paper says."""

    scheme: Scheme
    level: str
    assessed_on: date
    body_name: str = ""
    document_number: str = ""
    expires_on: date | None = None


def recognise_result(session: Session, *, senior_id: int, paper: Paper, by: Actor, now: datetime) -> Assessment:
    """Take over what another area found by the same standard, as it is; two people sign that they saw the paper.

    :raises NotFound: if there is no such person in the actor's area
    :raises NotAssessable: if the person has died
    :raises NoAssessmentRules: if nobody decided here for how long such results are taken over
    :raises MayNotAssess: if the actor has a stake in the result
    :raises Invalid: if the paper is of our own area, of a day to come, or has run out
    :raises AssessmentOpen: if an assessment of the person is not finished
    """
    senior = lock_senior(session, senior_id=senior_id, actor=by)
    rules = get_rules(session, area_code=senior.residence_area_code, now=now)
    check_no_stake(session, senior_id=senior_id, rules=rules, by=by, now=now)
    if profile_on(session, senior_id=senior_id, day=business_day(now)).status is Status.DECEASED:
        raise NotAssessable
    ends_on = _check_paper(session, paper, rules=rules, home=senior.residence_area_code, today=business_day(now))
    check_none_open(session, senior_id)
    row = Assessment(
        senior_id=senior_id,
        area_code=senior.residence_area_code,
        origin=Origin.RECOGNISED,
        state=State.COMPLETE,
        reason=Reason.OTHER,
        reason_words=paper.origin_place,
        assessed_on=paper.assessed_on,
        started_at=now,
        started_by=by.account_id,
        completed_at=now,
        completed_by=by.account_id,
        rules_id=rules.document_id,
        level=paper.level,
        total=paper.total,
        origin_area_code=paper.origin_area,
        origin_place=paper.origin_place,
        origin_body=paper.origin_body,
        document_number=paper.document_number,
        valid_until=ends_on,
    )
    session.add(row)
    session.flush()
    told = {"level": row.level, "origin_place": row.origin_place, "document_number": row.document_number}
    note(session, "assessment.recognised", row, by=by, now=now, new=told)
    return row


def note_outside_level(
    session: Session, *, senior_id: int, outside: OutsideNote, by: Actor, now: datetime
) -> OutsideLevel:
    """Keep what another scheme says of a person, beside and as it is.

    :raises NotFound: if there is no such person in the actor's area
    :raises Invalid: if the scheme has no such level, or the days cannot be
    """
    check_visible(session, senior_id=senior_id, actor=by)
    errors: dict[str, list[Any]] = {}
    if outside.level not in SCHEME_LEVELS[outside.scheme]:
        levels = ", ".join(SCHEME_LEVELS[outside.scheme])
        errors["level"] = [_l("This scheme has the levels %(levels)s.", levels=levels)]
    if outside.assessed_on > business_day(now):
        errors["assessed_on"] = [_l("An assessment cannot lie in the future.")]
    if outside.expires_on and outside.expires_on < outside.assessed_on:
        errors["expires_on"] = [_l("It ends before it was made.")]
    if errors:
        raise Invalid(errors=errors)
    row = OutsideLevel(
        senior_id=senior_id,
        scheme=outside.scheme,
        level=outside.level,
        body_name=outside.body_name,
        document_number=outside.document_number,
        assessed_on=outside.assessed_on,
        expires_on=outside.expires_on,
        noted_at=now,
        noted_by=by.account_id,
    )
    session.add(row)
    session.flush()
    _note(session, "outside_level.noted", row, by=by, now=now)
    return row


def withdraw_outside_level(session: Session, *, outside_id: int, words: str, by: Actor, now: datetime) -> None:
    """Take back a note of another scheme's level that was wrong; it stays, struck out.

    :raises AssessmentNotFound: if there is none in the actor's area
    :raises WithdrawnAlready: if it was taken back before
    """
    row = session.get(OutsideLevel, outside_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise AssessmentNotFound
    check_visible(session, senior_id=row.senior_id, actor=by)
    if row.withdrawn_at is not None:
        raise WithdrawnAlready
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_words = now, by.account_id, words
    session.flush()
    _note(session, "outside_level.withdrawn", row, by=by, now=now, reason=words)


def _check_paper(session: Session, paper: Paper, *, rules: AssessmentRules, home: str, today: date) -> date:
    """Return the day from which a recognised result no longer holds: the paper's end, or the rules' if that is sooner.

    :raises Invalid: if it cannot be recognised
    """
    errors: dict[str, list[Any]] = {}
    latest = add_months(paper.assessed_on, rules.recognised_months)
    until = min(latest, date.fromordinal(paper.expires_on.toordinal() + 1)) if paper.expires_on else latest
    if paper.origin_area is not None and find_area(session, paper.origin_area) is None:
        errors["origin_area"] = [_l("There is no such place. Leave the code out and write the name.")]
    elif paper.origin_area is not None and is_within(home, paper.origin_area):
        errors["origin_area"] = [_l("This is our own area: its results are here already.")]
    if paper.assessed_on > today:
        errors["assessed_on"] = [_l("An assessment cannot lie in the future.")]
    elif until <= today:
        errors["assessed_on"] = [_l("This result has run out. The person is assessed here.")]
    if errors:
        raise Invalid(errors=errors)
    return until


def _note(session: Session, action: str, row: OutsideLevel, *, by: Actor, now: datetime, reason: str = "") -> None:
    area_code = profile_on(session, senior_id=row.senior_id, day=business_day(now)).residence_area
    audit.record(
        session,
        actor=by,
        action=action,
        subject=f"senior:{row.senior_id}",
        area_code=area_code,
        new={"scheme": row.scheme, "level": row.level},
        reason=reason,
        now=now,
    )
