"""A till with a device for the tests of devices."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import FrozenClock
from tests.meals.factories import make_policy
from tests.meals.lunch import Lunch, make_lunch
from tests.meals.tills.counter import Counter, enrol


@pytest.fixture
def lunch(session: Session, client: FlaskClient, clock: FrozenClock) -> Lunch:
    """Friday 11:48, the till is open, and how far it may go by itself is said."""
    make_policy(session, kind="till_rules")
    return make_lunch(session, client)


@pytest.fixture
def counter(lunch: Lunch) -> Counter:
    """Return the lunch with a device that was enrolled."""
    return enrol(lunch)
