"""Minutes, payers, months and buildings: tables of cases, and what holds for all of them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.clock import ZONE
from care_beds.catalogue.rules import Unit
from care_beds.money.rules import (
    Device,
    Means,
    MonthFacts,
    MonthState,
    Price,
    VisitFacts,
    Why,
    charge_minutes,
    charge_visit,
    choose_payer,
    judge_month,
    present_minutes,
    price_visit,
    reasons_from_json,
    sum_construction,
)
from care_beds.money.terms import (
    ConstructionTerms,
    DeviceTerms,
    Funder,
    FunderShare,
    InsuredHours,
    MonthBand,
    PartMonths,
    Payer,
    PayerOrder,
    PaymentTerms,
    SubsidyTerms,
    share_out,
    shares_from_json,
)
from care_beds.money.wording import WORDS, explain

NINE = datetime(2026, 11, 20, 9, 0, tzinfo=ZONE)
NAMES = {"zh": "助浴", "en": "Bathing"}
ALL = (Payer.POINTS, Payer.BED_SUBSIDY, Payer.INSURANCE, Payer.SELF)
HALVES = (FunderShare(Funder.CITY, 50), FunderShare(Funder.DISTRICT, 50, takes_remainder=True))
BUILT = ConstructionTerms(
    bed_fen=50_000,
    adaptation_percent=80,
    adaptation_at_most_fen=200_000,
    devices={"sos": DeviceTerms(30_000, 1), "door": DeviceTerms(10_000, 2)},
    at_most_fen=400_000,
    again_after_months=60,
)


def payment(**changed: Any) -> PaymentTerms:
    terms: dict[str, Any] = {
        "document_id": 1,
        "orders": (PayerOrder(ALL),),
        "tolerance_minutes": 0,
        "subsidy_month_fen": 20_000,
        "funders": HALVES,
        "insured": (InsuredHours(frozenset({"1", "2"}), 1500),),
        "grace_days": 7,
    }
    return PaymentTerms(**{**terms, **changed})


def subsidy(**changed: Any) -> SubsidyTerms:
    terms: dict[str, Any] = {
        "document_id": 2,
        "bands": (MonthBand(48_000, 4, 240),),
        "part_months": PartMonths.BY_DAYS,
        "propose_after_days": 5,
        "funders": HALVES,
        "construction": BUILT,
    }
    return SubsidyTerms(**{**terms, **changed})


def month(**changed: Any) -> MonthFacts:
    facts: dict[str, Any] = {
        "days": 30,
        "service_days": 30,
        "suspended_days": 0,
        "visits": 4,
        "minutes": 240,
        "level": 2,
        "programme": "city",
        "not_counted": {},
    }
    return MonthFacts(**{**facts, **changed})


@pytest.mark.parametrize(
    ("seconds", "minutes"), [(0, 0), (59, 0), (60, 1), (3599, 59), (3600, 60), (-1, 0), (-7200, 0), (90_000, 1500)]
)
def test_a_minute_that_was_begun_is_none(seconds: int, minutes: int) -> None:
    assert present_minutes(NINE, NINE + timedelta(seconds=seconds)) == minutes


@pytest.mark.parametrize(
    ("planned", "present", "tolerance", "charged"),
    [(60, 60, 0, 60), (60, 58, 0, 58), (60, 75, 0, 60), (60, 75, 10, 70), (60, 65, 10, 65), (60, 0, 10, 0)],
)
def test_charged_is_what_was_planned_and_done(planned: int, present: int, tolerance: int, charged: int) -> None:
    assert charge_minutes(planned_minutes=planned, present=present, tolerance_minutes=tolerance) == charged


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 720), st.integers(-3600, 100_000), st.integers(0, 120))
def test_charged_minutes_never_exceed_those_between_check_in_and_check_out(
    planned: int, seconds: int, tolerance: int
) -> None:
    present = present_minutes(NINE, NINE + timedelta(seconds=seconds))
    charged = charge_minutes(planned_minutes=planned, present=present, tolerance_minutes=tolerance)
    assert 0 <= charged <= present
    assert charged * 60 <= max(0, seconds)
    assert charged <= planned + tolerance


@pytest.mark.parametrize(
    ("unit", "price_fen", "minutes", "fen"),
    [
        (Unit.HOUR, 4000, 60, 4000),
        (Unit.HOUR, 4000, 58, 3866),
        (Unit.HOUR, 4000, 0, 0),
        (Unit.VISIT, 8000, 1, 8000),
        (Unit.VISIT, 8000, 0, 0),
    ],
)
def test_prices(unit: Unit, price_fen: int, minutes: int, fen: int) -> None:
    assert price_visit(Price(unit=unit, price_fen=price_fen), minutes) == fen


@pytest.mark.parametrize(
    ("points", "left", "insured", "payer", "why"),
    [
        (4000, 0, None, Payer.POINTS, [Why.PAID_BY]),
        (3999, 4000, None, Payer.BED_SUBSIDY, [Why.POINTS_SHORT, Why.PAID_BY]),
        (0, 3999, 60, Payer.INSURANCE, [Why.POINTS_SHORT, Why.SUBSIDY_USED, Why.PAID_BY]),
        (0, 0, 59, Payer.SELF, [Why.POINTS_SHORT, Why.SUBSIDY_USED, Why.INSURED_USED, Why.PAID_BY]),
        (0, -5, None, Payer.SELF, [Why.POINTS_SHORT, Why.SUBSIDY_USED, Why.NOT_INSURED, Why.PAID_BY]),
    ],
)
def test_the_first_who_can_pay_all_of_it_pays(
    points: int, left: int, insured: int | None, payer: Payer, why: list[Why]
) -> None:
    means = Means(points_fen=points, subsidy_fen=left, insured_minutes=insured)
    chosen, reasons = choose_payer(ALL, price_fen=4000, minutes=60, means=means)
    assert (chosen, [reason.code for reason in reasons]) == (payer, why)


def test_nothing_to_charge_is_asked_of_nobody() -> None:
    means = Means(points_fen=100, subsidy_fen=100, insured_minutes=None)
    assert choose_payer(ALL, price_fen=0, minutes=0, means=means)[0] is Payer.SELF


@settings(max_examples=80, deadline=None)
@given(
    st.permutations(ALL),
    st.integers(1, 20_000),
    st.integers(1, 400),
    st.tuples(st.integers(0, 20_000), st.integers(-100, 20_000), st.none() | st.integers(0, 400)),
)
def test_whoever_pays_can_and_nobody_before_could(
    payers: list[Payer], price_fen: int, minutes: int, held: tuple[int, int, int | None]
) -> None:
    points, left, insured = held
    means = Means(points_fen=points, subsidy_fen=left, insured_minutes=insured)
    able = {
        Payer.POINTS: points >= price_fen,
        Payer.BED_SUBSIDY: left >= price_fen,
        Payer.INSURANCE: insured is not None and insured >= minutes,
        Payer.SELF: True,
    }
    chosen, reasons = choose_payer(payers, price_fen=price_fen, minutes=minutes, means=means)
    before = payers[: payers.index(chosen)]
    assert able[chosen]
    assert not any(able[payer] for payer in before)
    assert len(reasons) == len(before) + 1
    assert explain(reasons)["en"]


def test_an_order_is_for_its_services_and_programmes_the_first_that_fits_counts() -> None:
    terms = payment(
        orders=(
            PayerOrder((Payer.INSURANCE, Payer.SELF), services=frozenset({"nursing"})),
            PayerOrder((Payer.BED_SUBSIDY, Payer.SELF), programmes=frozenset({"hardship"})),
            PayerOrder(ALL),
        )
    )
    assert terms.payers_for(service="nursing", programme="hardship")[0] is Payer.INSURANCE
    assert terms.payers_for(service="bathing", programme="hardship")[0] is Payer.BED_SUBSIDY
    assert terms.payers_for(service="bathing", programme="city") == ALL
    assert payment(orders=()).payers_for(service="bathing", programme="city") == (Payer.SELF,)
    assert (terms.insured_minutes("2"), terms.insured_minutes("9"), terms.insured_minutes(None)) == (1500, None, None)


def test_a_visit_is_charged_with_its_reasons() -> None:
    facts = VisitFacts(
        planned_minutes=60,
        started_at=NINE,
        finished_at=NINE + timedelta(minutes=58, seconds=40),
        service="bathing",
        names=NAMES,
        programme="city",
        price=Price(unit=Unit.HOUR, price_fen=4000),
        means=Means(points_fen=3000, subsidy_fen=20_000, insured_minutes=None),
    )
    charge = charge_visit(facts, payment())
    assert (charge.minutes, charge.price_fen, charge.payer) == (58, 3866, Payer.BED_SUBSIDY)
    assert explain(charge.reasons) == {
        "zh": [
            "计划 60 分钟，签到到签退 58 分钟，计 58 分钟",
            "助浴每小时 40.00 元，共 38.66 元",
            "能用于这项服务的重阳分有 30.00 元，不够 38.66 元",
            "由床位补贴支付",
        ],
        "en": [
            "60 minutes planned, 58 between check-in and check-out, 58 charged",
            "Bathing costs 40.00 yuan an hour, 38.66 yuan in all",
            "30.00 yuan in points are good for this service, 38.66 are needed",
            "paid by the bed subsidy",
        ],
    }
    assert reasons_from_json([reason.as_json() for reason in charge.reasons]) == charge.reasons


@pytest.mark.parametrize(
    ("changed", "terms", "state", "fen"),
    [
        ({}, {}, MonthState.MET, 48_000),
        ({"visits": 3}, {}, MonthState.NOT_MET, 0),
        ({"minutes": 239}, {}, MonthState.NOT_MET, 0),
        # Nineteen days in hospital: the eleven others count, and so does their part of the minimum (2 visits, 88 min).
        ({"suspended_days": 19, "visits": 2, "minutes": 88}, {}, MonthState.MET, 17_600),
        ({"suspended_days": 19, "visits": 1, "minutes": 88}, {}, MonthState.NOT_MET, 0),
        ({"suspended_days": 30, "visits": 0, "minutes": 0}, {}, MonthState.SUSPENDED, 0),
        ({"suspended_days": 1}, {"part_months": PartMonths.NOTHING}, MonthState.SUSPENDED, 0),
        ({"service_days": 29}, {"part_months": PartMonths.NOTHING}, MonthState.NOT_MET, 0),
        ({"service_days": 12}, {"part_months": PartMonths.WHOLE}, MonthState.MET, 48_000),
        ({"service_days": 0}, {"part_months": PartMonths.WHOLE}, MonthState.NOT_MET, 0),
        ({"level": None}, {"bands": (MonthBand(1, 4, 240, frozenset({2})),)}, MonthState.NOT_MET, 0),
        ({"level": 2}, {"bands": (MonthBand(1, 4, 240, frozenset({3})),)}, MonthState.NOT_MET, 0),
        (
            {"level": 3},
            {"bands": (MonthBand(1, 4, 240, frozenset({2})), MonthBand(90_000, 4, 240))},
            MonthState.MET,
            90_000,
        ),
        (
            {"programme": "rural"},
            {"bands": (MonthBand(1, 4, 240, frozenset(), frozenset({"city"})),)},
            MonthState.NOT_MET,
            0,
        ),
    ],
)
def test_months(changed: dict[str, Any], terms: dict[str, Any], state: MonthState, fen: int) -> None:
    verdict = judge_month(month(**changed), subsidy(**terms))
    assert (verdict.state, verdict.subsidy_fen) == (state, fen)
    assert all(explain(verdict.reasons).values())


def test_a_month_tells_what_did_not_count() -> None:
    verdict = judge_month(month(visits=3, not_counted={"open": 1, "missed": 2}), subsidy())
    told = explain(verdict.reasons)
    assert "不计入：没有上门 2 次、异常还没处理 1 次" in told["zh"]
    assert told["zh"][-1] == "没有达标，本月不付"
    assert "3 visits, 4 asked: 1 short" in told["en"]


@settings(max_examples=80, deadline=None)
@given(
    st.integers(28, 31),
    st.tuples(st.integers(0, 31), st.integers(0, 31)),
    st.integers(0, 40),
    st.integers(0, 4000),
    st.sampled_from(list(PartMonths)),
)
def test_a_month_is_worth_no_more_than_whole_and_only_when_it_met_its_minimum(
    days: int, away: tuple[int, int], visits: int, minutes: int, part: PartMonths
) -> None:
    service, suspended = away
    facts = month(
        days=days,
        service_days=min(days, service),
        suspended_days=min(days, service, suspended),
        visits=visits,
        minutes=minutes,
    )
    verdict = judge_month(facts, subsidy(part_months=part))
    assert 0 <= verdict.subsidy_fen <= 48_000
    assert (verdict.subsidy_fen > 0) == (verdict.state is MonthState.MET)
    if verdict.state is MonthState.MET:
        assert visits >= verdict.minimum_visits
        assert minutes >= verdict.minimum_minutes
    more = judge_month(
        month(**{**_fields(facts), "visits": visits + 1, "minutes": minutes + 60}), subsidy(part_months=part)
    )
    assert more.subsidy_fen >= verdict.subsidy_fen


def _fields(facts: MonthFacts) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in facts.__slots__}


def device(kind: str, serial: str = "S-1") -> Device:
    return Device(kind=kind, names={"zh": kind, "en": kind}, serial=serial)


def test_a_building_is_paid_line_by_line() -> None:
    devices = [device("sos"), device("sos", "S-2"), device("door"), device("radio")]
    found = sum_construction(devices, adaptations_fen=100_000, terms=BUILT)
    assert found.amount_fen == 50_000 + 80_000 + 30_000 + 10_000
    assert explain(found.reasons)["zh"] == [
        "每张床位 500.00 元",
        "适老化改造花费 1000.00 元，补 80%，最多 2000.00 元，计 800.00 元",
        "sos（S-1）300.00 元",
        "sos（S-2）超过 1 件，不补",
        "door（S-1）100.00 元",
        "radio（S-1）不在补贴清单",
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["sos", "door", "radio"]), max_size=8), st.integers(0, 10_000_000))
def test_a_building_costs_the_public_no_more_than_its_most(kinds: list[str], adaptations_fen: int) -> None:
    found = sum_construction([device(kind) for kind in kinds], adaptations_fen=adaptations_fen, terms=BUILT)
    assert 0 <= found.amount_fen <= BUILT.at_most_fen
    paid = sum(reason.params["amount_fen"] for reason in found.reasons if reason.code is Why.DEVICE)
    assert paid <= 30_000 + 20_000
    assert (found.reasons[-1].code is Why.CUT) == (
        sum(r.params.get("amount_fen", 0) for r in found.reasons if r.code is not Why.CUT) > BUILT.at_most_fen
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1_000_000), st.integers(1, 99))
def test_funders_bear_it_to_the_fen(amount_fen: int, percent: int) -> None:
    funders = (FunderShare(Funder.CITY, percent), FunderShare(Funder.STREET, 100 - percent, takes_remainder=True))
    shares = share_out(funders, amount_fen)
    assert sum(share.amount_fen for share in shares) == amount_fen
    assert all(share.amount_fen > 0 for share in shares)
    stored = [{"funder": str(share.funder), "amount_fen": share.amount_fen} for share in shares]
    assert shares_from_json(stored) == shares


def test_every_reason_has_words() -> None:
    assert set(WORDS) == set(Why)
