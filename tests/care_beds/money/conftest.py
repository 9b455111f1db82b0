"""What tests of money may ask for."""

import pytest
from sqlalchemy.orm import Session

from tests.care_beds.money.world import CareWorld, make_world


@pytest.fixture
def world(session: Session) -> CareWorld:
    """Return a bed in service with everything it takes to pay for it."""
    return make_world(session)
