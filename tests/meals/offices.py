"""A street and its neighbour with canteens and sales, and the people who look after them."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from sqlalchemy.orm import Session

from app.auth import Actor, Role
from app.auth.actor import HeldRole, holding
from app.people.models import Card, Senior
from meals.models import Canteen, Checkout, Till
from tests.app.areas.factories import make_place
from tests.app.people.factories import bearer, make_account, make_card, make_senior, make_staff
from tests.meals.factories import STREET, make_canteen, make_checkout, make_till

OTHER_STREET = "330106003"
TODAY = date(2026, 11, 20)


@dataclass(frozen=True)
class Office:
    """Two canteens of one street and one of another district, each with a till."""

    session: Session
    first: Canteen
    second: Canteen
    elsewhere: Canteen
    till: Till
    cashier_id: int

    def guest(self, name: str = "王玉兰", **about: Any) -> tuple[Senior, Card]:
        """Make a guest of the street with a card."""
        senior = make_senior(self.session, name=name, hukou_area=STREET, **about)
        return senior, make_card(self.session, senior)

    def sold(self, guest: tuple[Senior, Card] | None = None, canteen: Canteen | None = None, **about: Any) -> Checkout:
        """Write down a sale of today's lunch in the first canteen, unless told otherwise."""
        senior, card = guest or self.guest()
        canteen = canteen or self.first
        till = self.till if canteen is self.first else None
        about = {"meal_on": TODAY, "at": time(11, 30), "till": till, **about}
        return make_checkout(
            self.session,
            senior_id=senior.id,
            card=card.number,
            canteen=canteen,
            account_id=self.cashier_id,
            **about,
        )

    def actor(self, role: Role, *, area_code: str = STREET, canteen: Canteen | None = None) -> Actor:
        """Return somebody with an account who holds a role here."""
        person = Actor(account_id=make_account(self.session).id, name="周敏", device="session:1")
        return holding(person, [HeldRole(role, area_code, canteen.id if canteen else None)])

    def log_in(self, role: Role, *, area_code: str = STREET, canteen: Canteen | None = None) -> dict[str, str]:
        """Log somebody in who holds a role here, and return the header that says so."""
        make_place(self.session, area_code)
        account = make_staff(self.session, role=role, area_code=area_code, canteen_id=canteen.id if canteen else None)
        return bearer(self.session, account)


def make_office(session: Session) -> Office:
    """Open the canteens."""
    first = make_canteen(session, area_code=STREET, code="A-01", name="文晖一食堂", name_en="Wenhui First Canteen")
    second = make_canteen(session, area_code=STREET, code="A-02", name="文晖二食堂", name_en="")
    elsewhere = make_canteen(session, area_code=OTHER_STREET, code="B-01", name="北山食堂", name_en="Beishan Canteen")
    till = make_till(session, canteen=first)
    return Office(session, first, second, elsewhere, till, make_account(session, name="陈芳").id)
