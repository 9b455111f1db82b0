"""The terms of a meal policy document, as the price rules use them: dated law turned into values."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Payer(StrEnum):
    """Who bears what the guest does not pay; the guest's own points and cash are not payers."""

    CITY = "city"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    CHARITY = "charity"
    CONCESSION = "concession"


class Per(StrEnum):
    """What a counter counts over: one meal window of a day, a day, or a calendar month."""

    WINDOW = "window"
    DAY = "day"
    MONTH = "month"


class Partial(StrEnum):
    """What a guest gets when a cap has less left than the meal would take."""

    REST = "rest"
    NONE = "none"


class RoundingMode(StrEnum):
    """Where an amount goes that lies between two units."""

    HALF_UP = "half_up"
    DOWN = "down"
    UP = "up"


class PointsBase(StrEnum):
    """What the allowed share of points is a share of."""

    GUEST = "guest"
    PRICE = "price"


@dataclass(frozen=True, slots=True)
class Window:
    """A meal's time of day in minutes since midnight, ``until_minute`` exclusive (24:00 is 1440)."""

    name: str
    from_minute: int
    until_minute: int


@dataclass(frozen=True, slots=True)
class Limit:
    """A counter: so many subsidised meals, or so many fen of public money, in each period."""

    per: Per
    subsidised: int | None = None
    public_fen: int | None = None
    partial: Partial = Partial.REST


@dataclass(frozen=True, slots=True)
class Rounding:
    """The one rounding rule of a document, applied to what the guest pays of a percentage."""

    unit_fen: int = 1
    mode: RoundingMode = RoundingMode.HALF_UP

    def apply(self, amount_fen: int, share_percent: int) -> int:
        """Take a whole percentage of an amount, in whole units."""
        parts, whole = amount_fen * share_percent, 100 * self.unit_fen
        if self.mode is RoundingMode.DOWN:
            units = parts // whole
        elif self.mode is RoundingMode.UP:
            units = -(-parts // whole)
        else:
            units = (2 * parts + whole) // (2 * whole)
        return units * self.unit_fen


@dataclass(frozen=True, slots=True)
class PayerShare:
    """One payer's share of 100 of the discount; exactly one of a list takes the remainder of rounding."""

    payer: Payer
    percent: int
    remainder: bool = False


@dataclass(frozen=True, slots=True)
class When:
    """For whom a band is; what is left empty does not matter.

    Ages are whole years on the day, ``age_until`` exclusive. ``hukou`` and ``residence`` are paths of
    areas (``"330106"`` holds all its streets and communities): the guest's code must lie within.
    """

    age_from: int | None = None
    age_until: int | None = None
    income: frozenset[str] = frozenset()
    ability: frozenset[int] = frozenset()
    living: frozenset[str] = frozenset()
    hukou: str | None = None
    residence: str | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """One line of the tier table: for whom, and how much. Exactly one of the first three amounts is set.

    ``pays_percent``: the guest pays this share of the bill, the discount at most ``off_at_most_fen``;
    ``off_fen``: so much off, on a bill of ``minimum_bill_fen`` or more;
    ``pays_fen``: the guest pays this much, the discount at most ``off_at_most_fen``.
    ``price_cap_fen``: what the bill has above this is the guest's own.
    ``set_meal_at_most_fen``: only for one set meal that costs no more than this.
    """

    when: When = field(default_factory=When)
    pays_percent: int | None = None
    off_fen: int | None = None
    pays_fen: int | None = None
    minimum_bill_fen: int = 0
    off_at_most_fen: int | None = None
    price_cap_fen: int | None = None
    set_meal_at_most_fen: int | None = None
    payers: tuple[PayerShare, ...] = ()


@dataclass(frozen=True, slots=True)
class PointsRule:
    """How much of a meal points may pay, in percent of the guest's part or of the price, rounded down."""

    may_pay_percent: int = 100
    of: PointsBase = PointsBase.GUEST


@dataclass(frozen=True, slots=True, kw_only=True)
class MealDiscount:
    """A meal policy document, ready to price meals with."""

    document_id: int
    area_code: str
    windows: tuple[Window, ...]
    bands: tuple[Band, ...]
    payers: tuple[PayerShare, ...]
    limits: tuple[Limit, ...] = ()
    rounding: Rounding = Rounding()
    points: PointsRule = PointsRule()

    def payers_of(self, band: Band) -> tuple[PayerShare, ...]:
        """Return who bears a band's discount: its own payers where it names some, else the document's."""
        return band.payers or self.payers


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleRules:
    """How long a sale may be late, undone, and its points revived."""

    document_id: int
    upload_within_hours: int
    manager_reversal_days: int
    refund_grace_days: int


def public_only(payers: Iterable[PayerShare]) -> tuple[PayerShare, ...]:
    """Leave out the canteen's own concession: what remains is money that a funder must pay."""
    return tuple(share for share in payers if share.payer is not Payer.CONCESSION)
