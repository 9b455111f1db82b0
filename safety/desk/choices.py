"""What an operator chooses from: results, outcomes, causes and shelf times, as the documents of the place name them."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from app.web.wording import in_language
from safety.alerts.ladders import Means
from safety.alerts.terms import AlertRules, Result
from safety.desk.words import span_words

# Offered as long as the document allows them.
SHELF_MINUTES = (15, 30, 60, 120, 240, 480, 1440, 4320, 10080)

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """One button under a step."""

    code: str
    word: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything to choose from for one alert."""

    results: Sequence[Answer]
    called: Pairs
    outcomes: Pairs
    causes: Pairs
    shelve_minutes: Pairs


def make_choices(rules: AlertRules, *, priority: int) -> Choices:
    """Return what the documents of a place offer for an alert."""
    most = rules.shelve_minutes.get(priority, 0)
    return Choices(
        results=_answers(rules),
        called=[(each.code, str(in_language(each.name))) for each in _of_services(rules)],
        outcomes=[("", _("Choose")), *((each.code, str(in_language(each.name))) for each in rules.outcomes)],
        causes=[("", _("Choose")), *((each.code, str(in_language(each.name))) for each in rules.causes)],
        shelve_minutes=[(str(each), span_words(each)) for each in SHELF_MINUTES if each <= most],
    )


def _answers(rules: AlertRules) -> Sequence[Answer]:
    """Return what can come of a call; the first word of each meaning is at hand, the others a press away."""
    met: set[Means] = set()
    found = []
    for each in rules.results:
        is_first = each.means not in met and each.means is not Means.TOLD
        met.add(each.means)
        found.append(Answer(each.code, str(in_language(each.name)), is_first))
    return found


def _of_services(rules: AlertRules) -> Sequence[Result]:
    """Return what can come of a call to an ambulance: they come, whatever a document calls it; the last fits best."""
    return [each for each in reversed(rules.results) if each.means in (Means.COMING, Means.NONE)]


def outcome_words(rules: AlertRules, *, outcome: str, cause: str) -> str:
    """Say how an alert ended and why, in the words of the document."""
    ended = rules.outcome(outcome)
    why = next((each for each in rules.causes if each.code == cause), None)
    words = [str(in_language(each.name)) for each in (ended, why) if each is not None]
    return _(", ").join(words) or outcome
