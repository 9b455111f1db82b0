"""The edges of outreach: pages of street and worker, the API, what the family reads, who may do what."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.auth.accounts import grant_role
from app.auth.actor import Role
from app.auth.models import Account
from app.paging import write_cursor
from app.people.models import Senior
from app.people.relatives.rules import Topic
from app.tokens import new_id
from outreach.models import OutreachProblem, OutreachReferral, OutreachVisit
from outreach.outcomes import Result
from outreach.visiting import record_visit
from tests.app.auth.factories import bearer, form_token, make_account, make_token, sign_in
from tests.conftest import FrozenClock
from tests.outreach.factories import (
    COMMUNITY,
    STREET,
    found,
    make_person,
    make_someone,
    publish_rules,
    rescore,
)
from tests.portal.conftest import open_home


@dataclass(frozen=True)
class World:
    """A red person in a community, and whoever calls."""

    session: Session
    client: FlaskClient
    senior: Senior
    clerk: Account
    worker: Account

    def be(self, account: Account) -> None:
        """Log somebody in."""
        sign_in(self.client, self.session, account)

    def see(self, page: str, status: int = 200) -> str:
        """Return a page as whoever is logged in sees it."""
        answer = self.client.get(page)
        assert answer.status_code == status, answer.get_data(as_text=True)[:500]
        return answer.get_data(as_text=True)

    def press(self, page: str, status: int = 303, **values: Any) -> str:
        """Send a form."""
        token = form_token(self.client, "/account")
        answer = self.client.post(page, data={"csrf_token": token, **values})
        assert answer.status_code == status, answer.get_data(as_text=True)[:500]
        return answer.get_data(as_text=True)

    def call(self, account: Account, method: str, path: str, **more: Any) -> Any:
        """Call the API."""
        headers = bearer(make_token(self.session, account))
        return self.client.open(f"/api/v1/outreach{path}", method=method, headers=headers, **more)


@pytest.fixture
def world(session: Session, client: FlaskClient, clock: FrozenClock) -> World:
    publish_rules(session)
    senior = make_person(session, name="王玉兰", address="观津路 8 号", phone="13800138111")
    rescore(session, senior)
    clerk = make_account(session, Role.STREET_CLERK, area_code=STREET)
    worker = make_account(session, Role.GRID_WORKER, area_code=COMMUNITY, name="沈阿根")
    clock.advance(days=6)
    return World(session, client, senior, clerk, worker)


def test_the_worker_sees_who_is_due_and_the_door_only_on_asking(world: World) -> None:
    world.be(world.worker)
    page = world.see("/outreach/today")
    assert "王玉兰" in page
    assert "观津路" not in page
    shown = world.press(f"/outreach/today/{world.senior.id}/door", 200)
    assert "观津路 8 号" in shown
    assert "tel:13800138111" in shown
    entry = world.session.scalars(select(AuditEntry).where(AuditEntry.action == "reveal.outreach")).one()
    assert (entry.account_id, entry.subject_id) == (world.worker.id, str(world.senior.id))


def test_a_visit_by_the_form_with_help_asked_for(world: World) -> None:
    world.be(world.worker)
    page = f"/outreach/today/{world.senior.id}"
    assert "建议" in world.see(page)
    told = {"id": str(new_id()), "way": "home", "result": "help", "next_step": "none", "refer": ["kit", "meals"]}
    refused = world.press(page, 422, **told)
    assert "说说有什么情况" in refused
    world.press(page, **told, words="一个人洗澡怕滑倒")
    assert world.session.scalars(select(OutreachReferral.kind).order_by(OutreachReferral.id)).all() == ["kit", "meals"]
    assert "王玉兰" not in world.see("/outreach/today")


def test_the_clerk_follows_a_referral_to_its_end_and_closes_the_problem(world: World) -> None:
    worker = make_someone(world.session)
    told = found(Result.HELP, words="想要个呼叫器", refer=("kit",))
    record_visit(world.session, senior_id=world.senior.id, found=told, by=worker, now=told_now())
    problem = world.session.scalars(select(OutreachProblem)).one()
    referral = world.session.scalars(select(OutreachReferral)).one()
    world.be(world.clerk)
    page = f"/outreach/people/{world.senior.id}"
    assert "想要个呼叫器" in world.see(page)
    world.press(f"{page}/problems/{problem.id}", 409, words="已处理")
    world.press(f"{page}/referrals/{referral.id}", 422, step="refuse")
    world.press(f"{page}/referrals/{referral.id}", step="accept")
    assert "想要个呼叫器" in world.see("/outreach/referrals/problems")
    world.press(f"{page}/referrals/{referral.id}", step="finish", outcome="装好了")
    world.press(f"{page}/problems/{problem.id}", words="呼叫器装好，会用了")
    assert "装好了" in world.see("/outreach/referrals?state=ended")


def told_now() -> Any:
    from app import clock

    return clock.now()


@pytest.mark.parametrize(
    "page",
    [
        "/outreach",
        f"/outreach?area={STREET}&month=2026-10",
        "/outreach?month=never&area=99",
        "/outreach/tasks?level=1&band=red&late=1",
        f"/outreach/tasks?area={COMMUNITY}",
        f"/outreach/key-people?area={COMMUNITY}&missing=1",
        "/outreach/referrals?state=overdue",
        "/outreach/referrals/suggested",
        "/outreach/referrals/problems",
    ],
)
def test_pages_of_the_street_open(world: World, page: str) -> None:
    world.be(world.clerk)
    assert "<h1" in world.see(page)


def test_lists_ask_the_same_for_one_and_for_many(
    world: World, count_statements: Callable[[], Any], session: Session
) -> None:
    counted = []
    for more in (0, 6):
        people = [make_person(session) for _each in range(more)]
        rescore(session, *people) if people else None
        world.be(world.clerk)
        for page in ("/outreach", "/outreach/tasks", f"/outreach/key-people?area={COMMUNITY}"):
            with count_statements() as seen:
                world.see(page)
            counted.append(len(seen))
        world.be(world.worker)
        with count_statements() as seen:
            world.see("/outreach/today")
        counted.append(len(seen))
    assert counted[:4] == counted[4:]


def test_somebody_of_another_street_finds_nobody(world: World, session: Session) -> None:
    world.be(make_account(session, Role.GRID_WORKER, area_code="330105012001"))
    world.see(f"/outreach/people/{world.senior.id}", 404)
    world.see(f"/outreach/today/{world.senior.id}", 404)
    world.press(f"/outreach/today/{world.senior.id}/door", 404)


def test_who_may_not(world: World, session: Session) -> None:
    carer = make_account(session, Role.CARER)
    assert world.call(carer, "GET", "/tasks").status_code == 403
    assert world.call(world.worker, "GET", "/coverage?month=2026-11-01").status_code == 403
    assert world.call(world.worker, "POST", "/referrals/1/steps", json={"step": "accept"}).status_code == 403


def test_the_api_tells_what_the_pages_show(world: World, session: Session) -> None:
    tasks = world.call(world.clerk, "GET", "/tasks?band=red").get_json()
    assert [(each["senior_id"], each["kind"]) for each in tasks["items"]] == [(world.senior.id, "regular")]
    way = world.call(world.worker, "GET", "/round?days=3").get_json()["items"]
    assert [(leg["area_code"], len(leg["stops"])) for leg in way] == [(COMMUNITY, 1)]
    risk = world.call(world.worker, "GET", f"/people/{world.senior.id}").get_json()
    assert (risk["band"], sum(each["points"] for each in risk["reasons"])) == ("red", risk["score"])
    visit = {"id": str(new_id()), "way": "home", "result": "well"}
    for _twice in range(2):
        answer = world.call(world.worker, "POST", f"/people/{world.senior.id}/visits", json=visit)
        assert (answer.status_code, answer.get_json()["counts"]) == (201, True)
    assert len(session.scalars(select(OutreachVisit)).all()) == 1
    rows = world.call(world.clerk, "GET", "/coverage?month=2026-11-01").get_json()["items"]
    assert rows == [{"area_code": COMMUNITY, "due": 1, "visited": 1, "overdue": 0, "percent": 100}]
    people = world.call(world.clerk, "GET", f"/key-people?month=2026-11-01&area={COMMUNITY}").get_json()["items"]
    assert [each["is_visited"] for each in people] == [True]


def test_the_api_refers_reports_and_closes(world: World) -> None:
    base = f"/people/{world.senior.id}"
    report = world.call(world.worker, "POST", f"{base}/reports", json={"reported": "fall"})
    assert (report.status_code, report.get_json()["weight"]) == (201, "important")
    missing = world.call(world.worker, "POST", f"{base}/referrals", json={"kind": "other"})
    assert (missing.status_code, list(missing.get_json()["errors"])) == (422, ["office"])
    opened = world.call(world.worker, "POST", f"{base}/referrals", json={"kind": "bed"}).get_json()
    again = world.call(world.worker, "POST", f"{base}/referrals", json={"kind": "bed"})
    assert (again.status_code, again.get_json()["code"]) == (409, "referral_open")
    listed = world.call(world.clerk, "GET", "/referrals").get_json()["items"]
    assert [each["id"] for each in listed] == [opened["id"]]
    path = f"/referrals/{opened['id']}/steps"
    done = world.call(world.clerk, "POST", path, json={"step": "finish", "outcome": "已建床"})
    assert done.get_json()["state"] == "done"
    assert world.call(world.clerk, "POST", path, json={"step": "accept"}).get_json()["code"] == "referral_moved"
    closing = world.call(world.clerk, "POST", "/problems/1/closing", json={"words": "没有"})
    assert closing.get_json()["code"] == "problem_not_found"


def test_the_family_reads_who_came_where_a_consent_covers_visits(
    session: Session, client: FlaskClient, clock: FrozenClock
) -> None:
    publish_rules(session)
    home = open_home(session, client, clock, topics=(Topic.VISITS,))
    senior = session.get_one(Senior, home.senior_id)
    worker = make_someone(session, area_code=senior.residence_area_code)
    told = found(Result.HELP, words="家里有点乱")
    record_visit(session, senior_id=senior.id, found=told, by=worker, now=clock.now())
    page = client.get("/family", follow_redirects=True).get_data(as_text=True)
    assert "沈阿根" in page
    assert "家里有点乱" not in page


def test_the_clerk_sees_it_on_the_page_of_the_person(world: World) -> None:
    told = found()
    record_visit(world.session, senior_id=world.senior.id, found=told, by=make_someone(world.session), now=told_now())
    world.be(world.clerk)
    assert "见到了，都好" in world.see(f"/people/seniors/{world.senior.id}")
    assert "独居" in world.see(f"/people/seniors/{world.senior.id}?tab=outreach")


def test_what_no_list_has_is_refused_in_words(world: World) -> None:
    far = write_cursor(2**64)
    assert world.call(world.clerk, "GET", "/coverage?month=9999-12-01").status_code == 422
    people = f"/key-people?month=2026-11-01&area={COMMUNITY}&after={far}"
    assert world.call(world.clerk, "GET", people).status_code == 422
    tasks = f"/tasks?after={write_cursor('2026-11-20', 2**64)}"
    assert world.call(world.clerk, "GET", tasks).status_code == 422
    assert world.call(world.clerk, "GET", "/referrals?after=nothing").status_code == 422
    world.be(world.clerk)
    world.see("/outreach?month=9999-12")
    world.see(f"/outreach/referrals/problems?after={far}", 422)
    world.see(f"/outreach/referrals/suggested?after={far}", 422)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_moment_that_no_calendar_has_is_refused(world: World, at: str) -> None:
    visit = {"id": str(new_id()), "way": "home", "result": "well", "occurred_at": at}
    answer = world.call(world.worker, "POST", f"/people/{world.senior.id}/visits", json=visit)
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["occurred_at"])


def test_who_works_here_and_checks_there_reads_masked_names_there(world: World, session: Session) -> None:
    make_person(session, name="孙根法", area_code="330105012001")
    both = make_account(session, Role.STREET_CLERK, area_code="330105012")
    grant_role(session, account_id=both.id, role=Role.AUDITOR, area_code=STREET, by=None, now=told_now())
    names = [each["name"] for each in world.call(both, "GET", "/tasks").get_json()["items"]]
    assert names == ["王*兰"]
