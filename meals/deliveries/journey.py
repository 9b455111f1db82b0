"""How a meal came to its guest other than at the counter, in facts for whoever looks at its sale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import business_day
from app.people.relatives.reach import Reached
from app.web.wording import clock_time, full_moment
from meals.deliveries.fetching import find_fetches
from meals.deliveries.models import Delivery
from meals.deliveries.page_words import canteen_of
from meals.deliveries.reading import DeliveryView, find_by_sale, list_of_senior
from meals.deliveries.rules import State
from meals.deliveries.words import (
    FETCH_REASON_NAMES,
    PLACE_NAMES,
    RECEIVER_NAMES,
    RELATION_NAMES,
    STATE_CHIPS,
    TROUBLE_NAMES,
    tell_fee,
)
from subsidies.disputes.circumstances import Circumstances, register_circumstances

Fact = tuple[str, str]
# Days ahead can be ordered; today's stand among them.
LARGEST_DAY = 50


def list_facts(session: Session, *, sale_id: UUID) -> Sequence[Fact]:
    """Tell who brought a meal and who took it, or who fetched it; nothing for one that was eaten where it was sold."""
    delivery = find_by_sale(session, checkout_id=sale_id)
    fetch = find_fetches(session, sale_ids=[sale_id]).get(sale_id)
    found = _delivered(delivery) if delivery else []
    if fetch:
        who = f"{fetch.fetcher}{_(', ')}{RELATION_NAMES[fetch.relation]}"
        why = f"{FETCH_REASON_NAMES[fetch.reason]}{_(', ') + fetch.words if fetch.words else ''}"
        found += [(_("Fetched by"), who), (_("Why the guest did not come"), why)]
    return found


def find_way(session: Session, home: int, txn_id: UUID, _actor: Actor) -> Circumstances | None:
    """Tell the circumstances of what was paid for a way, for whoever answers a family."""
    query = select(Delivery.checkout_id).where(Delivery.senior_id == home, Delivery.fee_txn_id == txn_id)
    sale_id = session.scalar(query)
    delivery = find_by_sale(session, checkout_id=sale_id) if sale_id else None
    if delivery is None:
        return None
    facts = [(_("Where"), canteen_of(delivery)), *_delivered(delivery)]
    return Circumstances(facts=facts, correct=_("When its meal is undone, what was paid for the way goes back too."))


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtToday:
    """A senior's meals of a day that do not come from a counter: still to come, and by their sale those that came."""

    coming: Sequence[DeliveryView] = ()
    handed: Mapping[UUID, DeliveryView] = field(default_factory=dict)
    href: str = ""

    def is_coming(self, sale_id: UUID) -> bool:
        """Say whether a sale is one of a meal that nobody has taken yet."""
        return any(each.checkout_id == sale_id for each in self.coming)


def find_today(session: Session, *, reached: Reached, now: datetime) -> BroughtToday:
    """Return what is brought home today, for the family's first page."""
    today = business_day(now)
    listed = list_of_senior(session, senior_id=reached.senior_id, since=today, limit=LARGEST_DAY)
    found = [each for each in listed if each.meal_on == today]
    return BroughtToday(
        coming=[each for each in found if each.state in (State.ORDERED, State.OUT)],
        handed={each.checkout_id: each for each in found if each.checkout_id and each.state == State.HANDED},
        href=url_for("family_deliveries.show_deliveries", senior_id=reached.senior_id),
    )


def register_ways() -> None:
    """Let disputes tell the circumstances of what was paid for ways."""
    register_circumstances("delivery", find_way)


def _delivered(delivery: DeliveryView) -> list[Fact]:
    found = [(_("Brought home"), f"{STATE_CHIPS[delivery.state].word}")]
    if delivery.deliverer:
        found.append((_("Deliverer"), delivery.deliverer))
    if delivery.out_at:
        found.append((_("Left the kitchen"), full_moment(delivery.out_at)))
    found += [
        (_("Tried at %(at)s", at=clock_time(each.at)), str(TROUBLE_NAMES[each.trouble])) for each in delivery.tries
    ]
    if delivery.handed_at and delivery.received_by and delivery.hand_place:
        who = f"{RECEIVER_NAMES[delivery.received_by]} {delivery.receiver or ''}".strip()
        where = PLACE_NAMES[delivery.hand_place]
        found.append((_("Handed over"), f"{full_moment(delivery.handed_at)}{_(', ')}{who}{_(', ')}{where}"))
        found.append((_("For the way"), tell_fee(delivery.fee_why, delivery.fee_fen)))
    return found
