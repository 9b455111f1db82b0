"""What counts as settled: the lines of approved statements, and nothing else."""

from sqlalchemy.orm import Session

from app import clock as clock_module
from subsidies.findings.queries import find_settled
from subsidies.settlement.rules import State
from tests.conftest import FrozenClock
from tests.subsidies.settlement.world import at, make_world


def test_a_sale_is_settled_from_the_approval_of_its_statement_on(session: Session, clock: FrozenClock) -> None:
    world = make_world(session)
    october, november = world.sell(at(10, 8)), world.sell(at(11, 3))
    world.make()
    assert find_settled(session, [october]) == {}
    world.bring_to(State.STREET_CONFIRMED)
    assert find_settled(session, [october]) == {}
    world.bring_to(State.APPROVED)
    assert find_settled(session, [october, november]) == {str(october[1]): clock_module.now()}
    assert find_settled(session, []) == {}
