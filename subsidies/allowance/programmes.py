"""The programmes in force on a day, as terms; read once a process, since a published document never changes."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.areas.rules import ancestors, is_within, path_of
from app.policies import queries as policies
from subsidies.allowance.kind import NAME
from subsidies.allowance.models import Approval
from subsidies.allowance.reading import programme_of
from subsidies.allowance.terms import Programme


def list_programmes(session: Session, *, on: date) -> list[Programme]:
    """List every programme that holds on a day, wherever it does."""
    return [programme_of(document) for document in policies.list_in_force(session, kind=NAME, on=on)]


def list_titles(session: Session, *, on: date, near: Collection[str] = ()) -> Mapping[str, Mapping[str, str]]:
    """Return what programmes are called, by code.

    :param near: where several places have a programme of a code, the one around these places names it
    """
    return _titles(policies.list_in_force(session, kind=NAME, on=on), near)


def list_titles_by_place(
    session: Session, *, on: date, places: Iterable[str]
) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Return what programmes are called in each of some places."""
    documents = policies.list_in_force(session, kind=NAME, on=on)
    return {place: _titles(documents, [place]) for place in set(places)}


def _titles(documents: Iterable[Any], near: Collection[str]) -> Mapping[str, Mapping[str, str]]:
    def nearness(document: Any) -> tuple[bool, int]:
        return any(is_within(code, document.area_code) for code in near), len(path_of(document.area_code))

    return {document.variant: document.title for document in sorted(documents, key=nearness)}


def list_offered(session: Session, *, on: date, area_codes: Collection[str]) -> Mapping[str, Mapping[str, str]]:
    """Return what the programmes that concern people of some areas are called, by code."""
    titles = list_titles(session, on=on, near=area_codes)
    found = list_programmes(session, on=on)
    return {
        code: title
        for code, title in sorted(titles.items())
        if any(concerning(found, code=code, area_code=area_code) for area_code in area_codes)
    }


def concerning(programmes: Sequence[Programme], *, code: str, area_code: str) -> list[Programme]:
    """Choose the documents of a programme that hold for people of an area: those within it, and those around it."""
    return [
        each
        for each in programmes
        if each.code == code and (is_within(each.area_code, area_code) or is_within(area_code, each.area_code))
    ]


def common_area(area_codes: Sequence[str]) -> str:
    """Return the nearest place that holds all of some places.

    :raises ValueError: if there is no such place
    """
    first = area_codes[0]
    for code in (first, *ancestors(first)):
        if all(is_within(each, code) for each in area_codes):
            return code
    raise ValueError("places of different provinces have no place in common")


def list_approved_codes(session: Session, *, senior_id: int, on: date) -> list[str]:
    """List what an application of somebody is approved for on a day."""
    held = select(Approval.programme).where(
        Approval.senior_id == senior_id,
        Approval.from_on <= on,
        (Approval.until_on.is_(None)) | (Approval.until_on > on),
    )
    return list(session.scalars(held.order_by(Approval.programme)))
