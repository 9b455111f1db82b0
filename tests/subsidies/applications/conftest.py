"""An application on its way: recorded, checked, refused."""

import pytest
from sqlalchemy.orm import Session

from app.auth import Actor
from app.people.models import Senior
from subsidies.applications import services
from tests.conftest import NOON, FrozenClock
from tests.subsidies.applications.factories import (
    apply,
    make_approver,
    make_clerk,
    make_disabled,
    publish_documents,
)


@pytest.fixture
def senior(session: Session, clock: FrozenClock) -> Senior:
    found = make_disabled(session)
    publish_documents(session)
    return found


@pytest.fixture
def clerk(session: Session) -> Actor:
    return make_clerk(session)


@pytest.fixture
def approver(session: Session) -> Actor:
    return make_approver(session)


@pytest.fixture
def checked(session: Session, senior: Senior, clerk: Actor) -> int:
    number = apply(session, senior, clerk)
    services.check(session, application_id=number, supports=True, reason="", actor=clerk, now=NOON)
    return number


@pytest.fixture
def refused(session: Session, checked: int, approver: Actor) -> int:
    services.decide(session, application_id=checked, approves=False, reason="收入未核实", actor=approver, now=NOON)
    return checked
