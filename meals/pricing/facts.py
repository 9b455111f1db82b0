"""The facts a price is made from, and the quote that comes out, with its reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from typing import Any

from meals.pricing.terms import Payer, Per

# Plain values only: they are stored with the sale as JSON.
Facts = dict[str, Any]


class ItemKind(StrEnum):
    """What a line of a bill is; delivery is never subsidised."""

    DISH = "dish"
    SET_MEAL = "set_meal"
    DELIVERY = "delivery"


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a bill."""

    kind: ItemKind
    unit_price_fen: int
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Diner:
    """The guest as the bands see her: age on the day, areas by code, classes by code."""

    age: int
    hukou_area: str | None = None
    residence_area: str | None = None
    income: str = "none"
    ability: int | None = None
    living: str | None = None


@dataclass(frozen=True, slots=True)
class Used:
    """What one period has seen before this sale: subsidised meals, and fen borne by funders."""

    subsidised: int = 0
    public_fen: int = 0


@dataclass(frozen=True, slots=True)
class Earlier:
    """The last subsidised meal of the period: when on the wall clock, where, and whether that is here."""

    at: time
    canteen: str
    till: str
    here: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """The guest's counters before this sale."""

    window: Used = Used()
    day: Used = Used()
    month: Used = Used()
    last: Earlier | None = None

    def per(self, per: Per) -> Used:
        """Return the counter of a period."""
        return {Per.WINDOW: self.window, Per.DAY: self.day, Per.MONTH: self.month}[per]


class Why(StrEnum):
    """Every step of a decision; the code is kept with the sale, and put into words by ``wording``."""

    PRICE = "price"
    TIER = "tier"
    COUNTED = "counted"
    PAYS_PERCENT = "pays_percent"
    OFF_FIXED = "off_fixed"
    PAYS_FIXED = "pays_fixed"
    OFF_CAPPED = "off_capped"
    CAP_CUT = "cap_cut"
    SHARE = "share"
    POINTS = "points"
    POINTS_SHORT = "points_short"
    POINTS_LIMITED = "points_limited"
    CASH = "cash"
    UNPAID = "unpaid"
    # Why a meal is sold without subsidy:
    LICENCE_LAPSED = "licence_lapsed"
    AGREEMENT_LAPSED = "agreement_lapsed"
    MOVED_AWAY = "moved_away"
    IN_HOSPITAL = "in_hospital"
    NO_POLICY = "no_policy"
    OUTSIDE_WINDOWS = "outside_windows"
    COUNT_USED = "count_used"
    CAP_USED = "cap_used"
    NO_BAND = "no_band"
    BILL_UNDER_MINIMUM = "bill_under_minimum"
    NO_SET_MEAL = "no_set_meal"
    NOTHING_OFF = "nothing_off"
    # Said by a till that decided while it was cut off; no rule of the server's makes them:
    TILL_LOCKED = "till_locked"
    NOT_IN_ROSTER = "not_in_roster"


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of a decision: a stable code, and what is needed to say it in words and do it again."""

    code: Why
    params: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Return what is stored with a sale."""
        plain = {key: list(value) if isinstance(value, tuple) else value for key, value in self.params.items()}
        return {"code": str(self.code), "params": plain}


def reason_from_json(stored: Mapping[str, object]) -> Reason:
    """Read back what ``Reason.as_json`` stored.

    :raises ValueError: if the code is unknown
    """
    params = stored.get("params")
    return Reason(Why(str(stored["code"])), dict(params) if isinstance(params, Mapping) else {})


@dataclass(frozen=True, slots=True)
class Share:
    """What one payer bears of this meal."""

    payer: Payer
    amount_fen: int


def public_part(shares: Sequence[Share]) -> int:
    """Add up what funders bear: all shares but the canteen's own concession."""
    return sum(share.amount_fen for share in shares if share.payer is not Payer.CONCESSION)


@dataclass(frozen=True, slots=True)
class Left:
    """What a counter has left after this sale."""

    per: Per
    subsidised: int | None = None
    public_fen: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Who pays what for a meal, and why. price = shares (public and concession) + points + cash + unpaid.

    ``unpaid_fen`` is what a till took in points that were no longer there; no price rule makes it.
    ``public_fen`` is what funders bear (all shares but the canteen's concession); ``reasons`` come in
    the order in which they are told.
    """

    price_fen: int
    shares: tuple[Share, ...]
    points_fen: int
    cash_fen: int
    subsidised: bool
    window: str | None
    band: int | None
    reasons: tuple[Reason, ...]
    left: tuple[Left, ...] = ()
    unpaid_fen: int = 0

    def __post_init__(self) -> None:
        parts = [*(share.amount_fen for share in self.shares), self.points_fen, self.cash_fen, self.unpaid_fen]
        if min(parts) < 0 or sum(parts) != self.price_fen:
            raise ValueError(f"{parts} do not make {self.price_fen} fen")

    @property
    def concession_fen(self) -> int:
        """What the canteen forgoes."""
        return sum(share.amount_fen for share in self.shares if share.payer is Payer.CONCESSION)

    @property
    def public_fen(self) -> int:
        """What funders pay the canteen."""
        return public_part(self.shares)

    @property
    def guest_fen(self) -> int:
        """What the guest pays, by points and cash."""
        return self.points_fen + self.cash_fen

    def reason(self, code: Why) -> Reason | None:
        """Return the step with this code, where the decision had one."""
        return next((reason for reason in self.reasons if reason.code is code), None)
