"""The shape of ``care_payment`` and ``bed_subsidy`` documents, field by field."""

from marshmallow import fields

from app.policies.fields import PlainSchema, choice, flag, line, listed, part, whole
from care_beds.beds.rules import CloseReason
from care_beds.money.terms import Funder, PartMonths, Payer

# Sanity bounds of the kinds, not rules of any place: what lies beyond is a slip of the pen (fen typed as yuan).
MONTH_FEN_AT_MOST = 1_000_000
BED_FEN_AT_MOST = 5_000_000
LONGEST_CODE = 40


class FunderIn(PlainSchema):
    """A funder's share of 100."""

    funder = choice([str(funder) for funder in Funder], required=True)
    percent = whole(1, 100, required=True)
    remainder = flag()


class OrderIn(PlainSchema):
    """Who is asked to pay, in this order, for some services and programmes; none named means every one."""

    services = listed(line(LONGEST_CODE), most=40)
    programmes = listed(line(LONGEST_CODE), most=20)
    payers = listed(choice([str(payer) for payer in Payer]), least=1, most=len(Payer), required=True)


class InsuredIn(PlainSchema):
    """The insured minutes of a month at some levels of the long-term care insurance."""

    levels = listed(line(LONGEST_CODE), least=1, most=10, required=True)
    month_minutes = whole(1, 31 * 24 * 60, required=True)


class CarePaymentIn(PlainSchema):
    """Body of a ``care_payment`` document."""

    orders = listed(fields.Nested(OrderIn), least=1, most=20, required=True)
    tolerance_minutes = whole(0, 120, required=True)
    subsidy_month_fen = whole(0, MONTH_FEN_AT_MOST, required=True)
    funders = listed(fields.Nested(FunderIn), least=1, most=5, required=True)
    insured = listed(fields.Nested(InsuredIn), most=10)
    refund_grace_days = whole(0, 366, required=True)


class BandIn(PlainSchema):
    """For some ability levels and programmes: a whole month, and what it takes."""

    levels = listed(whole(0, 4), most=5)
    programmes = listed(line(LONGEST_CODE), most=20)
    month_fen = whole(1, MONTH_FEN_AT_MOST, required=True)
    minimum_visits = whole(1, 124, required=True)
    minimum_minutes = whole(1, 31 * 24 * 60, required=True)


class DeviceIn(PlainSchema):
    """What is paid for a device of a kind, and for how many."""

    kind = line(LONGEST_CODE, required=True)
    amount_fen = whole(1, BED_FEN_AT_MOST, required=True)
    at_most = whole(1, 20, required=True)


class ConstructionIn(PlainSchema):
    """What the building of a bed is paid with."""

    programmes = listed(line(LONGEST_CODE), most=20)
    bed_fen = whole(0, BED_FEN_AT_MOST, required=True)
    adaptation_percent = whole(0, 100, required=True)
    adaptation_at_most_fen = whole(0, BED_FEN_AT_MOST, required=True)
    devices = listed(fields.Nested(DeviceIn), most=40)
    at_most_fen = whole(1, BED_FEN_AT_MOST, required=True)
    again_after_months = whole(0, 240, required=True)
    keep_months = whole(0, 240)
    excused = listed(choice([str(reason) for reason in CloseReason]), most=len(CloseReason))


class BedSubsidyIn(PlainSchema):
    """Body of a ``bed_subsidy`` document."""

    bands = listed(fields.Nested(BandIn), least=1, most=20, required=True)
    part_months = choice([str(way) for way in PartMonths], required=True)
    propose_after_days = whole(0, 60, required=True)
    construction = part(ConstructionIn, required=True)
    funders = listed(fields.Nested(FunderIn), least=1, most=5, required=True)
