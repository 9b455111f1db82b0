"""Recordings in simulated time: nothing hangs on batches, on sweeps or on what comes twice."""

import json
from datetime import timedelta
from itertools import pairwise

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from safety.judging.events import Event, EventFaults, parse_event
from safety.judging.generated import LIVES, live
from safety.judging.recordings import read_recording
from safety.judging.replaying import replay
from safety.judging.rules import run, tick
from safety.judging.signals import Signal
from safety.judging.state import HomeState
from safety.judging.trials import join_trials, tell_trial, try_life
from tests.safety.judging.lives import RULES, UNKNOWN, at, event

WEEK = live(LIVES[0], days=4, seed=3).events
EVENTS = [
    *WEEK[:150],
    Event(WEEK[150].at, "7", "fall", "living", "on"),
    Event(WEEK[160].at, "8", "smoke", "kitchen", "on"),
    Event(WEEK[-1].at + timedelta(hours=11), "9", "heartbeat", "", "on"),
]
EVENTS.sort(key=lambda each: each.at)
WHOLE = run(HomeState(), EVENTS, RULES, UNKNOWN).signals


@settings(max_examples=20, deadline=None)
@given(cuts=st.lists(st.integers(0, len(EVENTS)), max_size=12), looks=st.booleans())
def test_any_batches_with_looks_between_give_the_same_signals(cuts: list[int], looks: bool) -> None:
    state, signals = HomeState(), list[Signal]()
    edges = [0, *sorted(cuts), len(EVENTS)]
    for begins, ends in pairwise(edges):
        verdict = run(state, EVENTS[begins:ends], RULES, UNKNOWN)
        signals += verdict.signals
        state = HomeState.from_json(json.loads(json.dumps(verdict.state.to_json())))
        if looks and ends < len(EVENTS):
            verdict = tick(state, EVENTS[ends].at - timedelta(seconds=1), RULES, UNKNOWN)
            signals += verdict.signals
            state = verdict.state
    assert signals == list(WHOLE)


def test_what_comes_twice_counts_once() -> None:
    twice = [each for each in EVENTS for _ in range(2)]
    assert list(replay(twice, RULES)) == list(replay(EVENTS, RULES))


def test_the_state_of_a_home_stays_small() -> None:
    state = run(HomeState(), WEEK, RULES, UNKNOWN).state
    assert len(json.dumps(state.to_json())) < 4096


@pytest.mark.parametrize(
    ("raw", "faults"),
    [
        ([], {"event": "not_an_object"}),
        ({}, {"at": "missing", "kind": "missing", "device": "missing"}),
        ({"at": "2026-05-12T10:00", "device": "a", "kind": "motion"}, {"at": "no_zone"}),
        ({"at": "soon", "device": "a", "kind": "motion"}, {"at": "no_moment"}),
        ({"at": "2026-05-12T10:00Z", "device": "a", "kind": "dance"}, {"kind": "unknown"}),
        ({"at": "2026-05-12T10:00Z", "device": "a", "kind": "water", "value": "much"}, {"value": "no_number"}),
        ({"at": "2026-05-12T10:00Z", "device": "a" * 101, "kind": "sos"}, {"device": "too_long"}),
        ({"at": "2026-05-12T10:00Z", "device": ["a"], "kind": "sos"}, {"device": "not_text"}),
    ],
)
def test_an_event_is_refused_field_by_field(raw: object, faults: dict[str, str]) -> None:
    with pytest.raises(EventFaults) as refused:
        parse_event(raw)
    assert refused.value.faults == faults


def line(written: str, kind: str = "motion") -> str:
    """Write a line of a recording."""
    return json.dumps({"at": written, "device": "a", "kind": kind, "place": "Kitchen", "state": True})


@pytest.mark.parametrize("written", ["2026-05-12T10:00:00", "2026-05-12T10:00:00+01:00", "2026-05-12T10:00:00+08:00"])
def test_a_recording_is_taken_by_its_own_wall_clock(written: str) -> None:
    recording = read_recording([line(written), "", "{", line("2026-05-12T11:00:00", "dance")])
    assert [each.at for each in recording.events] == [at("10:00")]
    assert recording.as_written(at("10:00")).isoformat() == (written if len(written) > 19 else f"{written}+08:00")
    assert [each.line for each in recording.unread] == [3, 4]


def test_a_recording_in_utc_is_moments_unless_that_puts_its_nights_into_the_day() -> None:
    by_day = [line(f"2026-05-12T{hour:02}:30:00Z") for hour in range(8, 23)]
    assert read_recording(by_day).events[0].at == at("08:30")
    moments = [line(f"2026-05-12T{hour % 24:02}:30:00Z") for hour in (*range(14), 23)]
    assert read_recording(moments).events[0].at == at("08:30")


def test_a_trial_counts_false_alarms_and_finds_who_collapsed() -> None:
    lived = live(LIVES[1], days=21, seed=5)
    trial = try_life("early riser", lived.events, rules=RULES, life=lived)
    assert trial.a_week <= 1
    assert 0 < trial.delay(0.5) <= 6
    assert "alarms/week" in tell_trial(trial)
    both = join_trials([trial, trial])
    assert (both.a_week, both.delay(0.5)) == (trial.a_week, trial.delay(0.5))


def test_the_same_seed_lives_the_same_life() -> None:
    assert live(LIVES[3], days=3, seed=9).events == live(LIVES[3], days=3, seed=9).events


def test_replay_prints_alerts_as_json_lines(app: Flask, tmp_path) -> None:  # type: ignore[no-untyped-def]
    events = [event("09:00", "motion living"), event("16:30", "sos living"), event("16:31", "heartbeat hall")]
    file = tmp_path / "events.jsonl"
    rows = (
        {"at": each.at.isoformat(), "device": each.device, "kind": each.kind, "place": each.place, "state": "on"}
        for each in events
    )
    file.write_text("\n".join(json.dumps(row) for row in rows))
    rules = tmp_path / "rules.yaml"
    rules.write_text("kind: safety_rules\nbody: {quiet_day_minutes: 360}\n")
    run_it = app.test_cli_runner().invoke
    printed = run_it(args=["safety", "replay", str(file), "--language", "en"])
    assert printed.exit_code == 0, printed.output
    alerts = [json.loads(each) for each in printed.output.splitlines()]
    assert [(each["rule"], each["priority"], each["place"]) for each in alerts] == [
        ("quiet", 2, "living"),
        ("sos", 1, "living"),
    ]
    assert alerts[0]["at"] == "2026-05-12T16:00:00+08:00"
    assert alerts[0]["why"] == "Quiet for 7 h. The home's own rhythm is not known yet."
    drafted = run_it(args=["safety", "replay", str(file), "--policy", str(rules), "--language", "en"])
    assert json.loads(drafted.output.splitlines()[0])["at"] == "2026-05-12T15:00:00+08:00"
    rules.write_text("body: {quiet_day_minutes: 3}\n")
    refused = run_it(args=["safety", "replay", str(file), "--policy", str(rules), "--language", "en"])
    assert refused.exit_code == 1
    assert "quiet_day_minutes" in refused.output
