"""What a till is refused, each with a stable code, and what the cashier does next."""

from flask_babel import lazy_gettext as _l

from app.errors import Conflict, Declined, Forbidden, Invalid, NotFound


class CardUnknown(Declined):
    """No card has this number."""

    status = 404
    code = "card_unknown"
    title = _l("This card is not known")
    detail = _l("Check the number, or find the guest by name. A phone payment code is not a meal card.")


class CardReportedLost(Declined):
    """Someone reported this card lost."""

    code = "card_lost"
    title = _l("This card was reported lost")
    detail = _l("Check who it is and use the new card. Do not keep the card.")


class CardCancelled(Declined):
    """This card was cancelled."""

    code = "card_cancelled"
    title = _l("This card was cancelled")
    detail = _l("Ask the guest for another card, or send the guest to the street office.")


class CardReplaced(Declined):
    """The guest has a newer card."""

    code = "card_replaced"
    title = _l("This card was replaced by a new one")
    detail = _l("Ask the guest for the new card.")


class SeniorDeceased(Declined):
    """The register says that the holder has died."""

    code = "senior_deceased"
    title = _l("This card cannot be used")
    detail = _l("The holder is registered as deceased. If the holder stands before you, call the street office.")


class SeniorInInstitution(Declined):
    """The register says that the holder lives in an institution, which feeds its residents."""

    code = "senior_in_institution"
    title = _l("This guest is registered in an institution")
    detail = _l("Meals there are paid otherwise. If the guest has come home, the street office can change it today.")


class CanteenClosed(Declined):
    """The canteen does not open on this day."""

    code = "canteen_closed"
    title = _l("The canteen is closed on this day")
    detail = _l("The manager can change the opening days. Meals cannot be sold with subsidy or points today.")


class OutsideOwnCanteen(Forbidden):
    """The cashier works elsewhere."""

    code = "outside_own_canteen"
    detail = _l("You do not work in this canteen. Choose your own till.")


class BillRefused(Invalid):
    """The bill cannot be sold as it was sent."""


class SaleRulesMissing(Conflict):
    """No document says how sales are uploaded, undone and refunded here."""

    code = "sale_rules_missing"
    title = _l("The rules for sales are not published yet")
    detail = _l("The district publishes them under Policies. Until then nothing can be sold here.")


class CheckoutNotFound(NotFound):
    """There is no such sale in the caller's canteens."""

    code = "checkout_not_found"
    detail = _l("There is no such sale in your canteen.")


class AlreadyReversed(Conflict):
    """It was undone before."""

    code = "already_reversed"
    title = _l("This sale was undone before")


class ReversalTooLate(Declined):
    """Too long ago for this role."""

    code = "reversal_too_late"
    title = _l("Too late to undo here")


REFUSED_CARD_STATES = {"lost": CardReportedLost, "cancelled": CardCancelled, "replaced": CardReplaced}
REFUSED_STATUSES = {"deceased": SeniorDeceased, "in_institution": SeniorInInstitution}
REFUSALS = {
    refusal.code: refusal
    for refusal in (CardUnknown, CanteenClosed, *REFUSED_CARD_STATES.values(), *REFUSED_STATUSES.values())
}
