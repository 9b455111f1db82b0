"""The shape of meal policy documents, field by field."""

from marshmallow import fields

from app.people.rules import INCOME_WORDS, LIVING_WORDS, IncomeClass, LivingSituation
from app.policies.fields import AreaOrTrue, ClockTime, PlainSchema, choice, flag, listed, part, whole
from meals.pricing.terms import Partial, Payer, Per, PointsBase, RoundingMode

# Sanity bounds of the kind, not rules of any place: what lies beyond is a slip of the pen (fen typed as yuan).
MEAL_FEN_AT_MOST = 20_000
MONTH_FEN_AT_MOST = 500_000
MEALS_AT_MOST = 200
OLDEST = 150
WINDOW_NAMES = ("breakfast", "lunch", "dinner")
INCOMES = {**{word: str(code) for word, code in INCOME_WORDS.items()}, **{str(code): str(code) for code in IncomeClass}}
LIVINGS = {
    **{word: str(code) for word, code in LIVING_WORDS.items()},
    **{str(code): str(code) for code in LivingSituation},
}


class WindowIn(PlainSchema):
    """A meal window."""

    name = choice(WINDOW_NAMES, required=True)
    from_minute = ClockTime(data_key="from", required=True)
    until_minute = ClockTime(data_key="until", required=True)


class LimitIn(PlainSchema):
    """A counter: subsidised meals, or fen of public money, never both in one line."""

    per = choice([str(per) for per in Per], required=True)
    subsidised = whole(1, MEALS_AT_MOST)
    public_fen = whole(1, MONTH_FEN_AT_MOST)
    # Not ``partial``: that is an option of every schema.
    partly = choice([str(partial) for partial in Partial], data_key="partial")


class AgeIn(PlainSchema):
    """Ages in whole years, ``until`` exclusive."""

    age_from = whole(0, OLDEST, data_key="from")
    age_until = whole(1, OLDEST, data_key="until")


class WhenIn(PlainSchema):
    """For whom a band is."""

    age = part(AgeIn)
    income = listed(choice(INCOMES), least=1, most=5)
    ability = listed(whole(0, 4), least=1, most=5)
    living = listed(choice(LIVINGS), least=1, most=3)
    hukou = AreaOrTrue()
    residence = AreaOrTrue()


class SetMealIn(PlainSchema):
    """The set meal that a band is for."""

    price_at_most_fen = whole(1, MEAL_FEN_AT_MOST, required=True)


class PayerIn(PlainSchema):
    """A payer's share of 100."""

    payer = choice([str(payer) for payer in Payer], required=True)
    percent = whole(1, 100, required=True)
    remainder = flag()


class BandIn(PlainSchema):
    """A line of the tier table."""

    when = part(WhenIn)
    guest_pays_percent = whole(0, 100)
    off_percent = whole(0, 100)
    off_fen = whole(1, MEAL_FEN_AT_MOST)
    guest_pays_fen = whole(0, MEAL_FEN_AT_MOST)
    minimum_bill_fen = whole(1, MEAL_FEN_AT_MOST)
    off_at_most_fen = whole(1, MEAL_FEN_AT_MOST)
    price_cap_fen = whole(1, MEAL_FEN_AT_MOST)
    set_meal = part(SetMealIn)
    payers = listed(fields.Nested(PayerIn), least=1, most=6)


class RoundingIn(PlainSchema):
    """The one rounding rule: to a fen, a jiao or a yuan."""

    unit_fen = whole(1, 100)
    mode = choice([str(mode) for mode in RoundingMode])


class PointsIn(PlainSchema):
    """The allowed share of points."""

    may_pay_percent = whole(0, 100, required=True)
    of = choice([str(base) for base in PointsBase])


class MealDiscountIn(PlainSchema):
    """Body of a ``meal_discount`` document."""

    windows = listed(fields.Nested(WindowIn), least=1, most=6, required=True)
    limits = listed(fields.Nested(LimitIn), most=9)
    bands = listed(fields.Nested(BandIn), least=1, most=30, required=True)
    payers = listed(fields.Nested(PayerIn), least=1, most=6, required=True)
    rounding = part(RoundingIn)
    points = part(PointsIn)


class SaleRulesIn(PlainSchema):
    """Body of a ``sale_rules`` document."""

    upload_within_hours = whole(1, 24 * 14, required=True)
    manager_reversal_days = whole(0, 366, required=True)
    refund_grace_days = whole(0, 366, required=True)
