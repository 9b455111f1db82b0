"""Devices: taken into stock, assigned to a home, installed, tested, moved, returned, lost."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.areas.rules import ancestors, is_within_any
from app.auth.actor import Actor
from app.clock import business_day
from app.errors import Invalid
from safety.kits.errors import DeviceExists, DeviceNotFound, DeviceUnfit, GatewayNotFound
from safety.kits.gateways import ACTIVE
from safety.kits.homes import lock_home
from safety.kits.models import SafetyDevice, SafetyGateway, SafetyHome
from safety.kits.noting import note_device, note_home
from safety.kits.policy import get_terms
from safety.kits.rules import DeviceState


def stock_device(
    session: Session, *, kind: str, serial: str, area_code: str, actor: Actor, now: datetime, ref: str = ""
) -> SafetyDevice:
    """Take a device into the stock of a place.

    :param ref: what its gateway calls it, if that is not its serial number
    :raises Invalid: if the place lies outside the actor's areas, or there is no such kind of device
    :raises NoKitRules: if no rules hold there
    :raises DeviceExists: if a device of this serial number is in use
    """
    if areas.find_area(session, area_code) is None or not is_within_any(area_code, actor.area_codes):
        raise Invalid(errors={"area": [_l("There is no such place in your area.")]})
    if kind not in get_terms(session, area_code=area_code, on=business_day(now)).types:
        raise Invalid(errors={"kind": [_l("This device is not in the list of the document.")]})
    device = SafetyDevice(
        area_code=area_code,
        ref=ref or serial,
        type=kind,
        serial=serial,
        added_at=now,
        added_by=actor.account_id,
    )
    with _one_of_its_name(session):
        session.add(device)
    note_device(session, device, "stocked", by=actor, now=now)
    return device


def assign_devices(
    session: Session, *, home_id: int, device_ids: Collection[int], actor: Actor, now: datetime
) -> list[SafetyDevice]:
    """Put devices from the stock on the list of a home, to be installed there.

    :raises HomeNotFound: if there is no such home for the actor
    :raises HomeEnded: if it ended
    :raises DeviceNotFound: if there is no such device for the actor
    :raises DeviceUnfit: if one is not in stock, or on the list of another home
    """
    home = lock_home(session, home_id=home_id, actor=actor)
    devices = [lock_device(session, device_id=each, actor=actor) for each in sorted(set(device_ids))]
    for device in devices:
        if device.state != DeviceState.STOCKED or device.home_id not in (None, home.id):
            raise DeviceUnfit
        if device.home_id is None:
            device.home_id = home.id
            note_device(session, device, "assigned", by=actor, now=now)
    return devices


def unassign_device(session: Session, *, device_id: int, actor: Actor, now: datetime) -> SafetyDevice:
    """Take a device that is not installed off the list of its home.

    :raises DeviceNotFound: if there is no such device for the actor
    :raises DeviceUnfit: if it is installed, or on no list
    """
    device = lock_device(session, device_id=device_id, actor=actor)
    if device.state != DeviceState.STOCKED or device.home_id is None:
        raise DeviceUnfit
    home_id, device.home_id, device.gateway_id = device.home_id, None, None
    note_device(session, device, "unassigned", by=actor, now=now, home_id=home_id)
    return device


def install_device(
    session: Session,
    *,
    home_id: int,
    device_id: int,
    place: str,
    gateway_id: int,
    actor: Actor,
    now: datetime,
    ref: str = "",
) -> SafetyDevice:
    """Write down that a device stands in a home now; it must be heard in a test before the home is watched over.

    :param ref: what the gateway calls it, if that changed
    :raises HomeNotFound: if there is no such home for the actor
    :raises HomeEnded: if it ended
    :raises DeviceNotFound: if there is no such device for the actor
    :raises DeviceUnfit: if it is not in stock, or meant for another home
    :raises GatewayNotFound: if there is no such gateway in use for this home
    :raises DeviceExists: if the gateway calls another device by this name
    """
    home = lock_home(session, home_id=home_id, actor=actor)
    device = lock_device(session, device_id=device_id, actor=actor)
    if device.state != DeviceState.STOCKED or device.home_id not in (None, home.id):
        raise DeviceUnfit
    _check_gateway(session, gateway_id, home, actor)
    with _one_of_its_name(session):
        device.home_id, device.gateway_id, device.place = home.id, gateway_id, place
        device.ref = ref or device.ref
        device.state, device.installed_at, device.tested_at = DeviceState.INSTALLED, now, None
    note_device(session, device, "installed", by=actor, now=now, detail={"place": place})
    return device


def begin_test(session: Session, *, home_id: int, actor: Actor, now: datetime) -> SafetyHome:
    """Let calls from a home count as tests for as long as the document says; everyone is told that none is watched.

    :raises HomeNotFound: if there is no such home for the actor
    :raises HomeEnded: if it ended
    :raises NoKitRules: if no rules hold there
    """
    home = lock_home(session, home_id=home_id, actor=actor)
    terms = get_terms(session, area_code=home.area_code, on=business_day(now))
    home.testing_from, home.testing_until = now, now + timedelta(minutes=terms.test_minutes)
    until = {"until": home.testing_until.isoformat()}
    note_home(session, home, "safety_home.test_begun", by=actor, now=now, step="test_begun", new=until)
    return home


def end_test(session: Session, *, home_id: int, actor: Actor, now: datetime) -> SafetyHome:
    """Let calls from a home be calls for help again, before the time of the test is over.

    :raises HomeNotFound: if there is no such home for the actor
    :raises HomeEnded: if it ended
    """
    home = lock_home(session, home_id=home_id, actor=actor)
    if home.testing_until is not None:
        home.testing_from = home.testing_until = None
        note_home(session, home, "safety_home.test_ended", by=actor, now=now)
    return home


def move_device(session: Session, *, device_id: int, place: str, actor: Actor, now: datetime) -> SafetyDevice:
    """Write down that a device stands in another room; it is to be heard again from there.

    :raises DeviceNotFound: if there is no such device for the actor
    :raises DeviceUnfit: if it is not installed, or stands there already
    """
    device = lock_device(session, device_id=device_id, actor=actor)
    if device.state != DeviceState.INSTALLED or device.place == place:
        raise DeviceUnfit
    before, device.place, device.tested_at = device.place, place, None
    note_device(session, device, "moved", by=actor, now=now, detail={"from": before, "to": place})
    return device


def return_device(session: Session, *, device_id: int, actor: Actor, now: datetime, words: str = "") -> SafetyDevice:
    """Write down that a device came back; to be used again it is taken into stock anew.

    :raises DeviceNotFound: if there is no such device for the actor
    :raises DeviceUnfit: if it came back before, or was lost
    """
    return _take_away(session, device_id, DeviceState.RETURNED, words, by=actor, now=now)


def lose_device(session: Session, *, device_id: int, words: str, actor: Actor, now: datetime) -> SafetyDevice:
    """Write down that a device was lost or broken.

    :raises DeviceNotFound: if there is no such device for the actor
    :raises DeviceUnfit: if it came back, or was lost before
    """
    return _take_away(session, device_id, DeviceState.LOST, words, by=actor, now=now)


def lock_device(session: Session, *, device_id: int, actor: Actor) -> SafetyDevice:
    """Return a device of the actor's area for a change, held until the end of the transaction.

    :raises DeviceNotFound: if there is none
    """
    query = select(SafetyDevice).where(
        SafetyDevice.id == device_id, areas.within(SafetyDevice.area_code, actor.area_codes)
    )
    found = session.scalar(query.with_for_update(key_share=True).execution_options(populate_existing=True))
    if found is None:
        raise DeviceNotFound
    return found


def _check_gateway(session: Session, gateway_id: int, home: SafetyHome, actor: Actor) -> None:
    query = select(SafetyGateway.home_id).where(
        SafetyGateway.id == gateway_id,
        SafetyGateway.state == ACTIVE,
        or_(
            areas.within(SafetyGateway.area_code, actor.area_codes),
            SafetyGateway.area_code.in_(ancestors(home.area_code)),
        ),
    )
    row = session.execute(query).one_or_none()
    if row is None or row.home_id not in (None, home.id):
        raise GatewayNotFound


def _take_away(
    session: Session, device_id: int, state: DeviceState, words: str, *, by: Actor, now: datetime
) -> SafetyDevice:
    device = lock_device(session, device_id=device_id, actor=by)
    if device.state not in (DeviceState.STOCKED, DeviceState.INSTALLED):
        raise DeviceUnfit
    home_id, device.state, device.home_id = device.home_id, state, None
    note_device(session, device, str(state), by=by, now=now, home_id=home_id, words=words)
    return device


@contextmanager
def _one_of_its_name(session: Session) -> Iterator[None]:
    """Write a device, or say that its number or name is taken."""
    try:
        with session.begin_nested():
            yield
            session.flush()
    except IntegrityError as error:
        raise DeviceExists from error
