"""What is refused about the money of care beds."""

from flask_babel import lazy_gettext as _l

from app.errors import Conflict, NotFound, Refused


class PaymentNotFound(NotFound):
    """No such payment in the caller's reach."""

    code = "visit_payment_not_found"
    detail = _l("There is no payment of this visit in your area.")


class VisitNotPayable(Refused):
    """The visit is not there yet, or its money is barred."""

    code = "visit_not_payable"


class NoTerms(Refused):
    """No document says who pays, or what something is worth."""

    code = "no_care_terms"


class AlreadyUndone(Conflict):
    """The payment was undone before."""

    code = "visit_payment_undone"
    detail = _l("This payment was undone before.")


class NotInsured(Refused):
    """The insurance did not pay this visit."""

    code = "not_paid_by_insurance"
    detail = _l("This visit was not taken over by the long-term care insurance.")


class ReferenceNoted(Conflict):
    """The insurance's number stands there already."""

    code = "reference_noted"
    detail = _l("The number of the insurance was noted before and stays.")


class NothingToHandIn(Refused):
    """No month waits to be handed in."""

    code = "nothing_to_hand_in"
    detail = _l("No month that was met waits to be handed in here. It may have been handed in by somebody else.")


class FiguresChanged(Conflict):
    """Other months wait by now than the caller saw."""

    code = "figures_changed"
    detail = _l("The figures have changed since you looked. Look again, then hand in.")


class RunNotFound(NotFound):
    """No such run in the caller's reach."""

    code = "bed_run_not_found"
    detail = _l("There are no months handed in under this number in your area.")


class MonthNotFound(NotFound):
    """The bed has no such month in the caller's reach."""

    code = "bed_month_not_found"
    detail = _l("This bed has no judged month of this name in your area.")


class MonthNotPaid(Refused):
    """There is nothing to take back."""

    code = "bed_month_not_paid"
    detail = _l("This month was not paid, or it was taken back before.")


class MonthStillMet(Refused):
    """The month is worth what was paid for it."""

    code = "bed_month_still_met"
    detail = _l("This month still meets what is asked, as far as its visits are known today.")


class BedNotBuilt(Refused):
    """The bed was not accepted yet."""

    code = "bed_not_built"
    detail = _l("This bed was not accepted yet. What was built is paid after the acceptance.")


class BuiltForPublicOnly(Refused):
    """The programme of the bed is not built with public money."""

    code = "programme_not_built"
    detail = _l("Beds of this programme are not built with public money.")


class NothingBuilt(Refused):
    """Nothing of the bed is paid."""

    code = "nothing_built"
    detail = _l("Nothing was built in that the document pays for.")


class ConstructionAsked(Conflict):
    """It was asked for or paid before."""

    code = "construction_asked"
    detail = _l("The subsidy for building this bed was asked for before. It is paid once.")


class ConstructionNotFound(NotFound):
    """Nothing was asked for this bed in the caller's reach."""

    code = "construction_not_found"
    detail = _l("Nothing was asked for building this bed.")


class BuiltBefore(Refused):
    """Another bed of the same person was built with public money not long ago."""

    code = "built_before"


class BedChanged(Refused):
    """What was built is no longer what was handed in."""

    code = "bed_changed"
    detail = _l("What is built in has changed since this was handed in. Send it back, so that it is counted anew.")


class PaybackNotDue(Refused):
    """Nothing of the building of this bed is to be taken back, or something else by now."""

    code = "payback_not_due"
    detail = _l("Nothing is to be taken back here, or another amount by now. Look again.")


class PaybackAsked(Conflict):
    """It was asked for before."""

    code = "payback_asked"
    detail = _l("This was handed in before. It can be handed in again once it was sent back.")
