"""What the API of shops takes and gives."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields, post_load, validate

from shops.basket import Bill
from shops.rules import CATEGORIES, EVERY_SORT, Per

ITEMS_AT_MOST, COUNT_AT_MOST, PRICE_FEN_AT_MOST = 50, 99, 1_000_000
ID = validate.Range(1, 2**63 - 1)
CARD = validate.Regexp(r"\A(?:[0-9]{1,32}|CY[0-9A-Z]{1,200})\Z", error=_l("Send a card number, 19 digits 0 to 9."))
SHOP_CODE = validate.Regexp(r"\A[A-Z0-9][A-Z0-9-]{1,11}\Z", error=_l("2 to 12 of A-Z, 0-9 and hyphens, such as SM-01."))
ARTICLE_CODE = validate.Regexp(r"\A[0-9A-Z-]{1,20}\Z", error=_l("Up to 20 of 0-9, A-Z and hyphens: the bar code."))
NAME = validate.Length(1, 80)


class ShopItemIn(Schema):
    """An article and how many of it."""

    article_id = fields.Integer(required=True, strict=True, validate=ID)
    count = fields.Integer(load_default=1, strict=True, validate=validate.Range(1, COUNT_AT_MOST))


class ShopBillIn(Schema):
    """Whose card, in which shop, and which articles."""

    card = fields.String(required=True, validate=CARD, metadata={"example": "6021000000000000004"})
    shop_id = fields.Integer(required=True, strict=True, validate=ID)
    items = fields.List(fields.Nested(ShopItemIn()), required=True, validate=validate.Length(1, ITEMS_AT_MOST))

    @post_load
    def to_bill(self, data: dict[str, Any], **_others: Any) -> Bill:
        """Make the value that the services take."""
        items = tuple((item["article_id"], item["count"]) for item in data["items"])
        return Bill(card=data["card"], shop_id=data["shop_id"], items=items)


class ReturnedLineIn(Schema):
    """A line of a basket, and how many pieces of it come back."""

    n = fields.Integer(required=True, strict=True, validate=validate.Range(1, ITEMS_AT_MOST))
    count = fields.Integer(required=True, strict=True, validate=validate.Range(1, COUNT_AT_MOST))


class ShopReturnIn(Schema):
    """What comes back of a basket, and why; without lines all of it."""

    reason = fields.String(required=True, validate=validate.Length(2, 200))
    lines = fields.List(
        fields.Nested(ReturnedLineIn()), load_default=None, allow_none=True, validate=validate.Length(1, ITEMS_AT_MOST)
    )


class BothWordsOut(Schema):
    """The same in both languages."""

    zh = fields.Raw(required=True)
    en = fields.Raw(required=True)


class PurseOut(Schema):
    """The purse that pays."""

    code = fields.String(required=True)
    name = fields.Nested(BothWordsOut, required=True)
    unit = fields.Nested(BothWordsOut, required=True)
    unit_fen = fields.Integer(required=True)


class ShopLineOut(Schema):
    """A line of the basket: who pays what of it."""

    n = fields.Integer(required=True)
    article_id = fields.Integer(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String()
    price_fen = fields.Integer(required=True)
    count = fields.Integer(required=True)
    points_fen = fields.Integer(required=True)
    cash_fen = fields.Integer(required=True)


class ShopLeftOut(Schema):
    """What a limit still allows after the basket: pieces or fen; below zero where the basket passes it."""

    per = fields.String(required=True, validate=validate.OneOf([str(per) for per in Per]))
    category = fields.String(allow_none=True)
    article_id = fields.Integer()
    count = fields.Integer(allow_none=True)
    fen = fields.Integer(allow_none=True)
    left = fields.Integer(required=True)


class BasketQuoteOut(Schema):
    """Who pays what of a basket. price_fen = points_fen + cash_fen."""

    price_fen = fields.Integer(required=True)
    points_fen = fields.Integer(required=True)
    cash_fen = fields.Integer(required=True)
    balance_fen = fields.Integer(required=True, metadata={"description": "Points of this purse that are good today."})
    guest = fields.Dict()
    shop = fields.Dict()
    purse = fields.Nested(PurseOut, required=True)
    items = fields.List(fields.Nested(ShopLineOut), required=True)
    left = fields.List(fields.Nested(ShopLeftOut))
    objections = fields.List(fields.Dict())
    explanation = fields.Nested(BothWordsOut, required=True)
    policies = fields.List(fields.Integer())


class ShopReceiptOut(BasketQuoteOut):
    """A basket that was sold."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    sold_at = fields.AwareDateTime(required=True, format="iso")


class ShopReturnOut(Schema):
    """What came back: what went to the points, what to hand back in cash."""

    id = fields.UUID(required=True)
    sale_id = fields.UUID(required=True)
    points_fen = fields.Integer(required=True)
    cash_fen = fields.Integer(required=True)
    returned_at = fields.AwareDateTime(required=True, format="iso")
    reason = fields.String(required=True)


class PagedIn(Schema):
    """Which part of a list."""

    after = fields.String(load_default=None, validate=validate.Length(1, 200))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class ShopsIn(PagedIn):
    """Which shops."""

    state = fields.String(load_default="", validate=validate.OneOf(["", "submitted", "approved", "rejected"]))


class ShopSalesIn(PagedIn):
    """Which sales."""

    shop_id = fields.Integer(load_default=None, validate=ID)
    on = fields.Date(load_default=None)


class ShopFactsIn(Schema):
    """What may change of a shop."""

    name = fields.String(required=True, validate=NAME)
    name_en = fields.String(load_default="", validate=validate.Length(0, 80))
    address = fields.String(load_default="", validate=validate.Length(0, 200))
    agreement_number = fields.String(required=True, validate=validate.Length(1, 60))
    agreement_from = fields.Date(required=True)
    agreement_expires_on = fields.Date(required=True)
    weekdays = fields.List(fields.Integer(validate=validate.Range(1, 7)), required=True, validate=validate.Length(1, 7))
    opens_at = fields.Time(required=True, format="%H:%M")
    closes_at = fields.Time(required=True, format="%H:%M")


class ShopIn(ShopFactsIn):
    """A shop for the register; somebody else signs."""

    code = fields.String(required=True, validate=SHOP_CODE)
    sort = fields.String(required=True, validate=validate.OneOf(EVERY_SORT))
    area_code = fields.String(required=True, validate=validate.Regexp(r"\A[0-9]{6,12}\Z"))


class TradingIn(Schema):
    """How a shop goes on."""

    trading = fields.String(required=True, validate=validate.OneOf(["open", "suspended", "ended"]))
    words = fields.String(load_default="", validate=validate.Length(0, 200))


class DecisionIn(Schema):
    """Whether somebody signs, and why not."""

    is_right = fields.Boolean(required=True)
    reason = fields.String(load_default="", validate=validate.Length(0, 200))


class ShopOut(Schema):
    """A shop."""

    id = fields.Integer(required=True)
    code = fields.String(required=True)
    sort = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String()
    area_code = fields.String(required=True)
    agreement_expires_on = fields.Date(required=True)
    state = fields.String(required=True)
    trading = fields.String(required=True)


class ShopsOut(Schema):
    """Some shops."""

    items = fields.List(fields.Nested(ShopOut), required=True)
    next = fields.String(allow_none=True, required=True)


class ArticleIn(Schema):
    """An article with its first price."""

    code = fields.String(required=True, validate=ARTICLE_CODE)
    category = fields.String(required=True, validate=validate.OneOf(CATEGORIES))
    name = fields.String(required=True, validate=NAME)
    name_en = fields.String(load_default="", validate=validate.Length(0, 80))
    price_fen = fields.Integer(required=True, strict=True, validate=validate.Range(1, PRICE_FEN_AT_MOST))
    limit_count = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, 999))
    limit_per = fields.String(load_default=None, allow_none=True, validate=validate.OneOf([str(per) for per in Per]))
    stock = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, 1_000_000))
    position = fields.Integer(load_default=0, validate=validate.Range(0, 9999))


class ArticlePriceIn(Schema):
    """What an article costs from a day on."""

    price_fen = fields.Integer(required=True, strict=True, validate=validate.Range(1, PRICE_FEN_AT_MOST))
    valid_from = fields.Date(required=True)


class StockIn(Schema):
    """Pieces that come to what is counted, or go."""

    pieces = fields.Integer(required=True, strict=True, validate=validate.Range(-100_000, 100_000))


class ArticleOut(Schema):
    """An article."""

    id = fields.Integer(required=True)
    code = fields.String(required=True)
    category = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String()
    limit_count = fields.Integer(allow_none=True)
    limit_per = fields.String(allow_none=True)
    stock = fields.Integer(allow_none=True)
    withdrawn_on = fields.Date(allow_none=True)
    price_fen = fields.Integer(allow_none=True)


class ArticlesOut(Schema):
    """What stands on the shelves."""

    items = fields.List(fields.Nested(ArticleOut), required=True)


class ArticlePriceOut(Schema):
    """A price, and whether it waits for a second signature."""

    id = fields.Integer(required=True)
    price_fen = fields.Integer(required=True)
    valid_from = fields.Date(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["submitted", "valid", "rejected"]))


class ShopSaleOut(Schema):
    """A basket in a list."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    shop_id = fields.Integer(required=True)
    sold_on = fields.Date(required=True)
    price_fen = fields.Integer(required=True)
    points_fen = fields.Integer(required=True)
    cash_fen = fields.Integer(required=True)
    returned_points_fen = fields.Integer(required=True)
    returned_cash_fen = fields.Integer(required=True)


class ShopSalesOut(Schema):
    """Some baskets."""

    items = fields.List(fields.Nested(ShopSaleOut), required=True)
    next = fields.String(allow_none=True, required=True)
