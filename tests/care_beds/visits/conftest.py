"""A provider with its people on Friday 2026-11-20."""

import pytest
from sqlalchemy.orm import Session

from tests.care_beds.visits.town import Town, make_town
from tests.conftest import FrozenClock


@pytest.fixture
def town(session: Session, clock: FrozenClock) -> Town:
    """One provider, two carers, a bed that serves."""
    return make_town(session)
