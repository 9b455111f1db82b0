"""What happened to a person across the product: the sources of all features, asked and put in one order."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.dossier import Before, Moment, MomentSource, cut_moments
from app.features import loaded_features
from app.paging import EPOCH, Page, cut_page, no_cursor, read_cursor, write_cursor
from app.people.access import reaching

PAGE, LARGEST_PAGE = 20, 100
KEY = re.compile(r"[a-z_]{1,40}:[A-Za-z0-9:_.-]{1,80}")
MICROSECOND = timedelta(microseconds=1)


def list_sources(actor: Actor, places: Sequence[str]) -> Sequence[tuple[MomentSource, Actor]]:
    """Return who tells of a person of these places, each with what it may tell the actor."""
    asked = [
        (source, reaching(actor, source.roles, places))
        for feature in loaded_features(current_app)
        for source in feature.timeline
    ]
    return [(source, reader) for source, reader in asked if reader is not None]


def list_sorts(actor: Actor, places: Sequence[str]) -> dict[str, Any]:
    """Return the sorts of moments that the actor may see, with their labels."""
    found: dict[str, Any] = {}
    for source, _reader in list_sources(actor, places):
        found.setdefault(source.sort, source.label)
    return found


def list_moments(
    session: Session,
    *,
    senior_id: int,
    actor: Actor,
    places: Sequence[str],
    sort: str = "",
    after: str | None = None,
    limit: int = PAGE,
) -> Page[Moment]:
    """Return what happened to a person, newest first; the caller may see the person.

    :param sort: only moments of this sort
    :raises Invalid: if ``after`` is no cursor of a timeline
    """
    before = read_place(after) if after else None
    told = [
        moment
        for source, reader in list_sources(actor, places)
        if sort in ("", source.sort)
        for moment in source.moments(session, senior_id=senior_id, actor=reader, before=before, limit=limit + 1)
    ]
    return cut_page(cut_moments(told, before=before, limit=limit + 1), limit, write_place)


def write_place(moment: Moment) -> str:
    """Write where a page ends as a text that fits in an address."""
    return write_cursor((moment.at - EPOCH) // MICROSECOND, moment.key)


def read_place(cursor: str) -> Before:
    """Read what ``write_place`` wrote.

    :raises Invalid: if it is no cursor of a timeline
    """
    micros, key = read_cursor(cursor, int, str)
    try:
        at = EPOCH + micros * MICROSECOND
    except OverflowError as error:
        raise no_cursor() from error
    if not KEY.fullmatch(key):
        raise no_cursor()
    return Before(at, key)
