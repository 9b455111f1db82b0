"""Whether a provider's papers hold, and whether a carer may visit: pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol


class ProviderState(StrEnum):
    """Whether a provider may look after beds."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


class Certificate(StrEnum):
    """What a carer can show: skill, health, a nurse's or therapist's licence, first aid."""

    CARE_WORKER = "care_worker"
    HEALTH = "health"
    NURSE = "nurse"
    THERAPIST = "therapist"
    FIRST_AID = "first_aid"


class Relation(StrEnum):
    """What a senior is to a carer: the carer's mother is a parent. ``none`` is somebody they merely live with."""

    SPOUSE = "spouse"
    PARENT = "parent"
    PARENT_IN_LAW = "parent_in_law"
    GRANDPARENT = "grandparent"
    SIBLING = "sibling"
    OTHER_RELATIVE = "other_relative"
    NONE = "none"


class PaperFault(StrEnum):
    """Why a provider may not take on a bed on a day."""

    LICENCE_EXPIRED = "licence_expired"
    AGREEMENT_NOT_BEGUN = "agreement_not_begun"
    AGREEMENT_EXPIRED = "agreement_expired"
    SUSPENDED = "suspended"
    ENDED = "ended"


class Unfit(StrEnum):
    """Why a carer may not visit on a day."""

    NOT_EMPLOYED = "not_employed"
    SUSPENDED = "suspended"
    CERTIFICATE_MISSING = "certificate_missing"
    CERTIFICATE_EXPIRED = "certificate_expired"


class Standing(StrEnum):
    """Whether a paper holds; the day it expires on is its last good one."""

    VALID = "valid"
    ENDING = "ending"
    LAPSED = "lapsed"


class Papers(Protocol):
    """What is asked of a provider."""

    @property
    def licence_expires_on(self) -> date:
        """Return the last day of the licence."""

    @property
    def agreement_from(self) -> date:
        """Return the first day of the agreement."""

    @property
    def agreement_expires_on(self) -> date:
        """Return the last day of the agreement."""

    @property
    def state(self) -> str:
        """Return whether the provider is suspended or was ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRules:
    """Which certificates a carer must have, and how long before its end a paper is spoken of."""

    required: tuple[Certificate, ...] = ()
    notice_days: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class CarerFacts:
    """What is known of a carer on a day: ``held`` is the last good day of each kind, the latest one, or no end."""

    employed_from: date
    employed_until: date | None
    state: str
    held: Mapping[str, date | None]


def may_follow(state: ProviderState, asked: ProviderState) -> bool:
    """Say whether a provider's state may become another; what was ended stays so."""
    return asked != state and state is not ProviderState.ENDED


def list_paper_faults(papers: Papers, *, on: date) -> tuple[PaperFault, ...]:
    """Name why a provider may not take on a bed on a day; nothing if it may."""
    faults = (
        (papers.state == ProviderState.SUSPENDED, PaperFault.SUSPENDED),
        (papers.state == ProviderState.ENDED, PaperFault.ENDED),
        (papers.licence_expires_on < on, PaperFault.LICENCE_EXPIRED),
        (papers.agreement_from > on, PaperFault.AGREEMENT_NOT_BEGUN),
        (papers.agreement_expires_on < on, PaperFault.AGREEMENT_EXPIRED),
    )
    return tuple(fault for is_so, fault in faults if is_so)


def list_unfit_reasons(carer: CarerFacts, *, required: Sequence[str], on: date) -> tuple[Unfit, ...]:
    """Name why a carer may not visit on a day; nothing if they may."""
    begun = carer.employed_from <= on and (carer.employed_until is None or on < carer.employed_until)
    missing = any(kind not in carer.held for kind in required)
    expired = any(_is_over(carer.held[kind], on) for kind in required if kind in carer.held)
    faults = (
        (not begun, Unfit.NOT_EMPLOYED),
        (carer.state == "suspended", Unfit.SUSPENDED),
        (missing, Unfit.CERTIFICATE_MISSING),
        (expired, Unfit.CERTIFICATE_EXPIRED),
    )
    return tuple(reason for is_so, reason in faults if is_so)


def standing_on(expires_on: date | None, *, on: date, notice_days: int) -> Standing:
    """Say whether a paper holds on a day, and whether it ends soon."""
    if expires_on is None:
        return Standing.VALID
    if expires_on < on:
        return Standing.LAPSED
    return Standing.ENDING if expires_on - on <= timedelta(days=notice_days) else Standing.VALID


def _is_over(expires_on: date | None, on: date) -> bool:
    return expires_on is not None and expires_on < on
