"""Whom a row of a daily list is about: by the ID number, else somebody who is almost the same on paper, else nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.areas.rules import level_of
from app.auth import Actor
from app.people.matching import find_by_numbers, find_namesakes, find_neighbours
from portal.turns.reading import Told, whole_number
from portal.turns.rules import Likeness, compare_numbers, slips_of

SLIPS_AT_A_TIME = 20
STREET_LEVELS = frozenset({"street", "community"})
MOST = 5


@dataclass(frozen=True, slots=True)
class Match:
    """Who was found: exactly one person by the number, some who are alike, each with why, or nobody."""

    senior_id: int | None
    alike: tuple[tuple[int, Likeness], ...] = ()

    @property
    def sort(self) -> str:
        """Return the word that is kept for it."""
        if self.senior_id is not None:
            return "exact"
        return "near" if self.alike else "nobody"

    def as_json(self) -> list[dict[str, Any]]:
        """Return those who are alike as plain JSON."""
        return [{"senior": senior_id, "why": str(why)} for senior_id, why in self.alike]


def match_rows(session: Session, *, rows: Sequence[Told], actor: Actor) -> list[Match]:
    """Find whom rows are about, among the people of the actor's areas."""
    exact = find_by_numbers(session, numbers=[each.id_number for each in rows if each.is_right], actor=actor)
    left = [each for each in rows if each.id_number not in exact]
    slips = _find_slips(session, left, actor)
    return [
        Match(exact[each.id_number])
        if each.id_number in exact
        else Match(None, _alike(session, each, slips.get(each.id_number, ()), actor))
        for each in rows
    ]


def _find_slips(session: Session, rows: Sequence[Told], actor: Actor) -> dict[str, tuple[tuple[int, Likeness], ...]]:
    """Return for each number who has one that is a slip of the pen away."""
    found: dict[str, tuple[tuple[int, Likeness], ...]] = {}
    for start in range(0, len(rows), SLIPS_AT_A_TIME):
        part = rows[start : start + SLIPS_AT_A_TIME]
        wanted = {each.id_number: [whole_number(body) for body in _bodies(each)] for each in part}
        known = find_by_numbers(session, numbers=[number for each in wanted.values() for number in each], actor=actor)
        for number, near in wanted.items():
            found[number] = tuple(
                (known[each], compare_numbers(number, each) or Likeness.DIGIT) for each in near if each in known
            )
    return found


def _bodies(row: Told) -> set[str]:
    """Return the numbers without check digit that somebody may have meant; the same one where only that is wrong."""
    bodies = slips_of(row.id_number)
    return bodies if row.is_right else {*bodies, row.id_number[:17]}


def _alike(
    session: Session, row: Told, slips: Sequence[tuple[int, Likeness]], actor: Actor
) -> tuple[tuple[int, Likeness], ...]:
    found: dict[int, Likeness] = dict(slips)
    if row.birth_on is not None:
        for senior_id in find_namesakes(session, name=row.name, birth_on=row.birth_on, actor=actor):
            found.setdefault(senior_id, Likeness.NAME_AND_BIRTH)
    streets = [code for code in actor.area_codes if level_of(code) in STREET_LEVELS]
    if streets:
        # In a whole district too many have the same name for that to say anything.
        for senior_id in find_neighbours(session, name=row.name, area_codes=streets, actor=actor):
            found.setdefault(senior_id, Likeness.NAME_AND_STREET)
    return tuple(found.items())[:MOST]
