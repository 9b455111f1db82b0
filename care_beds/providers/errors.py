"""What the register of providers refuses."""

from flask_babel import lazy_gettext as _l

from app.errors import Forbidden, NotFound, Refused


class ProviderNotFound(NotFound):
    """There is no such provider, or the caller may not know of it."""

    code = "provider_not_found"
    detail = _l("There is no such provider, or it lies outside your area.")


class CarerNotFound(NotFound):
    """There is no such carer among those the caller may know of."""

    code = "carer_not_found"
    detail = _l("There is no such carer, or they work for a provider outside your area.")


class CertificateNotFound(NotFound):
    """This carer has no such certificate."""

    code = "certificate_not_found"
    detail = _l("This carer has no such certificate.")


class KinNotFound(NotFound):
    """This carer has declared no such relation."""

    code = "kin_not_found"
    detail = _l("This carer has no such declaration.")


class ProviderEnded(Refused):
    """Nobody is hired by a provider whose agreement was ended."""

    code = "provider_ended"
    title = _l("This provider has ended")
    detail = _l("The agreement with this provider was ended. Nothing new begins there.")


class CarerLeft(Refused):
    """What is written about a carer ends with the day they leave."""

    code = "carer_left"
    title = _l("This carer has left")
    detail = _l("This person no longer works for the provider. What was written down stays.")


class CarerEmployed(Refused):
    """One person works for one provider at a time."""

    code = "carer_employed"
    title = _l("This person works for a provider already")
    detail = _l("A carer with this ID number works for a provider. They must leave there before they begin here.")


class OtherProvider(Forbidden):
    """A manager looks after the carers of their own provider."""

    code = "other_provider"
    detail = _l("You look after the carers of your own provider only.")


class ProviderBusy(Refused):
    """A provider ends once the people it looks after are with others."""

    code = "provider_busy"
    title = _l("Beds are still looked after here")


class StateUnchanged(Refused):
    """What is asked for is so already, or cannot follow on what is."""

    code = "state_unchanged"
    title = _l("This does not follow on what is there now")
    detail = _l("Load the page anew: the state has changed meanwhile, or it is an end.")


class NobodyWithCard(Refused):
    """A declaration names somebody by card and name; which of the two is wrong is not told."""

    code = "nobody_with_card"
    title = _l("Nobody found")
    detail = _l("There is no senior with this card and this name. Read both from the card itself.")
