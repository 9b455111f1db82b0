"""The states of an alert, the ladder and the goals, each on both sides of what divides them. Pure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safety.alerts.goals import Goal, Wait, score, was_called_off
from safety.alerts.ladders import (
    Ladder,
    Rung,
    Skipped,
    Step,
    Target,
    Tells,
    asks_now,
    next_round_at,
    pause_after,
    plan,
    steps_of_round,
)
from safety.alerts.policy_example import CLEARS
from safety.alerts.policy_reading import own_rules
from safety.alerts.rules import Heard, Kind, Ring, Standing, State, begin, hear, let_go, may_shelve

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def heard(rule: str = "quiet", *, at: int = 0, priority: int = 2, kind: str = "raise", place: str = "") -> Heard:
    return Heard(kind=Kind(kind), rule=rule, place=place, priority=priority, at=NOON + at * SECOND)


def told(*signals: Heard) -> Standing:
    standing = begin(signals[0])
    for each in signals[1:]:
        standing, _ring = hear(standing, each, clears=CLEARS)
    return standing


@pytest.mark.parametrize(
    ("state", "signal", "after", "ring"),
    [
        (State.RAISED, heard(at=1), State.RAISED, None),
        (State.RAISED, heard("sos", at=1, priority=1), State.RAISED, Ring.WORSE),
        (State.RAISED, heard(at=1, kind="clear"), State.CLEARED_UNSEEN, None),
        (State.ACKNOWLEDGED, heard(at=1), State.ACKNOWLEDGED, None),
        (State.ACKNOWLEDGED, heard("bathroom", at=1), State.ACKNOWLEDGED, None),
        (State.ACKNOWLEDGED, heard("sos", at=1, priority=1), State.RAISED, Ring.WORSE),
        (State.ACKNOWLEDGED, heard(at=1, kind="clear"), State.ACKNOWLEDGED, None),
        (State.CLEARED_UNSEEN, heard(at=1), State.RAISED, Ring.AGAIN),
        (State.CLEARED_UNSEEN, heard("sos", at=1, priority=1), State.RAISED, Ring.WORSE),
        (State.SHELVED, heard(at=1), State.SHELVED, None),
        (State.SHELVED, heard("bathroom", at=1), State.RAISED, Ring.UNSHELVED),
        (State.SHELVED, heard("sos", at=1, priority=1), State.RAISED, Ring.WORSE),
        (State.SHELVED, heard(at=1, kind="clear"), State.SHELVED, None),
    ],
)
def test_what_a_signal_does_to_an_alert(state: State, signal: Heard, after: State, ring: Ring | None) -> None:
    standing = replace(begin(heard()), state=state, taken_by=7 if state is State.ACKNOWLEDGED else None)
    if state is State.SHELVED:
        standing = replace(standing, shelved=frozenset({"quiet@"}))
    found, rang = hear(standing, signal, clears=CLEARS)
    assert (found.state, rang) == (after, ring)
    assert (found.taken_by is not None) == (after is State.ACKNOWLEDGED)


def test_another_danger_of_the_same_urgency_rings_while_the_first_is_in_hand() -> None:
    standing = replace(begin(heard("sos", priority=1)), state=State.ACKNOWLEDGED, taken_by=7)
    assert hear(standing, heard("sos", at=1, priority=1, place="bath"), clears=CLEARS)[1] is None
    assert hear(standing, heard("smoke", at=1, priority=1), clears=CLEARS)[1] is Ring.WORSE


def test_an_alert_is_over_when_everything_in_it_is() -> None:
    standing = told(heard(), heard("bathroom", at=1), heard(at=2, kind="clear"))
    assert (standing.state, standing.cleared_at) == (State.RAISED, None)
    standing, _ = hear(standing, heard("bathroom", at=3, kind="clear"), clears=CLEARS)
    assert (standing.state, standing.cleared_at) == (State.CLEARED_UNSEEN, NOON + 3 * SECOND)


def test_what_is_of_life_and_death_never_ends_by_itself() -> None:
    standing = told(heard("fall", priority=1), heard("fall", at=1, priority=1, kind="clear"))
    assert standing.state is State.RAISED


def test_a_shelf_that_ends_gives_back_what_goes_on_and_only_that() -> None:
    resting = replace(begin(heard()), state=State.SHELVED, shelved=frozenset({"quiet@"}))
    back, ring = let_go(resting, why=Ring.UNSHELVED, clears=CLEARS)
    assert (back.state, ring) == (State.RAISED, Ring.UNSHELVED)
    over, _ = hear(resting, heard(at=1, kind="clear"), clears=CLEARS)
    back, ring = let_go(over, why=Ring.UNSHELVED, clears=CLEARS)
    assert (back.state, ring) == (State.CLEARED_UNSEEN, None)


def test_only_what_is_not_of_life_and_death_is_shelved() -> None:
    assert may_shelve(priority=2, state=State.RAISED)
    assert may_shelve(priority=3, state=State.ACKNOWLEDGED)
    assert not may_shelve(priority=1, state=State.RAISED)
    assert not may_shelve(priority=2, state=State.CLEARED_UNSEEN)


SIGNALS = st.lists(
    st.tuples(st.sampled_from([("sos", 1), ("quiet", 2), ("bathroom", 2)]), st.sampled_from(["raise", "clear"])),
    min_size=1,
    max_size=12,
)


@settings(max_examples=30, deadline=None)
@given(SIGNALS)
def test_an_open_alert_is_raised_exactly_while_something_goes_on_or_was_of_life_and_death(
    drawn: list[tuple[tuple[str, int], str]],
) -> None:
    signals = [heard(rule, at=k, priority=priority, kind=kind) for k, ((rule, priority), kind) in enumerate(drawn)]
    first = next((k for k, each in enumerate(signals) if each.kind is Kind.RAISE), None)
    if first is None:
        return
    standing = told(*signals[first:])
    goes_on = any(each.is_on for each in standing.sounding.values())
    must_be_seen = any(key.startswith("sos@") for key in standing.sounding)
    assert (standing.state is State.RAISED) == (goes_on or must_be_seen)
    assert standing.priority == (1 if must_be_seen else 2)


CONTACTS = {(Rung.CONTACT, 1): Target(name="女儿"), (Rung.CONTACT, 2): Target(name="儿子")}
EVERYBODY = {
    **CONTACTS,
    (Rung.CALLBACK, 1): Target(name=""),
    (Rung.OPERATOR, 1): Target(name="李敏"),
    (Rung.NEIGHBOUR, 1): Target(name="吴秀琴"),
    (Rung.GRID_WORKER, 1): Target(name="沈凯"),
    (Rung.STREET, 1): Target(name="值班"),
}


def timed(targets: dict[tuple[Rung, int], Target]) -> dict[str, int | str | None]:
    ladder = own_rules().ladder_for(rule="sos", priority=1)
    assert ladder is not None
    planned = plan(ladder, targets=targets, absent={Rung.OPERATOR: Skipped.OFF_DUTY}, since=NOON)
    return {
        f"{each.step.rung}{each.step.nth}": str(each.skipped)
        if each.skipped
        else None
        if each.due_at is None
        else int((each.due_at - NOON).total_seconds())
        for each in planned
    }


def test_a_ladder_with_everybody_on_it_keeps_its_times() -> None:
    found = timed(EVERYBODY)
    assert list(found.values())[:7] == [15, 60, 180, 210, 240, 300, 600]
    assert (found["1201"], found["1191"], found["1101"]) == (None, None, None)


def test_nobody_waits_for_a_step_that_is_empty() -> None:
    found = timed({**CONTACTS, (Rung.GRID_WORKER, 1): Target(name="沈凯")})
    assert (found["callback1"], found["operator1"], found["neighbour1"]) == ("nobody", "off_duty", "nobody")
    # The first contact is asked when the call back would have been, and the grid worker in the neighbour's stead.
    assert (found["contact1"], found["contact2"], found["grid_worker1"]) == (15, 45, 75)
    assert found["street1"] == "nobody"


def test_an_empty_ladder_begins_anew_all_the_same() -> None:
    ladder = own_rules().ladder_for(rule="sos", priority=1)
    assert ladder is not None
    planned = plan(ladder, targets={}, absent={}, since=NOON)
    pause = pause_after(ladder, number=1, every_minutes=30, most=12)
    assert next_round_at(planned, pause=pause, since=NOON) == NOON + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("reachable", "last"),
    [
        ({(Rung.OPERATOR, 1), (Rung.GRID_WORKER, 1), (Rung.STREET, 1)}, [Rung.STREET]),
        ({(Rung.OPERATOR, 1), (Rung.GRID_WORKER, 1), (Rung.CONTACT, 1)}, [Rung.GRID_WORKER]),
        ({(Rung.OPERATOR, 1)}, [Rung.OPERATOR]),
        (set(), []),
    ],
)
def test_later_rounds_ask_whoever_may_come_and_those_in_vain_the_last_who_can_be_reached(
    reachable: set[tuple[Rung, int]], last: list[Rung]
) -> None:
    ladder = own_rules().ladder_for(rule="sos", priority=1)
    assert ladder is not None
    second, fourth = (steps_of_round(ladder, number=each, reachable=reachable) for each in (2, 4))
    assert [each.rung for each in second.steps][:2] == [Rung.OPERATOR, Rung.CONTACT]
    assert second.steps[0].after_seconds == 0
    assert [(each.rung, each.after_seconds) for each in fourth.steps] == [(each, 0) for each in last]


@pytest.mark.parametrize(("number", "minutes"), [(1, 10), (3, 10), (4, 30), (14, 30), (15, 1440), (99, 1440)])
def test_a_ladder_climbed_in_vain_is_climbed_less_and_less(number: int, minutes: int) -> None:
    ladder = own_rules().ladder_for(rule="sos", priority=1)
    assert ladder is not None
    assert pause_after(ladder, number=number, every_minutes=30, most=12) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("tells", "is_taken", "asks"),
    [
        (Tells.UNANSWERED, False, True),
        (Tells.UNANSWERED, True, False),
        (Tells.ALWAYS, True, True),
        (Tells.NEVER, False, False),
    ],
)
def test_what_the_product_asks_by_itself(tells: Tells, is_taken: bool, asks: bool) -> None:
    assert asks_now(tells, is_taken=is_taken) is asks


def test_a_ladder_of_services_alone_has_no_time() -> None:
    ladder = Ladder(
        name="x",
        steps=[Step(rung=Rung.FIRE, after_seconds=None, tells=Tells.NEVER)],
        repeat_minutes=5,
        contact_rounds=1,
    )
    assert plan(ladder, targets={}, absent={}, since=NOON)[0].due_at is None


MINUTE_GOAL = Goal(within=timedelta(seconds=60), permille=975)


@pytest.mark.parametrize(
    ("seconds", "spared", "now", "counted", "met"),
    [
        (60, None, 500, 1, 1),
        (61, None, 500, 1, 0),
        (None, None, 60, 0, 0),
        (None, None, 61, 1, 0),
        (None, 60, 500, 0, 0),
        (None, 61, 500, 1, 0),
    ],
)
def test_an_answer_counts_to_the_second(
    seconds: int | None, spared: int | None, now: int, counted: int, met: int
) -> None:
    wait = Wait(
        since=NOON,
        until=None if seconds is None else NOON + seconds * SECOND,
        spared_at=None if spared is None else NOON + spared * SECOND,
    )
    found = score(MINUTE_GOAL, [wait], now=NOON + now * SECOND)
    assert (found.counted, found.met) == (counted, met)


@pytest.mark.parametrize(("late", "permille", "is_met"), [(0, 1000, True), (5, 975, True), (6, 970, False)])
def test_a_goal_is_met_by_its_share_and_no_less(late: int, permille: int, is_met: bool) -> None:
    waits = [Wait(since=NOON, until=NOON + (61 if k < late else 60) * SECOND) for k in range(200)]
    found = score(MINUTE_GOAL, waits, now=NOON + 500 * SECOND)
    assert (found.permille, found.is_met) == (permille, is_met)


def test_where_nothing_was_to_be_done_nothing_was_missed() -> None:
    found = score(MINUTE_GOAL, [], now=NOON)
    assert (found.permille, found.is_met) == (None, True)


@pytest.mark.parametrize(("minutes", "is_false", "off"), [(60, True, True), (61, True, False), (1, False, False)])
def test_a_visit_is_called_off_in_time_or_missed(minutes: int, is_false: bool, off: bool) -> None:
    closed = NOON + timedelta(minutes=minutes)
    told = was_called_off(sent_at=NOON, closed_at=closed, is_false_alarm=is_false, within=timedelta(hours=1))
    assert told is off
