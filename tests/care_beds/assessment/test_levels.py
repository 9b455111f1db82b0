"""Which level stands for a person on a day."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care_beds.assessment.models import Assessment, AssessmentSignature
from care_beds.assessment.queries import find_level, find_levels, list_history
from tests.app.people.factories import make_senior
from tests.care_beds.assessment.office import make_level
from tests.conftest import FrozenClock

SPRING, AUTUMN, TODAY = date(2026, 3, 1), date(2026, 10, 1), date(2026, 11, 20)


def test_the_latest_signed_assessment_stands_until_it_runs_out(session: Session, clock: FrozenClock) -> None:
    senior = make_senior(session)
    assert find_level(session, senior_id=senior.id, on=TODAY) is None
    make_level(session, senior, 1, assessed_on=SPRING, valid_until=date(2028, 3, 1))
    latest = make_level(session, senior, 3, assessed_on=AUTUMN, valid_until=date(2027, 10, 1))
    found = find_level(session, senior_id=senior.id, on=TODAY)
    assert found is not None
    assert (found.level, found.assessed_on, found.origin, found.assessment_id) == (3, AUTUMN, "recognised", latest.id)
    before = find_level(session, senior_id=senior.id, on=date(2026, 9, 30))
    assert before is not None
    assert before.level == 1
    last = find_level(session, senior_id=senior.id, on=date(2027, 9, 30))
    assert last is not None
    # The older one would hold longer; it does not come back.
    assert find_level(session, senior_id=senior.id, on=date(2027, 10, 1)) is None
    assert [row.level for row in list_history(session, senior_id=senior.id)] == [3, 1]


def test_a_level_stands_from_the_day_it_counts(session: Session, clock: FrozenClock) -> None:
    senior, other = make_senior(session), make_senior(session)
    make_level(session, senior, 2, assessed_on=AUTUMN, counts_from=date(2026, 12, 1))
    make_level(session, other, 4)
    assert {
        each: found.level for each, found in find_levels(session, senior_ids=[senior.id, other.id], on=TODAY).items()
    } == {other.id: 4}


def refuse(session: Session, statement: Any, match: str) -> None:
    """Make sure that the database refuses a statement."""
    with pytest.raises(IntegrityError, match=match):
        session.execute(statement)
    session.rollback()


def test_what_is_signed_never_changes(session: Session, clock: FrozenClock) -> None:
    row = make_level(session, make_senior(session), 2)
    session.commit()
    refuse(session, update(Assessment).values(level=1), "stays as it is")
    refuse(session, delete(AssessmentSignature).where(AssessmentSignature.assessment_id == row.id), "not yet final")


def test_nothing_is_signed_without_those_who_must(session: Session, clock: FrozenClock) -> None:
    made = make_level(session, make_senior(session), 2)
    signed = {"signed_at": made.signed_at, "counts_from": AUTUMN, "valid_until": date(2027, 10, 1), "state": "signed"}
    row = values_of(session, made)
    session.execute(insert(Assessment).values(**row, origin="recognised", origin_place="嘉兴市", document_number="2"))
    session.commit()
    refuse(session, update(Assessment).where(Assessment.state == "complete").values(**signed), "by all who must")
    other = values_of(session, made) | signed
    born = insert(Assessment).values(**other, origin="recognised", origin_place="嘉兴市", document_number="3")
    refuse(session, born, "by all who must")


@pytest.mark.parametrize("missing", ["total", "base_level"])
def test_no_finished_result_of_ours_stands_without_its_points(
    session: Session, clock: FrozenClock, missing: str
) -> None:
    made = make_level(session, make_senior(session), 2)
    answers = {"item_01": 4, "item_02": 3}
    points = {"answers": answers, "total": 7, "base_level": 4, "group_points": {}, "level": 4}
    row = values_of(session, made) | points | {missing: None}
    session.commit()
    refuse(session, insert(Assessment).values(**row, origin="own"), "ck_assessment_(total|points)")


def test_no_total_stands_that_its_answers_do_not_give(session: Session, clock: FrozenClock) -> None:
    made = make_level(session, make_senior(session), 2)
    row = values_of(session, made) | {"group_points": {}, "answers": {"item_01": 4, "item_02": 3}, "base_level": 4}
    session.commit()
    for change in ({"total": 90, "base_level": 0, "level": 0}, {"total": 7, "level": 3}, {"total": 8}):
        refuse(session, insert(Assessment).values(**{**row, **change}), "ck_assessment")
    session.execute(insert(Assessment).values(**row, total=7))


def values_of(session: Session, made: Assessment) -> dict[str, Any]:
    """Return the columns of a complete assessment of somebody else."""
    senior = make_senior(session)
    return {
        "senior_id": senior.id,
        "area_code": senior.residence_area_code,
        "state": "complete",
        "reason": "first",
        "assessed_on": AUTUMN,
        "started_at": made.started_at,
        "started_by": made.started_by,
        "completed_at": made.started_at,
        "completed_by": made.started_by,
        "rules_id": made.rules_id,
        "level": 4,
    }
