"""What is refused about seniors and cards."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.errors import Conflict, Forbidden, Invalid, Refused


class AlreadyRegistered(Conflict):
    """One ID number is one person."""

    code = "already_registered"
    title = _l("Registered already")
    detail = _l("A person with this ID number is registered already. Look the person up instead.")


class DeceasedRegistered(Conflict):
    """One ID number is one person, for ever."""

    code = "deceased_registered"
    title = _l("Registered as deceased")
    detail = _l("The person with this ID number is registered as deceased and cannot be entered again.")


class AreaNotYours(Forbidden):
    """A senior is entered by the place where they live or are registered."""

    code = "area_not_yours"
    detail = _l("Neither hukou nor home lies in your area. The street where the person lives must enter this.")


class SeniorDeceased(Refused):
    """The dead get no cards."""

    code = "senior_deceased"
    detail = _l("The person has died. No card can be issued.")


class CardIssuedAlready(Refused):
    """A person has at most one card that pays."""

    code = "card_issued_already"
    detail = _l("The person has a card in use. Report it lost or replace it first.")


class CardNotChangeable(Refused):
    """A card that is no longer in use cannot go back."""

    title = _l("This card is no longer in use")

    def __init__(self, state: str) -> None:
        super().__init__(STATE_WORDS[state], code=f"card_{state}")


STATE_WORDS: dict[str, Any] = {
    "lost": _l("The card is reported lost already. Replace it, or cancel it."),
    "replaced": _l("The card was replaced by another already."),
    "cancelled": _l("The card was cancelled already."),
}


class PersonalNumberInAddress(Invalid):
    """Addresses end up in logs and histories; what identifies a person must not."""

    code = "personal_number_in_address"
    detail = _l(
        "An ID or phone number must not stand in a web address. "
        "Send it in the body, to POST /api/v1/people/seniors/search."
    )


class ImportNotReady(Conflict):
    """A file can be confirmed only after it was checked, and once."""

    code = "import_not_ready"
    detail = _l("This file is not waiting for a decision any more. Look at its page for what happened.")


class StatusMoved(Conflict):
    """The register says something else by now."""

    code = "status_moved"
    detail = _l("The register was changed since. Correct what it says now instead.")
