"""Points of several services pay for each of them, and for no other."""

import pytest
from sqlalchemy.orm import Session

from subsidies.ledger.verify import verify
from tests.subsidies.factories import SOON, grant, new_home, open_accounts, spend

SEVERAL = "bathing.home_help.meals"


@pytest.mark.parametrize(
    ("purpose", "pays_for", "outcome"),
    [
        (SEVERAL, "meals", "booked"),
        (SEVERAL, "bathing", "booked"),
        (SEVERAL, "home_help", "booked"),
        (SEVERAL, "home", "points_exhausted"),
        (SEVERAL, "help.meals", "points_exhausted"),
        (SEVERAL, "nursing", "points_exhausted"),
        ("any", "nursing", "booked"),
        ("meals", "meals", "booked"),
        ("meals_on_wheels", "meals", "points_exhausted"),
    ],
)
def test_a_lot_pays_for_the_services_it_names(session: Session, purpose: str, pays_for: str, outcome: str) -> None:
    accounts, home = open_accounts(session), new_home()
    grant(session, home, 1000, funder=accounts.city, purpose=purpose)
    assert spend(session, home, 400, merchant=accounts.canteen, purpose=pays_for).outcome == outcome


def test_a_sale_takes_from_lots_of_several_purposes_in_their_order(session: Session) -> None:
    accounts, home = open_accounts(session), new_home()
    grant(session, home, 300, funder=accounts.city, purpose="nursing", expires_on=SOON)
    grant(session, home, 300, funder=accounts.city, purpose=SEVERAL, expires_on=SOON)
    grant(session, home, 300, funder=accounts.city, purpose="any")
    assert spend(session, home, 601, merchant=accounts.canteen).outcome == "points_exhausted"
    assert spend(session, home, 600, merchant=accounts.canteen).balance_fen == 300
    assert list(verify(session)) == []
