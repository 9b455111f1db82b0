"""Shops, articles, purses and points for tests, each with as little said as the test needs."""

from datetime import date, time
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.policies.models import PolicyDocument
from shops.models import Shop, ShopArticle, ShopPrice
from subsidies.services import Grant, grant_points, open_account
from tests.app.areas.factories import make_place
from tests.meals.factories import make_staff

CITY, DISTRICT, STREET = "330100", "330105", "330105011"
LONG_AGO, FAR_OFF = date(2026, 1, 1), date(2027, 12, 31)

_numbers = count(1)

PURSE: dict[str, Any] = {
    "code": "spring-goods",
    "name": {"zh": "春风点数", "en": "Spring points"},
    "purpose": "goods",
    "unit": {"fen": 100, "zh": "点", "en": "points"},
    "granted_by": ["spring-goods"],
    "sorts": ["supermarket"],
    "categories": ["grain", "oil", "hygiene", "household"],
    "forbidden": ["tobacco", "alcohol"],
    "limits": [{"per": "week", "category": "grain", "count": 2}, {"per": "month", "fen": 12000}],
    "points_percent": 100,
    "cash_rest": False,
    "return_days": 7,
    "grace_days": 7,
    "rise_percent": 0,
}


def make_shop(
    session: Session,
    *,
    area_code: str = STREET,
    code: str | None = None,
    name: str = "文晖幸福超市",
    name_en: str = "Wenhui Kindness Store",
    sort: str = "supermarket",
    agreement_expires_on: date = FAR_OFF,
    trading: str = "open",
    state: str = "approved",
) -> Shop:
    """Make a shop with its merchant account."""
    code = code or f"S{next(_numbers):05d}"
    make_place(session, area_code)
    account = open_account(session, kind="merchant", area_code=area_code, owner_ref=f"shop:{code}", name=name)
    shop = Shop(
        code=code,
        sort=sort,
        name=name,
        name_en=name_en,
        area_code=area_code,
        agreement_number="XY-1",
        agreement_from=LONG_AGO,
        agreement_expires_on=agreement_expires_on,
        weekdays=[1, 2, 3, 4, 5, 6, 7],
        opens_at=time(8),
        closes_at=time(18),
        merchant_account=account,
        trading=trading,
        trading_words="" if trading == "open" else "盘点",
        trading_since=clock.now(),
        state=state,
        maker_id=make_staff(session, "起草人"),
        checker_id=make_staff(session, "审核人") if state in ("approved", "rejected") else None,
        submitted_at=clock.now(),
        decided_at=clock.now() if state in ("approved", "rejected") else None,
        created_at=clock.now(),
    )
    session.add(shop)
    session.flush()
    return shop


def make_article(
    session: Session,
    *,
    shop: Shop,
    name: str = "大米 5 公斤",
    name_en: str = "Rice, 5 kg",
    code: str | None = None,
    category: str = "grain",
    price_fen: int | None = 3000,
    limit: tuple[int, str] | None = None,
    stock: int | None = None,
) -> ShopArticle:
    """Make an article with a price from long ago on; ``price_fen=None`` leaves it without one."""
    article = ShopArticle(
        shop_id=shop.id,
        code=code or f"69{next(_numbers):011d}",
        name=name,
        name_en=name_en,
        category=category,
        limit_count=limit[0] if limit else None,
        limit_per=limit[1] if limit else None,
        stock=stock,
        created_at=clock.now(),
    )
    session.add(article)
    session.flush()
    if price_fen is not None:
        maker = make_staff(session, "店长")
        price = {"price_fen": price_fen, "valid_from": LONG_AGO, "maker_id": maker, "submitted_at": clock.now()}
        session.add(ShopPrice(article_id=article.id, state="valid", **price))
        session.flush()
    return article


def make_purse(session: Session, *, area_code: str = CITY, **changes: Any) -> int:
    """Publish the rules of a purse, and return the document's number."""
    make_place(session, area_code)
    body = {**PURSE, **changes}
    document = PolicyDocument(
        kind="purse_rules",
        variant=body["code"],
        area_code=area_code,
        valid_from=LONG_AGO,
        title=body["name"],
        source={"mark": "INFER", "text": "test"},
        body=body,
        state="published",
        maker_id=make_staff(session, "起草人"),
        checker_id=make_staff(session, "审核人"),
        submitted_at=clock.now(),
        decided_at=clock.now(),
        created_at=clock.now(),
    )
    session.add(document)
    session.flush()
    return document.id


def give_points(session: Session, home: int, fen: int, *, purpose: str = "goods", expires_on: date = FAR_OFF) -> None:
    """Give somebody points of a purpose."""
    funder = open_account(session, kind="district", area_code=DISTRICT, name="区")
    grant = Grant(
        home=home,
        key=f"test:{next(_numbers)}",
        funder_account=funder,
        programme="spring-goods",
        amount_fen=fen,
        expires_on=expires_on,
        purpose=purpose,
    )
    now = clock.now()
    grant_points(session, grants=[grant], actor="test", device="test", occurred_at=now, now=now)
