"""Taking carers on, with an account: a new one, or the old one of somebody who comes back."""

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
from app.people.rules import age_on, read_phone
from app.people.wording import by_field
from care_beds.providers.errors import CarerEmployed
from care_beds.providers.models import CareProvider, Carer, CarerKin
from care_beds.providers.queries import get_provider
from care_beds.providers.services import note, refuse_ended

YOUNGEST = 18
# One person works for one provider at a time, and so does an account.
ONE_EMPLOYER = ("uq_carer_id_number_index_employed", "uq_carer_account_id_employed")


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

    Whoever worked as a carer before gets the old account back, with its log-in name; there is no first password
    where it is in use for something else.

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
        Carer.id_number_index.in_(vault.indexes_of(read["id_number"])), Carer.employed_until.is_(None)
    )
    if session.scalar(employed) is not None:
        raise CarerEmployed
    former = _find_former(session, read["id_number"])
    account_id, password = _open_account(session, former, provider, username=username, name=name, by=by, now=now)
    carer = Carer(
        account_id=account_id,
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
        if any(promise in str(error) for promise in ONE_EMPLOYER):
            # Somebody else hired the same person at this moment.
            raise CarerEmployed from error
        raise
    if former is not None:
        _keep_kin(session, former, carer)
    told = {"name": name, "employed_from": employed_from, "carer": carer.id}
    note(session, provider, "carer.hired", by=by, now=now, new=told)
    return carer, password


def _open_account(
    session: Session,
    former: Carer | None,
    provider: CareProvider,
    *,
    username: str,
    name: str,
    by: Actor,
    now: datetime,
) -> tuple[int, str]:
    """Give somebody an account with the role of a carer, the old one where there is one; return it and its password."""
    giver = _for_provider(by, provider)
    if former is not None:
        account_id = former.account_id
        password = accounts.open_again(session, account_id=account_id, by=giver, now=now)
    else:
        asked: dict[str, Any] = {"username": username, "name": name, "password": None}
        account, password = accounts.create_account(session, **asked, by=giver, now=now)
        account_id = account.id
    accounts.give_role_at(
        session,
        account_id=account_id,
        role=Role.CARER,
        area_code=provider.area_code,
        provider_id=provider.id,
        by=giver,
        now=now,
    )
    return account_id, password


def _find_former(session: Session, id_number: str) -> Carer | None:
    """Return somebody as they worked here before, the last time."""
    query = select(Carer).where(Carer.id_number_index.in_(vault.indexes_of(id_number))).order_by(Carer.id.desc())
    return session.scalar(query.limit(1))


def _keep_kin(session: Session, former: Carer, carer: Carer) -> None:
    """Let what somebody declared stand: whose kin they are does not change with the employer."""
    standing = select(CarerKin).where(CarerKin.carer_id == former.id, CarerKin.ended_at.is_(None))
    told = ("senior_id", "relation", "is_cohabitant", "declared_on", "declared_by")
    kin = [{name: getattr(each, name) for name in told} for each in session.scalars(standing)]
    session.add_all([CarerKin(carer_id=carer.id, **each) for each in kin])
    session.flush()


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


def _for_provider(by: Actor, provider: CareProvider) -> Actor:
    """Return the caller as somebody who gives the roles of this provider: a manager reaches no area."""
    return replace(by, area_codes=(provider.area_code,))
