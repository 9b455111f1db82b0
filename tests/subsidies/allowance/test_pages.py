"""The pages of grant runs from proposal to posting, and the same on the command line."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app import clock as app_clock
from app.auth import Role
from app.db import db
from subsidies.allowance import run_pages, runs, tasks, trial_pages, trials, unfinished
from subsidies.allowance.looking import look_through
from subsidies.allowance.models import AllowanceTrial, GrantCorrection, GrantRun
from subsidies.allowance.posting import post_run
from subsidies.models import Txn
from tests.app.auth.factories import form_token, make_account, sign_in
from tests.subsidies.allowance.factories import (
    CODE,
    NOVEMBER,
    OCTOBER,
    Office,
    approved,
    draft,
    lots,
    make_office,
    make_old,
    posted,
    publish,
    start,
)
from tests.subsidies.allowance.programmes import SHANGCHENG, XIAOSHAN
from tests.subsidies.allowance.test_corrections import app_clock_later
from tests.subsidies.allowance.test_runs import die

LogIn = Callable[..., None]


@pytest.fixture
def office(session: Session, clock: Any) -> Office:
    made = make_office(session)
    publish(session, made)
    return made


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Collect what is queued for a worker."""
    queued: list[tuple[str, int]] = []
    for module in (run_pages, tasks, trial_pages):
        monkeypatch.setattr(module, "enqueue", lambda task, **which: queued.append((task, *which.values())))
    return queued


@pytest.fixture
def log_in(session: Session, client: FlaskClient) -> LogIn:
    def sign(role: Role, area: str = XIAOSHAN) -> None:
        sign_in(client, session, make_account(session, role, area_code=area))

    return sign


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements sent meanwhile."""
    seen: list[str] = []
    connection = db.session.connection()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "SAVEPOINT" not in statement:
            seen.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(connection, "before_cursor_execute", note)


def send(client: FlaskClient, address: str, status: int = 303, **form: Any) -> Any:
    answer = client.post(address, data={**form, "csrf_token": form_token(client, "/grants/")})
    assert answer.status_code == status, answer.text
    return answer


def read(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    return answer.text


def test_a_month_goes_from_proposal_to_posting(
    client: FlaskClient, session: Session, office: Office, queue: list[tuple[str, int]], log_in: LogIn
) -> None:
    senior = make_old(session, 84)
    log_in(Role.STREET_CLERK)
    answer = send(client, "/grants/", programme=CODE, month="2026-11", area=XIAOSHAN)
    run = session.scalars(select(GrantRun)).one()
    assert answer.location == f"/grants/{run.id}"
    assert queue == [(tasks.LOOK, run.id)]
    assert "run-progress" in read(client, f"/grants/{run.id}")
    look_through(run.id, clock=app_clock.now)
    page = read(client, f"/grants/{run.id}")
    assert "75.00" in page
    assert "80 到 89 岁" in page
    send(client, f"/grants/{run.id}/submission")
    send(client, f"/grants/{run.id}/approval", status=403)
    log_in(Role.DISTRICT_APPROVER)
    assert 'answer num">1</span>' in read(client, "/grants/")
    send(client, f"/grants/{run.id}/approval")
    assert queue[-1] == (tasks.POST, run.id)
    told = send(client, f"/grants/{run.id}/approval", status=409)
    assert "已经" in told.text
    post_run(run.id, clock=app_clock.now)
    assert len(lots(session, senior.id)) == 1
    assert client.get(f"/grants/{run.id}", headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_an_entry_leads_to_its_run_and_the_two_who_signed_it(
    client: FlaskClient, session: Session, office: Office, log_in: LogIn
) -> None:
    old = make_old(session, 84)
    run = posted(session, office)
    txn_id = session.scalars(select(Txn.id).where(Txn.home == old.id)).one()
    log_in(Role.AUDITOR)
    page = read(client, f"/wallets/{old.id}/transactions/{txn_id}")
    assert f"/grants/{run.id}/people/{old.id}" in page
    assert office.maker.name in page
    assert office.checker.name in page
    log_in(Role.STREET_CLERK, old.residence_area_code)
    page = read(client, f"/wallets/{old.id}/transactions/{txn_id}")
    assert f"/grants/{run.id}" not in page
    assert office.checker.name in page


def test_one_persons_decision_is_told_in_words_yes_and_no(
    client: FlaskClient, session: Session, office: Office, log_in: LogIn
) -> None:
    old, young = make_old(session, 84), make_old(session, 70)
    run = start(session, office)
    log_in(Role.AUDITOR)
    assert "符合「80 到 89 岁，户籍在" in read(client, f"/grants/{run.id}/people/{old.id}")
    why_not = read(client, f"/grants/{run.id}/people/{young.id}")
    assert "要80 到 89 岁，现在 70 岁" in why_not
    assert "70 岁，户籍" in why_not
    assert "75<small>" in read(client, f"/grants/people/{old.id}")
    assert f"/grants/people/{old.id}" in read(client, f"/people/seniors/{old.id}?tab=points")


def test_runs_of_other_places_are_not_there(
    client: FlaskClient, session: Session, office: Office, log_in: LogIn
) -> None:
    run = start(session, office)
    log_in(Role.AUDITOR, SHANGCHENG)
    for address in (
        f"/grants/{run.id}",
        f"/grants/{run.id}/people/1",
        "/grants/people/999999",
        "/grants/trials/999999",
    ):
        read(client, address, status=404)
    log_in(Role.CANTEEN_MANAGER, XIAOSHAN)
    read(client, "/grants/", status=403)


def test_a_wrong_month_is_refused_beside_the_form(
    client: FlaskClient, session: Session, office: Office, queue: list[tuple[str, int]], log_in: LogIn
) -> None:
    log_in(Role.STREET_CLERK)
    for month, status in (("2029-01", 409), ("nonsense", 422)):
        send(client, "/grants/", status=status, programme=CODE, month=month, area=XIAOSHAN)
    assert queue == []


def test_late_facts_are_proposed_and_booked_on_their_page(
    client: FlaskClient, session: Session, office: Office, log_in: LogIn
) -> None:
    senior = make_old(session, 84)
    posted(session, office, OCTOBER)
    app_clock_later()
    die(session, senior, OCTOBER.replace(day=1).replace(month=9))
    log_in(Role.STREET_CLERK)
    assert "已去世" in read(client, "/grants/corrections")
    asked = {"senior_id": senior.id, "programme": CODE, "since": "2026-10"}
    send(client, "/grants/corrections", status=422, **asked)
    send(client, "/grants/corrections", **asked, why="已去世")
    correction = session.scalars(select(GrantCorrection)).one()
    send(client, f"/grants/corrections/{correction.id}/approval", status=403)
    log_in(Role.DISTRICT_APPROVER)
    assert "75.00" in read(client, "/grants/corrections")
    send(client, f"/grants/corrections/{correction.id}/rejection", reason="再核实")
    send(client, f"/grants/corrections/{correction.id}/approval", status=409)


def test_a_draft_is_tried_from_its_page(
    client: FlaskClient, session: Session, office: Office, log_in: LogIn, runner: Any
) -> None:
    make_old(session, 84)
    policy = draft(session, office, unit_fen=200)
    log_in(Role.DISTRICT_APPROVER)
    assert f"/grants/trials/{policy.id}" in read(client, f"/policies/{policy.id}")
    page = read(client, f"/grants/trials/{policy.id}")
    assert re.search(r'answer num">75.00', page)
    told = runner.invoke(args=["grants", "try", str(policy.id), "--language", "en"])
    assert "In all: 75.00 yuan without it, 150.00 with it, 75.00 more; 1 people gain, 0 lose" in told.output


@pytest.fixture
def too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two people be too many to wait for; progress is written in the test's own transaction."""
    monkeypatch.setattr(trials, "AT_ONCE", 1)
    monkeypatch.setattr(trials, "_write", lambda statement, **values: db.session.execute(statement, values))


@pytest.mark.usefixtures("too_many")
def test_a_draft_for_many_people_is_tried_by_a_worker(
    client: FlaskClient, session: Session, office: Office, log_in: LogIn, queue: list[tuple[str, int]]
) -> None:
    for _number in range(3):
        make_old(session, 84)
    policy = draft(session, office, unit_fen=200)
    log_in(Role.DISTRICT_APPROVER)
    address = f"/grants/trials/{policy.id}"
    assert "3 位老人" in read(client, address)
    for _time in range(2):
        assert send(client, address, month="2026-10").location == f"{address}?month=2026-10"
    trial = session.scalars(select(AllowanceTrial)).one()
    assert set(queue) == {(tasks.TRY, trial.id)}
    assert "trial-progress" in read(client, address)
    for _time in range(2):
        tasks.try_programme(trial_id=trial.id)
    assert session.execute(select(AllowanceTrial.people, AllowanceTrial.looked_at)).one() == (3, 3)
    assert re.search(r'answer num">225.00', read(client, address))
    assert client.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert send(client, address, month="2026-10").status_code == 303
    assert session.scalar(select(func.count()).select_from(AllowanceTrial)) == 2


def test_a_trial_that_a_worker_lost_is_queued_again(
    session: Session, office: Office, queue: list[tuple[str, int]]
) -> None:
    policy = draft(session, office, unit_fen=200)
    number = trials.ask_for_trial(
        session, policy, month=OCTOBER, people=9, by=office.maker, now=app_clock.now() - timedelta(minutes=6)
    )
    tasks.tend_grant_runs()
    assert queue == [(tasks.TRY, number)]


def test_pages_take_as_many_statements_for_one_person_as_for_many(
    client: FlaskClient, session: Session, office: Office, log_in: LogIn
) -> None:
    make_old(session, 84)
    run = posted(session, office, OCTOBER)
    log_in(Role.AUDITOR)
    addresses = ("/grants/", "/grants/{}", "/grants/corrections")
    run_id = run.id
    before = [statements(client, address.format(run_id)) for address in addresses]
    for _number in range(4):
        make_old(session, 84)
    later = posted(session, office, NOVEMBER)
    later_id = later.id
    assert [statements(client, address.format(later_id)) for address in addresses] == before


def statements(client: FlaskClient, address: str) -> int:
    read(client, address)
    with counted() as seen:
        read(client, address)
    return len(seen)


def test_the_command_line_prepares_and_posts_a_month(runner: Any, session: Session, office: Office, clock: Any) -> None:
    senior = make_old(session, 84)
    session.commit()
    told = runner.invoke(args=["grants", "preview", CODE, "2026-11", "--language", "en"])
    assert told.exit_code == 0, told.output
    run = session.scalars(select(GrantRun)).one()
    assert "1 people, 75.00 yuan; last month 0 people" in told.output
    assert f"{senior.id}: 0.00 -> 75.00" in told.output
    assert f"flask grants post {run.id}" in told.output
    assert (run.state, run.area_code) == ("submitted", XIAOSHAN)
    early = runner.invoke(args=["grants", "post", str(run.id), "--language", "en"])
    assert (early.exit_code, "not approved" in early.output) == (1, True)
    runs.approve(session, run_id=run.id, by=office.checker, now=app_clock.now())
    session.commit()
    for _again in range(2):
        done = runner.invoke(args=["grants", "post", str(run.id), "--language", "en"])
        assert "1 people, 75.00 yuan are granted." in done.output
    assert len(lots(session, senior.id)) == 1
    for wrong in (["no-such", "2026-11"], [CODE, "2026-11", "--by", "nobody-1"]):
        assert runner.invoke(args=["grants", "preview", *wrong]).exit_code == 1


def test_a_worker_finds_what_was_lost(
    session: Session, office: Office, clock: Any, queue: list[tuple[str, int]]
) -> None:
    make_old(session, 84)
    done = approved(session, office, OCTOBER)
    lost = start_and_forget(session, office)
    assert unfinished.list_to_look_through(session, now=app_clock.now()) == []
    clock.advance(minutes=6)
    tasks.tend_grant_runs()
    assert queue == [(tasks.LOOK, lost), (tasks.POST, done.id)]
    tasks.look_through_grant_run(run_id=lost)
    tasks.post_grant_run(run_id=done.id)
    session.expire_all()
    assert session.get_one(GrantRun, lost).previewed_at is not None
    assert session.get_one(GrantRun, done.id).posted == 1
    queue.clear()
    tasks.tend_grant_runs()
    assert queue == []


def start_and_forget(session: Session, office: Office) -> int:
    """Start a run that no worker hears of."""
    run = runs.start_run(
        session, programme=CODE, month=NOVEMBER, area_code=XIAOSHAN, by=office.maker, now=app_clock.now()
    )
    session.commit()
    return int(run.id)
