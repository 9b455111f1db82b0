"""Beside what a till decided: what the server decides by what it knows now, and where the two differ."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import business_day, local
from meals.deciding import find_bar, terms_of
from meals.models import Dish
from meals.opening import Opening
from meals.reading.checkouts import LATEST_UPLOAD
from meals.rules import (
    Item,
    ItemKind,
    MealDiscount,
    Quote,
    Reason,
    SaleRules,
    Share,
    Why,
    price_meal,
    window_at,
)
from meals.sale import Bill, Priced
from meals.tills.conflicts import Conflict
from meals.tills.door import Device
from meals.tills.sent import SentItem, SentQuote, SentSale, SentUndo
from meals.wording import NO_SUBSIDY

# A clock that is a little fast is not from the future.
CLOCK_SKEW = timedelta(minutes=2)
# Why a till gave no subsidy though the server would have: it kept within its own limits.
HELD_BACK = frozenset({Why.TILL_LOCKED, Why.NOT_IN_ROSTER})
# Lists and checks of a day look so far ahead for what came late; older sales would be seen by nobody.
OLDEST = LATEST_UPLOAD - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Judged:
    """A sale as it will be booked, and where the server would have decided otherwise."""

    priced: Priced
    conflicts: tuple[Conflict, ...]


def settle_moment(sent: SentSale | SentUndo, *, device: Device, now: datetime) -> tuple[datetime, list[Conflict]]:
    """Return when something happened: as the device says, unless that cannot be."""
    said = sent.occurred_at
    found: list[Conflict] = [{"code": "clock_suspect"}] if sent.clock_suspect else []
    if said > now + CLOCK_SKEW:
        return now, [*found, {"code": "clock_ahead", "said": said.isoformat()}]
    if said < device.enrolled_at - CLOCK_SKEW:
        return now, [*found, {"code": "clock_behind", "said": said.isoformat()}]
    if now - said > OLDEST:
        return now, [*found, {"code": "long_ago", "said": said.isoformat()}]
    return min(said, now), found


def judge_sale(
    session: Session, sent: SentSale, opening: Opening, *, bill: Bill, at: datetime, now: datetime
) -> Judged:
    """Price a sale as the server would, and set the till's decision into its place."""
    policy, rules = _documents(session, opening)
    lines, is_other_price = _lines(session, sent, opening, bill)
    server = _decide(sent, opening, policy, bill=bill, lines=lines, at=at)
    late = rules is not None and now - at > timedelta(hours=rules.upload_within_hours)
    missing_fen = max(sent.quote.points_fen - opening.points_fen, 0)
    conflicts: Iterable[Conflict] = (
        *([{"code": "late", "hours": int((now - at) / timedelta(hours=1))}] if late else []),
        *([{"code": "price_differs"}] if is_other_price else []),
        *_compare(sent.quote, server),
        *([{"code": "points_gone", "fen": missing_fen}] if missing_fen else []),
    )
    priced = Priced(
        bill=bill,
        opening=opening,
        diner=opening.diner(business_day(at)),
        quote=_as_taken(sent.quote, missing_fen=missing_fen, band=server.band),
        lines=lines,
        policy=policy,
        rules=rules,
        occurred_at=at,
    )
    return Judged(priced, tuple(conflicts))


def _decide(
    sent: SentSale,
    opening: Opening,
    policy: MealDiscount | None,
    *,
    bill: Bill,
    lines: Sequence[Mapping[str, Any]],
    at: datetime,
) -> Quote:
    on, price_fen = business_day(at), sent.quote.price_fen
    window = window_at(policy, local(at).time()) if policy else None
    name = window.name if window else None
    items = [Item(ItemKind(line["kind"]), line["price_fen"], line["count"]) for line in lines]
    adds_up = sum(item.unit_price_fen * item.count for item in items) == price_fen
    return price_meal(
        price_fen=price_fen,
        diner=opening.diner(on),
        policy=policy,
        window=name,
        taken=opening.taken(name, bill.canteen_id),
        # How much there is decides what is unpaid; here it is asked how much points may pay at all.
        points_available_fen=max(opening.points_fen, sent.quote.points_fen),
        items=items if adds_up else [],
        barred=find_bar(opening, on.isoformat()),
    )


def _compare(quote: SentQuote, server: Quote) -> Iterable[Conflict]:
    """Name where the subsidy, or the part of points, would have been another."""
    till, ours = _by_payer(quote.shares), _by_payer(server.shares)
    if till != ours:
        why = next((reason for reason in server.reasons if reason.code in NO_SUBSIDY), None)
        held = next((reason for reason in quote.reasons if reason.code in HELD_BACK), None)
        if why and quote.shares:
            yield {**dict(why.as_json()["params"]), "code": str(why.code)}  # type: ignore[call-overload]
        elif held and not quote.shares:
            yield {"code": str(held.code), "server_fen": sum(ours.values())}
        else:
            yield {"code": "shares_differ", "till_fen": sum(till.values()), "server_fen": sum(ours.values())}
    elif quote.points_fen > server.points_fen:
        yield {"code": "points_over_rule", "till_fen": quote.points_fen, "server_fen": server.points_fen}


def shown_otherwise(quote: SentQuote, booked: Mapping[str, Any]) -> list[Conflict]:
    """Name where a till showed and took other amounts than the server had booked under the sale's id before."""
    shares = {share["payer"]: share["amount_fen"] for share in booked["shares"]}
    ours = (booked["price_fen"], booked["points_fen"], booked["cash_fen"], shares)
    if ours == (quote.price_fen, quote.points_fen, quote.cash_fen, _by_payer(quote.shares)):
        return []
    shown = {"cash_fen": quote.cash_fen, "points_fen": quote.points_fen}
    told = {f"booked_{name}": booked[name] for name in shown}
    return [{"code": "shown_otherwise", **shown, **told}]


def _by_payer(shares: Sequence[Share]) -> Mapping[str, int]:
    return {str(share.payer): share.amount_fen for share in shares}


def _as_taken(quote: SentQuote, *, missing_fen: int, band: int | None) -> Quote:
    """Return the till's decision; points that are no longer there are not taken, and stand as unpaid."""
    points_fen = quote.points_fen - missing_fen
    told = quote.reasons or tuple(_plain_reasons(quote))
    unpaid = (Reason(Why.UNPAID, {"unpaid_fen": missing_fen}),) if missing_fen else ()
    return Quote(
        price_fen=quote.price_fen,
        shares=quote.shares,
        points_fen=points_fen,
        cash_fen=quote.cash_fen,
        unpaid_fen=missing_fen,
        subsidised=bool(quote.shares),
        window=quote.window,
        band=band,
        reasons=(*(_with_points(reason, points_fen) for reason in told), *unpaid),
    )


def _with_points(reason: Reason, points_fen: int) -> Reason:
    return Reason(Why.POINTS, {"points_fen": points_fen}) if reason.code is Why.POINTS else reason


def _plain_reasons(quote: SentQuote) -> Iterable[Reason]:
    """Tell a decision from its amounts alone."""
    yield Reason(Why.PRICE, {"price_fen": quote.price_fen})
    for share in quote.shares:
        yield Reason(Why.SHARE, {"payer": str(share.payer), "amount_fen": share.amount_fen})
    yield Reason(Why.POINTS, {"points_fen": quote.points_fen})
    yield Reason(Why.CASH, {"cash_fen": quote.cash_fen})


def _documents(session: Session, opening: Opening) -> tuple[MealDiscount | None, SaleRules | None]:
    found = {kind: terms_of(session, document_id) for kind, document_id in opening.policies.items()}
    discount, rules = found.get("meal_discount"), found.get("sale_rules")
    return (
        discount if isinstance(discount, MealDiscount) else None,
        rules if isinstance(rules, SaleRules) else None,
    )


def _lines(
    session: Session, sent: SentSale, opening: Opening, bill: Bill
) -> tuple[tuple[Mapping[str, Any], ...], bool]:
    """Write down what was eaten, and say whether the menu has it otherwise: another price, or not on that day."""
    menu = {dish["id"]: dish for dish in opening.dishes}
    others = [item.dish_id for item in sent.items if item.dish_id not in menu]
    known = {**(_off_the_menu(session, others, bill.canteen_id) if others else {}), **menu}
    lines = tuple(_line(item, known.get(item.dish_id)) for item in sent.items)
    wrong = any(
        item.dish_id not in menu or item.price_fen not in {None, menu[item.dish_id]["price_fen"]} for item in sent.items
    )
    total = sum(line["price_fen"] * line["count"] for line in lines)
    return lines, wrong or bool(lines and total != sent.quote.price_fen)


def _off_the_menu(session: Session, dish_ids: Sequence[int], canteen_id: int) -> Mapping[int, Mapping[str, Any]]:
    query = select(Dish).where(Dish.id.in_(dish_ids), Dish.canteen_id == canteen_id)
    return {
        dish.id: {"id": dish.id, "kind": dish.kind, "name": dish.name, "name_en": dish.name_en, "price_fen": 0}
        for dish in session.scalars(query)
    }


def _line(item: SentItem, dish: Mapping[str, Any] | None) -> Mapping[str, Any]:
    known = dish or {"id": item.dish_id, "kind": "dish", "name": "", "name_en": "", "price_fen": 0}
    price_fen = known["price_fen"] if item.price_fen is None else item.price_fen
    return {**known, "price_fen": price_fen, "count": item.count}
