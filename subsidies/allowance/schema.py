"""The shape of an ``allowance_programme`` document, field by field."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields

from app.people.rules import INCOME_WORDS, LIVING_WORDS, OLDEST, IncomeClass, LivingSituation, Status
from app.policies.fields import AreaOrTrue, PlainSchema, choice, flag, line, listed, part, whole
from subsidies.allowance.terms import By, Follows, Lookback, Mark, Mode, Rule

SERVICES = ("meals", "home_help", "nursing", "bathing", "rehabilitation", "day_care", "aids", "goods", "everyday")
FUNDERS = ("city", "district", "street", "community", "charity")
# Sanity bounds of the kind, not rules of any place: what lies beyond is a slip of the pen (fen typed as yuan).
POINTS_AT_MOST = 5_000
MONTH_FEN_AT_MOST = 500_000
MONTHS_AT_MOST = 36
LAST_ISSUE_DAY = 28
INCOMES = {**{word: str(code) for word, code in INCOME_WORDS.items()}, **{str(code): str(code) for code in IncomeClass}}
LIVINGS = {
    **{word: str(code) for word, code in LIVING_WORDS.items()},
    **{str(code): str(code) for code in LivingSituation},
}
# The dead have no allowance in any programme.
STATUSES = [str(status) for status in Status if status is not Status.DECEASED]


class ProgrammeCode(fields.String):
    """The word that names a programme, in documents, lots and addresses."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validate=_check_code, **options)


def _check_code(text: str) -> None:
    words = text.split("-")
    if not 2 <= len(text) <= 40 or not text.isascii() or not all(word.isalnum() and word.islower() for word in words):
        raise ValidationError([_l("This must be a word such as chongyang-age: a-z, 0-9 and single hyphens.")])


class AgeIn(PlainSchema):
    """Ages in whole years, ``until`` exclusive."""

    age_from = whole(0, OLDEST, data_key="from")
    age_until = whole(1, OLDEST, data_key="until")


class WhenIn(PlainSchema):
    """Whom a line is for."""

    age = part(AgeIn)
    income = listed(choice(INCOMES), least=1, most=5)
    ability = listed(whole(0, 4), least=1, most=5)
    living = listed(choice(LIVINGS), least=1, most=3)
    hukou = AreaOrTrue()
    lives_in = AreaOrTrue()
    status = listed(choice(STATUSES), least=1, most=4)


class TierIn(PlainSchema):
    """A line of the table."""

    when = part(WhenIn)
    points = whole(1, POINTS_AT_MOST, required=True)


class IssueIn(PlainSchema):
    """The day of the month on which points are issued, and on which facts are looked at."""

    day = whole(1, LAST_ISSUE_DAY, required=True)


class ThenIn(PlainSchema):
    """What points may pay once they rolled over."""

    pays_for = listed(choice(SERVICES), least=1, most=len(SERVICES), required=True)
    months = whole(1, MONTHS_AT_MOST, required=True)


class ExpiryIn(PlainSchema):
    """When a month's points end."""

    mode = choice([str(mode) for mode in Mode], required=True)
    months = whole(1, MONTHS_AT_MOST)
    then = part(ThenIn)


class ConflictIn(PlainSchema):
    """How the programme stands to another one."""

    other = ProgrammeCode(data_key="with", required=True)
    rule = choice([str(rule) for rule in Rule], required=True)
    mark = choice([str(mark) for mark in Mark], load_default=str(Mark.INFER))


class LateIn(PlainSchema):
    """What happens when a fact is known late."""

    death = choice([str(lookback) for lookback in Lookback])
    other = choice([str(lookback) for lookback in Lookback])
    top_up = flag()


class AllowanceProgrammeIn(PlainSchema):
    """The body of an ``allowance_programme`` document."""

    code = ProgrammeCode(required=True)
    unit_fen = whole(1, 10_000, required=True)
    who = listed(fields.Nested(TierIn), least=1, most=50, required=True)
    by = choice([str(by) for by in By], required=True)
    follows = choice([str(follows) for follows in Follows], load_default=str(Follows.HUKOU))
    funder = choice(FUNDERS)
    pays_for = listed(choice(SERVICES), least=1, most=len(SERVICES), required=True)
    pays_percent = whole(1, 100)
    issue = part(IssueIn, required=True)
    expiry = part(ExpiryIn, required=True)
    conflicts = listed(fields.Nested(ConflictIn), most=30)
    late = part(LateIn)
    note = line(300)
