"""Results from elsewhere: recognised as they are, or kept beside and never converted."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app import clock as app_clock
from app.errors import Invalid
from care_beds.assessment.errors import AssessmentNotFound, AssessmentOpen
from care_beds.assessment.queries import find_level, list_outside_levels
from care_beds.assessment.recognising import (
    OutsideNote,
    Paper,
    Scheme,
    WithdrawnAlready,
    note_outside_level,
    recognise_result,
    withdraw_outside_level,
)
from care_beds.assessment.signing import sign_assessment
from tests.care_beds.assessment.office import Bureau

TODAY = date(2026, 11, 20)
PAPER = Paper(
    level=3,
    assessed_on=date(2026, 3, 1),
    origin_place="嘉兴市南湖区",
    document_number="NH-2026-0117",
    origin_body="南湖区评估中心",
    total=38,
)


def recognise(bureau: Bureau, **changes: Any) -> Any:
    return recognise_result(
        bureau.session,
        senior_id=bureau.senior.id,
        paper=replace(PAPER, **changes),
        by=bureau.clerk,
        now=app_clock.now(),
    )


def test_another_areas_result_counts_once_two_have_seen_the_paper(bureau: Bureau) -> None:
    row = recognise(bureau)
    assert (row.state, row.origin, row.valid_until) == ("complete", "recognised", date(2028, 3, 1))
    sign_assessment(bureau.session, assessment_id=row.id, by=bureau.clerk, now=app_clock.now())
    assert row.state == "complete"
    sign_assessment(bureau.session, assessment_id=row.id, by=bureau.first, now=app_clock.now())
    found = find_level(bureau.session, senior_id=bureau.senior.id, on=TODAY)
    assert found is not None
    assert (found.level, found.origin, bureau.senior.ability_level) == (3, "recognised", 3)


def test_it_holds_no_longer_than_its_paper_says(bureau: Bureau) -> None:
    assert recognise(bureau, expires_on=date(2027, 2, 28)).valid_until == date(2027, 3, 1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"assessed_on": date(2026, 11, 21)}, "assessed_on"),
        ({"assessed_on": date(2024, 11, 20)}, "assessed_on"),
        ({"expires_on": date(2026, 11, 19)}, "assessed_on"),
        ({"origin_area": "330100"}, "origin_area"),
        ({"origin_area": "999999"}, "origin_area"),
    ],
)
def test_a_paper_that_cannot_be_recognised_names_why(bureau: Bureau, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        recognise(bureau, **changes)
    assert list(refused.value.errors) == [field]


def test_nothing_is_recognised_while_somebody_assesses(bureau: Bureau) -> None:
    bureau.start()
    with pytest.raises(AssessmentOpen):
        recognise(bureau)


def test_other_schemes_stand_beside_and_change_no_level(bureau: Bureau) -> None:
    def keep(**more: Any) -> Any:
        outside = OutsideNote(**{"scheme": Scheme.LTCI, "level": "4", "assessed_on": date(2026, 5, 1), **more})
        return note_outside_level(
            bureau.session, senior_id=bureau.senior.id, outside=outside, by=bureau.clerk, now=app_clock.now()
        )

    kept = keep(document_number="HZ-LTCI-7")
    assert bureau.senior.ability_level == 1
    assert find_level(bureau.session, senior_id=bureau.senior.id, on=TODAY) is None
    for wrong in (
        {"level": "6"},
        {"scheme": Scheme.MZT_039},
        {"assessed_on": date(2026, 12, 1)},
        {"expires_on": date(2026, 4, 1)},
    ):
        with pytest.raises(Invalid):
            keep(**wrong)
    withdraw_outside_level(bureau.session, outside_id=kept.id, words="看错了", by=bureau.clerk, now=app_clock.now())
    with pytest.raises(WithdrawnAlready):
        withdraw_outside_level(bureau.session, outside_id=kept.id, words="x", by=bureau.clerk, now=app_clock.now())
    with pytest.raises(AssessmentNotFound):
        withdraw_outside_level(bureau.session, outside_id=999, words="x", by=bureau.clerk, now=app_clock.now())
    assert list_outside_levels(bureau.session, senior_id=bureau.senior.id) == []
