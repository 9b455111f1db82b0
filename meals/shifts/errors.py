"""What opening and closing a shift is refused, and what to do then."""

from flask_babel import lazy_gettext as _l

from app.errors import Conflict, NotFound


class ShiftNotFound(NotFound):
    """There is no such shift in the caller's canteens."""

    code = "shift_not_found"
    detail = _l("There is no such shift in your canteens.")


class ShiftOpen(Conflict):
    """One drawer, one shift at a time."""

    code = "shift_open"
    title = _l("A shift is open at this till")
    detail = _l("Count its drawer and close it first.")


class ShiftClosed(Conflict):
    """It was closed before; what was counted stays."""

    code = "shift_closed"
    title = _l("This shift was closed before")


class SalesWaiting(Conflict):
    """Sales that the server does not know yet would be missing in the totals."""

    code = "sales_waiting"
    title = _l("Sales wait to be sent")
    detail = _l("Wait until every sale has reached the server, then close the shift.")


class TotalsDiffer(Conflict):
    """The till and the server do not know of the same sales."""

    code = "totals_differ"
    title = _l("The till and the server do not have the same sales")
