"""What beds are refused, and what to do then."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from app.errors import Conflict, Forbidden, NotFound
from care_beds.beds.rules import Objection


class BedNotFound(NotFound):
    """There is no such bed for the caller."""

    code = "bed_not_found"
    detail = _l("There is no such bed in your area or with your provider.")


class BedExists(Conflict):
    """One person, one bed."""

    code = "bed_exists"
    title = _l("There is a bed for this person already")
    detail = _l("A person has one bed, whatever the programme. Go on with that one, or close it first.")


class NoBedRules(Conflict):
    """Nobody published for whom a bed is here."""

    code = "no_bed_rules"
    title = _l("No rules for beds are in force here")
    detail = _l("The rules for it are not published for this place. The district publishes them under Policies.")


class ProgrammeUnfit(Conflict):
    """The programme is not for this person."""

    code = "programme_unfit"
    title = _l("This programme is not for this person")


class SeniorGone(Conflict):
    """A bed stands in the home of somebody who lives there."""

    code = "senior_gone"
    title = _l("No bed can be set up for this person")
    detail = _l("By the register the person has died, moved away, or lives in an institution.")


class WrongStep(Conflict):
    """The step does not follow where the bed stands."""

    code = "wrong_step"
    title = _l("This step does not come next")
    detail = _l("Steps come one after another, and none is left out. Somebody may have taken this one meanwhile.")


class NotYourStep(Forbidden):
    """Another role takes this step."""

    code = "not_your_step"
    detail = _l("This step is taken by somebody in another role.")


class NoAssessment(Conflict):
    """Nothing says how able the person is."""

    code = "no_assessment"
    title = _l("No assessment is in force")
    detail = _l("The person is assessed first, by two assessors, and the result is signed.")


class LevelUnfit(Conflict):
    """The person is too able, or not able enough, for the programme."""

    code = "level_unfit"
    title = _l("The ability level does not fit the programme")


class NoSurvey(Conflict):
    """Nobody looked at the home, or too long ago."""

    code = "no_survey"
    title = _l("The home is to be surveyed anew")


class NoProvider(Conflict):
    """Nobody is to look after the bed yet."""

    code = "no_provider"
    title = _l("No provider is chosen")
    detail = _l("Choose the provider with the family first.")


class ProviderUnfit(Conflict):
    """The provider may not take a bed on."""

    code = "provider_unfit"
    title = _l("This provider cannot take the bed on")


class ProviderFull(Conflict):
    """Every place of the provider is taken."""

    code = "provider_full"
    title = _l("This provider has no place free")


class AgreementOpen(Conflict):
    """One draft at a time."""

    code = "agreement_open"
    title = _l("An agreement waits for signatures already")
    detail = _l("Sign that one, or take it back first.")


class NoAgreement(Conflict):
    """Nothing to sign, or nothing signed."""

    code = "no_agreement"
    title = _l("There is no agreement for this")
    detail = _l("Draw up an agreement first.")


class AgreementOverlaps(Conflict):
    """Two agreements cannot bind a bed on the same day."""

    code = "agreement_overlaps"
    title = _l("Another agreement holds on some of these days")
    detail = _l("Let the new one begin when the other ends.")


class SignedAlready(Conflict):
    """Each party signs once, each person for one party."""

    code = "signed_already"
    title = _l("This signature is there already")
    detail = _l("Each party signs once, and nobody signs for two of them.")


class NotBuilt(Conflict):
    """Something is missing."""

    code = "not_built"
    title = _l("Something is still missing")


class SamePerson(Conflict):
    """Who builds does not accept."""

    code = "same_person"
    title = _l("Somebody else has to do this")
    detail = _l("Whoever had a hand in fitting out the home does not test or accept it.")


class SerialTaken(Conflict):
    """One device is in one home."""

    code = "serial_taken"
    title = _l("A device with this serial number stands in a home already")
    detail = _l("Write down its return there first, or check the number.")


class DevicesThere(Conflict):
    """Devices come back first."""

    code = "devices_there"
    title = _l("Devices are still in the home")
    detail = _l("Write down that they came back, or what became of them.")


class StayTooShort(Conflict):
    """A short stay in hospital does not suspend a bed."""

    code = "stay_too_short"
    title = _l("The stay in hospital is too short for that")


class NotInRegister(Conflict):
    """The register of persons does not say so."""

    code = "not_in_register"
    title = _l("The register says otherwise")


class WrongDay(Conflict):
    """The day lies where the step cannot take effect."""

    code = "wrong_day"
    title = _l("This day does not fit")


class ThingMoved(Conflict):
    """A device or a change to the home stands elsewhere by now."""

    code = "thing_moved"
    title = _l("This does not fit how it stands")
    detail = _l("Somebody has changed it meanwhile. Look at it again.")


OBJECTIONS: Mapping[Objection, type[Conflict] | type[Forbidden]] = {
    Objection.WRONG_STATE: WrongStep,
    Objection.WRONG_ROLE: NotYourStep,
}
