"""Deciding for many people: those whom the rules cannot tell apart are decided once.

What a programme asks of places is whether a person's lie within some, so two communities of one street that no
document names are the same to it. Hundreds of thousands of people fall into a few thousand such classes.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from subsidies.allowance.people import Row, mentioned_places
from subsidies.allowance.rules import Entitlement, Reason, Why, decide, nearest
from subsidies.allowance.terms import Follows, Programme


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of a class of people about one programme, and the number of the reasoning."""

    entitlement: Entitlement | None
    reasoning: int
    follows: Follows


class Classes:
    """Tells which people the rules cannot tell apart on a day: their facts, as far as any programme asks for them."""

    def __init__(self, programmes: Sequence[Programme], *, on: date) -> None:
        self._on = on
        self._born = (on.month, on.day)
        self._mentioned = mentioned_places(programmes)
        self._places: dict[str, int] = {}
        self._kinds: dict[tuple[str, ...], int] = {}

    def key(self, row: Row) -> tuple[Any, ...]:
        """Return the class of a person."""
        born = row.birth_on
        return (
            self._on.year - born.year - (self._born < (born.month, born.day)),
            self._place(row.hukou_area),
            self._place(row.residence_area),
            *row[4:9],
        )

    def _place(self, code: str) -> int:
        """Return the number of a place's kind: within which of the mentioned ones it lies."""
        found = self._places.get(code)
        if found is None:
            kind = tuple(sorted(path for path in self._mentioned if code.startswith(path)))
            found = self._places[code] = self._kinds.setdefault(kind, len(self._kinds))
        return found


class Judge:
    """Decides about one programme for person after person, on one day, and numbers the ways of reasoning."""

    def __init__(self, programmes: Sequence[Programme], *, code: str, on: date) -> None:
        self._programmes = programmes
        self._code = code
        self._on = on
        self._classes = Classes(programmes, on=on)
        self._verdicts: dict[tuple[Any, ...], Verdict] = {}
        self._reasonings: dict[str, int] = {}
        self._new: list[tuple[int, str]] = []

    @property
    def known(self) -> int:
        """Return how many ways of reasoning are numbered."""
        return len(self._reasonings)

    def know(self, reasonings: Iterable[tuple[int, str]]) -> None:
        """Take over reasonings that were numbered and kept before."""
        self._reasonings.update({told: number for number, told in reasonings})

    def take_new(self) -> list[tuple[int, str]]:
        """Return the reasonings that are not kept yet, as numbers and JSON, and count them as kept."""
        found, self._new = self._new, []
        return found

    def judge(self, row: Row) -> Verdict:
        """Decide about a person."""
        key = self._classes.key(row)
        found = self._verdicts.get(key)
        if found is None:
            found = self._verdicts[key] = self._decide(row)
        return found

    def _decide(self, row: Row) -> Verdict:
        facts = row.facts()
        decision = decide(facts, self._programmes, self._on)
        own = next((each for each in nearest(facts, self._programmes) if each.code == self._code), None)
        reasons = decision.about(self._code) or (Reason(Why.NO_PROGRAMME, {"programme": self._code}),)
        number = self._number(json.dumps([reason.as_json() for reason in reasons], ensure_ascii=False))
        return Verdict(decision.find(self._code), number, own.follows if own else Follows.HUKOU)

    def _number(self, told: str) -> int:
        number = self._reasonings.get(told)
        if number is None:
            number = self._reasonings[told] = len(self._reasonings) + 1
            self._new.append((number, told))
        return number
