"""One act for each turn of life: what every feature does, in one transaction."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.db import db
from app.people.models import Card, SeniorStatus
from app.people.turns import Effect, Turn, TurnEffect, TurnKind
from portal.turns.errors import DeadAlready, NotFromHere, RecordedAlready
from portal.turns.services import foresee_turn, record_turn
from safety.kits.models import SafetyHome
from tests.portal.turns.cast import DIED, TODAY, Life


def count_all(life: Life) -> dict[str, tuple[int, int]]:
    """Count the rows of every table, and the latest transaction that wrote one."""
    found = {}
    for table in db.metadata.sorted_tables:
        counted = text(f"SELECT count(*), coalesce(max(xmin::text::bigint), 0) FROM {table.fullname}")
        found[table.fullname] = tuple(life.session.execute(counted).one())
    return found


def codes(rows: list[dict[str, object]]) -> dict[str, int]:
    return {str(row["code"]): int(str(row["count"])) for row in rows}


def test_a_death_stops_everything_at_once(life: Life) -> None:
    row = life.turn(TurnKind.DEATH)
    assert codes(row.effects) == {
        "status": 1,
        "cards_closed": 1,
        "relatives_told": 1,
        "points_returned": 1,
        "bed_closed": 1,
        "visits_cancelled": 2,
        "kit_to_fetch": 1,
    }
    (returned,) = (each for each in row.effects if each["code"] == "points_returned")
    assert returned["words"] == {
        "zh": "退回出资方的分",
        "en": "Points that return to who paid for them",
    }
    assert life.balance() == 0
    assert life.session.get_one(Card, life.card.number).state == "cancelled"
    life.session.refresh(life.bed)
    assert life.bed.state == "closed"
    assert life.count("care_visit", "bed_id = :bed AND state = 'planned'", bed=life.bed.id) == 0
    assert life.session.get_one(SafetyHome, life.home.id).away_until is None
    assert life.count("notice", "kind = 'people.death'") == 1


def test_a_till_refuses_the_card_in_the_same_second(life: Life) -> None:
    life.turn(TurnKind.DEATH)
    told = life.lunch.sell(life.card)
    assert told.get_json()["code"] == "card_cancelled"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (TurnKind.HOSPITAL, {"status", "relatives_told", "points_kept", "visits_cancelled", "home_quiet"}),
        (
            TurnKind.INSTITUTION,
            {"status", "relatives_told", "points_kept", "bed_closed", "visits_cancelled", "kit_to_fetch"},
        ),
        (
            TurnKind.MOVE,
            {"status", "relatives_told", "points_kept", "bed_closed", "visits_cancelled", "kit_to_fetch"},
        ),
    ],
)
def test_each_kind_does_what_the_rules_say(life: Life, kind: TurnKind, expected: set[str]) -> None:
    assert set(codes(life.turn(kind).effects)) == expected
    assert life.balance() == 10_000


def test_a_long_stay_lets_the_bed_rest_and_coming_home_lets_it_serve(life: Life) -> None:
    stay = life.turn(TurnKind.HOSPITAL, TODAY - timedelta(days=20))
    assert codes(stay.effects)["bed_rests"] == 1
    home = life.turn(TurnKind.DISCHARGE, TODAY)
    assert {"bed_goes_on", "home_awake"} <= set(codes(home.effects))
    life.session.refresh(life.bed)
    assert life.bed.state == "in_service"


def test_a_move_within_the_city_changes_the_place_and_nothing_else(life: Life) -> None:
    to = life.senior.residence_area_code[:6]
    row = life.turn(TurnKind.MOVE, TODAY, to_area_code=to)
    assert {"place", "bed_waits", "kit_to_move"} <= set(codes(row.effects))
    life.session.refresh(life.senior)
    assert life.senior.residence_area_code == to
    assert life.session.get_one(Card, life.card.number).state == "issued"


def test_what_is_foreseen_is_what_happens_and_nothing_is_written(life: Life) -> None:
    life.eat(DIED + timedelta(days=1))
    before = count_all(life)
    asked = life.asked(TurnKind.DEATH)
    seen = foresee_turn(life.session, asked=asked, effects=life.effects, by=life.clerk, now=clock.now())
    assert not life.session.new
    assert not life.session.dirty
    assert count_all(life) == before
    foreseen = {each.code: (each.count, each.amount_fen) for each in seen}
    done = life.turn(TurnKind.DEATH).effects
    assert foreseen == {row["code"]: (row["count"], row["amount_fen"]) for row in done}


def test_a_failure_in_the_last_feature_leaves_nothing(life: Life) -> None:
    def break_a_promise(session: Session, turn: Turn) -> list[Effect]:
        # Two statuses at once: the database itself refuses them.
        session.add(SeniorStatus(senior_id=turn.senior_id, status="active", from_on=TODAY, recorded_at=turn.now))
        session.flush()
        return []

    last = TurnEffect(name="last", foresee=lambda *_: [], carry_out=break_a_promise, take_back=lambda *_: [])
    counted = {
        "senior_status": "status = 'deceased'",
        "card": "state <> 'issued'",
        "ledger.txn": "kind = 'claw_back'",
        "bed_step": "step = 'close'",
        "care_visit": "state = 'cancelled'",
        "safety_home": "away_from IS NOT NULL",
        "notice": "true",
        "life_turn": "true",
        "audit_entry": "action = 'turn.recorded'",
    }
    asked = life.asked(TurnKind.DEATH)
    with pytest.raises(IntegrityError), life.session.begin_nested():
        record_turn(life.session, asked=asked, effects=[*life.effects, last], by=life.clerk, now=clock.now())
    assert {table: life.count(table, condition) for table, condition in counted.items()} == dict.fromkeys(counted, 0)
    assert life.balance() == 10_000


def test_nothing_follows_a_death(life: Life) -> None:
    life.turn(TurnKind.DEATH)
    for kind in TurnKind:
        with pytest.raises(DeadAlready):
            life.turn(kind, TODAY)


def test_the_same_stay_twice_is_known_already(life: Life) -> None:
    life.turn(TurnKind.HOSPITAL)
    with pytest.raises(RecordedAlready):
        life.turn(TurnKind.HOSPITAL, TODAY)
    with pytest.raises(NotFromHere):
        life.turn(TurnKind.RETURN, TODAY)


def test_a_lunch_after_the_day_of_death_is_found_and_claimed(life: Life) -> None:
    life.eat(DIED + timedelta(days=1))
    row = life.turn(TurnKind.DEATH)
    assert codes(row.effects)["sales_after"] == 1
    assert life.count("finding", "check_code = 'R1' AND senior_id = :id", id=life.senior.id) == 1
    assert life.count("life_turn_claim", "turn_id = :id AND state = 'submitted'", id=row.id) == 1


def test_lunch_on_the_day_of_admission_is_nobodys_fault_and_the_next_is_claimed(life: Life) -> None:
    life.eat(DIED)
    life.eat(DIED + timedelta(days=1))
    row = life.turn(TurnKind.HOSPITAL)
    assert codes(row.effects)["sales_after"] == 1
    assert life.count("finding", "check_code = 'R2' AND senior_id = :id", id=life.senior.id) == 1


ANY_RULES = (
    {"points": "lapse", "cards": "close", "bed": "close", "alarms": "end"},
    {"points": "return", "cards": "keep", "bed": "suspend", "alarms": "quiet"},
    {"points": "keep", "cards": "close", "bed": "close", "alarms": "keep"},
)


@pytest.mark.parametrize("rules", ANY_RULES)
@pytest.mark.parametrize("kind", [TurnKind.HOSPITAL, TurnKind.INSTITUTION, TurnKind.MOVE])
@pytest.mark.parametrize("until_on", [None, TODAY - timedelta(days=1), TODAY + timedelta(days=9)])
def test_what_is_foreseen_happens_whatever_the_rules_say(
    life: Life, kind: TurnKind, rules: dict[str, str], until_on: date | None
) -> None:
    life.rules(**{str(kind): rules})
    life.eat(TODAY - timedelta(days=2))
    asked = life.asked(kind, TODAY - timedelta(days=20), until_on=None if kind is TurnKind.MOVE else until_on)
    seen = foresee_turn(life.session, asked=asked, effects=life.effects, by=life.clerk, now=clock.now())
    foreseen = {each.code: (each.count, each.amount_fen) for each in seen}
    assert foreseen == {row["code"]: (row["count"], row["amount_fen"]) for row in life.record(asked).effects}
