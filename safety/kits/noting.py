"""Writing down what was done with a kit: in its history, and in the audit log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.audit import services as audit
from app.auth.actor import Actor
from safety.kits.models import SafetyDevice, SafetyGateway, SafetyHome, SafetyKitStep


def note_home(
    session: Session,
    home: SafetyHome,
    action: str,
    *,
    by: Actor,
    now: datetime,
    step: str = "",
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    words: str = "",
) -> None:
    """Write down what was done with a home; with a step also in the history of its kit."""
    if step:
        session.add(
            SafetyKitStep(
                home_id=home.id, kind=step, at=now, by_account=by.account_id, words=words, detail=dict(new or {})
            )
        )
    audit.record(
        session,
        actor=by,
        action=action,
        subject=f"safety_home:{home.id}",
        area_code=home.area_code,
        old=old,
        new=new,
        reason=words,
        now=now,
    )


def note_device(
    session: Session,
    device: SafetyDevice,
    step: str,
    *,
    by: Actor,
    now: datetime,
    home_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
    words: str = "",
) -> None:
    """Write down what was done with a device.

    :param home_id: of which home's history it is part, where the device is no longer there
    """
    about = {"type": device.type, "serial": device.serial, **(detail or {})}
    home_id = home_id or device.home_id
    session.add(
        SafetyKitStep(
            home_id=home_id,
            device_id=device.id,
            kind=step,
            at=now,
            by_account=by.account_id,
            words=words,
            detail=dict(about),
        )
    )
    audit.record(
        session,
        actor=by,
        action=f"safety_device.{step}",
        subject=f"safety_device:{device.id}",
        area_code=device.area_code,
        new={**about, **({"home": home_id} if home_id else {})},
        reason=words,
        now=now,
    )


def note_gateway(
    session: Session,
    gateway: SafetyGateway,
    action: str,
    *,
    by: Actor,
    now: datetime,
    new: Mapping[str, Any] | None = None,
) -> None:
    """Write down what was done with a gateway; never its secret."""
    audit.record(
        session,
        actor=by,
        action=action,
        subject=f"safety_gateway:{gateway.id}",
        area_code=gateway.area_code,
        new={"code": gateway.code, **(new or {})},
        now=now,
    )
