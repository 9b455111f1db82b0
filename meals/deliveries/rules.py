"""Rules of meals brought home: which step may follow which, until when one may order, what the way is paid with.

Values in, values out: no clock, no database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from meals.pricing.counters import cut_to_caps, find_used_up, share_out
from meals.pricing.discount import fits, tier_facts
from meals.pricing.facts import Diner, Reason, Share, Taken
from meals.pricing.terms import Limit, PayerShare, When, Window


class State(StrEnum):
    """How a delivery stands."""

    ORDERED = "ordered"
    OUT = "out"
    HANDED = "handed"
    RETURNED = "returned"
    UNDONE = "undone"
    CANCELLED = "cancelled"


class Source(StrEnum):
    """Where an order came from."""

    COUNTER = "counter"
    FAMILY = "family"


class Place(StrEnum):
    """Where a meal changed hands. No coordinates: a place that people can name is proof enough and no tracking."""

    HOME = "home"
    DOOR = "door"
    GATE = "gate"
    NEIGHBOUR = "neighbour"
    COMMUNITY = "community"


class Receiver(StrEnum):
    """Who took the meal."""

    SELF = "self"
    FAMILY = "family"
    CARER = "carer"
    NEIGHBOUR = "neighbour"
    COMMUNITY = "community"


class Trouble(StrEnum):
    """Why a meal could not be handed over."""

    NOT_HOME = "not_home"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    WRONG_ADDRESS = "wrong_address"
    UNWELL = "unwell"
    OTHER = "other"


class Outcome(StrEnum):
    """What becomes of a meal that could not be handed over."""

    LATER = "later"
    RETURNED = "returned"


class Relation(StrEnum):
    """Who fetched a meal for a guest, as seen from the guest."""

    SPOUSE = "spouse"
    CHILD = "child"
    RELATIVE = "relative"
    NEIGHBOUR = "neighbour"
    CARER = "carer"
    COMMUNITY = "community"
    STAFF = "staff"
    OTHER = "other"


class FetchReason(StrEnum):
    """Why the guest did not come."""

    UNWELL = "unwell"
    HARD_TO_WALK = "hard_to_walk"
    WEATHER = "weather"
    BUSY = "busy"
    OTHER = "other"


MOVES: Mapping[State, frozenset[State]] = {
    State.ORDERED: frozenset({State.OUT, State.CANCELLED}),
    State.OUT: frozenset({State.HANDED, State.RETURNED, State.UNDONE}),
    State.HANDED: frozenset({State.UNDONE}),
}
# Somebody who does not open though at home, or is not well, may need help before a meal.
ALARMING = frozenset({Trouble.NO_ANSWER, Trouble.UNWELL})


def may_move(before: State, after: State) -> bool:
    """Say whether one step may follow another."""
    return after in MOVES.get(before, frozenset())


class FeeWhy(StrEnum):
    """Why the public pays for the way, or does not."""

    BAND = "band"
    CAP_CUT = "cap_cut"
    NO_RULES = "no_rules"
    NO_BAND = "no_band"
    NOT_SUBSIDISED = "not_subsidised"
    GUEST_PAYS = "guest_pays"
    BARRED = "barred"
    GONE = "gone"
    COUNT_USED = "count_used"
    CAP_USED = "cap_used"


@dataclass(frozen=True, slots=True)
class FeeBand:
    """For whom the public pays for the way, and how much of it."""

    when: When
    public_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRules:
    """A document on meals brought home, ready to decide with."""

    document_id: int
    area_code: str
    bands: tuple[FeeBand, ...]
    payers: tuple[PayerShare, ...]
    limits: tuple[Limit, ...] = ()
    order_days_ahead: int = 0
    order_until_minutes: int = 0
    hand_over_minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """What the public pays a canteen for one way, by whom, and why so much."""

    public_fen: int = 0
    shares: tuple[Share, ...] = ()
    why: FeeWhy
    params: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.public_fen < 0 or sum(share.amount_fen for share in self.shares) != self.public_fen:
            raise ValueError(f"{self.shares} do not make {self.public_fen} fen")

    def why_document(self) -> dict[str, Any]:
        """Return the reason as it is kept."""
        plain = {key: list(value) if isinstance(value, tuple) else value for key, value in self.params.items()}
        return {"code": str(self.why), "params": plain}


def decide_fee(
    *,
    rules: DeliveryRules | None,
    diner: Diner,
    taken: Taken,
    window: str,
    is_meal_subsidised: bool,
    delivery_fen: int = 0,
    barred: Reason | None = None,
    is_gone: bool = False,
) -> Fee:
    """Decide what the public pays for bringing one meal home.

    The way is paid with the meal it is for: a meal that got no subsidy brings none, and one for whose way the
    guest pays by a line of the bill brings none either, so that nothing is paid twice.

    :param taken: ways that were paid for this guest before, in this meal, day and month
    :param delivery_fen: what the bill has for the way
    :param barred: why there can be no public money whatever the document says
    :param is_gone: the guest had died, or lived in an institution, on the day of the meal
    """
    if rules is None or is_gone:
        return Fee(why=FeeWhy.GONE if is_gone else FeeWhy.NO_RULES)
    if not is_meal_subsidised:
        return Fee(why=FeeWhy.NOT_SUBSIDISED)
    if barred:
        return Fee(why=FeeWhy.BARRED, params={"bar": barred.as_json()})
    if delivery_fen:
        return Fee(why=FeeWhy.GUEST_PAYS, params={"delivery_fen": delivery_fen})
    band = next((band for band in rules.bands if fits(band.when, diner)), None)
    if band is None or not band.public_fen:
        return Fee(why=FeeWhy.NO_BAND, params={"age": diner.age})
    return _held_to_limits(rules, band, diner=diner, taken=taken, window=window)


def _held_to_limits(rules: DeliveryRules, band: FeeBand, *, diner: Diner, taken: Taken, window: str) -> Fee:
    used_up = find_used_up(rules.limits, taken, window)
    if used_up:
        return Fee(why=FeeWhy.COUNT_USED, params=used_up.params)
    cut = cut_to_caps(rules.limits, taken, public_fen=band.public_fen)
    if isinstance(cut, Reason):
        return Fee(why=FeeWhy.CAP_USED, params=cut.params)
    told = {"age": diner.age, "public_fen": band.public_fen, **tier_facts(band.when)}
    shares = tuple(share_out(rules.payers, cut.public_fen))
    if cut.reason:
        return Fee(public_fen=cut.public_fen, shares=shares, why=FeeWhy.CAP_CUT, params={**told, **cut.reason.params})
    return Fee(public_fen=cut.public_fen, shares=shares, why=FeeWhy.BAND, params=told)


class TooLate(StrEnum):
    """Why a meal cannot be ordered for a moment."""

    DAY_OVER = "day_over"
    TOO_FAR = "too_far"
    NO_SUCH_MEAL = "no_such_meal"
    CLOSED = "closed"


def find_order_fault(
    *, rules: DeliveryRules, windows: Sequence[Window], window: str, meal_on: date, at: datetime
) -> TooLate | None:
    """Find why a meal cannot be ordered any more, or yet.

    :param windows: the meals of the day in the canteen's place
    :param at: the moment of ordering, by the wall clock there
    """
    if meal_on < at.date():
        return TooLate.DAY_OVER
    if meal_on > at.date() + timedelta(days=rules.order_days_ahead):
        return TooLate.TOO_FAR
    meal = next((each for each in windows if each.name == window), None)
    if meal is None:
        return TooLate.NO_SUCH_MEAL
    minute = at.hour * 60 + at.minute
    if meal_on == at.date() and minute >= meal.until_minute - rules.order_until_minutes:
        return TooLate.CLOSED
    return None


def is_overdue(*, rules: DeliveryRules | None, out_at: datetime, at: datetime) -> bool:
    """Say whether a meal is on its way for longer than it should be."""
    return rules is not None and at - out_at > timedelta(minutes=rules.hand_over_minutes)
