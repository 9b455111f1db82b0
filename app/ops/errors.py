"""What is refused while the product is run."""

from flask_babel import lazy_gettext as _l

from app.errors import Invalid, NotFound, Refused


class NothingDue(Refused):
    """Nobody's data has to go."""

    code = "nothing_due"
    title = _l("Nothing is due")
    detail = _l("No personal data has to be destroyed yet, or all of it stands on a list already.")


class ShreddingNotFound(NotFound):
    """There is no such list."""

    code = "shredding_not_found"
    detail = _l("There is no such list of data to destroy.")


class NotApproved(Refused):
    """A second person has not signed."""

    code = "not_approved"
    detail = _l("This list is carried out after a second person has approved it.")


class DrillRunning(Refused):
    """Another drill of restoring runs."""

    code = "drill_running"
    detail = _l("Another drill of restoring is running here.")


class UnknownAccount(Invalid):
    """A command named an account that is none."""

    code = "unknown_account"
    detail = _l("There is no such account, or it may not do this.")
