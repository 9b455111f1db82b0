"""Homes: applying for a kit, changing what is known of a home, beginning to watch over it, ending it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import vault
from app.areas.rules import is_within_any
from app.auth.actor import Actor
from app.clock import business_day
from app.errors import Invalid
from app.people import doors
from app.people.queries import Profile, check_visible, profile_on
from app.people.rules import LivingSituation, Status
from app.web.wording import in_language
from safety.kits.errors import DevicesThere, HomeEnded, HomeExists, HomeNotReady, HomeSeniorGone, KitUnfit
from safety.kits.following import tell_followers
from safety.kits.models import SafetyContact, SafetyHome
from safety.kits.noting import note_home
from safety.kits.page_words import LACK_NAMES, UNFIT_NAMES
from safety.kits.policy import find_terms, get_terms
from safety.kits.queries import find_home_of, get_home, list_devices_of_home
from safety.kits.rules import DeviceState, HomeState, KitTerms, list_lacks, list_unfit

GONE = frozenset({Status.DECEASED, Status.MOVED_AWAY, Status.IN_INSTITUTION})
SEALED = ("address", "way_in", "illnesses", "medicines")
PLAIN = ("instructions", "lives_alone", "kin_near")


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What is said when a kit is applied for."""

    payer: str
    lives_alone: bool
    kin_near: bool
    agreed_by: str
    agreed_on: date
    address: str = ""
    instructions: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Who could pay for a kit for somebody, with what speaks against it; nothing where no rules hold."""

    payer: str
    unfit: Sequence[str]


def apply(session: Session, *, senior_id: int, application: Application, actor: Actor, now: datetime) -> SafetyHome:
    """Record an application for a kit at the street office where the senior lives.

    :raises NotFound: if there is no such senior in the actor's areas
    :raises Invalid: if a day lies ahead, or the senior lives in another street
    :raises HomeSeniorGone: if the senior has died, moved away, or lives in an institution
    :raises NoKitRules: if no rules hold there
    :raises KitUnfit: if the kit, or one that the public purse pays for, is not for the senior
    :raises HomeExists: if there is a kit, or an application for one
    """
    check_visible(session, senior_id=senior_id, actor=actor)
    today = business_day(now)
    profile = profile_on(session, senior_id=senior_id, day=today)
    _check_place_and_days(profile, application, actor, today)
    terms = get_terms(session, area_code=profile.residence_area, on=today)
    _check_fit(terms, profile, application)
    home = SafetyHome(
        senior_id=senior_id,
        area_code=profile.residence_area,
        address_sealed=_sealed(application.address or _known_address(session, senior_id)),
        instructions=application.instructions,
        lives_alone=application.lives_alone,
        kin_near=application.kin_near,
        payer=application.payer,
        policy_id=terms.policy_id,
        agreed_by=application.agreed_by,
        agreed_on=application.agreed_on,
        applied_on=today,
        applied_by=actor.account_id,
    )
    _add(session, home)
    note_home(session, home, "safety_home.applied", by=actor, now=now, step="applied", new={"payer": application.payer})
    return home


def list_outlook(session: Session, *, senior_id: int, lives_alone: bool, kin_near: bool, on: date) -> Sequence[Outlook]:
    """Return who could pay for a kit for a senior, and what speaks against each."""
    profile = profile_on(session, senior_id=senior_id, day=on)
    terms = find_terms(session, area_code=profile.residence_area, on=on)
    if terms is None:
        return ()
    return [
        Outlook(payer=payer, unfit=_tell_unfit(terms, profile, payer, lives_alone=lives_alone, kin_near=kin_near))
        for payer in ("public", "own")
    ]


def change_home(
    session: Session, *, home_id: int, changes: Mapping[str, Any], actor: Actor, now: datetime
) -> SafetyHome:
    """Change what is known of a home; what is kept sealed is named in the audit log and never shown there.

    :param changes: address, way_in, illnesses, medicines (sealed; empty takes them away), instructions, lives_alone,
        kin_near, health_agreed_on (none takes illnesses and medicines away)
    :raises HomeNotFound: if there is no such home for the actor
    :raises HomeEnded: if it ended
    :raises Invalid: if illnesses or medicines are given without the senior's word
    """
    home = lock_home(session, home_id=home_id, actor=actor)
    changed = {name: value for name, value in changes.items() if name in (*SEALED, *PLAIN)}
    if "health_agreed_on" in changes:
        _agree_to_health(home, changes["health_agreed_on"], changed)
    if home.health_agreed_on is None and (changed.get("illnesses") or changed.get("medicines")):
        told = _l("Write down first on which day the senior agreed that the desk reads this.")
        raise Invalid(errors={"health_agreed_on": [told]})
    old = {name: getattr(home, name) for name in PLAIN if name in changed}
    for name, value in changed.items():
        if name in SEALED:
            setattr(home, f"{name}_sealed", _sealed(value))
        else:
            setattr(home, name, value)
    new = {name: changed[name] for name in PLAIN if name in changed}
    sealed = {"sealed": sorted(set(changed) & set(SEALED))}
    note_home(session, home, "safety_home.changed", by=actor, now=now, old=old, new={**new, **sealed})
    return home


def start_home(session: Session, *, home_id: int, actor: Actor, now: datetime) -> SafetyHome:
    """Begin to watch over a home: its kit is complete and was heard, and there is somebody to call.

    :raises HomeNotFound: if there is no such home for the actor
    :raises HomeEnded: if it ended
    :raises HomeNotReady: with what is missing
    """
    home = lock_home(session, home_id=home_id, actor=actor)
    if home.state == HomeState.ACTIVE:
        return home
    lacking = tell_lacks(session, home=home, on=business_day(now))
    if lacking:
        raise HomeNotReady(" ".join(lacking), extra={"missing": list(lacking)})
    home.state, home.started_on = HomeState.ACTIVE, business_day(now)
    # From here on a call is a call for help, whatever was being tried before.
    home.testing_from = home.testing_until = None
    note_home(session, home, "safety_home.started", by=actor, now=now, step="started")
    tell_followers(session, home.id, now)
    return home


def end_home(session: Session, *, home_id: int, words: str, actor: Actor, now: datetime) -> SafetyHome:
    """End a home whose devices came back; what was written down about the way in and illnesses is forgotten.

    :raises HomeNotFound: if there is no such home for the actor
    :raises HomeEnded: if it ended before
    :raises DevicesThere: if devices stand in the home
    """
    home = lock_home(session, home_id=home_id, actor=actor)
    if has_kit(session, home.id):
        raise DevicesThere
    return finish_home(session, home, words=words, actor=actor, now=now)


def has_kit(session: Session, home_id: int) -> bool:
    """Say whether devices stand in a home."""
    return any(each.state == DeviceState.INSTALLED for each in list_devices_of_home(session, home_id=home_id))


def finish_home(session: Session, home: SafetyHome, *, words: str, actor: Actor, now: datetime) -> SafetyHome:
    """End a home that is held and in which no device stands; whoever calls has looked at who may."""
    for each in list_devices_of_home(session, home_id=home.id):
        each.home_id = None
    home.state, home.ended_on, home.end_words = HomeState.ENDED, business_day(now), words
    home.way_in_sealed = home.illnesses_sealed = home.medicines_sealed = home.health_agreed_on = None
    home.testing_from = home.testing_until = None
    home.away_reason = home.away_from = home.away_until = None
    note_home(session, home, "safety_home.ended", by=actor, now=now, step="ended", words=words)
    tell_followers(session, home.id, now)
    return home


def tell_lacks(session: Session, *, home: SafetyHome, on: date) -> Sequence[str]:
    """Say what a home needs before it can be watched over.

    :raises NoKitRules: if no rules hold there
    """
    terms = get_terms(session, area_code=home.area_code, on=on)
    devices = list_devices_of_home(session, home_id=home.id)
    found = list_lacks(
        terms.kit,
        devices=[(each.type, each.state == DeviceState.INSTALLED, each.tested_at is not None) for each in devices],
        has_contact=bool(session.scalar(select(exists().where(SafetyContact.home_id == home.id)))),
        has_address=home.address_sealed is not None,
    )
    return [str(LACK_NAMES[lack]) % {"device": title_of(terms, kind)} for lack, kind in found]


def title_of(terms: KitTerms | None, kind: str) -> str:
    """Return what a kind of device is called; one that a document no longer names, by its code."""
    known = terms.types.get(kind) if terms else None
    return in_language(known.title) if known else kind


def lock_home(session: Session, *, home_id: int, actor: Actor) -> SafetyHome:
    """Return a home for a change, held until the end of the transaction.

    :raises HomeNotFound: if there is no such home for the actor
    :raises HomeEnded: if it ended
    """
    get_home(session, home_id=home_id, actor=actor)
    # Held from other changes only: events of the home, a call for help among them, come in meanwhile.
    home = session.get_one(SafetyHome, home_id, with_for_update={"key_share": True}, populate_existing=True)
    if home.state == HomeState.ENDED:
        raise HomeEnded
    return home


def guess_situation(session: Session, *, senior_id: int, on: date) -> bool:
    """Say whether the register knows that a senior lives alone: what the form of an application starts with."""
    return profile_on(session, senior_id=senior_id, day=on).living_situation is LivingSituation.ALONE


def _check_place_and_days(profile: Profile, application: Application, actor: Actor, today: date) -> None:
    if profile.status in GONE:
        raise HomeSeniorGone
    if application.agreed_on > today:
        raise Invalid(errors={"agreed_on": [_l("This day lies ahead.")]})
    if not is_within_any(profile.residence_area, actor.area_codes):
        raise Invalid(errors={"senior_id": [_l("This person lives elsewhere. The street office there records it.")]})


def _check_fit(terms: KitTerms, profile: Profile, application: Application) -> None:
    unfit = _tell_unfit(
        terms, profile, application.payer, lives_alone=application.lives_alone, kin_near=application.kin_near
    )
    if unfit:
        raise KitUnfit(" ".join(unfit))


def _tell_unfit(terms: KitTerms, profile: Profile, payer: str, *, lives_alone: bool, kin_near: bool) -> list[str]:
    found = list_unfit(
        terms,
        payer=payer,
        age=profile.age,
        hukou_area=profile.hukou_area,
        lives_alone=lives_alone,
        kin_near=kin_near,
    )
    ages = {"age": terms.age_from, "paid_age": terms.paid.age_from}
    return [str(UNFIT_NAMES[each]) % ages for each in found]


def _known_address(session: Session, senior_id: int) -> str:
    return doors.list_doors(session, senior_ids=[senior_id])[senior_id].address


def _sealed(value: str) -> bytes | None:
    return vault.seal(value) if value else None


def _agree_to_health(home: SafetyHome, agreed_on: date | None, changed: dict[str, Any]) -> None:
    home.health_agreed_on = agreed_on
    if agreed_on is None:
        changed.update(illnesses="", medicines="")


def _add(session: Session, home: SafetyHome) -> None:
    if find_home_of(session, senior_id=home.senior_id):
        raise HomeExists
    try:
        # Two at the same moment: both see none, the index lets one in.
        with session.begin_nested():
            session.add(home)
    except IntegrityError as error:
        raise HomeExists from error
