"""What tests of turns of life share."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import FrozenClock
from tests.portal.turns.cast import Life, make_life


@pytest.fixture
def life(session: Session, client: FlaskClient, clock: FrozenClock) -> Life:
    """Return a person who has everything."""
    return make_life(session, client, clock)
