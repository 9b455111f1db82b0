"""The words for what is wrong with a field, and for the facts a page shows."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.people.card_numbers import CardState
from app.people.faults import Misfit, Params
from app.people.rules import IncomeClass, LivingSituation, Sex, Status
from app.spreadsheets import CELL_WORDS, FILE_WORDS, worded

FAULT_WORDS: dict[str, Any] = {
    "missing": _l("This is missing. Please fill it in."),
    "too_long": _l("At most %(longest)s characters; this has %(count)s. Shorten it."),
    "too_short": _l("At least %(shortest)s characters; this has %(count)s. Say a little more."),
    "control_characters": _l("There are characters in it that cannot be seen. Delete it and type it anew."),
    "day_ahead": _l("%(day)s lies ahead."),
    "not_recorded": _l("This could not be recorded (%(why)s). Open the person's page."),
    "after_death_row": _l("By the register the person had died by then. Look at the person's page."),
    "other_day": _l(
        "By the register the person died on %(died_on)s. Find out which day is right; if it is this one, have the death"
        " taken back on the person's page and record it anew."
    ),
    "not_a_day": _l("“%(text)s” is no day. Write it as 1941-03-05."),
    "not_a_choice": _l("“%(text)s” is not one of: %(choices)s."),
    "id_missing": _l("The ID number is missing."),
    "id_full_width": _l("The ID number is written in full-width characters. Switch the input method and type it anew."),
    "id_spaces": _l("There are spaces inside the ID number. Delete them."),
    "id_characters": _l(
        "An ID number has only digits, and at the end perhaps an X. In Excel, format the column as text first."
    ),
    "id_length": _l("An ID number has 18 characters (15 on old cards); this has %(count)s."),
    "id_region": _l("The first six digits, %(region)s, are no place that exists or ever did. Compare with the card."),
    "id_birth_date": _l("Digits 7 to 14, %(digits)s, are no day. Compare with the card."),
    "id_future": _l("By this ID number the person is born on %(born)s, in the future. Compare with the card."),
    "id_too_old": _l(
        "By this ID number the person is %(age)s years old; more than %(oldest)s is not taken. Compare with the card."
    ),
    "id_check_digit": _l("The last character does not fit the others: one of them is wrong. Compare with the card."),
    "birth_date_differs": _l("The ID number has another birth date than %(given)s. Correct the one that is wrong."),
    "sex_differs": _l("By the ID number it is the other sex. Correct the one that is wrong."),
    "phone_full_width": _l(
        "The phone number is written in full-width digits. Switch the input method and type it anew."
    ),
    "phone_characters": _l("A phone number has only digits. In Excel, format the column as text first."),
    "phone_mobile_length": _l("A mobile number has 11 digits; this has %(count)s."),
    "phone_mobile_start": _l("A mobile number begins with 13 to 19. Check the second digit."),
    "phone_landline": _l("Write a landline with its area code, as 0571-87654321."),
    "area_unknown": _l("There is no place “%(text)s”. Write its official code of 6, 9 or 12 digits."),
    "area_ambiguous": _l("There are %(count)s places called “%(text)s”. Write the official code instead."),
    "area_not_yours": _l(
        "Neither hukou nor home lies in your area. The street where the person lives must enter this."
    ),
    "id_twice": _l("The same ID number stands in row %(row)s. Keep one of the two."),
    "already_registered": _l("A person with this ID number is registered already."),
    "deceased_registered": _l("The person with this ID number is registered as deceased and cannot be entered again."),
    "registered_elsewhere": _l("This person is registered in another area, which must change the record first."),
    "registered_meanwhile": _l("Somebody else has just registered this person. Import the file once more."),
    "card_for_deceased": _l("The person has died and gets no card."),
    "period_empty": _l("The end must come after the first day."),
    "before_birth": _l("This lies before the birth on %(born)s."),
    "death_has_no_end": _l("A death has no end. Leave the end empty."),
    "death_in_future": _l("A death cannot be recorded for a day to come."),
    "too_far_ahead": _l("This lies more than %(days)s days ahead."),
    "level_assessed": _l("This level comes from a signed assessment. It changes by a new one, not by hand."),
    "after_death": _l("The person died on %(died)s; nothing can be recorded from that day on."),
    **CELL_WORDS,
    **FILE_WORDS,
}

FIELD_NAMES: dict[str, Any] = {
    "name": _l("Name"),
    "id_number": _l("ID number"),
    "birth_date": _l("Birth date"),
    "sex": _l("Sex"),
    "phone": _l("Phone"),
    "hukou_area": _l("Hukou area"),
    "residence_area": _l("Lives in"),
    "address": _l("Address"),
    "living_situation": _l("Household"),
    "income_class": _l("Income class"),
    "ability_level": _l("Ability level"),
    "issue_card": _l("Issue a card"),
    "": _l("Row"),
}
SEX_NAMES: dict[str, Any] = {Sex.MALE: _l("male"), Sex.FEMALE: _l("female")}
LIVING_NAMES: dict[str, Any] = {
    LivingSituation.ALONE: _l("lives alone"),
    LivingSituation.EMPTY_NEST: _l("couple without children at home"),
    LivingSituation.WITH_FAMILY: _l("lives with family"),
}
INCOME_NAMES: dict[str, Any] = {
    IncomeClass.DESTITUTE: _l("Destitute"),
    IncomeClass.LOW_INCOME: _l("Low income"),
    IncomeClass.LOW_MARGIN: _l("Low-income margin"),
    IncomeClass.HARDSHIP: _l("Hardship by expenses"),
    IncomeClass.NONE: _l("None of these"),
}
ABILITY_NAMES: dict[int, Any] = {
    0: _l("0, able"),
    1: _l("1, mild loss"),
    2: _l("2, moderate loss"),
    3: _l("3, severe loss"),
    4: _l("4, complete loss"),
}
STATUS_NAMES: dict[str, Any] = {
    Status.ACTIVE: _l("at home"),
    Status.IN_HOSPITAL: _l("in hospital"),
    Status.IN_INSTITUTION: _l("in an institution"),
    Status.MOVED_AWAY: _l("moved away"),
    Status.DECEASED: _l("deceased"),
}
CARD_NAMES: dict[str, Any] = {
    CardState.ISSUED: _l("card in use"),
    CardState.LOST: _l("card reported lost"),
    CardState.REPLACED: _l("card replaced"),
    CardState.CANCELLED: _l("card cancelled"),
}


def say(code: str, params: Params) -> Any:
    """Put a fault into words, in the language of whoever reads it in the end."""
    return worded(FAULT_WORDS[code], params)


def by_field(faults: Mapping[str, Misfit]) -> dict[str, list[Any]]:
    """Put the faults of several fields into the shape that a refusal carries."""
    return {field: [say(fault.code, fault.params)] for field, fault in faults.items()}
