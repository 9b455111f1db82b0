"""What the page of a home and the API show of one home: its kit, whom to call, what is missing, its history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.areas.queries import find_names
from app.auth.actor import Actor
from app.clock import business_day
from app.people.queries import names_of, profile_on
from safety.kits.access import show_name
from safety.kits.homes import GONE, tell_lacks, title_of
from safety.kits.listing import DeviceItem, list_kit
from safety.kits.models import SafetyDevice, SafetyHome, SafetyKitStep
from safety.kits.policy import find_terms
from safety.kits.queries import Contact, contacts_of, get_home, is_away, settings_of
from safety.kits.rules import HomeState
from safety.kits.tables import ACCOUNT

STEPS_SHOWN = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """Something that was done with a kit, and who did it."""

    kind: str
    at: datetime
    by: str
    device: str
    place: str
    words: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """One home as shown; what is sealed stays sealed."""

    home: SafetyHome
    senior: str
    age: int
    is_gone: bool
    place: str
    place_en: str
    kit: Sequence[DeviceItem]
    contacts: Sequence[Contact]
    missing: Sequence[str]
    is_away: bool
    is_testing: bool
    overrides: Mapping[str, Any]
    steps: Sequence[StepView]


def read_home(session: Session, *, home_id: int, actor: Actor, now: datetime) -> HomeView:
    """Return one home of the actor's area with everything that its page shows.

    :raises HomeNotFound: if there is none
    """
    home, today = get_home(session, home_id=home_id, actor=actor), business_day(now)
    profile = profile_on(session, senior_id=home.senior_id, day=today)
    area = find_names(session, [home.area_code])[home.area_code]
    terms = find_terms(session, area_code=home.area_code, on=today)
    return HomeView(
        home=home,
        senior=show_name(actor, profile.name, home.area_code),
        age=profile.age,
        is_gone=profile.status in GONE,
        place=area.name,
        place_en=area.name_en,
        kit=list_kit(session, home_id=home.id, reach=actor, now=now),
        contacts=contacts_of(session, home_id=home.id),
        missing=tell_lacks(session, home=home, on=today) if terms and home.state == HomeState.PENDING else (),
        is_away=is_away(home, now),
        is_testing=home.testing_until is not None and home.testing_until > now,
        overrides=settings_of(session, home_ids=[home.id], on=today).get(home.id, {}),
        steps=_list_steps(session, home.id, lambda kind: title_of(terms, kind)),
    )


def name_senior(session: Session, senior_id: int) -> str:
    """Return what somebody is called; asks nobody's leave."""
    return names_of(session, senior_ids=[senior_id])[senior_id]


def _list_steps(session: Session, home_id: int, title: Any) -> Sequence[StepView]:
    query = (
        select(SafetyKitStep, ACCOUNT.c.name, SafetyDevice.type)
        .outerjoin(ACCOUNT, ACCOUNT.c.id == SafetyKitStep.by_account)
        .outerjoin(SafetyDevice, SafetyDevice.id == SafetyKitStep.device_id)
        .where(SafetyKitStep.home_id == home_id)
        .order_by(SafetyKitStep.id.desc())
        .limit(STEPS_SHOWN)
    )
    return [_step(step, by or "", title(kind) if kind else "") for step, by, kind in session.execute(query)]


def _step(step: SafetyKitStep, by: str, device: str) -> StepView:
    return StepView(
        kind=step.kind,
        at=step.at,
        by=by,
        device=device,
        place=step.detail.get("to") or step.detail.get("place") or "",
        words=step.words,
        detail=step.detail,
    )
