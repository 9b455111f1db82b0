"""Test calls: what devices of a home being tested were heard to say, written down instead of judged."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from safety.kits.models import SafetyDevice, SafetyHome, SafetyKitStep


def hear_tests(session: Session, *, heard: Mapping[int, datetime], now: datetime) -> None:
    """Write down that devices being tested were heard, once for each in a test; asks nobody's leave.

    :param heard: when each device said something, by its id
    """
    if not heard:
        return
    fresh = session.execute(
        select(SafetyDevice.id, SafetyDevice.home_id)
        .outerjoin(SafetyHome, SafetyHome.id == SafetyDevice.home_id)
        .where(
            SafetyDevice.id.in_(sorted(heard)),
            or_(SafetyDevice.tested_at.is_(None), SafetyDevice.tested_at < SafetyHome.testing_from),
        )
        .order_by(SafetyDevice.id)
        .with_for_update(of=SafetyDevice, key_share=True)
    ).all()
    if not fresh:
        return
    steps = [
        {"home_id": each.home_id, "device_id": each.id, "kind": "test_call", "at": now, "detail": _said(heard[each.id])}
        for each in fresh
    ]
    session.execute(update(SafetyDevice).where(SafetyDevice.id.in_([each.id for each in fresh])).values(tested_at=now))
    session.execute(insert(SafetyKitStep), steps)


def _said(at: datetime) -> dict[str, str]:
    return {"device_at": at.isoformat()}
