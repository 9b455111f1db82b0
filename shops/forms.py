"""The forms of shops and articles: what the API takes, as people type it."""

from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields, validate

from shops.rules import CATEGORIES, EVERY_SORT, Per
from shops.schemas import ARTICLE_CODE, NAME, PRICE_FEN_AT_MOST, SHOP_CODE, TradingIn


class Yuan(fields.Field[int]):
    """A price typed in yuan, as 16 or 16.50, kept in fen."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own declaration
        "invalid": _l("Write yuan as 16 or 16.50."),
        "bounds": _l("From 0.01 to 10000 yuan."),
    }

    def _deserialize(self, value: Any, *_place: Any, **_options: Any) -> int:
        try:
            fen = Decimal(str(value)) * 100
        except InvalidOperation as error:
            raise self.make_error("invalid") from error
        if not str(value).isascii() or not fen.is_finite() or fen != fen.to_integral_value():
            raise self.make_error("invalid")
        if not 1 <= fen <= PRICE_FEN_AT_MOST:
            raise self.make_error("bounds")
        return int(fen)


def typed_weekdays() -> fields.List[Any]:
    """Make a field for ticked weekdays; none ticked is a fault, not a default."""
    words = {"required": _l("Choose at least one weekday.")}
    day = fields.Integer(validate=validate.Range(1, 7))
    return fields.List(day, required=True, validate=validate.Length(1, 7), error_messages=words)


class ShopForm(Schema):
    """What can change of a shop."""

    name = fields.String(required=True, validate=NAME)
    name_en = fields.String(load_default="", validate=validate.Length(0, 80))
    address = fields.String(load_default="", validate=validate.Length(0, 200))
    agreement_number = fields.String(required=True, validate=validate.Length(1, 60))
    agreement_from = fields.Date(required=True)
    agreement_expires_on = fields.Date(required=True)
    weekdays = typed_weekdays()
    opens_at = fields.Time(required=True, format="%H:%M")
    closes_at = fields.Time(required=True, format="%H:%M")


class NewShopForm(ShopForm):
    """A shop for the register."""

    code = fields.String(required=True, validate=SHOP_CODE)
    sort = fields.String(required=True, validate=validate.OneOf(EVERY_SORT))
    area_code = fields.String(required=True, validate=validate.Regexp(r"\A[0-9]{6,12}\Z"))


class TradingForm(TradingIn):
    """How a shop goes on, and why it stops."""


class SignForm(Schema):
    """Whether somebody signs, and why not."""

    is_right = fields.Boolean(required=True)
    reason = fields.String(load_default="", validate=validate.Length(0, 200))


class ArticleForm(Schema):
    """What can change of an article."""

    name = fields.String(required=True, validate=NAME)
    name_en = fields.String(load_default="", validate=validate.Length(0, 80))
    limit_count = fields.Integer(load_default=None, validate=validate.Range(1, 999))
    limit_per = fields.String(load_default=None, validate=validate.OneOf([str(per) for per in Per]))
    position = fields.Integer(load_default=0, validate=validate.Range(0, 9999))


class NewArticleForm(ArticleForm):
    """An article with its first price."""

    code = fields.String(required=True, validate=ARTICLE_CODE)
    category = fields.String(required=True, validate=validate.OneOf(CATEGORIES))
    price_fen = Yuan(data_key="price", required=True)
    stock = fields.Integer(load_default=None, validate=validate.Range(0, 1_000_000))


class PriceForm(Schema):
    """What an article costs from a day on."""

    price_fen = Yuan(data_key="price", required=True)
    valid_from = fields.Date(required=True)


class StockForm(Schema):
    """Pieces that come to what is counted, or go."""

    pieces = fields.Integer(required=True, validate=validate.Range(-100_000, 100_000))
