"""What tests of kits stand on: the rules that come with the product, and the people who work on kits."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

import safety
from app.auth.actor import Actor, Role
from app.policies.folder import read_folder
from app.policies.services import seed_policies
from safety.kits import thresholds
from safety.kits.policy import NAME
from safety.kits.thresholds import Threshold
from tests.app.areas.factories import make_place
from tests.app.auth.factories import CITY, DISTRICT, STREET
from tests.app.people.factories import make_actor
from tests.conftest import FrozenClock

FOLDER = Path(safety.__file__ or "").parent / "policies"


def seed_terms(session: Session, clock: FrozenClock) -> None:
    """Publish the document that comes with the product."""
    make_place(session, STREET)
    maker = make_actor(session, roles=[Role.ADMINISTRATOR], area_code=CITY, name="吴倩")
    checker = make_actor(session, roles=[Role.DISTRICT_APPROVER], area_code=CITY, name="何志强")
    documents = [each for each in read_folder(FOLDER) if each["kind"] == NAME]
    seed_policies(session, documents=documents, maker=maker, checker=checker, now=clock.now())


@pytest.fixture
def terms(session: Session, clock: FrozenClock) -> None:
    """Publish the document that comes with the product."""
    seed_terms(session, clock)


@pytest.fixture
def acting(session: Session) -> Callable[..., Actor]:
    """Return a maker of people with one role in the street of the tests."""

    def acting(role: Role, area_code: str = STREET) -> Actor:
        return make_actor(session, roles=[role], area_code=area_code)

    return acting


@pytest.fixture
def clerk(acting: Callable[..., Actor]) -> Actor:
    """Return a clerk of the street."""
    return acting(Role.STREET_CLERK)


@pytest.fixture
def approver(acting: Callable[..., Actor]) -> Actor:
    """Return a checker of the district."""
    return acting(Role.DISTRICT_APPROVER, DISTRICT)


@pytest.fixture
def one_threshold() -> Iterator[str]:
    """Let a home have one number of its own: from 60 to 1,440."""
    before = dict(thresholds._thresholds)
    name = "test_quiet_minutes"
    thresholds.register_thresholds([Threshold(name=name, label="Quiet", unit="minutes", least=60, most=1440)])
    yield name
    thresholds._thresholds.clear()
    thresholds._thresholds.update(before)
