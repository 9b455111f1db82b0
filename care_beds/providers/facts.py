"""Rows as plain values: what pages and the API show is read once, and does not ask the database again."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderFacts:
    """A provider, without what only the books need."""

    id: int
    code: str
    name: str
    area_code: str
    licence_number: str
    licence_expires_on: date
    agreement_number: str
    agreement_from: date
    agreement_expires_on: date
    capacity: int
    phone: str
    state: str
    state_words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """A carer, without numbers."""

    id: int
    account_id: int
    provider_id: int
    name: str
    employed_from: date
    employed_until: date | None
    state: str
    state_words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """A certificate."""

    id: int
    carer_id: int
    kind: str
    number: str
    issued_on: date
    expires_on: date | None
    picture_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFacts:
    """What somebody found who looked."""

    reviewed_on: date
    stars: int
    words: str
    reviewed_by: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KinFacts:
    """A senior whom a carer declared."""

    id: int
    senior_id: int
    relation: str
    is_cohabitant: bool
    declared_on: date


def facts_of(kind: type[T], row: Any) -> T:
    """Return a row's fields as plain values."""
    return kind(**{each.name: getattr(row, each.name) for each in fields(kind)})  # type: ignore[arg-type]
