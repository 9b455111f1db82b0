"""A bureau that assesses."""

import pytest
from sqlalchemy.orm import Session

from tests.care_beds.assessment.office import Bureau, make_bureau
from tests.conftest import FrozenClock


@pytest.fixture
def bureau(session: Session, clock: FrozenClock) -> Bureau:
    """Friday 11:48, somebody is to be assessed."""
    return make_bureau(session, name="王玉兰", ability_level=1)
