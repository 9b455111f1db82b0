"""Each rule on both sides of its threshold."""

import pytest
from flask import Flask

from app.clock import ZONE
from safety.judging.events import Event
from safety.judging.presence import is_outer_door
from safety.judging.rhythm import BINS, Rhythm, pack
from safety.judging.rules import run, step, tick
from safety.judging.state import HomeState
from safety.judging.terms import SafetyRules
from safety.judging.wording import say
from tests.safety.judging.lives import RULES, UNKNOWN, at, event, judged, told


def through(clock: str, day: int = 0) -> list[Event]:
    """Walk through the outer door."""
    return [event(clock, "door entrance open", day), event(f"{clock}:20", "door entrance closed", day)]


def test_a_press_calls_at_once() -> None:
    (signal,) = judged([event("03:00", "sos bedroom")])
    assert (signal.rule, signal.priority, signal.place, signal.at) == ("sos", 1, "bedroom", at("03:00"))


@pytest.mark.parametrize(("kind", "rule"), [("smoke", "smoke"), ("gas", "gas"), ("water", "flood")])
def test_a_hazard_calls_at_once_and_says_when_it_is_over(kind: str, rule: str) -> None:
    signals = judged([event("12:00", f"{kind} kitchen on"), event("12:05", f"{kind} kitchen off")])
    assert told(signals) == [f"raise {rule} 12:00", f"clear {rule} 12:05"]
    assert {each.priority for each in signals} == {1}


def test_an_emergency_that_comes_late_is_one_all_the_same() -> None:
    assert told(judged([event("12:00", "motion living"), event("11:00", "sos living")])) == ["raise sos 11:00"]


@pytest.mark.parametrize(("taken_back", "expected"), [("10:00:44", []), ("10:00:46", ["raise fall 10:00"])])
def test_a_fall_stands_once_nobody_took_it_back_in_time(taken_back: str, expected: list[str]) -> None:
    assert told(judged([event("10:00", "fall living on"), event(taken_back, "fall living off")])) == expected


def test_a_fall_that_is_told_late_is_looked_at_at_once() -> None:
    seen = [event("10:02", "motion living"), event("10:00", "fall living on")]
    verdict = run(HomeState(), seen, RULES, UNKNOWN)
    assert verdict.due_at == at("10:02:01")
    assert told(tick(verdict.state, at("10:02:01"), RULES, UNKNOWN).signals) == ["raise fall 10:00"]


def test_more_falls_than_are_remembered_call_at_once() -> None:
    assert len(judged([event("10:00", f"fall room-{number} on") for number in range(23)])) == 3


@pytest.mark.parametrize(
    ("last", "until", "day", "expected"),
    [
        ("09:00", "15:59", 0, []),
        ("09:00", "16:00", 0, ["raise quiet 16:00"]),
        ("14:59", "22:00", 0, ["raise quiet 21:59"]),
        # What is left of the day counts on in the morning; the night does not.
        ("15:01", "22:01", 0, []),
        # With the night in it, it is eleven hours.
        ("18:00", "04:59", 1, []),
        ("18:00", "05:00", 1, ["raise quiet 05:00"]),
        ("22:00", "08:59", 1, []),
        ("22:00", "09:00", 1, ["raise quiet 09:00"]),
        ("02:00", "13:00", 0, ["raise quiet 13:00"]),
    ],
)
def test_an_unknown_home_may_be_quiet_for_seven_hours_of_the_day(
    last: str, until: str, day: int, expected: list[str]
) -> None:
    assert told(judged([event(last, "motion living")], at(until, day))) == expected


def test_a_learned_home_is_judged_by_its_own_hours() -> None:
    allowed = [120.0] * BINS
    allowed[18:20] = [720, 720]
    rhythm = Rhythm(days=20, allowed={"*": pack(allowed)}, usual={"*": pack([90.0] * BINS)})
    signals = judged([event("22:00", "motion bedroom")], at("11:00", 1), rhythm=rhythm)
    assert told(signals) == ["raise quiet 00:00"]
    assert signals[0].why.values["usual"] == 90
    early = judged([event("07:00", "motion bedroom"), event("08:59", "motion kitchen")], at("10:50"), rhythm=rhythm)
    assert told(early) == []


def test_quiet_is_over_with_the_next_sign_of_life() -> None:
    signals = judged([event("09:00", "motion living"), event("17:00", "motion kitchen")], at("18:00"))
    assert told(signals) == ["raise quiet 16:00", "clear quiet 17:00"]


def test_who_left_is_not_quiet_but_out() -> None:
    left = [event("09:00", "motion living"), *through("09:10")]
    assert told(judged(left, at("22:00"))) == []
    assert told(judged(left, at("09:11", 1))) == ["raise not_home 09:10"]
    assert told(judged([*left, *through("12:00"), event("12:05", "motion living")], at("22:00"))) == [
        "raise quiet 19:05"
    ]


def test_somebody_at_the_door_is_no_leaving() -> None:
    events = [
        event("09:00", "motion living"),
        event("09:10", "door entrance open"),
        event("09:11", "door entrance closed"),
        event("09:14", "motion living"),
    ]
    assert told(judged(events, at("17:00"))) == ["raise quiet 16:14"]


def test_time_away_that_was_told_silences_quiet_but_no_press() -> None:
    rules = SafetyRules(away_from=at("08:00"), away_until=at("12:00", 3))
    signals = judged([event("07:00", "motion living"), event("20:00", "sos living", 1)], at("11:00", 3), rules=rules)
    assert told(signals) == ["raise sos 20:00"]
    back = judged([event("07:00", "motion living")], at("12:01", 4), rules=rules)
    assert told(back) == ["raise not_home 12:00"]


@pytest.mark.parametrize(("minutes", "expected"), [(119, 0), (120, 1)])
def test_a_stay_in_the_bathroom_is_proved_by_what_is_seen_there(minutes: int, expected: int) -> None:
    seen = [event("09:55", "motion living")]
    seen += [event(f"{10 + each // 60}:{each % 60:02}", "motion bathroom") for each in range(0, minutes + 1, 7)]
    seen += [event(f"{10 + minutes // 60}:{minutes % 60:02}", "motion bathroom")]
    signals = judged(sorted(seen, key=lambda each: each.at))
    assert [each.rule for each in signals] == ["bathroom"] * expected


@pytest.mark.parametrize(
    ("dark", "expected"),
    [
        # Who stays under a sensor that usually goes dark after twelve minutes is seen for two hours.
        ("08:12", ["raise bathroom 12:00"]),
        # One that went dark after a minute each time, and says nothing for so long, lost a message.
        ("08:01", []),
    ],
)
def test_a_lit_sensor_is_believed_as_long_as_it_may_be_lit(dark: str, expected: list[str]) -> None:
    before = [event("08:00", "motion bathroom"), event(dark, "motion bathroom off"), event("09:55", "motion living")]
    assert told(judged([*before, event("10:00", "motion bathroom")], at("12:30"))) == expected


def test_with_the_sensor_of_the_bathroom_alone_nobody_stays_too_long() -> None:
    seen = [event(f"{10 + each // 60}:{each % 60:02}", "motion bathroom") for each in range(0, 300, 5)]
    assert judged(seen) == ()


@pytest.mark.parametrize(
    ("opened", "closed", "expected"),
    [
        ("14:00", "14:09", []),
        ("14:00", "14:11", ["raise door_open 14:10", "clear door_open 14:11"]),
    ],
)
def test_a_door_left_open(opened: str, closed: str, expected: list[str]) -> None:
    events = [event(opened, "door entrance open"), event(closed, "door entrance closed")]
    assert told(judged(events)) == expected


def test_a_door_that_was_aired_without_harm_may_stay_open_half_as_long_again() -> None:
    aired = [
        event("09:00", "door entrance open"),
        event("10:00", "door entrance closed"),
        event("10:05", "motion living"),
    ]
    again = [event("14:00", "door entrance open"), event("15:20", "door entrance closed")]
    assert told(judged(aired + again)) == ["raise door_open 09:10", "clear door_open 10:00"]


@pytest.mark.parametrize(
    ("left", "back", "expected"),
    [
        ("22:59", "23:50", []),
        ("23:00", "23:19", []),
        ("23:00", "23:21", ["raise door_night 23:20", "clear door_night 23:23"]),
    ],
)
def test_gone_out_by_night(left: str, back: str, expected: list[str]) -> None:
    hour, minute = back.split(":")
    events = [
        event("22:00", "motion living"),
        event(left, "door entrance open"),
        event(f"{left}:10", "door entrance closed"),
        event(back, "door entrance open"),
        event(f"{back}:10", "door entrance closed"),
        event(f"{hour}:{int(minute) + 3}", "motion living"),
    ]
    got = told(judged(events))
    assert got == [each.replace("23:23", f"{back}") for each in expected]


def test_who_goes_out_every_night_is_told_of_once() -> None:
    events = []
    for day in range(4):
        events += [
            event("22:00", "motion living", day),
            *through("23:30", day),
            *through("01:30", day + 1),
            event("01:35", "motion living", day + 1),
        ]
    assert [each.rule for each in judged(events) if each.kind == "raise" and each.rule != "quiet"] == ["door_night"]


def test_water_that_stops_and_water_that_runs() -> None:
    used = event("08:00", "water kitchen used", value=30)
    assert told(judged([used], at("07:59", 1))) == []
    assert told(judged([used], at("08:00", 1))) == ["raise water_stopped 08:00"]
    leak = [
        event(f"{each // 2 % 24:02}:{each % 2 * 30:02}", "water kitchen used", each // 48, value=4)
        for each in range(60)
    ]
    assert [each.rule for each in judged(leak)] == ["water_running"]
    assert [each.rule for each in judged([event("08:00", "water kitchen used", value=1001)])] == ["water_running"]


def test_devices_have_a_lane_of_their_own() -> None:
    beats = [event(f"{each:02}:00", "heartbeat hall") for each in range(4)]
    silent = judged(beats, at("06:00"))
    assert told(silent) == ["raise device_silent 06:00"]
    assert told(judged(beats, at("05:59"))) == []
    low = [
        event("09:00", "battery hall", value=19),
        event("10:00", "battery hall", value=24),
        event("11:00", "battery hall", value=26),
    ]
    assert told(judged(low)) == ["raise low_battery 09:00", "clear low_battery 11:00"]
    assert {each.priority for each in silent} == {3}


def test_a_home_of_which_nothing_comes_at_all_is_deaf_and_not_quiet() -> None:
    beats = [event(f"{each:02}:00", "heartbeat hall") for each in range(6, 10)]
    signals = judged([*beats, event("09:30", "motion living")], at("20:00"))
    assert {each.rule for each in signals} == {"device_silent"}


def test_a_heartbeat_is_no_sign_of_life() -> None:
    beats = [event(f"{each:02}:00", "heartbeat hall") for each in range(8, 18)]
    assert told(judged([event("08:30", "motion living"), *beats])) == ["raise quiet 15:30"]


def test_the_green_key_asks_for_a_service_and_nothing_else() -> None:
    (signal,) = judged([event("10:00", "green_key living")])
    assert (signal.rule, signal.priority, signal.kind) == ("green_key", 3, "raise")


def test_a_verdict_leaves_the_state_before_it_alone_and_survives_being_written() -> None:
    before = HomeState()
    verdict = step(before, event("10:00", "motion living"), RULES, UNKNOWN)
    assert before == HomeState()
    assert HomeState.from_json(verdict.state.to_json()) == verdict.state
    assert verdict.due_at is not None
    assert verdict.due_at.astimezone(ZONE) == at("17:00")


def test_quiet_goes_over_the_change_of_month() -> None:
    late = [event("20:00", "motion living", 19)]
    signals = run(HomeState(), [*late, event("23:00", "heartbeat hall", 20)], RULES, UNKNOWN).signals
    assert [(each.rule, each.at) for each in signals] == [("quiet", at("07:00", 20))]


@pytest.mark.parametrize(
    ("kind", "place", "expected"),
    [
        ("door", "entrance", True),
        ("door", "", True),
        ("door", "hall", True),
        ("door", "bedroom 2", False),
        ("door", "主卧", False),
        ("door", "kitchen", False),
        ("contact", "front door", True),
        ("contact", "kitchen", False),
        ("motion", "entrance", False),
    ],
)
def test_a_door_leads_out_unless_its_place_says_otherwise(kind: str, place: str, expected: bool) -> None:
    assert is_outer_door(Event(at("10:00"), "7", kind, place)) is expected


def test_quiet_after_a_spot_where_it_never_was_says_so(app: Flask) -> None:
    rhythm = Rhythm(
        days=12, allowed={"*": "64" * 48, "kitchen": "28" * 48}, usual={"*": "50" * 48, "kitchen": "00" * 48}
    )
    (signal,) = judged([event("19:00", "motion kitchen")], at("23:00"), rhythm=rhythm)
    assert (signal.why.code, signal.at) == ("quiet_never", at("23:00"))
    with app.test_request_context():
        assert "12" in say(signal.why)
