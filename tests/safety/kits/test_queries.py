"""Gateways by token, devices by what their gateway calls them, homes within reach, test calls."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.actor import Role
from safety.kits import queries
from safety.kits.models import SafetyKitStep
from safety.kits.testing import hear_tests
from tests.app.areas.factories import make_place
from tests.app.auth.factories import OTHER_DISTRICT, STREET
from tests.app.people.factories import make_actor
from tests.conftest import FrozenClock
from tests.safety.factories import make_contact, make_device, make_gateway, make_home


def test_a_token_finds_its_gateway_until_it_is_revoked(session: Session, clock: FrozenClock) -> None:
    gateway = make_gateway(session, token="a secret")
    found = queries.find_gateway(session, token="a secret")
    assert found is not None
    assert (found.id, found.code) == (gateway.id, gateway.code)
    assert queries.find_gateway(session, token="another") is None
    gateway.state, gateway.token_digest, gateway.token_at, gateway.mqtt_user, gateway.mqtt_password = (
        "revoked",
        None,
        None,
        None,
        None,
    )
    session.flush()
    assert queries.find_gateway(session, token="a secret") is None


def test_a_test_call_is_written_down_once(session: Session, clock: FrozenClock) -> None:
    home = make_home(session, state="pending")
    device = make_device(session, home=home, tested=False)
    for _ in range(2):
        hear_tests(session, heard={device.id: clock.now()}, now=clock.now())
    session.refresh(device)
    assert device.tested_at == clock.now()
    kinds = session.scalars(select(SafetyKitStep.kind).where(SafetyKitStep.device_id == device.id)).all()
    assert kinds == ["test_call"]


def test_homes_are_listed_within_the_area_and_page_by_page(session: Session, clock: FrozenClock) -> None:
    homes = [make_home(session) for _ in range(3)]
    make_place(session, OTHER_DISTRICT)
    reach = make_actor(session, roles=[Role.INSTALLER], area_code=STREET)
    first = queries.list_homes(session, reach=reach, limit=2)
    assert [home.id for home in first.items] == [home.id for home in homes[:2]]
    rest = queries.list_homes(session, reach=reach, after=first.next, limit=2)
    assert ([home.id for home in rest.items], rest.next) == ([homes[2].id], None)
    elsewhere = make_actor(session, roles=[Role.INSTALLER], area_code="330109")
    assert queries.list_homes(session, reach=elsewhere).items == []


def test_contacts_come_in_their_order_with_masked_numbers(session: Session, clock: FrozenClock) -> None:
    home = make_home(session)
    second = make_contact(session, home, position=2, name="李芳", kind="neighbour")
    make_contact(session, home, position=1)
    found = queries.contacts_of(session, home_id=home.id)
    assert [(each.position, each.name, each.phone) for each in found] == [
        (1, "王敏", "139****9000"),
        (2, "李芳", "139****9000"),
    ]
    assert queries.phones_of(session, contact_ids=[second.id]) == {second.id: "13900139000"}
