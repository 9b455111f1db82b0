"""Who is entitled to what, on both sides of each boundary, and how programmes give way to each other."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from subsidies.allowance.rules import Decision, Reason, Why, decide, reason_from_json
from subsidies.allowance.terms import Expiry, Mode, Programme, Rule, last_good_day, list_services, purpose_of
from subsidies.allowance.wording import explain, explain_facts, list_places
from tests.subsidies.allowance.programmes import (
    ELSEWHERE,
    IN_SHANGCHENG,
    IN_XIAOSHAN,
    NOVEMBER,
    SHANGCHENG,
    a_programme,
    for_everyone,
    real_programmes,
    somebody,
)

AGE, DISABILITY, VOUCHER = "chongyang-age", "chongyang-disability", "care-voucher"


def paid(decision: Decision) -> dict[str, int]:
    return {each.code: each.amount_fen for each in decision.entitlements}


def whys(decision: Decision, code: str) -> list[Why]:
    return [each.code for each in decision.about(code)]


@pytest.mark.parametrize(
    ("birth_on", "amount_fen"),
    [
        (date(1946, 11, 2), None),  # 80 tomorrow
        (date(1946, 11, 1), 7500),  # 80 today
        (date(1936, 11, 2), 7500),  # 90 tomorrow
        (date(1936, 11, 1), 15000),  # 90 today
        (date(1916, 2, 29), 15000),
        (date(1966, 11, 1), None),
    ],
)
def test_the_birthday_itself_counts(birth_on: date, amount_fen: int | None) -> None:
    found = decide(somebody(birth_on=birth_on), [a_programme()], NOVEMBER).find("age-points")
    assert (found.amount_fen if found else None) == amount_fen


@pytest.mark.parametrize(
    ("hukou", "home", "is_entitled"),
    [
        (IN_XIAOSHAN, IN_XIAOSHAN, True),
        (IN_XIAOSHAN, IN_SHANGCHENG, True),  # hukou in Xiaoshan, lives elsewhere in Hangzhou
        (IN_XIAOSHAN, ELSEWHERE, False),
        (IN_SHANGCHENG, IN_XIAOSHAN, False),
        ("330109", "330100", True),  # known to the district alone
    ],
)
def test_xiaoshan_asks_for_its_hukou_and_a_home_in_hangzhou(hukou: str, home: str, is_entitled: bool) -> None:
    decision = decide(somebody(hukou_area=hukou, residence_area=home), real_programmes(), NOVEMBER)
    assert (AGE in paid(decision)) is is_entitled


@pytest.mark.parametrize(
    ("status", "is_entitled"),
    [("active", True), ("in_hospital", True), ("in_institution", False), ("moved_away", False), ("deceased", False)],
)
def test_who_left_home_gets_nothing_unless_a_line_says_so(status: str, is_entitled: bool) -> None:
    assert bool(decide(somebody(status=status), [a_programme()], NOVEMBER).entitlements) is is_entitled


@pytest.mark.parametrize(
    ("ability", "income", "applied", "amount_fen"),
    [
        (1, "low_income", {DISABILITY}, 7500),
        (2, "low_income", {DISABILITY}, 95000),
        (3, "low_margin", {DISABILITY}, 130000),
        (4, "hardship", {DISABILITY}, 130000),
        (3, "none", {DISABILITY}, 7500),
        (3, "low_income", set(), 7500),  # nobody applied
        (None, "low_income", {DISABILITY}, 7500),
    ],
)
def test_the_higher_of_the_two_chongyang_allowances_is_paid(
    ability: int | None, income: str, applied: set[str], amount_fen: int
) -> None:
    facts = somebody(ability=ability, income=income, applied=frozenset(applied))
    assert sum(paid(decide(facts, real_programmes(), NOVEMBER)).values()) == amount_fen


def test_the_lower_one_tells_what_it_was_compared_with() -> None:
    facts = somebody(ability=3, income="low_income", applied=frozenset({DISABILITY}))
    decision = decide(facts, real_programmes(), NOVEMBER)
    told = next(each for each in decision.reasons if each.code is Why.HIGHER)
    assert told.params["programme"] == AGE
    assert (told.params["amount_fen"], told.params["other_fen"]) == (7500, 130000)
    assert told.params["mark"] == "FOUND"
    assert "就高享受" in explain(decision.about(AGE))["zh"][-1]


@pytest.mark.parametrize(
    ("income", "also", "amount_fen"),
    [
        ("none", None, 80000),
        ("destitute", None, None),
        ("none", "intensive-care", None),
        ("none", "care-upgrade", None),
        ("none", "something-else", 80000),
    ],
)
def test_the_voucher_leaves_out_three_groups(income: str, also: str | None, amount_fen: int | None) -> None:
    applied = frozenset({VOUCHER, *([also] if also else [])})
    facts = somebody(birth_on=date(1960, 1, 1), ability=2, income=income, applied=applied)
    assert paid(decide(facts, real_programmes(), NOVEMBER)).get(VOUCHER) == amount_fen


def test_what_somebody_else_pays_is_named_as_the_reason() -> None:
    facts = somebody(ability=2, applied=frozenset({VOUCHER, "intensive-care"}))
    decision = decide(facts, real_programmes(), NOVEMBER)
    told = next(each for each in decision.reasons if each.code is Why.EXCLUDED)
    assert (told.params["other"], told.params["elsewhere"], told.params["mark"]) == ("intensive-care", True, "FOUND")


def test_the_nearest_document_of_a_programme_decides_whole() -> None:
    city = a_programme(1, "330100")
    district = a_programme(2, SHANGCHENG, who=[{"when": {"age": {"from": 95}}, "points": 999}])
    facts = somebody(hukou_area=IN_SHANGCHENG)
    decision = decide(facts, [city, district], NOVEMBER)
    assert decision.entitlements == ()
    assert [each.params["document"] for each in decision.reasons] == [2]
    assert paid(decide(somebody(), [city, district], NOVEMBER)) == {"age-points": 7500}


def test_a_no_names_the_line_that_is_missed_by_the_least() -> None:
    facts = somebody(birth_on=date(1947, 1, 1))
    (told,) = decide(facts, [a_programme()], NOVEMBER).reasons
    assert told.code is Why.NO_TIER
    assert told.params["missing"] == [["age", {"from": 80, "until": 90, "is": 79}]]
    assert explain([told])["zh"] == ["「age-points」：不符合，要80 到 89 岁，现在 79 岁"]


def test_who_names_a_conflict_gives_way_even_if_it_is_higher() -> None:
    voucher = for_everyone("voucher", 800, ("care", "exclusive"))
    care = for_everyone("care", 100, number=2)
    decision = decide(somebody(), [voucher, care], NOVEMBER)
    assert paid(decision) == {"care": 10000}
    assert Why.EXCLUDED in whys(decision, "voucher")


def test_of_two_that_exclude_each_other_the_higher_stays() -> None:
    one = for_everyone("one", 800, ("two", "exclusive"))
    two = for_everyone("two", 100, ("one", "exclusive"), number=2)
    assert paid(decide(somebody(), [two, one], NOVEMBER)) == {"one": 80000}


def test_the_stricter_of_two_opinions_holds() -> None:
    one = for_everyone("one", 800, ("two", "compatible"))
    two = for_everyone("two", 100, ("one", "higher_only"), number=2)
    assert paid(decide(somebody(), [one, two], NOVEMBER)) == {"one": 80000}


def test_programmes_that_may_be_had_together_say_so() -> None:
    one = for_everyone("one", 8, ("two", "compatible"))
    decision = decide(somebody(), [one, for_everyone("two", 1, number=2)], NOVEMBER)
    assert paid(decision) == {"one": 800, "two": 100}
    assert whys(decision, "one") == [Why.ENTITLED, Why.TOGETHER]


@pytest.mark.parametrize(
    ("expiry", "issued_on", "last"),
    [
        (Expiry(Mode.MONTH_END), date(2026, 2, 1), date(2026, 2, 28)),
        (Expiry(Mode.MONTH_END), date(2028, 2, 29), date(2028, 2, 29)),
        (Expiry(Mode.MONTHS, 12), date(2026, 11, 1), date(2027, 10, 31)),
        (Expiry(Mode.MONTHS, 1), date(2026, 12, 28), date(2026, 12, 31)),
        (Expiry(Mode.YEAR_END), date(2026, 1, 1), date(2026, 12, 31)),
        (Expiry(Mode.YEAR_END), date(2026, 12, 31), date(2026, 12, 31)),
        (Expiry(Mode.ROLLOVER, 6, ("nursing",), 12), date(2026, 8, 1), date(2027, 1, 31)),
        (Expiry(Mode.ROLLOVER, 0, ("nursing",), 12), date(2026, 8, 1), date(2026, 12, 31)),
    ],
)
def test_points_end_as_the_document_says(expiry: Expiry, issued_on: date, last: date) -> None:
    assert last_good_day(expiry, issued_on) == last


def test_a_purpose_is_one_word_of_sorted_services() -> None:
    assert purpose_of(["meals", "bathing"]) == "bathing.meals"
    assert purpose_of([]) == "any"
    assert list_services("bathing.meals") == ("bathing", "meals")
    assert list_services("any") == ()


def test_facts_are_told_in_both_languages() -> None:
    told = explain_facts(
        somebody(ability=3, income="low_income", living="alone"),
        80,
        names={IN_XIAOSHAN: {"zh": "城厢", "en": "Chengxiang"}},
    )
    assert told["zh"] == ["80 岁，户籍城厢，住城厢，独居", "低保，重度失能，在家生活"]
    assert told["en"][0] == "aged 80, hukou Chengxiang, lives in Chengxiang, alone"


def test_places_of_conditions_are_told_by_their_names() -> None:
    met = {"programme": "aa", "age": 81, "amount_fen": 7500, "met": {"hukou": "330109"}}
    missing = {"programme": "aa", "age": 81, "missing": [["residence", {"within": "3301"}]]}
    reasons = [Reason(Why.ENTITLED, met), Reason(Why.NO_TIER, missing)]
    assert list_places(reasons) == {"330109", "3301"}
    names = {"330109": {"zh": "萧山区", "en": "Xiaoshan"}, "3301": {"zh": "杭州市", "en": "Hangzhou"}}
    told = explain(reasons, names=names)
    assert "户籍在萧山区" in told["zh"][0]
    assert "要住在杭州市" in told["zh"][1]
    assert "hukou in Xiaoshan" in told["en"][0]
    assert "lives in Hangzhou" in told["en"][1]
    assert "户籍在 330109" in explain(reasons)["zh"][0]


RULES = st.sampled_from([str(rule) for rule in Rule])
CODES = ("aa", "bb", "cc", "dd")


@st.composite
def programmes(draw: st.DrawFn) -> list[Programme]:
    found = []
    for number, code in enumerate(draw(st.lists(st.sampled_from(CODES), unique=True, min_size=1)), start=1):
        others = draw(st.lists(st.sampled_from([each for each in CODES if each != code]), unique=True))
        said = [(other, draw(RULES)) for other in others]
        found.append(for_everyone(code, draw(st.integers(1, 5)), *said, number=number))
    return found


@settings(deadline=None, max_examples=60)
@given(programmes(), st.sets(st.sampled_from(CODES)))
def test_whatever_conflicts_there_are_the_decision_keeps_them(terms: list[Programme], applied: set[str]) -> None:
    decision = decide(somebody(applied=frozenset(applied)), terms, NOVEMBER)
    by_code = {each.code: each for each in terms}
    kept = {each.code for each in decision.entitlements}
    for one in kept:
        for conflict in by_code[one].conflicts:
            assert conflict.other not in kept or conflict.rule is Rule.COMPATIBLE
    lost = [each for each in decision.reasons if each.code in {Why.HIGHER, Why.EXCLUDED}]
    # Everybody who is entitled to something by the tables is paid it, or is told exactly once why not.
    assert sorted(kept | {each.params["programme"] for each in lost}) == sorted(by_code)
    assert len(lost) == len(by_code) - len(kept)
    for each in lost:
        if each.code is Why.HIGHER:
            assert each.params["amount_fen"] <= each.params["other_fen"]


@settings(deadline=None, max_examples=60)
@given(programmes())
def test_the_order_of_documents_does_not_matter(terms: list[Programme]) -> None:
    assert decide(somebody(), terms, NOVEMBER) == decide(somebody(), terms[::-1], NOVEMBER)


@settings(deadline=None, max_examples=60)
@given(
    st.dates(date(1900, 1, 1), date(1966, 1, 1)),
    st.sampled_from([None, 0, 1, 2, 3, 4]),
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
)
def test_every_decision_can_be_told_and_read_again(birth_on: date, ability: int | None, on: date) -> None:
    decision = decide(somebody(birth_on=birth_on, ability=ability, income="low_margin"), real_programmes(), on)
    lines = explain(decision.reasons)
    assert len(lines["zh"]) == len(lines["en"]) == len(decision.reasons)
    for reason in decision.reasons:
        assert reason_from_json(reason.as_json()) == Reason(reason.code, dict(reason.params))


@settings(deadline=None, max_examples=60)
@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(1, 36))
def test_months_end_on_the_last_day_of_a_month(issued_on: date, months: int) -> None:
    last = last_good_day(Expiry(Mode.MONTHS, months), issued_on)
    assert (last + timedelta(days=1)).day == 1
    assert last >= issued_on
