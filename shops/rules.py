"""What a purse may pay: of which categories, how much of the price, how often. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

EVERY_SORT = ("supermarket", "barber", "pharmacy", "laundry", "repair", "bathhouse")
CATEGORIES = (
    "grain",
    "oil",
    "food",
    "dairy",
    "hygiene",
    "household",
    "bedding",
    "medicine_aid",
    "haircut",
    "bath",
    "laundry",
    "repair",
    "tobacco",
    "alcohol",
)
ANY_PURPOSE = "any"
# On the shelves of one shop: what its till holds, and what one page shows.
MOST_ARTICLES = 1_000
# The services that shops have; all others are paid where they are rendered.
PURPOSES = ("goods", "everyday")
# No purse of public money pays for these, whatever its document leaves out.
NEVER = frozenset({"tobacco", "alcohol"})


class Per(StrEnum):
    """How long a limit counts."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    EVER = "ever"


class Why(StrEnum):
    """Why a basket, or one article of it, is not sold."""

    FORBIDDEN = "category_forbidden"
    LIMIT_COUNT = "limit_count"
    LIMIT_FEN = "limit_points"
    POINTS_SHORT = "points_short"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """So many pieces, or so many points, for one person in a period: of all articles, of a category, or of one."""

    per: Per
    count: int | None = None
    fen: int | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """The terms of one published ``purse_rules`` document."""

    document_id: int
    area_code: str
    code: str
    name: Mapping[str, str]
    purpose: str
    unit_fen: int
    unit: Mapping[str, str]
    granted_by: tuple[str, ...]
    sorts: frozenset[str]
    categories: frozenset[str]
    forbidden: frozenset[str] = NEVER
    limits: tuple[Limit, ...] = ()
    points_percent: int = 100
    cash_rest: bool = False
    open_points: bool = False
    return_days: int = 7
    grace_days: int = 7
    rise_percent: int | None = 0

    def pays_for(self, category: str) -> bool:
        """Say whether points of this purse may pay for articles of a category."""
        return category in self.categories and category not in self.forbidden | NEVER

    def holds(self, purpose: str) -> bool:
        """Say whether points of a purpose lie in this purse; those of any purpose where it may use them."""
        return self.purpose in purpose.split(".") or (self.open_points and purpose == ANY_PURPOSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Points of one purpose and one last good day."""

    purpose: str
    expires_on: date
    fen: int

    def pays_for(self, purpose: str) -> bool:
        """Say whether the ledger lets these points pay for a purpose."""
        return self.purpose == ANY_PURPOSE or purpose in self.purpose.split(".")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An article as it lies in a basket; ``limit`` is its own, beside those of the purse."""

    code: str
    category: str
    price_fen: int
    count: int
    limit: Limit | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """Pieces, and what points paid for them."""

    count: int = 0
    fen: int = 0

    def plus(self, other: "Amount") -> "Amount":
        """Return both together."""
        return Amount(self.count + other.count, self.fen + other.fen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """What one person bought before, of one code, by period; what came back does not count."""

    code: str
    category: str
    by_period: Mapping[Per, Amount]


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """What stands against a basket: why, for which of its places, and the numbers that say it."""

    why: Why
    place: int | None = None
    limit: Limit | None = None
    left: int = 0
    asked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What a limit still allows once the basket is bought; below zero where it does not."""

    limit: Limit
    left: int
    place: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """A basket with who pays what, what stands against it, and what limits leave."""

    price_fen: int
    points_fen: int
    cash_fen: int
    line_points: tuple[int, ...]
    objections: tuple[Objection, ...] = ()
    left: tuple[Left, ...] = field(default=())


def judge_basket(items: Sequence[Item], *, purse: Purse, bought: Sequence[Bought], points_available_fen: int) -> Basket:
    """Divide a basket's price between points and cash, and name everything that stands against it.

    Points pay their share of the first articles first. Without a cash rest they pay all or nothing.
    """
    shares = [item.price_fen * item.count * purse.points_percent // 100 for item in items]
    price_fen = sum(item.price_fen * item.count for item in items)
    line_points = _fill(shares, points_available_fen)
    points_fen = sum(line_points)
    objections = [Objection(why=Why.FORBIDDEN, place=place) for place in _forbidden(items, purse)]
    wanted_fen = sum(shares) if purse.cash_rest else price_fen
    if points_fen == 0 or (not purse.cash_rest and points_fen < price_fen):
        objections.append(Objection(why=Why.POINTS_SHORT, left=points_available_fen, asked=wanted_fen))
    left = tuple(_left_over(items, line_points, purse, bought))
    objections += [_object(each) for each in left if each.left < 0]
    return Basket(
        price_fen=price_fen,
        points_fen=points_fen,
        cash_fen=price_fen - points_fen,
        line_points=tuple(line_points),
        objections=tuple(objections),
        left=left,
    )


def period_start(per: Per, on: date) -> date | None:
    """Return the first day of a day's period; nothing for one without a beginning. Weeks begin on Monday."""
    if per is Per.DAY:
        return on
    if per is Per.WEEK:
        return on - timedelta(days=on.weekday())
    return on.replace(day=1) if per is Per.MONTH else None


def points_of_pieces(*, points_fen: int, count: int, returned: int, more: int) -> int:
    """Return the points that go back with some more pieces of a line: rounded down, and all of them with the last.

    :param returned: pieces that came back before
    :raises ValueError: if more pieces come back than were sold
    """
    if not 0 < more <= count - returned:
        raise ValueError("more pieces come back than are out")
    return points_fen * (returned + more) // count - points_fen * returned // count


def spread_back(amount_fen: int, *, paid: Sequence[tuple[int, int]], given: Mapping[int, int]) -> list[tuple[int, int]]:
    """Choose the postings that points go back to: the one taken last first, each at most what is left of it.

    :param paid: number and fen of each posting of the sale
    :param given: what went back to each before
    :raises ValueError: if not so much is left
    """
    chosen = []
    for number, fen in sorted(paid, reverse=True):
        back = min(fen - given.get(number, 0), amount_fen)
        if back > 0:
            chosen.append((number, back))
            amount_fen -= back
    if amount_fen:
        raise ValueError("more points go back than were paid")
    return chosen


def choose_lots(lots: Sequence[Lot], *, purpose: str, open_points: bool, on: date, wanted_fen: int) -> tuple[date, int]:
    """Choose the day that the lots of a sale must still be good on, and say how many points may pay then.

    The ledger lets points of any purpose pay for everything, and takes first what ends first. Where a purse may not
    use such points, a sale takes what ends before the first of them, or asks for points that outlive them: the first
    choice that suffices, else the one with most.

    :param lots: those that are good on the day of the sale, in the order in which the ledger takes them
    """
    is_barred = [lot.purpose == ANY_PURPOSE and not open_points for lot in lots]
    days = [on, *(lot.expires_on + timedelta(days=1) for lot, barred in zip(lots, is_barred, strict=True) if barred)]
    best = (on, 0)
    for day in days:
        fen = _run(lots, is_barred, purpose, day)
        if fen > best[1]:
            best = (day, fen)
        if fen >= wanted_fen:
            break
    return best


def _run(lots: Sequence[Lot], is_barred: Sequence[bool], purpose: str, day: date) -> int:
    """Add up what the ledger takes of lots that are good on a day, until it would take what it may not."""
    total = 0
    for lot, barred in zip(lots, is_barred, strict=True):
        if lot.expires_on < day:
            continue
        if barred:
            break
        total += lot.fen if lot.pays_for(purpose) else 0
    return total


def needs_second_signature(
    *, old_fen: int | None, new_fen: int, rise_percent: int | None, signed_fen: int | None = None
) -> bool:
    """Say whether a price is a rise that a second person signs; a first price is none.

    :param signed_fen: what was signed last: many small rises are together no more than one may be
    """
    if old_fen is None or rise_percent is None or new_fen <= old_fen:
        return False
    base_fen = old_fen if signed_fen is None else min(old_fen, signed_fen)
    return new_fen * 100 > base_fen * (100 + rise_percent)


def _fill(shares: Sequence[int], available_fen: int) -> list[int]:
    filled = []
    for share in shares:
        paid = min(share, max(available_fen, 0))
        available_fen -= paid
        filled.append(paid)
    return filled


def _forbidden(items: Sequence[Item], purse: Purse) -> Iterable[int]:
    return (place for place, item in enumerate(items) if not purse.pays_for(item.category))


def _left_over(
    items: Sequence[Item], line_points: Sequence[int], purse: Purse, bought: Sequence[Bought]
) -> Iterable[Left]:
    lines = [(item.code, item.category, Amount(item.count, fen)) for item, fen in zip(items, line_points, strict=True)]
    for limit in purse.limits:
        before = [each.by_period[limit.per] for each in bought if limit.category in (None, each.category)]
        now = [amount for _code, category, amount in lines if limit.category in (None, category)]
        if now:
            yield Left(limit=limit, left=_still(limit, _sum(before).plus(_sum(now))))
    own = {item.code: (place, item.limit) for place, item in enumerate(items) if item.limit}
    for code, (place, limit) in own.items():
        before = [each.by_period[limit.per] for each in bought if each.code == code]
        now = [amount for named, _category, amount in lines if named == code]
        yield Left(limit=replace(limit, category=None), left=_still(limit, _sum(before).plus(_sum(now))), place=place)


def _still(limit: Limit, used: Amount) -> int:
    return limit.count - used.count if limit.count is not None else (limit.fen or 0) - used.fen


def _sum(amounts: Iterable[Amount]) -> Amount:
    total = Amount()
    for amount in amounts:
        total = total.plus(amount)
    return total


def _object(over: Left) -> Objection:
    why = Why.LIMIT_FEN if over.limit.count is None else Why.LIMIT_COUNT
    return Objection(why=why, place=over.place, limit=over.limit, left=over.left)
