"""What devices are refused, each with a stable code."""

from flask_babel import lazy_gettext as _l

from app.errors import Declined, NotFound, NotSignedIn, TooMany


class EnrolmentUnknown(Declined, NotFound):
    """No such code, or it is used or over; which of them is not told."""

    status = 404
    code = "enrolment_unknown"
    title = _l("This code makes no till")
    detail = _l("It was used, or is too old. The canteen manager makes a new one under Tills.")


class EnrolmentsLocked(Declined, TooMany):
    """Too many wrong codes from one address."""

    status = 429
    code = "enrolment_locked"
    title = _l("Please wait before the next try")


class TillRevoked(NotSignedIn):
    """The manager took the device's leave to sell away."""

    code = "till_revoked"
    title = _l("This till may no longer sell")
    detail = _l("The canteen manager took it out of use. Sales that still wait in it can be exported and handed in.")


class DeviceNotFound(NotFound):
    """There is no such device in the caller's canteens."""

    code = "device_not_found"
    detail = _l("There is no such device in your canteens.")


class TillUnfit(NotFound):
    """The till was taken out of use."""

    code = "till_withdrawn"
    detail = _l("This till is out of use. Bring it back first.")
