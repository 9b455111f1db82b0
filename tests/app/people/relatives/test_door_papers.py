"""Joining by the paper of the counter."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import clock as clocks
from app import vault
from app.auth.actor import Role
from app.auth.models import Account
from app.auth.passwords import NO_PASSWORD, is_password
from app.auth.queries import current_roles
from app.people.relatives import services
from app.people.relatives.consents import Witnessed
from app.people.relatives.models import RelativeLink
from app.people.relatives.reach import list_reached
from app.people.relatives.rules import How, Relation, State, Topic
from tests.app.auth.factories import form_token, sign_in
from tests.app.people.factories import make_actor, make_senior
from tests.app.people.relatives.door import PHONE, SENT, hidden, post, with_phone
from tests.app.people.relatives.factories import hold_family_rules, make_family_actor, make_relative
from tests.conftest import FrozenClock


@pytest.fixture
def paper(session: Session, clock: FrozenClock) -> str:
    senior = make_senior(session)
    hold_family_rules(session)
    return services.offer_link(
        session,
        senior_id=senior.id,
        name="王敏",
        relation=Relation.CHILD,
        is_guardian=False,
        witnessed=Witnessed(topics={Topic.MEALS}, how=How.IN_PERSON),
        actor=make_actor(session),
        now=clocks.now(),
    ).code


def join(client: FlaskClient, paper: str, **more: str) -> TestResponse:
    asked = post(client, "/join" if paper else "/join/new", paper=paper, phone=PHONE)
    assert asked.status_code == 200, asked.text
    form = {"paper": paper, "phone": PHONE, "ticket": hidden(asked.text, "ticket"), "code": SENT} | more
    return post(client, "/join/code", **form)


def test_joining_by_paper_makes_an_account_and_the_link(
    client: FlaskClient, session: Session, sent: list[str], paper: str
) -> None:
    shown = client.get(f"/join?code={paper}").text
    assert paper in shown
    assert join(client, paper, new_password="three quiet boats").status_code == 303
    account = session.scalars(select(Account).where(Account.phone_index == vault.index_of(PHONE))).one()
    assert (account.name, current_roles(session, account_id=account.id, now=clocks.now())) == ("王敏", {Role.FAMILY})
    assert account.phone_sealed is not None
    assert PHONE.encode() not in account.phone_sealed
    assert is_password("three quiet boats", account.password_hash)
    assert client.get("/family/links").status_code == 200


def test_joining_again_with_the_same_phone_adds_to_the_account_and_keeps_its_password(
    client: FlaskClient, session: Session, sent: list[str], paper: str
) -> None:
    account = with_phone(session)
    assert join(client, paper, new_password="three quiet boats").status_code == 303
    link = session.scalars(select(RelativeLink).where(RelativeLink.state == State.ACTIVE)).one()
    assert link.account_id == account.id
    assert not is_password("three quiet boats", account.password_hash)


def test_a_wrong_paper_sends_nothing_and_guessing_is_counted(client: FlaskClient, sent: list[str]) -> None:
    statuses = [post(client, "/join", paper=f"{n:012d}", phone=PHONE).status_code for n in range(50)]
    assert statuses[:49] == [404] * 49 or statuses[:49] == [422] * 49
    assert statuses[49] == 429
    assert sent == []


def test_joining_without_a_paper_makes_an_account_that_reaches_nobody(
    client: FlaskClient, session: Session, sent: list[str], clock: FrozenClock
) -> None:
    assert join(client, "").status_code == 422
    assert join(client, "", name="李强").location == "/family/links/ask"
    account = session.scalars(select(Account).where(Account.phone_index == vault.index_of(PHONE))).one()
    assert current_roles(session, account_id=account.id, now=clocks.now()) == frozenset()
    assert account.password_hash == NO_PASSWORD


def test_who_is_logged_in_adds_the_person_on_the_paper(client: FlaskClient, session: Session, paper: str) -> None:
    account = make_relative(session)
    sign_in(client, session, account)
    answer = client.post("/join/here", data={"csrf_token": form_token(client, "/join"), "paper": paper})
    assert answer.status_code == 303
    found = list_reached(session, actor=make_family_actor(account), today=clocks.business_day(clocks.now()))
    assert len(found) == 1
