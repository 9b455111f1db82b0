"""What the API of canteens, their menus and tills takes and gives."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields, validate

from app.web.language import ENGLISH, current_language

KINDS = ("central_kitchen", "canteen", "meal_point")
DISH_KINDS = ("set_meal", "dish", "delivery")
SEATS_AT_MOST = 5000
PRICE_FEN_AT_MOST = 100_000
LONGEST_PAGE = 200

ID = validate.Range(1, 2**63 - 1)
CODE = validate.Regexp(r"\A[A-Za-z0-9][A-Za-z0-9-]{1,19}\Z", error=_l("2 to 20 letters, digits and hyphens."))
AREA = validate.Regexp(
    r"\A[0-9]{6}([0-9]{3}([0-9]{3})?)?\Z",
    error=_l("An official code of 6, 9 or 12 digits, as 330105011."),
)
# No line breaks and no control characters: names stand in one line of a receipt.
ONE_LINE = validate.Regexp(r"\A[^\x00-\x1f\x7f\u2028\u2029]*\Z", error=_l("One line of text."))
ONE_LINE_NOT_BLANK = validate.Regexp(
    r"\A[^\x00-\x1f\x7f\u2028\u2029]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f\u2028\u2029]*\Z",
    error=_l("One line of text, not blank."),
)
WEEKDAYS_CHOSEN = validate.Length(1, 7, error=_l("Choose at least one weekday."))


def line(longest: int, **options: Any) -> fields.String:
    """Make a field for one line of text that is not blank."""
    return fields.String(validate=[validate.Length(1, longest), ONE_LINE_NOT_BLANK], **options)


def note(longest: int, **options: Any) -> fields.String:
    """Make a field for one line of text that may be empty."""
    return fields.String(validate=[validate.Length(0, longest), ONE_LINE], load_default="", **options)


def weekdays(**options: Any) -> fields.List[Any]:
    """Make a field for the ISO weekdays on which something happens, at least one."""
    day = fields.Integer(strict=True, validate=validate.Range(1, 7))
    return fields.List(day, validate=WEEKDAYS_CHOSEN, metadata={"description": "ISO weekdays, Monday is 1."}, **options)


class CanteenFactsIn(Schema):
    """What can change of a canteen."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    name = line(80, required=True)
    name_en = note(80)
    area_code = fields.String(data_key="area", required=True, validate=AREA)
    kitchen_id = fields.Integer(load_default=None, allow_none=True, strict=True, validate=ID)
    seats = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, SEATS_AT_MOST))
    weekdays = weekdays(load_default=lambda: [1, 2, 3, 4, 5, 6, 7])
    licence_expires_on = fields.Date(required=True, metadata={"description": "The last day on which it is good."})
    agreement_expires_on = fields.Date(required=True, metadata={"description": "The last day on which it is good."})
    closed_from = fields.Date(load_default=None, allow_none=True, metadata={"description": "Given up from this day."})


class CanteenIn(CanteenFactsIn):
    """A canteen to open; the code never changes."""

    code = fields.String(required=True, validate=CODE)


class CanteenChangesIn(CanteenFactsIn):
    """Any of a canteen's facts."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "partial": True})


class ClosureIn(Schema):
    """A day on which a canteen stays closed."""

    closed_on = fields.Date(required=True)
    reason = line(200, required=True)


class ClosedOnIn(Schema):
    """The day on which a canteen opens after all."""

    closed_on = fields.Date(required=True)


class DishFactsIn(Schema):
    """What can change of a dish; its price has days of its own."""

    kind = fields.String(required=True, validate=validate.OneOf(DISH_KINDS))
    name = line(60, required=True)
    name_en = note(60)
    contents = note(200)
    position = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 999))
    is_default = fields.Boolean(load_default=False, metadata={"description": "Sold by a scan alone."})
    weekdays = weekdays(load_default=lambda: [1, 2, 3, 4, 5, 6, 7])


class DishIn(DishFactsIn):
    """A dish with its first price."""

    price_fen = fields.Integer(required=True, strict=True, validate=validate.Range(1, PRICE_FEN_AT_MOST))
    valid_from = fields.Date(load_default=None, allow_none=True, metadata={"description": "Today if left out."})


class DishChangesIn(DishFactsIn):
    """Any of a dish's facts."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "partial": True})


class PriceIn(Schema):
    """What a dish costs from a day on."""

    price_fen = fields.Integer(required=True, strict=True, validate=validate.Range(1, PRICE_FEN_AT_MOST))
    valid_from = fields.Date(required=True)


class TillIn(Schema):
    """A till; its number is the next free one if left out."""

    number = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(1, 99))


class PageIn(Schema):
    """Which page of a list."""

    after = fields.String(load_default=None, validate=validate.Length(1, 200))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, LONGEST_PAGE))


class CanteensIn(PageIn):
    """Which canteens."""

    query = fields.String(load_default="", validate=validate.Length(0, 80))


class OnIn(Schema):
    """Which day."""

    on = fields.Date(load_default=None, metadata={"description": "Today if left out."})


class CanteenOut(Schema):
    """A canteen, and what holds for it today."""

    id = fields.Integer(required=True)
    code = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    name = fields.String(required=True)
    name_en = fields.String(required=True)
    area = fields.String(attribute="area_code", required=True)
    area_name = fields.String(required=True)
    area_name_en = fields.String(required=True)
    kitchen_id = fields.Integer(allow_none=True)
    seats = fields.Integer()
    weekdays = fields.List(fields.Integer())
    licence_expires_on = fields.Date()
    agreement_expires_on = fields.Date()
    closed_from = fields.Date(allow_none=True)
    licence = fields.String(validate=validate.OneOf(["valid", "ending", "lapsed"]))
    agreement = fields.String(validate=validate.OneOf(["valid", "ending", "lapsed"]))
    opening = fields.String(validate=validate.OneOf(["open", "weekday", "closure", "given_up"]))


class CanteensOut(Schema):
    """A page of canteens."""

    items = fields.List(fields.Nested(CanteenOut), required=True)
    next = fields.String(allow_none=True, required=True)


class ClosureOut(Schema):
    """A day on which a canteen stays closed."""

    closed_on = fields.Date(required=True)
    reason = fields.String(required=True)


class TillOut(Schema):
    """A till."""

    id = fields.Integer(required=True)
    canteen_id = fields.Integer(required=True)
    number = fields.Integer(required=True)
    withdrawn_on = fields.Date(allow_none=True)


class CanteenPageOut(Schema):
    """A canteen with its closed days to come and its tills."""

    canteen = fields.Nested(CanteenOut, required=True)
    closures = fields.List(fields.Nested(ClosureOut), required=True)
    tills = fields.List(fields.Nested(TillOut), required=True)


class CanteenIdOut(Schema):
    """Which canteen was opened or changed."""

    id = fields.Integer(required=True)
    code = fields.String(required=True)


class DishOut(Schema):
    """A dish."""

    id = fields.Integer(required=True)
    canteen_id = fields.Integer(required=True)
    kind = fields.String()
    name = fields.String()
    name_en = fields.String()
    contents = fields.String()
    position = fields.Integer()
    is_default = fields.Boolean()
    weekdays = fields.List(fields.Integer())
    withdrawn_on = fields.Date(allow_none=True)


class PriceOut(Schema):
    """A price and its days; until is the first day on which it no longer holds."""

    dish_id = fields.Integer(required=True)
    price_fen = fields.Integer(required=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True)


class WindowLabelOut(Schema):
    """The same in both languages."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


class MenuWindowOut(Schema):
    """The meal window of the moment."""

    name = fields.String(required=True)
    until = fields.AwareDateTime(required=True)
    label = fields.Nested(WindowLabelOut, required=True)


class MenuItemOut(Schema):
    """What can be sold by one touch."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True)
    price_fen = fields.Integer(required=True)
    kind = fields.String(required=True)
    default = fields.Boolean(required=True)
    contents = fields.String(required=True)
    sold_out = fields.Boolean(required=True)


class MenuOut(Schema):
    """What a canteen sells on a day; the default one first."""

    on = fields.Date(required=True)
    window = fields.Nested(MenuWindowOut, required=True, allow_none=True)
    items = fields.List(fields.Nested(MenuItemOut), required=True)


class GuestsIn(Schema):
    """Whom to look for."""

    query = fields.String(required=True, validate=validate.Length(1, 50))


class FoundGuestOut(Schema):
    """Someone who may be served by name."""

    name = fields.String(required=True, metadata={"description": "Masked."})
    age = fields.Integer(required=True)
    card = fields.String(required=True)
    card_tail = fields.String(required=True)


class FoundGuestsOut(Schema):
    """People who fit, those who ate here last first."""

    items = fields.List(fields.Nested(FoundGuestOut), required=True)


class TotalsOut(Schema):
    """What a till sold today, without what was undone."""

    count = fields.Integer(required=True)
    subsidised = fields.Integer(required=True)
    cash_fen = fields.Integer(required=True)
    points_fen = fields.Integer(required=True)
    public_fen = fields.Integer(required=True)


class RecentOut(Schema):
    """One of a till's last sales."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    sold_at = fields.AwareDateTime(required=True)
    guest = fields.String(required=True)
    what = fields.Method("write_what", required=True, metadata={"type": "string"})
    cash_fen = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["sold", "reversed"]))

    def write_what(self, recent: dict[str, Any]) -> str:
        """Name what was sold, in the language of the request."""
        return write_items(recent["items"])


class TillTodayOut(Schema):
    """A till's day so far."""

    totals = fields.Nested(TotalsOut, required=True)
    recent = fields.List(fields.Nested(RecentOut), required=True)


def write_items(items: Any) -> str:
    """Name the lines of a bill in the language of the request: A 套餐、馒头 ×2."""
    english = current_language() == ENGLISH
    names = [
        ((english and item.get("name_en")) or item["name"]) + (f" ×{item['count']}" if item["count"] > 1 else "")
        for item in items
    ]
    return (", " if english else "、").join(names)
