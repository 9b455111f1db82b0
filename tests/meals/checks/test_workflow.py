"""Asking, answering and deciding over HTTP: who may, in which area, in which order; two at once."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.auth import Role
from subsidies.findings.checks import Source
from subsidies.findings.models import Finding, FindingStep
from subsidies.findings.queries import list_sources
from tests.conftest import FrozenClock
from tests.meals.factories import DISTRICT, STREET
from tests.meals.looking import words_of
from tests.meals.offices import OTHER_STREET, Office
from tests.meals.test_pages import counted
from tests.subsidies.findings.factories import CITY, make_finding

API = "/api/v1/subsidies/findings"
Act = Callable[..., Any]


@pytest.fixture
def finding(office: Office) -> Finding:
    """Return a finding about the first canteen."""
    sold = office.sold()
    sources = [Source("senior", str(sold.home), sold.home), Source("checkout", str(sold.id), sold.home)]
    sources.append(Source("canteen", str(office.first.id)))
    return make_finding(office.session, sources=sources, canteen_id=office.first.id, senior_id=sold.home)


@pytest.fixture
def act(office: Office, client: FlaskClient, finding: Finding) -> Act:
    """Return a function that takes a step of the finding as somebody."""

    def take(headers: dict[str, str], what: str, **body: Any) -> Any:
        asked = {"words": "看了流水", **body}
        return client.post(f"{API}/{finding.id}/{what}", json=asked, headers=headers)

    return take


def people(office: Office) -> dict[str, dict[str, str]]:
    return {
        "auditor": office.log_in(Role.AUDITOR, area_code=CITY),
        "approver": office.log_in(Role.DISTRICT_APPROVER, area_code=DISTRICT),
        "clerk": office.log_in(Role.STREET_CLERK),
        "manager": office.log_in(Role.CANTEEN_MANAGER, canteen=office.first),
        "stranger": office.log_in(Role.DISTRICT_APPROVER, area_code=OTHER_STREET),
        "other_manager": office.log_in(Role.CANTEEN_MANAGER, canteen=office.second),
    }


def test_from_question_to_money_back(office: Office, act: Act, session: Session, finding: Finding) -> None:
    who = people(office)
    assert act(who["auditor"], "confirmation").get_json()["code"] == "nobody_asked"
    assert act(who["auditor"], "question", asked_of="canteen").get_json()["state"] == "asked"
    assert act(who["auditor"], "confirmation").get_json()["code"] == "time_to_answer"
    assert act(who["clerk"], "answer").get_json()["code"] == "not_asked"
    assert act(who["other_manager"], "answer").status_code == 404
    assert act(who["manager"], "answer", words="三个人一起来的").get_json()["state"] == "explained"
    assert act(who["approver"], "confirmation").get_json()["state"] == "confirmed"
    again = act(who["auditor"], "dismissal")
    assert (again.status_code, again.get_json()["code"]) == (409, "finding_moved_on")
    assert act(who["approver"], "recovery", amount_fen=1250, words="缴款书 3 号").get_json()["recovered_fen"] == 1250
    assert act(who["auditor"], "reopening").status_code == 409
    steps = session.scalars(select(FindingStep.step).order_by(FindingStep.id)).all()
    assert steps == ["found", "ask", "answer", "confirm", "recover"]
    written = session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "finding")).all()
    assert sorted(written) == ["finding.answer", "finding.ask", "finding.confirm", "finding.recover"]


def test_an_overdue_question_may_be_confirmed(office: Office, act: Act, clock: FrozenClock) -> None:
    auditor = office.log_in(Role.AUDITOR, area_code=CITY)
    act(auditor, "question", asked_of="street")
    clock.advance(days=14)
    fresh = office.log_in(Role.AUDITOR, area_code=CITY)
    assert act(fresh, "confirmation").get_json()["state"] == "confirmed"
    assert act(fresh, "reopening").get_json()["state"] == "open"
    assert act(fresh, "dismissal").get_json()["state"] == "dismissed"


@pytest.mark.parametrize("what", ["question", "confirmation", "dismissal", "recovery", "reopening"])
@pytest.mark.parametrize("role", [Role.STREET_CLERK, Role.CANTEEN_MANAGER, Role.CASHIER])
def test_only_approvers_and_auditors_decide(office: Office, act: Act, role: Role, what: str) -> None:
    canteen = office.first if role in (Role.CANTEEN_MANAGER, Role.CASHIER) else None
    assert act(office.log_in(role, canteen=canteen), what, asked_of="street", amount_fen=1).status_code == 403


def test_what_lies_elsewhere_is_not_there(office: Office, act: Act, client: FlaskClient, finding: Finding) -> None:
    who = people(office)
    for name in ("stranger", "manager", "other_manager"):
        assert client.get(f"{API}/{finding.id}", headers=who[name]).status_code == 404, name
        assert client.get(API, headers=who[name]).get_json()["items"] == []
        assert client.get(f"/findings/{finding.id}", headers=who[name]).status_code == 404
    assert act(who["stranger"], "dismissal").status_code == 404
    act(who["approver"], "question", asked_of="canteen")
    assert client.get(f"{API}/{finding.id}", headers=who["manager"]).status_code == 200
    assert client.get(f"{API}/{finding.id}", headers=who["other_manager"]).status_code == 404


def test_a_finding_about_no_canteen_asks_the_street(office: Office, client: FlaskClient) -> None:
    other = make_finding(office.session, canteen_id=None)
    auditor = office.log_in(Role.AUDITOR, area_code=CITY)
    asked = {"words": "怎么回事", "asked_of": "canteen"}
    refused = client.post(f"{API}/{other.id}/question", json=asked, headers=auditor)
    assert (refused.status_code, list(refused.get_json()["errors"])) == (422, ["asked_of"])


def test_one_finding_tells_why_in_both_languages_and_links_its_rows(
    office: Office, client: FlaskClient, finding: Finding
) -> None:
    told = client.get(f"{API}/{finding.id}", headers=office.log_in(Role.AUDITOR, area_code=CITY)).get_json()
    assert told["explanation"]["zh"][0].startswith("一张卡这天买了")
    assert told["explanation"]["en"][0].startswith("One card bought")
    assert {source["kind"] for source in told["sources"]} == {"senior", "checkout", "canteen"}
    page = client.get(f"/findings/{finding.id}", headers=office.log_in(Role.AUDITOR, area_code=CITY))
    text = page.get_data(as_text=True)
    sale = next(source["ref"] for source in told["sources"] if source["kind"] == "checkout")
    assert f"/meals/sales/{sale}" in text
    assert "王玉兰" not in text
    assert "王*兰" in text


def test_the_list_filters_and_asks_a_constant_number_of_questions(office: Office, client: FlaskClient) -> None:
    headers = office.log_in(Role.AUDITOR, area_code=CITY)
    make_finding(office.session, code="R5", canteen_id=office.first.id)
    with counted() as few:
        assert client.get("/findings", headers=headers).status_code == 200
    for _each in range(5):
        make_finding(office.session, code="R4", canteen_id=office.first.id)
    with counted() as many:
        page = words_of(client.get("/findings", headers=headers).get_data(as_text=True))
    assert len(many) == len(few)
    assert "6 条疑点还没定论" in page
    for asked, count in (("check=R5", 1), ("month=2026-11-01", 6), ("month=2026-10-01", 0), ("area=330106", 0)):
        assert len(client.get(f"{API}?{asked}", headers=headers).get_json()["items"]) == count, asked
    for asked in ("state=undecided&month=2026-11", "check=R9&area=1&canteen=x", "senior=1"):
        assert client.get(f"/findings?{asked}", headers=headers).status_code == 200, asked


def test_pages_of_the_list_follow_each_other(office: Office, client: FlaskClient) -> None:
    headers = office.log_in(Role.AUDITOR, area_code=CITY)
    ids = [make_finding(office.session).id for _each in range(3)]
    first = client.get(f"{API}?limit=2", headers=headers).get_json()
    rest = client.get(f"{API}?limit=2&after={first['next']}", headers=headers).get_json()
    assert [each["id"] for each in first["items"] + rest["items"]] == sorted(ids, reverse=True)
    assert rest["next"] is None


def test_rates_show_which_checks_are_bad(office: Office, client: FlaskClient) -> None:
    for state in ("confirmed", "dismissed", "dismissed", "open"):
        finding = make_finding(office.session, code="R4")
        finding.state, finding.asked_of, finding.asked_at = state, "street", finding.found_at
    office.session.flush()
    headers = office.log_in(Role.AUDITOR, area_code=CITY)
    lines = {line["code"]: line for line in client.get(f"{API}/checks", headers=headers).get_json()["items"]}
    assert (lines["R4"]["true_percent"], lines["R4"]["undecided"]) == (33, 1)
    assert lines["R1"]["true_percent"] is None
    assert "属实 33%" in words_of(client.get("/findings/checks", headers=headers).get_data(as_text=True))
    assert (
        client.get("/findings/checks", headers=office.log_in(Role.CANTEEN_MANAGER, canteen=office.first)).status_code
        == 403
    )


def test_auditors_have_the_checks_run_and_managers_do_not(
    office: Office, client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch, finding: Finding
) -> None:
    queued: list[dict[str, Any]] = []
    for module in ("subsidies.findings.pages", "subsidies.findings.api"):
        monkeypatch.setattr(f"{module}.enqueue", lambda task, **about: queued.append({"task": task, **about}))
    auditor = office.log_in(Role.AUDITOR, area_code=CITY)
    started = client.post(f"{API}/runs", json={}, headers=auditor)
    assert started.get_json()["code"] == "checks_running"  # the one that made the finding is not done
    session.execute(Finding.__table__.metadata.tables["finding_run"].update().values(finished_at=func.now()))
    started = client.post(f"{API}/runs", json={"codes": ["R4"]}, headers=auditor)
    assert started.status_code == 202
    assert queued == [{"task": "subsidies.carry_out_run", "run_id": started.get_json()["id"]}]
    page = client.get(f"/findings/runs/{started.get_json()['id']}", headers=auditor).get_data(as_text=True)
    assert "正在核查" in page
    assert client.post("/findings/runs", headers=office.log_in(Role.STREET_CLERK, area_code=STREET)).status_code == 403


def test_a_sales_page_tells_of_findings_to_those_who_may_see_them(
    office: Office, client: FlaskClient, act: Act, finding: Finding
) -> None:
    sale_id = next(
        each.ref for each in list_sources(office.session, finding_id=finding.id)[0] if each.kind == "checkout"
    )
    address, link = f"/meals/sales/{sale_id}", f"/findings/{finding.id}"
    assert link in client.get(address, headers=office.log_in(Role.AUDITOR, area_code=CITY)).text
    manager = office.log_in(Role.CANTEEN_MANAGER, canteen=office.first)
    assert link not in client.get(address, headers=manager).text
    act(office.log_in(Role.AUDITOR, area_code=CITY), "question", asked_of="canteen")
    assert link in client.get(address, headers=manager).text


def test_a_seniors_page_tells_of_findings_to_those_who_oversee(
    office: Office, client: FlaskClient, finding: Finding
) -> None:
    address = f"/people/seniors/{finding.senior_id}?tab=checks"
    clerk = client.get(address, headers=office.log_in(Role.STREET_CLERK)).get_data(as_text=True)
    assert f"/findings/{finding.id}" in clerk
    other = office.guest(name="李桂英")[0].id
    page = client.get(f"/people/seniors/{other}?tab=checks", headers=office.log_in(Role.STREET_CLERK)).get_data(
        as_text=True
    )
    assert "/findings/" not in words_of(page)
    assert f"/findings?senior={other}" not in page
