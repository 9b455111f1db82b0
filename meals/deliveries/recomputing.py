"""Deciding again what was paid for a way: the facts that were kept with it, through the same rule."""

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.money import yuan
from meals.deliveries.fees import facts_of
from meals.deliveries.models import Delivery
from meals.deliveries.policy import find_delivery_rules
from meals.deliveries.rules import decide_fee
from meals.deliveries.words import tell_fee
from meals.models import Canteen
from meals.page_words import PAYER_NAMES
from subsidies.queries import Booked, Line, Recomputed


def recompute_fee(session: Session, booked: Booked) -> Recomputed | None:
    """Decide again what was paid for the way behind a movement of the ledger."""
    delivery = session.scalar(select(Delivery).where(Delivery.fee_txn_id == booked.id))
    if delivery is None or delivery.fee_facts is None:
        return None
    area = session.scalars(select(Canteen.area_code).where(Canteen.id == delivery.canteen_id)).one()
    rules = find_delivery_rules(session, area_code=area, on=delivery.meal_on)
    facts = facts_of(delivery.fee_facts)
    again = decide_fee(rules=rules, window=delivery.window_name, **facts)
    kept = {share["kind"]: share["amount_fen"] for share in delivery.fee_shares}
    shares = {str(share.payer): share.amount_fen for share in again.shares}
    payers = [kind for kind in PAYER_NAMES if kind in kept or kind in shares]
    month = facts["taken"].month
    return Recomputed(
        facts=[
            (_("Age on the day"), str(facts["diner"].age)),
            (_("Ability level"), "–" if facts["diner"].ability is None else str(facts["diner"].ability)),
            (_("Paid ways before, that month"), str(month.subsidised)),
        ],
        lines=[
            Line(_("Document"), str(delivery.fee_policy_id), str(rules.document_id) if rules else "–"),
            *(Line(PAYER_NAMES[kind], yuan(kept.get(kind, 0)), yuan(shares.get(kind, 0))) for kind in payers),
            Line(_("For the way"), yuan(delivery.fee_fen), yuan(again.public_fen)),
        ],
        steps=[tell_fee(again.why_document(), again.public_fen)],
        documents=[rules.document_id] if rules else [],
    )
