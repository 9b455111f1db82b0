"""ID numbers: which are read, and what is said about each wrong one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import numdb

from app.areas.official import official_codes
from app.people.faults import Misfit
from app.people.id_numbers import disagreements, looks_like_id_number, read_id_number
from app.people.rules import Sex
from tests.app.people.factories import make_id_number, sex_of

TODAY = date(2026, 11, 21)
BIRTHS = st.dates(min_value=date(1897, 1, 1), max_value=TODAY)
SERIALS = st.integers(min_value=0, max_value=999)
REGIONS = st.sampled_from(sorted(official_codes()))


def fault_of(text: str) -> str:
    """Return the code under which a number is refused."""
    with pytest.raises(Misfit) as refusal:
        read_id_number(text, today=TODAY)
    return refusal.value.code


def read(text: str) -> str:
    """Return a number as it would be kept."""
    return read_id_number(text, today=TODAY).number


def test_the_example_of_the_standard_is_a_woman_born_on_the_last_day_of_1949():
    found = read_id_number("11010519491231002X", today=TODAY)
    assert (found.birth_on, found.sex, found.region) == (date(1949, 12, 31), Sex.FEMALE, "110105")


@pytest.mark.parametrize("region", ["330113", "330114"])
def test_districts_made_in_2021_are_known(region):
    assert read(make_id_number(region=region)).startswith(region)


@pytest.mark.parametrize("region", ["330125", "330104", "330103", "330121", "330184", "330185"])
def test_counties_that_are_gone_are_still_known(region):
    assert read(make_id_number(region=region)).startswith(region)


def test_an_elder_born_before_the_county_was_listed_is_read():
    listed = dict(numdb.get("cn/loc").info("330102")[1][1])["county"]
    assert listed.startswith("[1983-")
    assert read(make_id_number(date(1931, 1, 9), region="330102"))


@pytest.mark.parametrize("region", ["810000", "820000", "830000"])
def test_residence_permits_of_people_from_hong_kong_macao_and_taiwan_are_read(region):
    assert read(make_id_number(region=region))


@pytest.mark.parametrize("typed", [" 11010519491231002X", "11010519491231002x ", "\u300011010519491231002X\t"])
def test_spaces_around_and_a_small_x_are_put_right(typed):
    assert read(typed) == "11010519491231002X"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "id_missing"),
        ("   ", "id_missing"),
        ("１１０１０５１９４９１２３１００２Ｘ", "id_full_width"),
        ("11010519491231002Ｘ", "id_full_width"),
        ("110105 19491231 002X", "id_spaces"),
        ("'11010519491231002X", "id_characters"),
        ("11010519491231002Y", "id_characters"),
        ("1101051949X231002X", "id_characters"),
        ("3.30106E+17", "id_characters"),
        ("٣٣٠١٠٦١٩٤١٠٣٠٥٠١١٣", "id_characters"),
        ("1101051949123100", "id_length"),
        ("11010519491231002X0", "id_characters"),
        ("110105194912310021", "id_check_digit"),
        ("11010549123100X", "id_characters"),
    ],
)
def test_each_fault_of_writing_has_its_own_code(text, code):
    assert fault_of(text) == code


@pytest.mark.parametrize("region", ["999999", "330199", "330000", "000000", "839999", "990101"])
def test_a_region_that_never_was_is_refused_whatever_the_province(region):
    assert fault_of(make_id_number(region=region)) == "id_region"


@pytest.mark.parametrize("day", ["19410230", "19411301", "19410001", "00000101", "19410100"])
def test_a_birth_date_that_is_no_day_is_refused(day):
    assert fault_of(f"330106{day}0011") == "id_birth_date"


def test_a_birth_date_in_the_future_is_refused():
    assert read(make_id_number(TODAY))
    assert fault_of(make_id_number(TODAY + timedelta(days=1))) == "id_future"


def test_people_are_at_most_130_years_old():
    assert read(make_id_number(date(1896, 11, 21)))
    assert read(make_id_number(date(1895, 11, 22)))
    assert fault_of(make_id_number(date(1895, 11, 21))) == "id_too_old"


def test_an_old_number_of_15_digits_is_upgraded():
    assert read("110105491231002") == "11010519491231002X"


@pytest.mark.parametrize("serial", ["996", "997", "998", "999"])
def test_an_old_number_of_a_centenarian_belongs_to_the_19th_century(serial):
    assert read_id_number(f"330106980305{serial}", today=TODAY).birth_on == date(1898, 3, 5)


@given(birth_on=BIRTHS, serial=SERIALS, region=REGIONS)
def test_every_well_made_number_is_read_for_what_it_says(birth_on, serial, region):
    if region.endswith("0000"):
        return
    found = read_id_number(make_id_number(birth_on, serial=serial, region=region), today=TODAY)
    assert (found.birth_on, found.sex, found.region) == (birth_on, sex_of(serial), region)


@given(birth_on=BIRTHS, serial=SERIALS, place=st.integers(0, 17), other=st.sampled_from("0123456789X"))
def test_one_wrong_character_never_gives_another_persons_number(birth_on, serial, place, other):
    number = make_id_number(birth_on, serial=serial)
    changed = number[:place] + other + number[place + 1 :]
    if changed == number:
        return
    with pytest.raises(Misfit):
        read_id_number(changed, today=TODAY)


@given(birth_on=st.dates(date(1900, 1, 1), date(1999, 12, 31)), serial=st.integers(0, 995))
def test_the_old_and_the_new_form_of_a_number_are_one_person(birth_on, serial):
    number = make_id_number(birth_on, serial=serial)
    assert read(number[:6] + number[8:17]) == number


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text):
    try:
        found = read_id_number(text, today=TODAY)
    except Misfit:
        return
    assert len(found.number) == 18
    assert found.number.isascii()


@given(st.text(alphabet="0123456789X", min_size=15, max_size=18))
def test_what_is_read_once_is_read_the_same_again(text):
    try:
        found = read_id_number(text, today=TODAY)
    except Misfit:
        return
    assert read_id_number(found.number, today=TODAY) == found


def test_birth_date_and_sex_beside_the_number_must_agree_with_it():
    found = read_id_number("11010519491231002X", today=TODAY)
    assert not list(disagreements(found, birth_on=date(1949, 12, 31), sex=Sex.FEMALE))
    assert not list(disagreements(found, birth_on=None, sex=None))
    told = [(field, misfit.code) for field, misfit in disagreements(found, birth_on=date(1949, 12, 30), sex=Sex.MALE)]
    assert told == [("birth_date", "birth_date_differs"), ("sex", "sex_differs")]


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("11010519491231002X", True),
        ("110105491231002", True),
        ("11010519491231002", True),
        ("１１０１０５１９４９１２３１００２Ｘ", True),
        ("110105 19491231 002x", True),
        ("王秀英", False),
        ("6021111111111111119", False),
        ("13800138000", False),
        ("", False),
    ],
)
def test_what_looks_like_an_id_number(text, looks):
    assert looks_like_id_number(text) is looks
