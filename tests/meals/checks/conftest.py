"""A small world for the tests of checks."""

import pytest
from sqlalchemy.orm import Session

from tests.conftest import FrozenClock
from tests.meals.checks.world import World


@pytest.fixture
def world(session: Session, clock: FrozenClock) -> World:
    """Friday 2026-11-20, with canteens near and far."""
    return World(session)
