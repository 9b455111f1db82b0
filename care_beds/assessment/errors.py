"""What assessing is refused, and what to do then."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.errors import Conflict, Forbidden, Invalid, NotFound
from care_beds.assessment.rules import State


class AssessmentNotFound(NotFound):
    """There is no such assessment for the caller."""

    code = "assessment_not_found"
    detail = _l("There is no such assessment in your area.")


class AnswersRefused(Invalid):
    """Some answers cannot be judged; ``errors`` names each item."""

    code = "answers_refused"
    title = _l("Some answers are not right")
    detail = _l("Each is named below. Nothing was worked out.")


class AssessmentOpen(Conflict):
    """One person is assessed once at a time."""

    code = "assessment_open"
    title = _l("This person is being assessed already")
    detail = _l("Go on with the assessment that is there, or drop it first.")


class NotAssessable(Conflict):
    """Nobody assesses the dead."""

    code = "not_assessable"
    title = _l("This person cannot be assessed")
    detail = _l("The person has died.")


class NoAssessmentRules(Conflict):
    """How long results hold and who may assess is not decided here."""

    code = "no_assessment_rules"
    title = _l("Nobody is assessed here yet")
    detail = _l("The rules for it are not published for this place. The district publishes them under Policies.")


class MayNotAssess(Forbidden):
    """Whoever has a stake in the result does not find it."""

    code = "may_not_assess"
    title = _l("You may not assess this person")


class AssessmentMoved(Conflict):
    """The step does not follow from how the assessment stands."""

    code = "assessment_moved"
    title = _l("This does not fit how the assessment stands")

    def __init__(self, state: str) -> None:
        super().__init__(STATE_WORDS[State(state)], code=f"assessment_{state}")


class SignedTwice(Conflict):
    """Two people sign, not one twice."""

    code = "signed_twice"
    title = _l("You have signed already")
    detail = _l("The second signature is another person's, with a log-in of their own.")


class SignedByBoth(Conflict):
    """There is nothing left to sign."""

    code = "signed_by_both"
    title = _l("Both assessors have signed")
    detail = _l("Only who told us is still missing.")


STATE_WORDS: Mapping[State, Any] = {
    State.DRAFT: _l("It is still being filled in. Answer every item and finish it first."),
    State.COMPLETE: _l("It is finished and waits for signatures. Reopen it to change an answer."),
    State.SIGNED: _l("It is signed and final. Who doubts it asks for a new assessment."),
    State.DROPPED: _l("It was dropped. Start a new one."),
}
STAKE_WORDS: Mapping[str, Any] = {
    "role": _l("Only assessors sign what was assessed here."),
    "provider": _l("You work for a provider of care, which is paid by the level. Another assessor does it."),
    "relative": _l("You are linked to this person as family. Another assessor does it."),
}
