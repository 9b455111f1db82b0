"""What a till is refused, each with a stable code, and what the cashier does next."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.errors import Conflict, Declined, Forbidden, Invalid, NotFound
from app.people.payment_codes.rules import Fault


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


class CodeUnreadable(Declined):
    """It begins like a payment code of ours, and is not one read whole."""

    code = "code_unreadable"
    title = _l("The meal code was not read whole")
    detail = _l("Hold the phone still, make it bright, and scan once more. Or type the digits below the code.")


class CodeForeign(Declined):
    """A key that is not ours signed it."""

    code = "code_foreign"
    title = _l("This meal code is not from here")
    detail = _l("It was made somewhere else, or long ago. Ask for a fresh one, or take the card.")


class CodeForged(Declined):
    """It says that we signed it, and we did not."""

    code = "code_forged"
    title = _l("This meal code is not genuine")
    detail = _l("Nobody is to blame at the till. Take the card, or find the guest by name, and tell the manager later.")


class CodeUnknown(Declined):
    """We do not know it, or not any more."""

    status = 404
    code = "code_unknown"
    title = _l("This meal code is not known")
    detail = _l("It is too old, or a digit is wrong. Ask for a fresh one and read all 18 digits.")


class CodeExpired(Declined):
    """It was good for moments: a picture of it, or a page that did not renew itself."""

    code = "code_expired"
    title = _l("This meal code is too old")

    def __init__(self, *, extra: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        detail = _l(
            "This code is from %(at)s. Ask the guest to open the meal code again: the page makes a fresh one at once. "
            "A picture of a code does not pay.",
            at=extra["clock"],
        )
        super().__init__(detail, extra=extra, headers=headers)


class CodeUsed(Declined):
    """One code, one sale."""

    code = "code_used"
    title = _l("This meal code has paid already")

    def __init__(self, *, extra: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        detail = _l(
            "It paid at %(at)s, and each code pays once. For another meal ask for a fresh one.",
            at=extra["clock"],
        )
        super().__init__(detail, extra=extra, headers=headers)


class CodeWithoutCard(Declined):
    """A code pays in the card's stead, and the card does not pay."""

    code = "code_without_card"
    title = _l("The card behind this meal code does not pay")
    detail = _l("It was reported lost or cancelled. With a new card from the street office meal codes pay again.")


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


REFUSED_CARD_STATES: Mapping[str, type[Declined]] = {
    "lost": CardReportedLost,
    "cancelled": CardCancelled,
    "replaced": CardReplaced,
}
REFUSED_STATUSES: Mapping[str, type[Declined]] = {"deceased": SeniorDeceased, "in_institution": SeniorInInstitution}
REFUSED_CODES: Mapping[object, type[Declined]] = {
    Fault.UNREADABLE: CodeUnreadable,
    Fault.FOREIGN: CodeForeign,
    Fault.FORGED: CodeForged,
    Fault.UNKNOWN: CodeUnknown,
}
BARRING: tuple[type[Declined], ...] = (CardUnknown, CanteenClosed, CodeExpired, CodeUsed, CodeWithoutCard)
REFUSALS: Mapping[str, type[Declined]] = {
    refusal.code: refusal for refusal in (*BARRING, *REFUSED_CARD_STATES.values(), *REFUSED_STATUSES.values())
}
