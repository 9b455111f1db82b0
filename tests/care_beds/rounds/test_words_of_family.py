"""The family's word: a tap, a code, or why there is none; stars; and what was not right."""

from dataclasses import replace
from datetime import time, timedelta

import pytest
from sqlalchemy import func, select, update

from app.auth import Actor, Role
from app.errors import NotFound
from app.people.relatives.rules import Topic
from care_beds.providers.models import CareProvider
from care_beds.rounds import confirming, family, objecting
from care_beds.rounds.errors import (
    AlreadyRated,
    NotFinished,
    ObjectionClosed,
    ObjectionNotFound,
    ObjectionOpen,
    ObjectionTooLate,
    OwnVisit,
    TooManyTries,
    VisitNotFound,
)
from care_beds.rounds.models import VisitCodeTry
from care_beds.visits.models import CareVisit, VisitConfirmation
from tests.app.people.relatives.factories import make_link, make_relative
from tests.care_beds.factories import make_care_staff, make_carer
from tests.care_beds.rounds.home import Home


def code(home: Home) -> str:
    return confirming.code_of(visit_id=home.visit.id, account_id=home.daughter.id)


def said(home: Home) -> list[tuple[str, int]]:
    query = select(VisitConfirmation.how, VisitConfirmation.by_account).order_by(VisitConfirmation.id)
    return [(row.how, row.by_account) for row in home.session.execute(query)]


def asked(home: Home, by: int | None = None) -> dict[str, object]:
    """Return what the services of the family's page take."""
    actor = Actor(account_id=by or home.daughter.id, name="王敏")
    return {"senior_id": home.senior.id, "visit_id": home.visit.id, "by": actor, "now": home.clock.now()}


def test_a_code_confirms_in_the_name_of_whose_it_is(home: Home) -> None:
    home.finish()
    assert home.confirm(how="code", code=code(home)).json["state"] == "confirmed"
    assert home.confirm(how="code", code=code(home)).status_code == 200
    assert said(home) == [("code", home.daughter.id)]


def test_a_wrong_code_is_written_down_and_counted(home: Home) -> None:
    home.finish()
    wrong = str((int(code(home)) + 1) % 10**6).zfill(6)
    for left in (4, 3, 2, 1, 0):
        refused = home.confirm(how="code", code=wrong)
        assert (refused.status_code, refused.json["tries_left"]) == (409, left)
    assert home.confirm(how="code", code=code(home)).json["code"] == TooManyTries.code
    assert home.session.scalar(select(func.count(VisitCodeTry.id))) == 5
    confirming.confirm_by_tap(home.session, **asked(home))
    assert home.fresh().state == "confirmed"


def test_a_code_of_somebody_without_consent_is_nobodys(home: Home) -> None:
    home.finish()
    son = make_relative(home.session)
    make_link(home.session, home.senior, son, topics=[Topic.BALANCE])
    foreign = confirming.code_of(visit_id=home.visit.id, account_id=son.id)
    assert home.confirm(how="code", code=foreign).json["code"] == "confirmation_code_wrong"


def test_nobody_confirms_before_the_end(home: Home) -> None:
    home.check_in()
    assert home.confirm(how="code", code=code(home)).json["code"] == "visit_not_finished"
    with pytest.raises(NotFinished):
        confirming.confirm_by_tap(home.session, **asked(home))


def test_cannot_waits_for_a_supervisor_and_gives_way_to_a_tap(home: Home) -> None:
    home.finish()
    assert home.confirm(how="cannot", reason="other").status_code == 422
    assert home.confirm(how="cannot", reason="asleep", words="午睡").json["state"] == "finished"
    home.confirm(how="cannot", reason="asleep")
    assert (home.fresh().exception, home.doubts()) == ("open", {"unconfirmed"})
    confirming.confirm_by_tap(home.session, **asked(home))
    assert said(home) == [("cannot", home.carer.account.id), ("tap", home.daughter.id)]


def test_a_carer_who_is_a_relative_does_not_confirm_the_own_visit(home: Home) -> None:
    home.finish()
    make_link(home.session, home.senior, home.carer.account)
    own = confirming.code_of(visit_id=home.visit.id, account_id=home.carer.account.id)
    assert home.confirm(how="code", code=own).json["code"] == "confirmation_code_wrong"
    for service, more in ((confirming.confirm_by_tap, {}), (objecting.rate_visit, {"stars": 5, "words": ""})):
        with pytest.raises(OwnVisit):
            service(home.session, **asked(home, home.carer.account.id), **more)


def test_another_persons_visit_is_none(home: Home) -> None:
    home.finish()
    with pytest.raises(VisitNotFound):
        confirming.confirm_by_tap(home.session, **{**asked(home), "senior_id": home.senior.id + 1})


def test_one_rating_for_each_account(home: Home) -> None:
    with pytest.raises(NotFinished):
        objecting.rate_visit(home.session, **asked(home), stars=4, words="")
    home.finish()
    objecting.rate_visit(home.session, **asked(home), stars=4, words="很好")
    with pytest.raises(AlreadyRated):
        objecting.rate_visit(home.session, **asked(home), stars=1, words="")
    shown = family.get_visit(
        home.session,
        senior_id=home.senior.id,
        visit_id=home.visit.id,
        account_id=home.daughter.id,
        now=home.clock.now(),
    )
    assert (shown.stars, shown.may_rate, shown.minutes) == (4, False, 60)


def test_an_objection_is_answered_by_somebody_else(home: Home) -> None:
    home.finish()
    made = objecting.object_to_visit(home.session, **asked(home), words="没有洗头")
    with pytest.raises(ObjectionOpen):
        objecting.object_to_visit(home.session, **asked(home), words="再问一次")
    answer = {"objection_id": made.id, "is_upheld": False, "answer": "照片里有", "now": home.clock.now()}
    with pytest.raises(ObjectionNotFound):
        objecting.answer_objection(
            home.session, **answer, by=make_care_staff(home.session, Role.SUPERVISOR, area_code="330106")
        )
    answered = objecting.answer_objection(home.session, **answer, by=home.supervisor)
    assert (answered.state, answered.answered_by) == ("rejected", home.supervisor.account_id)
    with pytest.raises(ObjectionClosed):
        objecting.answer_objection(home.session, **answer, by=home.supervisor)


def test_who_visits_for_the_provider_answers_no_family(home: Home) -> None:
    home.finish()
    made = objecting.object_to_visit(home.session, **asked(home), words="没有洗头")
    colleague = make_carer(home.session, provider=home.session.get_one(CareProvider, home.bed.provider_id))
    by = replace(home.supervisor, account_id=colleague.account.id)
    with pytest.raises(OwnVisit):
        objecting.answer_objection(
            home.session, objection_id=made.id, is_upheld=False, answer="没有问题", by=by, now=home.clock.now()
        )


def test_the_days_to_object_end(home: Home) -> None:
    home.finish()
    home.clock.advance(days=3, seconds=1)
    with pytest.raises(ObjectionTooLate):
        objecting.object_to_visit(home.session, **asked(home), words="没有洗头")


def test_the_api_answers_and_only_supervisors_do(home: Home) -> None:
    home.finish()
    made = objecting.object_to_visit(home.session, **asked(home), words="没有洗头")
    path, body = f"/api/v1/care-beds/objections/{made.id}/answer", {"is_upheld": True, "answer": "不付"}
    refused = home.client.post(path, json=body, headers=home.bearer(home.manager.account_id))
    assert refused.status_code == 403
    done = home.client.post(path, json=body, headers=home.bearer(home.supervisor.account_id))
    assert (done.status_code, done.json["state"]) == (200, "upheld")


def test_the_family_sees_who_comes_and_the_code_of_the_day(home: Home) -> None:
    coming = home.another_visit(on=home.visit.visit_on + timedelta(days=3))
    asked_for = {"senior_id": home.senior.id, "account_id": home.daughter.id, "now": home.clock.now()}
    today, later = family.list_visits(home.session, **asked_for)
    assert (today.id, later.id) == (home.visit.id, coming.id)
    assert (today.carer, today.code, later.code) == (home.carer.carer.name, code(home), "")


def test_what_waits_for_a_word_is_shown_however_much_is_to_come(home: Home) -> None:
    home.finish()
    for day in range(1, 15):
        for hour in (8, 10, 12, 14, 16):
            home.another_visit(on=home.visit.visit_on + timedelta(days=day), start=time(hour))
    home.session.execute(
        update(CareVisit)
        .where(CareVisit.visit_on == home.visit.visit_on + timedelta(days=1))
        .values(state="cancelled", cancel_reason="replanned")
    )
    asked_for = {"senior_id": home.senior.id, "account_id": home.daughter.id, "now": home.clock.now()}
    shown = family.list_visits(home.session, **asked_for)
    assert (shown[0].id, shown[0].may_confirm) == (home.visit.id, True)
    assert shown[1].on == home.visit.visit_on + timedelta(days=2)


def test_unknown_visits_are_not_found(home: Home) -> None:
    with pytest.raises(NotFound):
        family.get_visit(home.session, senior_id=1, visit_id=0, account_id=1, now=home.clock.now())
