"""What is refused about findings."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from app.errors import DomainError, Forbidden, Invalid, NotFound, Refused
from subsidies.findings.rules import Objection


class FindingNotFound(NotFound):
    """There is no such finding, or the caller may not know of it."""

    code = "finding_not_found"
    detail = _l("There is no such finding, or it lies outside your area.")


class OutOfTurn(Refused):
    """The finding stands elsewhere: somebody took this step, or another, before."""

    code = "finding_moved_on"
    detail = _l("Somebody else was faster, or this is not its turn. See how the finding stands now.")


class NobodyAsked(Refused):
    """Nobody was heard yet."""

    code = "nobody_asked"
    detail = _l("Ask first. Nothing is confirmed before those concerned could say something.")


class TimeToAnswer(Refused):
    """The question is not overdue."""

    code = "time_to_answer"
    detail = _l("There is still time to answer. Wait for the answer, or until it is overdue.")


class OwnAnswer(Forbidden):
    """Whoever answers does not judge."""

    code = "own_answer"
    detail = _l("You answered this yourself. Somebody else must decide it.")


class NotAsked(Forbidden):
    """Somebody else was asked."""

    code = "not_asked"
    detail = _l("You were not asked about this.")


class NoCanteen(Invalid):
    """There is no canteen to ask."""

    code = "no_canteen"

    def __init__(self) -> None:
        super().__init__(errors={"asked_of": [_l("This finding is about no canteen. Ask the street.")]})


class NoProvider(Invalid):
    """There is no provider to ask."""

    code = "no_provider"

    def __init__(self) -> None:
        super().__init__(errors={"asked_of": [_l("This finding is about no provider. Ask the street.")]})


class UnknownCheck(Invalid):
    """Nobody registered this check."""

    code = "unknown_check"

    def __init__(self, codes: str) -> None:
        super().__init__(errors={"check": [_l("There is no such check. Known are: %(codes)s.", codes=codes)]})


class NoDocument(Refused):
    """No published document says from which numbers on the checks speak."""

    code = "no_audit_checks"
    detail = _l("No policy document of the kind “Checks for auditors” holds today. Publish one first.")


class AlreadyRunning(Refused):
    """The checks run at this moment."""

    code = "checks_running"
    detail = _l("The checks are running at this moment. Wait until they are done.")


ERRORS: Mapping[Objection, type[DomainError]] = {
    Objection.OUT_OF_TURN: OutOfTurn,
    Objection.NOBODY_ASKED: NobodyAsked,
    Objection.TIME_TO_ANSWER: TimeToAnswer,
    Objection.OWN_ANSWER: OwnAnswer,
}
