"""Money is divided without losing or inventing a fen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.money import allocate, percent, yuan


@given(st.integers(0, 10**12), st.lists(st.integers(0, 1000), min_size=1, max_size=8), st.data())
def test_parts_always_add_up_and_none_is_negative(total: int, weights: list[int], data: st.DataObject) -> None:
    if not sum(weights):
        weights = [*weights, 1]
    parts = allocate(total, weights, data.draw(st.integers(0, len(weights) - 1)))
    assert sum(parts) == total
    assert min(parts) >= 0


@pytest.mark.parametrize(
    ("total", "weights", "to", "parts"), [(100, [1, 1, 1], 0, [34, 33, 33]), (1, [40, 40, 20], 2, [0, 0, 1])]
)
def test_the_remainder_of_rounding_goes_to_the_named_part(
    total: int, weights: list[int], to: int, parts: list[int]
) -> None:
    assert allocate(total, weights, to) == parts


@pytest.mark.parametrize(("amount", "weights"), [(-1, [1]), (1, [0]), (1, []), (1, [2, -1])])
def test_a_split_that_makes_no_sense_is_refused(amount: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match="allocate"):
        allocate(amount, weights, 0)


@pytest.mark.parametrize(("amount", "share", "result"), [(999, 50, 500), (1, 50, 1), (1, 49, 0), (1600, 85, 1360)])
def test_half_a_fen_rounds_up(amount: int, share: int, result: int) -> None:
    assert percent(amount, share) == result


@pytest.mark.parametrize(("fen", "text"), [(12650, "126.50"), (5, "0.05"), (-5, "-0.05"), (0, "0.00")])
def test_fen_are_written_as_yuan(fen: int, text: str) -> None:
    assert yuan(fen) == text
