"""Finishing and signing: every open item by name, two who assess and who told them, and what follows."""

from datetime import date

import pytest
from sqlalchemy import select

from app import clock as app_clock
from app.auth.actor import Role
from app.auth.models import Account
from app.messages.models import Notice
from app.people import tasks
from app.people.ability_rows import list_abilities
from care_beds.assessment import tasks as levels
from care_beds.assessment.drafting import Entry
from care_beds.assessment.errors import AnswersRefused, AssessmentMoved, MayNotAssess, SignedByBoth, SignedTwice
from care_beds.assessment.models import AssessmentSignature
from care_beds.assessment.queries import find_level
from care_beds.assessment.risks import list_risk_events, note_risk_event, withdraw_risk_event
from care_beds.assessment.rules import Reason, Relation, RiskKind
from care_beds.assessment.signing import Informant, reopen_assessment, sign_as_informant, sign_assessment
from tests.app.people.relatives.factories import make_link, make_relative
from tests.care_beds.assessment.answers import best, worth
from tests.care_beds.assessment.office import Bureau, change_rules
from tests.care_beds.factories import make_care_staff
from tests.conftest import FrozenClock

TODAY = date(2026, 11, 20)


def test_a_signed_result_becomes_the_level_of_the_person(bureau: Bureau) -> None:
    row = bureau.assess(worth(52))
    assert (row.state, row.total, row.base_level, row.level, row.changes) == ("signed", 52, 2, 2, [])
    assert (row.counts_from, row.valid_until) == (TODAY, date(2027, 11, 20))
    assert bureau.senior.ability_level == 2
    level = list_abilities(bureau.session, senior_id=bureau.senior.id)[0]
    assert (level.level, level.from_on, level.source) == (2, TODAY, f"assessment:{row.id}")
    found = find_level(bureau.session, senior_id=bureau.senior.id, on=TODAY)
    assert found is not None
    assert (found.level, found.origin, found.assessment_id) == (2, "own", row.id)


def test_what_is_missing_is_named_item_by_item(bureau: Bureau) -> None:
    row = bureau.start()
    answers = best()
    bureau.fill(row, {name: answers[name] for name in answers if name not in {"item_09", "item_20"}})
    bureau.save(row, Entry("coma", None, 1))
    with pytest.raises(AnswersRefused) as refused:
        bureau.complete(row)
    assert (list(refused.value.errors["items"]), "coma" in refused.value.errors) == (["item_09", "item_20"], True)
    assert row.state == "draft"


def test_a_coma_that_the_answers_contradict_is_cleared_first(bureau: Bureau) -> None:
    row = bureau.start()
    bureau.fill(row, best(), coma=1)
    with pytest.raises(AnswersRefused) as refused:
        bureau.complete(row)
    assert list(refused.value.errors["items"]) == ["item_21"]
    bureau.save(row, Entry("item_21", 0, 1))
    assert bureau.complete(row).level == 4


def test_risk_events_count_as_told_or_as_recorded_whichever_is_more(bureau: Bureau) -> None:
    def note(kind: RiskKind, day: int, month: int = 11) -> int:
        event = note_risk_event(
            bureau.session,
            senior_id=bureau.senior.id,
            kind=kind,
            happened_on=date(2026, month, day),
            words="厨房地滑",
            by=bureau.clerk,
            now=app_clock.now(),
        )
        return event.id

    note(RiskKind.FALL, 3)
    note(RiskKind.FALL, 21, 10)  # the 31st day before
    wrong = note(RiskKind.CHOKING, 20)
    withdraw_risk_event(bureau.session, event_id=wrong, by=bureau.clerk, now=app_clock.now())
    assert [
        each.happened_on.day for each in list_risk_events(bureau.session, senior_id=bureau.senior.id, on=TODAY)
    ] == [3]
    row = bureau.start()
    bureau.fill(row, best(), fall=1, lost=1)
    bureau.complete(row)
    assert row.risk_counts["fall"] == [1, 1]
    assert (row.base_level, row.level, row.changes) == (0, 1, ["risk_events_30d"])


def test_two_sign_as_themselves_and_nobody_twice(bureau: Bureau) -> None:
    row = bureau.start()
    bureau.fill(row, worth(70))
    bureau.complete(row)
    sign_assessment(bureau.session, assessment_id=row.id, by=bureau.second, now=app_clock.now())
    with pytest.raises(SignedTwice):
        sign_assessment(bureau.session, assessment_id=row.id, by=bureau.second, now=app_clock.now())
    sign_assessment(bureau.session, assessment_id=row.id, by=bureau.first, now=app_clock.now())
    third = make_care_staff(bureau.session, Role.ASSESSOR, area_code=bureau.senior.residence_area_code)
    with pytest.raises(SignedByBoth):
        sign_assessment(bureau.session, assessment_id=row.id, by=third, now=app_clock.now())
    assert row.state == "complete"
    for relation in (Relation.NEIGHBOUR, Relation.SPOUSE):  # a name typed wrong is typed again before it counts
        if row.state == "complete":
            told = Informant("王建国", relation)
            sign_as_informant(
                bureau.session, assessment_id=row.id, informant=told, by=bureau.first, now=app_clock.now()
            )
    assert row.state == "signed"
    parts = bureau.session.scalars(select(AssessmentSignature).order_by(AssessmentSignature.part)).all()
    assert [(each.part, each.account_id) for each in parts] == [
        ("assessor", bureau.second.account_id),
        ("informant", None),
        ("second", bureau.first.account_id),
    ]
    assert len({each.content for each in parts}) == 1
    assert "王建国".encode() not in (parts[1].name_sealed or b"")


def test_reopened_signatures_are_void(bureau: Bureau) -> None:
    row = bureau.start()
    bureau.fill(row, worth(70))
    bureau.complete(row)
    sign_assessment(bureau.session, assessment_id=row.id, by=bureau.first, now=app_clock.now())
    reopen_assessment(bureau.session, assessment_id=row.id, by=bureau.second, now=app_clock.now())
    assert (row.state, row.level, row.total) == ("draft", None, None)
    assert bureau.session.scalars(select(AssessmentSignature)).all() == []
    bureau.save(row, Entry("item_26", 1, 1))
    bureau.complete(row)
    assert bureau.sign(row).total == 67


def test_nothing_is_signed_or_reopened_before_or_after_its_time(bureau: Bureau) -> None:
    row = bureau.start()
    for step in (sign_assessment, reopen_assessment):
        with pytest.raises(AssessmentMoved) as refused:
            step(bureau.session, assessment_id=row.id, by=bureau.first, now=app_clock.now())
        assert refused.value.code == "assessment_draft"
    bureau.fill(row, best())
    bureau.complete(row)
    bureau.sign(row)
    with pytest.raises(AssessmentMoved) as final:
        reopen_assessment(bureau.session, assessment_id=row.id, by=bureau.first, now=app_clock.now())
    assert final.value.code == "assessment_signed"


def test_family_does_not_sign_as_assessor(bureau: Bureau) -> None:
    row = bureau.start()
    bureau.fill(row, best())
    bureau.complete(row)
    make_link(bureau.session, bureau.senior, bureau.session.get_one(Account, bureau.second.account_id))
    with pytest.raises(MayNotAssess):
        sign_assessment(bureau.session, assessment_id=row.id, by=bureau.second, now=app_clock.now())


def test_a_level_may_count_from_the_next_month_on(bureau: Bureau, clock: FrozenClock) -> None:
    bureau.session.commit()
    change_rules(bureau.session, takes_effect="next_month")
    row = bureau.assess(worth(40))
    assert (row.counts_from, bureau.senior.ability_level) == (date(2026, 12, 1), 1)
    assert find_level(bureau.session, senior_id=bureau.senior.id, on=TODAY) is None
    clock.advance(days=11)
    tasks.take_up_levels()
    bureau.session.refresh(bureau.senior)
    assert bureau.senior.ability_level == 3


def test_a_doubted_result_gives_way_to_the_new_one(bureau: Bureau) -> None:
    bureau.assess(worth(50))
    later = bureau.assess(worth(80), reason=Reason.DOUBT)
    found = find_level(bureau.session, senior_id=bureau.senior.id, on=TODAY)
    assert found is not None
    assert (found.level, found.assessment_id, bureau.senior.ability_level) == (1, later.id, 1)


def test_followers_are_told_without_the_level(bureau: Bureau) -> None:
    daughter = make_relative(bureau.session)
    make_link(bureau.session, bureau.senior, daughter)
    bureau.assess(worth(50))
    notices = bureau.session.scalars(select(Notice).where(Notice.kind == "care_beds.assessed")).all()
    assert [(each.account_id, each.params) for each in notices] == [
        (daughter.id, {"name": "王玉兰", "on": "2026-11-20", "until": "2027-11-20"})
    ]


def test_a_level_that_runs_out_ends_once_with_its_history(bureau: Bureau, clock: FrozenClock) -> None:
    row = bureau.assess(worth(52))
    assert row.valid_until == date(2027, 11, 20)
    clock.set(app_clock.now().replace(year=2027, month=11, day=19))
    levels.end_levels()
    bureau.session.refresh(bureau.senior)
    assert bureau.senior.ability_level == 2
    clock.advance(days=1)
    for _twice in range(2):
        levels.end_levels()
    bureau.session.refresh(bureau.senior)
    assert bureau.senior.ability_level is None
    history = [(each.level, each.from_on) for each in list_abilities(bureau.session, senior_id=bureau.senior.id)]
    assert history == [(None, date(2027, 11, 20)), (2, TODAY)]
    bureau.assess(worth(30))
    levels.end_levels()
    bureau.session.refresh(bureau.senior)
    assert bureau.senior.ability_level == 3


def test_a_level_that_another_result_gave_since_does_not_end_with_the_older_one(
    bureau: Bureau, clock: FrozenClock
) -> None:
    bureau.assess(worth(52))
    clock.advance(days=300)
    bureau.assess(worth(30))
    clock.advance(days=100)
    levels.end_levels()
    bureau.session.refresh(bureau.senior)
    assert bureau.senior.ability_level == 3
