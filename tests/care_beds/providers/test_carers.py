"""Carers are taken on with an account, show what they can, say whose kin they are, and leave."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import vault
from app.auth import Actor, Role
from app.auth.accounts import grant_role
from app.auth.actor import HeldRole, holding
from app.auth.errors import OwnAccount
from app.auth.models import Account, RoleGrant
from app.clock import business_day
from app.db import db, transaction
from app.errors import DomainError, Invalid
from app.pictures.errors import PictureOfUnknownType, PictureRefused
from app.pictures.models import Picture
from app.pictures.services import show
from care_beds.providers import carers, hiring, queries
from care_beds.providers.errors import (
    CarerEmployed,
    CarerLeft,
    CarerNotFound,
    CertificateNotFound,
    KinNotFound,
    NobodyWithCard,
    ProviderEnded,
    StateUnchanged,
)
from care_beds.providers.models import CareProvider, Carer
from care_beds.providers.rules import Certificate, Relation, Unfit
from tests.app.areas.factories import make_place
from tests.app.people.factories import make_card, make_senior
from tests.app.pictures.photos import make_photo
from tests.care_beds.factories import (
    STREET,
    make_care_staff,
    make_carer,
    make_provider,
    make_provider_manager,
)
from tests.conftest import NOON, FrozenClock

TODAY = business_day(NOON)
NUMBER = "330106198005060026"
ASKED: dict[str, Any] = {
    "name": "赵巧珍",
    "id_number": NUMBER,
    "phone": "137 0013 7000",
    "username": "Zhao.QZ",
    "employed_from": TODAY,
}


@pytest.fixture
def provider(session: Session) -> CareProvider:
    return make_provider(session)


@pytest.fixture
def manager(session: Session, provider: CareProvider) -> Actor:
    return make_provider_manager(session, provider)


def come_back(session: Session, provider: CareProvider, manager: Actor) -> tuple[Carer, Carer, str]:
    """Let somebody leave, and take them on again at another provider of another street."""
    first, _ = hiring.hire_carer(session, provider_id=provider.id, **ASKED, by=manager, now=NOON)
    mother = make_senior(session)
    card = make_card(session, mother)
    told = {"card": card.number, "name": mother.name, "relation": Relation.PARENT, "is_cohabitant": False}
    carers.declare_kin(session, carer_id=first.id, **told, by=manager, now=NOON)
    carers.let_go(session, carer_id=first.id, last_on=TODAY, words="回老家", by=manager, now=NOON)
    make_place(session, "330105012")
    other = make_provider(session, area_code="330105012")
    asked = {**ASKED, "username": "zhao2", "employed_from": TODAY + timedelta(days=1)}
    boss = make_provider_manager(session, other)
    again, password = hiring.hire_carer(session, provider_id=other.id, **asked, by=boss, now=NOON + timedelta(days=1))
    return first, again, password


def test_whoever_comes_back_uses_the_old_account_again(
    session: Session, provider: CareProvider, manager: Actor
) -> None:
    first, again, password = come_back(session, provider, manager)
    assert again.account_id == first.account_id
    account = session.get_one(Account, again.account_id)
    assert (account.username, account.must_change_password, len(password)) == ("zhao.qz", True, 14)
    found = queries.find_carer(session, account_id=account.id)
    assert found is not None
    assert found.id == again.id
    held = select(RoleGrant.provider_id).where(RoleGrant.account_id == account.id, RoleGrant.valid_until.is_(None))
    assert session.scalars(held).all() == [again.provider_id]
    assert [each.relation for each in queries.list_kin(session, carer_ids=[again.id])] == ["parent"]


def test_an_account_that_is_in_use_keeps_its_password(
    session: Session, provider: CareProvider, manager: Actor, clock: FrozenClock
) -> None:
    first, _ = hiring.hire_carer(session, provider_id=provider.id, **ASKED, by=manager, now=NOON)
    carers.let_go(session, carer_id=first.id, last_on=TODAY, words="转岗", by=manager, now=NOON)
    grant_role(session, account_id=first.account_id, role=Role.SUPERVISOR, area_code=STREET, by=None, now=NOON)
    before = session.get_one(Account, first.account_id).password_hash
    asked = {**ASKED, "username": "zhao2", "employed_from": TODAY + timedelta(days=1)}
    tomorrow = NOON + timedelta(days=1)
    again, password = hiring.hire_carer(session, provider_id=provider.id, **asked, by=manager, now=tomorrow)
    assert (again.account_id, password) == (first.account_id, "")
    assert session.get_one(Account, first.account_id).password_hash == before


def test_a_manager_takes_on_a_carer_who_then_reaches_the_provider_alone(
    session: Session, provider: CareProvider, manager: Actor
) -> None:
    carer, password = hiring.hire_carer(session, provider_id=provider.id, **ASKED, by=manager, now=NOON)
    account = session.get_one(Account, carer.account_id)
    assert (account.username, account.must_change_password, len(password)) == ("zhao.qz", True, 14)
    grant = session.scalars(select(RoleGrant).where(RoleGrant.account_id == account.id)).one()
    assert (grant.role, grant.provider_id, grant.granted_by) == ("carer", provider.id, manager.account_id)
    assert vault.unseal(carer.id_number_sealed) == NUMBER
    assert vault.unseal(carer.phone_sealed) == "13700137000"
    assert carer.phone_index == vault.index_of("13700137000")


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"id_number": "330106198005060025"}, {"id_number"}),
        ({"id_number": "330106201505060027", "phone": "1370013700"}, {"id_number", "phone"}),
        ({"username": "taken"}, {"username"}),
    ],
)
def test_what_is_wrong_with_a_new_carer_is_named(
    session: Session, provider: CareProvider, manager: Actor, changes: dict[str, str], fields: set[str]
) -> None:
    session.add(Account(username="taken", name="何立", password_hash="none", password_changed_at=NOON, created_at=NOON))
    session.flush()
    with pytest.raises(Invalid) as refused:
        hiring.hire_carer(session, provider_id=provider.id, **{**ASKED, **changes}, by=manager, now=NOON)
    assert set(refused.value.errors) == fields


def test_nobody_under_age_is_taken_on(session: Session, provider: CareProvider, manager: Actor) -> None:
    young = {**ASKED, "id_number": "330106201011200018"}
    with pytest.raises(Invalid) as refused:
        hiring.hire_carer(session, provider_id=provider.id, **young, by=manager, now=NOON)
    assert "18" in str(refused.value.errors["id_number"])


def test_whoever_works_elsewhere_leaves_there_first(session: Session, provider: CareProvider, manager: Actor) -> None:
    elsewhere = make_carer(session, provider=make_provider(session), id_number=NUMBER)
    with pytest.raises(CarerEmployed):
        hiring.hire_carer(session, provider_id=provider.id, **ASKED, by=manager, now=NOON)
    clerk = make_care_staff(session, Role.STREET_CLERK)
    carers.let_go(session, carer_id=elsewhere.id, last_on=TODAY, words="换单位", by=clerk, now=NOON)
    hired, _ = hiring.hire_carer(session, provider_id=provider.id, **ASKED, by=manager, now=NOON)
    assert hired.provider_id == provider.id


def test_a_provider_that_ended_takes_nobody_on(session: Session) -> None:
    ended = make_provider(session, state="ended", state_words="协议到期")
    with pytest.raises(ProviderEnded):
        hiring.hire_carer(
            session, provider_id=ended.id, **ASKED, by=make_care_staff(session, Role.STREET_CLERK), now=NOON
        )


def test_whoever_left_has_no_role_and_nothing_more_is_written(
    session: Session, provider: CareProvider, manager: Actor
) -> None:
    hired = make_carer(session, provider=provider)
    with pytest.raises(Invalid):
        carers.let_go(session, carer_id=hired.id, last_on=TODAY + timedelta(days=1), words="离职", by=manager, now=NOON)
    with pytest.raises(Invalid):
        carers.let_go(session, carer_id=hired.id, last_on=date(2025, 1, 1), words="离职", by=manager, now=NOON)
    carers.let_go(session, carer_id=hired.id, last_on=TODAY, words="离职", by=manager, now=NOON)
    assert hired.carer.employed_until == TODAY + timedelta(days=1)
    grant = session.scalars(select(RoleGrant).where(RoleGrant.account_id == hired.account.id)).one()
    assert grant.valid_until is not None
    assert queries.list_unfit(session, carer_ids=[hired.id], on=TODAY) == {}
    assert queries.list_unfit(session, carer_ids=[hired.id], on=TODAY + timedelta(days=1)) == {
        hired.id: (Unfit.NOT_EMPLOYED,)
    }
    for again in (carers.let_go, carers.suspend_carer):
        more = {"last_on": TODAY} if again is carers.let_go else {}
        with pytest.raises(CarerLeft):
            again(session, carer_id=hired.id, **more, words="离职", by=manager, now=NOON)  # type: ignore[operator]


def test_a_carer_with_another_post_elsewhere_is_let_go_all_the_same_and_keeps_it(
    session: Session, provider: CareProvider, manager: Actor
) -> None:
    hired = make_carer(session, provider=provider)
    make_place(session, "330106003")
    elsewhere = grant_role(
        session, account_id=hired.account.id, role=Role.ASSESSOR, area_code="330106003", by=None, now=NOON
    )
    provider.area_code = make_place(session, "330105012")
    session.flush()
    carers.let_go(session, carer_id=hired.id, last_on=TODAY, words="离职", by=manager, now=NOON)
    assert elsewhere.valid_until is None
    post = RoleGrant.role == "carer", RoleGrant.account_id == hired.account.id
    assert session.scalars(select(RoleGrant.valid_until).where(*post)).one() is not None


def test_nobody_lets_themselves_go(session: Session, provider: CareProvider) -> None:
    hired = make_carer(session, provider=provider)
    both = holding(
        hired.actor,
        [*hired.actor.held, HeldRole(Role.PROVIDER_MANAGER, provider.area_code, provider_id=provider.id)],
    )
    with pytest.raises(OwnAccount):
        carers.let_go(session, carer_id=hired.id, last_on=TODAY, words="离职", by=both, now=NOON)


def test_a_carer_is_kept_from_visiting_and_let_again(session: Session, provider: CareProvider, manager: Actor) -> None:
    hired = make_carer(session, provider=provider)
    carers.suspend_carer(session, carer_id=hired.id, words="投诉待查", by=manager, now=NOON)
    assert queries.list_unfit(session, carer_ids=[hired.id], on=TODAY) == {hired.id: (Unfit.SUSPENDED,)}
    with pytest.raises(StateUnchanged):
        carers.suspend_carer(session, carer_id=hired.id, words="投诉待查", by=manager, now=NOON)
    carers.resume_carer(session, carer_id=hired.id, words="查无此事", by=manager, now=NOON)
    assert queries.list_unfit(session, carer_ids=[hired.id], on=TODAY) == {}
    carers.change_carer(session, carer_id=hired.id, name="赵巧真", phone="13900139000", by=manager, now=NOON)
    assert (hired.carer.name, vault.unseal(hired.carer.phone_sealed)) == ("赵巧真", "13900139000")


def test_another_providers_manager_and_a_colleague_find_nobody(session: Session, provider: CareProvider) -> None:
    hired = make_carer(session, provider=provider)
    stranger = make_provider_manager(session, make_provider(session))
    colleague = make_carer(session, provider=provider).actor
    for by in (stranger, colleague):
        with pytest.raises(CarerNotFound):
            carers.suspend_carer(session, carer_id=hired.id, words="投诉待查", by=by, now=NOON)


def record(session: Session, carer_id: int, by: Actor, **more: Any) -> Any:
    asked = {"kind": Certificate.HEALTH, "number": "健 2026-1", "issued_on": date(2026, 3, 1), **more}
    return carers.record_certificate(session, carer_id=carer_id, **asked, by=by, now=NOON)


def test_the_latest_certificate_of_a_kind_counts_until_it_is_taken_back(
    session: Session, provider: CareProvider, manager: Actor
) -> None:
    hired = make_carer(session, provider=provider, certificates=[])
    record(session, hired.id, manager, expires_on=date(2026, 10, 1))
    latest = record(session, hired.id, manager, expires_on=date(2027, 3, 1), picture=make_photo())
    held = queries.list_held(session, carer_ids=[hired.id], on=TODAY)
    assert held == {hired.id: {"health": date(2027, 3, 1)}}
    about = {"carer_id": hired.id, "certificate_id": latest.id}
    carers.withdraw_certificate(session, **about, words="号码输错", by=manager, now=NOON)
    assert queries.list_held(session, carer_ids=[hired.id], on=TODAY) == {hired.id: {"health": date(2026, 10, 1)}}
    with pytest.raises(CertificateNotFound):
        carers.withdraw_certificate(session, **about, words="号码输错", by=manager, now=NOON)


def test_the_photo_of_a_certificate_is_seen_by_its_carer_and_who_manages_them(
    session: Session, provider: CareProvider, manager: Actor
) -> None:
    hired = make_carer(session, provider=provider)
    picture_id = record(session, hired.id, manager, picture=make_photo()).picture_id
    clerk = make_care_staff(session, Role.STREET_CLERK)
    for by in (manager, hired.actor, clerk):
        assert show(session, picture_id=picture_id, by=by, now=NOON).owner_ref == str(hired.id)
    colleague = make_carer(session, provider=provider).actor
    cook = make_care_staff(session, Role.ASSESSOR)
    for by in (colleague, cook, make_provider_manager(session, make_provider(session))):
        with pytest.raises(DomainError):
            show(session, picture_id=picture_id, by=by, now=NOON)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"issued_on": TODAY + timedelta(days=1)}, Invalid),
        ({"expires_on": date(2026, 2, 28)}, Invalid),
        ({"picture": b"<html>"}, PictureOfUnknownType),
    ],
)
def test_a_certificate_that_cannot_be_is_refused(
    session: Session,
    provider: CareProvider,
    manager: Actor,
    changes: dict[str, Any],
    refusal: type[DomainError],
) -> None:
    hired = make_carer(session, provider=provider)
    with pytest.raises(refusal):
        record(session, hired.id, manager, **changes)
    assert session.scalar(select(Picture.id)) is None
    assert issubclass(PictureOfUnknownType, PictureRefused)


def test_kin_are_declared_by_card_and_name_and_taken_back_by_the_manager(
    session: Session, provider: CareProvider, manager: Actor
) -> None:
    hired = make_carer(session, provider=provider)
    mother = make_senior(session, name="王玉兰", hukou_area=STREET)
    card = make_card(session, mother).number

    def declare(**more: Any) -> Any:
        asked = {"card": card, "name": "王玉兰", "relation": Relation.PARENT, "is_cohabitant": False, **more}
        return carers.declare_kin(session, carer_id=hired.id, **asked, by=hired.actor, now=NOON)

    declare()
    kin = declare(is_cohabitant=True)
    assert [each.id for each in queries.list_kin(session, carer_ids=[hired.id])] == [kin.id]
    assert (kin.senior_id, kin.relation, kin.is_cohabitant) == (mother.id, "parent", True)
    for wrong in ({"name": "王玉"}, {"card": "6021999999999999999"}):
        with pytest.raises(NobodyWithCard):
            declare(**wrong)
    with pytest.raises(Invalid):
        declare(relation=Relation.NONE)
    about = {"carer_id": hired.id, "kin_id": kin.id}
    carers.end_kin(session, **about, words="填错了", by=manager, now=NOON)
    with pytest.raises(KinNotFound):
        carers.end_kin(session, **about, words="填错了", by=manager, now=NOON)
    assert list(queries.list_kin(session, carer_ids=[hired.id])) == []


def test_two_providers_that_take_on_one_person_at_once_get_one_carer(app: Flask, committed_db: Session) -> None:
    firms = [make_provider(committed_db, code=f"RACE-{n}") for n in range(2)]
    managers = [make_provider_manager(committed_db, firm) for firm in firms]
    committed_db.commit()
    ids = [firm.id for firm in firms]

    def hire(n: int) -> str:
        with app.app_context():
            try:
                with transaction() as session:
                    hiring.hire_carer(
                        session, provider_id=ids[n], **{**ASKED, "username": f"race{n}"}, by=managers[n], now=NOON
                    )
            except CarerEmployed:
                return "employed"
            finally:
                db.session.remove()
            return "hired"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(hire, range(2))) == ["employed", "hired"]
    assert len(committed_db.scalars(select(Carer.id)).all()) == 1
