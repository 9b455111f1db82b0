"""A supermarket of kindness on a Friday: its shopkeeper, rice and soap, a purse, and people with points."""

from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.auth.actor import Actor, HeldRole, Role
from app.auth.models import Account
from app.idempotency import Key, fingerprint
from app.people.models import Card
from shops import returning, selling
from shops.basket import Answered, Bill
from shops.models import Shop, ShopArticle
from tests.app.auth.factories import make_account, make_actor
from tests.app.people.factories import make_card, make_senior
from tests.shops.factories import FAR_OFF, STREET, give_points, make_article, make_purse, make_shop

_keys = count(1)


@dataclass(frozen=True)
class Store:
    """What a sale needs, and short ways to make one."""

    session: Session
    shop: Shop
    rice: ShopArticle
    soap: ShopArticle
    keeper_account: Account
    manager_account: Account

    @property
    def keeper(self) -> Actor:
        """Return who stands at the counter."""
        return make_actor(self.keeper_account, HeldRole(Role.SHOPKEEPER, STREET, shop_id=self.shop.id))

    @property
    def manager(self) -> Actor:
        """Return who answers for the shop."""
        return make_actor(self.manager_account, HeldRole(Role.SHOP_MANAGER, STREET, shop_id=self.shop.id))

    def person(
        self,
        *,
        fen: int = 20_000,
        purpose: str = "goods",
        expires_on: date = FAR_OFF,
        card_state: str = "issued",
        **about: Any,
    ) -> Card:
        """Make somebody with a card and points."""
        about = {"birth_on": date(1944, 3, 5), "hukou_area": STREET, **about}
        senior = make_senior(self.session, **about)
        if fen:
            give_points(self.session, senior.id, fen, purpose=purpose, expires_on=expires_on)
        return make_card(self.session, senior, state=card_state)

    def bill(self, card: Card | str, *items: tuple[ShopArticle, int]) -> Bill:
        """Make a bill; a bag of rice unless told otherwise."""
        number = card if isinstance(card, str) else card.number
        chosen = items or ((self.rice, 1),)
        return Bill(card=number, shop_id=self.shop.id, items=tuple((article.id, pieces) for article, pieces in chosen))

    def sell(self, card: Card | str, *items: tuple[ShopArticle, int], key: str | None = None) -> Answered:
        """Sell a basket now."""
        bill = self.bill(card, *items)
        return selling.sell_basket(
            self.session, bill=bill, key=make_key(key, bill.items), by=self.keeper, now=clock.now()
        )

    def quote(self, card: Card | str, *items: tuple[ShopArticle, int]) -> Any:
        """Ask what a basket would cost."""
        return selling.quote_basket(self.session, bill=self.bill(card, *items), by=self.keeper, now=clock.now())

    def take_back(self, sale_id: str, *lines: tuple[int, int], key: str | None = None) -> Answered:
        """Take articles back, all that are out unless told otherwise."""
        return returning.return_articles(
            self.session,
            sale_id=sale_id,
            lines=lines or None,
            reason="买错了",
            key=make_key(key, sale_id, lines),
            by=self.keeper,
            now=clock.now(),
        )


def make_key(text: str | None, *content: Any) -> Key:
    """Make a key of a request, new unless it is given."""
    return Key(text or f"key:{next(_keys)}", fingerprint(*content))


def make_store(session: Session, **purse: Any) -> Store:
    """Open a shop that sells rice at 30.00 and soap at 5.50."""
    shop = make_shop(session)
    make_purse(session, **purse)
    rice = make_article(session, shop=shop)
    soap = make_article(session, shop=shop, name="肥皂", name_en="Soap", category="hygiene", price_fen=550)
    keeper = make_account(session, Role.SHOPKEEPER, area_code=STREET, shop_id=shop.id)
    manager = make_account(session, Role.SHOP_MANAGER, area_code=STREET, shop_id=shop.id)
    return Store(session, shop, rice, soap, keeper, manager)
