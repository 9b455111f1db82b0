"""Paying visits: one, or many at once beside others; undoing a payment; noting the insurance's number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.audit.services import record
from app.auth import Actor
from app.errors import Invalid
from care_beds.money import telling
from care_beds.money.access import read_reason
from care_beds.money.booking import VISIT_BACK, Purses, book_visits, give_back
from care_beds.money.deciding import Book, decide
from care_beds.money.errors import AlreadyUndone, NotInsured, PaymentNotFound, ReferenceNoted, VisitNotPayable
from care_beds.money.models import VisitPayment
from care_beds.money.payable import BAR_WORDS, Bar, Visit, find_bar, lock_visits, read_visits
from care_beds.money.policy import get_payment_terms
from care_beds.money.terms import Payer
from subsidies import services as ledger

LONGEST_REFERENCE = 60


@dataclass(frozen=True, slots=True)
class Paid:
    """What came of a batch: how many were paid by whom, and why others were not."""

    by_payer: Mapping[Payer, int] = field(default_factory=dict)
    barred: Mapping[int, Bar] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Return how many visits were paid."""
        return sum(self.by_payer.values())


def pay_visit(session: Session, *, visit_id: int, by: Actor | None, now: datetime) -> VisitPayment:
    """Pay a visit, once: whoever comes second is told that it was paid.

    :raises VisitNotPayable: if it was paid before, is not confirmed, is in doubt, or no document says how
    :raises InFlight: if another request holds the senior's book for too long
    """
    lock_visits(session, [visit_id], waits=True)
    paid = _pay_locked(session, [visit_id], by=by, now=now)
    if visit_id in paid.barred:
        bar = paid.barred[visit_id]
        raise VisitNotPayable(BAR_WORDS[bar], extra={"bar": str(bar)})
    found = session.get(VisitPayment, visit_id)
    if found is None:
        raise VisitNotPayable(BAR_WORDS[Bar.NOT_CONFIRMED], extra={"bar": str(Bar.NOT_CONFIRMED)})
    return found


def pay_visits(session: Session, *, visit_ids: Sequence[int], by: Actor | None, now: datetime) -> Paid:
    """Pay those of some visits that can be paid and that nobody else works on; a few dozen at a time.

    :raises InFlight: if another request holds one of the books for too long
    """
    return _pay_locked(session, lock_visits(session, visit_ids, waits=False), by=by, now=now)


def reverse_visit(session: Session, *, visit_id: int, reason: str, by: Actor, now: datetime) -> VisitPayment | None:
    """Undo the payment of a visit: points go back to their lots, public money to its funders.

    A visit that nobody paid has nothing to undo, and then nothing is returned. The visit stays unpaid for good.

    :raises AlreadyUndone: if it was undone before
    :raises Invalid: if no reason is given
    """
    words = read_reason(reason)
    lock_visits(session, [visit_id], waits=True)
    payment = session.get(VisitPayment, visit_id, with_for_update=True, populate_existing=True)
    if payment is None:
        return None
    if payment.reversed_at is not None:
        raise AlreadyUndone
    if payment.txn_id is not None:
        payment.reversal_id = _give_back(session, payment, reason=words, by=by, now=now)
    payment.reversed_at, payment.reversed_by, payment.reversal_reason = now, by.account_id, words
    session.flush()
    _note(session, "visit_payment.undone", payment, by=by, now=now, reason=words)
    telling.tell_undone(session, payment, now=now)
    return payment


def undo_payment(session: Session, *, visit_id: int, reason: str, by: Actor, now: datetime) -> VisitPayment:
    """Undo the payment of a visit of the caller's areas, by hand.

    :raises PaymentNotFound: if there is none in the caller's areas
    :raises AlreadyUndone: if it was undone before
    :raises Invalid: if no reason is given
    """
    _load(session, visit_id, by)
    undone = reverse_visit(session, visit_id=visit_id, reason=reason, by=by, now=now)
    assert undone is not None
    return undone


def note_reference(session: Session, *, visit_id: int, reference: str, by: Actor, now: datetime) -> VisitPayment:
    """Note under which number the long-term care insurance took a visit over; it is noted once.

    :raises PaymentNotFound: if there is no such payment of the caller's areas or providers
    :raises NotInsured: if somebody else paid it
    :raises ReferenceNoted: if a number stands there already
    :raises Invalid: if it is empty or too long
    """
    plain = " ".join(reference.split())
    if not 1 <= len(plain) <= LONGEST_REFERENCE:
        raise Invalid(errors={"reference": [_l("Write the insurance's number, at most 60 characters.")]})
    payment = _load(session, visit_id, by, lock=True)
    if payment.payer != Payer.INSURANCE:
        raise NotInsured
    if payment.external_ref:
        raise ReferenceNoted
    payment.external_ref, payment.external_at, payment.external_by = plain, now, by.account_id
    session.flush()
    _note(session, "visit_payment.reference", payment, by=by, now=now, more={"reference": plain})
    return payment


def _pay_locked(session: Session, ids: Sequence[int], *, by: Actor | None, now: datetime) -> Paid:
    """Pay visits whose rows are locked: their payers' books next, then what hangs on both."""
    if not ids:
        return Paid()
    visits = read_visits(session, ids)
    book, purses = Book(session, visits), Purses(session)
    barred = {visit.id: bar for visit in visits if (bar := find_bar(visit) or book.bar(visit))}
    ready = [visit for visit in visits if visit.id not in barred]
    ledger.open_books(session, homes={visit.senior_id for visit in ready})
    counts: dict[Payer, int] = {}
    # A payer's second visit is decided after the first was booked: it finds what that one left.
    for wave in _waves(ready):
        decided = decide(session, wave, book=book)
        book_visits(session, decided, purses=purses, by=by, now=now)
        telling.tell_paid(session, decided, now=now)
        for each in decided:
            counts[each.charge.payer] = counts.get(each.charge.payer, 0) + 1
    return Paid(counts, barred)


def _waves(visits: Sequence[Visit]) -> list[list[Visit]]:
    """Put visits into groups in which nobody comes twice, the earlier visit of each first."""
    waves: list[list[Visit]] = []
    seen: dict[int, int] = {}
    for visit in sorted(visits, key=lambda each: (each.started_at, each.id)):
        place = seen.get(visit.senior_id, 0)
        seen[visit.senior_id] = place + 1
        if place == len(waves):
            waves.append([])
        waves[place].append(visit)
    return waves


def _load(session: Session, visit_id: int, by: Actor, *, lock: bool = False) -> VisitPayment:
    query = select(VisitPayment).where(
        VisitPayment.visit_id == visit_id,
        areas.within(VisitPayment.area_code, by.area_codes) | VisitPayment.provider_id.in_(by.provider_ids),
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise PaymentNotFound
    return found


def _give_back(session: Session, payment: VisitPayment, *, reason: str, by: Actor, now: datetime) -> Any:
    assert payment.txn_id is not None
    (visit,) = read_visits(session, [payment.visit_id])
    about = {
        "visit": visit.id,
        "visit_on": payment.visit_on.isoformat(),
        "bed": payment.bed_id,
        "bed_number": visit.bed_number,
        "provider": payment.provider_id,
        "names": payment.facts["names"],
        "reason": reason,
        "policies": payment.policy_ids,
    }
    return give_back(
        session,
        home=payment.senior_id,
        key=f"visit:{payment.visit_id}:back",
        what=VISIT_BACK,
        reverses=payment.txn_id,
        about=about,
        grace_days=get_payment_terms(session, payment.policy_ids[0]).grace_days,
        by=by,
        now=now,
    )


def _note(
    session: Session,
    action: str,
    payment: VisitPayment,
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
    more: Mapping[str, Any] | None = None,
) -> None:
    record(
        session,
        actor=by,
        action=action,
        subject=f"care_visit:{payment.visit_id}",
        area_code=payment.area_code,
        now=now,
        new={"payer": payment.payer, "price_fen": payment.price_fen, **(more or {})},
        reason=reason,
    )
