"""Who is entitled to which allowance, and why: values in, values out.

``decide`` looks at all programmes that concern a person at once, because they compare with each other: each
programme answers yes or no with what was met and missed, then pairs that exclude each other are settled, and of
pairs of which only the higher is paid, the lower falls away.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from app.people.rules import age_on
from subsidies.allowance.terms import By, Follows, Programme, Rule, Tier, When


class Why(StrEnum):
    """What a line of a decision says."""

    ENTITLED = "entitled"
    NO_TIER = "no_tier"
    NOT_APPLIED = "not_applied"
    EXCLUDED = "excluded"
    HIGHER = "higher"
    TOGETHER = "together"
    NO_PROGRAMME = "no_programme"


@dataclass(frozen=True, slots=True)
class Reason:
    """A line of a decision: which, and its figures. Plain values only, so that it can be kept."""

    code: Why
    params: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {"code": str(self.code), **self.params}


def reason_from_json(stored: Mapping[str, Any]) -> Reason:
    """Read a stored line."""
    return Reason(Why(stored["code"]), {name: value for name, value in stored.items() if name != "code"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a person on a day; ``applied`` are the programmes an application was approved for."""

    senior_id: int
    birth_on: date
    hukou_area: str
    residence_area: str
    living: str | None = None
    income: str = "none"
    ability: int | None = None
    status: str = "active"
    applied: frozenset[str] = frozenset()

    def place(self, follows: Follows) -> str:
        """Return the place by which a programme finds its people."""
        return self.hukou_area if follows is Follows.HUKOU else self.residence_area


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What one programme pays a person for a month."""

    code: str
    document_id: int
    amount_fen: int
    tier: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person is entitled to, and every step that led there."""

    entitlements: tuple[Entitlement, ...]
    reasons: tuple[Reason, ...]

    def find(self, code: str) -> Entitlement | None:
        """Find what one programme pays."""
        return next((each for each in self.entitlements if each.code == code), None)

    def about(self, code: str) -> tuple[Reason, ...]:
        """Return the steps that concern one programme, those of comparisons with it too."""
        return tuple(each for each in self.reasons if code in (each.params.get("programme"), each.params.get("other")))


def decide(facts: Facts, programmes: Sequence[Programme], on: date) -> Decision:
    """Decide what a person gets of all programmes for the month of a day."""
    concerning = nearest(facts, programmes)
    judged = [_judge(facts, programme, on) for programme in concerning]
    reasons = [reason for _found, reason in judged]
    terms = {programme.code: programme for programme in concerning}
    found = [entitlement for entitlement, _reason in judged if entitlement]
    found = _settle_exclusive(found, terms, facts.applied, reasons)
    found = _settle_higher_only(found, terms, reasons)
    reasons += _compatible(found, terms)
    return Decision(tuple(sorted(found, key=lambda each: each.code)), tuple(reasons))


def nearest(facts: Facts, programmes: Iterable[Programme]) -> list[Programme]:
    """Choose each programme's document: the nearest to the place that it follows, whole documents only."""
    chosen: dict[str, Programme] = {}
    for programme in programmes:
        if not facts.place(programme.follows).startswith(programme.path):
            continue
        known = chosen.get(programme.code)
        if known is None or _nearness(programme) > _nearness(known):
            chosen[programme.code] = programme
    return [chosen[code] for code in sorted(chosen)]


def list_missing(when: When, facts: Facts, age: int) -> list[tuple[str, dict[str, Any]]]:
    """Name each condition that a person does not meet, with what is asked and what is known."""
    asked: list[tuple[str, bool, dict[str, Any]]] = [
        ("age", when.fits_age(age), {"from": when.age_from, "until": when.age_until, "is": age}),
        ("income", not when.income or facts.income in when.income, {"one_of": sorted(when.income), "is": facts.income}),
        (
            "ability",
            not when.ability or facts.ability in when.ability,
            {"one_of": sorted(when.ability), "is": facts.ability},
        ),
        ("living", not when.living or facts.living in when.living, {"one_of": sorted(when.living), "is": facts.living}),
        ("hukou", facts.hukou_area.startswith(when.hukou or ""), {"within": when.hukou}),
        (
            "residence",
            facts.residence_area.startswith(when.residence or ""),
            {"within": when.residence},
        ),
        ("status", facts.status in when.status, {"one_of": sorted(when.status), "is": facts.status}),
    ]
    return [(name, params) for name, is_met, params in asked if not is_met]


def find_tier(programme: Programme, facts: Facts, age: int) -> int | None:
    """Find the line of the table that a person meets whole; checks make sure that there is at most one."""
    for number, tier in enumerate(programme.who):
        if not list_missing(tier.when, facts, age):
            return number
    return None


def _nearness(programme: Programme) -> tuple[int, bool]:
    return len(programme.path), programme.follows is Follows.HUKOU


def _judge(facts: Facts, programme: Programme, on: date) -> tuple[Entitlement | None, Reason]:
    age = age_on(facts.birth_on, on)
    about = {"programme": programme.code, "document": programme.document_id, "age": age}
    number = find_tier(programme, facts, age)
    if number is None:
        # The line that is missed by the least is the one a person asks about.
        missed = min((list_missing(tier.when, facts, age) for tier in programme.who), key=len)
        return None, Reason(Why.NO_TIER, {**about, "missing": [[name, params] for name, params in missed]})
    if programme.by is By.APPLICATION and programme.code not in facts.applied:
        return None, Reason(Why.NOT_APPLIED, {**about, "amount_fen": programme.who[number].amount_fen})
    tier = programme.who[number]
    entitlement = Entitlement(programme.code, programme.document_id, tier.amount_fen, number)
    met = {**about, "tier": number, "amount_fen": tier.amount_fen, "met": _met(tier), "by": str(programme.by)}
    return entitlement, Reason(Why.ENTITLED, met)


def _met(tier: Tier) -> dict[str, Any]:
    """Return the conditions of a line that was met, those that ask for nothing left out."""
    when = tier.when
    asked = {
        "age": [when.age_from, when.age_until] if when.age_from or when.age_until else None,
        "income": sorted(when.income),
        "ability": sorted(when.ability),
        "living": sorted(when.living),
        "hukou": when.hukou,
        "residence": when.residence,
    }
    return {name: value for name, value in asked.items() if value}


def _settle_exclusive(
    found: Sequence[Entitlement], terms: Mapping[str, Programme], applied: frozenset[str], reasons: list[Reason]
) -> list[Entitlement]:
    """Drop what may not be had beside something else. Who names the conflict yields; if both do, the lower."""
    kept: list[Entitlement] = []
    waiting = sorted(found, key=lambda each: (-each.amount_fen, each.code))
    while waiting:
        chosen = next((each for each in waiting if not _yields(each, waiting, terms)), waiting[0])
        waiting.remove(chosen)
        reason = _excluded_elsewhere(chosen, terms, applied) or _excluded_by(chosen, kept, terms)
        if reason:
            reasons.append(reason)
        else:
            kept.append(chosen)
    return kept


def _yields(one: Entitlement, waiting: Sequence[Entitlement], terms: Mapping[str, Programme]) -> bool:
    """Say whether a programme gives way to one that is still to be settled and does not give way to it."""
    return any(
        _names(terms[one.code], other.code) and not _names(terms[other.code], one.code)
        for other in waiting
        if other is not one
    )


def _names(programme: Programme, other: str) -> bool:
    return any(each.other == other and each.rule is Rule.EXCLUSIVE for each in programme.conflicts)


def _excluded_elsewhere(one: Entitlement, terms: Mapping[str, Programme], applied: frozenset[str]) -> Reason | None:
    """Find a benefit that somebody else pays, known because it was written down, and that this one excludes."""
    for conflict in terms[one.code].conflicts:
        elsewhere = conflict.other in applied and conflict.other not in terms
        if conflict.rule is Rule.EXCLUSIVE and elsewhere:
            told = {"programme": one.code, "document": one.document_id, "other": conflict.other}
            return Reason(Why.EXCLUDED, {**told, "mark": str(conflict.mark), "elsewhere": True})
    return None


def _excluded_by(one: Entitlement, kept: Sequence[Entitlement], terms: Mapping[str, Programme]) -> Reason | None:
    for other in kept:
        conflict = conflict_between(terms[one.code], terms[other.code])
        if conflict and conflict[0] is Rule.EXCLUSIVE:
            told = {"programme": one.code, "document": one.document_id, "other": other.code}
            return Reason(Why.EXCLUDED, {**told, "mark": conflict[1], "elsewhere": False})
    return None


def _settle_higher_only(
    found: Sequence[Entitlement], terms: Mapping[str, Programme], reasons: list[Reason]
) -> list[Entitlement]:
    """Drop what is lower than something it may not be added to; of two that are equal the first by name stays."""
    kept: list[Entitlement] = []
    for one in sorted(found, key=lambda each: (-each.amount_fen, each.code)):
        for other in kept:
            conflict = conflict_between(terms[one.code], terms[other.code])
            if conflict and conflict[0] is Rule.HIGHER_ONLY:
                told = {"programme": one.code, "document": one.document_id, "other": other.code, "mark": conflict[1]}
                amounts = {"amount_fen": one.amount_fen, "other_fen": other.amount_fen}
                reasons.append(Reason(Why.HIGHER, {**told, **amounts}))
                break
        else:
            kept.append(one)
    return kept


def _compatible(found: Sequence[Entitlement], terms: Mapping[str, Programme]) -> list[Reason]:
    """Tell of pairs that are both paid although, or because, a document compares them."""
    told = []
    for number, one in enumerate(found):
        for other in found[number + 1 :]:
            conflict = conflict_between(terms[one.code], terms[other.code])
            if conflict:
                told.append(Reason(Why.TOGETHER, {"programme": one.code, "other": other.code, "mark": conflict[1]}))
    return told


def conflict_between(one: Programme, other: Programme) -> tuple[Rule, str] | None:
    """Return how two programmes stand to each other and how certain that is; of two that differ the stricter."""
    said = [each for each in one.conflicts if each.other == other.code]
    said += [each for each in other.conflicts if each.other == one.code]
    strictest = min(said, key=lambda each: list(Rule).index(each.rule), default=None)
    return (strictest.rule, str(strictest.mark)) if strictest else None
