"""A home that calls for help, on Friday 2026-11-20, 11:48."""

import pytest
from sqlalchemy.orm import Session

from tests.conftest import FrozenClock
from tests.safety.alerts.world import World, make_world


@pytest.fixture
def world(session: Session, clock: FrozenClock) -> World:
    """One home, two contacts, an operator on duty."""
    return make_world(session)
