"""The pages of plans and visits without a browser: every step by its own people, refusals beside their form."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.auth.actor import Actor, Role
from app.auth.models import Account
from care_beds.visits import services
from care_beds.visits.models import CarePlan, CareVisit, VisitException, VisitGap
from tests.app.auth.factories import form_token, sign_in
from tests.care_beds.factories import make_bed_in_service, make_care_staff, make_visit
from tests.care_beds.visits.town import MONDAY, NINE, Town
from tests.conftest import FrozenClock
from tests.meals.test_pages import counted


class Desk:
    """A browser at which one person after another sits down."""

    def __init__(self, client: FlaskClient, town: Town) -> None:
        self.client = client
        self.town = town

    def sit(self, actor: Actor) -> None:
        """Let somebody log in."""
        account = self.town.session.get_one(Account, actor.account_id)
        sign_in(self.client, self.town.session, account)

    def get(self, path: str) -> str:
        """Open a page that must open."""
        page = self.client.get(path)
        assert page.status_code == 200, (path, page.status_code, page.text[:600])
        return page.text

    def post(self, path: str, **typed: Any) -> Any:
        """Send a form."""
        token = form_token(self.client, "/account")
        return self.client.post(path, data={"csrf_token": token, **typed})


@pytest.fixture
def desk(town: Town, client: FlaskClient) -> Desk:
    return Desk(client, town)


def test_a_plan_goes_through_its_pages(town: Town, desk: Desk) -> None:
    desk.sit(town.manager)
    made = desk.post("/care/plans", bed_id=town.bed.id, from_on=MONDAY.isoformat())
    assert made.status_code == 303, made.text
    one = made.headers["Location"]
    assert "还没有服务" in desk.get(one)
    line = {"service": "bathing", "starts": "09:00", "minutes": 60, "carer_id": town.carer.id}
    missing = desk.post(f"{one}/lines", **line)
    assert missing.status_code == 422
    assert "至少勾选一天" in missing.text
    assert desk.post(f"{one}/lines", weekdays=[1, 5], **line).status_code == 303
    page = desk.get(one)
    assert "周一、周五" in page
    assert "张慧" in page
    days = {"from_on": MONDAY.isoformat(), "last_on": "2026-12-31", "note": "左耳背，说话慢一点"}
    assert desk.post(f"{one}/days", **days).status_code == 303
    assert "2026年12月31日" in desk.get(f"{one}?lang=zh") or "2026-12-31" in desk.get(one)
    assert desk.post(f"{one}/submission").status_code == 303
    desk.sit(town.clerk)
    assert "1 份计划" in desk.get("/care/plans")
    assert desk.post(f"{one}/return", words="先问女儿").status_code == 303
    desk.sit(town.manager)
    assert "先问女儿" in desk.get(one)
    desk.post(f"{one}/submission")
    assert desk.client.post(f"{one}/agreement").status_code in (400, 403)
    desk.sit(town.clerk)
    assert desk.post(f"{one}/agreement").status_code == 303
    plan = town.session.scalars(select(CarePlan)).one()
    assert plan.state == "active"
    assert len(town.visits()) == 7
    for path in (one, "/care/plans", "/care/board", f"{one}?lang=en"):
        desk.get(path)


def test_the_board_shows_the_week_and_who_is_late(town: Town, desk: Desk, clock: FrozenClock) -> None:
    town.line(weekdays=0b10101)
    town.line(town.plan(town.bed_of_another()), weekdays=1, carer=None)
    town.generate()
    clock.advance(days=2, hours=21, minutes=45)
    desk.sit(town.manager)
    assert desk.client.get("/").headers["Location"] == "/care/board"
    page = desk.get("/care/board")
    assert "11月23日至29日：3 次上门" in page
    assert "没有选护理员" in page
    assert "晚了 33 分钟" in page
    assert "上门" in desk.get("/care/board?day=2026-12-07&after=")
    for path in ("?day=0001-01-01", "?day=x", "?provider=0", "?provider=99999", "?after=x"):
        assert desk.client.get(f"/care/board{path}").status_code in (200, 404, 422), path
    desk.sit(town.supervisor)
    assert "11月23日至29日" in desk.get("/care/board")
    desk.sit(town.carer.actor)
    assert desk.client.get("/care/board").status_code == 403


def test_a_visit_is_covered_moved_and_cancelled_on_its_page(town: Town, desk: Desk, clock: FrozenClock) -> None:
    visit = make_visit(town.session, bed=town.bed, carer=town.carer.carer, on=MONDAY)
    other = make_visit(town.session, bed=town.bed_of_another(), carer=town.other.carer, on=MONDAY, start=NINE)
    desk.sit(town.manager)
    one = f"/care/visits/{visit.id}"
    page = desk.get(one)
    assert "李梅" not in page
    refused = desk.post(f"{one}/cover", carer_id=town.other.id, reason="carer_ill")
    assert refused.status_code == 409
    assert "这个时间护理员在别家" in refused.text
    services.cancel_visit(town.session, visit_id=other.id, reason=cancelled("family"), by=town.manager, now=clock.now())
    assert "李梅，当天已排 0.0 小时" in desk.get(one)
    assert desk.post(f"{one}/cover", carer_id=town.other.id, reason="carer_ill").status_code == 303
    assert "替张慧" in desk.get(one)
    moved = desk.post(f"{one}/move", on="2026-11-24", at="14:30", reason="doctor")
    assert moved.status_code == 303, moved.text
    assert "11月23日 09:00" in desk.get(one)
    assert desk.post(f"{one}/miss", reason="no_answer").status_code == 409
    assert desk.post(f"{one}/cancellation", reason="resting").status_code == 422
    assert desk.post(f"{one}/cancellation", reason="family").status_code == 303
    assert "已取消" in desk.get(one)
    assert desk.client.get("/care/visits/0").status_code == 404
    assert desk.client.get(f"/care/visits/{10**30}").status_code == 404


def test_a_gap_is_filled_and_an_extra_visit_booked(town: Town, desk: Desk) -> None:
    town.line(weekdays=0b11, carer=None)
    town.generate()
    first, second = town.session.scalars(select(VisitGap).order_by(VisitGap.due_on))
    desk.sit(town.manager)
    one = f"/care/gaps/{first.id}"
    assert "没有选护理员" in desk.get(one)
    filled = desk.post(f"{one}/visit", carer_id=town.other.id, on=MONDAY.isoformat(), at="10:00")
    assert filled.status_code == 303, filled.text
    assert "李梅" in desk.get(filled.headers["Location"])
    assert desk.post(f"/care/gaps/{second.id}/dropping", words="女儿在家").status_code == 303
    assert "不补" in desk.get(f"/care/gaps/{second.id}")
    assert desk.get("/care/visits/new")
    typed = {"bed_id": town.bed.id, "service": "bathing", "carer_id": town.carer.id, "minutes": 30}
    assert desk.post("/care/visits/new", **typed, on="2026-11-19", at="10:00").status_code == 409
    assert desk.post("/care/visits/new", **typed, on="2026-11-25", at="10:00").status_code == 303
    assert len(town.visits()) == 2


def test_a_supervisor_decides_what_does_not_fit(town: Town, desk: Desk, clock: FrozenClock) -> None:
    visit = make_visit(town.session, bed=town.bed, carer=town.carer.carer, state="finished")
    told = {"far": {"distance_m": 640, "radius_m": 200}, "leaving_no_picture": {}}
    services.raise_exceptions(town.session, visit=visit, found=told, now=clock.now())
    raised = {each.code: each.id for each in town.session.scalars(select(VisitException))}
    desk.sit(town.manager)
    assert "由和这家机构没有关系的督导处理" in desk.get(f"/care/visits/{visit.id}")
    assert desk.post(f"/care/exceptions/{raised['far']}/decision", decision="cleared", words="去过").status_code == 403
    desk.sit(town.supervisor)
    assert desk.client.get("/").headers["Location"] == "/care/exceptions"
    page = desk.get("/care/exceptions")
    assert "离家 640 米" in page or "640" in page
    wordless = desk.post(f"/care/exceptions/{raised['far']}/decision", decision="cleared", words="")
    assert wordless.status_code == 422
    for code, decision in (("far", "cleared"), ("leaving_no_picture", "rejected")):
        path = f"/care/exceptions/{raised[code]}/decision"
        assert desk.post(path, decision=decision, words="电话问过老人，来过").status_code == 303
    assert town.session.get_one(CareVisit, visit.id, populate_existing=True).exception == "rejected"
    assert "每次上门都对得上" in desk.get("/care/exceptions")
    assert "电话问过老人" in desk.get(f"/care/visits/{visit.id}")
    for path in ("?state=decided", "?state=decided&code=far", "?state=x", "?code=FAR", "?lang=en"):
        desk.get(f"/care/exceptions{path}")


def test_an_auditor_reads_masked_names_and_changes_nothing(town: Town, desk: Desk) -> None:
    visit = make_visit(town.session, bed=town.bed, carer=town.carer.carer, on=MONDAY)
    auditor = make_care_staff(town.session, Role.AUDITOR)
    desk.sit(auditor)
    for path in (f"/care/visits/{visit.id}", f"/care/board?provider={town.provider.id}&day={MONDAY}"):
        page = desk.get(path)
        assert "王*英" in page
        assert "王秀英" not in page
    assert desk.post(f"/care/visits/{visit.id}/cancellation", reason="family").status_code == 403


def test_a_clerk_sees_of_a_provider_what_lies_in_their_own_street(town: Town, desk: Desk) -> None:
    there = make_bed_in_service(town.session, provider=town.provider, area_code="330105012")
    make_visit(town.session, bed=town.bed, carer=town.carer.carer, on=MONDAY)
    make_visit(town.session, bed=there, carer=town.carer.carer, on=MONDAY, start=NINE.replace(hour=11))
    town.line(town.plan(there), weekdays=2, carer=None)
    town.generate()
    path = f"/care/board?provider={town.provider.id}&day={MONDAY}"
    desk.sit(town.manager)
    assert "2 次上门" in desk.get(path)
    assert "没有选护理员" in desk.get(path)
    desk.sit(town.clerk)
    own = desk.get(path)
    assert "1 次上门" in own
    assert "11:00" not in own
    assert "没有选护理员" not in own
    desk.sit(make_care_staff(town.session, Role.STREET_CLERK, area_code="330105012"))
    theirs = desk.get(path)
    assert "11:00" in theirs
    assert "1 次上门" in theirs
    assert "没有选护理员" in theirs
    desk.sit(make_care_staff(town.session, Role.STREET_CLERK, area_code="330106003"))
    assert desk.client.get(path).status_code == 404


def test_the_board_asks_the_same_few_questions_for_any_number_of_visits(town: Town, desk: Desk) -> None:
    desk.sit(town.manager)
    path = f"/care/board?day={MONDAY}"
    desk.get(path)
    seen = []
    for start in (9, 12):
        for hour in (start, start + 1):
            make_visit(
                town.session,
                bed=town.bed_of_another(),
                carer=town.carer.carer,
                on=MONDAY + timedelta(days=hour % 3),
                start=NINE.replace(hour=hour),
            )
        with counted() as statements:
            desk.get(path)
        seen.append(len(statements))
    assert seen[0] == seen[1]


def test_the_beds_page_shows_plan_and_visits(town: Town, desk: Desk, clock: FrozenClock) -> None:
    from app.auth.guard import current_actor  # noqa: F401 - the panels are drawn by the bed's page
    from care_beds.visits.bed_panels import list_events

    town.line()
    make_visit(town.session, bed=town.bed, carer=town.carer.carer, state="finished")
    make_visit(town.session, bed=town.bed, carer=town.other.carer, state="missed", start=NINE.replace(hour=7))
    events = list_events(town.session, bed_id=town.bed.id, limit=5)
    assert [event.state for event in events] == ["ok", "danger"]


def cancelled(reason: str) -> Any:
    from care_beds.visits.rules import Cancelled

    return Cancelled(reason)
