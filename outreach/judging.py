"""What a part of the people comes to: new scores, changes to look into, visits due. Thinks for each class once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.clock import business_day
from outreach.facts import Row
from outreach.rules import (
    ACTIVE,
    IN_HOSPITAL,
    Facts,
    Score,
    check_due,
    find_changes,
    reason_from_json,
    regular_due,
    score,
    suggest,
)
from outreach.terms import Band, Factor, OutreachRules

Written = dict[str, Any]
# Of who comes back everything counts again; only this is news.
NEWS_ON_RETURN = frozenset({Factor.DISCHARGED, Factor.BEREAVED})


@dataclass(slots=True)
class Verdicts:
    """Rows to write, each kind in one statement."""

    looked: int = 0
    risks: list[Written] = field(default_factory=list)
    scores: list[Written] = field(default_factory=list)
    changes: list[Written] = field(default_factory=list)
    checks: list[Written] = field(default_factory=list)
    regular: list[Written] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)
    away: list[int] = field(default_factory=list)
    moved: list[Written] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Thought:
    """What one class of people comes to, in words and as it is kept."""

    score: Score
    reasons: list[dict[str, Any]]
    suggests: list[str]


class Judge:
    """Judges people by the rules of one place and day; who is of the same class costs nothing more."""

    def __init__(self, rules: OutreachRules, *, on: date, known: Iterable[Factor] = ()) -> None:
        """Take what somebody has just written down as a change already: it is no news."""
        self._rules, self._on, self._known = rules, on, frozenset(known)
        self._thoughts: dict[Facts, Thought] = {}

    def judge(self, rows: Sequence[Row]) -> Verdicts:
        """Judge a part of the people."""
        verdicts = Verdicts(looked=len(rows))
        for row in rows:
            self._judge_one(row, verdicts)
        return verdicts

    def _think(self, facts: Facts) -> Thought:
        thought = self._thoughts.get(facts)
        if thought is None:
            found = score(facts, self._rules)
            reasons = [each.as_json() for each in found.reasons]
            thought = Thought(found, reasons, [str(each) for each in suggest(facts, self._rules)])
            self._thoughts[facts] = thought
        return thought

    def _judge_one(self, row: Row, verdicts: Verdicts) -> None:
        thought = self._think(row.facts(self._on))
        if row.status != ACTIVE:
            if row.score is None and row.status != IN_HOSPITAL:
                return
            verdicts.away.append(row.senior_id)
        if row.scored_area not in (None, row.area_code):
            verdicts.moved.append({"senior_id": row.senior_id, "area_code": row.area_code})
        self._keep(row, thought, verdicts)
        self._plan(row, thought.score.band, verdicts)

    def _keep(self, row: Row, thought: Thought, verdicts: Verdicts) -> None:
        """Keep what differs from what stood, and that somebody is back; the first score of all is no change."""
        found = thought.score
        band_stays = row.band == found.band
        if not row.came_back and (row.reasons, row.suggests, row.policy_id, row.scored_area) == (
            thought.reasons,
            thought.suggests,
            self._rules.policy_id,
            row.area_code,
        ):
            return
        person = {"senior_id": row.senior_id, "area_code": row.area_code, "policy_id": self._rules.policy_id}
        kept = {"score": found.points, "band": str(found.band), "reasons": thought.reasons}
        since = row.band_since_on if band_stays and row.band_since_on else self._on
        verdicts.risks.append(
            {**person, **kept, "suggests": thought.suggests, "on_day": str(self._on), "band_since_on": str(since)}
        )
        stood = (row.reasons, row.band, row.scored_area)
        if stood != (thought.reasons, found.band, row.area_code):
            before = {"before_score": row.score, "before_band": row.band}
            verdicts.scores.append({**person, **kept, **before, "on_day": str(self._on)})
            if row.reasons is not None:
                self._look_into(row, found, verdicts)

    def _look_into(self, row: Row, found: Score, verdicts: Verdicts) -> None:
        before = [reason_from_json(each) for each in row.reasons or ()]
        person = {"senior_id": row.senior_id, "area_code": row.area_code}
        was_away = row.came_back and not row.reasons
        same = row.policy_id == self._rules.policy_id
        changes = find_changes(before, found.reasons, self._rules, are_same_rules=same)
        for factor, weight in changes.items():
            if factor in self._known or (was_away and factor not in NEWS_ON_RETURN):
                continue
            due = check_due(since=self._on, weight=weight, band=found.band, rules=self._rules)
            told = {**person, "factor": str(factor), "weight": str(weight), "band": str(found.band)}
            verdicts.changes.append({**told, "on_day": str(self._on)})
            verdicts.checks.append({**told, "due_on": str(due)})

    def _plan(self, row: Row, band: Band, verdicts: Verdicts) -> None:
        """Have one regular visit open for each band that asks for any, at the pace of the band."""
        if row.task_band == band:
            return
        since = row.last_visit_on or (row.task_at and business_day(row.task_at))
        due = regular_due(last_on=since, today=self._on, band=band, rules=self._rules)
        if due is None:
            if row.task_id is not None:
                verdicts.dropped.append(row.task_id)
            return
        if row.task_due is not None and row.task_due < self._on:
            due = row.task_due
        person = {"senior_id": row.senior_id, "area_code": row.area_code}
        verdicts.regular.append({**person, "band": str(band), "due_on": str(due)})
