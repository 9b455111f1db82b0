"""Articles come back, all or some, to the points and the cash they were paid with."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from shops import errors
from shops.models import ShopArticle, ShopReturn, ShopSale, ShopSaleLine
from subsidies import queries as ledger
from subsidies.ledger.verify import verify
from tests.conftest import FrozenClock
from tests.shops.factories import give_points, make_article, make_shop
from tests.shops.store import Store, make_store
from tests.shops.test_selling import SOON, balance


def test_a_whole_basket_comes_back(session: Session, store: Store) -> None:
    card = store.person()
    sale = store.sell(card, (store.rice, 2), (store.soap, 1)).body
    told = store.take_back(sale["id"]).body
    assert (told["points_fen"], told["cash_fen"]) == (6550, 0)
    assert balance(session, card.senior_id) == 20_000
    row = session.scalars(select(ShopSale)).one()
    assert (row.returned_points_fen, session.scalar(select(func.sum(ShopSaleLine.returned_count)))) == (6550, 3)
    movement = ledger.list_movements(session, home=card.senior_id).items[0]
    assert "退货：大米 5 公斤 2 件、肥皂 1 件" in movement.explanation["zh"]
    assert session.scalars(select(AuditEntry.action)).all()[-1] == "shop_sale.returned"
    assert list(verify(session)) == []


def test_some_of_it_comes_back_and_then_the_rest_and_no_more(session: Session, store: Store) -> None:
    card = store.person()
    sale = store.sell(card, (store.rice, 2), (store.soap, 3)).body
    assert store.take_back(sale["id"], (1, 1), (2, 2)).body["points_fen"] == 3000 + 1100
    with pytest.raises(errors.NothingLeft):
        store.take_back(sale["id"], (2, 2))
    assert store.take_back(sale["id"]).body["points_fen"] == 3000 + 550
    with pytest.raises(errors.NothingLeft):
        store.take_back(sale["id"])
    assert balance(session, card.senior_id) == 20_000
    assert session.scalar(select(func.count()).select_from(ShopReturn)) == 2


def test_what_came_back_may_be_bought_again(store: Store) -> None:
    card = store.person()
    sale = store.sell(card, (store.rice, 2)).body
    store.take_back(sale["id"], (1, 1))
    assert store.sell(card, (store.rice, 1)).body["points_fen"] == 3000


def test_points_go_back_to_the_lot_taken_last_first(session: Session, store: Store) -> None:
    card = store.person(fen=2000, expires_on=SOON)
    give_points(session, card.senior_id, 5000)
    sale = store.sell(card, (store.rice, 1), (store.soap, 2)).body
    store.take_back(sale["id"], (2, 1))
    store.take_back(sale["id"], (2, 1))
    wallet = ledger.get_wallet(session, home=card.senior_id, on=SOON)
    assert [lot.remaining_fen for lot in wallet.lots] == [4000]
    store.take_back(sale["id"])
    wallet = ledger.get_wallet(session, home=card.senior_id, on=SOON)
    assert [lot.remaining_fen for lot in wallet.lots] == [2000, 5000]


def test_points_that_ended_before_the_return_live_on_for_the_days_of_grace(
    session: Session, store: Store, clock: FrozenClock
) -> None:
    card = store.person(fen=3000, expires_on=date(2026, 11, 22))
    sale = store.sell(card).body
    clock.advance(days=5)
    store.take_back(sale["id"])
    wallet = ledger.get_wallet(session, home=card.senior_id, on=date(2026, 12, 2))
    assert [(lot.remaining_fen, lot.expires_on) for lot in wallet.lots] == [(3000, date(2026, 12, 2))]
    assert store.sell(card).body["balance_fen"] == 0


def test_cash_is_handed_back_with_the_pieces_it_paid(session: Session, clock: FrozenClock) -> None:
    store = make_store(session, points_percent=33, cash_rest=True, limits=[])
    card = store.person()
    sale = store.sell(card, (store.soap, 3)).body
    back = [store.take_back(sale["id"], (1, 1)).body for _ in range(3)]
    assert sum(each["points_fen"] for each in back) == sale["points_fen"] == 544
    assert sum(each["cash_fen"] for each in back) == sale["cash_fen"]
    assert balance(session, card.senior_id) == 20_000


def test_stock_comes_back_too(session: Session, store: Store) -> None:
    quilt = make_article(session, shop=store.shop, category="household", price_fen=100, stock=5)
    sale = store.sell(store.person(), (quilt, 3)).body
    store.take_back(sale["id"], (1, 2))
    assert session.scalar(select(ShopArticle.stock).where(ShopArticle.id == quilt.id)) == 4


def test_the_last_day_for_returns_is_a_day_for_returns(store: Store, clock: FrozenClock) -> None:
    first, second = (store.sell(store.person()).body["id"] for _ in range(2))
    clock.advance(days=7)
    store.take_back(first)
    clock.advance(days=1)
    with pytest.raises(errors.ReturnTooLate):
        store.take_back(second)


def test_a_retry_gets_the_first_answer(session: Session, store: Store) -> None:
    sale = store.sell(store.person()).body
    first = store.take_back(sale["id"], key="back")
    again = store.take_back(sale["id"], key="back")
    assert (again.replayed, again.body) == (True, first.body)


def test_another_shop_takes_nothing_back(session: Session, store: Store) -> None:
    sale = store.sell(store.person()).body
    other = Store(session, make_shop(session), store.rice, store.soap, store.keeper_account, store.manager_account)
    with pytest.raises(errors.ShopSaleNotFound):
        other.take_back(sale["id"])
