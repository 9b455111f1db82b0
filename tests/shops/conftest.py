"""A shop for the tests of shops."""

import pytest
from sqlalchemy.orm import Session

from tests.conftest import FrozenClock
from tests.shops.store import Store, make_store


@pytest.fixture
def store(session: Session, clock: FrozenClock) -> Store:
    """Friday 2026-11-20, 11:48."""
    return make_store(session)
