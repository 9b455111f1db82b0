"""Sums of the picture: what is kept is what the tables say, whatever comes late, is undone or told of afterwards."""

from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.clock import ZONE
from portal.city import folding
from portal.city.tasks import fold_late, fold_now, prove_sums
from tests.conftest import FrozenClock
from tests.meals.factories import CITY, DISTRICT, STREET, reverse_row
from tests.meals.offices import OTHER_STREET, TODAY, Office

# Straight from the tables, for the places of the tests: written apart from what the product counts by.
MEALS = text(
    "SELECT p.area, k.meal_on, count(*) FROM checkout k JOIN canteen c ON c.id = k.canteen_id"
    " JOIN unnest(CAST(:areas AS text[]), CAST(:paths AS text[])) AS p (area, path) ON c.area_code LIKE p.path || '%'"
    " WHERE k.reversed_at IS NULL GROUP BY 1, 2"
)
ALL_KEPT = text("SELECT area_code, on_day, value FROM city_day WHERE code = 'meals'")
KEPT = text("SELECT coalesce(sum(value), 0) FROM city_day WHERE area_code = :area AND on_day = :day AND code = :code")
PATHS = {
    "330000": "33",
    CITY: "3301",
    DISTRICT: DISTRICT,
    "330106": "330106",
    STREET: STREET,
    OTHER_STREET: OTHER_STREET,
}


def kept(session: Session, area: str, day: date, code: str) -> int:
    return int(session.scalar(KEPT, {"area": area, "day": day, "code": code}) or 0)


def differences(session: Session, clock: FrozenClock, days: int = 62) -> dict[str, int]:
    """Return how many sums of each count are not right; how things stood is known of today."""
    found = {}
    for count in folding.list_counts():
        back = 1 if count.anchor == "stand" else days
        asked: dict[str, Any] = {"since": TODAY - timedelta(days=back - 1), "until": TODAY, "now": clock.now()}
        found[count.name] = folding.find_differences(session, count=count, **asked)
    return {name: number for name, number in found.items() if number}


def fold(office: Office, clock: FrozenClock, *, days: int) -> int:
    return folding.fold(office.session, counts=folding.list_counts(), days=days, now=clock.now())


class Act:
    """Something that happens at a canteen, days ago or now."""

    SELL, UNDO, FOLD_NOW, FOLD_LATE = range(4)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    acts=st.lists(
        st.tuples(st.sampled_from([Act.SELL, Act.SELL, Act.UNDO, Act.FOLD_NOW, Act.FOLD_LATE]), st.integers(0, 40)),
        min_size=3,
        max_size=12,
    )
)
def test_kept_sums_are_what_the_tables_say(office: Office, clock: FrozenClock, acts: list[tuple[int, int]]) -> None:
    aside = office.session.begin_nested()
    try:
        sold, guest = [], office.guest()
        for number, (act, days_ago) in enumerate(acts):
            if act == Act.SELL:
                canteen = office.elsewhere if days_ago % 3 == 0 else office.first
                day = TODAY - timedelta(days=days_ago)
                sold.append(office.sold(guest, canteen=canteen, meal_on=day, window_name=f"w{number}"))
            elif act == Act.UNDO and sold:
                reverse_row(office.session, checkout=sold.pop(days_ago % len(sold)), account_id=office.cashier_id)
            else:
                fold(office, clock, days=3 if act == Act.FOLD_NOW else 62)
        fold(office, clock, days=62)
        told = office.session.execute(MEALS, {"areas": list(PATHS), "paths": list(PATHS.values())}).all()
        assert set(map(tuple, office.session.execute(ALL_KEPT))) == set(map(tuple, told))
        assert differences(office.session, clock) == {}
    finally:
        aside.rollback()


def test_what_comes_late_is_found_and_what_was_changed_behind_our_back_is_made_right(
    office: Office, clock: FrozenClock
) -> None:
    guest = office.guest()
    office.sold(guest, meal_on=TODAY - timedelta(days=9))
    fold_late()
    assert differences(office.session, clock) == {}
    office.sold(guest, meal_on=TODAY - timedelta(days=9), window_name="dinner")
    assert differences(office.session, clock) == {"meals": 8}
    fold_now()
    assert differences(office.session, clock) == {"meals": 8}
    fold_late()
    assert differences(office.session, clock) == {}
    office.session.execute(text("UPDATE city_day SET value = value + 1 WHERE code = 'seats'"))
    prove_sums()
    assert differences(office.session, clock) == {}
    assert kept(office.session, STREET, TODAY, "seats") == 160


def test_counting_twice_changes_nothing(office: Office, clock: FrozenClock) -> None:
    office.sold()
    assert fold(office, clock, days=3) > 0
    assert fold(office, clock, days=3) == 0


def test_seats_count_on_open_days_only(office: Office, clock: FrozenClock) -> None:
    office.first.weekdays = [5]
    office.second.closed_from = TODAY
    office.first.created_at = datetime.combine(TODAY - timedelta(days=7), time(), tzinfo=ZONE)
    office.session.flush()
    fold_late()
    days = [TODAY - timedelta(days=back) for back in (0, 1, 7, 14)]
    assert [kept(office.session, STREET, day, "seats") for day in days] == [80, 0, 80, 0]
