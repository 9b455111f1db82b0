"""Months handed in by one person, approved by another, and paid: each only if it is still met when it is paid."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.approvals import services as approvals
from app.areas import queries as areas
from app.areas.rules import is_within_any
from app.audit.services import record
from app.auth import Actor
from app.clock import business_day
from app.errors import Forbidden
from app.idempotency import fingerprint
from app.tokens import new_id
from care_beds.beds.models import CareBed
from care_beds.money.access import read_reason
from care_beds.money.booking import Purses, give_back, shares_document
from care_beds.money.errors import (
    FiguresChanged,
    MonthNotFound,
    MonthNotPaid,
    MonthStillMet,
    NothingToHandIn,
    RunNotFound,
)
from care_beds.money.models import APPROVED, BedMonth, BedMonthPart, MonthRun, VisitPayment
from care_beds.money.months import Judged, month_end, row_of, weigh_months
from care_beds.money.policy import get_subsidy_terms
from care_beds.money.rules import MonthState, split_month
from care_beds.money.terms import share_out, share_parts
from care_beds.providers.models import CareProvider
from subsidies import services as ledger

MONTH = "bed_month"
# As many books are locked together; tills wait for them.
BEDS_AT_ONCE = 50


def hand_in(
    session: Session, *, month: date, area_code: str, beds: int, amount_fen: int, by: Actor, now: datetime
) -> MonthRun:
    """Hand in the months of a place that were met, for somebody else to approve.

    :param beds: how many the caller saw, and ``amount_fen`` what they come to
    :raises Forbidden: if the place lies outside the caller's areas
    :raises NothingToHandIn: if there are none
    :raises FiguresChanged: if there are others by now
    """
    if not is_within_any(area_code, by.area_codes):
        raise Forbidden
    rows = _lock_waiting(session, month=month, area_codes=[area_code])
    if not rows:
        raise NothingToHandIn
    found_fen = sum(row.subsidy_fen for row in rows)
    if (len(rows), found_fen) != (beds, amount_fen):
        raise FiguresChanged(extra={"beds": len(rows), "amount_fen": found_fen})
    run = MonthRun(area_code=area_code, month=month, beds=beds, amount_fen=amount_fen, maker_id=by.account_id)
    run.state = "draft"
    approvals.submit(run, by=by.account_id, now=now)
    session.add(run)
    session.flush()
    for row in rows:
        row.run_id = run.id
    session.flush()
    _note(session, "bed_month_run.handed_in", run, by=by, now=now)
    return run


def approve(session: Session, *, run_id: int, by: Actor, now: datetime) -> MonthRun:
    """Approve months that somebody else handed in; they are paid next, bed by bed.

    :raises RunNotFound: if there is none in the caller's areas
    :raises NotSubmitted: if it was decided before
    :raises SelfApproval: if the caller handed it in
    """
    run = get_run(session, run_id=run_id, area_codes=by.area_codes, lock=True)
    approvals.approve(run, state=APPROVED, by=by.account_id, now=now)
    session.flush()
    _note(session, "bed_month_run.approved", run, by=by, now=now)
    return run


def reject(session: Session, *, run_id: int, reason: str, by: Actor, now: datetime) -> MonthRun:
    """Send months back that somebody else handed in; they are judged anew and may be handed in again.

    :raises RunNotFound: if there is none in the caller's areas
    :raises NotSubmitted: if it was decided before
    :raises SelfApproval: if the caller handed it in
    :raises Invalid: if no reason is given
    """
    words = read_reason(reason)
    run = get_run(session, run_id=run_id, area_codes=by.area_codes, lock=True)
    approvals.reject(run, reason=words, by=by.account_id, now=now)
    session.execute(update(BedMonth).where(BedMonth.run_id == run.id).values(run_id=None))
    session.flush()
    _note(session, "bed_month_run.rejected", run, by=by, now=now)
    return run


def pay_next(session: Session, *, run_id: int, now: datetime) -> bool:
    """Pay some more beds of an approved run, and say whether there are any left. Safe to repeat, and to be killed.

    A month that is no longer what was approved, because a visit was undone meanwhile, is not paid: it leaves the run
    and is judged anew.

    :raises InFlight: if another request holds one of the books for too long
    """
    run = session.get(MonthRun, run_id, with_for_update=True, populate_existing=True)
    if run is None or run.state != APPROVED or run.paid_at is not None:
        return False
    query = select(BedMonth).where(BedMonth.run_id == run.id, BedMonth.txn_id.is_(None))
    rows = session.scalars(query.order_by(BedMonth.bed_id).limit(BEDS_AT_ONCE).with_for_update()).all()
    if not rows:
        run.paid_at = now
        session.flush()
        return False
    ledger.open_books(session, homes={row.senior_id for row in rows})
    _pay(session, run, rows, now=now)
    return True


def take_back(session: Session, *, bed_id: int, month: date, reason: str, by: Actor, now: datetime) -> BedMonth:
    """Take back what was paid for a month that turned out not to have been met, because visits were undone since.

    :raises MonthNotFound: if the bed has no such month in the caller's areas
    :raises MonthNotPaid: if nothing was paid for it, or it was taken back before
    :raises MonthStillMet: if it is still worth what was paid
    :raises Invalid: if no reason is given
    """
    words = read_reason(reason)
    query = select(BedMonth).where(
        BedMonth.bed_id == bed_id, BedMonth.month == month, areas.within(BedMonth.area_code, by.area_codes)
    )
    row = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise MonthNotFound
    if row.txn_id is None or row.reversed_at is not None:
        raise MonthNotPaid
    if is_still_met(session, row):
        raise MonthStillMet
    row.reversal_id = _give_back_all(session, row, reason=words, by=by, now=now)
    row.reversed_at, row.reversed_by, row.reversal_reason = now, by.account_id, words
    session.flush()
    record(
        session,
        actor=by,
        action="bed_month.taken_back",
        subject=f"care_bed:{row.bed_id}",
        area_code=row.area_code,
        now=now,
        new={"month": f"{row.month:%Y-%m}", "amount_fen": row.subsidy_fen},
        reason=words,
    )
    return row


def is_still_met(session: Session, row: BedMonth) -> bool:
    """Say whether a paid month is still worth what was paid for it, by what its visits count today."""
    visits, minutes = session.execute(
        select(func.count().filter(VisitPayment.minutes > 0), func.coalesce(func.sum(VisitPayment.minutes), 0)).where(
            VisitPayment.bed_id == row.bed_id,
            VisitPayment.visit_on.between(row.month, month_end(row.month)),
            VisitPayment.reversed_at.is_(None),
        )
    ).one()
    return int(visits) >= row.minimum_visits and int(minutes) >= row.minimum_minutes


def list_unpaid(session: Session) -> list[int]:
    """List runs that were approved and are not paid to the end."""
    query = select(MonthRun.id).where(MonthRun.state == APPROVED, MonthRun.paid_at.is_(None))
    return list(session.scalars(query.order_by(MonthRun.id)))


def get_run(session: Session, *, run_id: int, area_codes: Collection[str], lock: bool = False) -> MonthRun:
    """Return months that were handed in together.

    :raises RunNotFound: if there are none of this number in some areas
    """
    query = select(MonthRun).where(MonthRun.id == run_id, areas.within(MonthRun.area_code, area_codes))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise RunNotFound
    return found


def waiting(month: date, area_codes: Collection[str]) -> Any:
    """Return the condition for months that were met and wait to be handed in."""
    return (
        (BedMonth.month == month)
        & (BedMonth.state == MonthState.MET)
        & (BedMonth.subsidy_fen > 0)
        & BedMonth.provider_id.is_not(None)
        & BedMonth.run_id.is_(None)
        & areas.within(BedMonth.area_code, area_codes)
    )


def sum_waiting(session: Session, *, month: date, area_codes: Collection[str]) -> tuple[int, int]:
    """Return how many months wait to be handed in, and what they come to."""
    query = select(func.count(), func.coalesce(func.sum(BedMonth.subsidy_fen), 0)).where(waiting(month, area_codes))
    count, fen = session.execute(query).one()
    return int(count), int(fen)


def _lock_waiting(session: Session, *, month: date, area_codes: Collection[str]) -> Sequence[BedMonth]:
    query = select(BedMonth).where(waiting(month, area_codes)).order_by(BedMonth.bed_id)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()


def _pay(session: Session, run: MonthRun, rows: Sequence[BedMonth], *, now: datetime) -> None:
    """Pay months that are still worth what was approved, and let the others go."""
    fresh = {
        each.bed_id: each
        for judged in weigh_months(
            session,
            month=run.month,
            area_codes=[run.area_code],
            bed_ids=[row.bed_id for row in rows],
            now=now,
        )
        for each in judged
    }
    purses = Purses(session)
    accounts = _merchants(session, fresh.values())
    for row in rows:
        found = fresh.get(row.bed_id)
        if found and _is_as_approved(row, found):
            _pay_one(session, run, row, found, merchants=accounts, purses=purses, now=now)
        else:
            _let_go(row, found, now=now)
    session.flush()


def _is_as_approved(row: BedMonth, found: Judged) -> bool:
    """Say whether a month still comes to what was approved, for the same providers by the same minutes."""
    approved = (MonthState.MET, row.subsidy_fen, row.provider_id, list(row.facts.get("parts", ())))
    verdict = found.verdict
    return (verdict.state, verdict.subsidy_fen, found.provider_id, list(found.facts.parts)) == approved


def _pay_one(
    session: Session,
    run: MonthRun,
    row: BedMonth,
    judged: Judged,
    *,
    merchants: Mapping[int, int],
    purses: Purses,
    now: datetime,
) -> None:
    funders = get_subsidy_terms(session, row.policy_id).funders
    parts = _parts_of(judged)
    for provider_id, amount_fen in parts:
        legs = purses.legs(row.area_code, share_out(funders, amount_fen))
        paid = {"provider_id": provider_id, "amount_fen": amount_fen, "merchant": merchants[provider_id]}
        txn_id = _spend(session, run, row, judged, **paid, legs=legs, now=now)
        row.txn_id = row.txn_id or txn_id
        if len(parts) > 1:
            told = {"provider_id": provider_id, "minutes": _minutes_of(judged, provider_id), "amount_fen": amount_fen}
            session.add(BedMonthPart(bed_id=row.bed_id, month=row.month, **told, txn_id=txn_id))
    shares = share_parts(funders, [amount_fen for _, amount_fen in parts])
    row.shares, row.state, row.paid_at = shares_document(shares), MonthState.PAID, now
    # The month before its parts: they name it.
    session.flush()


def _parts_of(judged: Judged) -> list[tuple[int, int]]:
    """Return who is paid how much of a month, the longest there first; whose part is not a fen is left out."""
    assert judged.provider_id is not None
    subsidy_fen, parts = judged.verdict.subsidy_fen, judged.facts.parts
    if not parts:
        return [(judged.provider_id, subsidy_fen)]
    shared = zip(parts, split_month(subsidy_fen, parts), strict=True)
    return [(each["provider_id"], fen) for each, fen in shared if fen]


def _minutes_of(judged: Judged, provider_id: int) -> int:
    return next(each["minutes"] for each in judged.facts.parts if each["provider_id"] == provider_id)


def _spend(
    session: Session,
    run: MonthRun,
    row: BedMonth,
    judged: Judged,
    *,
    provider_id: int,
    amount_fen: int,
    merchant: int,
    legs: list[tuple[int, int]],
    now: datetime,
) -> UUID:
    month = f"{row.month:%Y-%m}"
    about = {"bed": row.bed_id, "bed_number": judged.bed_number, "month": month, "provider": provider_id}
    answered = ledger.spend(
        session,
        home=row.senior_id,
        key=_key(row, provider_id),
        fingerprint=fingerprint(MONTH, row.bed_id, month),
        txn_id=new_id(),
        merchant_account=merchant,
        points_fen=0,
        purpose=MONTH,
        legs=legs,
        cause={"what": MONTH, **about, "run": run.id, "policies": [row.policy_id], "reasons": row.reasons},
        response={"bed": row.bed_id, "month": month, "subsidy_fen": amount_fen},
        # Two people have signed: the one who approved it is the one by whom it is paid.
        actor=str(run.checker_id),
        device="",
        occurred_at=now,
        occurred_on=business_day(now),
        now=now,
    )
    assert answered.txn_id is not None
    return answered.txn_id


def _key(row: BedMonth, provider_id: int | None) -> str:
    """Name a month's movement: that of whoever was there longest has no name beside it."""
    key = f"bed_month:{row.bed_id}:{row.month:%Y-%m}"
    return key if provider_id == row.provider_id else f"{key}:{provider_id}"


def _give_back_all(session: Session, row: BedMonth, *, reason: str, by: Actor, now: datetime) -> UUID:
    """Reverse what was paid for a month, to each provider who shared it, and return the first reversal."""
    assert row.txn_id is not None
    asked: dict[str, Any] = {"reason": reason, "by": by, "now": now}
    reversal_id: UUID | None = None
    shared = select(BedMonthPart).where(BedMonthPart.bed_id == row.bed_id, BedMonthPart.month == row.month)
    for part in session.scalars(shared):
        part.reversal_id = _give_back(session, row, part.txn_id, provider_id=part.provider_id, **asked)
        if part.txn_id == row.txn_id:
            reversal_id = part.reversal_id
    return reversal_id or _give_back(session, row, row.txn_id, provider_id=row.provider_id, **asked)


def _give_back(
    session: Session, row: BedMonth, txn_id: UUID, *, provider_id: int | None, reason: str, by: Actor, now: datetime
) -> UUID:
    number = session.scalar(select(CareBed.number).where(CareBed.id == row.bed_id))
    month = f"{row.month:%Y-%m}"
    about = {"bed": row.bed_id, "bed_number": number, "month": month, "provider": provider_id, "reason": reason}
    return give_back(
        session,
        home=row.senior_id,
        key=f"{_key(row, provider_id)}:back",
        what=f"{MONTH}_undone",
        reverses=txn_id,
        about={**about, "policies": [row.policy_id]},
        # No points were in it: nothing of it can have ended meanwhile.
        grace_days=0,
        by=by,
        now=now,
    )


def _let_go(row: BedMonth, found: Judged | None, *, now: datetime) -> None:
    row.run_id = None
    if found is not None:
        for name, value in row_of(found, row.month, now=now).items():
            setattr(row, name, value)


def _merchants(session: Session, found: Iterable[Judged]) -> dict[int, int]:
    wanted = {provider_id for each in found if each.provider_id for provider_id, _ in _parts_of(each)}
    query = select(CareProvider.id, CareProvider.merchant_account).where(CareProvider.id.in_(wanted))
    return {row.id: row.merchant_account for row in session.execute(query)}


def _note(session: Session, action: str, run: MonthRun, *, by: Actor, now: datetime) -> None:
    record(
        session,
        actor=by,
        action=action,
        subject=f"bed_month_run:{run.id}",
        area_code=run.area_code,
        now=now,
        new={"month": f"{run.month:%Y-%m}", "beds": run.beds, "amount_fen": run.amount_fen, "state": run.state},
        reason=run.reason,
    )
