"""What stands beside a basket: disputes, findings, a person's page, turns of life, the family's page, settlement."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app import clock as clocks
from app.auth.actor import Role
from app.people.models import Senior, SeniorStatus
from app.people.rules import Status
from app.people.turns import Turn, TurnKind
from portal.queries import find_purse, get_statement
from portal.rules import Sort
from shops import turns
from shops.checks.catalogue import CHECKS
from shops.models import ShopRefusal, ShopSale
from shops.person import goods_panel, list_moments
from shops.purses import list_held
from subsidies.disputes.circumstances import find_circumstances
from subsidies.errors import ClaimedBack
from subsidies.findings.checks import Window, example_limits
from subsidies.findings.models import Finding, FindingSource
from subsidies.queries import get_wallet
from tests.app.auth.factories import make_account, sign_in
from tests.app.people.factories import make_actor, make_status
from tests.app.people.relatives.factories import make_link
from tests.conftest import FrozenClock
from tests.shops.factories import DISTRICT, STREET, give_points, make_article
from tests.shops.store import Store, make_store
from tests.subsidies.findings.factories import keep, make_document
from tests.subsidies.settlement.world import at, make_world

TODAY = date(2026, 11, 20)
MONTH = Window(since=date(2026, 11, 1), until=date(2026, 12, 1), area_code=DISTRICT)


def limits(code: str, **numbers: int) -> dict[str, Any]:
    check = next(each for each in CHECKS if each.code == code)
    return {**example_limits(check), "severity": check.severity, **numbers}


def looked(session: Session, code: str, **numbers: int) -> list[Any]:
    check = next(each for each in CHECKS if each.code == code)
    found = list(check.find(session, MONTH, limits(code, **numbers)))
    assert all(check.explain(each.facts) for each in found)
    return found


def test_the_same_basket_day_after_day_is_found(session: Session, store: Store, clock: FrozenClock) -> None:
    card, other = store.person(), store.person()
    for pieces in (1, 1, 2):
        store.sell(card, (store.soap, 1))
        store.sell(other, (store.soap, pieces))
        clock.advance(days=1)
    found = looked(session, "S1", days=3)
    assert [(each.senior_id, each.facts["days"], each.amount_fen) for each in found] == [(card.senior_id, 3, 1650)]


def test_a_shopkeepers_own_relative_is_found(session: Session, store: Store, client: FlaskClient) -> None:
    card, stranger = store.person(), store.person()
    make_link(session, session.get_one(Senior, card.senior_id), store.keeper_account)
    store.sell(card)
    store.sell(stranger)
    assert [each.senior_id for each in looked(session, "S2")] == [card.senior_id]


def test_cards_that_take_turns_around_a_limit_are_found(session: Session, store: Store, clock: FrozenClock) -> None:
    first, second = store.person(), store.person()
    store.sell(first, (store.rice, 2))
    session.add(
        ShopRefusal(
            at=clocks.now(),
            shop_id=store.shop.id,
            account_id=store.keeper_account.id,
            reason="limit_reached",
            code_tail="0001",
            senior_id=first.senior_id,
        )
    )
    clock.advance(minutes=3)
    store.sell(second, (store.rice, 2))
    assert [each.facts["times"] for each in looked(session, "S3", times=1)] == [1]
    assert looked(session, "S3", times=1, minutes=2) == []


def test_shopping_after_a_death_is_found_and_given_back_when_two_ask_for_it(
    session: Session, store: Store, clock: FrozenClock
) -> None:
    card = store.person()
    store.sell(card)
    clock.advance(days=2)
    late = store.sell(card, (store.soap, 2)).body["id"]
    turn = Turn(
        id=7,
        kind=TurnKind.DEATH,
        senior_id=card.senior_id,
        from_on=TODAY,
        by=make_actor(session),
        now=clocks.now(),
        reason="殡葬",
    )
    (foreseen,) = turns.foresee(session, turn)
    assert (foreseen.count, foreseen.amount_fen, foreseen.detail) == (1, 1100, {"refs": [late], "fens": [1100]})
    (back,) = turns.claim(session, turn, [late])
    assert (back.count, back.amount_fen) == (1, 1100)
    assert turns.claim(session, turn, [late]) == []
    with pytest.raises(ClaimedBack):
        store.take_back(late)
    assert [each.code for each in turns.take_back(session, turn, [foreseen])] == ["kept_findings"]


def test_what_is_left_of_a_basket_after_a_death_is_given_back_though_some_of_it_came_back(
    session: Session, store: Store, client: FlaskClient, app: Flask, clock: FrozenClock
) -> None:
    card = store.person()
    clock.advance(days=2)
    late = store.sell(card, (store.soap, 2)).body["id"]
    store.take_back(late, (1, 1))
    about = {"senior_id": card.senior_id, "from_on": TODAY, "by": make_actor(session), "now": clocks.now()}
    turn = Turn(id=7, kind=TurnKind.DEATH, reason="殡葬", **about)
    (foreseen,) = turns.foresee(session, turn)
    assert (foreseen.count, foreseen.amount_fen, foreseen.detail) == (1, 550, {"refs": [late], "fens": [550]})
    (back,) = turns.claim(session, turn, [late])
    assert (back.count, back.amount_fen) == (1, 550)
    assert turns.claim(session, turn, [late]) == []
    with pytest.raises(ClaimedBack):
        store.take_back(late)
    assert get_wallet(session, home=card.senior_id, on=TODAY).balance_fen == 20_000
    sign_in(client, session, store.keeper_account)
    page = client.get(f"/shops/sales/{late}").text
    assert f"{late}/return" not in page
    assert "追回" in page
    assert "追回" in client.get("/shops/sales/day").text
    with app.test_request_context():
        asked: dict[str, Any] = {"home": card.senior_id, "txn_id": UUID(late), "actor": make_actor(session)}
        told = find_circumstances(session, cause={"what": "shop"}, **asked)
    assert told is not None
    assert any("追回" in str(words) for _name, words in told.facts)


def test_the_nightly_check_finds_the_dead(session: Session, store: Store, clock: FrozenClock) -> None:
    card = store.person()
    store.sell(card)
    make_status_after(session, card.senior_id)
    assert [(each.senior_id, each.facts["baskets"]) for each in looked(session, "S4")] == [(card.senior_id, 1)]


def test_a_death_is_recorded_with_a_finding_about_the_shopping_after_it(
    session: Session, store: Store, clock: FrozenClock
) -> None:
    make_document(session)
    card = store.person()
    clock.advance(days=2)
    late = store.sell(card, (store.soap, 2)).body["id"]
    make_status_after(session, card.senior_id)
    about = {"senior_id": card.senior_id, "from_on": TODAY - timedelta(days=1), "now": clocks.now()}
    (found,) = turns.find_after(session, Turn(id=7, kind=TurnKind.DEATH, by=make_actor(session), **about))
    assert found.detail == {"refs": [late], "fens": [1100]}
    finding = session.scalars(select(Finding)).one()
    assert (finding.check_code, finding.senior_id, finding.amount_fen) == ("S4", card.senior_id, 1100)
    sources = session.scalars(select(FindingSource).order_by(FindingSource.kind)).all()
    assert [(each.kind, each.ref) for each in sources] == [("senior", str(card.senior_id)), ("shop_sale", late)]


def test_two_stays_in_one_month_are_two_findings(session: Session, store: Store, clock: FrozenClock) -> None:
    card = store.person()
    days = [TODAY + timedelta(days=2 * number) for number in range(2)]
    for _day in days:
        store.sell(card, (store.soap, 1))
        clock.advance(days=2)
    senior = session.get_one(Senior, card.senior_id)
    (before,) = session.scalars(select(SeniorStatus).where(SeniorStatus.senior_id == senior.id))
    before.until_on = days[0] - timedelta(days=1)
    session.flush()
    for day in days:
        stay = {"status": Status.IN_INSTITUTION, "from_on": day - timedelta(days=1)}
        make_status(session, senior, **stay, until_on=day + timedelta(days=1))
    found = looked(session, "S4")
    assert [each.facts["baskets"] for each in found] == [1, 1]
    keep(session, *found, code="S4")


def test_large_baskets_that_begin_alike_are_told_apart(session: Session, store: Store, clock: FrozenClock) -> None:
    card = store.person(fen=50_000)
    wares = [make_article(session, shop=store.shop, category="household", price_fen=1) for _ in range(16)]
    for _day in range(2):
        for last in (15, 16):
            store.sell(card, *((ware, 1) for ware in wares[:last]))
        clock.advance(days=1)
    found = looked(session, "S1", days=2)
    assert len(found) == 2
    keep(session, *found, code="S1")


def make_status_after(session: Session, senior_id: int) -> None:
    """Let somebody have died the day before, as it became known later."""
    for row in session.scalars(select(SeniorStatus).where(SeniorStatus.senior_id == senior_id)):
        row.until_on = TODAY - timedelta(days=1)
    session.flush()
    senior = session.get_one(Senior, senior_id)
    make_status(session, senior, status=Status.DECEASED, from_on=TODAY - timedelta(days=1))


def test_a_dispute_reads_the_circumstances(session: Session, store: Store, app: Any) -> None:
    card = store.person()
    sale = store.sell(card).body["id"]
    store.sell(card, (store.soap, 1))
    row = session.scalars(select(ShopSale).where(ShopSale.number.is_not(None)).order_by(ShopSale.booked_at)).first()
    assert row is not None
    with app.test_request_context():
        told = find_circumstances(
            session, cause={"what": "shop"}, home=card.senior_id, txn_id=row.id, actor=make_actor(session)
        )
    assert told is not None
    assert len(told.others) == 1
    assert sale


def test_a_persons_page_tells_what_was_bought_and_what_is_left(
    session: Session, store: Store, app: Any, clock: FrozenClock
) -> None:
    card = store.person()
    sale = store.sell(card, (store.soap, 2)).body["id"]
    clock.advance(minutes=1)
    store.take_back(sale, (1, 1))
    clerk = make_clerk(session)
    with app.test_request_context():
        told = list_moments(session, senior_id=card.senior_id, actor=clerk, before=None, limit=10)
        assert [each.icon for each in told] == ["undo", "receipt"]
        panel = goods_panel(session, senior_id=card.senior_id, actor=clerk, now=clocks.now())
    assert "194.50" in panel


def make_clerk(session: Session) -> Any:
    return make_actor(session, area_code=STREET)


def test_the_family_sees_each_purse_apart(session: Session, store: Store) -> None:
    card = store.person(fen=12_000)
    give_points(session, card.senior_id, 3000, purpose="meals")
    store.sell(card, (store.soap, 1))
    purse = find_purse(session, senior_id=card.senior_id, on=TODAY)
    assert purse.balance_fen == purse.for_meals_fen == 3000
    assert [(held.name["zh"], held.fen, held.unit["zh"]) for held in purse.beside] == [("春风点数", 11_450, "点")]
    month = get_statement(session, senior_id=card.senior_id, month=TODAY, knows_meals=True, now=clocks.now())
    assert Sort.SHOP in {entry.sort for entry in month.entries}


def test_points_without_rules_are_still_told(session: Session, store: Store) -> None:
    card = store.person(fen=500, purpose="everyday")
    (held,) = list_held(session, home=card.senior_id, area_code=STREET, on=TODAY)
    assert (held.name["en"], held.fen) == ("Service points", 500)


@pytest.mark.parametrize("role", [Role.SHOP_MANAGER])
def test_a_manager_sees_statements_of_the_own_shop(
    session: Session, store: Store, client: FlaskClient, role: Role
) -> None:
    sign_in(client, session, make_account(session, role, area_code=STREET, shop_id=store.shop.id))
    assert client.get("/shops/statements").status_code == 200


def test_a_month_is_settled_as_the_baskets_say_and_as_the_ledger_says(session: Session, clock: FrozenClock) -> None:
    world = make_world(session)
    store = make_store(session, points_percent=33, cash_rest=True, limits=[])
    clock.set(at(10, 8))
    card, dead = store.person(), store.person()
    give_points(session, card.senior_id, 500, purpose="any", expires_on=date(2026, 10, 20))
    sales = [store.sell(each, (store.soap, 3), (store.rice, 1)).body["id"] for each in (card, card, dead)]
    store.take_back(sales[0], (1, 2))
    store.take_back(sales[1])
    store.take_back(sales[2], (2, 1))
    turn = Turn(
        id=7,
        kind=TurnKind.DEATH,
        senior_id=dead.senior_id,
        from_on=date(2026, 10, 1),
        by=make_actor(session),
        now=clocks.now(),
        reason="殡葬",
    )
    turns.claim(session, turn, [sales[2]])
    clock.set(at(11, 3))
    world.make()
    statement = world.statement(merchant=store.shop.merchant_account)
    left = select(func.sum(ShopSale.points_fen - ShopSale.returned_points_fen))
    booked = text(
        "SELECT sum(CASE WHEN credit = :shop THEN amount_fen ELSE -amount_fen END) FROM ledger.posting"
        " WHERE :shop IN (debit, credit)"
    )
    net = session.scalar(booked, {"shop": store.shop.merchant_account})
    assert statement.total_fen == session.scalar(left) == net > 0
