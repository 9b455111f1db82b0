"""Selling a basket: quote, then sell, in one transaction under the lock of the payer's book."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import business_day
from app.errors import Declined
from app.idempotency import REPLAYED, Key, KeyReused
from app.tokens import new_id
from shops import receipts, telling
from shops.basket import Answered, Bill, Decided, Opening, Priced
from shops.deciding import decide, find_basket_refusal, find_person_refusal, guest
from shops.errors import REFUSALS, SoldOut
from shops.models import ShopArticle, ShopRefusal, ShopSale, ShopSaleLine
from shops.opening import open_basket, open_payer
from subsidies import queries as ledger_queries
from subsidies import services as ledger


def quote_basket(session: Session, *, bill: Bill, by: Actor, now: datetime) -> Mapping[str, Any]:
    """Say who would pay what for a basket, what limits leave and what stands against it; writes nothing.

    :raises OutsideOwnShop: if the caller does not work there
    :raises ShopClosed: if the shop may not take points
    :raises NoPurse: if no purse pays in such shops here
    :raises BasketRefused: if an article is not sold here
    :raises Declined: if the card or the person bars every sale
    """
    home = open_payer(session, bill, by=by, lock=False)
    opening = open_basket(session, bill, home=home, on=business_day(now))
    refusal = find_person_refusal(bill, opening)
    if refusal:
        raise refusal
    return receipts.quote_document(bill, decide(session, opening))


def sell_basket(session: Session, *, bill: Bill, key: Key, by: Actor, now: datetime) -> Answered:
    """Sell a basket for points, once for each key.

    :raises OutsideOwnShop: if the caller does not work there
    :raises ShopClosed: if the shop may not take points
    :raises NoPurse: if no purse pays in such shops here
    :raises BasketRefused: if an article is not sold here
    :raises KeyReused: if the key came before with another basket
    :raises InFlight: if the payer is being served elsewhere at this moment
    :raises Declined: if card, person, limits, stock or points stand against it; the refusal is kept
    """
    home = open_payer(session, bill, by=by, lock=True)
    # A retry is answered as before, whatever became of the shop, its shelves and its purse meanwhile.
    told = find_told(session, home=home, key=key) if home is not None else None
    if told:
        return told
    opening = open_basket(session, bill, home=home, on=business_day(now))
    refusal = find_person_refusal(bill, opening)
    if refusal is None:
        decided = decide(session, opening)
        refusal = find_basket_refusal(bill, decided) or _take_stock(session, bill, opening)
        if refusal is None:
            return _book(session, bill, decided, key=key, by=by, now=now)
    _keep_refusal(session, refusal, bill=bill, opening=opening, key=key, by=by, now=now)
    raise refusal


def find_told(session: Session, *, home: int, key: Key) -> Answered | None:
    """Return what was answered under this key before, or nothing.

    :raises KeyReused: if the key came before with other content
    :raises Declined: if it was refused then
    """
    told = ledger_queries.find_answer(session, home=home, key=key.text)
    if told is None:
        return None
    if told.fingerprint != key.fingerprint:
        raise KeyReused
    answer = told.response or {}
    if "refused" in answer:
        raise REFUSALS[answer["refused"]](extra=answer["extra"], headers=REPLAYED)
    return Answered(answer, replayed=True)


def _book(session: Session, bill: Bill, decided: Decided, *, key: Key, by: Actor, now: datetime) -> Answered:
    """Post a basket to the ledger, write it down, and return its receipt."""
    opening, sale_id = decided.opening, new_id()
    receipt = receipts.receipt_document(bill, decided, sale_id=sale_id, now=now)
    assert opening.home is not None
    assert opening.shop.merchant_account is not None
    answer = ledger.spend(
        session,
        home=opening.home,
        key=key.text,
        fingerprint=key.fingerprint,
        txn_id=sale_id,
        merchant_account=opening.shop.merchant_account,
        points_fen=decided.basket.points_fen,
        purpose=opening.purse.purpose,
        legs=(),
        cause=receipts.cause_document(decided),
        response=receipt,
        actor=str(by.account_id),
        device=by.device,
        occurred_at=now,
        # Lots must be good today; a later day passes over points that this purse may not use.
        occurred_on=decided.good_on,
        now=now,
    )
    if answer.outcome != "booked":
        # Stock was taken: what cannot be under the lock must undo it, and not be kept as a refusal.
        raise RuntimeError("points that were chosen under the lock were not there")
    session.add(_row(bill, decided, sale_id=sale_id, number=receipt["number"], by=by, now=now))
    session.flush()
    session.add_all(_lines(decided, sale_id))
    session.flush()
    telling.tell_basket(session, decided, sale_id=sale_id, now=now)
    return Answered(receipt)


def _row(bill: Bill, decided: Decided, *, sale_id: UUID, number: str, by: Actor, now: datetime) -> ShopSale:
    opening, basket = decided.opening, decided.basket
    return ShopSale(
        home=opening.home,
        id=sale_id,
        number=number,
        shop_id=bill.shop_id,
        account_id=by.account_id,
        card=bill.card,
        purse=opening.purse.code,
        policy_id=opening.purse.document_id,
        sold_on=opening.on,
        price_fen=basket.price_fen,
        points_fen=basket.points_fen,
        cash_fen=basket.cash_fen,
        occurred_at=now,
        booked_at=now,
    )


def _lines(decided: Decided, sale_id: UUID) -> Sequence[ShopSaleLine]:
    opening = decided.opening
    return [
        ShopSaleLine(
            home=opening.home,
            sale_id=sale_id,
            n=place,
            article_id=line.article_id,
            code=line.code,
            category=line.category,
            name=line.name,
            name_en=line.name_en,
            price_fen=line.price_fen,
            count=line.count,
            points_fen=points,
        )
        for place, (line, points) in enumerate(zip(opening.lines, decided.basket.line_points, strict=True), 1)
    ]


def _take_stock(session: Session, bill: Bill, opening: Opening) -> Declined | None:
    """Take what is counted from the stock, all or nothing; in the order of ids, so that nobody waits in a ring."""
    counted = sorted((line for line in opening.lines if line.stock is not None), key=lambda line: line.article_id)
    if not counted:
        return None
    ids = [line.article_id for line in counted]
    query = select(ShopArticle.id, ShopArticle.stock).where(ShopArticle.id.in_(ids)).order_by(ShopArticle.id)
    stock = {row.id: row.stock for row in session.execute(query.with_for_update())}
    for line in counted:
        if stock[line.article_id] is not None and stock[line.article_id] < line.count:
            return _sold_out(bill, opening, line, stock[line.article_id])
    for line in counted:
        changed = update(ShopArticle).where(ShopArticle.id == line.article_id, ShopArticle.stock.is_not(None))
        session.execute(changed.values(stock=ShopArticle.stock - line.count))
    return None


def _sold_out(bill: Bill, opening: Opening, line: Priced, left: int) -> Declined:
    named = {"zh": line.name, "en": line.name_en or line.name}
    told = {"guest": guest(bill, opening), "article_id": line.article_id, "article": named, "left": left}
    return SoldOut(extra=told)


def _keep_refusal(
    session: Session, refusal: Declined, *, bill: Bill, opening: Opening, key: Key, by: Actor, now: datetime
) -> None:
    """Write down a card that bought nothing, and remember the answer for a retry."""
    session.add(
        ShopRefusal(
            at=now,
            shop_id=bill.shop_id,
            account_id=by.account_id,
            reason=refusal.code,
            code_tail=bill.card[-4:],
            senior_id=opening.home,
        )
    )
    if opening.home is not None:
        ledger.answer(
            session,
            home=opening.home,
            key=key.text,
            fingerprint=key.fingerprint,
            outcome=refusal.code,
            response={"refused": refusal.code, "extra": refusal.extra},
            now=now,
        )
    session.flush()
