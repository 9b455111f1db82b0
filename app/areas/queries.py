"""Reading the tree of places, and keeping a reader within the places they may see."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.areas import rules
from app.areas.models import Area
from app.errors import NotFound


@dataclass(frozen=True)
class Places:
    """Every place by code, and codes by name, for reading many rows that name places."""

    names: dict[str, str]
    codes: dict[str, tuple[str, ...]]

    def find(self, text: str) -> tuple[str, ...]:
        """Return the codes a text may stand for: itself if it is one, else all places of that name."""
        return (text,) if text in self.names else self.codes.get(text, ())


def within(column: ColumnElement[Any] | InstrumentedAttribute[Any], area_codes: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that a column's place lies within one of some places; without any, nothing does."""
    # The paths are digits alone, so nothing in them means anything to LIKE; a plain prefix uses the index.
    return or_(false(), *(column.like(f"{rules.path_of(code)}%") for code in sorted(area_codes)))


def find_area(session: Session, code: str) -> Area | None:
    """Return a place, or nothing."""
    return session.get(Area, code) if rules.is_code(code) else None


def find_codes(session: Session, text: str) -> list[str]:
    """Return the codes a text may stand for: itself if it is one, else some of the places of that name."""
    if rules.is_code(text):
        return [text] if session.get(Area, text) else []
    return list(session.scalars(select(Area.code).where(Area.name == text).order_by(Area.code).limit(10)))


def get_area(session: Session, code: str) -> Area:
    """Return a place.

    :raises NotFound: if there is none of this code
    """
    area = find_area(session, code)
    if area is None:
        raise NotFound
    return area


def list_children(session: Session, parent_code: str | None) -> Sequence[Area]:
    """Return the places directly within another, or the provinces."""
    return session.scalars(select(Area).where(Area.parent_code == parent_code).order_by(Area.code)).all()


def list_within(session: Session, area_codes: Collection[str], *, levels: Iterable[str] = ()) -> Sequence[Area]:
    """Return all places within some places, those themselves included, in the order of their codes."""
    query = select(Area).where(within(Area.code, area_codes)).order_by(Area.code)
    return session.scalars(query.where(Area.level.in_(list(levels))) if levels else query).all()


def find_names(session: Session, codes: Iterable[str]) -> dict[str, Area]:
    """Return places by code; codes that are none are left out."""
    found = session.scalars(select(Area).where(Area.code.in_(sorted(set(codes)))))
    return {area.code: area for area in found}


def name_places(session: Session, codes: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the names of places in both languages, by code or path as given; what is no place is left out."""
    asked = set(codes)
    found = find_names(session, [rules.code_of(each) for each in asked]) if asked else {}
    named = {each: found[rules.code_of(each)] for each in asked if rules.code_of(each) in found}
    return {each: {"zh": area.name, "en": area.name_en or area.name} for each, area in named.items()}


def full_name(session: Session, code: str) -> str:
    """Write a place with those around it, widest first: 杭州市西湖区北山街道. The province is left out."""
    line = [*reversed(rules.ancestors(code)), code]
    found = find_names(session, line)
    return "".join(found[each].name for each in line if each in found and found[each].level != rules.Level.PROVINCE)


def load_places(session: Session) -> Places:
    """Read the whole tree for a reader of many rows; some ten thousand names."""
    names: dict[str, str] = {}
    codes: dict[str, list[str]] = defaultdict(list)
    for code, name in session.execute(select(Area.code, Area.name).order_by(Area.code)):
        names[code] = name
        codes[name].append(code)
    return Places(names, {name: tuple(found) for name, found in codes.items()})
