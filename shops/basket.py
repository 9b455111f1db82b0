"""The values a sale in a shop is made of, from what the till asks to what was decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.people.queries import Profile
from shops.models import Shop
from shops.rules import Basket, Purse


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What a till asks for: whose card, in which shop, which articles and how many of each."""

    card: str
    shop_id: int
    items: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """An article as it lies in the basket, with its price of the day."""

    article_id: int
    code: str
    category: str
    name: str
    name_en: str
    price_fen: int
    count: int
    limit_count: int | None
    limit_per: str | None
    stock: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """All that a sale is decided by; without a person where the card is none of ours."""

    shop: Shop
    purse: Purse
    lines: Sequence[Priced]
    on: date
    home: int | None = None
    person: Profile | None = None
    card_state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A basket with what was decided about it.

    :ivar held_fen: the points of this purse that the person has; what may pay now can be less
    :ivar good_on: the day that the lots which pay must still be good on
    """

    opening: Opening
    basket: Basket
    held_fen: int
    good_on: date


@dataclass(frozen=True, slots=True)
class Answered:
    """What the till is told, and whether it was told before."""

    body: Mapping[str, Any]
    replayed: bool = False
