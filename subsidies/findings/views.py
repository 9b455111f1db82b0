"""What the pages of findings show beside plain rows: sentences, rows in words, and which steps are open to whom."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import force_locale
from sqlalchemy.orm import Session

from app.areas.queries import full_name
from app.areas.rules import is_within
from app.auth import Actor
from app.auth.workplaces import find_workplaces
from app.console import LOCALES
from app.policies.queries import get_policy
from app.web.language import current_language
from subsidies.findings import queries, wording
from subsidies.findings.access import DECIDERS
from subsidies.findings.checks import Check, Source
from subsidies.findings.models import Finding
from subsidies.findings.policy import describe_limits
from subsidies.findings.queries import CheckTally, StepLine
from subsidies.findings.registry import SourceView, describe_sources, find_check, list_checks
from subsidies.findings.rules import Objection, Rate, State, Step, answer_due, object_to
from subsidies.findings.services import may_answer, standing_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A step that somebody may take; what still stands against it, if anything does."""

    step: Step
    objection: Objection | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One finding with the words, rows, documents and steps around it."""

    finding: Finding
    check: Check | None
    sentences: Sequence[str]
    area: str
    canteen: str
    sources: Sequence[tuple[Source, SourceView]]
    source_count: int
    policy: Any
    limits: Sequence[tuple[str, str]]
    steps: Sequence[StepLine]
    earlier: Sequence[int]
    choices: Sequence[Choice]
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """A check in the overview: what became of its findings, and how long it took last."""

    check: Check
    tally: CheckTally
    milliseconds: int | None
    fault: str


def explain_finding(session: Session, *, finding_id: int, actor: Actor, now: datetime) -> Shown:
    """Gather everything about a finding.

    :raises FindingNotFound: if there is none with this id that the actor may see
    """
    finding = queries.get_finding(session, finding_id=finding_id, actor=actor)
    check, policy = find_check(finding.check_code), get_policy(session, finding.policy_id)
    sources, count = queries.list_sources(session, finding_id=finding.id)
    standing = standing_of(session, finding)
    views = describe_sources(session, sources, actor)
    limits = policy.body["checks"].get(finding.check_code, {})
    return Shown(
        finding=finding,
        check=check,
        sentences=tell(finding.check_code, finding.facts),
        area=full_name(session, finding.area_code),
        canteen=_canteen_name(session, finding.canteen_id),
        sources=[(source, views[key]) for source in sources if (key := (source.kind, source.ref)) in views],
        source_count=count,
        policy=policy,
        limits=describe_limits(check, limits) if check else (),
        steps=queries.list_steps(session, finding_id=finding.id),
        earlier=queries.find_earlier_parts(session, finding),
        choices=[
            Choice(step=step, objection=objection)
            for step in Step
            if _is_for(step, finding, actor)
            and (objection := object_to(step, standing, by=actor.account_id, now=now)) is not Objection.OUT_OF_TURN
        ],
        due_at=answer_due(finding.asked_at, standing.answer_within_days)
        if finding.asked_at and finding.state == State.ASKED
        else None,
    )


def tell(check_code: str, facts: Mapping[str, Any]) -> Sequence[str]:
    """Put what was found into words; of a check that is gone, or tells other things today, the bare facts remain."""
    check = find_check(check_code)
    if check is not None:
        with suppress(KeyError):
            return [str(line) for line in check.explain(facts)]
    return [f"{name}: {value}" for name, value in facts.items()]


def tell_both(check_code: str, facts: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    """Put what was found into words of both languages."""
    told = {}
    for language, locale in LOCALES.items():
        with force_locale(locale):
            told[language] = tell(check_code, facts)
    return told


def tally_lines(session: Session, *, actor: Actor) -> list[CheckLine]:
    """Return every check with what became of its findings, and how it ran last."""
    tallies, last = queries.tally_checks(session, actor=actor), queries.find_last_run(session)
    ran = {each.check_code: each for each in last.checks} if last else {}
    nothing = CheckTally(rate=Rate(), amount_fen=0, recovered_fen=0)
    return [
        CheckLine(
            check=check,
            tally=tallies.get(check.code, nothing),
            milliseconds=ran[check.code].milliseconds if check.code in ran else None,
            fault=ran[check.code].fault if check.code in ran else "",
        )
        for check in list_checks()
    ]


def _is_for(step: Step, finding: Finding, actor: Actor) -> bool:
    """Say whether a step is for somebody to take, whatever else stands against it."""
    if step is Step.ANSWER:
        return may_answer(finding, actor)
    return any(held.role in DECIDERS and is_within(finding.area_code, held.area_code) for held in actor.held)


def _canteen_name(session: Session, canteen_id: int | None) -> str:
    return next((place.name for place in find_workplaces(session, ids=[canteen_id])), "") if canteen_id else ""


def pick_title(title: Mapping[str, str]) -> str:
    """Return a document's title in the page's language."""
    return title.get(current_language()) or title.get("zh", "")


WORDS: Mapping[str, Any] = {
    "state_names": wording.STATE_NAMES,
    "state_looks": wording.STATE_LOOKS,
    "step_names": wording.STEP_NAMES,
    "severity_names": wording.SEVERITY_NAMES,
    "source_names": wording.SOURCE_NAMES,
    "asked_of_names": wording.ASKED_OF_NAMES,
    "find_check": find_check,
    "tell": tell,
    "pick_title": pick_title,
}
