"""A death at the tills: rosters carry it, what was sold without a line is found, closed months are corrected."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app import clock as clocks
from app.clock import ZONE
from app.people.turns import TurnKind
from app.policies.kinds import get_kind
from portal.turns import tasks
from portal.turns.claims import approve_claim
from portal.turns.models import TurnClaim
from subsidies.seals.keys import sealing_key
from subsidies.seals.sealing import seal_books
from subsidies.services import settlement
from subsidies.settlement.models import Line, Statement
from subsidies.settlement.rules import find_period
from tests.conftest import NOON
from tests.meals.factories import CITY, make_policy
from tests.meals.tills.counter import Counter, enrol
from tests.portal.turns.cast import DIED, Life


@pytest.fixture
def counter(life: Life) -> Counter:
    make_policy(life.session, kind="till_rules")
    return enrol(life.lunch)


def claim_of(life: Life) -> TurnClaim:
    return life.session.scalars(select(TurnClaim).execution_options(populate_existing=True)).one()


def approve(life: Life, claim: TurnClaim) -> None:
    approve_claim(life.session, claim_id=claim.id, effects=life.effects, by=life.approver, now=clocks.now())


def test_the_next_delta_of_a_roster_carries_the_closed_card(life: Life, counter: Counter) -> None:
    whole = counter.roster().get_json()
    life.clock.advance(minutes=5)
    life.turn(TurnKind.DEATH)
    life.clock.advance(seconds=20)
    delta = counter.roster(whole["version"]).get_json()
    assert not delta["full"]
    (row,) = (dict(zip(delta["columns"], each, strict=True)) for each in delta["people"] if each[0] == life.senior.id)
    assert (row["status"], row["card_state"], row["points_fen"]) == ("deceased", "cancelled", 0)


def test_a_lunch_sold_while_the_line_was_cut_is_booked_found_and_claimed(life: Life, counter: Counter) -> None:
    sale = counter.sale(life.card, at=NOON)
    life.clock.advance(minutes=10)
    row = life.turn(TurnKind.DEATH)
    life.clock.advance(minutes=30)
    (answer,) = counter.send(sale)
    assert answer["outcome"] == "booked"
    tasks.watch()
    tasks.watch()
    claim = claim_of(life)
    assert (claim.turn_id, claim.refs) == (row.id, [sale["id"]])
    assert life.count("finding", "check_code = 'R1' AND senior_id = :id", id=life.senior.id) == 1
    approve(life, claim)
    assert life.count("ledger.txn", "home = :id AND kind = 'reversal'", id=life.senior.id) == 1
    assert life.balance() == 0


def test_a_month_that_was_settled_is_corrected_in_the_next(life: Life) -> None:
    make_policy(life.session, kind="settlement_rules", body=dict(get_kind("settlement_rules").example))
    life.eat(DIED + timedelta(days=1))
    settle(life, "2026-11", datetime(2026, 12, 2, 9, tzinfo=ZONE))
    life.turn(TurnKind.DEATH)
    approve(life, claim_of(life))
    settle(life, "2026-12", datetime(2027, 1, 2, 9, tzinfo=ZONE))
    lines = life.session.scalars(select(Line).order_by(Line.seq)).all()
    first, second = (line for line in lines if line.home == life.senior.id)
    assert not first.is_correction
    assert second.is_correction
    assert (second.kind, second.about_on) == ("reversal", DIED + timedelta(days=1))
    assert (first.points_fen, first.public_fen) == (-second.points_fen, -second.public_fen)
    assert first.statement_id != second.statement_id


def settle(life: Life, month: str, at: datetime) -> None:
    life.clock.set(at)
    seal_books(life.session, key=sealing_key(), now=clocks.now())
    period = find_period(month)
    assert period
    settlement.make_statements(life.session, period=period, area_code=CITY, by=None, now=clocks.now())
    for statement in life.session.scalars(select(Statement).where(Statement.state == "draft")):
        reach = settlement.Reach(area_codes=(CITY,))
        settlement.take_step(
            life.session,
            step=settlement.Step.SEND,
            statement_id=statement.id,
            reach=reach,
            by=life.clerk,
            now=clocks.now(),
        )
