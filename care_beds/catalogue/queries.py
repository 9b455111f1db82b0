"""Reading the catalogue of services."""

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy.orm import Session

from app.areas.rules import ancestors
from app.policies import queries as policies
from care_beds.catalogue.errors import NoCatalogue
from care_beds.catalogue.policy import NAME, read_catalogue
from care_beds.catalogue.rules import Catalogue


def find_catalogue(session: Session, *, area_code: str, on: date) -> Catalogue | None:
    """Return the catalogue of a place and day, or nothing where no document has one."""
    document = policies.find_policy(session, kind=NAME, area_code=area_code, on=on)
    return read_catalogue(document.body, document_id=document.id) if document else None


def get_catalogue(session: Session, *, area_code: str, on: date) -> Catalogue:
    """Return the catalogue of a place and day.

    :raises NoCatalogue: if no document has one there
    """
    found = find_catalogue(session, area_code=area_code, on=on)
    if found is None:
        raise NoCatalogue
    return found


def find_catalogues(session: Session, *, area_codes: Iterable[str], on: date) -> Mapping[str, Catalogue]:
    """Return the catalogues of many places on a day in one statement; places without one are left out."""
    known = {each.area_code: each for each in policies.list_in_force(session, kind=NAME, on=on)}
    read: dict[int, Catalogue] = {}
    found = {}
    for place in set(area_codes):
        document = next((known[code] for code in (place, *ancestors(place)) if code in known), None)
        if document:
            if document.id not in read:
                read[document.id] = read_catalogue(document.body, document_id=document.id)
            found[place] = read[document.id]
    return found
