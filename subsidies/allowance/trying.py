"""Trying a programme on real people before anybody approves it: what it costs, who gains, who loses. Writes nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.areas.rules import level_of
from subsidies.allowance.judging import Classes
from subsidies.allowance.people import Row, Scope, read_part
from subsidies.allowance.programmes import list_programmes
from subsidies.allowance.reading import Document, programme_of
from subsidies.allowance.rules import decide
from subsidies.allowance.terms import Follows, Programme
from subsidies.allowance.totals import DIGITS_BELOW, whole_code

PEOPLE_AT_ONCE = 20_000
EXAMPLES = 10


@dataclass(slots=True)
class Effect:
    """What changes for the people of a place: money before and after, who gains, who loses."""

    people: int = 0
    before_fen: int = 0
    after_fen: int = 0
    winners: int = 0
    won_fen: int = 0
    losers: int = 0
    lost_fen: int = 0

    def add(self, before_fen: int, after_fen: int) -> None:
        """Count one person."""
        self.people += 1
        self.before_fen += before_fen
        self.after_fen += after_fen
        self.winners += after_fen > before_fen
        self.losers += after_fen < before_fen
        self.won_fen += max(after_fen - before_fen, 0)
        self.lost_fen += max(before_fen - after_fen, 0)

    @property
    def cost_fen(self) -> int:
        """Return what a month costs more, or less."""
        return self.after_fen - self.before_fen


@dataclass(frozen=True, slots=True)
class Example:
    """A person for whom much would change."""

    senior_id: int
    before_fen: int
    after_fen: int


@dataclass(slots=True)
class Trial:
    """What a document would change on a day: in all, by area, and for whom most."""

    on: date
    all: Effect = field(default_factory=Effect)
    areas: dict[str, Effect] = field(default_factory=dict)
    losers: list[Example] = field(default_factory=list)
    winners: list[Example] = field(default_factory=list)


def try_programme(
    session: Session,
    policy: Document,
    *,
    month: date,
    tell: Callable[[int], object] = lambda _people: None,
) -> Trial:
    """Decide for everybody a document would concern, twice: by what held in a month, and as if it had held too.

    All programmes are counted together, since one may push another aside. Published, it is compared with
    what would hold without it.

    :param tell: called with how many people were looked at since the last call
    """
    candidate = programme_of(policy)
    on = month.replace(day=candidate.issue_day)
    others = [each for each in list_programmes(session, on=on) if not _takes_place_of(candidate, each, policy)]
    now_held = [each for each in list_programmes(session, on=on) if each.document_id != policy.id]
    judges = _Pair(now_held, [*others, candidate], on)
    trial, scope = Trial(on), scope_of_trial(policy, month=month)
    digits, after = DIGITS_BELOW[level_of(policy.area_code)], 0
    while rows := read_part(session, scope, after=after, limit=PEOPLE_AT_ONCE):
        for row in rows:
            _count(trial, row, *judges.amounts(row), digits=digits, follows=candidate.follows)
        tell(len(rows))
        after = rows[-1].senior_id
    return trial


def scope_of_trial(policy: Document, *, month: date) -> Scope:
    """Say whom a trial looks at: everybody whom a document of the place may concern."""
    on = month.replace(day=programme_of(policy).issue_day)
    return Scope(policy.area_code, frozenset(Follows), on)


class _Pair:
    """What somebody gets in all by two sets of documents; those alike are worked out once."""

    def __init__(self, before: Sequence[Programme], after: Sequence[Programme], on: date) -> None:
        self._before, self._after, self._on = before, after, on
        self._classes = Classes([*before, *after], on=on)
        self._known: dict[tuple[Any, ...], tuple[int, int]] = {}

    def amounts(self, row: Row) -> tuple[int, int]:
        """Return a person's months in fen by the one and by the other."""
        key = self._classes.key(row)
        found = self._known.get(key)
        if found is None:
            facts = row.facts()
            found = self._known[key] = (
                sum(each.amount_fen for each in decide(facts, self._before, self._on).entitlements),
                sum(each.amount_fen for each in decide(facts, self._after, self._on).entitlements),
            )
        return found


def _takes_place_of(candidate: Programme, held: Programme, policy: Document) -> bool:
    same = held.code == candidate.code and held.area_code == candidate.area_code
    return same or held.document_id == policy.id


def _count(trial: Trial, row: Row, before_fen: int, after_fen: int, *, digits: int, follows: Follows) -> None:
    if not before_fen and not after_fen:
        return
    place = row.hukou_area if follows is Follows.HUKOU else row.residence_area
    code = whole_code(place[:digits])
    trial.all.add(before_fen, after_fen)
    trial.areas.setdefault(code, Effect()).add(before_fen, after_fen)
    if before_fen != after_fen:
        kept = trial.losers if after_fen < before_fen else trial.winners
        kept.append(Example(row.senior_id, before_fen, after_fen))
        kept.sort(key=lambda each: -abs(each.after_fen - each.before_fen))
        del kept[EXAMPLES:]


def as_rows(areas: Mapping[str, Effect]) -> list[tuple[str, Effect]]:
    """Return the effects by area, the dearest first."""
    return sorted(areas.items(), key=lambda each: (-abs(each[1].cost_fen), each[0]))


def month_before(day: date) -> date:
    """Return the first day of the month before a day's."""
    return date(day.year - (day.month == 1), (day.month - 2) % 12 + 1, 1)
