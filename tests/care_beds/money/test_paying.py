"""A visit is paid once, by one payer, for no longer than somebody was there; and goes back once."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import clock
from app.auth import Role
from app.errors import Invalid
from app.people.models import SeniorStatus
from app.people.rules import Status
from care_beds.money import paying, services
from care_beds.money.errors import AlreadyUndone, NotInsured, PaymentNotFound, ReferenceNoted, VisitNotPayable
from care_beds.money.models import VisitPayment
from care_beds.money.reading import PaymentFilter, get_payment, list_payments, list_unpaid, sum_payments
from care_beds.money.recomputing import recompute_visit
from care_beds.rounds import objecting
from subsidies import queries as ledger
from subsidies.ledger.verify import verify
from subsidies.queries import Booked
from tests.care_beds.factories import DISTRICT, make_care_staff
from tests.care_beds.money.world import OCTOBER, CareWorld, make_world


def balance(world: CareWorld) -> int:
    return ledger.get_wallet(world.session, home=world.home, on=OCTOBER).balance_fen


def test_points_pay_all_of_a_visit_and_the_movement_says_why(world: CareWorld) -> None:
    world.give_points(10_000)
    visit = world.visit(present=timedelta(minutes=58, seconds=30))
    paid = world.pay(visit)
    assert (paid.payer, paid.minutes, paid.price_fen) == ("points", 58, 3500 * 58 // 60)
    assert balance(world) == 10_000 - paid.price_fen
    assert paid.txn_id is not None
    movement = ledger.get_transaction(world.session, home=world.home, txn_id=paid.txn_id)
    assert movement.explanation["zh"][1:] == [
        f"2026-10-01 上门助洁，床位 {world.bed.number}",
        "计划 60 分钟，签到到签退 58 分钟，计 58 分钟",
        "助洁每小时 35.00 元，共 33.83 元",
        "由重阳分支付",
    ]
    assert list(verify(world.session)) == []


def test_where_points_do_not_reach_the_bed_subsidy_pays_all_of_it(world: CareWorld) -> None:
    world.give_points(3499)
    paid = world.pay(world.visit())
    assert (paid.payer, paid.price_fen, balance(world)) == ("bed_subsidy", 3500, 3499)
    assert paid.shares == [{"funder": "city", "amount_fen": 1750}, {"funder": "district", "amount_fen": 1750}]
    assert paid.txn_id is not None
    movement = ledger.get_transaction(world.session, home=world.home, txn_id=paid.txn_id)
    assert (movement.change_fen, movement.public_fen) == (0, 3500)


def test_points_for_other_services_do_not_pay(world: CareWorld) -> None:
    world.give_points(9_000, purpose="meals")
    assert world.pay(world.visit()).payer == "bed_subsidy"


def test_points_that_ended_before_the_visit_do_not_pay(world: CareWorld) -> None:
    world.give_points(9_000, expires_on=date(2026, 9, 30))
    assert world.pay(world.visit()).payer == "bed_subsidy"


def test_the_subsidy_of_a_month_is_used_up_and_then_the_family_pays(world: CareWorld) -> None:
    visits = [world.visit(OCTOBER + timedelta(days=n)) for n in range(6)]
    assert [world.pay(each).payer for each in visits] == [*["bed_subsidy"] * 5, "self"]
    assert world.pay(world.visit(date(2026, 11, 2))).payer == "bed_subsidy"
    self_paid = world.session.scalars(select(VisitPayment).where(VisitPayment.payer == "self")).one()
    assert self_paid.txn_id is None
    assert [each["code"] for each in self_paid.reasons][-3:] == ["points_short", "subsidy_used", "paid_by"]


def test_the_insurance_takes_over_what_its_level_allows(session: Session) -> None:
    terms = {
        "orders": [{"payers": ["insurance", "self"]}],
        "insured": [{"levels": ["4"], "month_minutes": 90}],
    }
    world = make_world(session, payment=terms)
    first = world.visit()
    assert world.pay(first).payer == "self"
    session.execute(
        text(
            "INSERT INTO outside_level (senior_id, scheme, level, assessed_on, noted_at, noted_by)"
            " VALUES (:senior, 'ltci', '4', '2026-09-01', now(), :by)"
        ),
        {"senior": world.home, "by": world.clerk.account_id},
    )
    second, third = world.visit(date(2026, 10, 2)), world.visit(date(2026, 10, 3))
    assert [world.pay(each).payer for each in (second, third)] == ["insurance", "self"]
    noted = services.note_reference(
        session, visit_id=second.id, reference="CH 2026-77", by=world.clerk, now=clock.now()
    )
    assert noted.external_ref == "CH 2026-77"
    with pytest.raises(ReferenceNoted):
        services.note_reference(session, visit_id=second.id, reference="X", by=world.clerk, now=clock.now())
    with pytest.raises(NotInsured):
        services.note_reference(session, visit_id=first.id, reference="X", by=world.clerk, now=clock.now())
    with pytest.raises(Invalid):
        services.note_reference(session, visit_id=second.id, reference=" ", by=world.clerk, now=clock.now())


def test_a_visit_longer_than_planned_is_charged_as_planned(world: CareWorld) -> None:
    assert world.pay(world.visit(present=timedelta(minutes=85))).minutes == 60


def test_a_visit_of_no_minute_costs_nothing(world: CareWorld) -> None:
    paid = world.pay(world.visit(present=timedelta(seconds=40)))
    assert (paid.payer, paid.price_fen, paid.txn_id) == ("self", 0, None)


def test_a_visit_is_paid_once(world: CareWorld) -> None:
    visit = world.visit()
    first = world.pay(visit)
    with pytest.raises(VisitNotPayable) as refused:
        world.pay(visit)
    assert refused.value.extra == {"bar": "paid"}
    assert world.session.scalars(select(VisitPayment.txn_id)).all() == [first.txn_id]


@pytest.mark.parametrize(
    ("state", "exception", "bar"),
    [
        ("planned", "none", "not_confirmed"),
        ("missed", "none", "not_confirmed"),
        ("finished", "none", "not_confirmed"),
        ("confirmed", "open", "exception"),
        ("confirmed", "rejected", "rejected"),
    ],
)
def test_what_is_in_doubt_is_not_paid(world: CareWorld, state: str, exception: str, bar: str) -> None:
    visit = world.visit(state=state, exception=exception)
    with pytest.raises(VisitNotPayable) as refused:
        world.pay(visit)
    assert refused.value.extra == {"bar": bar}


@pytest.mark.parametrize(
    ("status", "from_on", "until_on", "bar"),
    [
        (Status.DECEASED, date(2026, 9, 30), None, "deceased"),
        (Status.IN_HOSPITAL, date(2026, 9, 28), None, "away"),
        (Status.IN_INSTITUTION, date(2026, 9, 28), date(2026, 10, 9), "away"),
    ],
)
def test_a_visit_to_somebody_who_was_not_there_is_not_paid(
    world: CareWorld, status: Status, from_on: date, until_on: date | None, bar: str
) -> None:
    visit = world.visit()
    be(world, status, from_on=from_on, until_on=until_on)
    with pytest.raises(VisitNotPayable) as refused:
        world.pay(visit)
    assert refused.value.extra == {"bar": bar}
    assert paying.pay_all(clock=clock.now).count == 0


@pytest.mark.parametrize(
    ("status", "from_on", "until_on"),
    [
        (Status.DECEASED, OCTOBER, None),
        (Status.IN_HOSPITAL, OCTOBER, None),
        (Status.IN_HOSPITAL, date(2026, 9, 28), OCTOBER),
    ],
)
def test_a_visit_of_the_day_somebody_left_or_came_home_is_paid(
    world: CareWorld, status: Status, from_on: date, until_on: date | None
) -> None:
    be(world, status, from_on=from_on, until_on=until_on)
    assert world.pay(world.visit()).price_fen == 3_500


def be(world: CareWorld, status: Status, *, from_on: date, until_on: date | None) -> None:
    row = SeniorStatus(senior_id=world.home, status=status, from_on=from_on, until_on=until_on, recorded_at=clock.now())
    world.session.execute(delete(SeniorStatus).where(SeniorStatus.senior_id == world.home))
    world.session.add(row)
    world.session.flush()


def test_what_the_family_objects_to_is_not_paid(world: CareWorld) -> None:
    visit = world.visit()
    object_to(world, visit.id)
    with pytest.raises(VisitNotPayable) as refused:
        world.pay(visit)
    assert refused.value.extra == {"bar": "objection"}
    (waiting,) = list_unpaid(world.session, area_codes=[DISTRICT])
    assert (waiting.visit_id, waiting.bar) == (visit.id, "objection")


def test_a_visit_that_does_not_exist_is_not_paid(world: CareWorld) -> None:
    with pytest.raises(VisitNotPayable):
        services.pay_visit(world.session, visit_id=987_654, by=None, now=clock.now())


def test_without_documents_a_visit_waits_and_says_for_what(world: CareWorld) -> None:
    before = world.visit(date(2025, 12, 31))
    with pytest.raises(VisitNotPayable) as refused:
        world.pay(before)
    assert refused.value.extra == {"bar": "no_terms"}
    world.visit(date(2026, 10, 2), service="gardening")
    assert [each.bar for each in list_unpaid(world.session, area_codes=[DISTRICT])] == ["no_terms", "no_price"]


def test_all_that_can_be_paid_is_paid_and_the_rest_waits(world: CareWorld) -> None:
    world.give_points(8_000)
    good = [world.visit(OCTOBER + timedelta(days=n)) for n in range(3)]
    world.visit(date(2026, 10, 9), exception="open")
    tally = paying.pay_all(clock=clock.now)
    # Two by points, the third by what is left over for it: each finds what the one before left.
    assert {str(payer): count for payer, count in tally.by_payer.items()} == {"points": 2, "bed_subsidy": 1}
    assert paying.pay_all(clock=clock.now).count == 0
    assert {row.visit_id for row in world.session.scalars(select(VisitPayment))} == {each.id for each in good}


def test_undoing_gives_points_back_once_and_the_visit_stays_unpaid(world: CareWorld) -> None:
    world.give_points(5_000)
    visit = world.visit()
    world.pay(visit)
    undone = services.undo_payment(
        world.session, visit_id=visit.id, reason="家里说没有来过", by=world.approver, now=clock.now()
    )
    assert balance(world) == 5_000
    assert undone.reversal_id is not None
    movement = ledger.get_transaction(world.session, home=world.home, txn_id=undone.reversal_id)
    assert movement.explanation["zh"][-1] == "已撤销：家里说没有来过"
    with pytest.raises(AlreadyUndone):
        services.reverse_visit(world.session, visit_id=visit.id, reason="再来一次", by=world.approver, now=clock.now())
    with pytest.raises(VisitNotPayable):
        world.pay(visit)
    assert list(verify(world.session)) == []


def test_a_family_is_right_twice_and_in_many_words(world: CareWorld) -> None:
    visit = world.visit(clock.business_day(clock.now()) - timedelta(days=1))
    world.pay(visit)
    supervisor = make_care_staff(world.session, Role.SUPERVISOR)
    family = {"senior_id": visit.senior_id, "by": world.approver, "now": clock.now()}
    for _ in range(2):
        made = objecting.object_to_visit(world.session, visit_id=visit.id, words="没有来过", **family)
        answer = {"is_upheld": True, "answer": "核实无误。" * 90, "by": supervisor, "now": clock.now()}
        assert objecting.answer_objection(world.session, objection_id=made.id, **answer).state == "upheld"


def test_a_visit_the_family_paid_is_undone_without_a_movement(session: Session) -> None:
    world = make_world(session, payment={"orders": [{"payers": ["self"]}]})
    visit = world.visit()
    world.pay(visit)
    undone = services.reverse_visit(session, visit_id=visit.id, reason="没有来过", by=world.approver, now=clock.now())
    assert undone is not None
    assert (undone.reversal_id, undone.reversal_reason) == (None, "没有来过")


def test_what_nobody_paid_has_nothing_to_undo(world: CareWorld) -> None:
    visit = world.visit()
    assert (
        services.reverse_visit(world.session, visit_id=visit.id, reason="没有来过", by=world.clerk, now=clock.now())
        is None
    )
    with pytest.raises(PaymentNotFound):
        services.undo_payment(world.session, visit_id=visit.id, reason="没有来过", by=world.clerk, now=clock.now())
    with pytest.raises(Invalid):
        services.reverse_visit(world.session, visit_id=visit.id, reason=" ", by=world.clerk, now=clock.now())


def test_a_payment_is_decided_again_from_what_was_kept(world: CareWorld) -> None:
    world.give_points(100)
    paid = world.pay(world.visit(present=timedelta(minutes=47)))
    assert paid.txn_id is not None
    again = recompute_visit(world.session, Booked(home=world.home, id=paid.txn_id, kind="spend", cause={}))
    assert again is not None
    assert again.is_same
    assert len(again.lines) == 6


def test_the_database_keeps_what_was_paid(world: CareWorld) -> None:
    world.pay(world.visit())
    for change in ("minutes = 59", "payer = 'points'", "price_fen = 1"):
        with pytest.raises(DBAPIError), world.session.begin_nested():
            world.session.execute(text(f"UPDATE visit_payment SET {change}"))
    with pytest.raises(DBAPIError), world.session.begin_nested():
        world.session.execute(text("DELETE FROM visit_payment"))


def test_the_database_charges_nobody_for_longer_than_somebody_was_there(world: CareWorld) -> None:
    world.pay(world.visit())
    row = world.session.scalars(select(VisitPayment)).one()
    other = world.visit(date(2026, 10, 2))
    with pytest.raises(DBAPIError), world.session.begin_nested():
        world.session.execute(
            text(
                "INSERT INTO visit_payment (visit_id, senior_id, bed_id, provider_id, area_code, visit_on, service,"
                " payer, present_minutes, minutes, price_fen, facts, reasons, policy_ids, paid_at)"
                " SELECT :visit, senior_id, bed_id, provider_id, area_code, visit_on, service, 'self', 50, 51, 100,"
                " facts, reasons, policy_ids, paid_at FROM visit_payment WHERE visit_id = :old"
            ),
            {"visit": other.id, "old": row.visit_id},
        )


def test_lists_and_sums_reach_as_far_as_the_reader(world: CareWorld) -> None:
    for n in range(3):
        world.pay(world.visit(OCTOBER + timedelta(days=n)))
    filters = PaymentFilter(from_on=OCTOBER, until_on=date(2026, 10, 31))
    page = list_payments(world.session, actor=world.clerk, filters=filters, limit=2)
    assert [each.visit_on.day for each in page.items] == [3, 2]
    rest = list_payments(world.session, actor=world.clerk, filters=filters, after=page.next, limit=2)
    assert ([each.visit_on.day for each in rest.items], rest.next) == ([1], None)
    (total,) = sum_payments(world.session, actor=world.approver, filters=filters)
    assert (total.payer, total.visits, total.minutes, total.price_fen) == ("bed_subsidy", 3, 180, 10_500)
    other = make_world(world.session).clerk.narrowed(frozenset())
    assert list_payments(world.session, actor=other, filters=filters).items == []
    with pytest.raises(PaymentNotFound):
        get_payment(world.session, visit_id=page.items[0].visit_id, actor=other)


def object_to(world: CareWorld, visit_id: int) -> None:
    world.session.execute(
        text("INSERT INTO visit_objection (visit_id, words, by_account, at) VALUES (:visit, '没有来过', :by, now())"),
        {"visit": visit_id, "by": world.clerk.account_id},
    )
