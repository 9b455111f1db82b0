"""A small world for checks: two canteens of one street, one of another, one of another district; people and sales."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app import clock
from app.people.models import Card, Senior
from meals.models import Canteen, Checkout, Till
from subsidies.findings.checks import Found, Window, example_limits
from subsidies.findings.registry import find_check
from tests.app.people.factories import make_account, make_card, make_senior
from tests.meals.factories import make_canteen, make_checkout, make_till

CITY, STREET, NEXT_STREET, OTHER_DISTRICT = "330100", "330105011", "330105012", "330106003"
DAY = date(2026, 11, 18)
WINDOW = Window(since=date(2026, 10, 1), until=date(2026, 11, 20), area_code=CITY)


class World:
    """Makes people and sales with as little said as a test needs."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.here = make_canteen(session, area_code=STREET, name="一食堂", seats=2)
        self.near = make_canteen(session, area_code=STREET, name="二食堂")
        self.next = make_canteen(session, area_code=NEXT_STREET, name="三食堂")
        self.far = make_canteen(session, area_code=OTHER_DISTRICT, name="四食堂")
        self.till: Till = make_till(session, canteen=self.here)
        self.cashier = make_account(session).id

    def guest(self, **about: Any) -> tuple[Senior, Card]:
        """Make somebody with a card."""
        senior = make_senior(self.session, hukou_area=STREET, **about)
        return senior, make_card(self.session, senior)

    def sell(
        self,
        guest: tuple[Senior, Card] | None = None,
        *,
        on: date = DAY,
        at: time = time(11, 30),
        canteen: Canteen | None = None,
        **about: Any,
    ) -> Checkout:
        """Sell a meal."""
        senior, card = guest or self.guest()
        place = canteen or self.here
        return make_checkout(
            self.session,
            senior_id=senior.id,
            card=card.number,
            canteen=place,
            account_id=self.cashier,
            till=self.till if place is self.here else None,
            meal_on=on,
            at=at,
            **about,
        )

    def status(
        self, senior: Senior, status: str, from_on: date, until_on: date | None = None, told_on: date | None = None
    ) -> None:
        """Record how somebody is, over whatever was recorded before."""
        self.session.execute(text("DELETE FROM senior_status WHERE senior_id = :id"), {"id": senior.id})
        recorded_at = datetime.combine(told_on, time(9), tzinfo=clock.ZONE) if told_on else clock.now()
        self.session.execute(
            text(
                "INSERT INTO senior_status (senior_id, status, from_on, until_on, recorded_at)"
                " VALUES (:id, :status, :from_on, :until_on, :at)"
            ),
            {"id": senior.id, "status": status, "from_on": from_on, "until_on": until_on, "at": recorded_at},
        )

    def check(self, code: str, window: Window = WINDOW, **limits: int) -> Sequence[Found]:
        """Run a check with the numbers of its example, unless told otherwise."""
        check = find_check(code)
        assert check is not None
        numbers = {"severity": "medium", **example_limits(check), **limits}
        found = list(check.find(self.session, window, numbers))
        for each in found:
            assert all(check.explain(each.facts))
            assert each.sources
        return found
