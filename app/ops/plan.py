"""Everything that is kept of a person, as the features say it, and destroying it."""

from collections.abc import Mapping
from typing import Any

from flask import current_app
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import vault
from app.features import loaded_features
from app.personal_data import Data, Hold, PersonalData
from app.pictures import files
from app.tokens import new_secret, random_bytes

GONE = """SELECT h.id FROM ({of}) AS h (id) JOIN senior_status AS t ON t.senior_id = h.id
 WHERE t.status IN ('deceased', 'moved_away') AND t.until_on IS NULL"""
HELD = "SELECT EXISTS (SELECT FROM ({of}) AS h (id) WHERE h.id = :senior_id)"
PICTURES = text("SELECT id FROM picture WHERE senior_id = :senior_id")


def list_personal() -> list[PersonalData]:
    """Return what all features keep, in the order in which it goes."""
    return [each for feature in loaded_features(current_app) for each in feature.personal]


def list_holds(data: str) -> list[Hold]:
    """Return what may be open about people that needs a kind of data."""
    return [each for feature in loaded_features(current_app) for each in feature.holds if data in each.data]


def list_held(session: Session, *, data: str) -> set[int]:
    """Return who is gone and of whom something is still open that needs a kind of data."""
    return {senior_id for each in list_holds(data) for senior_id in session.scalars(text(GONE.format(of=each.of)))}


def is_held(session: Session, *, senior_id: int, data: str) -> bool:
    """Say whether something is still open about a person that needs a kind of data."""
    return any(
        session.execute(text(HELD.format(of=each.of)), {"senior_id": senior_id}).scalar_one()
        for each in list_holds(data)
    )


def count_rows(session: Session, *, senior_id: int, data: str) -> int:
    """Count the rows that would be touched."""
    found = (each.count for each in list_personal() if each.data == data)
    return sum(session.execute(text(count), {"senior_id": senior_id}).scalar_one() for count in found)


def destroy(session: Session, *, senior_id: int, data: str) -> int:
    """Destroy one kind of data of a person, and return how many rows that touched.

    Files go before the rows that name them: a line that is not finished is done again.

    :param session: the owner's, opened by ``owner.rewriting``
    """
    if data == Data.PHOTOS:
        for picture_id in session.scalars(PICTURES, {"senior_id": senior_id}).all():
            files.remove(picture_id)
    touched = 0
    for each in list_personal():
        if each.data == data:
            result = session.execute(text(each.statement), _values(each.statement, senior_id))
            touched += result.rowcount  # type: ignore[attr-defined]
    return touched


def _values(statement: str, senior_id: int) -> Mapping[str, Any]:
    """Return what a statement names; what nobody can read or guess is made anew for each."""
    made = {"nothing": lambda: vault.seal(""), "random": lambda: random_bytes(32), "secret": new_secret}
    return {"senior_id": senior_id, **{name: make() for name, make in made.items() if f":{name}" in statement}}
