"""Providers, their carers and staff, and people of offices for tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

from sqlalchemy.orm import Session

from app import clock, vault
from app.auth.actor import Actor, HeldRole, Role, holding
from app.auth.models import Account
from care_beds.providers.models import CareProvider, Carer, CarerCertificate
from subsidies.services import open_account
from tests.app.areas.factories import make_place
from tests.app.auth.factories import make_account
from tests.app.people.factories import new_id_number
from tests.care_beds.factories.places import FAR_OFF, LONG_AGO, STREET

BOTH = ("care_worker", "health")
_numbers = count(1)


def make_provider(
    session: Session,
    *,
    area_code: str = STREET,
    code: str | None = None,
    name: str = "安颐居家养老服务中心",
    licence_expires_on: date = FAR_OFF,
    agreement_from: date = LONG_AGO,
    agreement_expires_on: date = FAR_OFF,
    capacity: int = 40,
    state: str = "active",
    state_words: str = "",
) -> CareProvider:
    """Make a provider with its merchant account."""
    code = code or f"P{next(_numbers):04d}"
    make_place(session, area_code)
    account = open_account(session, kind="merchant", area_code=area_code, owner_ref=f"provider:{code}", name=name)
    now = clock.now()
    provider = CareProvider(
        code=code,
        name=name,
        area_code=area_code,
        licence_number=f"杭养备{code}",
        licence_expires_on=licence_expires_on,
        agreement_number=f"协{code}",
        agreement_from=agreement_from,
        agreement_expires_on=agreement_expires_on,
        capacity=capacity,
        phone="0571-87654321",
        merchant_account=account,
        state=state,
        state_since=now,
        state_words=state_words,
        created_at=now,
    )
    session.add(provider)
    session.flush()
    return provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Hired:
    """A carer with the account they log in with, and themselves as the caller of services."""

    carer: Carer
    account: Account
    actor: Actor

    @property
    def id(self) -> int:
        """Return the carer's id."""
        return self.carer.id


def make_carer(
    session: Session,
    *,
    provider: CareProvider,
    name: str = "赵巧珍",
    id_number: str | None = None,
    phone: str = "13700137000",
    employed_from: date = LONG_AGO,
    employed_until: date | None = None,
    state: str = "active",
    certificates: Sequence[str] = BOTH,
    expires_on: date | None = FAR_OFF,
) -> Hired:
    """Make a carer with an account, the role at the provider, and certificates."""
    account = make_account(session, Role.CARER, name=name, area_code=provider.area_code, provider_id=provider.id)
    number = id_number or new_id_number(date(1980, 5, 6))
    carer = Carer(
        account_id=account.id,
        provider_id=provider.id,
        name=name,
        phone_sealed=vault.seal(phone),
        phone_index=vault.index_of(phone),
        id_number_sealed=vault.seal(number),
        id_number_index=vault.index_of(number),
        employed_from=employed_from,
        employed_until=employed_until,
        state=state,
        state_words="" if state == "active" else "投诉待查",
        created_at=clock.now(),
    )
    session.add(carer)
    session.flush()
    for kind in certificates:
        make_certificate(session, carer=carer, kind=kind, expires_on=expires_on)
    actor = holding(
        Actor(account_id=account.id, name=name, device="test"),
        [HeldRole(Role.CARER, provider.area_code, provider_id=provider.id)],
    )
    return Hired(carer=carer, account=account, actor=actor)


def make_certificate(
    session: Session,
    *,
    carer: Carer,
    kind: str = "health",
    issued_on: date = LONG_AGO,
    expires_on: date | None = FAR_OFF,
) -> CarerCertificate:
    """Make a certificate of a carer."""
    certificate = CarerCertificate(
        carer_id=carer.id,
        kind=kind,
        number=f"证{next(_numbers):06d}",
        issued_on=issued_on,
        expires_on=expires_on,
        recorded_by=carer.account_id,
        recorded_at=clock.now(),
    )
    session.add(certificate)
    session.flush()
    return certificate


def make_care_staff(session: Session, role: Role, *, area_code: str = STREET, name: str = "何立") -> Actor:
    """Make somebody of an office with a role for an area: assessor, supervisor, clerk, approver."""
    account = make_account(session, role, name=name, area_code=area_code)
    return holding(Actor(account_id=account.id, name=name, device="test"), [HeldRole(role, area_code)])


def make_provider_manager(session: Session, provider: CareProvider, *, name: str = "钱国英") -> Actor:
    """Make the manager of a provider."""
    account = make_account(
        session, Role.PROVIDER_MANAGER, name=name, area_code=provider.area_code, provider_id=provider.id
    )
    return holding(
        Actor(account_id=account.id, name=name, device="test"),
        [HeldRole(Role.PROVIDER_MANAGER, provider.area_code, provider_id=provider.id)],
    )
