"""A home that is to get a bed."""

import pytest
from sqlalchemy.orm import Session

from tests.care_beds.beds.home import Home, make_home
from tests.conftest import FrozenClock


@pytest.fixture
def home(session: Session, clock: FrozenClock) -> Home:
    """Friday 2026-11-20; nothing was applied for yet."""
    return make_home(session)
