"""The programmes in force on a day, as terms; read once a process, since a published document never changes."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.areas.rules import ancestors, is_within
from app.policies import queries as policies
from subsidies.allowance.kind import NAME
from subsidies.allowance.models import Approval
from subsidies.allowance.reading import programme_of
from subsidies.allowance.terms import Programme


def list_programmes(session: Session, *, on: date) -> list[Programme]:
    """List every programme that holds on a day, wherever it does."""
    return [programme_of(document) for document in policies.list_in_force(session, kind=NAME, on=on)]


def list_titles(session: Session, *, on: date) -> Mapping[str, Mapping[str, str]]:
    """Return what programmes are called, by code; where several places have one, any of their titles."""
    return {document.variant: document.title for document in policies.list_in_force(session, kind=NAME, on=on)}


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
