"""What kits refuse."""

from flask_babel import lazy_gettext as _l

from app.errors import NotFound


class HomeNotFound(NotFound):
    """There is no such home, or the caller may not know of it."""

    code = "home_not_found"
    detail = _l("There is no such home, or it lies outside your area.")


class GatewayNotFound(NotFound):
    """There is no such gateway, or the caller may not know of it."""

    code = "gateway_not_found"
    detail = _l("There is no such gateway, or it lies outside your area.")


class DeviceNotFound(NotFound):
    """There is no such device, or the caller may not know of it."""

    code = "device_not_found"
    detail = _l("There is no such device, or it lies outside your area.")


class ContactNotFound(NotFound):
    """Nobody of this number is called about this home."""

    code = "contact_not_found"
    detail = _l("Nobody like this is on the list of this home.")
