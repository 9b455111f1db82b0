"""The counter's pages and the family's: who may open what, and what a refusal shows."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import clock as clocks
from app.auth.actor import CANTEEN_ROLES, PERSONAL_ROLES, PROVIDER_ROLES, SHOP_ROLES, Role
from app.auth.models import Account
from app.people.models import Senior
from app.people.relatives.models import Consent, RelativeLink
from app.people.relatives.reach import note_look
from app.people.relatives.rules import Relation, State, Topic
from tests.app.auth.factories import form_token, make_account, sign_in
from tests.app.people.factories import OTHER_STREET, STREET, make_card, make_senior, make_staff
from tests.app.people.relatives.factories import (
    be,
    follow,
    hold_family_rules,
    make_family_actor,
    make_link,
    make_relative,
)
from tests.conftest import FrozenClock

CONSENT = {"topics": ["meals", "balance"], "how": "in_person"}
# Who looks after homes with kits reads their pages, not the register.
SAFETY_ROLES = {Role.OPERATOR, Role.INSTALLER, Role.GRID_WORKER}
STAFF = [
    role for role in Role if role not in PERSONAL_ROLES | CANTEEN_ROLES | PROVIDER_ROLES | SAFETY_ROLES | SHOP_ROLES
]


@pytest.fixture
def senior(session: Session, clock: FrozenClock) -> Senior:
    found = make_senior(session)
    hold_family_rules(session)
    return found


@pytest.fixture
def clerk(client: FlaskClient, session: Session, senior: Senior) -> FlaskClient:
    sign_in(client, session, make_staff(session))
    return client


def send(client: FlaskClient, path: str, **form: Any) -> TestResponse:
    return client.post(path, data={"csrf_token": form_token(client, "/account"), **form})


def as_relative(client: FlaskClient, session: Session, senior: Senior, *topics: Topic) -> RelativeLink:
    actor = follow(session, senior, *topics)
    sign_in(client, session, session.get_one(Account, actor.account_id))
    return session.scalars(select(RelativeLink).where(RelativeLink.account_id == actor.account_id)).one()


def test_a_clerk_offers_a_link_and_gets_a_sheet(clerk: FlaskClient, session: Session, senior: Senior) -> None:
    path = f"/people/seniors/{senior.id}/relatives"
    sheet = send(clerk, path, name="王敏", relation="child", **CONSENT)
    assert sheet.status_code == 200
    assert sheet.headers["Cache-Control"] == "no-store"
    link = session.scalars(select(RelativeLink)).one()
    assert link.state == State.OFFERED
    assert {row.topic for row in session.scalars(select(Consent))} == {"meals", "balance"}
    page = clerk.get(path).text
    assert "王敏" in page
    assert 'class="answer num"' not in page


def test_an_offer_with_faults_shows_the_form_again(clerk: FlaskClient, senior: Senior) -> None:
    answer = send(clerk, f"/people/seniors/{senior.id}/relatives", name="王敏", relation="child", how="in_person")
    assert answer.status_code == 422
    assert "王敏" in answer.text


def test_a_clerk_reads_out_a_code_and_it_stands_nowhere_else(clerk: FlaskClient, senior: Senior) -> None:
    answer = send(clerk, f"/people/seniors/{senior.id}/log-in-code")
    code = answer.text.split('class="answer num">', 1)[1].split("<", 1)[0]
    assert len(code.replace(" ", "")) == 8
    page = clerk.get(f"/people/seniors/{senior.id}?tab=relatives").text
    assert code not in page
    assert f"/people/seniors/{senior.id}/log-in-code" in page


def test_consent_is_given_and_withdrawn_and_the_link_ended(
    clerk: FlaskClient, session: Session, senior: Senior
) -> None:
    link = make_link(session, senior, make_relative(session), topics=())
    path = f"/people/seniors/{senior.id}/relatives/{link.id}"
    assert send(clerk, f"{path}/consents", **CONSENT).status_code == 303
    assert send(clerk, f"{path}/consents", how="in_person").status_code == 422
    assert send(clerk, f"{path}/withdrawal", topics="meals").status_code == 303
    kept = session.scalars(select(Consent.topic).where(Consent.withdrawn_at.is_(None))).all()
    assert kept == ["balance"]
    assert send(clerk, f"{path}/end").status_code == 303
    assert session.scalars(select(RelativeLink.state)).one() == State.ENDED


def test_the_queue_shows_what_waits_and_each_request_is_answered(
    clerk: FlaskClient, session: Session, senior: Senior
) -> None:
    links = [make_link(session, senior, make_relative(session), topics=(), state=State.REQUESTED) for _ in range(2)]
    other = make_senior(session, hukou_area=STREET, residence_area=OTHER_STREET)
    far = make_link(session, other, make_relative(session), topics=(), state=State.REQUESTED)
    page = clerk.get("/people/link-requests").text
    assert all(f"/people/link-requests/{link.id}" in page for link in links)
    assert f"/people/link-requests/{far.id}" not in page
    yes, no = (f"/people/link-requests/{link.id}" for link in links)
    assert clerk.get(yes).status_code == 200
    assert send(clerk, f"{yes}/acceptance", how="in_person").status_code == 422
    assert send(clerk, f"{yes}/acceptance", **CONSENT).status_code == 303
    assert send(clerk, f"{no}/refusal").status_code == 422
    assert send(clerk, f"{no}/refusal", reason="老人不同意").status_code == 303
    assert send(clerk, f"{no}/acceptance", **CONSENT).status_code == 409
    assert clerk.get("/people/link-requests/999999").status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_is_its_work(client: FlaskClient, session: Session, senior: Senior, role: Role) -> None:
    link = make_link(session, senior, make_relative(session))
    account = make_relative(session, role) if role in (Role.FAMILY, Role.ELDER) else None
    places = {"canteen_id": CANTEEN_ROLES, "provider_id": PROVIDER_ROLES, "shop_id": SHOP_ROLES}
    work = {place: 1 for place, roles in places.items() if role in roles}
    sign_in(client, session, account or make_staff(session, role=role, **work))
    base = f"/people/seniors/{senior.id}"
    reads = role in STAFF
    assert client.get(f"{base}/relatives").status_code == (200 if reads else 403)
    writes = role in (Role.STREET_CLERK, Role.ADMINISTRATOR)
    assert client.get("/people/link-requests").status_code == (200 if writes else 403)
    for path in (f"{base}/relatives/{link.id}/withdrawal", f"{base}/log-in-code"):
        assert send(client, path).status_code in ({200, 303} if writes else {403})
    still_open = session.scalars(select(Consent.id).where(Consent.withdrawn_at.is_(None))).all()
    assert (still_open == []) is writes


def test_an_auditor_sees_masked_names_of_relatives(client: FlaskClient, session: Session, senior: Senior) -> None:
    account = make_relative(session, name="陈静文")
    make_link(session, senior, account, topics=())
    note_look(session, actor=make_family_actor(account), senior_id=senior.id, topic=Topic.MEALS, now=clocks.now())
    for role, shown, hidden in ((Role.AUDITOR, "陈*文", "陈静文"), (Role.STREET_CLERK, "陈静文", "陈*文")):
        sign_in(client, session, make_staff(session, role=role))
        for path in ("?tab=relatives", "/relatives"):
            page = client.get(f"/people/seniors/{senior.id}{path}").get_data(as_text=True)
            assert shown in page
            assert hidden not in page


def test_a_clerk_of_another_street_finds_nothing(client: FlaskClient, session: Session, senior: Senior) -> None:
    link = make_link(session, senior, make_relative(session))
    sign_in(client, session, make_staff(session, area_code=OTHER_STREET))
    base = f"/people/seniors/{senior.id}"
    assert client.get(f"{base}/relatives").status_code == 404
    for path in (f"{base}/log-in-code", f"{base}/relatives/{link.id}/end", f"{base}/relatives/{link.id}/withdrawal"):
        assert send(client, path).status_code == 404
    assert send(client, f"{base}/relatives", name="王敏", relation="child", **CONSENT).status_code == 404


def test_a_relative_sees_the_own_links_asks_and_leaves(client: FlaskClient, session: Session, senior: Senior) -> None:
    link = as_relative(client, session, senior, Topic.MEALS)
    assert senior.name in client.get("/family/links").text
    other = make_senior(session, name="赵大山")
    card = make_card(session, other)
    assert client.get("/family/links/ask").status_code == 200
    assert send(client, "/family/links/ask", card_number=card.number, relation="child").status_code == 422
    asked = send(client, "/family/links/ask", card_number=card.number, senior_name="赵大山", relation="child")
    assert asked.status_code == 303
    page = client.get("/family/links").text
    assert "赵大山" not in page
    assert send(client, f"/family/links/{link.id}/end").status_code == 303
    assert senior.name not in client.get("/family/links").text
    assert send(client, f"/family/links/{link.id}/end").status_code == 409


def test_a_senior_sees_who_may_see_and_who_looked_and_takes_it_back(
    client: FlaskClient, session: Session, senior: Senior
) -> None:
    daughter = follow(session, senior)
    note_look(session, actor=daughter, senior_id=senior.id, topic=Topic.BALANCE, now=clocks.now())
    own = be(session, senior)
    sign_in(client, session, session.get_one(Account, own.account_id))
    page = client.get("/family/links").text
    assert daughter.name in page
    link = session.scalars(select(RelativeLink).where(RelativeLink.relation == Relation.CHILD)).one()
    assert send(client, f"/family/links/{link.id}/withdrawal", topics="balance").status_code == 303
    still_open = session.scalars(select(Consent.topic).where(Consent.withdrawn_at.is_(None))).all()
    assert "balance" not in still_open
    assert len(still_open) == 3


def test_nobody_touches_the_links_of_others(client: FlaskClient, session: Session, senior: Senior) -> None:
    link = make_link(session, senior, make_relative(session))
    as_relative(client, session, make_senior(session))
    for path in (f"/family/links/{link.id}/end", f"/family/links/{link.id}/withdrawal", "/family/links/999999/end"):
        assert send(client, path).status_code == 404


def test_the_pages_of_the_door_open_without_logging_in(client: FlaskClient, session: Session) -> None:
    for path in ("/login", "/login/code", "/login/card", "/join", "/join?code=1234", "/join/new"):
        assert client.get(path).status_code == 200, path
    assert "/login" in client.get("/family/links").location


def test_an_account_without_a_role_finds_the_way_to_ask(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, make_account(session))
    assert "/family/links" in client.get("/account").text
    assert client.get("/family/links/ask").status_code == 200
