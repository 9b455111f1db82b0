"""What a home's rhythm is learned from, and what it then allows."""

from datetime import datetime, timedelta

import pytest

from app.clock import ZONE
from safety.judging.learning import History
from safety.judging.presence import Spell
from safety.judging.replaying import Home, replay
from safety.judging.rhythm import Rhythm
from safety.judging.terms import SafetyRules
from tests.safety.judging.lives import RULES, at, event

FIRST = datetime(2026, 3, 2, tzinfo=ZONE)
TODAY = FIRST.toordinal() + 21


def spell(day: int, begins: float, hours: float, spot: str = "bedroom") -> Spell:
    """Make a quiet spell that begins at an hour of a day."""
    begun = int((FIRST + timedelta(days=day, hours=begins)).timestamp())
    return Spell(begun, begun + int(hours * 3600), spot)


def rhythm_of(*spells: Spell, today: int = TODAY, rules: SafetyRules = RULES) -> Rhythm:
    """Learn from spells."""
    history = History()
    for each in sorted(spells, key=lambda each: each.begins):
        history.add(each)
    return history.learn(today, 0, rules)


def sleeper(wakes: float, days: int = 21) -> Rhythm:
    """Learn from somebody who sleeps eight hours up to an hour of the morning, and is never quiet for long by day."""
    spells = [spell(day, wakes - 8, 8) for day in range(1, days)]
    spells += [spell(day, wakes + each * 0.5, 0.5, "living") for day in range(1, days) for each in range(31)]
    return rhythm_of(*spells)


def allowed(rhythm: Rhythm, clock: str, spot: str = "bedroom") -> int:
    """Return what is allowed at a time of day."""
    hour, minute = (int(each) for each in clock.split(":"))
    return rhythm.allowed_minutes(spot, hour * 2 + minute // 30, RULES)


def test_an_early_riser_may_not_be_silent_at_nine_and_a_late_sleeper_may() -> None:
    slept = 10 * 60
    assert allowed(sleeper(5), "09:00") < slept < allowed(sleeper(10), "09:00")


def test_what_is_allowed_is_bounded_below_and_above() -> None:
    rhythm = sleeper(5)
    assert allowed(rhythm, "15:00", "living") >= RULES.quiet_least_minutes - 30
    long = rhythm_of(*[spell(day, 8, 15.5) for day in range(1, 21)])
    assert max(allowed(long, f"{hour:02}:00") for hour in range(24)) <= RULES.quiet_most_minutes


@pytest.mark.parametrize("days", [0, 1])
def test_little_history_is_never_stricter_than_the_prior(days: int) -> None:
    rhythm = sleeper(5, days=days + 1)
    for hour in range(24):
        assert allowed(rhythm, f"{hour:02}:00") >= Rhythm().allowed_minutes("bedroom", hour * 2, RULES)


def test_a_walk_to_the_toilet_does_not_make_the_night_shorter() -> None:
    cut = [part for day in range(1, 21) for part in (spell(day, 22, 3), spell(day, 25.1, 4.9, "bathroom"))]
    assert allowed(rhythm_of(*cut), "05:00") > 7 * 60


def test_lying_awake_between_two_walks_does_not_make_the_night_shorter_either() -> None:
    parts = ((22, 3, "bedroom"), (25.1, 0.5, "bathroom"), (25.7, 4.3, "bathroom"))
    cut = [spell(day, *part) for day in range(1, 21) for part in parts]
    assert allowed(rhythm_of(*cut), "05:00") > 7 * 60


@pytest.mark.parametrize(("days", "least", "most"), [(2, 8 * 60, 15 * 60), (20, 180, 6 * 60)])
def test_after_a_spot_where_nobody_was_ever_quiet_at_that_hour_less_is_allowed(
    days: int, least: int, most: int
) -> None:
    nights = [spell(day, 22, 8) for day in range(1, days + 1)]
    stove = [spell(day, hour, 0.5, "kitchen") for day in range(1, days + 1) for hour in (7, 12, 18)]
    rhythm = rhythm_of(*nights, *stove)
    assert least <= allowed(rhythm, "04:00", "kitchen") <= most
    assert allowed(rhythm, "04:00") > 7 * 60
    assert rhythm.is_never_quiet("kitchen", 8)
    assert not rhythm.is_never_quiet("living", 8)


def test_the_longest_of_few_days_is_trusted_less() -> None:
    few, many = (rhythm_of(*[spell(day, 9, 4) for day in range(1, days + 1)]) for days in (7, 20))
    assert allowed(few, "12:00") > allowed(many, "12:00")


def test_an_alarm_that_ended_by_itself_makes_the_home_more_patient_and_time_takes_it_back() -> None:
    history = History()
    history.learn(TODAY, 0, RULES)
    history.learn(TODAY + 1, 1, RULES)
    grown = history.margin
    assert grown > 1
    for day in range(2, 40):
        history.learn(TODAY + day, 1, RULES)
    assert 0.85 <= history.margin < 1 < grown


def test_what_is_older_than_the_document_says_is_forgotten() -> None:
    history = History()
    history.add(spell(1, 8, 9))
    history.learn(TODAY + 60, 0, RULES)
    assert history.days == {}


def test_a_journey_that_no_door_told_of_is_no_habit() -> None:
    assert rhythm_of(spell(3, 9, 40)) == Rhythm()


def test_being_out_is_learned_apart() -> None:
    spells = [spell(day, 9, 2, "out") for day in range(1, 21)] + [spell(day, 11, 1, "living") for day in range(1, 21)]
    rhythm = rhythm_of(*spells)
    assert allowed(rhythm, "11:00", "out") < RULES.away_most_minutes
    assert allowed(Rhythm(), "11:00", "out") == RULES.away_most_minutes


def test_the_days_of_the_week_are_learned_apart_once_enough_are_known() -> None:
    # Out of sight from nine to six on working days, in a home without an outer door.
    spells = [spell(day, 9, 9) for day in range(28) if day % 7 < 5]
    spells += [spell(day, 9 + each, 1) for day in range(28) if day % 7 > 4 for each in range(9)]
    saturday, monday = (rhythm_of(*spells, today=FIRST.toordinal() + each) for each in (26, 28))
    assert allowed(saturday, "17:00") < allowed(monday, "17:00")
    assert saturday.usual_minutes("bedroom", 34) == monday.usual_minutes("bedroom", 34)


def test_history_survives_being_written() -> None:
    home = Home()
    for day in range(3):
        for each in replay_day(day):
            home.take(each)
    assert History.from_json(home.history.to_json()) == home.history
    assert Rhythm.from_json(home.rhythm.to_json()) == home.rhythm


def replay_day(day: int) -> list:  # type: ignore[type-arg]
    """Return a short day."""
    return [
        event("07:00", "motion kitchen", day),
        event("12:00", "door entrance", day),
        event("22:00", "bed bedroom", day),
    ]


def test_tomorrow_is_not_known_today() -> None:
    days = [each for day in range(15) for each in replay_day(day)]
    whole = list(replay([*days, event("23:59", "heartbeat hall", 20)], RULES))
    part = list(replay([*days[:30], event("05:59", "heartbeat hall", 10)], RULES))
    assert part == [signal for signal in whole if signal.at <= at("05:59", 10)][: len(part)]
    assert len(part) == sum(signal.at <= at("05:59", 10) for signal in whole)
