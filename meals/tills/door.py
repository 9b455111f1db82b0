"""Whose token a secret is: the one statement that a device's request costs before its work."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.auth.guard import current_device
from app.tokens import digest
from meals.models import Canteen, Till
from meals.scope import visible_canteens
from meals.tills.errors import DeviceNotFound, TillRevoked
from meals.tills.models import TillDevice


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device that is calling: which till it is, and where that stands."""

    id: int
    number: int
    till_id: int
    till_number: int
    canteen_id: int
    area_code: str
    enrolled_by: int
    enrolled_at: datetime
    revoked_at: datetime | None = None

    @property
    def name(self) -> str:
        """Return how the ledger and the audit log name it."""
        return f"device:{self.id}"


def find_device(session: Session, secret: str, now: datetime) -> Device | None:  # noqa: ARG001 - tokens do not end by themselves
    """Return the device that holds a secret, or nothing.

    :raises TillRevoked: if it was taken out of use
    """
    row = session.execute(_select().where(TillDevice.token_digest == digest(secret))).one_or_none()
    if row is None:
        return None
    if row.TillDevice.revoked_at is not None:
        raise TillRevoked
    return _describe(*row)


def get_device(session: Session, *, device_id: int, by: Actor) -> Device:
    """Return a device of the caller's canteens, also one that was taken out of use.

    :raises DeviceNotFound: if it is none of theirs
    """
    row = session.execute(_select().where(TillDevice.id == device_id, visible_canteens(by))).one_or_none()
    if row is None:
        raise DeviceNotFound
    return _describe(*row)


def find_neighbour(session: Session, *, device_id: int | None, of: Device) -> Device | None:
    """Return the device that gave an entry its number: the one that calls, or one before it in the same canteen.

    The browser of a till that was enrolled anew still has what it sold as the device it was, and sends that too.
    """
    if device_id in {None, of.id}:
        return of
    row = session.execute(_select().where(TillDevice.id == device_id, Till.canteen_id == of.canteen_id)).one_or_none()
    return _describe(*row) if row else None


def _select() -> Select[TillDevice, int, int, str]:
    return (
        select(TillDevice, Till.number, Till.canteen_id, Canteen.area_code)
        .join(Till, Till.id == TillDevice.till_id)
        .join(Canteen, Canteen.id == Till.canteen_id)
    )


def _describe(found: TillDevice, till_number: int, canteen_id: int, area_code: str) -> Device:
    return Device(
        id=found.id,
        number=found.number,
        till_id=found.till_id,
        till_number=till_number,
        canteen_id=canteen_id,
        area_code=area_code,
        enrolled_by=found.enrolled_by,
        enrolled_at=found.enrolled_at,
        revoked_at=found.revoked_at,
    )


def current_till() -> Device:
    """Return the device that is calling.

    :raises NotSignedIn: if none is
    """
    return cast("Device", current_device())


def acting(device: Device, *, account_id: int, name: str = "") -> Actor:
    """Return who stands at a device, as bookings and the audit log name them."""
    return Actor(account_id=account_id, name=name, device=device.name, kind="till", canteen_ids=(device.canteen_id,))
