"""What a bed was built with is taken back in part when it closes before it has served its months."""

from datetime import date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import clock
from app.approvals.errors import SelfApproval
from app.auth import Role
from app.clock import ZONE
from care_beds.beds.rules import Step
from care_beds.money import built_reading, payback
from care_beds.money.errors import ConstructionNotFound, PaybackAsked, PaybackNotDue
from care_beds.money.policy import BED_SUBSIDY
from care_beds.money.rules import Payback, count_payback
from care_beds.money.terms import ConstructionTerms
from subsidies import queries as ledger
from subsidies.ledger.verify import verify
from tests.care_beds.factories import make_care_staff, take_step
from tests.care_beds.money.test_construction import ask, build_in, pay
from tests.care_beds.money.world import CareWorld, make_world
from tests.conftest import FrozenClock

BEGAN = date(2026, 1, 15)
TERMS = ConstructionTerms(
    bed_fen=0,
    adaptation_percent=100,
    adaptation_at_most_fen=300_000,
    at_most_fen=400_000,
    again_after_months=60,
    keep_months=36,
    excused=frozenset({"death"}),
)


@pytest.mark.parametrize(
    ("closed_on", "reason", "found"),
    [
        (date(2026, 1, 20), "wish", Payback(35_000, 1)),
        (date(2026, 2, 15), "wish", Payback(35_000, 1)),
        (date(2026, 2, 16), "wish", Payback(34_000, 2)),
        (date(2028, 12, 16), "moved", Payback(0, 36)),
        (date(2026, 2, 16), "death", Payback(0, 2)),
    ],
)
def test_the_part_of_the_months_that_are_missing_is_taken_back(closed_on: date, reason: str, found: Payback) -> None:
    assert count_payback(36_000, accepted_on=BEGAN, closed_on=closed_on, reason=reason, terms=TERMS) == found


@pytest.fixture
def built(session: Session, clock: FrozenClock) -> CareWorld:
    """A bed that was built with public money in October and closes in November."""
    clock.set(datetime(2026, 11, 20, 11, 48, tzinfo=ZONE))
    world = make_world(session, on=date(2026, 10, 1))
    build_in(world)
    ask(world)
    pay(world)
    return world


def close(world: CareWorld, reason: str = "wish") -> None:
    take_step(world.session, world.bed, Step.CLOSE, on=date(2026, 11, 15), detail={"reason": reason})


def test_one_asks_and_another_takes_it_back_from_each_who_paid(built: CareWorld) -> None:
    close(built)
    due = payback.find_due(built.session, bed_id=built.bed.id)
    assert due is not None
    given = {"bed_id": built.bed.id, "now": clock.now()}
    asked = payback.ask_payback(built.session, **given, by=built.clerk)
    assert (asked.amount_fen, asked.served_months) == (due.amount_fen, due.served_months)
    with pytest.raises(PaybackAsked):
        payback.ask_payback(built.session, **given, by=built.clerk)
    with pytest.raises(SelfApproval):
        payback.book_payback(built.session, **given, by=built.clerk)
    booked = payback.book_payback(built.session, **given, by=built.approver)
    assert booked.reversal_id is not None
    movement = ledger.get_transaction(built.session, home=built.home, txn_id=booked.reversal_id)
    assert sum(each.amount_fen for each in movement.postings) == due.amount_fen
    assert len(movement.postings) == 2
    assert movement.explanation["zh"][-1] == "床位提前关闭，要求 36 个月，服务了 2 个月，未满的部分收回"
    assert list(verify(built.session)) == []
    held = text(
        "SELECT sum(CASE WHEN credit = :m THEN amount_fen ELSE -amount_fen END) FROM ledger.posting"
        " WHERE :m IN (credit, debit)"
    )
    paid = built_reading.find_built(built.session, bed_id=built.bed.id)
    assert paid is not None
    left = built.session.scalar(held, {"m": built.provider.merchant_account})
    assert left == paid.amount_fen - due.amount_fen


def test_what_is_sent_back_may_be_asked_for_again(built: CareWorld) -> None:
    close(built)
    given = {"bed_id": built.bed.id, "now": clock.now()}
    payback.ask_payback(built.session, **given, by=built.clerk)
    sent = payback.reject_payback(built.session, **given, by=built.approver, reason="先问机构")
    assert (sent.state, sent.reason) == ("rejected", "先问机构")
    assert payback.ask_payback(built.session, **given, by=built.clerk).state == "submitted"


def test_nothing_is_taken_back_of_a_bed_that_serves_or_whose_person_died(built: CareWorld) -> None:
    given = {"bed_id": built.bed.id, "now": clock.now()}
    with pytest.raises(PaybackNotDue):
        payback.ask_payback(built.session, **given, by=built.clerk)
    close(built, reason="death")
    with pytest.raises(PaybackNotDue):
        payback.ask_payback(built.session, **given, by=built.clerk)
    stranger = make_care_staff(built.session, Role.STREET_CLERK, area_code="330106003")
    with pytest.raises(ConstructionNotFound):
        payback.ask_payback(built.session, **given, by=stranger)


def test_a_document_that_asks_for_no_months_takes_nothing_back(session: Session, clock: FrozenClock) -> None:
    clock.set(datetime(2026, 11, 20, 11, 48, tzinfo=ZONE))
    terms = {name: value for name, value in BED_SUBSIDY.example["construction"].items() if name != "keep_months"}
    world = make_world(session, subsidy={"construction": terms}, on=date(2026, 10, 1))
    build_in(world)
    ask(world)
    pay(world)
    close(world)
    assert payback.find_due(session, bed_id=world.bed.id) is None
