"""What a device says it did, read as values: a sale, the undoing of one, or what nobody can read."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate, validates_schema

from app.forms import say
from app.idempotency import fingerprint
from meals.deciding import BILL_FEN_AT_MOST
from meals.documents.schema import WINDOW_NAMES
from meals.rules import Payer, Reason, Share, Why, reason_from_json
from meals.schemas import CARD, COUNT_AT_MOST, ID, ITEMS_AT_MOST
from meals.wording import explain

BIGGEST_SEQ = 2**53
REASONS_AT_MOST = 40
LONGEST_WORD = 200
TOLD_ALWAYS = frozenset({Why.PRICE, Why.POINTS, Why.CASH})
AMOUNT = validate.Range(0, BILL_FEN_AT_MOST)
# A clock that lost its battery says 1970; of what lies beyond, calendars and the database have no day.
FIRST_MOMENT, LAST_MOMENT = datetime(1969, 12, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
# What JSON can carry and the database cannot keep: half of a character (a word that was cut), and the empty one.
NO_CHARACTER = re.compile("[\x00\ud800-\udfff]")
DEEPEST = 20


@dataclass(frozen=True, slots=True)
class SentItem:
    """A line of a bill; without a price, the menu's."""

    dish_id: int
    count: int
    price_fen: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentQuote:
    """What the till decided, and what it took."""

    price_fen: int
    shares: tuple[Share, ...]
    points_fen: int
    cash_fen: int
    window: str | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentSale:
    """A meal that was eaten."""

    id: UUID
    seq: int
    cashier: int
    occurred_at: datetime
    clock_suspect: bool
    is_offline: bool
    card: str
    quote: SentQuote
    device: int | None = None
    items: tuple[SentItem, ...] = ()
    amount_fen: int | None = None
    roster_version: str | None = None

    @property
    def fingerprint(self) -> bytes:
        """Return what makes it this sale and no other; how and when it was sent does not."""
        quote = self.quote
        shares = [(str(share.payer), share.amount_fen) for share in quote.shares]
        paid = (quote.price_fen, shares, quote.points_fen, quote.cash_fen)
        items = [(item.dish_id, item.count, item.price_fen) for item in self.items]
        return fingerprint("sale", self.card, items, self.amount_fen, self.occurred_at.timestamp(), paid)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentUndo:
    """A sale that was undone at the till, whose guest got the cash back."""

    id: UUID
    seq: int
    cashier: int
    occurred_at: datetime
    clock_suspect: bool
    is_offline: bool
    undoes: UUID
    reason: str
    device: int | None = None

    @property
    def fingerprint(self) -> bytes:
        """Return what makes it this undoing and no other."""
        return fingerprint("undo", self.undoes, self.reason, self.occurred_at.timestamp())


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Something that cannot be understood, and is kept as it came."""

    given_id: Any
    errors: Mapping[str, Any]
    raw: Any

    @property
    def fingerprint(self) -> bytes:
        """Return what makes it this and no other."""
        return fingerprint("unreadable", self.raw)

    @property
    def id(self) -> UUID:
        """Return an id that the same content always has, so that it is kept once."""
        return UUID(bytes=self.fingerprint[:16])

    @property
    def seq(self) -> int | None:
        """Return its number, where that much can be read."""
        seq = self.raw.get("seq") if isinstance(self.raw, Mapping) else None
        return seq if isinstance(seq, int) and not isinstance(seq, bool) and 1 <= seq <= BIGGEST_SEQ else None


Sent = SentSale | SentUndo | Unreadable


class LooseSchema(Schema):
    """A schema that leaves out what it does not know: a newer till may say more."""

    class Meta:
        """See above."""

        unknown = EXCLUDE


class SentItemIn(LooseSchema):
    """A dish, how many of it, and what one cost at the till."""

    dish_id = fields.Integer(required=True, strict=True, validate=ID)
    count = fields.Integer(load_default=1, strict=True, validate=validate.Range(1, COUNT_AT_MOST))
    price_fen = fields.Integer(load_default=None, allow_none=True, strict=True, validate=AMOUNT)

    @post_load
    def to_item(self, data: dict[str, Any], **_others: Any) -> SentItem:
        """Make the value."""
        return SentItem(**data)


class SentShareIn(LooseSchema):
    """What one payer bears."""

    payer = fields.Enum(Payer, by_value=True, required=True)
    amount_fen = fields.Integer(required=True, strict=True, validate=AMOUNT)

    @post_load
    def to_share(self, data: dict[str, Any], **_others: Any) -> Share:
        """Make the value."""
        return Share(**data)


class SentQuoteIn(LooseSchema):
    """What the till decided: price_fen = shares + points_fen + cash_fen."""

    price_fen = fields.Integer(required=True, strict=True, validate=validate.Range(1, BILL_FEN_AT_MOST))
    shares = fields.List(fields.Nested(SentShareIn), required=True, validate=validate.Length(0, len(Payer)))
    points_fen = fields.Integer(required=True, strict=True, validate=AMOUNT)
    cash_fen = fields.Integer(required=True, strict=True, validate=AMOUNT)
    window = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(WINDOW_NAMES))
    reasons = fields.List(fields.Raw(), load_default=list)

    @validates_schema
    def check_sum(self, data: dict[str, Any], **_others: Any) -> None:
        """Refuse parts that do not make the price, a payer named twice, and a subsidy outside every meal."""
        shares = [share for share in data["shares"] if share.amount_fen]
        paid = sum(share.amount_fen for share in shares) + data["points_fen"] + data["cash_fen"]
        if paid != data["price_fen"]:
            raise ValidationError(str(_l("Shares, points and cash do not make the price.")), "price_fen")
        if len({share.payer for share in shares}) != len(shares):
            raise ValidationError(str(_l("A payer is there twice.")), "shares")
        if shares and not data.get("window"):
            raise ValidationError(str(_l("A subsidy belongs to a meal.")), "window")

    @post_load
    def to_quote(self, data: dict[str, Any], **_others: Any) -> SentQuote:
        """Make the value; reasons that nobody could tell in words are left out, and told from the amounts."""
        shares = tuple(share for share in data.pop("shares") if share.amount_fen)
        return SentQuote(**{**data, "shares": shares, "reasons": read_reasons(data["reasons"])})


class DeviceName(fields.Field[int | None]):
    """The device that gave a number; what names none stands for the one that calls."""

    def _deserialize(self, value: Any, *_others: Any, **_more: Any) -> int | None:
        is_id = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= BIGGEST_SEQ
        return value if is_id else None


class _SentIn(LooseSchema):
    """What every entry says."""

    id = fields.UUID(required=True)
    seq = fields.Integer(required=True, strict=True, validate=validate.Range(1, BIGGEST_SEQ))
    # Which device gave the number, where an older one's queue is sent by the device that took its place.
    device = DeviceName(load_default=None)
    cashier = fields.Integer(required=True, strict=True, validate=ID)
    occurred_at = fields.AwareDateTime(required=True, format="iso", validate=validate.Range(FIRST_MOMENT, LAST_MOMENT))
    clock_suspect = fields.Boolean(load_default=False)
    is_offline = fields.Boolean(load_default=False)


class SentSaleIn(_SentIn):
    """A meal that was eaten: whose card or code, what, and what the till decided."""

    card = fields.String(required=True, validate=CARD)
    items = fields.List(fields.Nested(SentItemIn), load_default=list, validate=validate.Length(0, ITEMS_AT_MOST))
    amount_fen = fields.Integer(load_default=None, allow_none=True, strict=True, validate=AMOUNT)
    roster_version = fields.String(load_default=None, allow_none=True, validate=validate.Length(0, 80))
    quote = fields.Nested(SentQuoteIn, required=True)

    @post_load
    def to_sale(self, data: dict[str, Any], **_others: Any) -> SentSale:
        """Make the value."""
        return SentSale(**{**data, "items": tuple(data["items"])})


class SentUndoIn(_SentIn):
    """A sale that was undone at the till."""

    undoes = fields.UUID(required=True)
    reason = fields.String(required=True, validate=validate.Length(2, 200))

    @post_load
    def to_undo(self, data: dict[str, Any], **_others: Any) -> SentUndo:
        """Make the value."""
        return SentUndo(**data)


KINDS: Mapping[str, Schema] = {"sale": SentSaleIn(), "undo": SentUndoIn()}


def online_key(sent: SentSale | SentUndo) -> str:
    """Return the key under which an entry was tried online before it was queued."""
    return f"{sent.cashier}:{sent.id}"


def storable(raw: Any, *, deepest: int = DEEPEST) -> Any:
    """Return an entry as it can be kept: a letter that is none must not hold a whole queue up for ever."""
    if isinstance(raw, str):
        return NO_CHARACTER.sub("\ufffd", raw)
    if isinstance(raw, float):
        return raw if math.isfinite(raw) else str(raw)
    if not isinstance(raw, Mapping | list):
        return raw
    if deepest == 0:
        return "…"
    if isinstance(raw, list):
        return [storable(each, deepest=deepest - 1) for each in raw]
    return {storable(str(name)): storable(each, deepest=deepest - 1) for name, each in raw.items()}


def read_sent(raw: Any) -> Sent:
    """Read one entry; what has no shape that we know is kept as it is."""
    raw = storable(raw)
    if not isinstance(raw, Mapping):
        return Unreadable(given_id=None, errors={"kind": [str(_l("Give an object with named fields."))]}, raw=raw)
    schema = KINDS.get(str(raw.get("kind")))
    if schema is None:
        return Unreadable(given_id=raw.get("id"), errors={"kind": [str(_l("Send a sale or an undo."))]}, raw=raw)
    try:
        read: Sent = schema.load(raw)
    except ValidationError as error:
        return Unreadable(given_id=raw.get("id"), errors=say(error.messages_dict), raw=raw)
    return read


def read_reasons(given: Sequence[Any]) -> tuple[Reason, ...]:
    """Read the steps of a decision, if they are such as our own rules make and can be told in words."""
    try:
        reasons = tuple(reason_from_json(each) for each in given[:REASONS_AT_MOST])
        plain = json.dumps([reason.as_json() for reason in reasons], allow_nan=False)
        explain(reasons)
    except (ArithmeticError, AttributeError, KeyError, LookupError, TypeError, ValueError):
        return ()
    # A broken number could be hashed otherwise on another machine.
    is_whole = not any(isinstance(value, float) for reason in reasons for value in reason.params.values())
    is_plain = is_whole and len(plain) < REASONS_AT_MOST * LONGEST_WORD
    return reasons if is_plain and {reason.code for reason in reasons} >= TOLD_ALWAYS else ()
