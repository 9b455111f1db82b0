"""Changing canteens: opening and changing them, days on which they stay closed, tills."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.areas.rules import is_within_any
from app.auth import Actor
from app.clock import business_day
from app.errors import Invalid
from meals.changes import check_not_past, record_change
from meals.models import EVERY_DAY, Canteen, CanteenClosure, Till
from meals.scope import CanteenNotFound, TillNotFound, load_canteen
from subsidies import services as subsidies

CANTEEN_FIELDS = (
    "kind",
    "name",
    "name_en",
    "area_code",
    "kitchen_id",
    "seats",
    "weekdays",
    "licence_expires_on",
    "agreement_expires_on",
    "closed_from",
)
MOST_TILLS = 99


def open_canteen(
    session: Session,
    *,
    code: str,
    kind: str,
    name: str,
    area_code: str,
    licence_expires_on: date,
    agreement_expires_on: date,
    by: Actor,
    now: datetime,
    name_en: str = "",
    kitchen_id: int | None = None,
    seats: int = 0,
    weekdays: Sequence[int] = EVERY_DAY,
    closed_from: date | None = None,
) -> Canteen:
    """Open a canteen with an account to which subsidies are paid.

    :param weekdays: ISO weekdays on which it opens, Monday is 1
    :raises Invalid: if the code is taken, or the area or kitchen cannot be this canteen's
    """
    if session.scalar(select(Canteen.id).where(Canteen.code == code)) is not None:
        raise Invalid(errors={"code": [_l("Another canteen has this code.")]})
    canteen = Canteen(
        code=code,
        kind=kind,
        name=name,
        name_en=name_en,
        area_code=area_code,
        kitchen_id=kitchen_id,
        seats=seats,
        weekdays=sorted(set(weekdays)),
        licence_expires_on=licence_expires_on,
        agreement_expires_on=agreement_expires_on,
        closed_from=closed_from,
        created_at=now,
    )
    _check_place(session, canteen, by)
    _check_kitchen(session, canteen, by)
    # By the code, which never changes: the account must be there before the canteen has an id.
    canteen.merchant_account = subsidies.open_account(
        session, kind="merchant", area_code=area_code, owner_ref=f"canteen:{code}", name=name
    )
    session.add(canteen)
    session.flush()
    record_change(session, canteen, action="canteen.opened", new={"code": code, **_facts(canteen)}, by=by, now=now)
    return canteen


def change_canteen(
    session: Session, *, canteen_id: int, changes: Mapping[str, Any], by: Actor, now: datetime
) -> Canteen:
    """Change some facts of a canteen.

    :param changes: new values by field, any of ``CANTEEN_FIELDS``
    :raises CanteenNotFound: if it is none of the caller's
    :raises Invalid: if the area or kitchen cannot be this canteen's
    """
    canteen = load_canteen(session, canteen_id=canteen_id, actor=by, lock=True)
    old = _facts(canteen)
    for field in CANTEEN_FIELDS:
        if field in changes:
            setattr(canteen, field, changes[field])
    canteen.weekdays = sorted(set(canteen.weekdays))
    if canteen.area_code != old["area_code"]:
        _check_place(session, canteen, by)
    if (canteen.kind, canteen.kitchen_id) != (old["kind"], old["kitchen_id"]):
        _check_kitchen(session, canteen, by)
    session.flush()
    new = _facts(canteen)
    changed = [field for field in CANTEEN_FIELDS if old[field] != new[field]]
    if changed:
        was, became = {field: old[field] for field in changed}, {field: new[field] for field in changed}
        record_change(session, canteen, action="canteen.changed", old=was, new=became, by=by, now=now)
    return canteen


def close_canteen_on(
    session: Session, *, canteen_id: int, closed_on: date, reason: str, by: Actor, now: datetime
) -> CanteenClosure:
    """Keep a canteen closed on a day; once more for the same day replaces the reason.

    :raises CanteenNotFound: if it is none of the caller's
    :raises Invalid: if the day is over
    """
    canteen = load_canteen(session, canteen_id=canteen_id, actor=by, lock=True)
    check_not_past(closed_on, field="closed_on", now=now)
    closure = session.get(CanteenClosure, (canteen_id, closed_on))
    old = {"reason": closure.reason} if closure else None
    if closure is None:
        closure = CanteenClosure(canteen_id=canteen_id, closed_on=closed_on, reason=reason)
        session.add(closure)
    closure.reason = reason
    session.flush()
    record_change(
        session,
        canteen,
        action="canteen.closed_on",
        old=old,
        new={"closed_on": closed_on, "reason": reason},
        by=by,
        now=now,
    )
    return closure


def reopen_canteen_on(session: Session, *, canteen_id: int, closed_on: date, by: Actor, now: datetime) -> None:
    """Let a canteen open after all on a day it was to be closed; nothing happens if it was not.

    :raises CanteenNotFound: if it is none of the caller's
    :raises Invalid: if the day is over
    """
    canteen = load_canteen(session, canteen_id=canteen_id, actor=by, lock=True)
    check_not_past(closed_on, field="closed_on", now=now)
    closure = session.get(CanteenClosure, (canteen_id, closed_on))
    if closure is None:
        return
    old = {"closed_on": closed_on, "reason": closure.reason}
    session.delete(closure)
    session.flush()
    record_change(session, canteen, action="canteen.reopened_on", old=old, by=by, now=now)


def open_till(session: Session, *, canteen_id: int, by: Actor, now: datetime, number: int | None = None) -> Till:
    """Set up a till, or bring back one that was withdrawn.

    :param number: the next free number if left out
    :raises CanteenNotFound: if the canteen is none of the caller's
    :raises Invalid: if the number is in use, or all are
    """
    canteen = load_canteen(session, canteen_id=canteen_id, actor=by, lock=True)
    if number is None:
        highest = session.scalar(select(func.max(Till.number)).where(Till.canteen_id == canteen_id)) or 0
        number = highest + 1
    if number > MOST_TILLS:
        raise Invalid(errors={"number": [_l("A canteen has at most 99 tills.")]})
    till = session.scalar(select(Till).where(Till.canteen_id == canteen_id, Till.number == number))
    if till is None:
        till = Till(canteen_id=canteen_id, number=number)
        session.add(till)
    elif till.withdrawn_on is None:
        raise Invalid(errors={"number": [_l("This canteen already has a till with this number.")]})
    till.withdrawn_on = None
    session.flush()
    record_change(session, canteen, action="till.opened", new={"till": till.id, "number": number}, by=by, now=now)
    return till


def withdraw_till(session: Session, *, canteen_id: int, till_id: int, by: Actor, now: datetime) -> Till:
    """Take a till out of use; its sales stay.

    :raises CanteenNotFound: if the canteen is none of the caller's
    :raises TillNotFound: if the canteen has no such till
    """
    canteen = load_canteen(session, canteen_id=canteen_id, actor=by, lock=True)
    till = session.scalar(select(Till).where(Till.id == till_id, Till.canteen_id == canteen_id))
    if till is None:
        raise TillNotFound
    if till.withdrawn_on is None:
        till.withdrawn_on = business_day(now)
        session.flush()
        record_change(
            session, canteen, action="till.withdrawn", old={"till": till.id, "number": till.number}, by=by, now=now
        )
    return till


def _check_place(session: Session, canteen: Canteen, by: Actor) -> None:
    if not is_within_any(canteen.area_code, by.area_codes):
        raise Invalid(errors={"area": [_l("This place lies outside your area.")]})
    if areas.find_area(session, canteen.area_code) is None:
        raise Invalid(errors={"area": [_l("There is no place with this code.")]})


def _check_kitchen(session: Session, canteen: Canteen, by: Actor) -> None:
    if canteen.kitchen_id is None:
        return
    if canteen.kind == "central_kitchen":
        raise Invalid(errors={"kitchen_id": [_l("A central kitchen cooks for itself.")]})
    try:
        kitchen = load_canteen(session, canteen_id=canteen.kitchen_id, actor=by)
    except CanteenNotFound as error:
        raise Invalid(errors={"kitchen_id": [error.detail]}) from error
    if kitchen.kind != "central_kitchen":
        raise Invalid(errors={"kitchen_id": [_l("Meals come from a central kitchen; this is none.")]})


def _facts(canteen: Canteen) -> dict[str, Any]:
    return {field: getattr(canteen, field) for field in CANTEEN_FIELDS}
