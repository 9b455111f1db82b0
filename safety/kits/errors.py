"""What kits refuse."""

from flask_babel import lazy_gettext as _l

from app.errors import NotFound, Refused


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


class SettingNotFound(NotFound):
    """This home has no such setting."""

    code = "setting_not_found"
    detail = _l("This home has no such setting.")


class NoKitRules(Refused):
    """No document says who may have a kit and what it is made of."""

    code = "no_kit_rules"
    title = _l("No rules for kits are in force here")
    detail = _l("Publish a document “Kits and devices” for this place first.")


class KitUnfit(Refused):
    """A kit, or one that the public purse pays for, is not for this person."""

    code = "kit_unfit"
    title = _l("This kit is not for this person")


class HomeExists(Refused):
    """There is a home, or an application for one."""

    code = "home_exists"
    title = _l("There is a kit for this person already")
    detail = _l("This person has a kit, or one was applied for. End that one first.")


class HomeSeniorGone(Refused):
    """The person does not live there any more."""

    code = "senior_gone"
    title = _l("This person does not live at home")
    detail = _l("By the register this person has died, moved away, or lives in an institution.")


class HomeEnded(Refused):
    """Nothing more happens in a home that ended."""

    code = "home_ended"
    title = _l("This home has ended")
    detail = _l("The kit was taken away. Apply anew for another one.")


class HomeNotReady(Refused):
    """Something is missing before a home can be watched over."""

    code = "home_not_ready"
    title = _l("Something is missing before this home can be watched over")


class DevicesThere(Refused):
    """Devices stand in the home."""

    code = "devices_there"
    title = _l("Devices stand in this home")
    detail = _l("Write down of each device that it came back or was lost, then end the home.")


class DeviceUnfit(Refused):
    """What is asked does not follow on what the device is now."""

    code = "device_unfit"
    title = _l("This does not fit what the device is now")
    detail = _l("Load the page anew: the device was moved, installed or returned meanwhile.")


class DeviceExists(Refused):
    """A device of this serial number, or of this name at its gateway, is in use."""

    code = "device_exists"
    title = _l("There is such a device already")
    detail = _l("A device in use has this serial number, or its gateway calls another device by this name.")


class GatewayExists(Refused):
    """A gateway has this code."""

    code = "gateway_exists"
    title = _l("There is such a gateway already")
    detail = _l("Another gateway has this code. Codes are never used twice.")


class GatewayRevoked(Refused):
    """A gateway that was taken out of use stays out of use."""

    code = "gateway_revoked"
    title = _l("This gateway was taken out of use")
    detail = _l("Add a new one; what was sent through this one stays.")


class SettingOverlaps(Refused):
    """Another setting of the home holds on one of these days."""

    code = "setting_overlaps"
    title = _l("Another setting holds on these days")
    detail = _l("End the setting that holds, or choose days after it.")
