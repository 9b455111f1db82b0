"""Filling the tree of places: the official list, and files of streets and communities."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.areas import rules
from app.areas.models import Area
from app.areas.official import Place, official_places
from app.areas.rules import Level
from app.errors import Invalid

LONGEST_NAME = 80
SMALL_LEVELS = frozenset({Level.STREET, Level.COMMUNITY})


@dataclass(frozen=True)
class Loaded:
    """How many places a file or list brought, and how many of them were there with the same words."""

    changed: int
    unchanged: int


class PlacesRefused(Invalid):
    """A file of places has faults; ``errors`` names each row."""

    code = "places_refused"
    detail = _l("Some rows cannot be taken. Nothing was saved.")


def load_official(session: Session) -> Loaded:
    """Load the country's provinces, cities and districts; those already there get their current names.

    A place that the list no longer has stays: people's hukou may still name it.
    """
    return _save(session, official_places())


def import_places(session: Session, rows: Iterable[tuple[int, Place]]) -> Loaded:
    """Take streets and communities with the number of the row each stands in, all of them or none.

    :raises PlacesRefused: if any row has a fault
    """
    numbered = list(rows)
    known = set(session.scalars(select(Area.code)))
    faults: dict[str, list[object]] = {}
    seen: set[str] = set()
    for number, place in numbered:
        found = list(_faults(place, known | seen, seen))
        if found:
            faults[str(number)] = found
        seen.add(place.code)
    if faults:
        raise PlacesRefused(errors=faults)
    return _save(session, [place for _, place in numbered])


def _faults(place: Place, known: set[str], seen: set[str]) -> Iterator[object]:
    if not rules.is_code(place.code) or rules.level_of(place.code) not in SMALL_LEVELS:
        yield _l("code: a street has 9 digits and a community 12, this is “%(code)s”.", code=place.code[:20])
        return
    if place.code in seen:
        yield _l("code: %(code)s stands in the file twice.", code=place.code)
    if not 1 <= len(place.name) <= LONGEST_NAME or not place.name.isprintable():
        yield _l("name: write 1 to %(longest)s characters.", longest=LONGEST_NAME)
    if len(place.name_en) > LONGEST_NAME or not place.name_en.isprintable():
        yield _l("name_en: write at most %(longest)s characters.", longest=LONGEST_NAME)
    if place.parent_code not in known:
        yield _l(
            "parent: there is no place %(code)s; it must stand in a row above.", code=(place.parent_code or "")[:20]
        )
    elif place.parent_code not in rules.ancestors(place.code):
        yield _l("parent: %(code)s does not begin with the code of its parent.", code=place.code)


def _save(session: Session, places: Sequence[Place]) -> Loaded:
    changed = 0
    # Widest first and a thousand at a time, so that each parent is there before its children.
    ordered = sorted(places, key=lambda place: (len(rules.path_of(place.code)), place.code))
    for start in range(0, len(ordered), 1000):
        changed += _save_some(session, ordered[start : start + 1000])
    return Loaded(changed=changed, unchanged=len(ordered) - changed)


def _save_some(session: Session, places: Sequence[Place]) -> int:
    statement = insert(Area).values(
        [
            {
                "code": place.code,
                "level": str(rules.level_of(place.code)),
                "name": place.name,
                "name_en": place.name_en,
                "parent_code": place.parent_code,
            }
            for place in places
        ]
    )
    new = statement.excluded
    # An empty English name in a list does not wipe out one that somebody has filled in.
    name_en = func.coalesce(func.nullif(new.name_en, ""), Area.name_en)
    upsert = statement.on_conflict_do_update(
        index_elements=[Area.code],
        set_={"name": new.name, "name_en": name_en, "parent_code": new.parent_code},
        where=(Area.name != new.name) | (Area.name_en != name_en) | Area.parent_code.is_distinct_from(new.parent_code),
    )
    return len(session.execute(upsert.returning(Area.code)).all())
