"""Puts invented seniors into the register: sealed, with their status over time and their cards."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.clock import ZONE
from app.people.drafts import read_new
from app.people.services import sealed_row
from demo.bulk import copy_rows
from demo.persons import Person, Span

OFFICE_HOUR = time(9, 30)
SENIOR = (
    "name",
    "birth_on",
    "sex",
    "id_number_sealed",
    "id_number_index",
    "phone_sealed",
    "phone_index",
    "address_sealed",
    "hukou_area_code",
    "residence_area_code",
    "living_situation",
    "income_class",
    "ability_level",
)
STATUS = ("senior_id", "status", "from_on", "until_on", "recorded_at")
CARD = ("number", "senior_id", "state", "issued_at", "changed_at", "replaces")


@dataclass(frozen=True, slots=True)
class Registered:
    """A senior with the number the register gave."""

    id: int
    person: Person


def register(session: Session, persons: Sequence[Person], span: Span, *, now: datetime) -> list[Registered]:
    """Write seniors, statuses and cards into an empty register."""
    copy_rows(session, "senior", (*SENIOR, "registered_at", "updated_at"), _senior_rows(persons, span.today))
    # The register was empty, and rows get their numbers in the order in which they come.
    ids = session.scalars(text("SELECT id FROM senior ORDER BY id")).all()
    seniors = [Registered(senior_id, person) for senior_id, person in zip(ids, persons, strict=True)]
    copy_rows(session, "senior_status", STATUS, _status_rows(seniors, now))
    copy_rows(session, "card", CARD, _card_rows(seniors, now))
    return seniors


def _senior_rows(persons: Sequence[Person], today: date) -> Iterator[Sequence[Any]]:
    for person in persons:
        row = sealed_row(read_new(person.fields, today=today))
        moment = _at_office(person.registered_on)
        yield (*(row[column] for column in SENIOR), moment, moment)


def _status_rows(seniors: Sequence[Registered], now: datetime) -> Iterator[Sequence[Any]]:
    for senior in seniors:
        for period in senior.person.timeline:
            recorded_at = min(_at_office(period.from_on), now)
            yield senior.id, period.status, period.from_on, period.until_on, recorded_at


def _card_rows(seniors: Sequence[Registered], now: datetime) -> Iterator[Sequence[Any]]:
    for senior in seniors:
        for card in senior.person.cards:
            moments = (min(_at_office(day), now) for day in (card.issued_on, card.changed_on))
            yield card.number, senior.id, card.state, *moments, card.replaces


def _at_office(day: date) -> datetime:
    return datetime.combine(day, OFFICE_HOUR, tzinfo=ZONE)
