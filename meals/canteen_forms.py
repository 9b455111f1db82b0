"""The forms of canteens and dishes: what the API takes, as people type it."""

from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields, validate

from meals.canteen_schemas import (
    CODE,
    ID,
    PRICE_FEN_AT_MOST,
    SEATS_AT_MOST,
    WEEKDAYS_CHOSEN,
    CanteenFactsIn,
    DishFactsIn,
)


class Yuan(fields.Field[int]):
    """A price typed in yuan, as 16 or 16.50, kept in fen."""

    least_fen, most_fen = 1, PRICE_FEN_AT_MOST
    default_error_messages = {  # noqa: RUF012 - marshmallow's own declaration
        "invalid": _l("Write yuan as 16 or 16.50."),
        "bounds": _l("From 0.01 to 1000 yuan."),
    }

    def _deserialize(self, value: Any, *_place: Any, **_options: Any) -> int:
        try:
            fen = Decimal(str(value)) * 100
        except InvalidOperation as error:
            raise self.make_error("invalid") from error
        if not str(value).isascii() or not fen.is_finite() or fen != fen.to_integral_value():
            raise self.make_error("invalid")
        if not self.least_fen <= fen <= self.most_fen:
            raise self.make_error("bounds")
        return int(fen)


def typed_weekdays() -> fields.List[Any]:
    """Make a field for ticked weekdays; none ticked is a fault, not a default."""
    words = {"required": _l("Choose at least one weekday.")}
    day = fields.Integer(validate=validate.Range(1, 7))
    return fields.List(day, required=True, validate=WEEKDAYS_CHOSEN, error_messages=words)


class CanteenForm(CanteenFactsIn):
    """What can change of a canteen."""

    kitchen_id = fields.Integer(load_default=None, validate=ID)
    seats = fields.Integer(load_default=0, validate=validate.Range(0, SEATS_AT_MOST))
    weekdays = typed_weekdays()


class NewCanteenForm(CanteenForm):
    """A canteen to open."""

    code = fields.String(required=True, validate=CODE)


class DishForm(DishFactsIn):
    """What can change of a dish."""

    position = fields.Integer(load_default=0, validate=validate.Range(0, 999))
    weekdays = typed_weekdays()


class NewDishForm(DishForm):
    """A dish with its first price."""

    price_fen = Yuan(data_key="price", required=True)
    valid_from = fields.Date(load_default=None)


class PriceForm(Schema):
    """What a dish costs from a day on."""

    price_fen = Yuan(data_key="price", required=True)
    valid_from = fields.Date(required=True)


class TillForm(Schema):
    """A till; its number is the next free one if left empty."""

    number = fields.Integer(load_default=None, validate=validate.Range(1, 99))
