"""What is refused about disputes."""

from flask_babel import lazy_gettext as _l

from app.errors import Forbidden, NotFound, Refused


class DisputeNotFound(NotFound):
    """There is no such dispute, or the caller may not know of it."""

    code = "dispute_not_found"
    detail = _l("There is no such dispute, or it lies outside your area.")


class AlreadyDisputed(Refused):
    """One line, one open dispute."""

    code = "already_disputed"
    detail = _l("Somebody of the family has asked about this line already. The street answers it.")


class DisputeClosed(Refused):
    """It was answered, or taken back."""

    code = "dispute_closed"
    detail = _l("This dispute is closed: it was answered or taken back. See how it stands now.")


class OwnDispute(Forbidden):
    """Whoever asks does not answer."""

    code = "own_dispute"
    detail = _l("You opened this dispute yourself. Somebody else of the street must answer it.")
