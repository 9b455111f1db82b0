"""Places for tests."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.orm import Session

from app.areas.rules import ancestors, level_of

KNOWN = "places"
INSERT = text(
    "INSERT INTO area (code, level, name, name_en, parent_code)"
    " VALUES (:code, :level, :name, :name_en, :parent_code) ON CONFLICT (code) DO NOTHING"
)


def make_place(session: Session, code: str, name: str = "", name_en: str = "") -> str:
    """Make a place and the places around it, where they are missing, and return its code.

    Nearly everything that tests make lies somewhere: what a session has made it does not ask for again.
    """
    known = session.info.setdefault(KNOWN, set())
    line = (*reversed(ancestors(code)), code)
    missing = [each for each in line if each not in known]
    if missing:
        session.execute(INSERT, [_row(each, name if each == code else "", name_en) for each in missing])
        known.update(missing)
    return code


def _row(code: str, name: str, name_en: str) -> Mapping[str, Any]:
    parent = next(iter(ancestors(code)), None)
    named = {"name": name or f"地区 {code}", "name_en": name_en if name else f"Area {code}"}
    return {"code": code, "level": level_of(code), "parent_code": parent, **named}


@event.listens_for(Session, "after_soft_rollback")
def _forget_places(session: Session, _previous: object) -> None:
    session.info.pop(KNOWN, None)
