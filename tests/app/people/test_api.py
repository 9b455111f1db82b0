"""Seniors and cards over HTTP: one good call, each refusal, each role."""

from datetime import date

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.auth.actor import Role
from app.people.models import Senior
from app.people.queries import list_statuses
from app.people.rules import Status
from tests.app.areas.factories import make_place
from tests.app.people.factories import OTHER_STREET, STREET, bearer, make_card, make_id_number, make_senior, make_staff

SENIORS = "/api/v1/people/seniors"
CARDS = "/api/v1/people/cards"
NUMBER = make_id_number(date(1941, 3, 5), serial=12)


@pytest.fixture
def clerk(session, clock):
    make_place(session, OTHER_STREET)
    return bearer(session, make_staff(session))


def a_senior(**changes):
    return {
        "name": "王秀英",
        "id_number": NUMBER,
        "birth_date": "1941-03-05",
        "sex": "female",
        "phone": "13800138000",
        "hukou_area": STREET,
        "residence_area": STREET,
        "address": "北山路 1 号",
        "living_situation": "alone",
        "income_class": "low_income",
        "ability_level": 2,
    } | changes


def test_a_registered_senior_comes_back_masked(client, clerk):
    answer = client.post(SENIORS, json=a_senior(), headers=clerk)
    assert answer.status_code == 201
    assert answer.json == {
        "id": answer.json["id"],
        "name": "王秀英",
        "age": 85,
        "sex": "female",
        "id_number": f"330106********{NUMBER[-4:]}",
        "phone": "138****8000",
        "hukou_area": STREET,
        "residence_area": STREET,
        "living_situation": "alone",
        "income_class": "low_income",
        "ability_level": 2,
        "status": "active",
        "cards": [],
    }
    assert client.get(f"{SENIORS}/{answer.json['id']}", headers=clerk).json == answer.json


def test_only_what_is_needed_must_be_given(client, clerk):
    body = {"name": "王秀英", "id_number": NUMBER, "hukou_area": STREET, "residence_area": STREET}
    answer = client.post(SENIORS, json=body, headers=clerk)
    assert answer.status_code == 201
    assert (answer.json["income_class"], answer.json["phone"], answer.json["living_situation"]) == ("none", None, None)


def test_the_same_person_twice_is_a_conflict(client, clerk):
    client.post(SENIORS, json=a_senior(), headers=clerk)
    answer = client.post(SENIORS, json=a_senior(name="别人"), headers=clerk)
    assert (answer.status_code, answer.json["code"]) == (409, "already_registered")
    assert answer.content_type == "application/problem+json"


def test_a_deceased_person_cannot_come_back(client, session, clerk):
    make_senior(session, id_number=NUMBER, status=Status.DECEASED)
    answer = client.post(SENIORS, json=a_senior(), headers=clerk)
    assert (answer.status_code, answer.json["code"]) == (409, "deceased_registered")


def test_a_death_is_a_turn_of_life_and_no_correction_of_the_register(client, session, clerk):
    senior = make_senior(session)
    body = {"status": "deceased", "from_on": "2026-11-19"}
    answer = client.post(f"{SENIORS}/{senior.id}/statuses", json=body, headers=clerk)
    assert answer.status_code == 422
    assert "生活变动" in answer.json["errors"]["status"][0]
    assert [each.status for each in list_statuses(session, senior_id=senior.id)] == ["active"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 51}, "name"),
        ({"name": "王\u0007英"}, "name"),
        ({"name": 7}, "name"),
        ({"name": None}, "name"),
        ({"id_number": "１１０１０５１９４９１２３１００２Ｘ"}, "id_number"),
        ({"id_number": 110105194912310021}, "id_number"),
        ({"id_number": ""}, "id_number"),
        ({"birth_date": "1941-03-06"}, "birth_date"),
        ({"birth_date": "1941-13-06"}, "birth_date"),
        ({"sex": "male"}, "sex"),
        ({"sex": "x"}, "sex"),
        ({"phone": "1380013800"}, "phone"),
        ({"hukou_area": "999999"}, "hukou_area"),
        ({"residence_area": ""}, "residence_area"),
        ({"address": "x" * 201}, "address"),
        ({"living_situation": "palace"}, "living_situation"),
        ({"income_class": "rich"}, "income_class"),
        ({"ability_level": 5}, "ability_level"),
        ({"ability_level": "2"}, "ability_level"),
        ({"ability_level": True}, "ability_level"),
        ({"is_admin": True}, "is_admin"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_written(client, session, clerk, changes, field):
    answer = client.post(SENIORS, json=a_senior(**changes), headers=clerk)
    assert answer.status_code == 422
    assert field in answer.json["errors"]
    assert session.scalar(select(Senior.id)) is None


def test_missing_fields_are_named(client, clerk):
    answer = client.post(SENIORS, json={}, headers=clerk)
    assert set(answer.json["errors"]) == {"name", "id_number", "hukou_area", "residence_area"}


@pytest.mark.parametrize("body", ["[]", "1", "null", '"x"', "{", ""])
def test_a_body_that_is_no_object_is_refused(client, clerk, body):
    answer = client.post(SENIORS, data=body, headers=clerk, content_type="application/json")
    assert 400 <= answer.status_code < 500
    assert answer.content_type == "application/problem+json"


def test_a_stranger_of_another_street_is_not_mine_to_enter(client, clerk):
    body = a_senior(hukou_area=OTHER_STREET, residence_area=OTHER_STREET)
    answer = client.post(SENIORS, json=body, headers=clerk)
    assert (answer.status_code, answer.json["code"]) == (403, "area_not_yours")


def test_facts_are_changed_and_taken_away(client, clerk):
    made = client.post(SENIORS, json=a_senior(), headers=clerk).json
    answer = client.patch(
        f"{SENIORS}/{made['id']}", json={"phone": None, "ability_level": 0, "name": "王秀瑛"}, headers=clerk
    )
    assert answer.status_code == 200
    assert answer.json == made | {"phone": None, "ability_level": 0, "name": "王秀瑛"}


@pytest.mark.parametrize("body", [{"id_number": NUMBER}, {"sex": "male"}, {"name": None}, {"status": "deceased"}])
def test_who_a_person_is_cannot_be_changed(client, clerk, body):
    made = client.post(SENIORS, json=a_senior(), headers=clerk).json
    assert client.patch(f"{SENIORS}/{made['id']}", json=body, headers=clerk).status_code == 422


def test_the_list_finds_by_name_and_card(client, session, clerk):
    senior = make_senior(session, name="王秀英")
    card = make_card(session, senior)
    make_senior(session, name="李阿毛")
    for query in ("秀英", card.number):
        answer = client.get(SENIORS, query_string={"query": query}, headers=clerk)
        assert [item["name"] for item in answer.json["items"]] == ["王秀英"]
        assert answer.json["items"][0]["cards"] == [{"number": card.number, "state": "issued"}]
        assert answer.json["next"] is None


def test_the_list_pages_by_key(client, session, clerk):
    for number in range(3):
        make_senior(session, name=f"老人{number}")
    first = client.get(SENIORS, query_string={"limit": 2}, headers=clerk).json
    second = client.get(SENIORS, query_string={"limit": 2, "after": first["next"]}, headers=clerk).json
    assert [item["name"] for item in first["items"] + second["items"]] == ["老人0", "老人1", "老人2"]
    assert second["next"] is None


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": 201},
        {"limit": "x"},
        {"after": -1},
        {"after": "x"},
        {"area": "33"},
        {"area": "999999x"},
        {"area": "000000"},
        {"area": "３３０１０６"},
        {"query": "王" * 51},
        {"query": "王" * 201},
    ],
)
def test_odd_questions_are_refused(client, clerk, query):
    answer = client.get(SENIORS, query_string=query, headers=clerk)
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == set(query)


@pytest.mark.parametrize("query", [NUMBER, NUMBER.lower(), "110105491231002", "13800138000"])
def test_personal_numbers_must_not_stand_in_an_address(client, clerk, query):
    answer = client.get(SENIORS, query_string={"query": query}, headers=clerk)
    assert (answer.status_code, answer.json["code"]) == (422, "personal_number_in_address")
    assert "/api/v1/people/seniors/search" in answer.json["detail"]


def test_a_search_in_the_body_finds_by_id_number_and_phone(client, clerk):
    made = client.post(SENIORS, json=a_senior(), headers=clerk).json
    for query in (NUMBER, NUMBER[:6] + NUMBER[8:17], "138 0013 8000", "王秀"):
        answer = client.post(f"{SENIORS}/search", json={"query": query}, headers=clerk)
        assert [item["id"] for item in answer.json["items"]] == [made["id"]]
    wrong = client.post(f"{SENIORS}/search", json={"query": NUMBER[:-1] + "?"}, headers=clerk)
    assert wrong.json["items"] == []
    mistyped = client.post(f"{SENIORS}/search", json={"query": "110105194912310021"}, headers=clerk)
    assert (mistyped.status_code, list(mistyped.json["errors"])) == (422, ["query"])


def test_a_reveal_shows_once_and_is_written_down(client, session, clerk):
    made = client.post(SENIORS, json=a_senior(), headers=clerk).json
    body = {"field": "phone", "reason": "电话通知体检"}
    answer = client.post(f"{SENIORS}/{made['id']}/reveals", json=body, headers=clerk)
    assert (answer.status_code, answer.json) == (201, {"field": "phone", "value": "13800138000"})
    assert answer.headers["Cache-Control"] == "no-store"
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.action, entry.reason) == ("reveal.phone", "电话通知体检")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"field": "phone"}, "reason"),
        ({"field": "phone", "reason": "看"}, "reason"),
        ({"field": "id_number_index", "reason": "上门核对身份"}, "field"),
    ],
)
def test_a_reveal_without_a_reason_shows_nothing(client, clerk, body, field):
    made = client.post(SENIORS, json=a_senior(), headers=clerk).json
    answer = client.post(f"{SENIORS}/{made['id']}/reveals", json=body, headers=clerk)
    assert answer.status_code == 422
    assert field in answer.json["errors"]
    assert "13800138000" not in answer.text


def test_a_card_goes_through_its_life(client, session, clerk):
    senior = make_senior(session)
    issued = client.post(f"{SENIORS}/{senior.id}/cards", headers=clerk)
    assert issued.status_code == 201
    assert issued.json["state"] == "issued"
    number = issued.json["number"]
    again = client.post(f"{SENIORS}/{senior.id}/cards", headers=clerk)
    assert (again.status_code, again.json["code"]) == (409, "card_issued_already")
    lost = client.post(f"{CARDS}/{number}/loss", headers=clerk)
    assert (lost.status_code, lost.json) == (200, {"number": number, "state": "lost", "senior_id": senior.id})
    assert client.post(f"{CARDS}/{number}/loss", headers=clerk).json["code"] == "card_lost"
    new = client.post(f"{CARDS}/{number}/replacement", headers=clerk)
    assert new.status_code == 201
    cancelled = client.post(f"{CARDS}/{new.json['number']}/cancellation", headers=clerk)
    assert cancelled.json["state"] == "cancelled"
    shown = client.get(f"{SENIORS}/{senior.id}", headers=clerk).json["cards"]
    assert {card["number"]: card["state"] for card in shown} == {number: "replaced", new.json["number"]: "cancelled"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"status": "asleep", "from_on": "2026-11-20"}, "status"),
        ({"status": "active"}, "from_on"),
        ({"status": "active", "from_on": "soon"}, "from_on"),
        ({"status": "in_hospital", "from_on": "2026-11-20", "until_on": "2026-11-20"}, "until_on"),
        ({"status": "active", "from_on": "1900-01-01"}, "from_on"),
        ({"status": "active", "from_on": "9999-12-31"}, "from_on"),
    ],
)
def test_odd_periods_are_refused(client, session, clerk, body, field):
    senior = make_senior(session)
    answer = client.post(f"{SENIORS}/{senior.id}/statuses", json=body, headers=clerk)
    assert answer.status_code == 422
    assert field in answer.json["errors"]


def test_the_status_over_time_can_be_read(client, session, clerk):
    senior = make_senior(session)
    answer = client.get(f"{SENIORS}/{senior.id}/statuses", headers=clerk)
    assert answer.json["items"] == [{"status": "active", "from_on": "2026-01-01", "until_on": None}]


def test_what_lies_outside_my_area_is_not_there(client, session, clerk):
    senior = make_senior(session, hukou_area=OTHER_STREET)
    card = make_card(session, senior)
    session.commit()  # what a refusal undoes goes back to here
    period = {"status": "active", "from_on": "2026-11-20"}
    reveal = {"field": "phone", "reason": "上门核对身份"}
    calls = [
        client.get(f"{SENIORS}/{senior.id}", headers=clerk),
        client.patch(f"{SENIORS}/{senior.id}", json={}, headers=clerk),
        client.get(f"{SENIORS}/{senior.id}/statuses", headers=clerk),
        client.post(f"{SENIORS}/{senior.id}/statuses", json=period, headers=clerk),
        client.post(f"{SENIORS}/{senior.id}/reveals", json=reveal, headers=clerk),
        client.post(f"{SENIORS}/{senior.id}/cards", headers=clerk),
        client.post(f"{CARDS}/{card.number}/loss", headers=clerk),
        client.post(f"{CARDS}/{card.number}/replacement", headers=clerk),
        client.post(f"{CARDS}/{card.number}/cancellation", headers=clerk),
        client.get(f"{SENIORS}/{2**62}", headers=clerk),
    ]
    assert {answer.status_code for answer in calls} == {404}


READ, WRITE, SHOW = "read", "write", "show"


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.CASHIER, set()),
        (Role.CANTEEN_MANAGER, set()),
        (Role.STREET_CLERK, {READ, WRITE, SHOW}),
        (Role.DISTRICT_APPROVER, {READ, SHOW}),
        (Role.AUDITOR, {READ}),
        (Role.ADMINISTRATOR, {READ, WRITE, SHOW}),
    ],
)
def test_who_may_do_what(client, session, clock, role, may):
    senior = make_senior(session)
    canteen = 1 if role in (Role.CASHIER, Role.CANTEEN_MANAGER) else None
    headers = bearer(session, make_staff(session, role=role, canteen_id=canteen))
    reveal = {"field": "phone", "reason": "上门核对身份"}
    answers = {
        READ: client.get(SENIORS, headers=headers),
        WRITE: client.post(f"{SENIORS}/{senior.id}/cards", headers=headers),
        SHOW: client.post(f"{SENIORS}/{senior.id}/reveals", json=reveal, headers=headers),
    }
    assert {name for name, answer in answers.items() if answer.status_code < 300} == may
    assert {answer.status_code for name, answer in answers.items() if name not in may} <= {403}


def test_nobody_in_particular_may_nothing(client, session):
    assert client.get(SENIORS).status_code == 401
    assert client.post(SENIORS, json=a_senior()).status_code == 401
