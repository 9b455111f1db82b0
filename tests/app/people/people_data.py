"""Numbers that tests make up: well-formed, and nobody's."""

from datetime import date

from stdnum.cn.ric import calc_check_digit

from app.people.rules import Sex

WEST_LAKE = "330106"


def make_id_number(birth_on: date = date(1941, 3, 5), *, serial: int = 11, region: str = WEST_LAKE) -> str:
    """Make an ID number with a right check digit; an odd serial is a man's."""
    body = f"{region}{birth_on:%Y%m%d}{serial:03d}"
    return body + calc_check_digit(body + "0")


def sex_of(serial: int) -> Sex:
    """Return the sex that a serial number stands for."""
    return Sex.MALE if serial % 2 else Sex.FEMALE
