"""Taking articles back: all of a basket or some of it, to the points they were paid with."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.audit.services import record
from app.auth import Actor
from app.clock import business_day
from app.idempotency import Key
from app.policies.queries import get_policy
from app.tokens import new_id
from shops import receipts, telling
from shops.basket import Answered
from shops.errors import NothingLeft, ReturnTooLate, ShopSaleNotFound
from shops.models import Shop, ShopArticle, ShopReturn, ShopSale, ShopSaleLine
from shops.policy import read_purse
from shops.rules import Purse, points_of_pieces, spread_back
from shops.selling import find_told
from subsidies import queries as ledger_queries
from subsidies import services as ledger
from subsidies.errors import ClaimedBack

WALLET_KIND = "wallet"


def return_articles(
    session: Session,
    *,
    sale_id: Any,
    lines: Sequence[tuple[int, int]] | None,
    reason: str,
    key: Key,
    by: Actor,
    now: datetime,
) -> Answered:
    """Take articles of a basket back, once for each key; points go back to the lots that paid.

    :param lines: number of a line and pieces of it; all that is still out when left out
    :raises ShopSaleNotFound: if there is no such sale in the caller's shops
    :raises ReturnTooLate: if the days for returns are over
    :raises NothingLeft: if more comes back than is out
    :raises ClaimedBack: if the points went back after a turn of life
    :raises KeyReused: if the key came before with something else
    """
    home = session.scalar(select(ShopSale.home).where(ShopSale.id == sale_id, ShopSale.shop_id.in_(by.shop_ids)))
    if home is None:
        raise ShopSaleNotFound
    ledger.open_book(session, home=home)
    told = find_told(session, home=home, key=key)
    if told:
        return told
    sale = session.scalars(select(ShopSale).where(ShopSale.home == home, ShopSale.id == sale_id)).one()
    purse = read_purse(get_policy(session, sale.policy_id))
    if (business_day(now) - sale.sold_on).days > purse.return_days:
        raise ReturnTooLate
    sold = _lines_of(session, sale)
    chosen = _choose(sold, lines)
    return _book(session, sale, purse, sold, chosen, reason=reason, key=key, by=by, now=now)


def _book(
    session: Session,
    sale: ShopSale,
    purse: Purse,
    sold: Mapping[int, ShopSaleLine],
    chosen: Mapping[int, int],
    *,
    reason: str,
    key: Key,
    by: Actor,
    now: datetime,
) -> Answered:
    points_fen = sum(_points(sold[n], more) for n, more in chosen.items())
    if points_fen > sale.points_fen - sale.returned_points_fen:
        raise ClaimedBack
    cash_fen = sum(sold[n].price_fen * more for n, more in chosen.items()) - points_fen
    return_id = new_id()
    body = receipts.return_document(
        sale, return_id=return_id, points_fen=points_fen, cash_fen=cash_fen, at=now, reason=reason
    )
    asked: dict[str, Any] = {"home": sale.home, "key": key.text, "fingerprint": key.fingerprint, "response": body}
    postings = _postings(session, sale, points_fen)
    if postings:
        answer = ledger.reverse(
            session,
            **asked,
            txn_id=return_id,
            reverses=sale.id,
            lines=postings,
            cause=_cause(sale, sold, chosen, cash_fen=cash_fen),
            actor=str(by.account_id),
            device=by.device,
            occurred_at=now,
            occurred_on=business_day(now),
            grace_days=purse.grace_days,
            now=now,
        )
        if answer.outcome != "booked":
            # Somebody else gave these points back before.
            raise NothingLeft
    else:
        ledger.answer(session, **asked, outcome="returned_for_cash", now=now)
    session.add(
        ShopReturn(
            home=sale.home,
            id=return_id,
            sale_id=sale.id,
            account_id=by.account_id,
            reason=reason,
            lines=[{"n": n, "count": more} for n, more in sorted(chosen.items())],
            postings=[[n, fen] for n, fen in postings],
            points_fen=points_fen,
            cash_fen=cash_fen,
            returned_at=now,
        )
    )
    _mark(session, sale, sold, chosen, points_fen=points_fen, cash_fen=cash_fen)
    _note(session, sale, body, reason=reason, by=by, now=now)
    telling.tell_return(session, sale, points_fen=points_fen, return_id=return_id, now=now)
    return Answered(body)


def _lines_of(session: Session, sale: ShopSale) -> Mapping[int, ShopSaleLine]:
    query = select(ShopSaleLine).where(ShopSaleLine.home == sale.home, ShopSaleLine.sale_id == sale.id)
    # What another return wrote while this one waited for the book is read anew.
    found = session.scalars(query.execution_options(populate_existing=True))
    return {line.n: line for line in found}


def _choose(sold: Mapping[int, ShopSaleLine], lines: Sequence[tuple[int, int]] | None) -> Mapping[int, int]:
    """Return pieces by line, of those asked for, or of all that are out.

    :raises NothingLeft: if more comes back than is out
    """
    out = {n: line.count - line.returned_count for n, line in sold.items()}
    if lines is None:
        chosen: Mapping[int, int] = {n: count for n, count in out.items() if count}
    else:
        asked: Counter[int] = Counter()
        for n, count in lines:
            asked[n] += count
        chosen = asked
    if not chosen or any(not 0 < count <= out.get(n, 0) for n, count in chosen.items()):
        raise NothingLeft
    return chosen


def _points(line: ShopSaleLine, more: int) -> int:
    return points_of_pieces(points_fen=line.points_fen, count=line.count, returned=line.returned_count, more=more)


def _postings(session: Session, sale: ShopSale, points_fen: int) -> list[tuple[int, int]]:
    """Choose the postings of the sale that points go back to."""
    if not points_fen:
        return []
    movement = ledger_queries.get_transaction(session, home=sale.home, txn_id=sale.id)
    paid = [(each.n, each.amount_fen) for each in movement.postings if each.debit_kind == WALLET_KIND]
    given: Counter[int] = Counter()
    before = select(ShopReturn.postings).where(ShopReturn.home == sale.home, ShopReturn.sale_id == sale.id)
    for postings in session.scalars(before):
        for n, fen in postings:
            given[n] += fen
    return spread_back(points_fen, paid=paid, given=given)


def _cause(
    sale: ShopSale, sold: Mapping[int, ShopSaleLine], chosen: Mapping[int, int], *, cash_fen: int
) -> dict[str, Any]:
    items = [{**receipts.names_of(sold[n]), "code": sold[n].code, "count": more} for n, more in sorted(chosen.items())]
    return {"what": "shop_return", "shop": sale.shop_id, "purse": sale.purse, "cash_fen": cash_fen, "items": items}


def _mark(
    session: Session,
    sale: ShopSale,
    sold: Mapping[int, ShopSaleLine],
    chosen: Mapping[int, int],
    *,
    points_fen: int,
    cash_fen: int,
) -> None:
    """Write beside the basket what came back, and put counted articles into the stock again."""
    sale.returned_points_fen += points_fen
    sale.returned_cash_fen += cash_fen
    for n, more in chosen.items():
        sold[n].returned_count += more
    session.flush()
    for n in sorted(chosen, key=lambda each: sold[each].article_id):
        stocked = update(ShopArticle).where(ShopArticle.id == sold[n].article_id, ShopArticle.stock.is_not(None))
        session.execute(stocked.values(stock=ShopArticle.stock + chosen[n]))


def _note(session: Session, sale: ShopSale, body: Mapping[str, Any], *, reason: str, by: Actor, now: datetime) -> None:
    area_code = session.scalars(select(Shop.area_code).where(Shop.id == sale.shop_id)).one()
    record(
        session,
        actor=by,
        action="shop_sale.returned",
        subject=f"shop_sale:{sale.id}",
        area_code=area_code,
        new={"points_fen": body["points_fen"], "cash_fen": body["cash_fen"]},
        reason=reason,
        now=now,
    )
