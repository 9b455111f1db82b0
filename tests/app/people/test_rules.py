"""Names, phones, addresses, reasons and ages."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.people import rules
from app.people.faults import Misfit


@pytest.mark.parametrize(
    "name",
    [
        "王秀英",
        "欧阳娜娜",
        "阿依古丽·买买提",
        "𠮷田",
        "O'Brien",
        "Zoë",
        "<script>",
        "'; DROP TABLE senior;--",
        "x" * 50,
    ],
)
def test_names_of_any_script_are_kept_as_they_are(name):
    assert rules.read_name(f"  {name} ") == name


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "missing"),
        (" \u3000", "missing"),
        ("x" * 51, "too_long"),
        ("王\x00英", "control_characters"),
        ("王\n英", "control_characters"),
        ("王\u202e英", "control_characters"),
        ("王\u2028英", "control_characters"),
        ("王\ud800", "control_characters"),
    ],
)
def test_names_that_are_none_are_refused(name, code):
    with pytest.raises(Misfit) as refusal:
        rules.read_name(name)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13800138000", "13800138000"),
        (" 138 0013 8000 ", "13800138000"),
        ("+86 13800138000", "13800138000"),
        ("0571-87654321", "057187654321"),
        ("(0571) 8765432", "05718765432"),
        ("010-65551234", "01065551234"),
    ],
)
def test_phones_are_kept_as_digits(typed, kept):
    assert rules.read_phone(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1380013800", "phone_mobile_length"),
        ("138001380001", "phone_mobile_length"),
        ("12800138000", "phone_mobile_start"),
        ("87654321", "phone_landline"),
        ("010-6555123", "phone_landline"),
        ("１３８００１３８０００", "phone_full_width"),
        ("138-0013-80a0", "phone_characters"),
        ("", "phone_characters"),
        ("1.38E+10", "phone_characters"),
    ],
)
def test_phones_that_ring_nowhere_are_refused(typed, code):
    with pytest.raises(Misfit) as refusal:
        rules.read_phone(typed)
    assert refusal.value.code == code


@given(st.text(max_size=30))
def test_no_text_breaks_the_phone_reader(text):
    try:
        number = rules.read_phone(text)
    except Misfit:
        return
    assert number.isascii()
    assert rules.read_phone(number) == number


@pytest.mark.parametrize(
    ("day", "age"), [(date(2026, 3, 4), 84), (date(2026, 3, 5), 85), (date(2026, 3, 6), 85), (date(1941, 3, 5), 0)]
)
def test_age_changes_on_the_birthday(day, age):
    assert rules.age_on(date(1941, 3, 5), day) == age


def test_a_leap_day_child_grows_older_on_the_first_of_march():
    assert rules.age_on(date(1940, 2, 29), date(2025, 2, 28)) == 84
    assert rules.age_on(date(1940, 2, 29), date(2025, 3, 1)) == 85


def test_a_reason_must_say_something():
    assert rules.read_reason(" 上门核对身份 ") == "上门核对身份"
    with pytest.raises(Misfit, match="too_short"):
        rules.read_reason("看看")


def test_every_income_class_has_its_word_of_law():
    assert set(rules.INCOME_WORDS.values()) == set(rules.IncomeClass)
    assert set(rules.LIVING_WORDS.values()) == set(rules.LivingSituation)
