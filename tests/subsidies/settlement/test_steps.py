"""Every step of a statement: who takes it, in which order, and what is refused."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.approvals.errors import SelfApproval
from app.audit.models import AuditEntry
from app.errors import Invalid
from subsidies.settlement import reading, services
from subsidies.settlement.errors import (
    AlreadyAnswered,
    AlreadyDisputed,
    DisputeNotFound,
    DisputesOpen,
    LineNotFound,
    OutOfOrder,
    OwnDispute,
    ReopeningAsked,
    ReopeningNotFound,
    SamePerson,
    StatementNotFound,
)
from subsidies.settlement.models import Dispute, Statement
from subsidies.settlement.reach import Reach
from subsidies.settlement.rules import FROZEN, WAYS, State, Step, find_period
from tests.conftest import FrozenClock
from tests.meals.factories import make_policy
from tests.subsidies.settlement.world import (
    AREA,
    NOVEMBER,
    OCTOBER,
    RULES,
    STREET,
    World,
    at,
    open_merchant,
)

ELSEWHERE = Reach(area_codes=("330106",))


@pytest.fixture
def made(world: World) -> World:
    """October's statement of two sales is drafted."""
    world.sell(at(10, 5))
    world.sell(at(10, 9))
    world.make()
    return world


def test_a_statement_goes_its_way_to_payment(made: World) -> None:
    statement = made.bring_to(State.PAID)
    assert statement.bank_reference == "B-1"
    told = reading.get_statement(made.session, statement_id=statement.id, reach=AREA)
    assert [event.action for event in told.events] == [
        "made", "send", "confirm", "confirm_for_street", "approve", "pay",
    ]  # fmt: skip
    assert (told.people["confirmed"], told.people["street_confirmed"], told.people["approved"]) == (
        "沈悦",
        "周敏",
        "徐建平",
    )
    actions = made.session.query(AuditEntry.action).filter(AuditEntry.subject_id == str(statement.id)).all()
    assert {action for (action,) in actions} >= {"settlement.send", "settlement.approve", "settlement.pay"}


@pytest.mark.parametrize("state", State)
def test_no_step_is_taken_out_of_order(made: World, state: State) -> None:
    if state is State.DISPUTED:
        dispute(made, made.bring_to(State.SENT))
    else:
        made.bring_to(state)
    for step in [step for step, way in WAYS.items() if state not in way.sources]:
        with pytest.raises(OutOfOrder) as refused:
            made.step(step, made.statement(), note="B-2")
        assert refused.value.extra["state"] == state


def test_whoever_was_first_is_named(made: World) -> None:
    statement = made.bring_to(State.APPROVED)
    with pytest.raises(OutOfOrder) as refused:
        made.step(Step.APPROVE, statement)
    assert "徐建平" in str(refused.value.detail)


def test_nobody_moves_a_statement_of_another_area(made: World) -> None:
    statement_id = made.statement().id
    for step in Step:
        with pytest.raises(StatementNotFound):
            services.take_step(
                made.session, step=step, statement_id=statement_id, reach=ELSEWHERE, by=made.approver, now=at(11, 20)
            )


def test_another_merchant_neither_sees_nor_confirms(made: World) -> None:
    other = Reach(merchants=(open_merchant(made.session, "A-7"),))
    statement = made.bring_to(State.SENT)
    with pytest.raises(StatementNotFound):
        reading.get_statement(made.session, statement_id=statement.id, reach=other)
    with pytest.raises(StatementNotFound):
        services.dispute_line(
            made.session, statement_id=statement.id, n=1, reason="x", reach=other, by=made.manager, now=at(11, 20)
        )
    assert reading.list_statements(made.session, reach=other).items == []


@pytest.mark.parametrize("who", ["clerk", "manager"])
def test_whoever_confirmed_does_not_approve(made: World, who: str) -> None:
    statement = made.bring_to(State.STREET_CONFIRMED)
    with pytest.raises(SamePerson):
        made.step(Step.APPROVE, statement, by=getattr(made, who))


def test_the_database_too_wants_two_people(made: World) -> None:
    statement = made.bring_to(State.STREET_CONFIRMED)
    with pytest.raises(DBAPIError, match="ck_settlement_statement_two_people"):
        made.session.execute(
            text(
                "UPDATE settlement_statement SET state = 'approved', approved_by = :by, approved_at = now()"
                " WHERE id = :id"
            ),
            {"by": made.clerk.account_id, "id": statement.id},
        )


def test_a_sent_back_statement_is_a_draft_again(made: World) -> None:
    statement = made.bring_to(State.STREET_CONFIRMED)
    made.step(Step.SEND_BACK, statement, note="第 2 行请再看")
    assert (statement.state, statement.confirmed_by, statement.street_confirmed_by) == (State.DRAFTED, None, None)
    assert reading.list_events(made.session, statement_id=statement.id)[-1].note == "第 2 行请再看"


def test_payment_wants_a_reference(made: World) -> None:
    statement = made.bring_to(State.APPROVED)
    for reference in ("", "   ", "x" * 61):
        with pytest.raises(Invalid), made.session.begin_nested():
            made.step(Step.PAY, statement, note=reference)


@pytest.mark.parametrize(
    ("silence", "day", "state"), [("confirms", 26, "street_confirmed"), ("confirms", 25, None), ("waits", 26, None)]
)
def test_silence_is_what_the_rules_say(
    world: World, clock: FrozenClock, silence: str, day: int, state: str | None
) -> None:
    make_policy(world.session, kind="settlement_rules", area_code=STREET, body={**RULES, "silence": silence})
    world.sell(at(10, 9))
    world.make()
    statement = world.step(Step.SEND, world.statement())
    assert str(statement.due_on) == "2026-11-25"
    clock.set(at(11, day))
    if state:
        assert world.step(Step.CONFIRM_FOR_STREET, statement).state == state
    else:
        with pytest.raises(OutOfOrder):
            world.step(Step.CONFIRM_FOR_STREET, statement)


def test_many_are_moved_at_once_and_others_stay(made: World) -> None:
    own = open_merchant(made.session, "A-8")
    made.sell(at(10, 6), merchant=own)
    made.make()
    period = find_period(OCTOBER)
    assert period
    about = {"period": period, "reach": AREA, "now": at(11, 20)}
    assert services.take_steps(made.session, step=Step.SEND, by=made.clerk, **about) == 2
    assert services.take_steps(made.session, step=Step.SEND, by=made.clerk, **about) == 0
    made.step(Step.CONFIRM, made.statement())
    assert services.take_steps(made.session, step=Step.CONFIRM_FOR_STREET, by=made.clerk, **about) == 1
    assert services.take_steps(made.session, step=Step.APPROVE, by=made.clerk, **about) == 0
    assert services.take_steps(made.session, step=Step.APPROVE, by=made.approver, **about) == 1
    assert (made.statement().state, made.statement(merchant=own).state) == (State.APPROVED, State.SENT)


# ------------------------------------------------------------------ disputes


def dispute(world: World, statement: Statement, n: int = 1) -> Dispute:
    return services.dispute_line(
        world.session,
        statement_id=statement.id,
        n=n,
        reason="这顿不是我们卖的",
        reach=world.merchants,
        by=world.manager,
        now=at(11, 20),
    )


def answer(world: World, found: Dispute, outcome: str, **others: object) -> Dispute:
    about = {"reach": AREA, "by": world.clerk, "now": at(11, 21), **others}
    return services.answer_dispute(world.session, dispute_id=found.id, outcome=outcome, answer="查过了", **about)  # type: ignore[arg-type]


def test_a_disputed_line_that_stays_is_sent_again(made: World) -> None:
    found = dispute(made, made.bring_to(State.SENT))
    assert made.statement().state == State.DISPUTED
    with pytest.raises(DisputesOpen):
        made.step(Step.SEND, made.statement())
    answer(made, found, "upheld")
    assert made.step(Step.SEND, made.statement()).state == State.SENT
    assert made.statement().lines == 2


def test_a_line_set_aside_waits_for_the_next_period(made: World, clock: FrozenClock) -> None:
    found = dispute(made, made.bring_to(State.SENT))
    answer(made, found, "set_aside")
    assert (made.statement().lines, made.statement().total_fen) == (1, 1140)
    made.bring_to(State.PAID)
    made.make()
    clock.set(at(12, 2))
    made.make(NOVEMBER)
    assert (made.statement(NOVEMBER).lines, made.statement(NOVEMBER).corrections) == (1, 1)


def test_a_line_set_aside_does_not_come_back_into_its_statement(made: World) -> None:
    found = dispute(made, made.bring_to(State.SENT))
    answer(made, found, "set_aside")
    made.bring_to(State.STREET_CONFIRMED)
    made.step(Step.SEND_BACK, made.statement(), note="再看")
    made.make()
    assert made.statement().lines == 1


def test_disputes_are_refused_where_they_make_no_sense(made: World) -> None:
    with pytest.raises(OutOfOrder):
        dispute(made, made.statement())
    statement = made.bring_to(State.SENT)
    with pytest.raises(LineNotFound):
        dispute(made, statement, n=3)
    found = dispute(made, statement)
    with pytest.raises(AlreadyDisputed):
        dispute(made, statement)
    with pytest.raises(OwnDispute):
        answer(made, found, "upheld", by=replace(made.clerk, account_id=made.manager.account_id))
    with pytest.raises(DisputeNotFound):
        answer(made, found, "upheld", reach=ELSEWHERE)
    answer(made, found, "upheld")
    with pytest.raises(AlreadyAnswered):
        answer(made, found, "set_aside")


def test_the_queue_holds_what_waits(made: World) -> None:
    statement = made.bring_to(State.SENT)
    first, second = dispute(made, statement, 1), dispute(made, statement, 2)
    answer(made, first, "upheld")
    waiting = reading.list_disputes(made.session, reach=AREA, only_open=True)
    assert [(each.id, each.raised_by, each.merchant_name) for each in waiting.items] == [
        (second.id, "沈悦", "文晖二食堂")
    ]
    assert reading.list_disputes(made.session, reach=ELSEWHERE).items == []


# ------------------------------------------------------------------ frozen, and opened again


CHANGES = (
    "UPDATE settlement_statement SET points_fen = points_fen + 1",
    "UPDATE settlement_statement SET shares = '[]'",
    "UPDATE settlement_statement SET state = 'drafted'",
    "UPDATE settlement_statement SET reopened = 1",
    "UPDATE settlement_statement SET period_from = '2026-09-30'",
    "UPDATE settlement_line SET statement_id = NULL, n = NULL",
    "UPDATE settlement_line SET n = n + 10",
)


@pytest.mark.parametrize("state", sorted(FROZEN))
def test_what_is_approved_cannot_be_changed_by_anybody(made: World, state: State) -> None:
    made.bring_to(state)
    for change in CHANGES:
        with pytest.raises(DBAPIError), made.session.begin_nested():
            made.session.execute(text(change))


def test_two_people_reopen_and_leave_a_mark(made: World) -> None:
    statement = made.bring_to(State.APPROVED)
    ask(made)
    with pytest.raises(ReopeningAsked):
        ask(made)
    with pytest.raises(SelfApproval):
        reopen(made, made.clerk)
    assert reopen(made, made.approver).state == State.DRAFTED
    assert (statement.reopened, statement.approved_by) == (1, None)
    told = reading.get_statement(made.session, statement_id=statement.id, reach=AREA)
    assert [event.action for event in told.events][-2:] == ["ask_reopening", "reopen"]
    made.sell(at(10, 20))
    made.make()
    assert made.bring_to(State.APPROVED).lines == 3


def test_a_refused_reopening_leaves_it_closed(made: World) -> None:
    statement = made.bring_to(State.APPROVED)
    with pytest.raises(ReopeningNotFound):
        reopen(made, made.approver)
    ask(made)
    services.refuse_reopening(
        made.session, statement_id=statement.id, reason="下期更正", reach=AREA, by=made.approver, now=at(11, 20)
    )
    assert made.statement().state == State.APPROVED
    with pytest.raises(ReopeningNotFound):
        reopen(made, made.approver)


def test_what_is_paid_stays_paid(made: World) -> None:
    made.bring_to(State.PAID)
    with pytest.raises(OutOfOrder):
        ask(made)


def test_nothing_is_paid_while_its_reopening_waits(made: World) -> None:
    made.bring_to(State.APPROVED)
    ask(made)
    with pytest.raises(ReopeningAsked):
        made.step(Step.PAY, made.statement(), note="B-1")


def ask(world: World) -> None:
    services.ask_reopening(
        world.session, statement_id=world.statement().id, cause="漏了一天", reach=AREA, by=world.clerk, now=at(11, 20)
    )


def reopen(world: World, by: object) -> Statement:
    return services.reopen(
        world.session,
        statement_id=world.statement().id,
        reach=AREA,
        by=by,
        now=at(11, 20),  # type: ignore[arg-type]
    )
