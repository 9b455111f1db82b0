"""Where the beds stand, as a table: counts by street and community, without a map service."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy.orm import Session

from app.areas.models import Area
from app.areas.queries import find_names
from app.auth.actor import Actor
from care_beds.beds.queries import PlaceCount, count_places

STREET = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow:
    """A community's beds with its name."""

    place: str
    place_en: str
    count: PlaceCount


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetRows:
    """A street with its communities."""

    area_code: str
    place: str
    place_en: str
    rows: Sequence[PlaceRow]

    def total(self, name: str) -> int:
        """Return the sum of a column."""
        return sum(int(getattr(row.count, name)) for row in self.rows)


def list_map(session: Session, *, reach: Actor, today: date) -> Sequence[StreetRows]:
    """Return beds by street and community, in the order of their codes."""
    counts = count_places(session, reach=reach, today=today)
    codes = {code for each in counts for code in (each.area_code, each.area_code[:STREET])}
    names = find_names(session, codes)
    found = []
    for street, places in groupby(counts, key=lambda each: each.area_code[:STREET]):
        rows = [PlaceRow(**_names(names.get(each.area_code), each.area_code), count=each) for each in places]
        found.append(StreetRows(area_code=street, **_names(names.get(street), street), rows=rows))
    return found


def _names(area: Area | None, code: str) -> dict[str, str]:
    return {"place": area.name if area else code, "place_en": (area.name_en or area.name) if area else code}
