"""What is refused about grant runs and corrections."""

from flask_babel import lazy_gettext as _l

from app.errors import Forbidden, NotFound, Refused


class RunNotFound(NotFound):
    """There is no such run, or it concerns other places."""

    code = "run_not_found"
    detail = _l("There is no such grant run, or it lies outside your area.")


class NoProgramme(NotFound):
    """No document of this programme holds in the area on the day of issue."""

    code = "no_programme"
    detail = _l("No published programme of this code holds there on the day of issue.")


class RunOpen(Refused):
    """Another run of the programme, month and area waits to be decided."""

    code = "run_open"
    detail = _l("A run of this programme, month and area lies open already. Decide that one first.")


class MonthTooFar(Refused):
    """The month has not begun and is not the next one, or lies years back."""

    code = "month_too_far"
    detail = _l("Grants are prepared for this month, the next one, or one of the last twelve.")


class NotLookedThrough(Refused):
    """The run has not looked at everybody yet."""

    code = "not_looked_through"
    detail = _l("Not everybody was looked at yet. Wait until the preview is complete.")


class NotApproved(Refused):
    """Only what somebody else approved is posted."""

    code = "not_approved"
    detail = _l("This run is not approved yet. Somebody other than its maker must approve it first.")


class NotDueYet(Refused):
    """The day of issue has not come."""

    code = "not_due_yet"


class OutsideOwnArea(Forbidden):
    """The area of the run is not the caller's."""

    code = "outside_own_area"
    detail = _l("This concerns a place outside your area.")


class CorrectionNotFound(NotFound):
    """There is no such correction, or it concerns other places."""

    code = "correction_not_found"
    detail = _l("There is no such correction, or it lies outside your area.")


class NothingToCorrect(Refused):
    """What was granted is what was due."""

    code = "nothing_to_correct"
    detail = _l("What was granted is what was due by what is known now. There is nothing to correct.")
