"""Calls for help from nowhere: an alert of the gateway that heard them, one however often, with the last clue."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.auth.actor import Role
from safety.alerts import services
from safety.alerts.models import AlertSignal, Incident
from safety.alerts.services import UnknownCall
from safety.kits.models import SafetyGateway, SafetyKitStep
from tests.conftest import FrozenClock
from tests.safety.alerts.world import MINUTE, SECOND, World, make_staff
from tests.safety.factories import make_device, make_gateway


@pytest.fixture
def gateway(world: World) -> SafetyGateway:
    return make_gateway(world.session)


@pytest.fixture
def press(world: World, gateway: SafetyGateway) -> Callable[..., list[Incident]]:
    def press(*refs: str, seconds: int = 0) -> list[Incident]:
        at = world.now + seconds * SECOND
        calls = [UnknownCall(gateway_id=gateway.id, ref=each, kind="sos", at=at) for each in refs]
        return services.raise_unknown(world.session, calls, now=world.now)

    return press


def test_somebody_presses_and_nobody_knows_where(
    world: World, gateway: SafetyGateway, press: Callable[..., list[Incident]]
) -> None:
    street = make_staff(world.session, Role.STREET_CLERK).account_id
    (alert,) = press("key-7")
    assert (alert.lane, alert.priority, alert.state, alert.rule) == ("life", 1, "raised", "unknown_call")
    assert (alert.gateway_id, alert.home_id, alert.senior_id) == (gateway.id, None, None)
    assert (alert.area_code, alert.place) == (gateway.area_code, "key-7")
    assert world.rings(alert) == [("new", "rings")]
    told = world.told(alert)
    assert (told["contact1"], told["operator"], told["callback"]) == ("nobody", "+15", "nobody")
    assert street


def test_pressed_again_or_told_again_it_is_one_alert(
    world: World, press: Callable[..., list[Incident]], clock: FrozenClock
) -> None:
    (alert,) = press("key-7")
    assert press("key-7") == []
    press("key-7", "key-8", seconds=5)
    assert alert.repeats == 2
    services.take(world.session, incident_id=alert.id, by=world.operator, now=world.now)
    services.close(
        world.session, incident_id=alert.id, outcome="well", by=world.operator, now=world.now, words="找到了"
    )
    (other,) = press("key-7", seconds=60)
    assert other.id != alert.id


def test_where_the_key_stood_last_is_the_clue(
    world: World, gateway: SafetyGateway, press: Callable[..., list[Incident]]
) -> None:
    device = make_device(world.session, home=world.home, gateway=gateway, ref="key-7")
    device.state, device.home_id = "returned", None
    world.session.add(SafetyKitStep(home_id=world.home.id, device_id=device.id, kind="returned", at=world.now))
    world.session.flush()
    press("key-7", "key-8")
    found = {each.place: each.why["values"]["home"] for each in world.session.scalars(select(AlertSignal))}
    assert found == {"key-7": world.home.id, "key-8": None}


def test_a_silent_gateway_and_a_call_through_it_are_two_alerts(
    world: World, gateway: SafetyGateway, press: Callable[..., list[Incident]], clock: FrozenClock
) -> None:
    gateway.last_seen_at = world.now
    (alert,) = press("key-7")
    clock.moment += 16 * MINUTE
    services.watch(world.session, now=world.now)
    gateway.last_seen_at = world.now
    world.session.flush()
    services.watch(world.session, now=world.now)
    states = {each.rule: each.state for each in world.session.scalars(select(Incident))}
    assert states == {"unknown_call": "raised", "gateway_silent": "cleared_unseen"}
    assert alert.cleared_at is None


def test_a_gateway_that_invents_names_fills_no_alert(
    world: World, press: Callable[..., list[Incident]], clock: FrozenClock
) -> None:
    for number in range(3):
        press(*(f"key-{number}-{each}" for each in range(40)), seconds=number)
    (alert,) = world.session.scalars(select(Incident)).all()
    assert len(alert.sounding) == 51
