"""Opening a shift with its float, and closing it: the drawer counted, the till's own count compared."""

from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.services import record
from app.auth import Actor, Role
from app.clock import business_day
from app.errors import Invalid
from app.money import yuan
from meals.errors import OutsideOwnCanteen
from meals.models import Canteen, Till
from meals.scope import load_till
from meals.shifts.errors import SalesWaiting, ShiftClosed, ShiftNotFound, ShiftOpen, TotalsDiffer
from meals.shifts.models import TillShift
from meals.shifts.reading import Shift, get_shift, read_till
from meals.shifts.rules import LocalCount, Totals, add_up, expect_cash

SHORTEST_REASON = 2


def open_shift(session: Session, *, till_id: int, float_fen: int, by: Actor, now: datetime) -> Shift:
    """Open a shift at a till with the money that lies in its drawer.

    :raises TillNotFound: if the till stands in none of the caller's canteens
    :raises OutsideOwnCanteen: if the caller does not work there
    :raises ShiftOpen: if one is open there
    :raises Invalid: if the till is out of use
    """
    till = _lock_till(session, till_id=till_id, by=by)
    if till.withdrawn_on is not None and till.withdrawn_on <= business_day(now):
        raise Invalid(errors={"till_id": [_l("This till is out of use.")]})
    if session.scalar(select(TillShift.id).where(TillShift.till_id == till_id, TillShift.closed_at.is_(None))):
        raise ShiftOpen
    highest = session.scalar(select(func.max(TillShift.number)).where(TillShift.till_id == till_id)) or 0
    shift = TillShift(
        till_id=till_id,
        canteen_id=till.canteen_id,
        number=highest + 1,
        day=business_day(now),
        float_fen=float_fen,
        opened_at=now,
        opened_by=by.account_id,
    )
    session.add(shift)
    session.flush()
    _record(session, shift, action="shift.opened", new={"number": shift.number, "float_fen": float_fen}, by=by, now=now)
    return get_shift(session, shift_id=shift.id, actor=by, now=now)


def close_shift(
    session: Session,
    *,
    shift_id: int,
    counted_fen: int,
    counts: Mapping[int, int],
    local: LocalCount | None,
    reason: str,
    by: Actor,
    now: datetime,
) -> Shift:
    """Close a shift: its totals are kept as they stand, beside what was counted.

    :param counts: how many of each note and coin, by its worth in fen; empty where only the sum was counted
    :param local: what the till counted by itself; a manager may close without it, with a reason
    :raises ShiftNotFound: if there is none with this id in the caller's canteens
    :raises ShiftClosed: if it was closed before
    :raises SalesWaiting: if the till has sales that the server does not know yet
    :raises TotalsDiffer: if the till and the server do not know of the same sales
    :raises Invalid: if notes and coins come to another sum, or a difference has no reason
    """
    shift = _lock_shift(session, shift_id=shift_id, by=by)
    totals = read_till(
        session, canteen_id=shift.canteen_id, till_id=shift.till_id, from_at=shift.opened_at, until_at=now
    )
    _check_local(local, totals, is_manager=by.is_at(Role.CANTEEN_MANAGER, shift.canteen_id))
    if counts and add_up(counts) != counted_fen:
        raise Invalid(errors={"counted_fen": [_l("The notes and coins come to another sum.")]})
    expected = expect_cash(float_fen=shift.float_fen, totals=totals)
    _check_reason(counted_fen - expected, reason, is_forced=local is None)
    shift.closed_at, shift.closed_by = now, by.account_id
    shift.totals, shift.expected_fen = totals.as_json(), expected
    shift.counted_fen, shift.counts = counted_fen, {str(worth): count for worth, count in counts.items()}
    shift.reason, shift.is_forced = reason, local is None
    session.flush()
    new = {"number": shift.number, "expected_fen": expected, "counted_fen": counted_fen, "is_forced": shift.is_forced}
    _record(session, shift, action="shift.closed", new=new, by=by, now=now, reason=reason)
    return get_shift(session, shift_id=shift.id, actor=by, now=now)


def _check_local(local: LocalCount | None, totals: Totals, *, is_manager: bool) -> None:
    if local is None:
        if not is_manager:
            raise Invalid(errors={"local": [_l("Close the shift at its till. The manager can close it without.")]})
        return
    if local.waiting:
        raise SalesWaiting(extra={"waiting": local.waiting})
    if not local.agrees_with(totals.sold):
        raise TotalsDiffer(
            _(
                "The till counted %(till)s sales and %(till_cash)s yuan of cash, the server %(server)s and "
                "%(server_cash)s. Leave the till open for a minute and try again. If it stays so, the manager "
                "closes the shift.",
                till=local.count,
                till_cash=yuan(local.cash_fen),
                server=totals.sold.count,
                server_cash=yuan(totals.sold.cash_fen),
            ),
            extra={"server": {"count": totals.sold.count, "cash_fen": totals.sold.cash_fen}},
        )


def _check_reason(difference_fen: int, reason: str, *, is_forced: bool) -> None:
    """Refuse a difference, or a closing without the till, that nobody explains.

    :raises Invalid: if there is no reason
    """
    if len(reason) >= SHORTEST_REASON or not (difference_fen or is_forced):
        return
    if difference_fen < 0:
        text = _("%(yuan)s yuan are missing in the drawer. Count again, or say why.", yuan=yuan(-difference_fen))
    elif difference_fen > 0:
        text = _("%(yuan)s yuan too much lie in the drawer. Count again, or say why.", yuan=yuan(difference_fen))
    else:
        text = _("Say why the shift is closed without its till.")
    raise Invalid(errors={"reason": [text]})


def _lock_till(session: Session, *, till_id: int, by: Actor) -> Till:
    """Load a till of the caller's own canteen, so that of two who open a shift one comes first."""
    till = load_till(session, till_id=till_id, actor=by)
    if till.canteen_id not in by.canteen_ids:
        raise OutsideOwnCanteen
    # Sales only read the till's row; they go on.
    return session.scalars(select(Till).where(Till.id == till.id).with_for_update(key_share=True)).one()


def _lock_shift(session: Session, *, shift_id: int, by: Actor) -> TillShift:
    query = select(TillShift).where(TillShift.id == shift_id, TillShift.canteen_id.in_(by.canteen_ids))
    shift = session.scalar(query.with_for_update())
    if shift is None:
        raise ShiftNotFound
    if shift.closed_at is not None:
        raise ShiftClosed(extra={"shift_id": shift.id})
    return shift


def _record(
    session: Session,
    shift: TillShift,
    *,
    action: str,
    new: Mapping[str, object],
    by: Actor,
    now: datetime,
    reason: str = "",
) -> None:
    area = session.scalar(select(Canteen.area_code).where(Canteen.id == shift.canteen_id))
    subject = f"shift:{shift.id}"
    record(session, actor=by, action=action, subject=subject, area_code=area, now=now, new=dict(new), reason=reason)
