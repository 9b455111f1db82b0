"""How a visit, a month and the building of a bed become fen. Values in, values out: no clock, no database.

A visit is paid whole by one payer; a month is worth something when it met what its band asks of it; a bed is built
with public money once. Each answer carries its reasons, in the order in which they decided.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from app.money import allocate
from care_beds.catalogue.rules import Unit
from care_beds.money.terms import ConstructionTerms, MonthBand, PartMonths, Payer, PaymentTerms, SubsidyTerms


class Why(StrEnum):
    """What decided an amount."""

    MINUTES = "minutes"
    PRICE = "price"
    FREE = "free"
    POINTS_SHORT = "points_short"
    SUBSIDY_USED = "subsidy_used"
    NOT_INSURED = "not_insured"
    INSURED_USED = "insured_used"
    PAID_BY = "paid_by"
    DAYS = "days"
    NO_DAYS = "no_days"
    PART_MONTH = "part_month"
    NO_BAND = "no_band"
    VISITS = "visits"
    TIME = "time"
    NOT_COUNTED = "not_counted"
    PROVIDERS = "providers"
    SHARED = "shared"
    AMOUNT = "amount"
    FOR_BED = "for_bed"
    ADAPTATIONS = "adaptations"
    DEVICE = "device"
    DEVICE_NOT_PAID = "device_not_paid"
    DEVICE_PAID_BEFORE = "device_paid_before"
    CUT = "cut"


class MonthState(StrEnum):
    """What a month of a bed came to."""

    MET = "met"
    NOT_MET = "not_met"
    SUSPENDED = "suspended"
    PAID = "paid"


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of a decision, with its figures."""

    code: Why
    params: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return {"code": str(self.code), "params": dict(self.params)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A service's price: for each hour, or for each visit whatever its length."""

    unit: Unit
    price_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What could pay a visit: points good for it, what is left of the bed's subsidy, and of the insured minutes."""

    points_fen: int
    subsidy_fen: int
    insured_minutes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What a visit costs, who pays it, and why."""

    present_minutes: int
    minutes: int
    price_fen: int
    payer: Payer
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFacts:
    """What is known of a visit when it is charged."""

    planned_minutes: int
    started_at: datetime
    finished_at: datetime
    service: str
    names: Mapping[str, str]
    programme: str
    price: Price
    means: Means


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFacts:
    """What is known of a bed's month.

    :ivar service_days: days of the month on which the bed was in service, suspended ones among them
    :ivar not_counted: how many visits do not count, by why
    :ivar parts: visits and minutes of each provider, the longest there first; none where one made all that count
    """

    days: int
    service_days: int
    suspended_days: int
    visits: int
    minutes: int
    level: int | None
    programme: str
    not_counted: Mapping[str, int]
    providers: int = 1  # as months were judged that went to one provider whole
    parts: Sequence[Mapping[str, int]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthVerdict:
    """What a month is worth, and why."""

    state: MonthState
    subsidy_fen: int
    minimum_visits: int
    minimum_minutes: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device that was built in.

    :ivar paid_in: the number of another bed with which it was paid before
    """

    kind: str
    names: Mapping[str, str]
    serial: str
    paid_in: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Construction:
    """What the building of a bed is worth, and why."""

    amount_fen: int
    reasons: tuple[Reason, ...]


def present_minutes(started_at: datetime, finished_at: datetime) -> int:
    """Return the whole minutes between check-in and check-out, never less than none; one that was begun is none."""
    return max(0, int((finished_at - started_at).total_seconds()) // 60)


def charge_minutes(*, planned_minutes: int, present: int, tolerance_minutes: int) -> int:
    """Return the minutes to charge: never more than somebody was there, nor than planned and tolerated."""
    return min(present, planned_minutes + tolerance_minutes)


def price_visit(price: Price, minutes: int) -> int:
    """Return what a visit costs; a part of a fen is nobody's."""
    if minutes == 0:
        return 0
    return price.price_fen if price.unit is Unit.VISIT else price.price_fen * minutes // 60


def charge_visit(facts: VisitFacts, terms: PaymentTerms) -> Charge:
    """Decide what a visit costs and who pays it."""
    present = present_minutes(facts.started_at, facts.finished_at)
    minutes = charge_minutes(
        planned_minutes=facts.planned_minutes, present=present, tolerance_minutes=terms.tolerance_minutes
    )
    price_fen = price_visit(facts.price, minutes)
    payers = terms.payers_for(service=facts.service, programme=facts.programme)
    payer, asked = choose_payer(payers, price_fen=price_fen, minutes=minutes, means=facts.means)
    told = {"planned": facts.planned_minutes, "present": present, "minutes": minutes}
    unit = {"unit": str(facts.price.unit), "unit_fen": facts.price.price_fen, "price_fen": price_fen}
    counted = (Reason(Why.MINUTES, told), Reason(Why.PRICE, {"service": dict(facts.names), **unit}))
    return Charge(
        present_minutes=present, minutes=minutes, price_fen=price_fen, payer=payer, reasons=(*counted, *asked)
    )


def choose_payer(
    payers: Sequence[Payer], *, price_fen: int, minutes: int, means: Means
) -> tuple[Payer, tuple[Reason, ...]]:
    """Choose the first of some payers who can pay all of it, and say why those before could not."""
    if price_fen == 0:
        return Payer.SELF, (Reason(Why.FREE, {}),)
    reasons: list[Reason] = []
    for payer in payers:
        lack = _find_lack(payer, price_fen=price_fen, minutes=minutes, means=means)
        if lack is None:
            return payer, (*reasons, Reason(Why.PAID_BY, {"payer": str(payer)}))
        reasons.append(lack)
    return Payer.SELF, (*reasons, Reason(Why.PAID_BY, {"payer": str(Payer.SELF)}))


def _find_lack(payer: Payer, *, price_fen: int, minutes: int, means: Means) -> Reason | None:
    """Say what a payer lacks for a visit."""
    if payer is Payer.POINTS and means.points_fen < price_fen:
        return Reason(Why.POINTS_SHORT, {"points_fen": means.points_fen, "price_fen": price_fen})
    if payer is Payer.BED_SUBSIDY and means.subsidy_fen < price_fen:
        return Reason(Why.SUBSIDY_USED, {"left_fen": max(0, means.subsidy_fen), "price_fen": price_fen})
    if payer is Payer.INSURANCE and means.insured_minutes is None:
        return Reason(Why.NOT_INSURED, {})
    if payer is Payer.INSURANCE and (means.insured_minutes or 0) < minutes:
        return Reason(Why.INSURED_USED, {"left_minutes": max(0, means.insured_minutes or 0), "minutes": minutes})
    return None


def judge_month(facts: MonthFacts, terms: SubsidyTerms) -> MonthVerdict:
    """Decide what a month of a bed is worth."""
    counted = max(0, facts.service_days - facts.suspended_days)
    days = {
        "days": facts.days,
        "service_days": facts.service_days,
        "suspended_days": facts.suspended_days,
        "counted": counted,
    }
    reasons = [Reason(Why.DAYS, days)]
    if counted == 0 or (terms.part_months is PartMonths.NOTHING and counted < facts.days):
        state = MonthState.SUSPENDED if facts.suspended_days else MonthState.NOT_MET
        return _nothing(state, [*reasons, Reason(Why.NO_DAYS if counted == 0 else Why.PART_MONTH, days)])
    band = terms.band_for(level=facts.level, programme=facts.programme)
    if band is None:
        unknown = Reason(Why.NO_BAND, {"level": facts.level, "programme": facts.programme})
        return _nothing(MonthState.NOT_MET, [*reasons, unknown])
    part = counted if terms.part_months is PartMonths.BY_DAYS else facts.days
    return _weigh(facts, band, part=part, reasons=reasons)


def _weigh(facts: MonthFacts, band: MonthBand, *, part: int, reasons: list[Reason]) -> MonthVerdict:
    """Hold a month against its band; the minimum of a part of a month is the same part, rounded up."""
    least_visits = -(-band.minimum_visits * part // facts.days)
    least_minutes = -(-band.minimum_minutes * part // facts.days)
    is_met = facts.visits >= least_visits and facts.minutes >= least_minutes
    reasons = [
        *reasons,
        Reason(Why.VISITS, {"visits": facts.visits, "least": least_visits}),
        Reason(Why.TIME, {"minutes": facts.minutes, "least": least_minutes}),
    ]
    if facts.not_counted:
        reasons.append(Reason(Why.NOT_COUNTED, dict(sorted(facts.not_counted.items()))))
    if facts.providers > 1:
        reasons.append(Reason(Why.PROVIDERS, {"providers": facts.providers}))
    subsidy_fen = band.month_fen * part // facts.days if is_met else 0
    if facts.parts and is_met:
        shared = [
            {"minutes": each["minutes"], "amount_fen": fen}
            for each, fen in zip(facts.parts, split_month(subsidy_fen, facts.parts), strict=True)
        ]
        reasons.append(Reason(Why.SHARED, {"parts": shared}))
    amount = {"month_fen": band.month_fen, "part": part, "days": facts.days, "subsidy_fen": subsidy_fen}
    return MonthVerdict(
        state=MonthState.MET if is_met else MonthState.NOT_MET,
        subsidy_fen=subsidy_fen,
        minimum_visits=least_visits,
        minimum_minutes=least_minutes,
        reasons=(*reasons, Reason(Why.AMOUNT, amount)),
    )


def split_month(subsidy_fen: int, parts: Sequence[Mapping[str, int]]) -> list[int]:
    """Divide a month's subsidy between the providers who came, by their minutes; the longest there takes the rest."""
    return allocate(subsidy_fen, [each["minutes"] for each in parts], 0)


def _nothing(state: MonthState, reasons: Sequence[Reason]) -> MonthVerdict:
    return MonthVerdict(state=state, subsidy_fen=0, minimum_visits=0, minimum_minutes=0, reasons=tuple(reasons))


def sum_construction(devices: Sequence[Device], *, adaptations_fen: int, terms: ConstructionTerms) -> Construction:
    """Add up what the building of a bed is paid with: the bed, its adaptations, each device, cut to the most."""
    reasons: list[Reason] = []
    if terms.bed_fen:
        reasons.append(Reason(Why.FOR_BED, {"amount_fen": terms.bed_fen}))
    adapted_fen = min(adaptations_fen * terms.adaptation_percent // 100, terms.adaptation_at_most_fen)
    if adaptations_fen:
        told = {"cost_fen": adaptations_fen, "percent": terms.adaptation_percent, "amount_fen": adapted_fen}
        reasons.append(Reason(Why.ADAPTATIONS, {**told, "at_most_fen": terms.adaptation_at_most_fen}))
    built = [_pay_device(each, before=devices[:n], terms=terms) for n, each in enumerate(devices)]
    reasons += built
    total_fen = terms.bed_fen + adapted_fen + sum(each.params.get("amount_fen", 0) for each in built)
    if total_fen > terms.at_most_fen:
        reasons.append(Reason(Why.CUT, {"total_fen": total_fen, "amount_fen": terms.at_most_fen}))
    return Construction(amount_fen=min(total_fen, terms.at_most_fen), reasons=tuple(reasons))


@dataclass(frozen=True, slots=True)
class Payback:
    """What of the building of a bed is taken back, and for how many of its months it served."""

    amount_fen: int
    served_months: int


def count_payback(
    amount_fen: int, *, accepted_on: date, closed_on: date, reason: str, terms: ConstructionTerms
) -> Payback:
    """Say what is taken back of a bed that closed: the part of the months it should have served and did not.

    A month that was begun counts as served; an excused reason takes nothing back.
    """
    months = (closed_on.year - accepted_on.year) * 12 + closed_on.month - accepted_on.month
    served = max(0, months + (closed_on.day > accepted_on.day))
    if reason in terms.excused or served >= terms.keep_months:
        return Payback(0, served)
    return Payback(amount_fen * (terms.keep_months - served) // terms.keep_months, served)


def _pay_device(device: Device, *, before: Sequence[Device], terms: ConstructionTerms) -> Reason:
    """Say what a device is paid with; those of a kind beyond its number, of unknown kinds, or paid before, are not."""
    told = {"kind": device.kind, "names": dict(device.names), "serial": device.serial}
    if device.paid_in:
        return Reason(Why.DEVICE_PAID_BEFORE, {**told, "bed_number": device.paid_in})
    found = terms.devices.get(device.kind)
    if found is None:
        return Reason(Why.DEVICE_NOT_PAID, {**told, "at_most": 0})
    if sum(each.kind == device.kind and not each.paid_in for each in before) >= found.at_most:
        return Reason(Why.DEVICE_NOT_PAID, {**told, "at_most": found.at_most})
    return Reason(Why.DEVICE, {**told, "amount_fen": found.amount_fen})


def reasons_from_json(stored: Sequence[Mapping[str, Any]]) -> tuple[Reason, ...]:
    """Read reasons as they are kept."""
    return tuple(Reason(Why(each["code"]), each["params"]) for each in stored)
