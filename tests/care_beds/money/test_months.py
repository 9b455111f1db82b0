"""A month is judged by what was paid for, handed in by one, approved by another, and paid while it is still met."""

from datetime import date, datetime

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import clock
from app.approvals.errors import NotSubmitted, SelfApproval
from app.areas.rules import ancestors
from app.clock import ZONE
from app.errors import Forbidden, Invalid
from app.people.models import SeniorStatus
from app.people.rules import Status
from care_beds.beds.models import BedSuspension
from care_beds.money import bed_panel, month_reading, months, paying, runs, services
from care_beds.money.errors import (
    FiguresChanged,
    MonthNotFound,
    MonthNotPaid,
    MonthStillMet,
    NothingToHandIn,
    RunNotFound,
)
from care_beds.money.models import BedMonth, BedMonthPart, MonthRun, VisitPayment
from care_beds.money.month_reading import MonthFilter
from care_beds.money.recomputing import recompute_month
from care_beds.money.rules import MonthState, reasons_from_json
from care_beds.money.wording import explain
from care_beds.money.words import tell_month
from care_beds.providers.models import CareProvider
from subsidies import queries as ledger
from subsidies.ledger.verify import verify
from subsidies.queries import Booked
from tests.care_beds.factories import CITY, STREET, make_carer, make_provider, make_provider_manager
from tests.care_beds.money.world import OCTOBER, CareWorld, make_world
from tests.conftest import FrozenClock

FIGURES = {"beds": 1, "amount_fen": 48_000}


@pytest.fixture(autouse=True)
def _in_november(clock: FrozenClock) -> None:
    """Let it be a day on which October may be judged."""
    clock.set(datetime(2026, 11, 20, 11, 48, tzinfo=ZONE))


def judge(world: CareWorld, *, now: datetime | None = None) -> BedMonth | None:
    months.judge_months(world.session, month=OCTOBER, area_codes=[CITY], now=now or clock.now())
    return world.session.get(BedMonth, (world.bed.id, OCTOBER), populate_existing=True)


def hand_in(world: CareWorld, **others: object) -> MonthRun:
    asked = {"month": OCTOBER, "area_code": STREET, **FIGURES, **others}
    return runs.hand_in(world.session, **asked, by=world.clerk, now=clock.now())  # type: ignore[arg-type]


def approve(world: CareWorld, run: MonthRun) -> None:
    runs.approve(world.session, run_id=run.id, by=world.approver, now=clock.now())
    paying.pay_run(run.id, clock=clock.now)
    world.session.expire_all()


def test_a_month_that_met_its_minimum_is_proposed(world: CareWorld) -> None:
    world.month_of_visits()
    found = judge(world)
    assert found is not None
    assert (found.state, found.subsidy_fen, found.visits, found.minutes) == ("met", 48_000, 4, 240)


def test_what_does_not_count_is_told(world: CareWorld) -> None:
    world.month_of_visits(3)
    world.visit(date(2026, 10, 20), state="missed")
    world.visit(date(2026, 10, 21), exception="open")
    world.visit(date(2026, 10, 22), state="finished")
    undone = world.visit(date(2026, 10, 23))
    world.pay(undone)
    services.reverse_visit(world.session, visit_id=undone.id, reason="没有来过", by=world.approver, now=clock.now())
    found = judge(world)
    assert found is not None
    assert (found.state, found.subsidy_fen) == ("not_met", 0)
    told = explain([*month_reading.list_bed_months(world.session, bed_id=world.bed.id)[0].reasons])["zh"]
    assert "上门 3 次，要求 4 次，少 1 次" in told
    assert "不计入：没有上门 1 次、异常还没处理 1 次、还没确认 1 次、已撤销 1 次" in told


def test_a_month_is_not_judged_while_families_may_object(world: CareWorld) -> None:
    world.month_of_visits()
    assert judge(world, now=datetime(2026, 11, 5, 23, tzinfo=ZONE)) is None
    assert judge(world, now=datetime(2026, 11, 6, 1, tzinfo=ZONE)) is not None


def test_days_in_hospital_are_not_paid_for(world: CareWorld) -> None:
    world.month_of_visits(2)
    suspend(world, date(2026, 10, 10), date(2026, 10, 29))
    found = judge(world)
    assert found is not None
    assert (found.state, found.subsidy_fen) == ("met", 48_000 * 12 // 31)
    suspend(world, date(2026, 10, 1), date(2026, 10, 10))
    suspend(world, date(2026, 10, 29), date(2026, 12, 1))
    found = judge(world)
    assert found is not None
    assert (found.state, found.subsidy_fen) == ("suspended", 0)


@pytest.mark.parametrize(
    ("died_on", "state", "fen"), [(date(2026, 10, 10), "met", 48_000 * 10 // 31), (date(2026, 9, 20), "not_met", 0)]
)
def test_nothing_is_paid_for_days_after_a_death_however_late_the_bed_is_closed(
    world: CareWorld, died_on: date, state: str, fen: int
) -> None:
    world.month_of_visits(2)
    die(world, died_on)
    found = judge(world)
    assert found is not None
    assert (found.state, found.subsidy_fen) == (state, fen)


def die(world: CareWorld, on: date) -> None:
    world.session.execute(delete(SeniorStatus).where(SeniorStatus.senior_id == world.home))
    status = SeniorStatus(senior_id=world.home, status=Status.DECEASED, from_on=on, recorded_at=clock.now())
    world.session.add(status)
    world.session.flush()


def test_a_bed_that_began_within_the_month_counts_from_then(session: Session) -> None:
    world = make_world(session, on=date(2026, 10, 16))
    for day in (17, 20):
        world.pay(world.visit(date(2026, 10, day)))
    found = judge(world)
    assert found is not None
    assert (found.state, found.minimum_visits, found.subsidy_fen) == ("not_met", 3, 0)
    world.pay(world.visit(date(2026, 10, 25)))
    found = judge(world)
    assert found is not None
    assert (found.state, found.subsidy_fen) == ("met", 48_000 * 16 // 31)


def test_nothing_is_asked_of_beds_whose_programme_has_no_months(session: Session) -> None:
    band = {"month_fen": 48_000, "minimum_visits": 4, "minimum_minutes": 240, "programmes": ["public"]}
    world = make_world(session, subsidy={"bands": [band]}, programme="own")
    assert judge(world) is None
    assert bed_panel.find_running(session, bed_id=world.bed.id, today=date(2026, 11, 20), now=clock.now()) is None


def test_a_level_that_nobody_assessed_is_worth_nothing(session: Session) -> None:
    band = {"month_fen": 48_000, "minimum_visits": 4, "minimum_minutes": 240, "levels": [2, 3]}
    world = make_world(session, subsidy={"bands": [band]})
    world.month_of_visits()
    found = judge(world)
    assert found is not None
    assert found.state == "not_met"
    assert "没有有效的能力评估，不能定补贴" in tell(found)


def test_a_month_is_handed_in_by_one_approved_by_another_and_paid(world: CareWorld) -> None:
    world.month_of_visits()
    judge(world)
    run = hand_in(world)
    with pytest.raises(SelfApproval):
        runs.approve(world.session, run_id=run.id, by=world.clerk, now=clock.now())
    approve(world, run)
    (view,) = month_reading.list_bed_months(world.session, bed_id=world.bed.id)
    assert (view.state, view.shares) == (
        "paid",
        [{"funder": "city", "amount_fen": 24_000}, {"funder": "district", "amount_fen": 24_000}],
    )
    assert view.txn_id is not None
    movement = ledger.get_transaction(world.session, home=world.home, txn_id=view.txn_id)
    assert (movement.public_fen, movement.change_fen) == (48_000, 0)
    assert movement.explanation["zh"][1] == f"2026-10 床位补贴，床位 {world.bed.number}"
    again = recompute_month(world.session, Booked(home=world.home, id=view.txn_id, kind="spend", cause={}))
    assert again is not None
    assert again.is_same
    assert world.session.get_one(MonthRun, run.id).paid_at is not None
    assert list(verify(world.session)) == []
    with pytest.raises(NothingToHandIn):
        hand_in(world)
    with pytest.raises(NotSubmitted):
        approve(world, run)


def test_a_visit_undone_after_the_approval_takes_the_month_out(world: CareWorld) -> None:
    visits = world.month_of_visits()
    judge(world)
    run = hand_in(world)
    services.reverse_visit(world.session, visit_id=visits[0].id, reason="没有来过", by=world.approver, now=clock.now())
    approve(world, run)
    found = world.session.get_one(BedMonth, (world.bed.id, OCTOBER))
    assert (found.state, found.txn_id, found.run_id, found.subsidy_fen) == ("not_met", None, None, 0)
    assert world.session.get_one(MonthRun, run.id).paid_at is not None


def test_what_was_handed_in_is_not_judged_under_the_approvers_hands(world: CareWorld) -> None:
    visits = world.month_of_visits()
    judge(world)
    hand_in(world)
    services.reverse_visit(world.session, visit_id=visits[0].id, reason="没有来过", by=world.approver, now=clock.now())
    found = judge(world)
    assert found is not None
    assert (found.state, found.visits) == ("met", 4)


def test_a_month_goes_to_the_provider_who_came_and_not_to_the_one_who_took_the_bed_over(world: CareWorld) -> None:
    world.month_of_visits()
    world.bed.provider_id = make_provider(world.session).id
    world.session.flush()
    found = judge(world)
    assert found is not None
    assert found.provider_id == world.provider.id
    run = hand_in(world)
    approve(world, run)
    paid = world.session.get_one(BedMonth, (world.bed.id, OCTOBER))
    (posting, *_others) = world.session.execute(
        text("SELECT DISTINCT credit FROM ledger.posting WHERE txn_id = :txn"), {"txn": paid.txn_id}
    ).all()
    assert posting.credit == world.provider.merchant_account


def share_the_month(world: CareWorld) -> int:
    """Let a second provider make a fourth of the month, and return it."""
    world.month_of_visits(3)
    other = make_provider(world.session)
    world.bed.provider_id = other.id
    world.carer = make_carer(world.session, provider=other).carer
    world.pay(world.visit(date(2026, 10, 20)))
    return other.id


def test_a_month_of_two_providers_is_shared_by_their_minutes(world: CareWorld) -> None:
    other_id = share_the_month(world)
    found = judge(world)
    assert found is not None
    assert (found.state, found.visits, found.provider_id) == ("met", 4, world.provider.id)
    told = " ".join(explain(reasons_from_json(found.reasons))["zh"])
    assert "按上门分钟分：180 分钟 360.00 元、60 分钟 120.00 元" in told
    approve(world, hand_in(world))
    parts = {each.provider_id: each for each in world.session.scalars(select(BedMonthPart))}
    assert {number: each.amount_fen for number, each in parts.items()} == {world.provider.id: 36_000, other_id: 12_000}
    paid = world.session.get_one(BedMonth, (world.bed.id, OCTOBER))
    assert paid.txn_id == parts[world.provider.id].txn_id
    assert sum(each["amount_fen"] for each in paid.shares) == 48_000
    other = world.session.get_one(CareProvider, other_id)
    credit = text("SELECT sum(amount_fen) FROM ledger.posting WHERE credit = :account AND txn_id = :txn")
    asked = {"account": other.merchant_account, "txn": parts[other_id].txn_id}
    assert world.session.scalar(credit, asked) == 12_000
    for part in parts.values():
        booked = Booked(home=world.home, id=part.txn_id, kind="spend", cause={})
        again = recompute_month(world.session, booked)
        assert again is not None
        assert again.is_same
    manager = make_provider_manager(world.session, other)
    assert month_reading.get_month(world.session, bed_id=world.bed.id, month=OCTOBER, actor=manager).state == "paid"
    assert list(verify(world.session)) == []


def test_a_shared_month_is_taken_back_from_each(world: CareWorld) -> None:
    share_the_month(world)
    judge(world)
    approve(world, hand_in(world))
    visit_id = world.session.scalars(select(VisitPayment.visit_id).order_by(VisitPayment.visit_id)).first()
    assert visit_id is not None
    services.reverse_visit(world.session, visit_id=visit_id, reason="没有来过", by=world.approver, now=clock.now())
    asked = {"bed_id": world.bed.id, "month": OCTOBER, "reason": "没有来过", "by": world.approver}
    runs.take_back(world.session, **asked, now=clock.now())  # type: ignore[arg-type]
    reversals = world.session.scalars(select(BedMonthPart.reversal_id)).all()
    assert len({each for each in reversals if each}) == 2
    assert list(verify(world.session)) == []


def test_minutes_that_changed_hands_after_the_approval_take_the_month_out(world: CareWorld) -> None:
    share_the_month(world)
    judge(world)
    run = hand_in(world)
    world.pay(world.visit(date(2026, 10, 25)))
    approve(world, run)
    assert world.session.get_one(BedMonth, (world.bed.id, OCTOBER)).txn_id is None


def test_what_was_sent_back_is_judged_anew_and_handed_in_again(world: CareWorld) -> None:
    world.month_of_visits()
    judge(world)
    run = hand_in(world)
    with pytest.raises(Invalid):
        runs.reject(world.session, run_id=run.id, reason="", by=world.approver, now=clock.now())
    runs.reject(world.session, run_id=run.id, reason="请再核一遍", by=world.approver, now=clock.now())
    world.session.expire_all()
    assert judge(world) is not None
    assert hand_in(world).id != run.id


def test_what_the_caller_did_not_see_is_not_handed_in(world: CareWorld) -> None:
    world.month_of_visits()
    judge(world)
    with pytest.raises(FiguresChanged) as refused:
        hand_in(world, amount_fen=47_000)
    assert refused.value.extra == FIGURES
    with pytest.raises(Forbidden):
        hand_in(world, area_code="330106003")
    elsewhere = ancestors("330106003")
    with pytest.raises(RunNotFound):
        runs.get_run(world.session, run_id=hand_in(world).id, area_codes=elsewhere[:1])


def test_a_paid_month_stays(world: CareWorld) -> None:
    world.month_of_visits()
    judge(world)
    approve(world, hand_in(world))
    assert months.judge_months(world.session, month=OCTOBER, area_codes=None, now=clock.now()) == 1
    for change in ("UPDATE bed_month SET visits = 9", "DELETE FROM bed_month"):
        with pytest.raises(DBAPIError), world.session.begin_nested():
            world.session.execute(text(change))


def test_a_paid_month_whose_visits_were_undone_is_taken_back_once(world: CareWorld) -> None:
    visits = world.month_of_visits()
    judge(world)
    approve(world, hand_in(world))
    asked = {"bed_id": world.bed.id, "month": OCTOBER, "reason": "这次上门是编的"}
    back = {**asked, "by": world.approver, "now": clock.now()}
    with pytest.raises(MonthStillMet):
        runs.take_back(world.session, **back)
    services.reverse_visit(world.session, visit_id=visits[0].id, reason="没有来过", by=world.approver, now=clock.now())
    (view,) = month_reading.list_bed_months(world.session, bed_id=world.bed.id)
    assert view.is_shaken
    taken = runs.take_back(world.session, **back)
    assert taken.reversal_id is not None
    movement = ledger.get_transaction(world.session, home=world.home, txn_id=taken.reversal_id)
    assert (movement.public_fen, movement.explanation["zh"][-1]) == (-48_000, "已撤销：这次上门是编的")
    (view,) = month_reading.list_bed_months(world.session, bed_id=world.bed.id)
    assert (view.is_shaken, view.reversal_reason) == (False, "这次上门是编的")
    with pytest.raises(MonthNotPaid):
        runs.take_back(world.session, **back)
    with pytest.raises(MonthNotFound):
        runs.take_back(world.session, **{**back, "month": date(2026, 1, 1)})
    assert list(verify(world.session)) == []


def test_lists_and_sums_of_a_place(world: CareWorld) -> None:
    world.month_of_visits()
    other = make_world(world.session)
    judge(world)
    filters = MonthFilter(month=OCTOBER)
    page = month_reading.list_months(world.session, actor=world.clerk, filters=filters, limit=1)
    assert [each.bed_id for each in page.items] == [world.bed.id]
    rest = month_reading.list_months(world.session, actor=world.clerk, filters=filters, after=page.next)
    assert [(each.bed_id, each.state) for each in rest.items] == [(other.bed.id, "not_met")]
    sums = month_reading.sum_months(world.session, actor=world.clerk, filters=filters)
    assert {state: (each.beds, each.subsidy_fen) for state, each in sums.items()} == {
        MonthState.MET: (1, 48_000),
        MonthState.NOT_MET: (1, 0),
    }
    assert runs.sum_waiting(world.session, month=OCTOBER, area_codes=[CITY]) == (1, 48_000)


def test_a_running_month_tells_what_is_missing_and_whether_the_plan_will_do(world: CareWorld) -> None:
    for day in (2, 9):
        world.pay(world.visit(date(2026, 11, day)))
    for day in (23, 30):
        world.visit(date(2026, 11, day), state="planned")
    found = bed_panel.find_running(world.session, bed_id=world.bed.id, today=date(2026, 11, 20), now=clock.now())
    assert found is not None
    assert (found.so_far.visits, found.short, found.coming, found.spare) == (2, 2, 2, 0)
    assert (found.hoped.state, found.hoped.subsidy_fen) == ("met", 48_000)
    told = bed_panel.list_months(world.session, bed_id=world.bed.id, months=[date(2026, 11, 1), OCTOBER])
    assert (told[date(2026, 11, 1)].planned, told[date(2026, 11, 1)].done) == (4, 2)


def suspend(world: CareWorld, first: date, until: date) -> None:
    world.session.add(
        BedSuspension(
            bed_id=world.bed.id,
            during=Range(first, until),
            reason="hospital",
            recorded_at=clock.now(),
            recorded_by=world.clerk.account_id,
        )
    )
    world.session.flush()


def tell(found: BedMonth) -> str:
    from care_beds.money.rules import reasons_from_json

    return tell_month(found.state, reasons_from_json(found.reasons))
