"""What a phone tells of a visit that the office gave up meanwhile: kept, looked at, and counted where it was true."""

from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app.messages.models import Notice
from care_beds.providers.models import CareProvider
from care_beds.rounds import late_deciding
from care_beds.rounds.errors import LateClash, LateDecided, LateHalf, LateNotFound, OwnVisit
from care_beds.rounds.late_reading import count_late, list_late
from care_beds.rounds.models import LateMark, LateVisit
from care_beds.visits import keeping, services
from care_beds.visits.models import CareVisit, VisitException, VisitMark
from care_beds.visits.rules import Change, Decision
from tests.care_beds.factories import make_carer
from tests.care_beds.rounds.home import EARLY, Home

GIVEN_UP = {"state": "missed", "missed_reason": "not_home"}
CANCELLED = {"state": "cancelled", "cancel_reason": "family"}


def give_up(home: Home, values: dict[str, str]) -> None:
    home.session.execute(update(CareVisit).where(CareVisit.id == home.visit.id).values(values))
    home.session.commit()


def tell(home: Home) -> list[dict[str, Any]]:
    """Come and leave without a line, and tell of both in the evening."""
    came, left = EARLY.replace(hour=9, minute=2), EARLY.replace(hour=9, minute=58)
    home.clock.set(EARLY.replace(hour=20))
    told = [home.send("check-in", at=came), home.send("check-out", at=left, words="都好", systolic=130, diastolic=80)]
    assert [each.status_code for each in told] == [201, 201], [each.json for each in told]
    return [each.json for each in told]


def late_of(home: Home) -> LateVisit:
    home.session.expire_all()
    return home.session.scalars(select(LateVisit)).one()


def decide(home: Home, decision: Decision = Decision.CLEARED, **changes: Any) -> LateVisit:
    given = {"late_id": late_of(home).id, "by": home.supervisor, "now": home.clock.now(), **changes}
    return late_deciding.decide_late(home.session, decision=decision, words="邻居看见她来过", **given)


@pytest.mark.parametrize(("values", "why"), [(GIVEN_UP, "given_up"), (CANCELLED, "cancelled")])
def test_what_was_done_at_a_visit_that_was_given_up_is_kept(home: Home, values: dict[str, str], why: str) -> None:
    give_up(home, values)
    for told in tell(home):
        assert (told["state"], told["doubts"]) == ("late", [f"late_{why}"])
    assert home.fresh().state == values["state"]
    (shown,) = list_late(home.session, actor=home.supervisor).items
    assert (shown.why, shown.minutes, [end.kind for end in shown.ends]) == (why, 56, ["check_in", "check_out"])
    assert shown.items_done == ["water"]
    assert all(end.picture_id for end in shown.ends)


def test_the_same_key_is_answered_again_and_kept_once(home: Home) -> None:
    give_up(home, CANCELLED)
    tell(home)
    again = home.send("check-in", at=EARLY.replace(hour=9, minute=2))
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json["state"] == "late"
    assert home.send("check-in", at=EARLY).json["code"] == "key_reused"
    assert home.session.scalar(select(func.count(LateMark.id))) == 2


def test_accepted_it_is_a_visit_beside_the_plan_with_its_marks(home: Home) -> None:
    give_up(home, CANCELLED)
    tell(home)
    made = home.session.get_one(CareVisit, decide(home).made_visit_id)
    assert (made.state, made.exception, made.plan_line_id) == ("finished", "cleared", None)
    assert made.finished_at - made.started_at == timedelta(minutes=56)
    assert (made.items_done, made.vitals["systolic"], made.carer_id) == (["water"], 130, home.carer.carer.id)
    kinds = select(VisitMark.kind).where(VisitMark.visit_id == made.id, VisitMark.picture_id.is_not(None))
    assert set(home.session.scalars(kinds)) == {"check_in", "check_out"}
    assert home.fresh().state == "cancelled"
    notice = home.session.scalars(select(Notice).where(Notice.account_id == home.daughter.id)).one()
    assert notice.kind == "care_beds.visit_finished"
    with pytest.raises(LateDecided):
        decide(home)


def test_not_accepted_it_stays_beside_the_visit_and_changes_nothing(home: Home) -> None:
    give_up(home, GIVEN_UP)
    tell(home)
    assert decide(home, Decision.REJECTED).made_visit_id is None
    assert home.session.scalar(select(func.count(CareVisit.id))) == 1
    assert count_late(home.session, actor=home.supervisor) == 0
    (shown,) = list_late(home.session, actor=home.supervisor, is_open=False).items
    assert shown.words == "邻居看见她来过"


def test_a_carer_whose_visit_was_covered_is_heard_and_cannot_be_there_beside_the_other(home: Home) -> None:
    other = make_carer(home.session, provider=home.session.get_one(CareProvider, home.bed.provider_id), name="沈丽")
    services.cover_visit(
        home.session,
        visit_id=home.visit.id,
        carer_id=other.carer.id,
        reason=Change.CARER_ILL,
        by=home.manager,
        now=home.clock.now(),
    )
    home.session.commit()
    assert tell(home)[0]["doubts"] == ["late_covered"]
    assert late_of(home).carer_id == home.carer.carer.id
    assert home.fresh().carer_id == other.carer.id
    with pytest.raises(LateClash):
        decide(home)
    decide(home, Decision.REJECTED)


def test_what_looked_missed_and_whose_time_is_taken_is_kept(home: Home) -> None:
    give_up(home, {"state": "missed", "missed_reason": "not_recorded"})
    home.another_visit(start=time(9))
    assert tell(home)[0]["doubts"] == ["late_time_taken"]


def test_a_visit_the_night_had_ended_ends_as_its_phone_tells_later(home: Home) -> None:
    home.check_in()
    home.clock.set(EARLY + timedelta(days=3))
    assert keeping.close_left_open(home.session, now=home.clock.now()) == 1
    home.session.commit()
    told = home.send("check-out", at=EARLY.replace(hour=9, minute=55))
    assert told.json["doubts"] == ["late_closed"]
    decide(home)
    visit = home.fresh()
    assert visit.finished_at - visit.started_at == timedelta(minutes=55)
    assert (visit.exception, visit.items_done) == ("cleared", ["water"])
    decisions = home.session.execute(select(VisitException.code, VisitException.decision)).all()
    assert ("no_check_out", "cleared") in {tuple(each) for each in decisions}


def test_one_end_alone_does_not_count(home: Home) -> None:
    give_up(home, CANCELLED)
    home.check_in()
    with pytest.raises(LateHalf):
        decide(home)


def test_who_had_a_part_in_it_does_not_decide(home: Home) -> None:
    give_up(home, CANCELLED)
    tell(home)
    with pytest.raises(OwnVisit):
        decide(home, by=home.manager)
    with pytest.raises(LateNotFound):
        decide(home, late_id=10**9)


def test_the_supervisor_decides_on_the_page_and_over_the_api(home: Home) -> None:
    give_up(home, CANCELLED)
    tell(home)
    headers = home.bearer(home.supervisor.account_id)
    body = {"decision": "cleared", "words": "邻居看见她来过"}
    path = f"/api/v1/care-beds/late-visits/{late_of(home).id}/decision"
    assert home.client.post(path, json=body, headers=home.bearer(home.carer.account.id)).status_code == 403
    assert home.client.post(path, json=body, headers=headers).json["made_visit_id"]
    page = home.client.get("/care/late?state=decided", headers=headers)
    assert page.status_code == 200
    assert "邻居看见她来过" in page.text
