"""What can be read of sales, tills and failed scans, and by whom; sums and the overview."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from app import clock
from app.auth import Role
from app.clock import ZONE
from app.errors import Invalid
from meals import queries
from meals.errors import CheckoutNotFound
from meals.queries import SaleFilter, SaleState, ScanFilter
from meals.scope import TillNotFound
from tests.app.people.factories import make_card, make_senior
from tests.meals.factories import (
    make_failed_scan,
    make_till,
    reverse_row,
)
from tests.meals.offices import OTHER_STREET, TODAY, Office

SINCE = date(2026, 11, 1)


def names(lines: Any) -> list[str]:
    """Return the names of canteens."""
    return [line.name for line in lines]


def today(**narrowed: Any) -> SaleFilter:
    """Return a filter of today's sales."""
    return SaleFilter(**{"from_on": TODAY, "until_on": TODAY, **narrowed})


def test_sales_are_listed_latest_first_with_the_name_masked(office: Office) -> None:
    guest = office.guest("王玉兰")
    early, late = office.sold(guest, at=time(10, 30), window_name="breakfast"), office.sold(guest, at=time(11, 52, 7))
    actor = office.actor(Role.AUDITOR)
    page = queries.list_checkouts(office.session, actor=actor, filters=today())
    assert [line.id for line in page.items] == [late.id, early.id]
    line = page.items[0]
    assert (line.guest, line.age, line.card_tail, line.till) == ("王*兰", 82, guest[1].number[-4:], 1)
    assert (line.price_fen, line.public_fen, line.points_fen, line.cash_fen) == (1600, 800, 600, 200)


def test_nobody_sees_sales_outside_their_canteens(office: Office) -> None:
    here, there = office.sold(), office.sold(canteen=office.elsewhere)
    for role, canteen, seen in (
        (Role.STREET_CLERK, None, [here.id]),
        (Role.CANTEEN_MANAGER, office.first, [here.id]),
        (Role.CANTEEN_MANAGER, office.second, []),
    ):
        actor = office.actor(role, canteen=canteen)
        found = queries.list_checkouts(office.session, actor=actor, filters=today())
        assert [line.id for line in found.items] == seen
        with pytest.raises(CheckoutNotFound):
            queries.get_checkout(office.session, checkout_id=there.id, actor=actor)


@pytest.mark.parametrize(
    ("narrowed", "found"),
    [
        ({}, {"subsidised", "full", "undone", "second"}),
        ({"state": SaleState.SUBSIDISED}, {"subsidised", "second"}),
        ({"state": SaleState.FULL_PRICE}, {"full"}),
        ({"state": SaleState.REVERSED}, {"undone"}),
        ({"window": "dinner"}, {"full"}),
        ({"find": "1-0042"}, {"subsidised"}),
        ({"find": "1- 0042"}, {"subsidised"}),
        ({"find": "%"}, set()),
        ({"from_on": SINCE}, {"subsidised", "full", "undone", "second", "earlier"}),
        ({"from_on": SINCE, "until_on": TODAY - timedelta(days=1)}, {"earlier"}),
    ],
)
def test_sales_are_narrowed_by_day_state_meal_and_number(
    office: Office, narrowed: dict[str, Any], found: set[str]
) -> None:
    undone = office.sold()
    reverse_row(office.session, checkout=undone, account_id=office.cashier_id)
    sold = {
        "subsidised": office.sold(number="1-0042"),
        "full": office.sold(shares=(), window_name="dinner"),
        "undone": undone,
        "second": office.sold(canteen=office.second),
        "earlier": office.sold(meal_on=TODAY - timedelta(days=2)),
    }
    page = queries.list_checkouts(office.session, actor=office.actor(Role.AUDITOR), filters=today(**narrowed))
    by_id = {sale.id: name for name, sale in sold.items()}
    assert {by_id[line.id] for line in page.items} == found


def test_sales_are_found_by_canteen_and_by_the_end_of_the_card(office: Office) -> None:
    guest = office.guest()
    sale = office.sold(guest, canteen=office.second)
    office.sold()
    actor = office.actor(Role.AUDITOR)
    for narrowed in ({"canteen_id": office.second.id}, {"find": guest[1].number[-6:]}, {"find": guest[1].number}):
        page = queries.list_checkouts(office.session, actor=actor, filters=today(**narrowed))
        assert [line.id for line in page.items] == [sale.id]


def test_sales_booked_at_the_same_moment_page_without_loss_or_repeat(office: Office) -> None:
    sold = {office.sold().id for _ in range(5)}
    actor, after, seen = office.actor(Role.AUDITOR), None, []
    while True:
        page = queries.list_checkouts(office.session, actor=actor, filters=today(), after=after, limit=2)
        seen += [line.id for line in page.items]
        after = page.next
        if after is None:
            break
    assert len(seen) == 5
    assert set(seen) == sold


@pytest.mark.parametrize(
    "cursor", ["x", "WzEsMl0", "bm90IGpzb24", "WzEsIngiXQ", "WzEwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMCwiYSJd"]
)
def test_a_cursor_of_something_else_is_refused(office: Office, cursor: str) -> None:
    actor = office.actor(Role.AUDITOR)
    with pytest.raises(Invalid) as refused:
        queries.list_checkouts(office.session, actor=actor, filters=today(), after=cursor)
    assert list(refused.value.errors) == ["after"]


@pytest.mark.parametrize("days", [-1, 93])
def test_days_in_wrong_order_or_too_many_are_refused(office: Office, days: int) -> None:
    filters = SaleFilter(from_on=TODAY, until_on=TODAY + timedelta(days=days))
    for read in (queries.list_checkouts, queries.sum_checkouts):
        with pytest.raises(Invalid) as refused:
            read(office.session, actor=office.actor(Role.AUDITOR), filters=filters)
        assert list(refused.value.errors) == ["until"]


def test_sums_leave_out_what_was_undone_but_count_it(office: Office) -> None:
    office.sold()
    office.sold(shares=(("city", 300), ("concession", 100)), points_fen=0)
    reverse_row(office.session, checkout=office.sold(), account_id=office.cashier_id)
    sums = queries.sum_checkouts(office.session, actor=office.actor(Role.AUDITOR), filters=today())
    assert (sums.count, sums.reversed) == (2, 1)
    assert (sums.price_fen, sums.public_fen, sums.concession_fen, sums.points_fen, sums.cash_fen) == (
        3200,
        1100,
        100,
        600,
        1400,
    )


def test_sums_of_nothing_are_nothing(office: Office) -> None:
    sums = queries.sum_checkouts(office.session, actor=office.actor(Role.AUDITOR), filters=today())
    assert (sums.count, sums.price_fen) == (0, 0)


def test_one_sale_comes_with_all_it_was_decided_by(office: Office) -> None:
    sold = office.sold(reasons=[{"code": "price", "params": {"price_fen": 1600}}], policy_ids=[7])
    reverse_row(office.session, checkout=sold, account_id=office.cashier_id, reason="拿错了")
    sale = queries.get_checkout(office.session, checkout_id=sold.id, actor=office.actor(Role.AUDITOR))
    assert (sale.cashier, sale.canteen, sale.state) == ("陈芳", "文晖一食堂", SaleState.REVERSED)
    assert (sale.reversed_by, sale.reversal_reason) == ("陈芳", "拿错了")
    assert sale.policy_ids == [7]
    assert [share["kind"] for share in sale.shares] == ["city", "district", "street"]


def test_a_tills_day_counts_its_own_sales_without_those_undone(office: Office) -> None:
    office.sold()
    office.sold(shares=(), points_fen=0)
    reverse_row(office.session, checkout=office.sold(at=time(11, 40)), account_id=office.cashier_id)
    office.sold(meal_on=TODAY - timedelta(days=1))
    office.sold(till=make_till(office.session, canteen=office.first, number=2))
    cashier = office.actor(Role.CASHIER, canteen=office.first)
    found = queries.get_till_today(office.session, till_id=office.till.id, actor=cashier, on=TODAY)
    assert found.totals == {"count": 2, "subsidised": 1, "cash_fen": 1800, "points_fen": 600, "public_fen": 800}
    assert [sale["state"] for sale in found.recent] == ["reversed", "sold", "sold"]
    assert found.recent[0]["guest"] == "王*兰"


def test_a_till_of_another_canteen_does_not_exist(office: Office) -> None:
    cashier = office.actor(Role.CASHIER, canteen=office.second)
    with pytest.raises(TillNotFound):
        queries.get_till_today(office.session, till_id=office.till.id, actor=cashier, on=TODAY)
    with pytest.raises(TillNotFound):
        queries.list_guests(office.session, till_id=office.till.id, actor=cashier, query="王玉", on=TODAY)


def find_guests(office: Office, query: str) -> list[tuple[str, int]]:
    """Look for guests at the first canteen's till."""
    cashier = office.actor(Role.CASHIER, canteen=office.first)
    found = queries.list_guests(office.session, till_id=office.till.id, actor=cashier, query=query, on=TODAY)
    return [(guest.name, guest.age) for guest in found]


def test_guests_are_found_by_name_or_card_masked(office: Office) -> None:
    guest = office.guest("王玉兰", birth_on=date(1944, 11, 20))
    office.guest("李秀英")
    assert find_guests(office, "玉兰") == [("王*兰", 82)]
    assert find_guests(office, guest[1].number[-5:]) == [("王*兰", 82)]
    assert find_guests(office, "兰玉") == []
    assert find_guests(office, "__") == []


def test_who_lives_elsewhere_is_found_only_after_eating_here(office: Office) -> None:
    senior = make_senior(office.session, name="陈阿根", hukou_area=OTHER_STREET)
    card = make_card(office.session, senior)
    assert find_guests(office, "陈阿") == []
    office.sold((senior, card))
    assert find_guests(office, "陈阿") == [("陈*根", 85)]


def test_who_ate_here_last_comes_first_and_only_with_a_good_card(office: Office) -> None:
    office.guest("王玉兰")
    office.sold(office.guest("王玉芬"))
    lost = make_senior(office.session, name="王玉英", hukou_area="330105011")
    make_card(office.session, lost, state="lost")
    assert [name for name, _age in find_guests(office, "王玉")] == ["王*芬", "王*兰"]


@pytest.mark.parametrize("query", ["王", "", "  ", "123"])
def test_a_query_too_short_to_mean_someone_is_refused(office: Office, query: str) -> None:
    with pytest.raises(Invalid) as refused:
        find_guests(office, query)
    assert list(refused.value.errors) == ["query"]


def test_sums_by_day_payer_canteen_and_tier(office: Office) -> None:
    tier = [{"code": "tier", "params": {"age": 82, "age_from": 80}}]
    office.sold(reasons=tier)
    office.sold(reasons=[{"code": "tier", "params": {"age": 91, "age_from": 80}}], canteen=office.second)
    office.sold(shares=(("city", 100), ("concession", 60)), meal_on=TODAY - timedelta(days=1))
    office.sold(shares=())
    office.sold(canteen=office.elsewhere)
    reverse_row(office.session, checkout=office.sold(), account_id=office.cashier_id)
    asked = {"actor": office.actor(Role.AUDITOR), "from_on": SINCE, "until_on": TODAY}
    sums = queries.sum_by_day_and_canteen(office.session, **asked)
    assert {day: totals.meals for day, totals in sums.by_day.items()} == {TODAY - timedelta(days=1): 1, TODAY: 3}
    assert {canteen: totals.meals for canteen, totals in sums.by_canteen.items()} == {
        office.first.id: 3,
        office.second.id: 1,
    }
    assert sums.by_day[TODAY].subsidised == 2
    assert sums.by_day[TODAY].guest_fen == 3200
    assert queries.sum_by_day_and_payer(office.session, **asked) == {
        TODAY - timedelta(days=1): {"city": 100, "concession": 60},
        TODAY: {"city": 640, "district": 640, "street": 320},
    }
    tiers = queries.sum_by_tier(office.session, actor=asked["actor"], month=SINCE)
    assert [(found.band, found.meals, found.public_fen) for found in tiers] == [
        ({"age_from": 80}, 2, 1600),
        ({}, 1, 100),
    ]
    ranked = queries.rank_canteens(office.session, by_canteen=sums.by_canteen, limit=1)
    assert names(ranked) == ["文晖一食堂"]
    by_canteen = queries.sum_public_by_canteen(office.session, actor=asked["actor"], on=TODAY)
    assert by_canteen == {office.first.id: 800, office.second.id: 800}


def test_failed_scans_are_listed_and_counted_by_reason_and_day(office: Office) -> None:
    scans = [
        make_failed_scan(office.session, canteen=office.first, account_id=office.cashier_id, till=office.till),
        make_failed_scan(
            office.session,
            canteen=office.second,
            account_id=office.cashier_id,
            reason="card_lost",
            senior_id=office.guest()[0].id,
            at=datetime(2026, 11, 20, 0, 5, tzinfo=ZONE),
        ),
    ]
    make_failed_scan(office.session, canteen=office.elsewhere, account_id=office.cashier_id)
    actor = office.actor(Role.AUDITOR)
    filters = ScanFilter(from_on=SINCE, until_on=TODAY)
    page = queries.list_failed_scans(office.session, actor=actor, filters=filters, limit=1)
    rest = queries.list_failed_scans(office.session, actor=actor, filters=filters, after=page.next)
    lines = [*page.items, *rest.items]
    assert [line.id for line in lines] == [scan.id for scan in scans]
    assert [(line.guest, line.till, line.code_tail) for line in lines] == [(None, 1, "0018"), ("王*兰", None, "0018")]
    assert queries.count_scans_by_reason(office.session, actor=actor, filters=filters) == {
        "card_lost": 1,
        "card_unknown": 1,
    }
    assert queries.count_scans_by_day(office.session, actor=actor, filters=filters) == {TODAY: 2}
    one = ScanFilter(from_on=TODAY, until_on=TODAY, canteen_id=office.first.id, reason="card_unknown")
    assert [line.id for line in queries.list_failed_scans(office.session, actor=actor, filters=one).items] == [
        scans[0].id
    ]


def test_the_overview_compares_the_same_days_and_names_what_stands_out(office: Office) -> None:
    for day in range(1, 20):
        meal_on = date(2026, 11, day)
        for _ in range(5 if day == 11 else 1):
            office.sold(meal_on=meal_on, shares=(("city", 12_000),), price_fen=20_000, points_fen=0)
        office.sold(canteen=office.second, meal_on=meal_on, shares=(("city", 12_000),), price_fen=20_000, points_fen=0)
    office.sold(meal_on=date(2026, 10, 19))
    office.sold(meal_on=date(2026, 10, 25))
    make_failed_scan(office.session, canteen=office.first, account_id=office.cashier_id)
    found = queries.get_overview(office.session, actor=office.actor(Role.AUDITOR), month=TODAY, now=clock.now())
    assert (found.now.meals, found.before.meals, found.failed, found.failed_before) == (42, 1, 1, 0)
    assert found.outlier is not None
    assert (found.outlier.day, found.outlier.percent) == (date(2026, 11, 11), 200)
    assert found.behind_outlier == 1
    assert [each.name for each in found.busiest] == ["文晖一食堂", "文晖二食堂"]
    assert found.canteens.running == 2
