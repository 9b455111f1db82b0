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
from app.people.relatives.rules import Relation
from app.people.turn_rules import EXAMPLE
from app.people.turns import TurnKind
from outreach.reporting import report_change
from outreach.terms import Reported
from portal.turns import tasks
from portal.turns.claims import approve_claim, reject_claim
from portal.turns.errors import NothingAsked, TurnUndone, UndoAsked
from portal.turns.models import LifeTurn, TurnClaim
from portal.turns.services import settle_waiting
from portal.turns.undoing import approve_undo, ask_undo, reject_undo
from portal.turns.watching import look_back, watch
from tests.app.people.factories import make_senior
from tests.app.people.relatives.factories import make_link, make_relative
from tests.care_beds.factories.documents import hold_document
from tests.meals.factories import DISTRICT, STREET
from tests.outreach.factories import open_tasks, publish_rules, rescore
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


def test_after_a_death_that_was_none_nobody_calls_on_a_widow_and_the_visits_are_due_again(life: Life) -> None:
    publish_rules(life.session)
    wife = make_senior(life.session, hukou_area=STREET)
    account = make_relative(life.session, name="老伴")
    make_link(life.session, life.senior, account, relation=Relation.SELF)
    make_link(life.session, wife, account, relation=Relation.SPOUSE)
    rescore(life.session, life.senior, wife)
    told = {"senior_id": life.senior.id, "by": life.clerk, "now": clock.now()}
    report_change(life.session, reported=Reported.FALL, **told)
    due = {kind: each.due_on for kind, each in open_tasks(life.session, life.senior).items()}
    row = life.turn(TurnKind.DEATH)
    assert open_tasks(life.session, wife)["important"].causes == ["bereaved"]
    assert open_tasks(life.session, life.senior) == {}
    undo(life, row)
    assert "important" not in open_tasks(life.session, wife)
    assert due == {kind: each.due_on for kind, each in open_tasks(life.session, life.senior).items()}
    assert set(due) >= {"important"}


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


def test_points_wait_longer_where_the_rules_have_more_days_of_grace_by_then(life: Life) -> None:
    life.rules(death={"points": "lapse", "grace_days": 3})
    row = life.turn(TurnKind.DEATH)
    whole = {**EXAMPLE["kinds"], "death": {**EXAMPLE["kinds"]["death"], "points": "lapse", "grace_days": 9}}
    hold_document(life.session, "turn_rules", {**EXAMPLE, "kinds": whole}, area_code=DISTRICT)
    life.clock.advance(days=3)
    assert not settle_waiting(life.session, turn_id=row.id, effects=life.effects, now=clock.now())
    assert (life.balance(), row.settle_on) == (10_000, DIED + timedelta(days=9))
    life.clock.advance(days=4)
    assert settle_waiting(life.session, turn_id=row.id, effects=life.effects, now=clock.now())
    assert life.balance() == 0


def test_a_stay_recorded_by_mistake_is_taken_back(life: Life) -> None:
    row = life.turn(TurnKind.HOSPITAL, TODAY - timedelta(days=20))
    done = undo(life, row)
    assert {"status_back", "bed_goes_on", "home_awake"} <= {each["code"] for each in done.undone or ()}
    life.session.refresh(life.bed)
    assert life.bed.state == "in_service"


def test_coming_home_recorded_by_mistake_says_what_goes_on(life: Life) -> None:
    life.turn(TurnKind.HOSPITAL, TODAY - timedelta(days=20))
    done = undo(life, life.turn(TurnKind.DISCHARGE, TODAY))
    assert {"status_back", "kept_awake", "kept_bed_goes_on"} <= {each["code"] for each in done.undone or ()}


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


def test_without_months_the_look_goes_as_far_back_as_the_rules_say(life: Life, runner: FlaskCliRunner) -> None:
    life.eat(DIED + timedelta(days=1))
    life.turn(TurnKind.DEATH)
    hold_document(life.session, "turn_rules", {**EXAMPLE, "look_back_months": 1})
    life.clock.advance(days=70)
    life.session.commit()
    assert "sales_after" not in runner.invoke(args=["turns", "look-back"]).output
    assert "sales_after" in runner.invoke(args=["turns", "look-back", "--months", "12"]).output


def test_each_claim_names_the_money_of_its_own_spends(life: Life) -> None:
    life.clock.advance(minutes=30)
    row = life.turn(TurnKind.DEATH)
    amounts = []
    for slot in (1, 2):
        sale = life.late_sale(slot=slot)
        life.clock.advance(minutes=30)
        assert watch(life.session, effects=life.effects, now=clock.now()) == 1
        query = select(TurnClaim).where(TurnClaim.turn_id == row.id).order_by(TurnClaim.id.desc())
        claim = life.session.scalars(query.limit(1)).one()
        assert claim.refs == [sale]
        amounts.append(claim.amount_fen)
    assert amounts[0] == amounts[1] > 0


def test_a_spend_that_waits_to_be_claimed_after_one_turn_is_not_claimed_after_another(life: Life) -> None:
    life.eat(DIED + timedelta(days=1))
    stay = life.turn(TurnKind.HOSPITAL)
    death = life.turn(TurnKind.DEATH)
    assert claim_of(life, stay).state == "submitted"
    assert life.count("life_turn_claim", "turn_id = :id", id=death.id) == 0
    claim = claim_of(life, stay)
    approve_claim(life.session, claim_id=claim.id, effects=life.effects, by=life.approver, now=clock.now())
    assert life.count("ledger.txn", "home = :id AND kind = 'reversal'", id=life.senior.id) == 1
    assert life.balance() == 0


def test_points_that_a_run_grants_after_the_death_do_not_stay_with_the_dead(life: Life) -> None:
    row = life.turn(TurnKind.DEATH)
    life.lunch.grant(life.senior.id, points_fen=7_500)
    assert life.balance() == 7_500
    tasks.settle()
    tasks.settle()
    assert life.balance() == 0
    assert life.count("life_turn_step", "turn_id = :id AND step = 'settled'", id=row.id) == 1
    undo(life, row)
    assert life.balance() == 17_500
