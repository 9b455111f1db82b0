"""What stands out in sums by day, and the shapes of charts."""

from datetime import date, timedelta

import pytest

from app.web.charts import BOTTOM, TOP, draw_bars, draw_spark, label_every
from meals.findings import change_percent, find_few_behind, find_outlier
from meals.reading.overview import month_until

MONDAY = date(2026, 11, 2)


def weekdays(*amounts: int) -> dict[date, int]:
    """Return amounts of days from a Monday on."""
    return {MONDAY + timedelta(days=place): amount for place, amount in enumerate(amounts)}


def test_a_day_far_above_its_kind_is_found_with_what_is_usual() -> None:
    found = find_outlier(weekdays(50_000, 50_000, 69_000, 50_000, 50_000))
    assert found is not None
    assert (found.day, found.percent, found.usual_fen) == (MONDAY + timedelta(days=2), 38, 50_000)


def test_a_day_far_below_is_found_too() -> None:
    found = find_outlier(weekdays(50_000, 50_000, 20_000, 50_000, 50_000))
    assert found is not None
    assert found.percent == -60


@pytest.mark.parametrize(
    "by_day",
    [
        {},
        weekdays(50_000),
        weekdays(50_000, 90_000, 50_000),
        weekdays(50_000, 59_000, 50_000, 50_000, 50_000),
        weekdays(100, 900, 100, 100, 100),
        # Weekends are always quiet: that is no news.
        weekdays(50_000, 50_000, 50_000, 50_000, 50_000, 20_000, 20_000, 50_000, 50_000),
    ],
    ids=["nothing", "one day", "too few to compare", "within chance", "too little money", "quiet weekend"],
)
def test_what_is_no_news_is_not_found(by_day: dict[date, int]) -> None:
    assert find_outlier(by_day) is None


@pytest.mark.parametrize(
    ("excess", "of_fen", "behind"),
    [
        ({1: 600, 2: 100, 3: 100}, 800, [1]),
        ({1: 300, 2: 300, 3: 100, 4: 100}, 800, [1, 2]),
        ({1: 100, 2: 100, 3: 100, 4: 100, 5: 100, 6: 100, 7: 100}, 700, ()),
        ({1: 800}, 800, ()),
        ({1: 800, 2: 800}, 0, ()),
    ],
    ids=["one", "two", "spread over many", "there is only one", "no excess"],
)
def test_few_canteens_behind_an_excess(excess: dict[int, int], of_fen: int, behind: object) -> None:
    assert find_few_behind(excess, of_fen=of_fen) == behind


def test_change_from_nothing_has_no_percentage() -> None:
    assert change_percent(10, 0) is None
    assert change_percent(110, 100) == 10


def test_bars_stack_from_the_ground_and_leave_the_scale_round() -> None:
    chart = draw_bars([{"city": 3000, "district": 3000}, {"city": 0, "district": 1000}, {}], kinds=("city", "district"))
    first, second, empty = chart.columns
    assert [bar.kind for bar in first.bars] == ["city", "district"]
    assert first.bars[1].y < first.bars[0].y
    assert [bar.kind for bar in second.bars] == ["district"]
    assert empty.bars == []
    assert [line.amount_fen for line in chart.lines] == [0, 2000, 4000, 6000]
    assert (chart.lines[0].y, chart.lines[-1].y) == (BOTTOM, TOP)


def test_scale_has_room_for_the_mean_of_another_month() -> None:
    chart = draw_bars([{"city": 100}], kinds=("city",), at_least_fen=1_000_000)
    assert chart.top_fen >= 1_000_000
    assert TOP <= chart.y_of(1_000_000) < BOTTOM


def test_chart_of_nothing_is_drawn_without_bars() -> None:
    chart = draw_bars([], kinds=("city",))
    assert chart.columns == []
    assert chart.top_fen > 0


@pytest.mark.parametrize(("values", "drawn"), [([], False), ([1], False), ([1, 2], True), ([5, 5, 5], True)])
def test_spark_needs_two_numbers(values: list[float], *, drawn: bool) -> None:
    assert (draw_spark(values) is not None) is drawn


def test_spark_ends_at_its_last_number() -> None:
    spark = draw_spark([0, 10, 5])
    assert spark is not None
    assert spark.path == "M3.0 25.0L42.0 3.0L81.0 14.0"
    assert (spark.x, spark.y) == (81.0, 14.0)


@pytest.mark.parametrize(("days", "labelled"), [(3, [0, 1, 2]), (21, [0, 6, 13, 20]), (31, [0, 6, 13, 20, 27, 30])])
def test_days_are_labelled_each_week(days: int, labelled: list[int]) -> None:
    assert list(label_every(days)) == labelled


@pytest.mark.parametrize(
    ("month", "today", "days", "before"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), (1, 20), (date(2026, 10, 1), date(2026, 10, 20))),
        (date(2026, 3, 31), date(2026, 3, 31), (1, 31), (date(2026, 2, 1), date(2026, 2, 28))),
        (date(2026, 10, 5), date(2026, 11, 20), (1, 31), (date(2026, 9, 1), date(2026, 9, 30))),
        (date(2026, 1, 1), date(2026, 1, 1), (1, 1), (date(2025, 12, 1), date(2025, 12, 1))),
    ],
    ids=["under way", "longer than the one before", "over", "first day of the year"],
)
def test_a_month_is_compared_with_the_same_days_before(
    month: date, today: date, days: tuple[int, int], before: tuple[date, date]
) -> None:
    span = month_until(month, today)
    assert (span.from_on.day, span.until_on.day) == days
    assert (span.before_from, span.before_until) == before
    assert (span.running == today) is (month == today)
