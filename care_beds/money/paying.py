"""Paying beside others: batches in transactions of their own, that may be killed and are tried again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from app.auth import Actor
from app.db import transaction
from app.idempotency import InFlight
from app.jobs import enqueue
from care_beds.money import runs, services
from care_beds.money.payable import list_payable
from care_beds.money.services import Paid
from care_beds.money.terms import Payer

PAY_MONTHS = "care_beds.pay_bed_months"
# Visits of one transaction: their payers' books stay locked until it ends, and somebody may stand at a till.
VISITS_AT_ONCE = 50
# Beds paid while somebody waits for the page; more are work for a worker.
BEDS_AT_ONCE = 100


@dataclass(slots=True)
class Tally:
    """What came of paying many visits."""

    by_payer: dict[Payer, int] = field(default_factory=dict)
    barred: int = 0
    busy: int = 0

    @property
    def count(self) -> int:
        """Return how many visits were paid."""
        return sum(self.by_payer.values())

    def add(self, paid: Paid) -> None:
        """Count a batch."""
        for payer, count in paid.by_payer.items():
            self.by_payer[payer] = self.by_payer.get(payer, 0) + count
        self.barred += len(paid.barred)


def pay_all(*, clock: Callable[[], datetime], by: Actor | None = None) -> Tally:
    """Pay all visits that can be paid, batch by batch; several workers at once share the work."""
    tally, after = Tally(), 0
    while True:
        with transaction() as session:
            ids = list_payable(session, after=after, limit=VISITS_AT_ONCE)
        if not ids:
            return tally
        _pay_batch(ids, tally, clock=clock, by=by)
        after = ids[-1]


def pay_run(run_id: int, *, clock: Callable[[], datetime]) -> None:
    """Pay an approved run to its end. Safe to repeat, at the same time too, and to be killed."""
    is_left = True
    while is_left:
        with transaction() as session:
            is_left = runs.pay_next(session, run_id=run_id, now=clock())


def pay_run_soon(run_id: int, *, beds: int, clock: Callable[[], datetime]) -> None:
    """Pay a small run at once; let a worker pay a large one, or one of whose people stands at a till."""
    try:
        if beds <= BEDS_AT_ONCE:
            pay_run(run_id, clock=clock)
            return
    except InFlight:
        pass
    enqueue(PAY_MONTHS, run_id=run_id)


def _pay_batch(ids: list[int], tally: Tally, *, clock: Callable[[], datetime], by: Actor | None) -> None:
    """Pay a batch; where one of the books is held by somebody else for long, each visit for itself."""
    try:
        tally.add(_pay(ids, clock=clock, by=by))
    except InFlight:
        for visit_id in ids:
            try:
                tally.add(_pay([visit_id], clock=clock, by=by))
            except InFlight:
                # It stays as it is, and comes again with the next round.
                tally.busy += 1


def _pay(ids: list[int], *, clock: Callable[[], datetime], by: Actor | None) -> Paid:
    with transaction() as session:
        return services.pay_visits(session, visit_ids=ids, by=by, now=clock())
