"""Finding people whom another office names: by ID number, and by name with a day of birth or a place."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import Select, func, null, select
from sqlalchemy.orm import Session

from app import vault
from app.areas import queries as areas
from app.areas.models import Area
from app.auth.actor import Actor
from app.people.access import show_name
from app.people.models import Senior
from app.people.queries import visible_to

CHUNK = 2000
MOST_NAMESAKES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Somebody as shown beside another: what identifies the person is masked."""

    senior_id: int
    name: str
    id_number: str
    birth_year: int
    residence: str
    residence_en: str


def find_by_numbers(session: Session, *, numbers: Iterable[str], actor: Actor) -> Mapping[str, int]:
    """Return whose ID numbers these are, among the people of the actor's areas."""
    found: dict[str, int] = {}
    rest = iter(sorted(set(numbers)))
    while part := list(islice(rest, CHUNK)):
        by_index = {index: number for number in part for index in vault.indexes_of(number)}
        query = select(Senior.id, Senior.id_number_index).where(
            Senior.id_number_index.in_(list(by_index)), visible_to(actor)
        )
        found |= {by_index[bytes(row.id_number_index)]: row.id for row in session.execute(query)}
    return found


def find_namesakes(session: Session, *, name: str, birth_on: date, actor: Actor) -> Sequence[int]:
    """Return the people of the actor's areas who have a name and a day of birth."""
    query = _named(name, actor).where(Senior.birth_on == birth_on)
    return session.scalars(query.order_by(Senior.id).limit(MOST_NAMESAKES)).all()


def find_neighbours(session: Session, *, name: str, area_codes: Collection[str], actor: Actor) -> Sequence[int]:
    """Return the people of a name who live within some places."""
    query = _named(name, actor).where(areas.within(Senior.residence_area_code, area_codes))
    return session.scalars(query.order_by(Senior.id).limit(MOST_NAMESAKES)).all()


def show_masked(session: Session, *, senior_ids: Iterable[int], actor: Actor) -> Mapping[int, Shown]:
    """Return people of the actor's areas with their ID numbers masked, in one statement."""
    query = (
        select(Senior.id, Senior.name, Senior.birth_on, Senior.id_number_sealed, Senior.hukou_area_code, Area)
        .join(Area, Area.code == Senior.residence_area_code)
        .where(Senior.id.in_(sorted(set(senior_ids))), visible_to(actor))
    )
    return {
        senior_id: Shown(
            senior_id=senior_id,
            name=show_name(actor, name, residence.code, hukou),
            id_number=vault.mask_id_number(vault.unseal(sealed)),
            birth_year=birth_on.year,
            residence=residence.name,
            residence_en=residence.name_en,
        )
        for senior_id, name, birth_on, sealed, hukou, residence in session.execute(query)
    }


def _named(name: str, actor: Actor) -> Select[Any]:
    characters = func.string_to_array(func.lower(Senior.name), null())
    # The index of characters finds those who have all of them; then the whole name is compared.
    return select(Senior.id).where(
        characters.op("@>")(func.string_to_array(func.lower(name), null())), Senior.name == name, visible_to(actor)
    )
