"""The form and the report of one assessment as pages show them: every item with its anchors, in one language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.areas.queries import name_places
from app.auth import Actor
from app.clock import business_day
from app.people.access import sees_name
from app.people.queries import SeniorView, get_senior
from app.web.wording import in_language, short_day
from care_beds.assessment import reading, risks
from care_beds.assessment.access import get_assessment
from care_beds.assessment.drafting import CIRCUMSTANCES, COMA, DIAGNOSIS, value_of
from care_beds.assessment.forms import BESIDE
from care_beds.assessment.items import BY_GROUP
from care_beds.assessment.models import Assessment
from care_beds.assessment.rules import RiskKind, State, find_contradictions, totals_of
from care_beds.assessment.signing import read_circumstances
from care_beds.assessment.standard import GROUP_WORDS, Item
from care_beds.assessment.wording import CIRCUMSTANCE_NAMES, item_name, say
from subsidies.allowance.queries import Turn, weigh_ability

# On the form more than three is one choice.
MANY = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """An item or a circumstance with its choices, the answer that stands and its revision."""

    key: str
    number: str
    name: str
    about: str
    choices: Sequence[tuple[int, str]]
    value: int | None
    revision: int
    most: int
    hint: str = ""
    is_short: bool = False

    @property
    def chosen(self) -> str:
        """Return the words of the answer that stands."""
        return dict(self.choices).get(self.value if self.value is not None else -1, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the form: a group of items, or the circumstances."""

    code: str
    name: str
    questions: Sequence[Question]
    points: int | None

    @property
    def answered(self) -> int:
        """Count what has an answer."""
        return sum(question.value is not None for question in self.questions)

    @property
    def most(self) -> int:
        """Return the most points of the part."""
        return sum(question.most for question in self.questions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One assessment, whole."""

    row: Assessment
    senior: SeniorView
    place: str
    parts: Sequence[Part]
    names: Mapping[int, str]
    signatures: Sequence[reading.Signed]
    events: Sequence[Any]
    contradictions: Sequence[str]
    turns: Sequence[Turn]
    turns_on: date

    @property
    def open_keys(self) -> Sequence[str]:
        """Name what has no answer yet."""
        return [question.key for part in self.parts for question in part.questions if question.value is None]

    @property
    def answered(self) -> int:
        """Count what has an answer."""
        return sum(part.answered for part in self.parts)

    @property
    def first_open(self) -> str:
        """Return the part to begin with: the first that is not finished."""
        return next((part.code for part in self.parts if part.answered < len(part.questions)), "finish")

    @property
    def band(self) -> tuple[int, int]:
        """Return the least and the most points of the level of the points."""
        assert self.row.base_level is not None  # complete
        return totals_of(self.row.base_level)

    def signed_as(self, part: str) -> reading.Signed | None:
        """Return the signature of a part, or nothing."""
        return next((each for each in self.signatures if each.part == part), None)


def read_sheet(session: Session, *, assessment_id: int, actor: Actor, now: datetime) -> Sheet:
    """Return an assessment of the actor's area with everything its pages show.

    :raises AssessmentNotFound: if there is none
    """
    row = get_assessment(session, assessment_id=assessment_id, actor=actor)
    today = business_day(now)
    senior = get_senior(session, senior_id=row.senior_id, actor=actor, day=today)
    counts = risks.count_risks(session, senior_id=row.senior_id, on=row.assessed_on, told=row.circumstances)
    turns_on = _next_month(row.counts_from or today)
    place = in_language(name_places(session, [row.area_code])[row.area_code])
    return Sheet(
        row=row,
        senior=senior,
        place=place,
        parts=_list_parts(row, {kind: count.recorded for kind, count in counts.items()}),
        names=reading.names_of_accounts(session, [row.started_by, row.completed_by, row.dropped_by]),
        signatures=reading.list_signatures(session, assessment_id=row.id, sees_names=sees_name(actor, row.area_code)),
        events=risks.list_risk_events(session, senior_id=row.senior_id, on=row.assessed_on),
        contradictions=find_contradictions(row.answers, read_circumstances(row.circumstances, counts)),
        turns=_list_turns(session, row, senior, on=turns_on),
        turns_on=turns_on,
    )


def name_of(key: str) -> str:
    """Name an item or a circumstance."""
    return str(CIRCUMSTANCE_NAMES[key]) if key in CIRCUMSTANCES else item_name(key)


def _list_parts(row: Assessment, recorded: Mapping[RiskKind, int]) -> Sequence[Part]:
    groups = [
        Part(
            code=str(group),
            name=say(words),
            questions=[_question(row, item) for item in BY_GROUP[group]],
            points=(row.group_points or {}).get(str(group)),
        )
        for group, words in GROUP_WORDS.items()
    ]
    beside = [_beside(row, key, recorded) for key in CIRCUMSTANCES]
    return [*groups, Part(code=BESIDE, name=_("Particular facts"), questions=beside, points=None)]


def _question(row: Assessment, item: Item) -> Question:
    return Question(
        key=item.code,
        number=str(item.number),
        name=say(item.words),
        about=say(item.about),
        choices=[(score, say(words)) for score, words in item.scores],
        value=value_of(row, item.code),
        revision=_revision(row, item.code),
        most=item.most,
    )


def _beside(row: Assessment, key: str, recorded: Mapping[RiskKind, int]) -> Question:
    about = {
        COMA: _("Not to be roused by anything. The level is then complete loss."),
        DIAGNOSIS: _("Dementia (F00 to F03), or another disorder (F04 to F99) diagnosed by a psychiatrist."),
    }
    if key in about:
        choices = [(0, _("No")), (1, _("Yes"))]
        hint = ""
    else:
        choices = list(enumerate((_("none"), _("once"), _("twice"), _("3 times or more"))))
        count = recorded[RiskKind(key)]
        told = ngettext("%(num)s recorded in these 30 days", "%(num)s recorded in these 30 days", count)
        hint = str(told) if count else ""
    value = value_of(row, key)
    return Question(
        key=key,
        number="",
        name=str(CIRCUMSTANCE_NAMES[key]),
        about=about.get(key, ""),
        choices=choices,
        value=min(value, MANY) if value is not None else None,
        revision=_revision(row, key),
        most=0,
        hint=hint,
        is_short=True,
    )


def _revision(row: Assessment, key: str) -> int:
    found: int = row.noted.get(key, (0,))[0]
    return found


def _list_turns(session: Session, row: Assessment, senior: SeniorView, *, on: date) -> Sequence[Turn]:
    """Work out what the level does to next month's allowances, once there is one."""
    if row.level is None or row.state not in (State.COMPLETE, State.SIGNED):
        return ()
    before = row.level_before if row.state == State.SIGNED else senior.ability_level
    found = weigh_ability(session, senior_id=row.senior_id, before=before, after=row.level, on=on)
    return found[0] if found else ()


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def tell_event(event: Any) -> str:
    """Say what happened and when: 跌倒 11月3日."""
    told = f"{CIRCUMSTANCE_NAMES[event.kind]} {short_day(event.happened_on)}"
    return f"{told} ({event.words})" if event.words else told
