"""A small world for the tests of checks on care."""

import pytest
from sqlalchemy.orm import Session

from tests.care_beds.checks.world import World
from tests.conftest import FrozenClock


@pytest.fixture
def world(session: Session, clock: FrozenClock) -> World:
    """Friday 2026-11-20, with one provider."""
    return World(session)
