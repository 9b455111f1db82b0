"""A canteen that brings meals home."""

import pytest
from sqlalchemy.orm import Session

from tests.conftest import FrozenClock
from tests.meals.checks.world import World
from tests.meals.deliveries.kitchen import Kitchen, make_kitchen
from tests.meals.lunch import Lunch


@pytest.fixture
def kitchen(lunch: Lunch) -> Kitchen:
    """Friday 11:48, the deliverer stands ready."""
    return make_kitchen(lunch)


@pytest.fixture
def world(session: Session, clock: FrozenClock) -> World:
    """Canteens near and far, for checks."""
    return World(session)
