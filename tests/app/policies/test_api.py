"""Policy documents over HTTP: one good call, each refusal, each role."""

import pytest

from app.auth.actor import Role
from app.db import db
from tests.app.areas.factories import make_place
from tests.app.people.factories import bearer, make_staff
from tests.app.policies.factories import (
    CITY,
    COMMUNITY,
    DISTRICT,
    OTHER_DISTRICT,
    STREET,
    SUMMER,
    a_document,
    make_published,
)

POLICIES = "/api/v1/policies"
READERS = [Role.STREET_CLERK, Role.DISTRICT_APPROVER, Role.AUDITOR, Role.ADMINISTRATOR]


@pytest.fixture(autouse=True)
def places(session, clock):
    make_place(session, OTHER_DISTRICT)
    make_place(session, COMMUNITY)


@pytest.fixture
def staff(session):
    def log_in(role, area_code=STREET):
        return {**bearer(session, make_staff(session, role=role, area_code=area_code)), "Accept-Language": "en"}

    return log_in


@pytest.fixture
def clerk(staff):
    return staff(Role.STREET_CLERK)


@pytest.fixture
def approver(staff):
    return staff(Role.DISTRICT_APPROVER, DISTRICT)


def drafted(client, clerk, **changes):
    return client.post(POLICIES, json=a_document(**changes), headers=clerk)


def handed_in(client, clerk, **changes):
    policy_id = drafted(client, clerk, **changes).json["id"]
    assert client.post(f"{POLICIES}/{policy_id}/submit", headers=clerk).status_code == 200
    return policy_id


def test_from_draft_to_decision(client, clerk, approver):
    made = drafted(client, clerk)
    assert made.status_code == 201
    assert {name: made.json[name] for name in ("state", "area", "body", "checker_id")} == {
        "state": "draft",
        "area": STREET,
        "body": {"cups": 2},
        "checker_id": None,
    }
    policy_id = made.json["id"]
    assert client.post(f"{POLICIES}/{policy_id}/submit", headers=clerk).json["state"] == "submitted"
    published = client.post(f"{POLICIES}/{policy_id}/publish", headers=approver)
    assert (published.status_code, published.json["state"]) == (200, "published")
    asked = {"kind": "tea", "area": COMMUNITY, "on": "2027-03-01"}
    assert client.get(f"{POLICIES}/effective", query_string=asked, headers=clerk).json == published.json


def test_sent_back(client, clerk, approver):
    policy_id = handed_in(client, clerk)
    answer = client.post(f"{POLICIES}/{policy_id}/reject", json={"reason": "杯数不对"}, headers=approver)
    assert (answer.json["state"], answer.json["reason"]) == ("rejected", "杯数不对")


@pytest.mark.parametrize("reason", ["", " ", "x" * 301, "a\nb", None, 5])
def test_a_reason_is_needed_to_send_back(client, clerk, approver, reason):
    answer = client.post(f"{POLICIES}/{handed_in(client, clerk)}/reject", json={"reason": reason}, headers=approver)
    assert answer.status_code == 422
    assert "reason" in str(answer.json["errors"])


def test_the_writer_does_not_decide(client, staff):
    both = staff(Role.DISTRICT_APPROVER, DISTRICT)
    answer = client.post(f"{POLICIES}/{handed_in(client, both)}/publish", headers=both)
    assert (answer.status_code, answer.json["code"]) == (403, "self_approval")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"valid_from": "2027-05-01"}, "policy_overlaps"),
        ({"valid_from": "2027-07-01"}, "policy_leaves_hole"),
    ],
)
def test_what_does_not_fit_is_refused_when_published(client, clerk, approver, changes, code):
    make_published(db.session(), valid_until=SUMMER)
    answer = client.post(f"{POLICIES}/{handed_in(client, clerk, **changes)}/publish", headers=approver)
    assert (answer.status_code, answer.json["code"]) == (409, code)
    assert "2027-06-01" in answer.json["detail"]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"kind": None}, "kind"),
        ({"kind": "coffee"}, "kind"),
        ({"area": "33010"}, "area"),
        ({"area": "３３０１０６"}, "area"),
        ({"area": ["330106"]}, "area"),
        ({"valid_from": "soon"}, "valid_from"),
        ({"valid_from": 20270301}, "valid_from"),
        ({"valid_until": "2027-02-30"}, "valid_until"),
        ({"title": "茶"}, "title"),
        ({"title": {"zh": "茶"}}, "title"),
        ({"title": {"zh": "茶", "en": "a\u202eb"}}, "title"),
        ({"source": {"mark": "TRUE", "text": "x"}}, "source"),
        ({"source": {"mark": "FOUND", "text": "x", "url": "javascript:alert(1)"}}, "source"),
        ({"body": []}, "body"),
        ({"body": {"cups": 1.5}}, "body.cups"),
        ({"body": {"cups": True}}, "body.cups"),
        ({"body": {"cups": 10**30}}, "body.cups"),
        ({"extra": 1}, "extra"),
    ],
)
def test_a_document_with_a_fault_is_refused_by_name(client, clerk, changes, place):
    answer = drafted(client, clerk, **changes)
    assert answer.status_code == 422
    assert place in answer.json["errors"]


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b'"x"'])
def test_what_is_no_document_is_refused(client, clerk, body):
    answer = client.post(POLICIES, data=body, headers=clerk, content_type="application/json")
    assert answer.status_code in {400, 422}


def test_nobody_writes_for_another_area(client, clerk):
    answer = drafted(client, clerk, area=DISTRICT)
    assert (answer.status_code, answer.json["code"]) == (403, "outside_own_area")


@pytest.mark.parametrize("role", READERS)
def test_all_staff_read(client, session, staff, role):
    policy = make_published(session)
    who = staff(role)
    assert [each["id"] for each in client.get(POLICIES, headers=who).json["items"]] == [policy.id]
    assert client.get(f"{POLICIES}/{policy.id}", headers=who).json["title"] == {"zh": "茶水", "en": "Tea"}


def test_the_district_above_is_read_and_the_one_beside_is_not(client, session, clerk):
    above, beside = make_published(session, area=DISTRICT), make_published(session, area=OTHER_DISTRICT)
    assert client.get(f"{POLICIES}/{above.id}", headers=clerk).status_code == 200
    answer = client.get(f"{POLICIES}/{beside.id}", headers=clerk)
    assert (answer.status_code, answer.json["code"]) == (404, "policy_not_found")


@pytest.mark.parametrize(
    ("role", "path", "allowed"),
    [
        (Role.AUDITOR, "", False),
        (Role.STREET_CLERK, "", True),
        (Role.DISTRICT_APPROVER, "", True),
        (Role.ADMINISTRATOR, "", True),
        (Role.AUDITOR, "/1/submit", False),
        (Role.STREET_CLERK, "/1/publish", False),
        (Role.STREET_CLERK, "/1/reject", False),
        (Role.AUDITOR, "/1/publish", False),
    ],
)
def test_who_may_write_and_decide(client, staff, role, path, allowed):
    body = {"reason": "x"} if path.endswith("reject") else a_document()
    answer = client.post(POLICIES + path, json=body, headers=staff(role))
    assert (answer.status_code != 403) is allowed


@pytest.mark.parametrize("path", ["", "/1", "/effective?kind=tea&area=330106"])
def test_strangers_read_nothing(client, path):
    assert client.get(POLICIES + path).status_code == 401


@pytest.mark.parametrize(
    "query", ["state=law", "limit=0", "limit=201", "after=x", "area=33", "on=today", "after=" + "9" * 30]
)
def test_a_list_is_asked_for_rightly(client, clerk, query):
    assert client.get(f"{POLICIES}?{query}", headers=clerk).status_code == 422


def test_a_list_pages_and_filters(client, session, staff):
    made = [make_published(session, area=area) for area in (CITY, DISTRICT, STREET)]
    admin = staff(Role.ADMINISTRATOR, CITY)
    first = client.get(f"{POLICIES}?limit=2&kind=tea&state=published", headers=admin).json
    second = client.get(f"{POLICIES}?limit=2&after={first['next']}", headers=admin).json
    assert [each["id"] for each in first["items"] + second["items"]] == [each.id for each in reversed(made)]
    assert second["next"] is None


def test_where_nothing_holds_that_is_said(client, clerk):
    answer = client.get(f"{POLICIES}/effective?kind=tea&area={STREET}", headers=clerk)
    assert (answer.status_code, answer.json["code"]) == (404, "policy_not_found")


def test_steps_out_of_order(client, clerk, approver):
    policy_id = drafted(client, clerk).json["id"]
    early = client.post(f"{POLICIES}/{policy_id}/publish", headers=approver)
    assert (early.status_code, early.json["code"]) == (409, "not_submitted")
    client.post(f"{POLICIES}/{policy_id}/submit", headers=clerk)
    twice = client.post(f"{POLICIES}/{policy_id}/submit", headers=clerk)
    assert (twice.status_code, twice.json["code"]) == (409, "not_draft")


def test_somebody_elses_draft_is_not_handed_in(client, clerk, staff):
    policy_id = drafted(client, clerk).json["id"]
    answer = client.post(f"{POLICIES}/{policy_id}/submit", headers=staff(Role.STREET_CLERK))
    assert (answer.status_code, answer.json["code"]) == (403, "not_the_maker")
