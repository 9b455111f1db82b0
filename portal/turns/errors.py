"""What is refused about turns of life."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from app.errors import Conflict, DomainError, Invalid, NotFound
from portal.turns.rules import Objection


class TurnNotFound(NotFound):
    """There is none, or it is about somebody of another area."""

    code = "turn_not_found"


class DeadAlready(Conflict):
    """Nothing follows a death."""

    code = "dead_already"
    detail = _l("The register knows of the death already. Nothing can follow it.")


class RecordedAlready(Conflict):
    """The register says so already."""

    code = "recorded_already"
    detail = _l("The register says so already. Nothing was changed.")


class NotFromHere(Conflict):
    """The event does not fit what the register says of the day."""

    code = "not_from_here"
    detail = _l("This does not fit what the register says of that day. Look at the status over time first.")


class TurnUndone(Conflict):
    """It was taken back before."""

    code = "turn_undone"
    detail = _l("This was taken back before.")


class UndoAsked(Conflict):
    """Somebody asked before, and nobody has decided."""

    code = "undo_asked"
    detail = _l("Somebody asked for this before. A second person decides.")


class NothingAsked(Conflict):
    """Nobody asked for it."""

    code = "nothing_asked"
    detail = _l("There is nothing to decide: nobody asked for it, or it was decided before.")


class RowDecided(Conflict):
    """Somebody decided this row before."""

    code = "row_decided"
    detail = _l("This row was decided before.")


class NotACandidate(Invalid):
    """The person is none of those who were found."""

    code = "not_a_candidate"
    detail = _l("Choose one of the people who were found, or nobody.")


def _ahead() -> DomainError:
    return Invalid(errors={"from_on": [_l("This day lies ahead. Record it when it has come.")]})


def _end_before() -> DomainError:
    return Invalid(errors={"until_on": [_l("The end must come after the first day.")]})


def _no_end() -> DomainError:
    return Invalid(errors={"until_on": [_l("Only a stay has an end.")]})


ERRORS: Mapping[Objection, type[DomainError]] = {
    Objection.DEAD: DeadAlready,
    Objection.ALREADY: RecordedAlready,
    Objection.NOT_FROM_HERE: NotFromHere,
}
FIELD_ERRORS = {Objection.AHEAD: _ahead, Objection.END_BEFORE: _end_before, Objection.NO_END: _no_end}


def refusal_of(objection: Objection) -> DomainError:
    """Return what to raise for an objection."""
    return FIELD_ERRORS[objection]() if objection in FIELD_ERRORS else ERRORS[objection]()
