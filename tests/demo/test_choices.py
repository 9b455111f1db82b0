"""Chance that comes out the same each time."""

from collections import Counter
from datetime import UTC, datetime

from demo.choices import Choices, Weights

MOMENT = datetime(2026, 11, 20, 3, 48, tzinfo=UTC)


def test_the_same_words_give_the_same_choices() -> None:
    first, second = Choices("senior", 7), Choices("senior", 7)
    assert [first.below(1000) for _ in range(50)] == [second.below(1000) for _ in range(50)]


def test_other_words_give_other_choices() -> None:
    assert Choices("senior", 7).digits(14) != Choices("senior", 8).digits(14)
    assert Choices("senior", 71).digits(14) != Choices("senior", 7, 1).digits(14)


def test_bounds_hold_and_are_reached() -> None:
    drawn = Choices("bounds")
    assert {drawn.between(3, 5) for _ in range(200)} == {3, 4, 5}
    assert {drawn.below(2) for _ in range(100)} == {0, 1}
    assert all(100 - 30 <= drawn.around(100, 10) <= 100 + 30 for _ in range(500))


def test_chance_keeps_its_share() -> None:
    drawn = Choices("share")
    assert not any(drawn.chance(0) for _ in range(100))
    assert all(drawn.chance(1) for _ in range(100))
    assert 200 < sum(drawn.chance(0.25) for _ in range(1000)) < 300


def test_weights_are_kept() -> None:
    drawn, weights = Choices("weights"), Weights({"often": 9, "never": 0, "seldom": 1})
    seen = Counter(drawn.weighted(weights) for _ in range(2000))
    assert seen["never"] == 0
    assert 120 < seen["seldom"] < 280


def test_an_id_tells_its_moment() -> None:
    made = Choices("id").uuid7(MOMENT)
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert made.int >> 80 == int(MOMENT.timestamp() * 1000)
