"""Taking what a device sent, one transaction for each thing: what was booked stays booked whatever comes after it."""

from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy.exc import OperationalError

from app import clock
from app.audit.services import record
from app.auth import Actor
from app.clock import business_day
from app.db import transaction
from app.idempotency import InFlight
from meals.tills.conflicts import told
from meals.tills.devices import note_state
from meals.tills.door import Device, get_device
from meals.tills.policy import find_till_rules
from meals.tills.rules import TillRules
from meals.tills.taking import Told, take

log = structlog.get_logger(__name__)


def receive(things: Sequence[Any], *, device: Device, state: dict[str, Any]) -> list[dict[str, Any]]:
    """Book what a device sent, in its order, and say of each what became of it.

    What cannot be booked now (its guest is served elsewhere at this moment, or a fault of ours) is left out of the
    answer: the device keeps it and sends it again.
    """
    now = clock.now()
    with transaction() as session:
        note_state(session, device_id=device.id, now=now, **state)
        rules = find_till_rules(session, area_code=device.area_code, on=business_day(now))
    return _take_all(things, device=device, rules=rules)


def hand_in(things: Sequence[Any], *, device_id: int, by: Actor) -> list[dict[str, Any]]:
    """Book what somebody took out of a device that can no longer send, one that was taken out of use too.

    What the device sent itself, before or at the same time, is booked once.

    :raises DeviceNotFound: if the device is none of the caller's canteens'
    """
    now = clock.now()
    with transaction() as session:
        device = get_device(session, device_id=device_id, by=by)
        rules = find_till_rules(session, area_code=device.area_code, on=business_day(now))
        record(
            session,
            actor=by,
            action="till_device.handed_in",
            subject=f"canteen:{device.canteen_id}",
            area_code=device.area_code,
            new={"till": device.till_number, "device": device.number, "entries": len(things)},
            now=now,
        )
    return _take_all(things, device=device, rules=rules)


def _take_all(things: Sequence[Any], *, device: Device, rules: TillRules | None) -> list[dict[str, Any]]:
    answers = []
    for thing in things:
        try:
            with transaction() as session:
                answers.append(_plain(take(session, thing, device=device, rules=rules, now=clock.now())))
        except InFlight:
            log.info("till.later", device=device.id)
        except OperationalError:
            raise  # the database is away: nothing of the rest can be taken either
        # One thing that breaks must not keep a whole lunch from being booked; it shows as a number that is missing.
        except Exception:
            log.exception("till.not_taken", device=device.id)
    return answers


def _plain(answer: Told) -> dict[str, Any]:
    plain = {
        "id": answer.id,
        "outcome": answer.outcome,
        "receipt": answer.receipt,
        "findings": told(answer.conflicts),
    }
    return {**plain, "errors": answer.errors} if answer.errors else plain
