"""What is refused about applications."""

from collections.abc import Mapping, Sequence

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, Refused
from app.web.language import current_language
from subsidies.applications.rules import Objection


class NoRules(Refused):
    """Deadlines come from a policy document, and there is none for this place and day."""

    code = "no_application_rules"
    detail = _l("No rules for applications are in force here. Publish a document first.")


class NotByApplication(Invalid):
    """There is no such programme here, or nobody has to ask for it."""

    code = "not_by_application"
    detail = _l("Nobody can apply for this programme here: it is granted by data, or does not hold at hukou or home.")


class AlreadyApplied(Conflict):
    """One at a time."""

    code = "already_applied"
    detail = _l("An application for this programme is open already. Finish that one first.")


class AlreadyApproved(Conflict):
    """What is approved needs no second application."""

    code = "already_approved"
    detail = _l("The person is in this programme already.")


class Reasoned(Refused):
    """A refusal that says what was compared, in both languages."""

    def __init__(self, explanation: Mapping[str, Sequence[str]]) -> None:
        told = LazyString(lambda: " ".join(explanation.get(current_language(), ())) or str(type(self).title))
        super().__init__(told, extra={"explanation": dict(explanation)})


class Excluded(Reasoned):
    """Another programme that the person has rules this one out."""

    code = "programme_excluded"
    title = _l("Another programme rules this out")


class NotEntitled(Reasoned):
    """The facts as known do not meet the programme."""

    code = "not_entitled"
    title = _l("The facts as known do not meet the programme")


class Deceased(Refused):
    """Nobody applies for the dead."""

    code = "senior_deceased"
    detail = _l("The person has died.")


class WrongState(Conflict):
    """The application is not where this step begins."""

    code = "wrong_state"
    detail = _l("This step does not fit where the application stands now. Load the page again.")


class SamePerson(Forbidden):
    """Somebody who had a hand in it may not decide."""

    code = "same_person"
    detail = _l("You recorded, checked or decided this application before. Somebody else must decide now.")


class EndingAsked(Conflict):
    """One at a time."""

    code = "ending_asked"
    detail = _l("Somebody has asked to end this approval already. Decide on that first.")


class EndingNotAsked(NotFound):
    """Nobody asked, or it was decided."""

    code = "ending_not_asked"
    detail = _l("Nobody has asked to end this approval, or it was decided before.")


class TooLate(Refused):
    """The day has passed."""

    code = "appeal_too_late"
    detail = _l("The last day for an appeal has passed.")


class DocumentRefused(Invalid):
    """A file that cannot be taken."""

    code = "document_refused"


ERRORS: dict[Objection, type[DomainError]] = {
    Objection.WRONG_STATE: WrongState,
    Objection.SAME_PERSON: SamePerson,
    Objection.TOO_LATE: TooLate,
}
