"""One home, its people, and operators before their desks."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import vault
from app.auth.models import Account
from tests.conftest import FrozenClock
from tests.safety.alerts.world import World, make_world
from tests.safety.desk.sitting import Desk


@pytest.fixture
def world(session: Session, clock: FrozenClock) -> World:
    """One home with a way in and what its family asks; an operator on duty."""
    made = make_world(session)
    made.home.way_in_sealed = vault.seal("钥匙在水表箱")
    made.home.instructions = "说话慢一点"
    session.flush()
    return made


@pytest.fixture
def open_desk(client: FlaskClient, session: Session, world: World) -> Callable[..., Desk]:
    def sit_down(account_id: int | None = None) -> Desk:
        return Desk(client, session, session.get_one(Account, account_id or world.operator.account_id))

    return sit_down


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    return open_desk()
