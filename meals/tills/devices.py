"""Devices of tills: a code that is good once, the token it is traded for, rolling and revoking."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.auth import Actor
from app.auth.rules import Limit, Throttle, seconds_to_wait
from app.auth.throttle import count_failure, lock_throttle
from app.clock import business_day
from app.tokens import digest, new_secret
from meals.changes import record_change
from meals.models import Canteen, Till
from meals.scope import load_till, visible_canteens
from meals.tills.errors import DeviceNotFound, EnrolmentsLocked, EnrolmentUnknown, TillUnfit
from meals.tills.models import TillDevice, TillEnrolment

# As long as it takes to walk from the office to the till; who is late makes another.
CODE_GOOD = timedelta(minutes=15)
# A code has 256 bits and cannot be guessed; the limit keeps the log clean of those who try.
WRONG_CODES = Limit(failures=10, window=timedelta(minutes=15))
VERSION_LENGTH = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """A device with the token it was given; the token is told once and kept nowhere."""

    token: str
    device: TillDevice
    till: Till
    canteen: Canteen


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A code to show once, and whom it is for."""

    code: str
    till: Till
    canteen: Canteen
    device: TillDevice | None
    expires_at: datetime


def offer_enrolment(
    session: Session, *, till_id: int, by: Actor, now: datetime, device_id: int | None = None
) -> Offered:
    """Make a code that enrols a new device at a till, or gives a device there a new token.

    :raises TillNotFound: if the till stands in none of the caller's canteens
    :raises TillUnfit: if the till is out of use
    :raises DeviceNotFound: if no such device is in use at this till
    """
    till = load_till(session, till_id=till_id, actor=by)
    if till.withdrawn_on is not None and till.withdrawn_on <= business_day(now):
        raise TillUnfit
    device = load_device(session, device_id=device_id, by=by) if device_id is not None else None
    if device and (device.till_id != till_id or device.revoked_at is not None):
        raise DeviceNotFound
    code = new_secret()
    offer = TillEnrolment(
        code_digest=digest(code),
        till_id=till_id,
        device_id=device_id,
        made_by=by.account_id,
        made_at=now,
        expires_at=now + CODE_GOOD,
    )
    session.add(offer)
    canteen = session.get_one(Canteen, till.canteen_id)
    _record(session, canteen, "till_device.offered", till, device, by=by, now=now)
    return Offered(code=code, till=till, canteen=canteen, device=device, expires_at=offer.expires_at)


def enrol_device(session: Session, *, code: str, version: str, address: str, now: datetime) -> Enrolled:
    """Trade a code for a token: of a new device, or a new one of the device it was made for.

    :raises EnrolmentUnknown: if the code is unknown, used or over
    :raises EnrolmentsLocked: if too many wrong codes came from this address
    """
    subject = f"till_enrolment:{address}"
    throttle = lock_throttle(session, subject, now=now)
    _check_wait(throttle, now)
    offer = session.scalar(select(TillEnrolment).where(TillEnrolment.code_digest == digest(code)).with_for_update())
    if offer is None or offer.used_at is not None or offer.expires_at <= now:
        count_failure(session, subject, throttle, WRONG_CODES, now=now)
        raise EnrolmentUnknown
    offer.used_at = now
    token = new_secret()
    till = session.get_one(Till, offer.till_id, with_for_update={"key_share": True})
    device = _roll(session, offer, token, now=now) if offer.device_id else _make(session, offer, token, now=now)
    device.version, device.last_seen_at = version[:VERSION_LENGTH], now
    session.flush()
    canteen = session.get_one(Canteen, till.canteen_id)
    by = Actor(account_id=offer.made_by, name="", device=f"device:{device.id}", kind="till")
    action = "till_device.rolled" if offer.device_id else "till_device.enrolled"
    _record(session, canteen, action, till, device, by=by, now=now)
    return Enrolled(token=token, device=device, till=till, canteen=canteen)


def revoke_device(session: Session, *, device_id: int, by: Actor, now: datetime) -> TillDevice:
    """Take a device's leave to sell away, at once; what it sent stays.

    :raises DeviceNotFound: if it is none of the caller's canteens'
    """
    device = load_device(session, device_id=device_id, by=by, lock=True)
    if device.revoked_at is None:
        device.revoked_at, device.revoked_by = now, by.account_id
        unused = update(TillEnrolment).where(TillEnrolment.device_id == device_id, TillEnrolment.used_at.is_(None))
        session.execute(unused.values(used_at=now))
        session.flush()
        till = session.get_one(Till, device.till_id)
        canteen = session.get_one(Canteen, till.canteen_id)
        _record(session, canteen, "till_device.revoked", till, device, by=by, now=now)
    return device


def load_device(session: Session, *, device_id: int, by: Actor, lock: bool = False) -> TillDevice:
    """Load a device of the caller's canteens.

    :raises DeviceNotFound: if it is none of theirs
    """
    query = select(TillDevice).join(Till, Till.id == TillDevice.till_id).join(Canteen, Canteen.id == Till.canteen_id)
    query = query.where(TillDevice.id == device_id, visible_canteens(by))
    found = session.scalar(query.with_for_update(of=TillDevice) if lock else query)
    if found is None:
        raise DeviceNotFound
    return found


def note_state(session: Session, *, device_id: int, now: datetime, **state: Any) -> None:
    """Write down how a device stands; what it does not say stays as it was. Its numbers never go back.

    :param state: version, queue_length, oldest_queued_at, clock_skew_ms, is_persistent, roster_at, last_seq
    """
    said = {name: value for name, value in state.items() if value is not None}
    if "queue_length" in said:
        said["oldest_queued_at"] = state.get("oldest_queued_at")
    if "last_seq" in said:
        said["last_seq"] = func.greatest(TillDevice.last_seq, said["last_seq"])
    session.execute(update(TillDevice).where(TillDevice.id == device_id).values(last_seen_at=now, **said))


def _make(session: Session, offer: TillEnrolment, token: str, *, now: datetime) -> TillDevice:
    highest = select(func.max(TillDevice.number)).where(TillDevice.till_id == offer.till_id)
    device = TillDevice(
        till_id=offer.till_id,
        number=(session.scalar(highest) or 0) + 1,
        token_digest=digest(token),
        enrolled_at=now,
        enrolled_by=offer.made_by,
    )
    session.add(device)
    session.flush()
    return device


def _roll(session: Session, offer: TillEnrolment, token: str, *, now: datetime) -> TillDevice:
    device = session.get_one(TillDevice, offer.device_id, with_for_update=True)
    if device.revoked_at is not None:
        raise EnrolmentUnknown
    device.token_digest, device.rolled_at = digest(token), now
    return device


def _check_wait(throttle: Throttle, now: datetime) -> None:
    wait = seconds_to_wait(throttle, now)
    if wait:
        minutes = -(-wait // 60)
        text = _l("Too many wrong codes. Wait %(minutes)s min, then try again.", minutes=minutes)
        raise EnrolmentsLocked(text, headers={"Retry-After": str(wait)})


def _record(
    session: Session, canteen: Canteen, action: str, till: Till, device: TillDevice | None, *, by: Actor, now: datetime
) -> None:
    about = {"till": till.number, **({"device": device.number} if device else {})}
    record_change(session, canteen, action=action, new=about, by=by, now=now)
