"""Whose turn it is: every step from every state, and what stands against it."""

from datetime import UTC, datetime, timedelta

import pytest

from subsidies.findings.rules import FROM, Objection, Standing, State, Step, object_to, rate_of

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
CLERK, AUDITOR = 1, 2


def standing(
    state: State, *, asked_days_ago: float | None = None, answered_by: int | None = None, within_days: int = 14
) -> Standing:
    asked_at = NOW - timedelta(days=asked_days_ago) if asked_days_ago is not None else None
    return Standing(state=state, asked_at=asked_at, answered_by=answered_by, answer_within_days=within_days)


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("state", State)
def test_a_step_is_refused_where_it_is_not_its_turn(state: State, step: Step) -> None:
    objection = object_to(step, standing(state, asked_days_ago=30), by=AUDITOR, now=NOW)
    assert (objection is Objection.OUT_OF_TURN) is (state not in FROM[step])


@pytest.mark.parametrize(
    ("state", "about", "objection"),
    [
        (State.OPEN, {}, Objection.NOBODY_ASKED),
        (State.OPEN, {"asked_days_ago": 30}, Objection.NOBODY_ASKED),
        (State.ASKED, {"asked_days_ago": 13.99}, Objection.TIME_TO_ANSWER),
        (State.ASKED, {"asked_days_ago": 14}, None),
        (State.ASKED, {"asked_days_ago": 2, "within_days": 2}, None),
        (State.EXPLAINED, {"asked_days_ago": 1, "answered_by": CLERK}, None),
        (State.EXPLAINED, {"asked_days_ago": 1, "answered_by": AUDITOR}, Objection.OWN_ANSWER),
    ],
    ids=["unasked", "opened again", "still time", "overdue", "shorter term", "answered", "own answer"],
)
def test_nobody_is_held_to_anything_unheard(state: State, about: dict[str, float], objection: Objection | None) -> None:
    assert object_to(Step.CONFIRM, standing(state, **about), by=AUDITOR, now=NOW) is objection  # type: ignore[arg-type]


def test_who_answered_does_not_dismiss_either() -> None:
    told = standing(State.EXPLAINED, asked_days_ago=1, answered_by=CLERK)
    assert object_to(Step.DISMISS, told, by=CLERK, now=NOW) is Objection.OWN_ANSWER
    assert object_to(Step.DISMISS, told, by=AUDITOR, now=NOW) is None


@pytest.mark.parametrize(
    ("counts", "decided", "percent"),
    [
        ({}, 0, None),
        ({"open": 3, "asked": 1}, 0, None),
        ({"confirmed": 1, "dismissed": 2}, 3, 33),
        ({"confirmed": 1, "recovered": 2, "dismissed": 1, "explained": 7}, 4, 75),
    ],
)
def test_the_rate_counts_only_what_was_decided(counts: dict[str, int], decided: int, percent: int | None) -> None:
    rate = rate_of(counts)
    assert (rate.decided, rate.percent) == (decided, percent)
