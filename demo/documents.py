"""Seeds the policy documents of all features, and knows which of them hold where on which day."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.orm import Session

import app.people
import care_beds
import meals
import outreach
import portal
import safety
import subsidies
from app.areas.rules import ancestors
from app.policies.folder import read_folder
from app.policies.queries import Filter, list_policies
from app.policies.services import seed_policies
from demo.places import CITY
from demo.staff import Office
from meals.deciding import terms_of

FOLDERS = tuple(
    Path(package.__file__ or "").resolve().parent / "policies"
    for package in (app.people, meals, care_beds, subsidies, safety, portal, outreach)
)
OF_MEALS = frozenset({"meal_discount", "sale_rules"})
MORE_THAN_THERE_ARE = 500


class _Holding(NamedTuple):
    """Where and when a document holds."""

    id: int
    kind: str
    area_code: str
    valid_from: date
    valid_until: date | None

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


class Documents:
    """The published documents of meals in the demonstration, found without asking the database for each sale."""

    def __init__(self, session: Session) -> None:
        page = list_policies(session, area_codes=[CITY], filters=Filter(state="published"), limit=MORE_THAN_THERE_ARE)
        self._all = [
            _Holding(each.id, each.kind, each.area_code, each.valid_from, each.valid_until)
            for each in page.items
            if each.kind in OF_MEALS
        ]
        self._known: dict[tuple[str, date], Mapping[str, int]] = {}
        for document in self._all:
            # Read once and kept, so that pricing never asks the database while sales are being written.
            terms_of(session, document.id)

    def on(self, area_code: str, day: date) -> Mapping[str, int]:
        """Return the number of the document of each kind that holds in a place on a day."""
        known = self._known.get((area_code, day))
        if known is None:
            known = self._known[area_code, day] = self._find(area_code, day)
        return known

    def _find(self, area_code: str, day: date) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for code in (area_code, *ancestors(area_code)):
            for document in self._all:
                if document.area_code == code and document.holds_on(day):
                    found.setdefault(document.kind, document.id)
        return found


def seed_documents(session: Session, *, office: Office, now: datetime) -> Documents:
    """Publish the documents that come with the product: one person writes, another checks."""
    for folder in FOLDERS:
        seed_policies(session, documents=read_folder(folder), maker=office.drafter, checker=office.checker, now=now)
    return Documents(session)
