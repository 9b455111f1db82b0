"""A turn that was a mistake: two people take it back; and what was spent after a death goes back the same way."""

from datetime import timedelta

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app import clock
from app.approvals.errors import SelfApproval
from app.people.models import Card
from app.people.queries import list_statuses
from app.people.turns import TurnKind
from portal.turns import tasks
from portal.turns.claims import approve_claim, reject_claim
from portal.turns.errors import NothingAsked, TurnUndone, UndoAsked
from portal.turns.models import LifeTurn, TurnClaim
from portal.turns.services import settle_waiting
from portal.turns.undoing import approve_undo, ask_undo, reject_undo
from portal.turns.watching import look_back, watch
from tests.portal.turns.cast import DIED, TODAY, Life


def undo(life: Life, row: LifeTurn) -> LifeTurn:
    ask_undo(life.session, turn_id=row.id, why="社区核实，本人健在", by=life.clerk, now=clock.now())
    return approve_undo(life.session, turn_id=row.id, effects=life.effects, by=life.approver, now=clock.now())


def claim_of(life: Life, row: LifeTurn) -> TurnClaim:
    return life.session.scalars(select(TurnClaim).where(TurnClaim.turn_id == row.id)).one()


def test_a_death_recorded_by_mistake_is_taken_back_by_two(life: Life) -> None:
    row = life.turn(TurnKind.DEATH)
    before = life.session.get_one(LifeTurn, row.id).effects
    with pytest.raises(NothingAsked):
        approve_undo(life.session, turn_id=row.id, effects=life.effects, by=life.approver, now=clock.now())
    ask_undo(life.session, turn_id=row.id, why="社区核实，本人健在", by=life.clerk, now=clock.now())
    with pytest.raises(SelfApproval):
        approve_undo(life.session, turn_id=row.id, effects=life.effects, by=life.clerk, now=clock.now())
    with pytest.raises(UndoAsked):
        ask_undo(life.session, turn_id=row.id, why="社区核实，本人健在", by=life.approver, now=clock.now())
    done = approve_undo(life.session, turn_id=row.id, effects=life.effects, by=life.approver, now=clock.now())
    assert [each.status for each in list_statuses(life.session, senior_id=life.senior.id)] == ["active"]
    assert life.session.get_one(Card, life.card.number).state == "issued"
    assert life.balance() == 10_000
    told = {each["code"] for each in done.undone or ()}
    assert {"status_back", "cards_reopened", "points_given_again", "home_awake", "kept_bed", "kept_visits"} <= told
    assert life.count("notice", "kind = 'people.turn_mistaken'") == 1
    assert done.effects == before
    assert life.lunch.sell(life.card).status_code == 201
    with pytest.raises(TurnUndone):
        undo(life, row)


def test_the_database_keeps_a_death_that_two_people_did_not_sign_away(life: Life) -> None:
    row = life.turn(TurnKind.DEATH)
    gone = text("DELETE FROM senior_status WHERE senior_id = :id AND status = 'deceased'")
    ask_undo(life.session, turn_id=row.id, why="社区核实，本人健在", by=life.clerk, now=clock.now())
    with pytest.raises(IntegrityError, match="final"), life.session.begin_nested():
        life.session.execute(gone, {"id": life.senior.id})
    reject_undo(life.session, turn_id=row.id, reason="医院已确认", by=life.approver, now=clock.now())
    with pytest.raises(IntegrityError, match="final"), life.session.begin_nested():
        life.session.execute(gone, {"id": life.senior.id})
    with pytest.raises(IntegrityError, match="stays"), life.session.begin_nested():
        life.session.execute(text("UPDATE life_turn SET effects = '[1]' WHERE id = :id"), {"id": row.id})


def test_spends_after_a_death_go_back_once_a_second_person_approves(life: Life) -> None:
    life.eat(DIED + timedelta(days=1))
    row = life.turn(TurnKind.DEATH)
    claim = claim_of(life, row)
    with pytest.raises(SelfApproval):
        approve_claim(life.session, claim_id=claim.id, effects=life.effects, by=life.clerk, now=clock.now())
    approve_claim(life.session, claim_id=claim.id, effects=life.effects, by=life.approver, now=clock.now())
    assert [each["code"] for each in claim.outcome] == ["sales_given_back"]
    assert life.count("ledger.txn", "home = :id AND kind = 'reversal'", id=life.senior.id) == 1
    # What came back goes on as the rules say: nothing stays in the purse of the dead.
    assert life.balance() == 0
    assert watch(life.session, effects=life.effects, now=clock.now()) == 0


def test_a_lunch_that_a_till_sent_later_is_found(life: Life) -> None:
    life.clock.advance(minutes=30)
    row = life.turn(TurnKind.DEATH)
    # Sold at the till while it was cut off, and sent after the death was recorded.
    sale = life.late_sale()
    life.clock.advance(minutes=30)
    assert watch(life.session, effects=life.effects, now=clock.now()) == 1
    assert watch(life.session, effects=life.effects, now=clock.now()) == 0
    claim = claim_of(life, row)
    assert claim.refs == [sale]
    assert life.count("finding", "check_code = 'R1'") == 1
    reject_claim(life.session, claim_id=claim.id, reason="家属已退现金", by=life.approver, now=clock.now())
    assert claim.state == "rejected"


def test_looking_back_finds_spends_after_deaths_of_before(life: Life) -> None:
    life.eat(DIED + timedelta(days=1))
    life.session.execute(
        text("UPDATE senior_status SET until_on = :on WHERE senior_id = :id"), {"on": DIED, "id": life.senior.id}
    )
    life.session.execute(
        text(
            "INSERT INTO senior_status (senior_id, status, from_on, recorded_at) VALUES (:id, 'deceased', :on, now())"
        ),
        {"on": DIED, "id": life.senior.id},
    )
    seen = list(look_back(life.session, effects=life.effects, months=24, after=0, now=clock.now()))
    assert [(each.senior_id, [effect.count for _, effect in each.found]) for each in seen] == [(life.senior.id, [1])]
    assert life.count("finding", "check_code = 'R1'") == 1


def test_points_wait_for_the_days_of_grace(life: Life) -> None:
    life.rules(death={"points": "lapse", "grace_days": 7})
    row = life.turn(TurnKind.DEATH)
    assert life.balance() == 10_000
    assert row.settle_on == DIED + timedelta(days=7)
    assert not settle_waiting(life.session, turn_id=row.id, effects=life.effects, now=clock.now())
    life.clock.advance(days=6)
    assert settle_waiting(life.session, turn_id=row.id, effects=life.effects, now=clock.now())
    assert life.balance() == 0
    assert life.count("ledger.txn", "home = :id AND kind = 'expiry'", id=life.senior.id) == 1
    assert not settle_waiting(life.session, turn_id=row.id, effects=life.effects, now=clock.now())


def test_a_stay_recorded_by_mistake_is_taken_back(life: Life) -> None:
    row = life.turn(TurnKind.HOSPITAL, TODAY - timedelta(days=20))
    done = undo(life, row)
    assert {"status_back", "bed_goes_on", "home_awake"} <= {each["code"] for each in done.undone or ()}
    life.session.refresh(life.bed)
    assert life.bed.state == "in_service"


def test_the_command_looks_back_and_tells_nobodys_name(life: Life, runner: FlaskCliRunner) -> None:
    life.eat(DIED + timedelta(days=1))
    life.turn(TurnKind.DEATH)
    life.session.commit()
    told = runner.invoke(args=["turns", "look-back", "--months", "12"])
    assert told.exit_code == 0, told.output
    assert f"senior:{life.senior.id} 2026-11-18 meals sales_after 1" in told.output
    assert "王玉兰" not in told.output
    assert life.count("finding", "check_code = 'R1'") == 1


def test_the_task_settles_what_waited_and_once(life: Life) -> None:
    life.rules(death={"points": "return", "grace_days": 3})
    life.turn(TurnKind.DEATH)
    tasks.settle()
    assert life.balance() == 10_000
    life.clock.advance(days=3)
    tasks.settle()
    tasks.settle()
    assert life.balance() == 0
    assert life.count("life_turn_step", "step = 'settled'") == 1
