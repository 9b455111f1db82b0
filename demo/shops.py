"""The demonstration's second purse: a supermarket of kindness, a barber, and about thirty people with goods points.

None of these shops exists.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

import shops
from app.auth import Actor, Role, accounts
from app.auth.actor import HeldRole, holding
from app.clock import business_day
from app.idempotency import Key, fingerprint
from app.people.cards import find_last_card
from app.policies.folder import read_folder
from app.policies.services import seed_policies
from demo.files import read_yaml
from demo.persons import SHOW_COMMUNITY
from demo.runs import post_run
from demo.staff import PASSWORD, Office, find_post
from shops import articles, register, returning, selling
from shops.basket import Bill
from subsidies import queries as ledger

FOLDER = Path(shops.__file__ or "").resolve().parent / "policies"
DISTRICT = SHOW_COMMUNITY[:6]
AGREED_BEFORE, AGREED_FOR = timedelta(days=240), timedelta(days=600)
OPENS, CLOSES = time(8, 30), time(17, 30)
BASKETS = 12


@dataclass(frozen=True, slots=True)
class Store:
    """A shop of the demonstration, and who stands at its counter."""

    id: int
    keeper: Actor
    articles: Sequence[int]


def open_shops(session: Session, *, seniors: Sequence[int], office: Office, now: datetime) -> None:
    """Publish the rules of the purses, grant this month's points, open the shops and sell a few baskets."""
    seed_policies(session, documents=read_folder(FOLDER), maker=office.drafter, checker=office.checker, now=now)
    today = business_day(now)
    for programme in ("spring-goods", "love-card"):
        post_run(session, programme, today.replace(day=1), DISTRICT, office=office, now=now)
    told = read_yaml("shops")["shops"]
    stores = [_open(session, each, now=now) for each in told]
    _sell(session, stores[0], holders=_holders(session, seniors, today), now=now)


def _open(session: Session, told: dict[str, object], *, now: datetime) -> Store:
    clerk, approver = find_post(session, "clerk"), find_post(session, "approver")
    today = business_day(now)
    about = {name: told[name] for name in ("code", "sort", "name", "name_en", "address", "agreement_number")}
    shop = register.ask_shop(
        session,
        **about,  # type: ignore[arg-type]
        area_code=SHOW_COMMUNITY,
        agreement_from=today - AGREED_BEFORE,
        agreement_expires_on=today + AGREED_FOR,
        weekdays=[1, 2, 3, 4, 5, 6, 7],
        opens_at=OPENS,
        closes_at=CLOSES,
        by=clerk,
        now=now,
    )
    register.approve_shop(session, shop_id=shop.id, by=approver, now=now)
    keeper = _hire(session, str(told["keeper"]), str(told["keeper_name"]), shop_id=shop.id, now=now)
    listed: Sequence[dict[str, object]] = told["articles"]  # type: ignore[assignment]
    added = [
        articles.add_article(session, shop_id=shop.id, position=place, by=keeper, now=now, **each).id  # type: ignore[arg-type]
        for place, each in enumerate(listed)
    ]
    return Store(shop.id, keeper, added)


def _hire(session: Session, username: str, name: str, *, shop_id: int, now: datetime) -> Actor:
    account, _ = accounts.create_account(
        session, username=username, name=name, password=PASSWORD, by=None, now=now, must_change_password=False
    )
    role: dict[str, object] = {"role": Role.SHOP_MANAGER, "area_code": SHOW_COMMUNITY, "shop_id": shop_id}
    accounts.grant_role(session, account_id=account.id, by=None, now=now, **role)  # type: ignore[arg-type]
    actor = Actor(account_id=account.id, name=account.name, device="demo")
    return holding(actor, [HeldRole(Role.SHOP_MANAGER, SHOW_COMMUNITY, shop_id=shop_id)])


def _holders(session: Session, seniors: Sequence[int], on: date) -> list[str]:
    """Return the cards of those who have goods points, in the order of the register."""
    fen = ledger.sum_good_points(session, asked=[(home, on, "goods") for home in seniors])
    open_fen = ledger.sum_good_points(session, asked=[(home, on, "none") for home in seniors])
    cards = (
        find_last_card(session, senior_id=home)
        for home, own, free in zip(seniors, fen, open_fen, strict=True)
        if own > free
    )
    return [card.number for card in cards if card and card.state == "issued"]


def _sell(session: Session, store: Store, *, holders: Sequence[str], now: datetime) -> None:
    """Sell a few baskets, and take an article of the last one back."""
    sold = ""
    for place, card in enumerate(holders[:BASKETS]):
        chosen = (store.articles[place % 7], store.articles[7 + place % 8])
        bill = Bill(card=card, shop_id=store.id, items=tuple((article_id, 1) for article_id in chosen))
        sold = _try_selling(session, bill, store.keeper, place, now) or sold
    if sold:
        key = Key("demo:shop:return", fingerprint("return", sold))
        about = {"sale_id": sold, "lines": [(2, 1)], "reason": "买错了"}
        returning.return_articles(session, **about, key=key, by=store.keeper, now=now)  # type: ignore[arg-type]


def _try_selling(session: Session, bill: Bill, keeper: Actor, place: int, now: datetime) -> str:
    """Sell a basket where nothing stands against it."""
    if selling.quote_basket(session, bill=bill, by=keeper, now=now)["objections"]:
        return ""
    key = Key(f"demo:shop:{place}", fingerprint(bill.card, bill.shop_id, bill.items))
    return str(selling.sell_basket(session, bill=bill, key=key, by=keeper, now=now).body["id"])
