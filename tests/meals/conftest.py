"""A canteen at lunch time for the tests of meals."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import FrozenClock
from tests.meals.lunch import Lunch, make_lunch
from tests.meals.offices import Office, make_office


@pytest.fixture
def lunch(session: Session, client: FlaskClient, clock: FrozenClock) -> Lunch:
    """Friday 11:48, the till is open."""
    return make_lunch(session, client)


@pytest.fixture
def office(session: Session, clock: FrozenClock) -> Office:
    """Canteens of two streets on Friday 2026-11-20."""
    return make_office(session)
