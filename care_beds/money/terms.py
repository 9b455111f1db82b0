"""The terms of the two policy documents of money, as the rules use them: dated law turned into values."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.money import allocate


class Payer(StrEnum):
    """Who pays a visit: one of them, the whole of it."""

    POINTS = "points"
    BED_SUBSIDY = "bed_subsidy"
    INSURANCE = "insurance"
    SELF = "self"


class Funder(StrEnum):
    """Whose purse a subsidy comes from."""

    CITY = "city"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    CHARITY = "charity"


class PartMonths(StrEnum):
    """What a month is worth on some of whose days the bed was not in service, or was suspended."""

    BY_DAYS = "by_days"
    NOTHING = "nothing"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class FunderShare:
    """A funder's share of 100 of a subsidy; one of them takes what is left of rounding."""

    funder: Funder
    percent: int
    takes_remainder: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """What one funder pays."""

    funder: Funder
    amount_fen: int


@dataclass(frozen=True, slots=True)
class PayerOrder:
    """For some services and programmes, who is asked to pay, in this order. None named means every one."""

    payers: tuple[Payer, ...]
    services: frozenset[str] = frozenset()
    programmes: frozenset[str] = frozenset()

    def is_for(self, *, service: str, programme: str) -> bool:
        """Say whether this order is for a visit."""
        return (not self.services or service in self.services) and (not self.programmes or programme in self.programmes)


@dataclass(frozen=True, slots=True)
class InsuredHours:
    """How many minutes of a month the long-term care insurance takes over at some of its levels."""

    levels: frozenset[str]
    month_minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTerms:
    """A ``care_payment`` document.

    :ivar tolerance_minutes: how far a visit may be charged beyond its planned length
    :ivar subsidy_month_fen: what the bed subsidy pays at most for the visits of one bed and month
    :ivar grace_days: how long points live that come back when their lot has ended meanwhile
    """

    document_id: int
    orders: tuple[PayerOrder, ...]
    tolerance_minutes: int
    subsidy_month_fen: int
    funders: tuple[FunderShare, ...]
    insured: tuple[InsuredHours, ...]
    grace_days: int

    def payers_for(self, *, service: str, programme: str) -> tuple[Payer, ...]:
        """Return who is asked to pay a visit; where no order is for it, the senior pays."""
        found = (each.payers for each in self.orders if each.is_for(service=service, programme=programme))
        return next(found, (Payer.SELF,))

    def insured_minutes(self, level: str | None) -> int | None:
        """Return the insured minutes of a month at a level, or nothing where the insurance pays none."""
        found = (each.month_minutes for each in self.insured if level is not None and level in each.levels)
        return next(found, None)


@dataclass(frozen=True, slots=True)
class MonthBand:
    """For some ability levels and programmes: what a whole month is worth, and what it takes."""

    month_fen: int
    minimum_visits: int
    minimum_minutes: int
    levels: frozenset[int] = frozenset()
    programmes: frozenset[str] = frozenset()

    def is_for(self, *, level: int | None, programme: str) -> bool:
        """Say whether a bed falls under it; a band that names levels wants one that is known."""
        return (not self.levels or level in self.levels) and (not self.programmes or programme in self.programmes)


@dataclass(frozen=True, slots=True)
class DeviceTerms:
    """What is paid for a device of one kind, and for how many of them."""

    amount_fen: int
    at_most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstructionTerms:
    """What the building of a bed is paid with, once.

    :ivar programmes: which beds are built with it; none named means every one
    :ivar bed_fen: for each bed, whatever was built
    :ivar adaptation_percent: of the cost of adaptations, up to ``adaptation_at_most_fen``
    :ivar again_after_months: how long the same person waits before another bed is built with public money
    :ivar keep_months: how long a bed has to serve; of one that closes earlier the rest is taken back. None: nothing is
    :ivar excused: why a bed may close earlier without that
    """

    bed_fen: int
    adaptation_percent: int
    adaptation_at_most_fen: int
    devices: Mapping[str, DeviceTerms] = field(default_factory=dict)
    at_most_fen: int
    again_after_months: int
    keep_months: int = 0
    excused: frozenset[str] = frozenset()
    programmes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SubsidyTerms:
    """A ``bed_subsidy`` document.

    :ivar propose_after_days: how many days after its end a month is judged, so that objections have run out
    """

    document_id: int
    bands: tuple[MonthBand, ...]
    part_months: PartMonths
    propose_after_days: int
    funders: tuple[FunderShare, ...]
    construction: ConstructionTerms

    def covers(self, programme: str) -> bool:
        """Say whether beds of a programme have months at all; of others nothing is asked, and nothing is missed."""
        return any(not each.programmes or programme in each.programmes for each in self.bands)

    def band_for(self, *, level: int | None, programme: str) -> MonthBand | None:
        """Return the first band that fits."""
        return next((each for each in self.bands if each.is_for(level=level, programme=programme)), None)


def share_out(funders: Sequence[FunderShare], amount_fen: int) -> tuple[Share, ...]:
    """Divide a subsidy between its funders to the fen; who pays nothing is left out."""
    takes = next((n for n, each in enumerate(funders) if each.takes_remainder), 0)
    parts = allocate(amount_fen, [each.percent for each in funders], takes)
    return tuple(Share(each.funder, fen) for each, fen in zip(funders, parts, strict=True) if fen)


def share_parts(funders: Sequence[FunderShare], amounts_fen: Sequence[int]) -> tuple[Share, ...]:
    """Add up what funders pay of the parts of a subsidy, each divided for itself."""
    sums: dict[Funder, int] = {}
    for share in (each for amount_fen in amounts_fen for each in share_out(funders, amount_fen)):
        sums[share.funder] = sums.get(share.funder, 0) + share.amount_fen
    return tuple(Share(funder, fen) for funder, fen in sums.items())


def shares_from_json(stored: Collection[Mapping[str, object]]) -> tuple[Share, ...]:
    """Read shares as they are kept."""
    return tuple(Share(Funder(str(each["funder"])), int(str(each["amount_fen"]))) for each in stored)
