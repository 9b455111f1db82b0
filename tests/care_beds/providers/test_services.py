"""Providers are taken in, changed, suspended, ended and looked at by those who answer for them."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.auth import Actor, Role
from app.auth.models import RoleGrant
from app.clock import business_day
from app.errors import Invalid
from care_beds.providers import services
from care_beds.providers.errors import ProviderBusy, ProviderEnded, ProviderNotFound, StateUnchanged
from care_beds.providers.rules import ProviderState
from care_beds.providers.stars import list_stars
from care_beds.visits.models import VisitRating
from tests.app.areas.factories import make_place
from tests.care_beds.factories import (
    FAR_OFF,
    LONG_AGO,
    STREET,
    make_bed_in_service,
    make_care_staff,
    make_carer,
    make_provider,
    make_provider_manager,
    make_visit,
)
from tests.conftest import NOON, FrozenClock

TODAY = business_day(NOON)
FACTS: dict[str, Any] = {
    "name": "和睦居家照护站",
    "area_code": STREET,
    "licence_number": "杭养备 0171",
    "licence_expires_on": FAR_OFF,
    "agreement_number": "协 2026-3",
    "agreement_from": LONG_AGO,
    "agreement_expires_on": FAR_OFF,
    "capacity": 30,
    "phone": "0571-87654321",
}


@pytest.fixture
def clerk(session: Session) -> Actor:
    return make_care_staff(session, Role.STREET_CLERK)


def actions(session: Session, provider_id: int) -> list[str]:
    query = select(AuditEntry.action).where(
        AuditEntry.subject_kind == "care_provider", AuditEntry.subject_id == str(provider_id)
    )
    return list(session.scalars(query.order_by(AuditEntry.id)))


def test_a_provider_is_taken_in_with_an_account_it_is_paid_to(session: Session, clerk: Actor) -> None:
    provider = services.open_provider(session, code="hm-01", **FACTS, by=clerk, now=NOON)
    assert (provider.code, provider.state) == ("HM-01", "active")
    assert provider.merchant_account > 0
    services.change_provider(session, provider_id=provider.id, changes=FACTS, by=clerk, now=NOON)
    services.change_provider(session, provider_id=provider.id, changes={"capacity": 31}, by=clerk, now=NOON)
    assert actions(session, provider.id) == ["provider.opened", "provider.changed"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "HM-01"}, "code"),
        ({"area_code": "330106003"}, "area"),
        ({"area_code": "330105011999"}, "area"),
        ({"agreement_expires_on": date(2025, 12, 31)}, "agreement_expires_on"),
    ],
)
def test_what_cannot_be_taken_in_is_named(session: Session, clerk: Actor, changes: dict[str, Any], field: str) -> None:
    make_provider(session, code="HM-01")
    with pytest.raises(Invalid) as refused:
        services.open_provider(session, **{"code": "HM-02", **FACTS, **changes}, by=clerk, now=NOON)
    assert list(refused.value.errors) == [field]


def test_another_streets_provider_is_not_there(session: Session) -> None:
    provider, stranger = make_provider(session), make_care_staff(session, Role.STREET_CLERK, area_code="330106003")
    with pytest.raises(ProviderNotFound):
        services.change_provider(session, provider_id=provider.id, changes={}, by=stranger, now=NOON)


def test_the_roles_of_a_provider_that_moves_come_along(session: Session, clock: FrozenClock) -> None:
    district = make_care_staff(session, Role.DISTRICT_APPROVER, area_code="330105")
    elsewhere = make_place(session, "330105012")
    provider = make_provider(session)
    carer = make_carer(session, provider=provider)
    gone = make_provider_manager(session, provider)
    ended = update(RoleGrant).where(RoleGrant.account_id == gone.account_id).values(valid_until=TODAY)
    session.execute(ended)
    moved = {"area_code": elsewhere}
    services.change_provider(session, provider_id=provider.id, changes=moved, by=district, now=NOON)
    held = select(RoleGrant.account_id, RoleGrant.area_code).where(
        RoleGrant.provider_id == provider.id, RoleGrant.valid_until.is_(None)
    )
    assert [tuple(row) for row in session.execute(held)] == [(carer.account.id, elsewhere)]
    before = select(RoleGrant.valid_until).where(RoleGrant.provider_id == provider.id, RoleGrant.area_code == STREET)
    assert set(session.scalars(before)) == {TODAY}


def test_a_provider_is_suspended_goes_on_and_ends_for_good(session: Session, clerk: Actor) -> None:
    provider = make_provider(session)

    def turn(state: ProviderState) -> None:
        services.set_state(session, provider_id=provider.id, state=state, words="整改消防", by=clerk, now=NOON)

    with pytest.raises(StateUnchanged):
        turn(ProviderState.ACTIVE)
    turn(ProviderState.SUSPENDED)
    assert provider.state_words == "整改消防"
    turn(ProviderState.ACTIVE)
    assert provider.state_words == ""
    turn(ProviderState.ENDED)
    for state in (ProviderState.ACTIVE, ProviderState.SUSPENDED):
        with pytest.raises(StateUnchanged):
            turn(state)
    assert actions(session, provider.id) == ["provider.suspended", "provider.active", "provider.ended"]


def test_a_provider_does_not_end_while_it_looks_after_a_bed(session: Session, clerk: Actor) -> None:
    provider = make_provider(session)
    make_bed_in_service(session, provider=provider)
    with pytest.raises(ProviderBusy):
        services.set_state(
            session, provider_id=provider.id, state=ProviderState.ENDED, words="协议到期", by=clerk, now=NOON
        )
    assert provider.state == "active"


def test_looks_and_families_stars_are_told_apart(session: Session, clerk: Actor) -> None:
    provider, other = make_provider(session), make_provider(session)
    for stars in (5, 4):
        services.review_provider(
            session, provider_id=provider.id, reviewed_on=TODAY, stars=stars, words="现场整洁", by=clerk, now=NOON
        )
    bed = make_bed_in_service(session, provider=provider)
    for on, stars in ((TODAY, 3), (TODAY - timedelta(days=400), 1)):
        visit = make_visit(session, bed=bed, on=on)
        session.add(VisitRating(visit_id=visit.id, stars=stars, by_account=clerk.account_id, at=NOON))
    session.flush()
    found = list_stars(session, provider_ids=[provider.id, other.id], on=TODAY)
    rated = found[provider.id]
    assert (rated.visits, rated.visit_count, rated.reviews, rated.review_count) == (3, 1, 4.5, 2)
    assert (found[other.id].visits, found[other.id].review_count) == (None, 0)


@pytest.mark.parametrize("on", [TODAY + timedelta(days=1), LONG_AGO - timedelta(days=1)])
def test_a_look_lies_between_the_agreement_and_today(session: Session, clerk: Actor, on: date) -> None:
    provider = make_provider(session)
    with pytest.raises(Invalid):
        services.review_provider(
            session, provider_id=provider.id, reviewed_on=on, stars=3, words="现场整洁", by=clerk, now=NOON
        )


def test_nobody_looks_at_a_provider_that_ended(session: Session, clerk: Actor) -> None:
    provider = make_provider(session, state="ended", state_words="协议到期")
    with pytest.raises(ProviderEnded):
        services.review_provider(
            session, provider_id=provider.id, reviewed_on=TODAY, stars=3, words="现场整洁", by=clerk, now=NOON
        )
