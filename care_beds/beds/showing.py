"""What a bed's page and the API show of one bed: facts, papers, what is built in, its history, and what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import vault
from app.areas.queries import find_names
from app.auth.actor import Actor
from app.people.queries import Profile, profile_on
from care_beds.beds.access import show_name
from care_beds.beds.agreeing import find_draft, find_in_force
from care_beds.beds.models import (
    BedAdaptation,
    BedAgreement,
    BedDevice,
    BedSignature,
    BedStep,
    BedSurvey,
    BedSuspension,
    CareBed,
)
from care_beds.beds.preparing import find_survey
from care_beds.beds.queries import get_bed, is_overdue
from care_beds.beds.rules import NEXT, BedTerms, State
from care_beds.beds.tables import ACCOUNT, PROVIDER
from care_beds.beds.taking import terms_for
from care_beds.beds.words import name_programme, name_thing


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """A step, who took it, and what was written down with it."""

    step: str
    to_state: str
    on_day: date
    at: datetime
    by: str
    words: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureView:
    """A signature: for whom, by whom, when."""

    party: str
    how: str
    name: str
    relation: str
    signed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementView:
    """An agreement with its signatures."""

    id: int
    provider_id: int
    provider: str
    from_on: date
    until_on: date
    state: str
    words: str
    signatures: Sequence[SignatureView]

    @property
    def signed(self) -> frozenset[str]:
        """Return which parties have signed."""
        return frozenset(each.party for each in self.signatures)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """A change to the home."""

    id: int
    item: str
    name: str
    state: str
    words: str
    cost_fen: int | None
    before_picture_id: UUID | None
    after_picture_id: UUID | None
    done_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceView:
    """A device of a bed."""

    id: int
    kind: str
    name: str
    serial: str | None
    state: str
    installed_on: date | None
    tested_on: date | None
    returned_on: date | None
    words: str
    is_mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BedPage:
    """One bed as somebody may see it."""

    bed: CareBed
    senior: str
    profile: Profile
    place: str
    place_en: str
    provider: str
    provider_phone: str
    programme: str
    applicant: str
    phone: str
    is_overdue: bool
    next_step: str
    terms: BedTerms
    survey: BedSurvey | None
    agreement: AgreementView | None
    draft: AgreementView | None
    items: Sequence[ItemView]
    devices: Sequence[DeviceView]
    steps: Sequence[StepView]
    rests: Sequence[BedSuspension]


def read_bed(session: Session, *, bed_id: int, actor: Actor, today: date) -> BedPage:
    """Return one bed of those that somebody reaches.

    :raises BedNotFound: if there is none
    """
    return page_of(session, get_bed(session, bed_id=bed_id, actor=actor), actor=actor, today=today)


def page_of(session: Session, bed: CareBed, *, actor: Actor, today: date) -> BedPage:
    """Return one bed as somebody may see it; whoever asks has made sure that they may."""
    profile, terms = profile_on(session, senior_id=bed.senior_id, day=today), terms_for(session, bed, on=today)
    area = find_names(session, [bed.area_code])[bed.area_code]
    provider = session.execute(select(PROVIDER).where(PROVIDER.c.id == bed.provider_id)).one_or_none()
    held, draft = find_in_force(session, bed.id, on=today), find_draft(session, bed.id)
    return BedPage(
        bed=bed,
        senior=show_name(actor, profile.name, area_code=bed.area_code, provider_id=bed.provider_id),
        profile=profile,
        place=area.name,
        place_en=area.name_en or area.name,
        provider=provider.name if provider else "",
        provider_phone=provider.phone if provider else "",
        programme=name_programme(bed.programme, terms),
        applicant=_unsealed(bed.applicant_sealed, bed, actor),
        phone=vault.mask_phone(vault.unseal(bed.phone_sealed)) if bed.phone_sealed else "",
        is_overdue=is_overdue(bed, today),
        next_step=str(NEXT.get(State(bed.state), "")),
        terms=terms,
        survey=find_survey(session, bed.id),
        agreement=_agreement(session, held, bed, actor),
        draft=_agreement(session, draft, bed, actor),
        items=list_items(session, bed.id, terms),
        devices=list_devices(session, bed.id, terms, actor),
        steps=list_steps(session, bed.id),
        rests=list_rests(session, bed.id),
    )


def list_steps(session: Session, bed_id: int) -> Sequence[StepView]:
    """Return a bed's history, the latest step last."""
    query = (
        select(BedStep, ACCOUNT.c.name)
        .outerjoin(ACCOUNT, ACCOUNT.c.id == BedStep.by_id)
        .where(BedStep.bed_id == bed_id)
        .order_by(BedStep.id)
    )
    return [
        StepView(
            step=row.step,
            to_state=row.to_state,
            on_day=row.on_day,
            at=row.at,
            by=name or "",
            words=row.words,
            detail=row.detail,
        )
        for row, name in session.execute(query)
    ]


def list_items(session: Session, bed_id: int, terms: BedTerms) -> Sequence[ItemView]:
    """Return the changes to a home."""
    rows = session.scalars(select(BedAdaptation).where(BedAdaptation.bed_id == bed_id).order_by(BedAdaptation.id))
    copied = ("id", "item", "state", "words", "cost_fen", "before_picture_id", "after_picture_id", "done_on")
    return [ItemView(**{name: getattr(row, name) for name in copied}, name=name_thing(row.item, terms)) for row in rows]


def list_devices(session: Session, bed_id: int, terms: BedTerms, actor: Actor) -> Sequence[DeviceView]:
    """Return the devices of a home."""
    rows = session.scalars(select(BedDevice).where(BedDevice.bed_id == bed_id).order_by(BedDevice.id))
    copied = ("id", "kind", "serial", "state", "installed_on", "tested_on", "returned_on", "words")
    return [
        DeviceView(
            **{name: getattr(row, name) for name in copied},
            name=name_thing(row.kind, terms),
            is_mine=row.installed_by == actor.account_id,
        )
        for row in rows
    ]


def list_rests(session: Session, bed_id: int) -> Sequence[BedSuspension]:
    """Return the days on which a bed rested, in order."""
    return session.scalars(select(BedSuspension).where(BedSuspension.bed_id == bed_id).order_by(BedSuspension.id)).all()


def _agreement(session: Session, agreement: BedAgreement | None, bed: CareBed, actor: Actor) -> AgreementView | None:
    if agreement is None:
        return None
    signatures = session.scalars(
        select(BedSignature).where(BedSignature.agreement_id == agreement.id).order_by(BedSignature.id)
    )
    provider = session.scalar(select(PROVIDER.c.name).where(PROVIDER.c.id == agreement.provider_id))
    copied = ("id", "provider_id", "from_on", "until_on", "state", "words")
    return AgreementView(
        **{name: getattr(agreement, name) for name in copied},
        provider=provider or "",
        signatures=[
            SignatureView(
                party=each.party,
                how=each.how,
                name=_unsealed(each.name_sealed, bed, actor),
                relation=each.relation,
                signed_at=each.signed_at,
            )
            for each in signatures
        ],
    )


def _unsealed(sealed: bytes | None, bed: CareBed, actor: Actor) -> str:
    if sealed is None:
        return ""
    return show_name(actor, vault.unseal(sealed), area_code=bed.area_code, provider_id=bed.provider_id)
