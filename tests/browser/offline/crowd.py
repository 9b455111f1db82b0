"""A dining room full of guests, made quickly."""

from datetime import date

from app import clock
from subsidies.services import Grant, grant_points, open_account
from tests.app.people.factories import make_card, make_senior
from tests.meals.factories import CITY, STREET
from tests.meals.lunch import Lunch

POINTS_FEN = 10_000


def make_crowd(lunch: Lunch, count: int) -> list[str]:
    """Let so many people over eighty come, each with a card and points; returns the numbers of the cards."""
    session, now = lunch.session, clock.now()
    funder = open_account(session, kind="city", area_code=CITY, name="市财政")
    seniors = [make_senior(session, birth_on=date(1944, 3, 5), hukou_area=STREET) for _ in range(count)]
    cards = [make_card(session, senior).number for senior in seniors]
    grants = [
        Grant(
            home=senior.id,
            key=f"crowd:{senior.id}",
            funder_account=funder,
            programme="chongyang-age",
            purpose="any",
            amount_fen=POINTS_FEN,
            expires_on=date(2026, 12, 31),
            cause={"what": "grant"},
        )
        for senior in seniors
    ]
    grant_points(session, grants=grants, actor="test", device="test", occurred_at=now, now=now)
    session.commit()
    return cards
