"""Whoever comes back: points, home and allowance are theirs again, whatever was recorded before, late or twice."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from app import clock
from app.people.errors import StatusMoved
from app.people.models import Card
from app.people.queries import list_statuses
from app.people.timeline import status_on
from app.people.turns import TurnKind
from portal.turns.claims import approve_claim
from portal.turns.errors import NotFromHere
from portal.turns.models import LifeTurn, TurnClaim
from portal.turns.services import settle_waiting
from portal.turns.undoing import approve_undo, ask_undo
from portal.turns.watching import watch
from safety.kits.models import SafetyHome
from tests.meals.factories import CITY, DISTRICT
from tests.portal.turns.cast import DIED, TODAY, Life

GONE = {"points": "lapse", "grace_days": 7}


def status_of(life: Life) -> str | None:
    return status_on(list_statuses(life.session, senior_id=life.senior.id), clock.now().date())


def codes(row: LifeTurn) -> set[str]:
    return {each["code"] for each in row.effects}


def undo(life: Life, row: LifeTurn) -> LifeTurn:
    ask_undo(life.session, turn_id=row.id, why="社区核实，登记有误", by=life.clerk, now=clock.now())
    return approve_undo(life.session, turn_id=row.id, effects=life.effects, by=life.approver, now=clock.now())


def told(row: LifeTurn) -> dict[str, Any]:
    return {each["code"]: (each["count"], each["amount_fen"]) for each in row.undone or ()}


def test_points_of_somebody_who_came_back_within_the_days_of_grace_stay(life: Life) -> None:
    life.rules(institution=GONE)
    stay = life.turn(TurnKind.INSTITUTION)
    life.turn(TurnKind.RETURN, TODAY)
    life.clock.advance(days=6)
    settle_waiting(life.session, turn_id=stay.id, effects=life.effects, now=clock.now())
    assert life.balance() == 10_000
    assert stay.settle_on is None


def test_a_claim_after_an_old_stay_takes_no_points_of_somebody_who_is_home(life: Life) -> None:
    life.rules(institution=GONE)
    life.eat(DIED + timedelta(days=1))
    stay = life.turn(TurnKind.INSTITUTION)
    life.turn(TurnKind.RETURN, TODAY)
    life.clock.advance(days=9)
    claim = life.session.scalars(select(TurnClaim).where(TurnClaim.turn_id == stay.id)).one()
    approve_claim(life.session, claim_id=claim.id, effects=life.effects, by=life.approver, now=clock.now())
    assert life.balance() == 10_000


def test_a_stay_that_is_over_when_it_is_recorded_takes_nothing_away(life: Life) -> None:
    life.rules(institution={"points": "return"})
    row = life.turn(TurnKind.INSTITUTION, TODAY - timedelta(days=20), until_on=TODAY - timedelta(days=5))
    assert status_of(life) == "active"
    assert life.balance() == 10_000
    assert not codes(row) & {"points_returned", "bed_closed", "kit_to_fetch"}
    life.session.refresh(life.bed)
    assert life.bed.state == "in_service"
    assert life.session.get_one(SafetyHome, life.home.id).away_from is None


def test_points_that_went_after_the_days_of_grace_are_given_again(life: Life) -> None:
    life.rules(death=GONE)
    row = life.turn(TurnKind.DEATH)
    life.clock.advance(days=6)
    settle_waiting(life.session, turn_id=row.id, effects=life.effects, now=clock.now())
    assert life.balance() == 0
    done = undo(life, row)
    assert life.balance() == 10_000
    assert told(done)["points_given_again"] == (1, 10_000)


def test_taking_back_says_which_spends_stay_claimed_back(life: Life) -> None:
    life.eat(DIED + timedelta(days=1))
    row = life.turn(TurnKind.DEATH)
    claim = life.session.scalars(select(TurnClaim).where(TurnClaim.turn_id == row.id)).one()
    approve_claim(life.session, claim_id=claim.id, effects=life.effects, by=life.approver, now=clock.now())
    done = undo(life, row)
    assert told(done)["kept_claims"] == (1, claim.amount_fen)
    # What the meal was paid with came back, went on to who paid for it, and is given again with the rest.
    assert life.balance() == 10_000


def test_a_stay_told_late_does_not_put_somebody_back_into_hospital(life: Life) -> None:
    life.turn(TurnKind.HOSPITAL, TODAY - timedelta(days=9))
    life.turn(TurnKind.DISCHARGE, TODAY - timedelta(days=2))
    with pytest.raises(NotFromHere):
        life.turn(TurnKind.HOSPITAL, TODAY - timedelta(days=10))
    assert status_of(life) == "active"
    life.turn(TurnKind.HOSPITAL, TODAY - timedelta(days=10), until_on=TODAY - timedelta(days=9))
    assert status_of(life) == "active"


def test_an_admission_told_late_makes_an_open_stay_begin_earlier(life: Life) -> None:
    life.turn(TurnKind.HOSPITAL, TODAY - timedelta(days=2))
    life.turn(TurnKind.HOSPITAL, TODAY - timedelta(days=4))
    assert [each.from_on for each in list_statuses(life.session, senior_id=life.senior.id)][-1] == TODAY - timedelta(
        days=4
    )


def test_discharged_from_hospital_back_to_the_institution(life: Life) -> None:
    life.turn(TurnKind.INSTITUTION, TODAY - timedelta(days=9))
    life.turn(TurnKind.HOSPITAL, TODAY - timedelta(days=5))
    row = life.turn(TurnKind.DISCHARGE, TODAY)
    assert status_of(life) == "in_institution"
    # The kit still waits in an empty home: nobody is woken by its silence.
    assert not codes(row) & {"home_awake", "bed_goes_on"}
    told = life.session.execute(text("SELECT params ->> 'kind' FROM notice ORDER BY id DESC LIMIT 1")).scalar_one()
    assert told == "discharge_back"
    life.turn(TurnKind.RETURN, TODAY)
    assert status_of(life) == "active"


def test_discharged_home_when_the_stay_in_the_institution_is_over(life: Life) -> None:
    life.turn(TurnKind.INSTITUTION, TODAY - timedelta(days=9), until_on=TODAY + timedelta(days=1))
    life.turn(TurnKind.HOSPITAL, TODAY - timedelta(days=5))
    life.clock.advance(days=3)
    row = life.turn(TurnKind.DISCHARGE, TODAY + timedelta(days=3))
    assert status_of(life) == "active"
    assert "home_awake" in codes(row)


def test_a_late_lunch_after_a_death_before_an_open_stay_is_found(life: Life) -> None:
    life.turn(TurnKind.HOSPITAL, TODAY)
    row = life.turn(TurnKind.DEATH)
    life.clock.advance(minutes=30)
    sale = life.late_sale()
    assert watch(life.session, effects=life.effects, now=clock.now()) == 1
    claim = life.session.scalars(select(TurnClaim)).one()
    assert (claim.turn_id, claim.refs) == (row.id, [sale])


def test_a_late_lunch_during_a_stay_that_has_ended_is_found(life: Life) -> None:
    stay = life.turn(TurnKind.HOSPITAL)
    life.clock.advance(days=2)
    life.turn(TurnKind.DISCHARGE, TODAY + timedelta(days=2))
    sale = life.late_sale()
    assert watch(life.session, effects=life.effects, now=clock.now()) == 1
    claim = life.session.scalars(select(TurnClaim)).one()
    assert (claim.turn_id, claim.refs) == (stay.id, [sale])
    assert watch(life.session, effects=life.effects, now=clock.now()) == 0


def test_whoever_moves_within_the_city_keeps_points_and_card_whatever_moving_away_means(life: Life) -> None:
    life.rules(move={"points": "return", "cards": "close"})
    row = life.turn(TurnKind.MOVE, TODAY, to_area_code=life.senior.residence_area_code[:6])
    assert not codes(row) & {"points_returned", "cards_closed"}
    assert life.balance() == 10_000
    assert life.session.get_one(Card, life.card.number).state == "issued"


def test_a_move_is_not_taken_back_over_a_later_one(life: Life) -> None:
    row = life.turn(TurnKind.MOVE, TODAY, to_area_code=DISTRICT)
    life.turn(TurnKind.MOVE, TODAY, to_area_code=CITY, by=life.approver)
    with pytest.raises(StatusMoved):
        undo(life, row)


def test_a_move_to_another_district_is_taken_back_where_it_was_recorded(life: Life) -> None:
    home = life.senior.residence_area_code
    other = life.session.scalar(
        text("SELECT code FROM area WHERE code LIKE '3301__' AND code NOT IN (:own, '330100') LIMIT 1"),
        {"own": DISTRICT},
    )
    assert other
    row = life.turn(TurnKind.MOVE, TODAY, to_area_code=other)
    undo(life, row)
    life.session.refresh(life.senior)
    assert life.senior.residence_area_code == home
