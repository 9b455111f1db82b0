"""Families learn what points paid of a visit and what came back; the statement names it; staff see who was there."""

from datetime import time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.auth.models import Account
from app.messages.kinds import get_kind
from app.messages.models import Notice
from app.people.models import Senior
from app.people.relatives.rules import Topic
from care_beds.money import paying, services
from care_beds.money.circumstances import find_circumstances
from portal import queries as statements
from portal.wording import title_of
from tests.app.auth.factories import sign_in
from tests.app.people.relatives.factories import make_link, make_relative
from tests.care_beds.money.world import OCTOBER, CareWorld


@pytest.fixture
def daughter(world: CareWorld) -> Account:
    account = make_relative(world.session)
    make_link(world.session, world.session.get_one(Senior, world.home), account, topics=[Topic.BALANCE])
    return account


def told(session: Session, account: Account) -> list[str]:
    rows = session.scalars(select(Notice).where(Notice.account_id == account.id).order_by(Notice.id))
    with force_locale("en"):
        return [get_kind(row.kind).text(row.params) for row in rows]


def test_a_debit_and_its_return_are_told_to_those_who_may_know(world: CareWorld, daughter: Account) -> None:
    world.give_points(10_000)
    world.give_points(12_000, purpose="goods")
    visit = world.visit()
    world.visit(OCTOBER.replace(day=2), exception="open")
    paying.pay_all(clock=clock.now)
    services.reverse_visit(world.session, visit_id=visit.id, reason="没有来过", by=world.approver, now=clock.now())
    name = world.session.get_one(Senior, world.home).name
    assert told(world.session, daughter) == [
        f"{name}, Cleaning on 1 Oct, 60 minutes: 35.00 yuan paid with points. 65.00 yuan are left for such visits.",
        f"{name}, Cleaning on 1 Oct: the payment was undone, 35.00 yuan are back in the points.",
    ]


def test_what_others_paid_is_no_debit(world: CareWorld, daughter: Account) -> None:
    visit = world.visit()
    world.pay(visit)
    services.reverse_visit(world.session, visit_id=visit.id, reason="没有来过", by=world.approver, now=clock.now())
    assert told(world.session, daughter) == []


def test_the_statement_names_the_service(world: CareWorld) -> None:
    world.give_points(10_000)
    world.pay(world.visit())
    month = statements.get_statement(
        world.session, senior_id=world.home, month=OCTOBER, knows_meals=True, now=clock.now()
    )
    with force_locale("zh_Hans_CN"):
        assert "助洁" in [title_of(entry) for entry in month.entries]


def test_the_family_sees_on_its_own_page_what_it_pays_itself(world: CareWorld, client: FlaskClient) -> None:
    senior, (knows, does_not) = world.session.get_one(Senior, world.home), (make_relative(world.session) for _ in "12")
    make_link(world.session, senior, knows, topics=[Topic.BALANCE, Topic.VISITS])
    make_link(world.session, senior, does_not, topics=[Topic.VISITS])
    visits = [world.visit(OCTOBER + timedelta(days=n)) for n in range(6)]
    for each in visits:
        world.pay(each)
    path = f"/family/{world.home}/care/{visits[-1].id}"
    sign_in(client, world.session, knows)
    page = client.get(path).text
    assert "请付给服务机构" in page
    assert "本月床位补贴还剩 25.00 元，不够 35.00 元" in page
    assert "怎么付的" in client.get(f"/family/{world.home}/care/{visits[0].id}").text
    sign_in(client, world.session, does_not)
    assert "请付给服务机构" not in client.get(path).text


def test_whoever_answers_a_family_sees_who_was_there(app: Flask, world: CareWorld) -> None:
    world.give_points(3_500)
    first = world.pay(world.visit())
    other = world.pay(world.visit(OCTOBER, start=time(14)))
    assert first.txn_id is not None
    with app.test_request_context(), force_locale("en"):
        found = find_circumstances(world.session, world.home, first.txn_id, world.clerk)
    assert found is not None
    facts = dict(found.facts)
    assert (facts["Carer"], facts["Charged (minutes)"], facts["Paid by"]) == (world.carer.name, "60", "Points")
    assert found.href == f"/care/payments/{first.visit_id}"
    ((line),) = found.others
    assert (line.href, line.amount_fen) == (f"/care/payments/{other.visit_id}", 0)
