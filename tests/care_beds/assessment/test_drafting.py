"""Filling an assessment in: who may start one, and how answers of one and of two tablets are kept."""

from datetime import date
from typing import Any

import pytest

from app import clock as app_clock
from app.auth.accounts import grant_role
from app.auth.actor import Role
from app.auth.models import Account
from app.errors import Invalid, NotFound
from app.people.rules import Status
from care_beds.assessment.drafting import Entry, drop_assessment
from care_beds.assessment.errors import (
    AnswersRefused,
    AssessmentMoved,
    AssessmentNotFound,
    AssessmentOpen,
    MayNotAssess,
    NoAssessmentRules,
    NotAssessable,
)
from care_beds.assessment.rules import Reason
from tests.app.areas.factories import make_place
from tests.app.people.factories import OTHER_STREET, make_senior
from tests.app.people.relatives.factories import make_link
from tests.care_beds.assessment.answers import best, worth
from tests.care_beds.assessment.office import Bureau
from tests.care_beds.factories import make_care_staff, make_provider
from tests.conftest import FrozenClock


def test_the_first_assessment_is_the_first_and_the_next_a_regular_one(bureau: Bureau) -> None:
    row = bureau.assess(best())
    assert (row.reason, row.assessed_on, row.area_code) == (
        "first",
        date(2026, 11, 20),
        bureau.senior.residence_area_code,
    )
    assert bureau.start().reason == "regular"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"reason": Reason.REGULAR}, "reason"),
        ({"reason": Reason.DOUBT}, "reason"),
        ({"reason": Reason.OTHER, "reason_words": " "}, "reason_words"),
        ({"assessed_on": date(2026, 11, 21)}, "assessed_on"),
        ({"assessed_on": date(2026, 11, 5)}, "assessed_on"),
    ],
)
def test_a_start_that_cannot_be_names_the_field(bureau: Bureau, more: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        bureau.start(**more)
    assert list(refused.value.errors) == [field]


def test_who_was_assessed_before_is_not_assessed_for_the_first_time(bureau: Bureau) -> None:
    bureau.assess(worth(50))
    with pytest.raises(Invalid):
        bureau.start(reason=Reason.FIRST)


def test_one_person_is_assessed_once_at_a_time(bureau: Bureau) -> None:
    row = bureau.start()
    with pytest.raises(AssessmentOpen) as refused:
        bureau.start(by=bureau.second)
    assert refused.value.extra == {"assessment_id": row.id}
    drop_assessment(bureau.session, assessment_id=row.id, words="搬走了", by=bureau.second, now=app_clock.now())
    with pytest.raises(AssessmentMoved):
        drop_assessment(bureau.session, assessment_id=row.id, words="again", by=bureau.first, now=app_clock.now())
    assert bureau.start().id != row.id


def test_the_dead_and_those_elsewhere_are_not_assessed(bureau: Bureau) -> None:
    dead = make_senior(bureau.session, status=Status.DECEASED)
    with pytest.raises(NotAssessable):
        bureau.start(senior_id=dead.id)
    stranger = make_care_staff(bureau.session, Role.ASSESSOR, area_code=OTHER_STREET)
    with pytest.raises(NotFound):
        bureau.start(by=stranger)
    row = bureau.start()
    with pytest.raises(AssessmentNotFound):
        bureau.save(row, Entry("item_01", 4), by=stranger)


def test_nobody_is_assessed_where_the_rules_are_not_published(bureau: Bureau) -> None:
    make_place(bureau.session, "330402001")
    senior = make_senior(bureau.session, hukou_area="330402001")
    by = make_care_staff(bureau.session, Role.ASSESSOR, area_code="330402001")
    with pytest.raises(NoAssessmentRules):
        bureau.start(senior_id=senior.id, by=by)


def test_whoever_has_a_stake_in_the_result_does_not_find_it(bureau: Bureau) -> None:
    provider = make_provider(bureau.session)
    paid = make_care_staff(bureau.session, Role.ASSESSOR, area_code=bureau.senior.residence_area_code)
    grant_role(
        bureau.session,
        account_id=paid.account_id,
        role=Role.CARER,
        area_code=provider.area_code,
        provider_id=provider.id,
        by=None,
        now=app_clock.now(),
    )
    with pytest.raises(MayNotAssess):
        bureau.start(by=paid)
    daughter = bureau.session.get_one(Account, bureau.second.account_id)
    make_link(bureau.session, bureau.senior, daughter)
    with pytest.raises(MayNotAssess):
        bureau.start(by=bureau.second)


def test_answers_are_kept_as_they_come_and_can_be_taken_back(bureau: Bureau) -> None:
    row = bureau.start()
    assert bureau.save(row, Entry("item_01", 3)).kept == {"item_01": 1}
    assert bureau.save(row, Entry("item_01", 2, 1), Entry("coma", 0), Entry("fall", 2)).kept == {
        "item_01": 2,
        "coma": 2,
        "fall": 2,
    }
    assert (row.answers, row.circumstances) == ({"item_01": 2}, {"coma": 0, "fall": 2})
    bureau.save(row, Entry("item_01", None, 2))
    assert row.answers == {}


def test_an_answer_that_crossed_another_tablets_is_told_and_not_lost(bureau: Bureau) -> None:
    row = bureau.start()
    bureau.save(row, Entry("item_03", 4), Entry("item_04", 4), device="tablet-1")
    crossed = bureau.save(row, Entry("item_03", 2), Entry("item_05", 1), device="tablet-2", by=bureau.second)
    assert crossed.kept == {"item_05": 2}
    told = crossed.crossed[0]
    assert (told.key, told.value, told.revision, told.account_id) == ("item_03", 4, 1, bureau.first.account_id)
    assert row.answers["item_03"] == 4
    # Whoever has seen the other answer decides.
    assert bureau.save(row, Entry("item_03", 2, told.revision), device="tablet-2", by=bureau.second).crossed == []
    assert row.answers["item_03"] == 2


def test_the_same_answer_and_ones_own_late_one_cross_nothing(bureau: Bureau) -> None:
    row = bureau.start()
    bureau.save(row, Entry("item_01", 3))
    assert bureau.save(row, Entry("item_01", 3), device="tablet-2").crossed == []
    row.noted = {**row.noted, "item_01": [9, 1, "tablet-1"]}
    # The reply to revision 9 was lost on its way to this tablet.
    assert bureau.save(row, Entry("item_01", 1), device="tablet-1").crossed == []


@pytest.mark.parametrize(
    ("entry", "where"),
    [
        (Entry("item_12", 4), {"items": ["item_12"]}),
        (Entry("item_01", -1), {"items": ["item_01"]}),
        (Entry("item_27", 1), {"items": ["item_27"]}),
        (Entry("item_27", None), {"items": ["item_27"]}),
        (Entry("coma", 2), {"coma": None}),
        (Entry("fall", -1), {"fall": None}),
    ],
)
def test_an_answer_that_cannot_be_is_refused_with_all_of_its_batch(bureau: Bureau, entry: Entry, where: Any) -> None:
    row = bureau.start()
    with pytest.raises(AnswersRefused) as refused:
        bureau.save(row, Entry("item_02", 4), entry)
    errors = refused.value.errors
    assert {name: list(told) if isinstance(told, dict) else None for name, told in errors.items()} == where
    assert row.answers == {}


def test_what_is_finished_takes_no_more_answers(bureau: Bureau, clock: FrozenClock) -> None:
    row = bureau.start()
    bureau.fill(row, best())
    bureau.complete(row)
    with pytest.raises(AssessmentMoved) as refused:
        bureau.save(row, Entry("item_01", 0))
    assert refused.value.code == "assessment_complete"
