"""What is taken back of the building of a bed that closed before it had served as long as its document asks.

One person asks, another approves; then that part of the movement is reversed, and stands as a correction in the
provider's next statement.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.approvals import services as approvals
from app.approvals.rules import REJECTED
from app.areas import queries as areas
from app.audit.services import record
from app.auth import Actor
from app.money import allocate
from care_beds.beds.models import CareBed
from care_beds.money.access import read_reason
from care_beds.money.booking import give_back
from care_beds.money.construction import ACCEPTED_ON, CONSTRUCTION
from care_beds.money.errors import ConstructionNotFound, PaybackAsked, PaybackNotDue
from care_beds.money.models import PAID, BedConstruction, BedPayback
from care_beds.money.policy import get_subsidy_terms
from care_beds.money.rules import count_payback
from subsidies import queries as books
from subsidies import services as ledger

CLOSED = text(
    """
    SELECT on_day, detail ->> 'reason' AS reason FROM bed_step
     WHERE bed_id = :bed AND step = 'close' ORDER BY id DESC LIMIT 1
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is to be taken back of a bed, and why."""

    closed_on: date
    reason: str
    served_months: int
    keep_months: int
    amount_fen: int


def find_due(session: Session, *, bed_id: int) -> Due | None:
    """Return what is to be taken back of a bed, by the document its building was paid by; asks nobody's leave."""
    paid = session.get(BedConstruction, bed_id)
    closed = session.execute(CLOSED, {"bed": bed_id}).one_or_none()
    accepted_on = session.scalar(ACCEPTED_ON, {"bed": bed_id})
    if paid is None or paid.txn_id is None or closed is None or accepted_on is None:
        return None
    terms = get_subsidy_terms(session, paid.policy_id).construction
    found = count_payback(
        paid.amount_fen, accepted_on=accepted_on, closed_on=closed.on_day, reason=closed.reason or "", terms=terms
    )
    if not found.amount_fen:
        return None
    return Due(
        closed_on=closed.on_day,
        reason=closed.reason or "",
        served_months=found.served_months,
        keep_months=terms.keep_months,
        amount_fen=found.amount_fen,
    )


def ask_payback(session: Session, *, bed_id: int, by: Actor, now: datetime) -> BedPayback:
    """Ask for what is to be taken back; somebody else books it.

    :raises ConstructionNotFound: if there is no such bed in the caller's areas
    :raises PaybackNotDue: if nothing is to be taken back
    :raises PaybackAsked: if it was asked for before, and not sent back
    """
    area_code = _check_reach(session, bed_id, by)
    due = find_due(session, bed_id=bed_id)
    if due is None:
        raise PaybackNotDue
    values = {
        "area_code": area_code,
        "closed_on": due.closed_on,
        "close_reason": due.reason,
        "served_months": due.served_months,
        "keep_months": due.keep_months,
        "amount_fen": due.amount_fen,
        "policy_id": session.get_one(BedConstruction, bed_id).policy_id,
        "state": "draft",
        "maker_id": by.account_id,
    }
    made = insert(BedPayback).values(bed_id=bed_id, **values).on_conflict_do_nothing()
    fresh = session.scalar(made.returning(BedPayback.bed_id))
    asked = session.get_one(BedPayback, bed_id, with_for_update=True, populate_existing=True)
    if fresh is None:
        if asked.state != REJECTED:
            raise PaybackAsked
        approvals.renew(asked, values)
    approvals.submit(asked, by=by.account_id, now=now)
    session.flush()
    _note(session, "bed_payback.asked", asked, by=by, now=now)
    return asked


def book_payback(session: Session, *, bed_id: int, by: Actor, now: datetime) -> BedPayback:
    """Approve what somebody else asked to take back, and book it.

    :raises ConstructionNotFound: if nothing was asked for in the caller's areas
    :raises NotSubmitted: if it was decided before
    :raises SelfApproval: if the caller asked for it
    :raises PaybackNotDue: if something else is to be taken back by now
    :raises InFlight: if another request holds the senior's book for too long
    """
    _check_reach(session, bed_id, by)
    paid = session.get(BedConstruction, bed_id)
    if paid is None:
        raise ConstructionNotFound
    ledger.open_book(session, home=paid.senior_id)
    asked = _load(session, bed_id)
    approvals.check_deciding(asked, by=by.account_id)
    due = find_due(session, bed_id=bed_id)
    if due is None or due.amount_fen != asked.amount_fen:
        raise PaybackNotDue
    with session.no_autoflush:
        approvals.approve(asked, state=PAID, by=by.account_id, now=now)
        asked.reversal_id = _reverse(session, paid, asked, by=by, now=now)
    session.flush()
    _note(session, "bed_payback.booked", asked, by=by, now=now)
    return asked


def reject_payback(session: Session, *, bed_id: int, reason: str, by: Actor, now: datetime) -> BedPayback:
    """Send back what somebody else asked to take back; it may be asked for again.

    :raises ConstructionNotFound: if nothing was asked for in the caller's areas
    :raises NotSubmitted: if it was decided before
    :raises SelfApproval: if the caller asked for it
    :raises Invalid: if no reason is given
    """
    words = read_reason(reason)
    _check_reach(session, bed_id, by)
    asked = _load(session, bed_id)
    approvals.reject(asked, reason=words, by=by.account_id, now=now)
    session.flush()
    _note(session, "bed_payback.rejected", asked, by=by, now=now)
    return asked


def _check_reach(session: Session, bed_id: int, by: Actor) -> str:
    """Return the place of a bed of the caller's areas."""
    query = select(CareBed.area_code).where(CareBed.id == bed_id, areas.within(CareBed.area_code, by.area_codes))
    found = session.scalar(query)
    if found is None:
        raise ConstructionNotFound
    return found


def _load(session: Session, bed_id: int) -> BedPayback:
    found = session.get(BedPayback, bed_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise ConstructionNotFound
    return found


def _reverse(session: Session, paid: BedConstruction, asked: BedPayback, *, by: Actor, now: datetime) -> UUID:
    """Reverse the part of the movement, from each funder as it paid; the first takes the odd fen."""
    assert paid.txn_id is not None
    postings = books.get_transaction(session, home=paid.senior_id, txn_id=paid.txn_id).postings
    parts = allocate(asked.amount_fen, [each.amount_fen for each in postings], 0)
    number = session.scalar(select(CareBed.number).where(CareBed.id == paid.bed_id))
    served = {"served_months": asked.served_months, "keep_months": asked.keep_months}
    about = {"bed": paid.bed_id, "bed_number": number, "provider": paid.provider_id, **served}
    return give_back(
        session,
        home=paid.senior_id,
        key=f"{CONSTRUCTION}:{paid.bed_id}:back",
        what=f"{CONSTRUCTION}_undone",
        reverses=paid.txn_id,
        about={**about, "reason": asked.close_reason, "policies": [asked.policy_id]},
        # No points were in it: nothing of it can have ended meanwhile.
        grace_days=0,
        by=by,
        now=now,
        lines=[(each.n, fen) for each, fen in zip(postings, parts, strict=True) if fen],
    )


def _note(session: Session, action: str, asked: BedPayback, *, by: Actor, now: datetime) -> None:
    record(
        session,
        actor=by,
        action=action,
        subject=f"care_bed:{asked.bed_id}",
        area_code=asked.area_code,
        now=now,
        new={"amount_fen": asked.amount_fen, "state": asked.state},
        reason=asked.reason,
    )
