"""What tests of the family's pages share: a senior who eats at a canteen, and a relative who follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.actor import Role
from app.auth.models import Account
from app.clock import ZONE
from app.people.models import Card, Senior
from app.people.relatives.rules import Relation, Topic
from tests.app.auth.factories import sign_in
from tests.app.conftest import count_statements
from tests.app.people.relatives.factories import make_link, make_relative
from tests.conftest import FrozenClock
from tests.meals.factories import STREET, make_policy
from tests.meals.lunch import Lunch, make_lunch

__all__ = ["count_statements"]

MOTHER = {"name": "王玉兰", "hukou_area": STREET, "residence_area": STREET}


@dataclass(frozen=True)
class Home:
    """A senior with a card and points, the canteen, the relative, and a browser that the relative is logged in with."""

    session: Session
    client: FlaskClient
    clock: FrozenClock
    lunch: Lunch
    card: Card
    account: Account

    @property
    def senior_id(self) -> int:
        """Return who is looked after."""
        return self.card.senior_id

    def eat(self, *, at: datetime, card: Card | None = None, **body: Any) -> str:
        """Sell the default meal at a moment, and return the sale's id."""
        before = self.clock.moment
        self.clock.set(at)
        told = self.lunch.sell(card or self.card, **body)
        assert told.status_code == 201, told.get_json()
        self.clock.set(before)
        return str(told.get_json()["id"])

    def page(self, rest: str = "") -> str:
        """Return the text of one of the senior's pages, as the relative sees it."""
        answer = self.client.get(f"/family/{self.senior_id}{rest}")
        assert answer.status_code == 200, answer.get_data(as_text=True)[:400]
        return answer.get_data(as_text=True)

    def status(self, rest: str = "", *, senior_id: int | None = None) -> int:
        """Return how a page answers."""
        return self.client.get(f"/family/{senior_id or self.senior_id}{rest}").status_code

    def follow(self, card: Card, *topics: Topic) -> None:
        """Let the relative look after somebody else too."""
        make_link(self.session, senior_of(self.session, card), self.account, topics=topics or tuple(Topic))

    def be(self, account: Account) -> None:
        """Log somebody else in."""
        sign_in(self.client, self.session, account)


FAMILY_RULES = {
    "help_phone": "0571-8888 0000",
    "offer_days": 30,
    "request_days": 5,
    "answer_days": 10,
    "large_spend_fen": 5000,
    "unusual_sales": 4,
    "ending_days": [30, 7],
    "quiet": {"begins": "21:00", "ends": "08:00"},
    "days_after_death": {"balance": 30, "meals": 30, "visits": 0, "alerts": 0},
}


def publish_family_rules(session: Session) -> None:
    """Let the city say how families are served."""
    make_policy(session, kind="family_rules", body=FAMILY_RULES)


def noon(day: int, hour: int = 11, minute: int = 48, month: int = 11) -> datetime:
    """Return a moment of November 2026 in Hangzhou."""
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


def open_home(
    session: Session,
    client: FlaskClient,
    clock: FrozenClock,
    *,
    topics: Sequence[Topic] = tuple(Topic),
    relation: Relation = Relation.CHILD,
    is_guardian: bool = False,
    lunch: Lunch | None = None,
) -> Home:
    """Make a senior and a relative who follows these topics, logged in."""
    if lunch is None:
        lunch = make_lunch(session, client)
        publish_family_rules(session)
    card = lunch.guest(**MOTHER)
    role = Role.ELDER if relation is Relation.SELF else Role.FAMILY
    account = make_relative(session, role, name="陈静")
    make_link(session, senior_of(session, card), account, topics=topics, relation=relation, is_guardian=is_guardian)
    sign_in(client, session, account)
    return Home(session, client, clock, lunch, card, account)


@pytest.fixture
def home(session: Session, client: FlaskClient, clock: FrozenClock) -> Home:
    """Return a home whose relative follows everything."""
    return open_home(session, client, clock)


def senior_of(session: Session, card: Card) -> Senior:
    """Return whose card it is."""
    return session.get_one(Senior, card.senior_id)
