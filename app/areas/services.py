"""Filling the tree of places: the official list, and files of streets and communities."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, text
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


# In one statement, so that parents and children may come in any order. An empty English name in a list
# does not wipe out one that somebody has filled in.
SAVE = text("""
INSERT INTO area AS a (code, level, name, name_en, parent_code)
SELECT * FROM unnest(
    CAST(:codes AS text[]), CAST(:levels AS text[]), CAST(:names AS text[]), CAST(:names_en AS text[]),
    CAST(:parents AS text[])
)
ON CONFLICT (code) DO UPDATE
   SET name = excluded.name, name_en = coalesce(nullif(excluded.name_en, ''), a.name_en),
       parent_code = excluded.parent_code
 WHERE (a.name, a.name_en, a.parent_code) IS DISTINCT FROM
       (excluded.name, coalesce(nullif(excluded.name_en, ''), a.name_en), excluded.parent_code)
RETURNING code
""")


def _save(session: Session, places: Sequence[Place]) -> Loaded:
    columns = {
        "codes": [place.code for place in places],
        "levels": [str(rules.level_of(place.code)) for place in places],
        "names": [place.name for place in places],
        "names_en": [place.name_en for place in places],
        "parents": [place.parent_code for place in places],
    }
    changed = len(session.execute(SAVE, columns).all())
    return Loaded(changed=changed, unchanged=len(places) - changed)
