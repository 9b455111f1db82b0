"""A canteen at lunch time for the tests of meals."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import FrozenClock
from tests.meals.lunch import Lunch, make_lunch


@pytest.fixture
def lunch(session: Session, client: FlaskClient, clock: FrozenClock) -> Lunch:
    """Friday 11:48, the till is open."""
    return make_lunch(session, client)
