"""What tests of settlement may ask for."""

import pytest
from sqlalchemy.orm import Session

from tests.conftest import FrozenClock
from tests.subsidies.settlement.world import World, make_world


@pytest.fixture
def world(session: Session, clock: FrozenClock) -> World:
    """Friday 2026-11-20; October is over."""
    return make_world(session)
