"""Statements are made of what is sealed, each transaction once."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from subsidies.settlement import reading, services
from subsidies.settlement.drafting import Made, make_statements
from subsidies.settlement.errors import NotSealed, PeriodNotOver
from subsidies.settlement.rules import State, Step, find_period
from subsidies.settlement.views import LineView
from tests.conftest import FrozenClock
from tests.meals.factories import make_policy
from tests.subsidies.settlement.world import (
    AREA,
    NOVEMBER,
    OCTOBER,
    OTHER_STREET,
    RULES,
    World,
    at,
    open_merchant,
)


def lines_of(world: World, period: str = OCTOBER) -> list[LineView]:
    return list(reading.list_lines(world.session, statement_id=world.statement(period).id, limit=500).items)


def test_a_statement_says_who_owes_what(world: World) -> None:
    world.sell(at(10, 5))
    world.sell(at(10, 9), points_fen=300, funder=world.accounts.district)
    assert world.make() == Made(statements=1, completed=0, lines=2)
    statement = world.statement()
    assert (statement.lines, statement.points_fen, statement.public_fen) == (2, 800, 1280)
    assert statement.shares == [
        {"funder": world.accounts.city, "points_fen": 500, "public_fen": 640},
        {"funder": world.accounts.district, "points_fen": 300, "public_fen": 640},
    ]
    assert [line.n for line in lines_of(world)] == [1, 2]


def test_a_line_tells_points_by_the_lots_funder_and_public_money_by_its_purse(world: World) -> None:
    world.sell(at(10, 9), points_fen=300, funder=world.accounts.street)
    world.make()
    line = lines_of(world)[0]
    accounts = world.accounts
    assert dict(zip(line.funders, zip(line.funder_points_fen, line.funder_public_fen, strict=True), strict=True)) == {
        accounts.city: (0, 320),
        accounts.district: (0, 320),
        accounts.street: (300, 0),
    }


def test_a_sale_without_points_is_settled_by_its_public_money(world: World) -> None:
    world.sell(at(10, 9), points_fen=0)
    world.make()
    assert (world.statement().points_fen, world.statement().public_fen) == (0, 640)


def test_what_is_undone_in_the_same_month_comes_to_nothing(world: World) -> None:
    world.undo(world.sell(at(10, 9)), at(10, 9, 12))
    world.make()
    statement = world.statement()
    assert (statement.lines, statement.corrections, statement.total_fen) == (2, 0, 0)
    assert [line.kind for line in lines_of(world)] == ["spend", "reversal"]


def test_only_the_period_and_what_came_before_it_is_settled(world: World) -> None:
    world.sell(at(10, 31, 23))
    world.sell(at(11, 1, 0))
    world.make()
    assert [line.about_on.isoformat() for line in lines_of(world)] == ["2026-10-31"]


def test_making_again_adds_nothing(world: World) -> None:
    world.sell(at(10, 9))
    world.make()
    before = world.statement().drafted_at
    assert world.make() == Made()
    assert (world.statement().lines, world.statement().drafted_at) == (1, before)


VERSIONS = text("SELECT xmin::text, ctid::text FROM settlement_statement ORDER BY id")


def test_making_again_writes_only_the_drafts_for_which_something_came(world: World) -> None:
    other = open_merchant(world.session, "B-9")
    world.sell(at(10, 9))
    world.sell(at(10, 9), merchant=other)
    world.make()
    untouched, completed = world.statement(), world.statement(merchant=other)
    before = world.session.execute(VERSIONS).all()
    world.make()
    assert world.session.execute(VERSIONS).all() == before
    height = untouched.height
    world.sell(at(10, 8), merchant=other)
    assert world.make() == Made(completed=1, lines=1)
    assert sum(row in before for row in world.session.execute(VERSIONS).all()) == 1
    world.session.expire_all()
    assert (untouched.height, untouched.lines) == (height, 1)
    assert (completed.height > height, completed.lines) == (True, 2)


def test_a_line_that_was_set_aside_does_not_wake_its_draft_each_night(world: World, clock: FrozenClock) -> None:
    world.sell(at(10, 8))
    world.sell(at(10, 9))
    world.make()
    world.step(Step.SEND, world.statement())
    about: Any = {"reach": world.merchants, "by": world.manager, "now": at(11, 3)}
    dispute = services.dispute_line(world.session, statement_id=world.statement().id, n=1, reason="没卖过", **about)
    answered: Any = {"outcome": "set_aside", "answer": "先放一放", "reach": AREA, "by": world.clerk, "now": at(11, 3)}
    services.answer_dispute(world.session, dispute_id=dispute.id, **answered)
    for step in (Step.SEND, Step.CONFIRM, Step.CONFIRM_FOR_STREET, Step.SEND_BACK):
        world.step(step, world.statement(), note="再看看")
    assert world.statement().state == State.DRAFTED
    assert world.make() == Made()


def test_a_late_sale_completes_a_draft(world: World) -> None:
    world.sell(at(10, 9))
    world.make()
    world.sell(at(10, 8))
    assert world.make() == Made(statements=0, completed=1, lines=1)
    assert (world.statement().lines, world.statement().corrections) == (2, 0)
    assert [line.n for line in lines_of(world)] == [1, 2]


def test_a_late_sale_after_sending_is_a_correction_of_the_next_period(world: World, clock: FrozenClock) -> None:
    world.sell(at(10, 9))
    world.make()
    world.step(Step.SEND, world.statement())
    world.sell(at(10, 8))
    world.sell(at(11, 3))
    world.make()
    assert world.statement().lines == 1
    clock.set(at(12, 2))
    world.make(NOVEMBER)
    statement = world.statement(NOVEMBER)
    assert (statement.lines, statement.corrections, statement.correction_fen) == (2, 1, 1140)


def test_a_reversal_after_payment_is_a_correction(world: World, clock: FrozenClock) -> None:
    sale = world.sell(at(10, 9))
    world.make()
    paid = world.bring_to(State.PAID)
    world.undo(sale, at(11, 10))
    clock.set(at(12, 2))
    world.make(NOVEMBER)
    statement = world.statement(NOVEMBER)
    assert (statement.corrections, statement.total_fen) == (1, -1140)
    assert (world.statement().state, world.statement().total_fen) == (State.PAID, paid.total_fen)


def test_nothing_is_made_of_a_running_period(world: World) -> None:
    with pytest.raises(PeriodNotOver):
        world.make(NOVEMBER)


def test_nothing_is_made_of_what_is_not_sealed(world: World) -> None:
    world.sell(at(10, 9))
    period = find_period(OCTOBER)
    assert period
    with pytest.raises(NotSealed):
        make_statements(world.session, period=period, area_code="330100", by=None, now=at(11, 2))
    world.seal(at(10, 9, 12))
    world.sell(at(10, 31))
    with pytest.raises(NotSealed):
        make_statements(world.session, period=period, area_code="330100", by=None, now=at(11, 2))


def test_the_seal_of_a_quiet_end_of_month_is_enough(world: World) -> None:
    world.sell(at(10, 9))
    world.make(now=at(11, 2))
    assert world.statement().lines == 1


def test_other_areas_wait(world: World) -> None:
    elsewhere = open_merchant(world.session, "B-1", OTHER_STREET)
    world.sell(at(10, 9))
    world.sell(at(10, 9), merchant=elsewhere)
    assert world.make(area_code="330105").statements == 1
    assert world.make(area_code="330106").statements == 1
    assert world.statement(merchant=elsewhere).area_code == OTHER_STREET


def test_places_that_settle_by_the_quarter_are_left_out_of_months(world: World, clock: FrozenClock) -> None:
    make_policy(world.session, kind="settlement_rules", area_code=OTHER_STREET, body={**RULES, "cycle": "quarter"})
    elsewhere = open_merchant(world.session, "B-2", OTHER_STREET)
    world.sell(at(10, 9), merchant=elsewhere)
    assert world.make().statements == 0
    clock.set(at(12, 31).replace(year=2027, month=1, day=2))
    assert world.make("2026-Q4").statements == 1
    assert world.statement("2026-Q4", merchant=elsewhere).lines == 1


def test_a_line_cannot_be_invented(world: World) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        world.session.execute(text("INSERT INTO settlement_line (home) VALUES (1)"))


@pytest.mark.parametrize("column", ["points_fen = 1", "occurred_on = '2026-01-01'"])
def test_what_a_line_says_cannot_be_changed(world: World, column: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        world.session.execute(text(f"UPDATE settlement_line SET {column}"))


def test_lines_come_page_by_page(world: World) -> None:
    for day in range(1, 6):
        world.sell(at(10, day))
    world.make()
    page = reading.list_lines(world.session, statement_id=world.statement().id, limit=3)
    rest = reading.list_lines(world.session, statement_id=world.statement().id, after=page.next or 0, limit=3)
    assert ([line.n for line in page.items], [line.n for line in rest.items], rest.next) == ([1, 2, 3], [4, 5], None)


def test_statements_come_page_by_page(world: World, session: Session) -> None:
    for number in range(5):
        world.sell(at(10, 9), merchant=open_merchant(session, f"C-{number}"))
    world.make()
    first = reading.list_statements(session, reach=AREA, limit=3)
    assert first.next is not None
    period, place, number = first.next.split(",")
    rest = reading.list_statements(session, reach=AREA, after=(period, place, int(number)), limit=3)
    assert len({line.id for line in (*first.items, *rest.items)}) == 5
    assert rest.next is None
    assert reading.list_periods(session, reach=AREA)[0].statements == 5
