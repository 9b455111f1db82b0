"""A bed in service with its sticker, a carer at work, and today's visit at nine."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.care_beds.rounds.home import Home, make_home
from tests.conftest import FrozenClock


@pytest.fixture
def home(session: Session, client: FlaskClient, clock: FrozenClock) -> Home:
    """Friday, a quarter to nine; the visit is planned from nine to ten."""
    return make_home(session, client, clock)
