"""Carers: letting them go, what they can show, and whose kin they are."""

from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import vault
from app.auth import Actor, Role, accounts
from app.clock import business_day
from app.errors import Invalid
from app.people.faults import Misfit
from app.people.queries import find_senior_by_card, names_of
from app.people.rules import read_phone
from app.people.wording import by_field
from app.pictures import services as pictures
from care_beds.providers.errors import (
    CarerLeft,
    CertificateNotFound,
    KinNotFound,
    NobodyWithCard,
    StateUnchanged,
)
from care_beds.providers.following import tell_fitness
from care_beds.providers.models import CareProvider, Carer, CarerCertificate, CarerKin
from care_beds.providers.queries import get_carer, get_provider
from care_beds.providers.rules import Certificate, Relation
from care_beds.providers.services import note

OWNER = "carer_certificate"


def change_carer(session: Session, *, carer_id: int, name: str, phone: str, by: Actor, now: datetime) -> Carer:
    """Change how a carer is called and reached.

    :raises CarerNotFound: if they work for none of the caller's providers
    :raises CarerLeft: if they left
    :raises Invalid: if the phone is none
    """
    carer, provider = _working(session, carer_id, by)
    try:
        number = read_phone(phone)
    except Misfit as misfit:
        raise Invalid(errors=by_field({"phone": misfit})) from misfit
    changed = [field for field, is_new in (("name", name != carer.name), ("phone", _is_new(carer, number))) if is_new]
    old = {"name": carer.name}
    carer.name = name
    carer.phone_sealed, carer.phone_index = vault.seal(number), vault.index_of(number)
    session.flush()
    if changed:
        told = {"old": old, "new": {"name": name, "changed": changed}}
        _note(session, carer, provider, "carer.changed", by=by, now=now, **told)
    return carer


def let_go(session: Session, *, carer_id: int, last_on: date, words: str, by: Actor, now: datetime) -> Carer:
    """Write down that a carer leaves, and take the role at the provider away.

    :param last_on: the last day of work, not after today
    :raises CarerNotFound: if they work for none of the caller's providers
    :raises CarerLeft: if they left before
    :raises OwnAccount: if the carer is the caller
    :raises Invalid: if the day is still to come, or before the first
    """
    carer, provider = _working(session, carer_id, by)
    if last_on > business_day(now):
        raise Invalid(errors={"last_on": [_l("This day is still to come. Write it down once they have left.")]})
    if last_on < carer.employed_from:
        raise Invalid(errors={"last_on": [_l("This lies before the first day of work.")]})
    carer.employed_until = date.fromordinal(last_on.toordinal() + 1)
    about: dict[str, Any] = {"account_id": carer.account_id, "provider_id": provider.id}
    accounts.end_roles_at(session, **about, roles=[Role.CARER], by=by, now=now)
    _note(session, carer, provider, "carer.left", by=by, now=now, new={"last_on": last_on}, reason=words)
    tell_fitness(session, provider=provider, now=now)
    return carer


def suspend_carer(session: Session, *, carer_id: int, words: str, by: Actor, now: datetime) -> Carer:
    """Keep a carer from visiting until further notice.

    :raises CarerNotFound: if they work for none of the caller's providers
    :raises CarerLeft: if they left
    :raises StateUnchanged: if they are suspended already
    """
    return _turn(session, carer_id, "suspended", words, by=by, now=now)


def resume_carer(session: Session, *, carer_id: int, words: str, by: Actor, now: datetime) -> Carer:
    """Let a suspended carer visit again.

    :raises CarerNotFound: if they work for none of the caller's providers
    :raises CarerLeft: if they left
    :raises StateUnchanged: if they are not suspended
    """
    return _turn(session, carer_id, "active", words, by=by, now=now)


def record_certificate(
    session: Session,
    *,
    carer_id: int,
    kind: Certificate,
    number: str,
    issued_on: date,
    by: Actor,
    now: datetime,
    expires_on: date | None = None,
    picture: bytes | None = None,
) -> CarerCertificate:
    """Record a certificate, also one that renews another: the latest of a kind counts.

    :param expires_on: its last good day; nothing for one without end
    :param picture: a photo of it
    :raises CarerNotFound: if they work for none of the caller's providers
    :raises CarerLeft: if they left
    :raises Invalid: if it was issued in the future, or ends before it begins
    :raises PictureRefused: if the photo is none, too large or damaged
    """
    carer, provider = _working(session, carer_id, by)
    if issued_on > business_day(now):
        raise Invalid(errors={"issued_on": [_l("This day is still to come.")]})
    if expires_on is not None and expires_on < issued_on:
        raise Invalid(errors={"expires_on": [_l("It ends before it was issued.")]})
    certificate = CarerCertificate(
        carer_id=carer.id,
        kind=kind,
        number=number,
        issued_on=issued_on,
        expires_on=expires_on,
        recorded_by=by.account_id,
        recorded_at=now,
        picture_id=_keep_picture(session, carer, provider, picture, by=by, now=now),
    )
    session.add(certificate)
    session.flush()
    told = {"kind": kind, "issued_on": issued_on, "expires_on": expires_on}
    _note(session, carer, provider, "certificate.recorded", by=by, now=now, new=told)
    return certificate


def withdraw_certificate(
    session: Session, *, carer_id: int, certificate_id: int, words: str, by: Actor, now: datetime
) -> None:
    """Take back a certificate that is not good, or was typed wrongly.

    :raises CarerNotFound: if they work for none of the caller's providers
    :raises CarerLeft: if they left
    :raises CertificateNotFound: if the carer has no such certificate
    """
    carer, provider = _working(session, carer_id, by)
    found = session.get(CarerCertificate, certificate_id, with_for_update=True)
    if found is None or found.carer_id != carer.id or found.withdrawn_at is not None:
        raise CertificateNotFound
    found.withdrawn_at = now
    session.flush()
    old = {"kind": found.kind, "expires_on": found.expires_on}
    _note(session, carer, provider, "certificate.withdrawn", by=by, now=now, old=old, reason=words)


def declare_kin(
    session: Session,
    *,
    carer_id: int,
    card: str,
    name: str,
    relation: Relation,
    is_cohabitant: bool,
    by: Actor,
    now: datetime,
) -> CarerKin:
    """Write down that a senior is a carer's kin, or lives with them: such a visit is looked at more closely.

    :param card: the senior's card, as the household has it
    :raises CarerNotFound: if they work for none of the caller's providers
    :raises CarerLeft: if they left
    :raises NobodyWithCard: if there is no senior with this card and this name
    :raises Invalid: if it is neither kin nor somebody who lives there
    """
    carer, provider = _working(session, carer_id, by)
    if relation is Relation.NONE and not is_cohabitant:
        raise Invalid(errors={"relation": [_l("Say how they are related, or that they live together.")]})
    senior_id = find_senior_by_card(session, number=card)
    if senior_id is None or names_of(session, senior_ids=[senior_id]).get(senior_id) != name.strip():
        raise NobodyWithCard
    query = select(CarerKin).where(CarerKin.carer_id == carer.id, CarerKin.senior_id == senior_id)
    standing = session.scalar(query.where(CarerKin.ended_at.is_(None)).with_for_update())
    if standing is not None:
        standing.ended_at = now
        session.flush()
    kin = CarerKin(
        carer_id=carer.id,
        senior_id=senior_id,
        relation=relation,
        is_cohabitant=is_cohabitant,
        declared_on=business_day(now),
        declared_by=by.account_id,
    )
    session.add(kin)
    session.flush()
    told = {"senior": senior_id, "relation": relation, "is_cohabitant": is_cohabitant}
    _note(session, carer, provider, "kin.declared", by=by, now=now, new=told)
    tell_fitness(session, provider=provider, now=now)
    return kin


def end_kin(session: Session, *, carer_id: int, kin_id: int, words: str, by: Actor, now: datetime) -> None:
    """Take back a declaration that was wrong, or is so no more.

    :raises CarerNotFound: if they work for none of the caller's providers
    :raises CarerLeft: if they left
    :raises KinNotFound: if the carer has no such declaration
    """
    carer, provider = _working(session, carer_id, by)
    found = session.get(CarerKin, kin_id, with_for_update=True)
    if found is None or found.carer_id != carer.id or found.ended_at is not None:
        raise KinNotFound
    found.ended_at = now
    session.flush()
    old = {"senior": found.senior_id, "relation": found.relation}
    _note(session, carer, provider, "kin.ended", by=by, now=now, old=old, reason=words)


def _working(session: Session, carer_id: int, by: Actor) -> tuple[Carer, CareProvider]:
    carer = get_carer(session, carer_id=carer_id, actor=by, lock=True)
    if carer.employed_until is not None:
        raise CarerLeft
    return carer, get_provider(session, provider_id=carer.provider_id)


def _turn(session: Session, carer_id: int, state: str, words: str, *, by: Actor, now: datetime) -> Carer:
    carer, provider = _working(session, carer_id, by)
    if carer.state == state:
        raise StateUnchanged
    carer.state, carer.state_words = state, words if state == "suspended" else ""
    session.flush()
    action = "carer.suspended" if state == "suspended" else "carer.resumed"
    _note(session, carer, provider, action, by=by, now=now, reason=words)
    tell_fitness(session, provider=provider, now=now)
    return carer


def _keep_picture(
    session: Session, carer: Carer, provider: CareProvider, data: bytes | None, *, by: Actor, now: datetime
) -> Any:
    if data is None:
        return None
    return pictures.keep(
        session,
        data=data,
        owner_kind=OWNER,
        owner_ref=str(carer.id),
        area_code=provider.area_code,
        senior_id=None,
        purpose="certificate",
        by=by,
        now=now,
    ).id


def _is_new(carer: Carer, number: str) -> bool:
    return carer.phone_index not in vault.indexes_of(number)


def _note(
    session: Session, carer: Carer, provider: CareProvider, action: str, *, by: Actor, now: datetime, **told: Any
) -> None:
    told["new"] = {**(told.get("new") or {}), "carer": carer.id}
    note(session, provider, action, by=by, now=now, **told)
