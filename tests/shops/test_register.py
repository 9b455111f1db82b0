"""Shops and articles: two people sign, rises wait, and everything is written down."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock as clocks
from app.approvals.errors import NotSubmitted, SelfApproval
from app.audit.models import AuditEntry
from app.auth.actor import Actor, HeldRole, Role
from app.errors import Invalid
from shops import articles, errors, register
from shops.models import Shop, ShopArticle
from subsidies.queries import get_account
from tests.app.areas.factories import make_place
from tests.app.auth.factories import make_account, make_actor
from tests.conftest import FrozenClock
from tests.shops.factories import DISTRICT, FAR_OFF, LONG_AGO, STREET, make_article, make_shop
from tests.shops.store import Store, make_store

TODAY = date(2026, 11, 20)
TERMS: dict[str, Any] = {
    "name": "翠苑幸福超市",
    "name_en": "Cuiyuan Kindness Store",
    "address": "文三路 1 号",
    "agreement_number": "XY-2026-7",
    "agreement_from": LONG_AGO,
    "agreement_expires_on": FAR_OFF,
    "weekdays": [1, 2, 3, 4, 5],
    "opens_at": time(8),
    "closes_at": time(18),
}


def actor(session: Session, role: Role, area_code: str) -> Actor:
    make_place(session, area_code)
    return make_actor(make_account(session, role, area_code=area_code), HeldRole(role, area_code))


@pytest.fixture
def clerk(session: Session, clock: FrozenClock) -> Actor:
    return actor(session, Role.STREET_CLERK, STREET)


@pytest.fixture
def approver(session: Session, clock: FrozenClock) -> Actor:
    return actor(session, Role.DISTRICT_APPROVER, DISTRICT)


def ask(session: Session, by: Actor, **changes: Any) -> Shop:
    asked = {"code": "CY-01", "sort": "supermarket", "area_code": STREET, **TERMS, **changes}
    return register.ask_shop(session, by=by, now=clocks.now(), **asked)


def test_a_shop_trades_once_two_people_signed(session: Session, clerk: Actor, approver: Actor) -> None:
    shop = ask(session, clerk)
    assert (shop.state, shop.merchant_account) == ("submitted", None)
    with pytest.raises(SelfApproval):
        register.approve_shop(session, shop_id=shop.id, by=clerk, now=clocks.now())
    register.approve_shop(session, shop_id=shop.id, by=approver, now=clocks.now())
    assert shop.state == "approved"
    assert shop.merchant_account is not None
    assert get_account(session, account_id=shop.merchant_account).kind == "merchant"
    with pytest.raises(NotSubmitted):
        register.reject_shop(session, shop_id=shop.id, reason="重复", by=approver, now=clocks.now())
    actions = session.scalars(
        select(AuditEntry.action).where(AuditEntry.action.like("shop.%")).order_by(AuditEntry.id)
    ).all()
    assert actions == ["shop.asked", "shop.approved"]


def test_a_shop_that_was_not_taken_in_does_not_trade(session: Session, clerk: Actor, approver: Actor) -> None:
    shop = ask(session, clerk)
    register.reject_shop(session, shop_id=shop.id, reason="没有执照", by=approver, now=clocks.now())
    with pytest.raises(errors.TradingBarred):
        register.set_trading(session, shop_id=shop.id, trading="open", words="", by=clerk, now=clocks.now())
    with pytest.raises(errors.TradingBarred):
        register.change_shop(session, shop_id=shop.id, name="别名", by=clerk, now=clocks.now())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"area_code": "330106003"}, "area_code"),
        ({"area_code": "330105011999"}, "area_code"),
        ({"agreement_from": FAR_OFF, "agreement_expires_on": LONG_AGO}, "agreement_expires_on"),
        ({"agreement_expires_on": date(2026, 11, 19)}, "agreement_expires_on"),
        ({"closes_at": time(8)}, "closes_at"),
    ],
)
def test_what_makes_no_sense_is_refused(session: Session, clerk: Actor, changes: dict[str, Any], field: str) -> None:
    make_place(session, STREET)
    with pytest.raises(Invalid) as caught:
        ask(session, clerk, **changes)
    assert list(caught.value.errors) == [field]


def test_a_code_is_one_shops_own(session: Session, clerk: Actor) -> None:
    ask(session, clerk)
    with pytest.raises(errors.ShopCodeTaken):
        ask(session, clerk)


def test_a_shop_is_changed_suspended_and_ended(session: Session, clerk: Actor) -> None:
    shop = make_shop(session)
    about: dict[str, Any] = {"shop_id": shop.id, "by": clerk, "now": clocks.now()}
    register.change_shop(session, name="新名字", opens_at=time(9), **about)
    register.set_trading(session, trading="suspended", words="盘点", **about)
    register.set_trading(session, trading="open", words="", **about)
    with pytest.raises(Invalid):
        register.set_trading(session, trading="ended", words="", **about)
    register.set_trading(session, trading="ended", words="关店", **about)
    with pytest.raises(errors.TradingBarred):
        register.set_trading(session, trading="open", words="", **about)
    assert (shop.name, shop.opens_at, shop.trading_words) == ("新名字", time(9), "关店")


def test_nobody_reaches_a_shop_of_another_district(session: Session, clock: FrozenClock) -> None:
    shop, stranger = make_shop(session), actor(session, Role.STREET_CLERK, "330106003")
    with pytest.raises(errors.ShopNotFound):
        register.change_shop(session, shop_id=shop.id, name="别名", by=stranger, now=clocks.now())


def test_a_rise_waits_for_a_second_person_and_a_fall_does_not(store: Store, approver: Actor) -> None:
    session, now = store.session, clocks.now()
    about: dict[str, Any] = {"shop_id": store.shop.id, "article_id": store.rice.id, "by": store.manager, "now": now}
    fall = articles.set_price(session, price_fen=2800, valid_from=TODAY, **about)
    rise = articles.set_price(session, price_fen=3100, valid_from=TODAY, **about)
    assert (fall.state, rise.state) == ("valid", "submitted")
    with pytest.raises(errors.PriceWaits):
        articles.set_price(session, price_fen=3200, valid_from=TODAY, **about)
    with pytest.raises(SelfApproval):
        articles.decide_price(session, price_id=rise.id, is_right=True, by=store.manager, now=now)
    assert articles.find_price(session, article_id=store.rice.id, on=TODAY) == 2800
    articles.decide_price(session, price_id=rise.id, is_right=True, by=approver, now=now)
    assert articles.find_price(session, article_id=store.rice.id, on=TODAY) == 3100
    with pytest.raises(NotSubmitted):
        articles.decide_price(session, price_id=rise.id, is_right=False, reason="晚了", by=approver, now=now)


def test_a_rise_that_is_refused_changes_nothing(store: Store, approver: Actor) -> None:
    session, now = store.session, clocks.now()
    about: dict[str, Any] = {"shop_id": store.shop.id, "article_id": store.rice.id, "by": store.manager, "now": now}
    rise = articles.set_price(session, price_fen=9900, valid_from=TODAY, **about)
    with pytest.raises(Invalid):
        articles.decide_price(session, price_id=rise.id, is_right=False, by=approver, now=now)
    articles.decide_price(session, price_id=rise.id, is_right=False, reason="太贵", by=approver, now=now)
    assert articles.find_price(session, article_id=store.rice.id, on=TODAY) == 3000


def test_many_small_rises_are_signed_like_one_big_one(session: Session, clock: FrozenClock, approver: Actor) -> None:
    store = make_store(session, rise_percent=10)
    of_rice: dict[str, Any] = {"shop_id": store.shop.id, "article_id": store.rice.id, "valid_from": TODAY}

    def set_to(price_fen: int) -> Any:
        return articles.set_price(session, price_fen=price_fen, **of_rice, by=store.manager, now=clocks.now())

    assert set_to(3300).state == "valid"
    second = set_to(3600)
    assert second.state == "submitted"
    articles.decide_price(session, price_id=second.id, is_right=True, by=approver, now=clocks.now())
    assert set_to(3900).state == "valid"
    assert set_to(3700).state == "valid"
    assert set_to(4000).state == "submitted"


def test_prices_follow_their_days(store: Store, clock: FrozenClock) -> None:
    about: dict[str, Any] = {"shop_id": store.shop.id, "article_id": store.rice.id, "by": store.manager}
    tomorrow = TODAY + timedelta(days=1)
    articles.set_price(store.session, price_fen=2500, valid_from=tomorrow, now=clocks.now(), **about)
    card = store.person()
    assert store.sell(card).body["price_fen"] == 3000
    clock.advance(days=1)
    assert store.sell(card).body["price_fen"] == 2500
    with pytest.raises(Invalid):
        articles.set_price(store.session, price_fen=2500, valid_from=TODAY, now=clocks.now(), **about)


def test_articles_are_added_limited_counted_and_withdrawn(store: Store) -> None:
    session, about = store.session, {"shop_id": store.shop.id, "by": store.manager, "now": clocks.now()}
    new: dict[str, Any] = {"name": "被子", "category": "household", "price_fen": 12_000}
    quilt = articles.add_article(session, code="Q1", **new, **about)
    with pytest.raises(errors.ArticleCodeTaken):
        articles.add_article(session, code="Q1", **new, **about)
    with pytest.raises(Invalid):
        articles.add_article(session, code="Q2", **{**new, "category": "alcohol"}, **about)
    with pytest.raises(Invalid):
        articles.change_article(session, article_id=quilt.id, limit_count=1, **about)
    articles.change_article(session, article_id=quilt.id, limit_count=1, limit_per="ever", **about)
    assert articles.add_stock(session, article_id=quilt.id, pieces=3, **about).stock == 3
    with pytest.raises(Invalid):
        articles.add_stock(session, article_id=quilt.id, pieces=-4, **about)
    assert articles.withdraw_article(session, article_id=quilt.id, **about).withdrawn_on == TODAY
    elsewhere = make_article(session, shop=make_shop(session))
    with pytest.raises(errors.ArticleNotFound):
        articles.withdraw_article(session, article_id=elsewhere.id, **about)


def test_shelves_hold_what_a_till_can_show_and_a_withdrawn_article_makes_room(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, about = store.session, {"shop_id": store.shop.id, "by": store.manager, "now": clocks.now()}
    new: dict[str, Any] = {"name": "被子", "category": "household", "price_fen": 12_000}
    had = session.query(ShopArticle).filter_by(shop_id=store.shop.id).count()
    monkeypatch.setattr(articles, "MOST_ARTICLES", had + 1)
    quilt = articles.add_article(session, code="Q1", **new, **about)
    with pytest.raises(errors.TooManyArticles):
        articles.add_article(session, code="Q2", **new, **about)
    articles.withdraw_article(session, article_id=quilt.id, **about)
    assert articles.add_article(session, code="Q2", **new, **about).code == "Q2"
