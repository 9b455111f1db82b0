"""What is refused about relatives."""

from flask_babel import lazy_gettext as _l

from app.errors import Conflict, Declined, Forbidden, NotFound, Refused


class ConsentMissing(Forbidden):
    """The senior has not agreed that this relative sees this topic."""

    code = "consent_missing"
    title = _l("No consent for this")
    detail = _l(
        "The person you care for has not agreed that you see this. They can agree at their street office, "
        "in person or by telephone."
    )


class OfferUnknown(Declined, NotFound):
    """No offer waits for this code; whether one did before is not told."""

    status = 404
    code = "offer_unknown"
    title = _l("This code opens nothing")
    detail = _l("Check the digits on the paper. A code is good once and for some days; the street can print a new one.")


class LinkedAlready(Refused):
    """One account and one senior have one link."""

    code = "linked_already"
    detail = _l("You are linked to this person already, or have asked to be.")


class LinkClosed(Conflict):
    """The link was decided or ended in the meantime."""

    code = "link_closed"
    detail = _l("This was decided or ended in the meantime. Look at the page again.")


class OwnLink(Refused):
    """Nobody decides at the counter about a link of their own."""

    code = "own_link"
    detail = _l("This is your own link. A colleague must do this.")


class RequestsWaiting(Refused):
    """Somebody asks to be linked to ever more people."""

    code = "requests_waiting"
    detail = _l("Several requests of yours wait already. Wait for their answers, or take a card to the street office.")


class LinkTheDeceased(Refused):
    """Nobody is linked anew to somebody who has died."""

    code = "link_deceased"
    detail = _l("The person has died. No new link can be made.")
