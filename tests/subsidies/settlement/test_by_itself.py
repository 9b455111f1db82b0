"""What the product does by itself, and what an operator asks at a terminal."""

from typing import Any

import pytest

from subsidies.settlement.rules import State
from subsidies.settlement.tasks import make_statements
from tests.conftest import FrozenClock
from tests.subsidies.settlement.world import OCTOBER, OTHER_STREET, World, at, open_merchant


@pytest.fixture
def sold(world: World) -> World:
    world.sell(at(10, 5))
    world.sell(at(10, 6), merchant=open_merchant(world.session, "B-5", OTHER_STREET))
    world.seal()
    world.session.commit()
    return world


def test_the_month_that_is_over_is_made_at_night_and_again_without_harm(sold: World) -> None:
    make_statements()
    make_statements()
    statement = sold.statement()
    assert (statement.state, statement.lines, statement.drafted_by) == (State.DRAFTED, 1, None)


def test_what_is_not_sealed_waits_for_the_next_night(sold: World, clock: FrozenClock) -> None:
    clock.set(at(11, 1))
    sold.sell(at(10, 31))
    sold.session.commit()
    # The last seal was made on the clock of the fixture; a later one is missing.
    make_statements(period=OCTOBER)
    assert sold.statement().lines == 1


def test_the_command_makes_one_area_or_all(sold: World, runner: Any) -> None:
    one = runner.invoke(args=["settlement", "make", OCTOBER, "--area", "330106"])
    assert (one.exit_code, "1 statements" in one.output) == (0, True), one.output
    rest = runner.invoke(args=["settlement", "make", OCTOBER])
    assert "1 statements, 0 completed, 1 lines." in rest.output


@pytest.mark.parametrize(("period", "part"), [("2026-13", "2026-10"), ("2026-11", "还没过完")])
def test_the_command_refuses_in_words(sold: World, runner: Any, period: str, part: str) -> None:
    outcome = runner.invoke(args=["settlement", "make", period])
    assert outcome.exit_code == 1
    assert part in outcome.output
