"""Selling goods for points on the real ledger: what pays, what does not, and what is remembered."""

from datetime import date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock as clocks
from app.clock import ZONE, business_day
from app.errors import Declined
from app.idempotency import KeyReused
from app.people.rules import Status
from shops import errors, selling
from shops.basket import Bill
from shops.models import ShopArticle, ShopRefusal, ShopSale, ShopSaleLine
from subsidies import queries as ledger
from subsidies.ledger.verify import verify
from tests.app.auth.factories import make_actor
from tests.conftest import FrozenClock
from tests.meals.lunch import Lunch, make_lunch
from tests.shops.factories import give_points, make_article, make_purse, make_shop
from tests.shops.store import Store, make_key, make_store

SOON = date(2026, 11, 30)


def balance(session: Session, home: int) -> int:
    return ledger.get_wallet(session, home=home, on=business_day(clocks.now())).balance_fen


def refused(store: Store, *asked: object, **more: object) -> Declined:
    with pytest.raises(Declined) as caught:
        store.sell(*asked, **more)  # type: ignore[arg-type]
    return caught.value


def test_a_basket_is_paid_with_goods_points_and_stands_in_the_ledger(session: Session, store: Store) -> None:
    card = store.person(fen=20_000)
    receipt = store.sell(card, (store.rice, 2), (store.soap, 1)).body
    assert (receipt["price_fen"], receipt["points_fen"], receipt["cash_fen"]) == (6550, 6550, 0)
    assert receipt["balance_fen"] == balance(session, card.senior_id) == 13_450
    movement = ledger.list_movements(session, home=card.senior_id).items[0]
    assert movement.kind == "spend"
    assert "在文晖幸福超市：大米 5 公斤 2 件、肥皂 1 件" in movement.explanation["zh"]
    assert "65.50 yuan, paid: 65.50 points of Spring points" in movement.explanation["en"]
    sold = session.scalars(select(ShopSale)).one()
    assert (sold.points_fen, sold.purse, str(sold.id)) == (6550, "spring-goods", receipt["id"])
    assert session.scalar(select(func.sum(ShopSaleLine.points_fen))) == 6550
    assert list(verify(session)) == []


def test_a_quote_says_limits_and_writes_nothing(session: Session, store: Store) -> None:
    card = store.person(fen=5000)
    told = store.quote(card, (store.rice, 3))
    assert told["balance_fen"] == 5000
    assert [(each["why"], each.get("over")) for each in told["objections"]] == [
        ("points_short", None),
        ("limit_count", 1),
    ]
    assert [(each["per"], each["left"]) for each in told["left"]] == [("week", -1), ("month", 7000)]
    assert session.scalar(select(func.count()).select_from(ShopRefusal)) == 0
    assert len(ledger.list_movements(session, home=card.senior_id).items) == 1


@pytest.mark.parametrize("purpose", ["meals", "any", "bathing.home_help.meals", "everyday"])
def test_points_for_something_else_never_pay_goods(session: Session, store: Store, purpose: str) -> None:
    card = store.person(purpose=purpose)
    assert refused(store, card).code == "points_short"
    assert balance(session, card.senior_id) == 20_000


def test_a_purse_whose_rules_say_so_takes_points_of_any_purpose(session: Session, clock: FrozenClock) -> None:
    store = make_store(session, open_points=True)
    card = store.person(purpose="any")
    assert store.sell(card).body["points_fen"] == 3000
    meals = store.person(purpose="meals")
    assert refused(store, meals).code == "points_short"


def test_what_is_left_counts_points_of_any_purpose_where_they_pay(session: Session, clock: FrozenClock) -> None:
    store = make_store(session, open_points=True)
    card = store.person(purpose="any")
    assert store.quote(card)["balance_fen"] == 20_000
    assert store.sell(card).body["balance_fen"] == balance(session, card.senior_id) == 17_000


def test_a_retry_is_answered_though_the_shop_and_its_shelves_changed_meanwhile(
    session: Session, store: Store, clock: FrozenClock
) -> None:
    card = store.person()
    first = store.sell(card, key="one")
    store.rice.withdrawn_on = date(2026, 11, 20)
    store.shop.trading, store.shop.trading_words = "suspended", "盘点"
    session.flush()
    again = store.sell(card, key="one")
    assert (again.replayed, again.body) == (True, first.body)
    assert balance(session, card.senior_id) == 17_000


def test_points_of_any_purpose_that_end_sooner_are_left_alone(session: Session, store: Store) -> None:
    card = store.person(purpose="any", fen=9000, expires_on=SOON)
    give_points(session, card.senior_id, 4000)
    store.sell(card)
    wallet = ledger.get_wallet(session, home=card.senior_id, on=date(2026, 11, 20))
    assert [(lot.purpose, lot.remaining_fen) for lot in wallet.lots] == [("any", 9000), ("goods", 1000)]


def test_goods_points_never_pay_lunch(session: Session, lunch_beside: tuple[Store, Lunch]) -> None:
    store, lunch = lunch_beside
    card = store.person(fen=20_000)
    answer = lunch.sell(card)
    assert answer.status_code == 201, answer.json
    assert (answer.json["points_fen"], answer.json["cash_fen"]) == (0, 800)
    assert balance(session, card.senior_id) == 20_000


@pytest.fixture
def lunch_beside(session: Session, client, clock: FrozenClock) -> tuple[Store, Lunch]:  # type: ignore[no-untyped-def]
    return make_store(session), make_lunch(session, client)


def test_a_limit_refuses_and_the_refusal_is_kept_and_told_again(session: Session, store: Store) -> None:
    card = store.person()
    store.sell(card, (store.rice, 2))
    refusal = refused(store, card, (store.rice, 1), key="second")
    assert (refusal.code, refusal.extra["per"], refusal.extra["over"]) == ("limit_reached", "week", 1)
    kept = session.scalars(select(ShopRefusal)).one()
    assert (kept.reason, kept.senior_id, kept.code_tail) == ("limit_reached", card.senior_id, card.number[-4:])
    again = refused(store, card, (store.rice, 1), key="second")
    assert (again.code, again.headers) == ("limit_reached", {"Idempotency-Replayed": "true"})
    assert session.scalar(select(func.count()).select_from(ShopRefusal)) == 1


def test_a_new_week_opens_the_limit_of_a_week(store: Store, clock: FrozenClock) -> None:
    card = store.person()
    store.sell(card, (store.rice, 2))
    clock.set(datetime(2026, 11, 22, 23, 59, tzinfo=ZONE))
    assert refused(store, card).code == "limit_reached"
    clock.set(datetime(2026, 11, 23, 0, 0, tzinfo=ZONE))
    assert store.sell(card).body["points_fen"] == 3000


def test_a_month_of_a_limit_begins_at_midnight_in_hangzhou_and_what_came_back_is_of_its_month(
    session: Session, clock: FrozenClock
) -> None:
    store = make_store(session, limits=[{"per": "month", "fen": 3000}])
    card = store.person()
    clock.set(datetime(2026, 11, 30, 23, 59, tzinfo=ZONE))
    november = store.sell(card).body["id"]
    assert refused(store, card, (store.soap, 1)).code == "limit_reached"
    clock.set(datetime(2026, 12, 1, 0, 0, tzinfo=ZONE))
    store.sell(card)
    store.take_back(november)
    assert refused(store, card, (store.soap, 1)).code == "limit_reached"


def test_a_limit_counts_one_code_over_all_shops(session: Session, store: Store) -> None:
    other = make_shop(session)
    quilt = make_article(session, shop=store.shop, code="Q1", category="household", price_fen=100, limit=(1, "ever"))
    same = make_article(session, shop=other, code="Q1", category="household", price_fen=100, limit=(1, "ever"))
    card = store.person()
    store.sell(card, (quilt, 1))
    elsewhere = Store(session, other, same, same, store.keeper_account, store.manager_account)
    assert refused(elsewhere, card, (same, 1)).extra["per"] == "ever"


def test_a_retry_gets_the_first_receipt_and_another_basket_under_its_key_is_refused(store: Store) -> None:
    card = store.person()
    first = store.sell(card, key="once")
    again = store.sell(card, key="once")
    assert (again.replayed, again.body) == (True, first.body)
    with pytest.raises(KeyReused):
        store.sell(card, (store.soap, 1), key="once")


@pytest.mark.parametrize(("state", "code"), [("lost", "card_barred"), ("replaced", "card_barred")])
def test_a_card_out_of_use_buys_nothing(store: Store, state: str, code: str) -> None:
    assert refused(store, store.person(card_state=state)).code == code


@pytest.mark.parametrize("status", [Status.DECEASED, Status.IN_INSTITUTION])
def test_who_died_or_lives_in_an_institution_buys_nothing(store: Store, status: Status) -> None:
    assert refused(store, store.person(status=status)).code == "person_barred"


def test_an_unknown_card_and_a_code_of_a_phone_are_told_apart(session: Session, store: Store) -> None:
    assert refused(store, "6021000000000000000").code == "card_unknown"
    assert refused(store, "CY1" + "A" * 130).code == "codes_not_here"
    assert session.scalar(select(func.count()).select_from(ShopRefusal)) == 2


def test_tobacco_stays_on_the_shelf(session: Session, clock: FrozenClock) -> None:
    store = make_store(session, categories=["tobacco", "grain"])
    smoke = make_article(session, shop=store.shop, category="tobacco", price_fen=100)
    assert refused(store, store.person(), (smoke, 1)).code == "category_forbidden"


def test_stock_is_taken_and_never_below_zero(session: Session, store: Store) -> None:
    quilt = make_article(session, shop=store.shop, category="household", price_fen=100, stock=2)
    store.sell(store.person(), (quilt, 1))
    refusal = refused(store, store.person(), (quilt, 2))
    assert (refusal.code, refusal.extra["left"]) == ("sold_out", 1)
    assert session.scalar(select(ShopArticle.stock).where(ShopArticle.id == quilt.id)) == 1


def test_points_pay_a_share_and_cash_the_rest(session: Session, clock: FrozenClock) -> None:
    store = make_store(session, points_percent=50, cash_rest=True, limits=[])
    card = store.person()
    receipt = store.sell(card, (store.rice, 1), (store.soap, 3)).body
    assert (receipt["points_fen"], receipt["cash_fen"]) == (2325, 2325)
    assert balance(session, card.senior_id) == 20_000 - 2325


@pytest.mark.parametrize("state", ["suspended", "ended"])
def test_a_shop_that_does_not_trade_takes_no_points(session: Session, store: Store, state: str) -> None:
    store.shop.trading, store.shop.trading_words = state, "盘点"
    session.flush()
    with pytest.raises(errors.ShopClosed):
        store.sell(store.person())


def test_an_agreement_pays_on_its_last_day_and_not_after(session: Session, store: Store, clock: FrozenClock) -> None:
    card = store.person()
    store.shop.agreement_expires_on = date(2026, 11, 20)
    session.flush()
    store.sell(card)
    clock.advance(days=1)
    with pytest.raises(errors.ShopClosed):
        store.sell(card)


def test_nobody_sells_in_a_shop_of_others_nor_where_no_purse_pays(session: Session, store: Store) -> None:
    barber = make_shop(session, sort="barber")
    cut = make_article(session, shop=barber, category="haircut")
    there = Store(session, barber, cut, cut, store.keeper_account, store.manager_account)
    with pytest.raises(errors.NoPurse):
        there.sell(store.person())
    stranger = make_actor(store.keeper_account)
    bill = Bill(card=store.person().number, shop_id=store.shop.id, items=((store.rice.id, 1),))
    with pytest.raises(errors.OutsideOwnShop):
        selling.sell_basket(session, bill=bill, key=make_key(None), by=stranger, now=clocks.now())


def test_a_barber_has_a_purse_of_its_own(session: Session, store: Store) -> None:
    barber = make_shop(session, sort="barber", name="小王理发")
    cut = make_article(session, shop=barber, name="理发", category="haircut", price_fen=1500)
    make_purse(session, code="love-card", purpose="everyday", sorts=["barber"], categories=["haircut"], limits=[])
    there = Store(session, barber, cut, cut, store.keeper_account, store.manager_account)
    goods, everyday = store.person(), store.person(purpose="everyday", fen=1500)
    assert refused(there, goods).code == "points_short"
    assert there.sell(everyday).body["balance_fen"] == 0


@pytest.mark.parametrize("fault", ["withdrawn", "without a price", "twice", "of another shop"])
def test_what_is_not_sold_here_is_refused(session: Session, store: Store, fault: str) -> None:
    article = make_article(session, shop=store.shop, price_fen=None if fault == "without a price" else 100)
    items = [(article, 1), (article, 1)] if fault == "twice" else [(article, 1)]
    if fault == "withdrawn":
        article.withdrawn_on = date(2026, 11, 20)
        session.flush()
    if fault == "of another shop":
        items = [(make_article(session, shop=make_shop(session)), 1)]
    with pytest.raises(errors.BasketRefused):
        store.sell(store.person(), *items)
