"""Sells to the invented guests by the product's own price rules; what comes out is booked by ``demo.ledgering``."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import business_day
from app.idempotency import Key, fingerprint
from app.people.card_numbers import CardState
from app.people.timeline import status_on
from demo.canteens import at_till
from demo.choices import Choices
from demo.documents import Documents
from demo.purses import Lot, Purse
from demo.visits import Visit
from meals.booking import Sale
from meals.deciding import price_bill
from meals.opening import Opening
from meals.sale import Bill

ROUTE = ("POST", "/api/v1/meals/checkouts")


@dataclass(frozen=True, slots=True)
class Sold:
    """A sale with what it took, so that it can be taken back."""

    visit: Visit
    sale: Sale
    taken: list[tuple[Lot, int]]
    meal: Mapping[str, Any] | None


@dataclass
class Counter:
    """Every till of the city, and every guest's purse."""

    session: Session
    documents: Documents
    purses: dict[int, Purse] = field(default_factory=lambda: defaultdict(Purse))

    def sell(self, visit: Visit) -> Sold:
        """Price a visit and take its points."""
        senior_id = visit.guest.senior.id
        purse, day = self.purses[senior_id], business_day(visit.at)
        purse.turn_to(day)
        drawn = Choices("sale", senior_id, visit.at)
        by = at_till(visit.place.cashier, visit.till[0])
        bill = Bill(
            card=visit.card,
            canteen_id=visit.place.id,
            items=tuple((meal.id, count) for meal, count in visit.items),
            till_id=visit.till[0],
        )
        sale = Sale(
            priced=price_bill(self.session, bill, self._opening(visit, purse), now=visit.at),
            id=drawn.uuid7(visit.at),
            key=till_key(by, drawn, visit.at, *ROUTE, _asked(bill)),
            by=by,
            now=visit.at,
        )
        quote = sale.priced.quote
        meal = None
        if quote.subsidised:
            slot = sale.priced.opening.free_slot(quote.window)
            meal = _meal(visit, quote.window, slot, quote.public_fen)
            purse.note(meal)
        return Sold(visit, sale, purse.spend(quote.points_fen, day), meal)

    def take_back(self, sold: Sold) -> None:
        """Undo what a sale did to the guest's purse."""
        for lot, part_fen in sold.taken:
            lot.remaining_fen += part_fen
        if sold.meal:
            self.purses[sold.visit.guest.senior.id].forget(sold.meal)

    def _opening(self, visit: Visit, purse: Purse) -> Opening:
        day = business_day(visit.at)
        points_fen = purse.points_on(day)
        return Opening(
            senior=_senior(visit),
            canteen=_canteen(visit),
            dishes=[
                {
                    "id": meal.id,
                    "kind": meal.kind,
                    "name": meal.name,
                    "name_en": meal.name_en,
                    "price_fen": meal.price_on(day),
                }
                for meal, _count in visit.items
            ],
            policies=self.documents.on(visit.place.area_code, day),
            funders=visit.place.funders,
            points_fen=points_fen,
            balance_fen=points_fen,
            answer=None,
            outcome=None,
            fingerprint=None,
            meals=purse.meals,
            month=purse.month,
        )


def till_key(by: Actor, drawn: Choices, at: datetime, *content: Any) -> Key:
    """Return the key that a till would have made for a request."""
    return Key(f"{by.account_id}:{drawn.uuid7(at)}", fingerprint(*content))


def _asked(bill: Bill) -> dict[str, Any]:
    return {
        "card": bill.card,
        "canteen_id": bill.canteen_id,
        "till_id": bill.till_id,
        "items": [{"dish_id": dish_id, "count": count} for dish_id, count in bill.items],
    }


def _senior(visit: Visit) -> dict[str, Any]:
    """Say what ``open_checkout`` would say of the guest on that day."""
    senior = visit.guest.senior
    fields = senior.person.fields
    return {
        "id": senior.id,
        "name": fields["name"],
        "birth_on": senior.person.birth_on.isoformat(),
        "card": visit.card,
        "card_state": str(CardState.ISSUED),
        "hukou_area": fields["hukou_area"],
        "residence_area": fields["residence_area"],
        "living": fields["living_situation"],
        "income": fields["income_class"],
        "ability": int(fields["ability_level"]) if fields["ability_level"] else None,
        "status": str(status_on(senior.person.timeline, business_day(visit.at)) or "active"),
    }


def _canteen(visit: Visit) -> dict[str, Any]:
    place = visit.place
    return {
        "id": place.id,
        "name": place.name,
        "name_en": place.name_en,
        "area_code": place.area_code,
        "merchant_account": place.merchant_account,
        "till_number": visit.till[1],
        "licence_expires_on": place.licence_expires_on.isoformat(),
        "agreement_expires_on": place.agreement_expires_on.isoformat(),
        "open": True,
    }


def _meal(visit: Visit, window: str | None, slot: int, public_fen: int) -> dict[str, Any]:
    return {
        "window": window,
        "slot": slot,
        "public_fen": public_fen,
        "at": visit.at.isoformat(),
        "canteen_id": visit.place.id,
        "canteen": visit.place.name,
        "till": visit.till[1],
    }
