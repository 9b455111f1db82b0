"""What a turn of life does to meals: orders that are not brought, sales afterwards that are given back."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.audit.services import record
from app.people.queries import profile_on
from app.people.turns import Effect, Turn, TurnEffect, TurnKind
from app.tokens import digest, new_id
from meals import booking
from meals.checks.turned import CODES, find_sold_after, list_sold_after, list_spenders
from meals.deciding import terms_of
from meals.deliveries.models import Delivery
from meals.deliveries.ordering import cancel_for_turn
from meals.deliveries.rules import State
from meals.models import Checkout
from meals.rules import SaleRules
from subsidies import services as ledger
from subsidies.findings.turned import find_limits, keep_at_once

CANCELLED, SOLD, BACK = "deliveries_cancelled", "sales_after", "sales_given_back"
# Nobody opens the door to these; a stay in hospital may be short, so that only what is near is called off.
CALLED_OFF = frozenset({TurnKind.DEATH, TurnKind.HOSPITAL, TurnKind.INSTITUTION, TurnKind.MOVE})
WORDS: Mapping[str, Any] = {
    CANCELLED: _l("Meals on order that are not brought"),
    SOLD: _l("Meals after the day: a finding, and claimed back once a second person approves"),
    BACK: _l("Meals whose points and public money go back"),
}


def foresee(session: Session, turn: Turn) -> Sequence[Effect]:
    """Say which orders would be cancelled, and what was sold after the day."""
    found = [_effect(CANCELLED, len(_list_orders(session, turn))), _sold(_list_sold(session, turn))]
    return [each for each in found if each.count]


def carry_out(session: Session, turn: Turn) -> Sequence[Effect]:
    """Cancel what is on order, and put to a finding what was sold after the day."""
    orders = _list_orders(session, turn)
    for delivery_id in orders:
        cancel_for_turn(session, delivery_id=delivery_id, by=turn.by, now=turn.now)
    cancelled = _effect(CANCELLED, len(orders), detail={"deliveries": list(orders)})
    return [each for each in (cancelled, *find_after(session, turn)) if each.count]


def find_after(session: Session, turn: Turn) -> Sequence[Effect]:
    """Put to a finding what was sold after the day, also by a till that was cut off and sent it later."""
    rows = _list_sold(session, turn)
    if rows:
        keep_at_once(
            session,
            code=CODES[turn.kind],
            area_code=profile_on(session, senior_id=turn.senior_id, day=turn.today).residence_area,
            find=lambda limits: find_sold_after(session, turn, limits),
            now=turn.now,
        )
    found = _sold(rows)
    return [found] if found.count else []


def claim(session: Session, turn: Turn, refs: Sequence[str]) -> Sequence[Effect]:
    """Give points and public money of sales back; the meal was eaten, so its cash and its portion stay.

    What is given back is about the day of the sale: in a closed month it becomes a correction of the next one.
    """
    ledger.open_book(session, home=turn.senior_id)
    query = select(Checkout).where(Checkout.home == turn.senior_id, Checkout.id.in_([UUID(ref) for ref in refs]))
    back = [each for each in session.scalars(query.order_by(Checkout.id)) if _give_back(session, each, turn)]
    spent = sum(each.public_fen + each.points_fen for each in back)
    return [_effect(BACK, len(back), amount_fen=spent)] if back else []


def take_back(_session: Session, _turn: Turn, done: Sequence[Effect]) -> Sequence[Effect]:
    """Say what stays: orders are made anew, and findings are dismissed by whoever judges them."""
    found = []
    for effect in done:
        if effect.code == CANCELLED:
            words = _l("Orders of meals that were cancelled: they are ordered anew")
            found.append(Effect(code="kept_deliveries", count=effect.count, words=words))
        elif effect.code == SOLD:
            words = _l("Findings about meals: the auditor dismisses them")
            found.append(Effect(code="kept_findings", count=effect.count, words=words))
    return found


def _list_sold(session: Session, turn: Turn) -> Sequence[Row[Any]]:
    """Return what was sold after the day, by the numbers of the check that looks for it."""
    if turn.kind not in CODES:
        return ()
    place = profile_on(session, senior_id=turn.senior_id, day=turn.today).residence_area
    _policy_id, limits = find_limits(session, code=CODES[turn.kind], area_code=place, now=turn.now)
    return list_sold_after(session, turn, limits)


def _list_orders(session: Session, turn: Turn) -> Sequence[int]:
    """Return the meals on order that have not left the kitchen, from the turn's day to its end."""
    if turn.kind not in CALLED_OFF or (turn.kind is TurnKind.MOVE and turn.to_area_code):
        return ()
    query = select(Delivery.id).where(
        Delivery.senior_id == turn.senior_id, Delivery.state == State.ORDERED, Delivery.meal_on >= turn.from_on
    )
    if turn.until_on:
        query = query.where(Delivery.meal_on < turn.until_on)
    return session.scalars(query.order_by(Delivery.id)).all()


def _give_back(session: Session, checkout: Checkout, turn: Turn) -> bool:
    """Reverse what a sale moved, once; say whether it did."""
    if not checkout.posted or checkout.reversed_at is not None:
        return False
    key = f"turn_claim:{turn.id}:{checkout.id}"
    answer = ledger.reverse(
        session,
        home=checkout.home,
        key=key,
        fingerprint=digest(key),
        txn_id=new_id(),
        reverses=checkout.id,
        grace_days=_grace_days(session, checkout),
        cause={
            "what": "turn_claim",
            "turn": turn.id,
            "kind": str(turn.kind),
            "from_on": turn.from_on.isoformat(),
            "canteen": checkout.canteen_id,
        },
        response=None,
        actor=str(turn.by.account_id),
        device=turn.by.device,
        occurred_at=turn.now,
        occurred_on=turn.today,
        now=turn.now,
    )
    if answer.outcome != "booked" or answer.replayed:
        return False
    record(
        session,
        actor=turn.by,
        action="checkout.claimed_back",
        subject=f"checkout:{checkout.id}",
        area_code=booking.area_of(session, checkout),
        new={"public_fen": checkout.public_fen, "points_fen": checkout.points_fen},
        reason=turn.reason,
        now=turn.now,
    )
    return True


def _grace_days(session: Session, checkout: Checkout) -> int:
    terms = (terms_of(session, document_id) for document_id in checkout.policy_ids)
    return next((found.refund_grace_days for found in terms if isinstance(found, SaleRules)), 0)


def _sold(rows: Sequence[Row[Any]]) -> Effect:
    refs = [str(each) for row in rows for each in row.ids]
    fens = [each for row in rows for each in row.fens]
    return _effect(SOLD, len(refs), amount_fen=sum(fens), detail={"refs": refs, "fens": fens})


def _effect(code: str, count: int, *, amount_fen: int | None = None, detail: Mapping[str, Any] | None = None) -> Effect:
    return Effect(code=code, count=count, amount_fen=amount_fen, detail=detail or {}, words=WORDS[code])


TURN_EFFECTS = (
    TurnEffect(
        name="meals",
        foresee=foresee,
        carry_out=carry_out,
        take_back=take_back,
        find_after=find_after,
        spenders=list_spenders,
        claim=claim,
    ),
)
