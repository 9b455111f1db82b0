"""A shop in real browsers: a limit that refuses, a basket that is paid, an article that comes back, a settled month."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock as clocks
from app.clock import ZONE
from app.people.models import Senior
from shops.models import ShopArticle, ShopPrice, ShopSale
from subsidies.settlement.models import Statement
from subsidies.settlement.rules import Step
from tests.app.people.relatives.factories import make_link, make_relative
from tests.conftest import FrozenClock
from tests.shops.factories import make_article
from tests.shops.store import Store, make_store
from tests.subsidies.settlement.world import make_world

Open = Callable[..., Page]
Inspect = Callable[..., None]


@pytest.fixture
def store(committed_db: Session, clock: FrozenClock) -> Store:
    found = make_store(committed_db)
    goods = (
        ("菜籽油 1.8 升", "Rapeseed oil, 1.8 l", "oil", 2800),
        ("防滑拖鞋", "Non-slip slippers", "household", 1500),
    )
    for name, name_en, category, price_fen in goods:
        make_article(
            committed_db,
            shop=found.shop,
            name=name,
            name_en=name_en,
            category=category,
            price_fen=price_fen,
            limit=(1, "ever") if category == "household" else None,
            stock=12,
        )
    committed_db.commit()
    return found


def scan(till: Page, text: str) -> None:
    """Let a scanner type into the one field that reads cards and articles."""
    till.locator("#card").fill(text)
    till.locator("#card").press("Enter")


def buy(till: Page, store: Store, card: str, inspect: Inspect) -> None:
    """Be refused for one bag of rice too many, put it back, and pay."""
    scan(till, card)
    for _bag in range(3):
        scan(till, store.rice.code)
    scan(till, store.soap.code)
    expect(till.locator("#told")).to_contain_text("米面：最多 2 件，本周，多了 1。")
    expect(till.locator("[data-sell]")).to_be_disabled()
    inspect(till, "shop-till-limit-360-zh")
    till.get_by_role("button", name="大米 5 公斤少一件").click()
    expect(till.locator("#told")).to_contain_text("54.50")
    expect(till.locator("[data-sell]")).to_be_enabled()
    till.locator("[data-sell]").click()
    expect(till.locator(".verdict")).to_contain_text("付清了，可以交货")
    inspect(till, "shop-receipt-360-zh")


def take_back(till: Page) -> None:
    """Let a bag of rice come back."""
    till.locator("summary", has_text="退货").click()
    till.locator("#back-1").fill("1")
    till.locator("#reason").fill("买多了")
    till.locator("#return button[type=submit]").click()
    expect(till.locator("main")).to_contain_text("退了一部分")


def raise_price(store: Store, name_en: str, price_fen: int) -> None:
    """Let an article cost more from now on."""
    session = store.session
    article = session.scalars(select(ShopArticle).where(ShopArticle.name_en == name_en)).one()
    price = {"price_fen": price_fen, "valid_from": date(2026, 11, 20), "maker_id": store.manager_account.id}
    session.add(ShopPrice(article_id=article.id, state="valid", submitted_at=clocks.now(), **price))
    session.commit()


def settle(store: Store, clock: FrozenClock) -> int:
    """Make November's statement, and send it to the shop."""
    session = store.session
    clock.set(datetime(2026, 12, 2, 10, 0, tzinfo=ZONE))
    world = make_world(session)
    world.make("2026-11")
    statement = session.scalars(select(Statement).where(Statement.merchant == store.shop.merchant_account)).one()
    world.step(Step.SEND, statement)
    session.commit()
    return statement.id


def test_goods_are_bought_refused_returned_and_settled(
    page_as: Open, inspect: Inspect, visits: Any, store: Store, clock: FrozenClock
) -> None:
    visits.expect("ERR_FAILED")
    card = store.person(fen=16_550)
    relative = make_relative(store.session)
    make_link(store.session, store.session.get_one(Senior, card.senior_id), relative)
    store.session.commit()
    till = page_as(None, account=store.keeper_account, width=360)
    till.goto("/shops/till")
    buy(till, store, card.number, inspect)
    take_back(till)
    wide = page_as(None, account=store.manager_account, width=1280, lang="en")
    wide.goto("/shops/till")
    scan(wide, card.number)
    wide.get_by_role("button", name="One more of Non-slip slippers").click()
    expect(wide.locator("#told")).to_contain_text("Left afterwards")
    inspect(wide, "shop-till-1280-en")
    raise_price(store, "Non-slip slippers", 1600)
    wide.locator("[data-sell]").click()
    expect(wide.locator("#told")).to_contain_text("114")
    expect(wide.locator("[data-sell]")).to_be_enabled()
    wide.route("**/quote", lambda route: route.abort())
    wide.get_by_role("button", name="One more of Soap").click()
    expect(wide.locator("#offline")).to_be_visible()
    inspect(wide, "shop-offline-1280-en")
    for address, name in ((f"/shops/{store.shop.id}", "shop"), ("/shops/sales/day", "day")):
        wide.goto(address)
        inspect(wide, f"{name}-1280-en")
    home = page_as(None, account=relative, width=360)
    home.goto(f"/family/{card.senior_id}")
    expect(home.locator(".beside")).to_contain_text("春风点数 130 点")
    inspect(home, "family-purses-360-zh")
    statement_id = settle(store, clock)
    till = page_as(None, account=store.manager_account, width=1280)
    till.goto(f"/shops/statements/{statement_id}")
    expect(till.locator("h1")).to_contain_text("35.50")
    inspect(till, "shop-statement-1280-zh")
    assert store.session.scalars(select(ShopSale.returned_points_fen)).one() == 3000
