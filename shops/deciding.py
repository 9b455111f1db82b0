"""From a basket and what the database knows to who pays what, or to a refusal. Writes nothing."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.errors import Declined
from app.people.card_numbers import CardState
from app.people.payment_codes.rules import is_code
from app.people.rules import Status
from app.vault import mask_name
from shops.basket import Bill, Decided, Opening, Priced
from shops.errors import (
    CardBarred,
    CardUnknown,
    CategoryForbidden,
    CodesNotHere,
    LimitReached,
    PersonBarred,
    PointsShort,
    SoldOut,
)
from shops.opening import list_bought, list_lots
from shops.rules import Item, Left, Limit, Objection, Per, Why, choose_lots, judge_basket

BARRED = frozenset({Status.DECEASED, Status.IN_INSTITUTION})
OBJECTIONS: Mapping[Why, type[Declined]] = {
    Why.FORBIDDEN: CategoryForbidden,
    Why.LIMIT_COUNT: LimitReached,
    Why.LIMIT_FEN: LimitReached,
    Why.POINTS_SHORT: PointsShort,
}
# What is in the basket is said before what is in the purse.
FIRST = (Why.FORBIDDEN, Why.LIMIT_COUNT, Why.LIMIT_FEN, Why.POINTS_SHORT)


def find_person_refusal(bill: Bill, opening: Opening) -> Declined | None:
    """Find why nothing is sold on this card, whatever the basket holds."""
    if opening.person is None:
        return CodesNotHere() if is_code(bill.card) else CardUnknown()
    who = {"guest": guest(bill, opening)}
    if opening.card_state != CardState.ISSUED:
        return CardBarred(extra=who)
    return PersonBarred(extra=who) if opening.person.status in BARRED else None


def guest(bill: Bill, opening: Opening) -> dict[str, Any]:
    """Say who stands at the counter, as much as a shopkeeper may see."""
    assert opening.person is not None
    return {"name": mask_name(opening.person.name), "card_tail": bill.card[-8:]}


def decide(session: Session, opening: Opening) -> Decided:
    """Decide who pays what of a basket, under the lock of the payer's book where something is sold."""
    assert opening.home is not None
    purse, items = opening.purse, [_item(line) for line in opening.lines]
    lots = list_lots(session, home=opening.home, on=opening.on)
    wanted_fen = sum(item.price_fen * item.count * purse.points_percent // 100 for item in items)
    good_on, payable_fen = choose_lots(
        lots, purpose=purse.purpose, open_points=purse.open_points, on=opening.on, wanted_fen=wanted_fen
    )
    bought = list_bought(session, home=opening.home, purse=purse.code, on=opening.on)
    return Decided(
        opening=opening,
        basket=judge_basket(items, purse=purse, bought=bought, points_available_fen=payable_fen),
        held_fen=sum(lot.fen for lot in lots if purse.holds(lot.purpose)),
        good_on=good_on,
    )


def find_basket_refusal(bill: Bill, decided: Decided) -> Declined | None:
    """Find what stands against a basket first: what it is of, then limits, then stock, then points."""
    opening = decided.opening
    objections = sorted(decided.basket.objections, key=lambda each: FIRST.index(each.why))
    short = [line for line in opening.lines if line.stock is not None and line.stock < line.count]
    if short and (not objections or objections[0].why is Why.POINTS_SHORT):
        return SoldOut(extra={"guest": guest(bill, opening), **_article(short[0]), "left": short[0].stock})
    if not objections:
        return None
    told = {"guest": guest(bill, opening), **describe_objection(decided, objections[0])}
    return OBJECTIONS[objections[0].why](extra=told)


def describe_objection(decided: Decided, objection: Objection) -> dict[str, Any]:
    """Say as plain values what stands against a basket: which article, which limit, how much is left."""
    place, limit = objection.place, objection.limit
    told: dict[str, Any] = _article(decided.opening.lines[place]) if place is not None else {}
    if objection.why is Why.POINTS_SHORT:
        return {**told, "held_fen": decided.held_fen, "asked_fen": objection.asked}
    return {**told, **(describe_limit(limit) if limit else {}), "over": -objection.left if limit else 0}


def describe_limit(limit: Limit) -> dict[str, Any]:
    """Say a limit as plain values."""
    return {"per": str(limit.per), "category": limit.category, "count": limit.count, "fen": limit.fen}


def describe_left(decided: Decided, left: Left) -> dict[str, Any]:
    """Say what a limit still allows after this basket."""
    named = _article(decided.opening.lines[left.place]) if left.place is not None else {}
    return {**named, **describe_limit(left.limit), "left": left.left}


def _article(line: Priced) -> dict[str, Any]:
    return {"article_id": line.article_id, "article": {"zh": line.name, "en": line.name_en or line.name}}


def _item(line: Priced) -> Item:
    limit = Limit(per=Per(line.limit_per), count=line.limit_count) if line.limit_per else None
    return Item(code=line.code, category=line.category, price_fen=line.price_fen, count=line.count, limit=limit)
