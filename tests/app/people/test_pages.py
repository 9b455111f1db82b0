"""Pages of seniors and cards, as a clerk uses them without JavaScript."""

import re
from datetime import date

import pytest
import zxingcpp
from PIL import Image, ImageDraw
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.auth.actor import Role
from app.people.models import Card, Senior
from app.people.rules import Status
from tests.app.areas.factories import make_place
from tests.app.people.factories import (
    COMMUNITY,
    OTHER_STREET,
    STREET,
    bearer,
    make_card,
    make_id_number,
    make_senior,
    make_staff,
)

SENIORS = "/people/seniors/"
NUMBER = make_id_number(date(1941, 3, 5), serial=12)


@pytest.fixture
def clerk(session, clock):
    make_place(session, COMMUNITY, "友谊社区", "Youyi")
    make_place(session, OTHER_STREET, "朝晖街道")
    headers = bearer(session, make_staff(session))
    session.commit()
    return headers


def a_form(**changes):
    return {"name": "王秀英", "id_number": NUMBER, "residence_area": COMMUNITY, "hukou_area": "朝晖街道"} | changes


def commit(session, thing):
    session.commit()
    return thing


def test_an_empty_registry_says_what_to_do_next(client, clerk):
    page = client.get(SENIORS, headers=clerk).text
    assert "/people/imports/" in page
    assert "/people/seniors/new" in page


def test_a_senior_is_registered_on_a_form_with_names_of_places(client, session, clerk):
    assert client.get(f"{SENIORS}new", headers=clerk).status_code == 200
    answer = client.post(f"{SENIORS}new", data=a_form(phone="138 0013 8000"), headers=clerk)
    assert answer.status_code == 303
    senior = session.scalars(select(Senior)).one()
    assert (senior.hukou_area_code, senior.residence_area_code) == (OTHER_STREET, COMMUNITY)
    assert answer.location == f"{SENIORS}{senior.id}?tab=relatives"
    assert f"{SENIORS}{senior.id}/cards" in client.get(answer.location, headers=clerk).text
    page = client.get(f"{SENIORS}{senior.id}", headers=clerk).text
    assert "王秀英" in page
    assert "138****8000" in page
    assert NUMBER not in page


def test_a_form_with_faults_keeps_what_was_typed_and_names_each(client, session, clerk):
    answer = client.post(f"{SENIORS}new", data=a_form(name="", phone="1380013800"), headers=clerk)
    assert answer.status_code == 422
    assert 'value="1380013800"' in answer.text
    assert 'id="name-error"' in answer.text
    assert 'id="phone-error"' in answer.text
    assert session.scalar(select(Senior.id)) is None


def test_registering_twice_shows_the_form_with_the_reason(client, session, clerk):
    client.post(f"{SENIORS}new", data=a_form(), headers=clerk)
    answer = client.post(f"{SENIORS}new", data=a_form(), headers=clerk)
    assert answer.status_code == 409
    assert 'class="errors"' in answer.text


def test_a_name_is_searched_in_the_address_and_an_id_number_is_not(client, session, clerk):
    commit(session, make_senior(session, name="王秀英", id_number=NUMBER, hukou_area=STREET))
    by_name = client.post(SENIORS, data={"query": "秀英", "area": STREET}, headers=clerk)
    assert by_name.status_code == 303
    assert "王秀英" in client.get(by_name.location, headers=clerk).text
    by_number = client.post(SENIORS, data={"query": NUMBER}, headers=clerk)
    assert by_number.status_code == 303
    assert NUMBER not in by_number.location
    assert "王秀英" in client.get(by_number.location, headers=clerk).text
    nobody = client.post(SENIORS, data={"query": "13900139000"}, headers=clerk)
    assert (nobody.status_code, "13900139000" in nobody.text) == (200, False)


def test_several_with_one_phone_are_listed_without_the_number(client, session, clerk):
    commit(session, [make_senior(session, phone="13900139000") for _ in range(2)])
    shown = client.post(SENIORS, data={"query": "139 0013 9000"}, headers=clerk)
    assert (shown.status_code, shown.text.count(">王秀英<")) == (200, 2)
    assert "13900139000" not in shown.text


@pytest.mark.parametrize("typed", [NUMBER, "13800138000"])
def test_a_personal_number_in_the_address_is_refused(client, clerk, typed):
    assert client.get(SENIORS, query_string={"query": typed}, headers=clerk).status_code == 422


def test_nothing_found_offers_a_way_on(client, session, clerk):
    commit(session, make_senior(session, hukou_area=STREET))
    page = client.get(SENIORS, query_string={"query": "无此人"}, headers=clerk).text
    assert 'class="empty"' in page
    assert f'href="{SENIORS}"' in page


def test_script_in_a_name_is_shown_as_text(client, session, clerk):
    name = "<script>alert(1)</script>"
    senior = commit(session, make_senior(session, name=name))
    for address in (SENIORS, f"{SENIORS}{senior.id}", f"{SENIORS}{senior.id}/edit"):
        page = client.get(address, headers=clerk).text
        assert name not in page
        assert "&lt;script&gt;alert(1)" in page


def test_facts_are_changed_and_sealed_ones_stay_unless_written_anew(client, session, clerk):
    senior = commit(session, make_senior(session, phone="13800138000", address="北山路 1 号"))
    page = client.get(f"{SENIORS}{senior.id}/edit", headers=clerk).text
    assert "北山路" not in page
    form = {"name": "王秀瑛", "residence_area": STREET, "hukou_area": STREET, "income_class": "none"}
    answer = client.post(f"{SENIORS}{senior.id}/edit", data=form | {"forget_address": "true"}, headers=clerk)
    assert answer.status_code == 303
    session.refresh(senior)
    assert (senior.name, senior.address_sealed, senior.living_situation) == ("王秀瑛", None, None)
    assert senior.phone_sealed is not None


def test_an_edit_with_a_fault_shows_the_form_again(client, session, clerk):
    senior = commit(session, make_senior(session))
    form = {"name": "", "residence_area": STREET, "hukou_area": "nowhere", "income_class": "none"}
    answer = client.post(f"{SENIORS}{senior.id}/edit", data=form, headers=clerk)
    assert answer.status_code == 422
    assert 'id="hukou_area-error"' in answer.text


def test_a_status_is_recorded_and_stands_in_the_timeline(client, session, clerk):
    senior = commit(session, make_senior(session))
    form = {"status": "in_hospital", "from_on": "2026-11-18", "until_on": ""}
    answer = client.post(f"{SENIORS}{senior.id}/statuses", data=form, headers=clerk)
    assert answer.status_code == 303
    assert "2026-11-18" in client.get(answer.location, headers=clerk).text
    wrong = client.post(f"{SENIORS}{senior.id}/statuses", data=form | {"until_on": "2026-11-18"}, headers=clerk)
    assert wrong.status_code == 422
    assert 'id="until_on-error"' in wrong.text


def test_a_reveal_shows_the_number_in_its_answer_only(client, session, clerk):
    senior = commit(session, make_senior(session, id_number=NUMBER))
    form = {"field": "id_number", "reason": "上门核对身份"}
    shown = client.post(f"{SENIORS}{senior.id}/reveals", data=form, headers=clerk)
    assert NUMBER in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert NUMBER not in client.get(f"{SENIORS}{senior.id}", headers=clerk).text
    assert session.scalars(select(AuditEntry.reason).where(AuditEntry.action == "reveal.id_number")).all() == [
        "上门核对身份"
    ]
    refused = client.post(f"{SENIORS}{senior.id}/reveals", data=form | {"reason": ""}, headers=clerk)
    assert refused.status_code == 422
    assert NUMBER not in refused.text


def test_a_card_is_issued_lost_replaced_and_cancelled_by_buttons(client, session, clerk):
    senior = commit(session, make_senior(session))
    client.post(f"{SENIORS}{senior.id}/cards", headers=clerk)
    number = session.scalars(select(Card.number)).one()
    again = client.post(f"{SENIORS}{senior.id}/cards", headers=clerk)
    assert again.status_code == 409
    for act in ("loss", "replacement"):
        answer = client.post(f"/people/cards/{number}/{act}", headers=clerk)
        assert answer.location == f"{SENIORS}{senior.id}?tab=relatives"
    new = session.scalars(select(Card.number).where(Card.state == "issued")).one()
    client.post(f"/people/cards/{new}/cancellation", headers=clerk)
    assert set(session.scalars(select(Card.state))) == {"replaced", "cancelled"}
    assert client.get(f"{SENIORS}{senior.id}", headers=clerk).status_code == 200


def test_the_dead_are_shown_without_anything_to_do(client, session, clerk):
    senior = commit(session, make_senior(session, status=Status.DECEASED))
    page = client.get(f"{SENIORS}{senior.id}", headers=clerk).text
    assert "/statuses" not in page
    assert f"{SENIORS}{senior.id}/cards" not in page


def test_every_card_on_the_sheet_is_read_back_from_what_is_drawn(client, session, clerk):
    numbers = {make_card(session, make_senior(session, name=f"老人{place}")).number for place in range(12)}
    make_card(session, make_senior(session), state="lost")
    make_card(session, make_senior(session, hukou_area=OTHER_STREET))
    session.commit()
    page = client.get("/people/cards/sheet", headers=clerk).text
    drawn = re.findall(r'class="qr-dark" d="([^"]+)"', page)
    assert {read_back(path) for path in drawn} == numbers


def read_back(path: str) -> str:
    """Print a drawn path as a printer would, and let another library read the code."""
    scale, margin = 8, 4
    side = (21 + 2 * margin) * scale
    image = Image.new("L", (side, side), 255)
    pen = ImageDraw.Draw(image)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path):
        left, top = (int(x) + margin) * scale, (int(y) + margin) * scale
        pen.rectangle((left, top, left + int(width) * scale - 1, top + scale - 1), fill=0)
    (code,) = zxingcpp.read_barcodes(image)
    return code.text


def test_the_sheet_may_be_for_one_senior_or_one_area_and_says_when_it_is_empty(client, session, clerk):
    senior = make_senior(session, residence_area=COMMUNITY, hukou_area=STREET)
    one = make_card(session, senior).number
    make_card(session, make_senior(session, hukou_area=STREET))
    session.commit()
    for query in ({"senior": senior.id}, {"area": COMMUNITY}):
        page = client.get("/people/cards/sheet", query_string=query, headers=clerk).text
        assert page.count('class="plastic"') == 1
        assert one[-3:] in page
    empty = client.get("/people/cards/sheet", query_string={"area": OTHER_STREET}, headers=clerk).text
    assert 'class="empty"' in empty


def test_an_auditor_looks_but_finds_no_button(client, session, clock):
    senior = make_senior(session, name="王秀英")
    make_card(session, senior)
    headers = bearer(session, make_staff(session, role=Role.AUDITOR))
    session.commit()
    page = client.get(f"{SENIORS}{senior.id}", headers=headers).text
    assert "王*英" in page
    assert "王秀英" not in page
    assert "/reveals" not in page
    assert "/loss" not in page
    assert client.get(f"{SENIORS}new", headers=headers).status_code == 403


def test_english_is_complete_and_places_are_named_in_it(client, session, clerk):
    senior = commit(session, make_senior(session, residence_area=COMMUNITY, hukou_area=STREET))
    client.set_cookie("language", "en")
    page = client.get(f"{SENIORS}{senior.id}", headers=clerk).text
    assert 'lang="en"' in page
    assert "Youyi" in page
    assert "Status over time" in page


@pytest.mark.parametrize("address", ["", "new"])
def test_a_cashier_finds_no_seniors(client, session, clock, address):
    headers = bearer(session, make_staff(session, role=Role.CASHIER, canteen_id=1))
    session.commit()
    assert client.get(f"{SENIORS}{address}", headers=headers).status_code == 403
