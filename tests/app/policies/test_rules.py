"""How documents follow each other: a table of every way to lie beside others."""

from datetime import date

import pytest

from app.policies.rules import Clash, Fit, Mark, Misfit, Period, compare_rows, place

A, B, C, D, E = (date(2026, month, 1) for month in (1, 3, 5, 7, 9))
TODAY = date(2026, 4, 15)


@pytest.mark.parametrize(
    ("new", "others", "expected"),
    [
        ((B, None), [], None),
        ((B, C), [], None),
        ((C, None), [(A, None)], "closes"),
        ((C, D), [(A, None)], "closes"),
        ((C, None), [(A, C)], None),
        ((C, D), [(A, C), (D, None)], None),
        ((A, C), [(C, None)], None),
        ((B, None), [(B, None)], Clash.OVERLAP),
        ((B, C), [(B, C)], Clash.OVERLAP),
        ((B, D), [(A, C)], Clash.OVERLAP),
        ((A, None), [(C, None)], Clash.OVERLAP),
        ((A, D), [(C, None)], Clash.OVERLAP),
        ((B, D), [(A, B), (C, None)], Clash.OVERLAP),
        ((D, None), [(A, C)], Clash.HOLE),
        ((A, B), [(C, None)], Clash.HOLE),
        ((C, D), [(A, B), (D, None)], Clash.HOLE),
        ((A, B), [(D, E)], Clash.HOLE),
        ((B, None), [(A, None)], Clash.REWRITES_PAST),
        ((B, C), [(A, None)], Clash.REWRITES_PAST),
        ((TODAY, None), [(A, None)], "closes"),
    ],
)
def test_place_among_the_published(new, others, expected):
    periods = [Period(index + 1, *days) for index, days in enumerate(others)]
    found = place(Period(99, *new), periods, today=TODAY)
    if isinstance(expected, Clash):
        assert isinstance(found, Misfit)
        assert found.clash is expected
    else:
        assert found == Fit(closes=1 if expected == "closes" else None)


def test_a_hole_is_named_by_its_days():
    found = place(Period(9, D, None), [Period(1, A, C)], today=TODAY)
    assert (found.from_on, found.until_on) == (C, D)


def test_a_history_may_be_set_up_in_the_past():
    assert place(Period(9, B, None), [Period(1, A, None)], today=None) == Fit(closes=1)


def test_rows_are_compared_in_reading_order():
    before = [("90", "50%"), ("80", "70%"), ("60", "85%")]
    after = [("90", "50%"), ("80", "60%"), ("70", "80%"), ("60", "85%")]
    assert list(compare_rows(before, after)) == [
        (Mark.SAME, ("90", "50%")),
        (Mark.REMOVED, ("80", "70%")),
        (Mark.ADDED, ("80", "60%")),
        (Mark.ADDED, ("70", "80%")),
        (Mark.SAME, ("60", "85%")),
    ]
