"""Devices by what their gateway calls them, and whether they call in earnest."""

from datetime import timedelta

from sqlalchemy.orm import Session

from safety.intake.finding import find_devices
from tests.conftest import FrozenClock
from tests.safety.factories import make_device, make_gateway, make_home


def test_devices_are_found_by_the_names_their_gateway_gives_them(session: Session, clock: FrozenClock) -> None:
    home, gateway = make_home(session), make_gateway(session)
    sos = make_device(session, home=home, gateway=gateway, ref="0x01")
    make_device(session, home=home, gateway=make_gateway(session), ref="0x02")
    pairs = {(gateway.id, "0x01"), (gateway.id, "0x02")}
    ((pair, found),) = find_devices(session, pairs, now=clock.now()).items()
    assert (pair, found.id, found.home_id, found.is_tested) == ((gateway.id, "0x01"), sos.id, home.id, False)


def test_a_home_under_test_or_not_yet_watched_does_not_call_in_earnest(session: Session, clock: FrozenClock) -> None:
    gateway, now = make_gateway(session), clock.now()
    pending, active = make_home(session, state="pending"), make_home(session)
    make_device(session, home=pending, gateway=gateway, ref="a")
    make_device(session, home=active, gateway=gateway, ref="b")
    active.testing_from, active.testing_until = now, now + timedelta(minutes=10)
    session.flush()
    pairs = [(gateway.id, "a"), (gateway.id, "b")]
    found = find_devices(session, pairs, now=now)
    assert [found[pair].is_tested for pair in pairs] == [True, True]
    later = find_devices(session, pairs, now=now + timedelta(minutes=10))
    assert [later[pair].is_tested for pair in pairs] == [True, False]
