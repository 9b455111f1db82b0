"""Citizens' ID numbers (GB 11643): what a number says, and each way in which it can be wrong.

The check digit and the historic list of regions are python-stdnum's. Its ``validate`` is not used: it refuses
elders born before their county's code was listed (codes were first given out in 1984), raises KeyError for an
unknown county, lacks two districts of Hangzhou, and lets full-width digits and future dates through.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from stdnum import numdb
from stdnum.cn.ric import calc_check_digit

from app.areas.official import official_codes
from app.people.faults import Misfit
from app.people.rules import FULL_WIDTH, OLDEST, Sex, age_on

# Residence permits of people from Taiwan, besides 810000 and 820000, which the historic list has.
TAIWAN_PERMIT = "830000"
PROVINCE_REGIONS = frozenset({"710000", "810000", "820000", TAIWAN_PERMIT})
# Serial numbers that the old 15-digit form kept for people who were a hundred already.
CENTENARIANS = frozenset({"996", "997", "998", "999"})


@dataclass(frozen=True)
class IdNumber:
    """What an ID number says about its holder. ``number`` always has 18 characters."""

    number: str
    birth_on: date
    sex: Sex
    region: str


def read_id_number(text: str, *, today: date) -> IdNumber:
    """Read an ID number as typed or as it stands in a file.

    Spaces around it and a small x are put right; everything else that is odd is told.

    :raises Misfit: if it is not a number that a living elder may have; the code says why
    """
    number = _lengthen(_clean(text))
    if not _is_region(number[:6]):
        raise Misfit("id_region", region=number[:6])
    birth_on = _birth_of(number, today)
    if calc_check_digit(number) != number[-1]:
        raise Misfit("id_check_digit")
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return IdNumber(number, birth_on, sex, number[:6])


def disagreements(id_number: IdNumber, *, birth_on: date | None, sex: Sex | None) -> Iterator[tuple[str, Misfit]]:
    """Compare an ID number with the birth date and sex given beside it; yield a field and what is wrong."""
    if birth_on and birth_on != id_number.birth_on:
        yield "birth_date", Misfit("birth_date_differs", given=birth_on.isoformat())
    if sex and sex != id_number.sex:
        yield "sex", Misfit("sex_differs")


def looks_like_id_number(text: str) -> bool:
    """Tell whether somebody may have typed an ID number, right or wrong: it must not stand in an address line."""
    bare = "".join(text.split())
    return len(bare) in {15, 16, 17, 18} and bare[:-1].isdigit() and (bare[-1].isdigit() or bare[-1] in "xXｘＸ")


def _clean(text: str) -> str:
    number = text.strip(" \t\r\n\u3000").upper()
    if not number:
        raise Misfit("id_missing")
    if FULL_WIDTH.search(number):
        raise Misfit("id_full_width")
    if len(number.split()) > 1:
        raise Misfit("id_spaces")
    if not (number.isascii() and number[:-1].isdigit() and (number[-1].isdigit() or number[-1] == "X")):
        raise Misfit("id_characters")
    if len(number) not in {15, 18}:
        raise Misfit("id_length", count=len(number))
    if len(number) == 15 and number[-1] == "X":
        raise Misfit("id_characters")
    return number


def _lengthen(number: str) -> str:
    """Upgrade an old number of 15 digits: the century goes in, the check digit goes on."""
    if len(number) == 18:
        return number
    century = "18" if number[-3:] in CENTENARIANS else "19"
    longer = number[:6] + century + number[6:]
    return longer + calc_check_digit(longer + "0")


def _birth_of(number: str, today: date) -> date:
    try:
        birth_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise Misfit("id_birth_date", digits=number[6:14]) from error
    if birth_on > today:
        raise Misfit("id_future", born=birth_on.isoformat())
    if age_on(birth_on, today) > OLDEST:
        raise Misfit("id_too_old", age=age_on(birth_on, today), oldest=OLDEST)
    return birth_on


@lru_cache(maxsize=8192)
def _is_region(code: str) -> bool:
    """Tell whether a region exists or ever did, whatever the year of birth."""
    if code.endswith("0000"):
        return code in PROVINCE_REGIONS
    if code in official_codes():
        return True
    found = numdb.get("cn/loc").info(code)
    return [len(part) for part, _ in found] == [2, 4] and "county" in found[1][1]
