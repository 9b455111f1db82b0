"""Carers: hiring them with an account, letting them go, what they can show, and whose kin they are."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import vault
from app.auth import Actor, Role, accounts
from app.clock import business_day
from app.errors import Invalid
from app.people.faults import Misfit
from app.people.id_numbers import read_id_number
from app.people.queries import find_senior_by_card, names_of
from app.people.rules import age_on, read_phone
from app.people.wording import by_field
from app.pictures import services as pictures
from care_beds.providers.errors import (
    CarerEmployed,
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
from care_beds.providers.services import note, refuse_ended

OWNER = "carer_certificate"
YOUNGEST = 18
ONE_EMPLOYER = "uq_carer_id_number_index_employed"


def hire_carer(
    session: Session,
    *,
    provider_id: int,
    name: str,
    id_number: str,
    phone: str,
    username: str,
    employed_from: date,
    by: Actor,
    now: datetime,
) -> tuple[Carer, str]:
    """Take on a carer with an account of their own. Returns the carer and the account's first password.

    :raises ProviderNotFound: if the provider is none of the caller's
    :raises ProviderEnded: if its agreement was ended
    :raises CarerEmployed: if this person works for a provider already
    :raises Invalid: if the ID number or the phone is none, or the person is too young
    :raises UsernameTaken: if another account has this log-in name
    """
    provider = get_provider(session, provider_id=provider_id, actor=by)
    refuse_ended(provider)
    read = _read_person(id_number, phone, today=business_day(now))
    employed = select(Carer.id).where(
        Carer.id_number_index == vault.index_of(read["id_number"]), Carer.employed_until.is_(None)
    )
    if session.scalar(employed) is not None:
        raise CarerEmployed
    giver = _for_provider(by, provider)
    account, password = accounts.create_account(session, username=username, name=name, password=None, by=giver, now=now)
    accounts.grant_role(
        session,
        account_id=account.id,
        role=Role.CARER,
        area_code=provider.area_code,
        provider_id=provider.id,
        by=giver,
        now=now,
    )
    carer = Carer(
        account_id=account.id,
        provider_id=provider.id,
        name=name,
        employed_from=employed_from,
        created_at=now,
        state="active",
        **_sealed(read),
    )
    session.add(carer)
    try:
        session.flush()
    except IntegrityError as error:
        if ONE_EMPLOYER in str(error):
            # Somebody else hired the same person at this moment.
            raise CarerEmployed from error
        raise
    _note(session, carer, provider, "carer.hired", by=by, now=now, new={"name": name, "employed_from": employed_from})
    return carer, password


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


def _read_person(id_number: str, phone: str, *, today: date) -> dict[str, str]:
    readers: dict[str, Callable[[], str]] = {
        "id_number": lambda: _read_adult(id_number, today),
        "phone": lambda: read_phone(phone),
    }
    errors: dict[str, Any] = {}
    read: dict[str, str] = {}
    for field, reader in readers.items():
        try:
            read[field] = reader()
        except Misfit as misfit:
            errors.update(by_field({field: misfit}))
        except Invalid as refusal:
            errors.update(refusal.errors)
    if errors:
        raise Invalid(errors=errors)
    return read


def _read_adult(id_number: str, today: date) -> str:
    person = read_id_number(id_number, today=today)
    if age_on(person.birth_on, today) < YOUNGEST:
        raise Invalid(errors={"id_number": [_l("By this ID number the person is under 18.")]})
    return person.number


def _sealed(read: dict[str, str]) -> dict[str, bytes]:
    return {
        "phone_sealed": vault.seal(read["phone"]),
        "phone_index": vault.index_of(read["phone"]),
        "id_number_sealed": vault.seal(read["id_number"]),
        "id_number_index": vault.index_of(read["id_number"]),
    }


def _is_new(carer: Carer, number: str) -> bool:
    return vault.index_of(number) != carer.phone_index


def _for_provider(by: Actor, provider: CareProvider) -> Actor:
    """Return the caller as somebody who gives the roles of this provider: a manager reaches no area."""
    return replace(by, area_codes=(provider.area_code,))


def _note(
    session: Session, carer: Carer, provider: CareProvider, action: str, *, by: Actor, now: datetime, **told: Any
) -> None:
    told["new"] = {**(told.get("new") or {}), "carer": carer.id}
    note(session, provider, action, by=by, now=now, **told)
