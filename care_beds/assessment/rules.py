"""From answers to a level, and how long it holds: GB/T 42195-2022 with its level changes. Values in, values out.

The level is worked out from the 26 answers and three circumstances only; nobody hands in a total or a level.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from care_beds.assessment.items import BY_CODE, ITEMS
from care_beds.assessment.standard import Group

# GB/T 42195-2022, table of levels: 90 is able, 66-89 mild, 46-65 moderate, 30-45 severe, 0-29 complete loss.
LEAST_TOTALS = (90, 66, 46, 30, 0)
WORST = len(LEAST_TOTALS) - 1
LEVELS = range(len(LEAST_TOTALS))
# Annex C.4: two or more falls, chokings, self-harm or getting lost within the last 30 days.
RISK_EVENTS, RISK_DAYS = 2, 30
EVENTS_AT_MOST = 99
WAKING = "item_21"


class Change(StrEnum):
    """What makes a level worse than its points."""

    COMA = "coma"
    DIAGNOSIS = "dementia_or_psychiatric_diagnosis"
    RISK_EVENTS = "risk_events_30d"


class Slip(StrEnum):
    """What is wrong with one answer."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    NOT_A_NUMBER = "not_a_number"
    FRACTIONAL = "fractional"
    NEGATIVE = "negative"
    ABOVE = "above"


class Reason(StrEnum):
    """Why somebody is assessed: 首次, 常规, 状况变化即时, 对结果有疑问, 其他."""

    FIRST = "first"
    REGULAR = "regular"
    CHANGED = "changed"
    DOUBT = "doubt"
    OTHER = "other"


class RiskKind(StrEnum):
    """The events that tell of a risk in care (A.2.14 of the form)."""

    FALL = "fall"
    CHOKING = "choking"
    LOST = "lost"
    SELF_HARM = "self_harm"
    OTHER = "other"


class Effect(StrEnum):
    """From when a level counts for what depends on it."""

    AT_ONCE = "at_once"
    NEXT_MONTH = "next_month"


class State(StrEnum):
    """How far an assessment is. What is signed never changes."""

    DRAFT = "draft"
    COMPLETE = "complete"
    SIGNED = "signed"
    DROPPED = "dropped"


class Origin(StrEnum):
    """Whose result it is: ours, or another area's taken over as it is."""

    OWN = "own"
    RECOGNISED = "recognised"


class Part(StrEnum):
    """As whom somebody signs."""

    ASSESSOR = "assessor"
    SECOND = "second"
    INFORMANT = "informant"


class Relation(StrEnum):
    """How the person who told us knows the senior."""

    SELF = "self"
    SPOUSE = "spouse"
    CHILD = "child"
    RELATIVE = "relative"
    CARER = "carer"
    NEIGHBOUR = "neighbour"
    COMMUNITY = "community"
    OTHER = "other"


# An own result rests on two assessors and whoever told them; another area's on two who saw the paper.
NEEDED: Mapping[Origin, frozenset[Part]] = {
    Origin.OWN: frozenset(Part),
    Origin.RECOGNISED: frozenset({Part.ASSESSOR, Part.SECOND}),
}


@dataclass(frozen=True, slots=True)
class ItemSlip:
    """What is wrong with one answer: which item, what, what was given and how much would be allowed."""

    item: str
    slip: Slip
    given: str = ""
    most: int | None = None


class BadAnswers(Exception):
    """Some answers cannot be judged; each is named."""

    def __init__(self, slips: tuple[ItemSlip, ...]) -> None:
        self.slips = slips
        super().__init__(", ".join(f"{each.item} {each.slip}" for each in slips))


@dataclass(frozen=True, slots=True)
class RiskCount:
    """How often something happened within the days that count: as the informant tells, and as it was recorded."""

    told: int = 0
    recorded: int = 0

    @property
    def counted(self) -> int:
        """Return the greater one: what is told may be what was recorded."""
        return max(self.told, self.recorded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What may change a level beside the points."""

    coma: bool = False
    diagnosis: bool = False
    risk_events: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The points by group and in all, the level they give, what changed it, and the level that counts."""

    groups: Mapping[Group, int]
    total: int
    base_level: int
    level: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """How many months a result holds; ``levels`` and ``reasons`` are empty where they do not matter."""

    months: int
    levels: frozenset[int] = frozenset()
    reasons: frozenset[Reason] = frozenset()

    def fits(self, level: int, reason: Reason) -> bool:
        """Say whether a result is meant."""
        return (not self.levels or level in self.levels) and (not self.reasons or reason in self.reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentRules:
    """What a place decided about assessments, by a document of the kind ``assessment_rules``."""

    document_id: int
    changes_add_up: bool
    validity: tuple[Validity, ...]
    notice_days: int
    sign_within_days: int
    takes_effect: Effect
    recognised_months: int
    provider_staff: bool
    relatives: bool


def judge(answers: Mapping[str, object], circumstances: Circumstances, *, changes_add_up: bool) -> Result:
    """Work out a level from the answers.

    :param changes_add_up: whether a diagnosis and risk events make it worse by one level each, or by one in all
    :raises BadAnswers: if an answer is missing, unknown, no whole number, negative or above what its item gives
    """
    slips = find_slips(answers)
    if slips:
        raise BadAnswers(slips)
    points = {item: _points(answers[item.code]) for item in ITEMS}
    total = sum(points.values())
    base_level = level_of(total)
    changes = list_changes(circumstances)
    return Result(
        groups={group: sum(points[item] for item in ITEMS if item.group is group) for group in Group},
        total=total,
        base_level=base_level,
        level=change_level(base_level, changes, changes_add_up=changes_add_up),
        changes=changes,
    )


def find_slips(answers: Mapping[str, object], *, is_partial: bool = False) -> tuple[ItemSlip, ...]:
    """Name every answer that cannot be judged, in the order of the items, unknown ones last.

    :param is_partial: whether items may still be open
    """
    found = [_slip(item.code, answers) for item in ITEMS if item.code in answers or not is_partial]
    unknown = [ItemSlip(name, Slip.UNKNOWN) for name in sorted(answers) if name not in BY_CODE]
    return (*(each for each in found if each), *unknown)


def find_contradictions(answers: Mapping[str, object], circumstances: Circumstances) -> tuple[str, ...]:
    """Name the items that say otherwise than the circumstances: who is in a coma is not awake.

    Not the other way round: no points for waking also stand for a stupor.
    """
    return (WAKING,) if circumstances.coma and answers.get(WAKING) not in (0, None) else ()


def list_open(answers: Mapping[str, object]) -> tuple[str, ...]:
    """Name the items without an answer."""
    return tuple(item.code for item in ITEMS if item.code not in answers)


def level_of(total: int) -> int:
    """Return the level of a total of points, 0 (able) to 4 (complete loss)."""
    return next(level for level, least in enumerate(LEAST_TOTALS) if total >= least)


def totals_of(level: int) -> tuple[int, int]:
    """Return the least and the most points of a level."""
    bounds = [(least, above - 1) for above, least in pairwise((LEAST_TOTALS[0] + 1, *LEAST_TOTALS))]
    return bounds[level]


def list_changes(circumstances: Circumstances) -> tuple[Change, ...]:
    """Return which circumstances make the level worse."""
    asked = (
        (Change.COMA, circumstances.coma),
        (Change.DIAGNOSIS, circumstances.diagnosis),
        (Change.RISK_EVENTS, circumstances.risk_events >= RISK_EVENTS),
    )
    return tuple(change for change, holds in asked if holds)


def change_level(base_level: int, changes: tuple[Change, ...], *, changes_add_up: bool) -> int:
    """Return the level that counts: a coma is the worst at once, the others go one level down, together or each."""
    if Change.COMA in changes:
        return WORST
    return min(WORST, base_level + (len(changes) if changes_add_up else min(1, len(changes))))


def valid_until(rules: AssessmentRules, *, level: int, reason: Reason, assessed_on: date) -> date:
    """Return the day from which a result no longer holds.

    :raises ValueError: if the document says nothing of such a result, which its checks do not let pass
    """
    for validity in rules.validity:
        if validity.fits(level, reason):
            return add_months(assessed_on, validity.months)
    raise ValueError(f"no validity for level {level}")


def counts_from(rules: AssessmentRules, *, signed_on: date) -> date:
    """Return the day from which a signed level counts."""
    if rules.takes_effect is Effect.AT_ONCE:
        return signed_on
    return add_months(signed_on.replace(day=1), 1)


def add_months(day: date, months: int) -> date:
    """Return the same day some months on, or the last day of a shorter month."""
    number = day.year * 12 + day.month - 1 + months
    first = date(number // 12, number % 12 + 1, 1)
    following = date((number + 1) // 12, (number + 1) % 12 + 1, 1)
    return first.replace(day=min(day.day, (following - first).days))


def is_due(valid_until_on: date | None, *, today: date, notice_days: int) -> bool:
    """Say whether it is time to assess again."""
    return valid_until_on is not None and valid_until_on <= today + timedelta(days=notice_days)


def _slip(code: str, answers: Mapping[str, object]) -> ItemSlip | None:
    most = BY_CODE[code].most
    given = answers.get(code)
    if given is None:
        return ItemSlip(code, Slip.MISSING, most=most)
    slip = _slip_of(given, most)
    return ItemSlip(code, slip, str(given)[:20], most) if slip else None


def _slip_of(given: object, most: int) -> Slip | None:
    # True is a 1 to Python, and no answer.
    if isinstance(given, bool) or not isinstance(given, int | float):
        return Slip.NOT_A_NUMBER
    if isinstance(given, float):
        return Slip.FRACTIONAL
    if given < 0:
        return Slip.NEGATIVE
    return Slip.ABOVE if given > most else None


def _points(given: object) -> int:
    assert isinstance(given, int)  # find_slips has looked
    return given
