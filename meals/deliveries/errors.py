"""What ordering, bringing and fetching a meal is refused, and what to do then."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from app.errors import Conflict, NotFound
from meals.deliveries.rules import TooLate


class DeliveryNotFound(NotFound):
    """There is no such delivery for the caller."""

    code = "delivery_not_found"
    detail = _l("There is no such delivery in your canteens.")


class DeliveryExists(Conflict):
    """One guest, one meal, one delivery."""

    code = "delivery_exists"
    title = _l("This meal is ordered already")
    detail = _l("One meal is brought home once. Change or cancel the order that is there.")


class NoDelivery(Conflict):
    """Nobody brings meals by a document here."""

    code = "no_delivery"
    title = _l("No meals are brought home here")
    detail = _l("The rules for it are not published for this place. The district publishes them under Policies.")


class OrderClosed(Conflict):
    """Too early or too late."""

    code = "order_closed"
    title = _l("This meal cannot be ordered")


class DeliveryMoved(Conflict):
    """Somebody was faster, or the step does not follow."""

    code = "delivery_moved"
    title = _l("This does not fit how the delivery stands")
    detail = _l("Somebody has changed it meanwhile. Look at it again.")


class NotNow(Conflict):
    """A meal leaves the kitchen within its own hours, so that it counts as that meal."""

    code = "not_now"
    title = _l("It is not the time of this meal")


class NoCardInUse(Conflict):
    """Nothing pays for this guest."""

    code = "no_card_in_use"
    title = _l("The guest has no card in use")
    detail = _l("The street office issues a card. Until then nothing can be sold to the guest.")


class WithoutSubsidy(Conflict):
    """The meal would be sold at full price: the guest is asked first, as at the till."""

    code = "without_subsidy"
    title = _l("This meal would get no subsidy")


class NotYours(Conflict):
    """Another person brings it."""

    code = "not_yours"
    title = _l("Somebody else brings this meal")
    detail = _l("Take it over first, if that is agreed.")


class FetchTooLate(Conflict):
    """Only the manager writes down later who fetched a meal."""

    code = "fetch_too_late"
    title = _l("Too late to write this down at the counter")
    detail = _l("Ask the manager.")


ORDER_FAULTS: Mapping[TooLate, object] = {
    TooLate.DAY_OVER: _l("This day is over. Choose today or a later day."),
    TooLate.TOO_FAR: _l("This day is too far ahead. Choose an earlier one."),
    TooLate.NO_SUCH_MEAL: _l("This meal is not served here. Choose another one."),
    TooLate.CLOSED: _l("Orders for this meal are closed. Choose the next one."),
}
