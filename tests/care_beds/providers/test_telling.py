"""Whoever can renew a paper is told in time, once, and again when it has ended."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Role
from app.clock import business_day
from app.messages.models import Notice
from care_beds.providers import reading
from care_beds.providers.telling import certificate_text, paper_text, tell_endings
from tests.care_beds.factories import (
    make_care_staff,
    make_carer,
    make_certificate,
    make_provider,
    make_provider_manager,
)
from tests.conftest import NOON, FrozenClock

TODAY = business_day(NOON)


@pytest.fixture(autouse=True)
def _today(clock: FrozenClock) -> None:
    clock.set(NOON)


def told(session: Session) -> list[tuple[int, str, str]]:
    query = select(Notice).order_by(Notice.id)
    return [(each.account_id, each.kind, str(each.params["standing"])) for each in session.scalars(query)]


def test_a_certificate_is_told_sixty_days_before_and_once_it_has_ended(session: Session) -> None:
    provider = make_provider(session)
    manager = make_provider_manager(session, provider)
    make_provider_manager(session, make_provider(session))
    carer = make_carer(session, provider=provider, certificates=[])
    make_certificate(session, carer=carer.carer, kind="health", expires_on=TODAY + timedelta(days=60))
    assert tell_endings(session, now=NOON - timedelta(days=1)) == 0
    assert tell_endings(session, now=NOON) == 2
    assert tell_endings(session, now=NOON + timedelta(days=30)) == 0
    assert tell_endings(session, now=NOON + timedelta(days=61)) == 2
    kind = "care.certificate_ends"
    assert sorted(told(session)) == sorted(
        (account, kind, standing)
        for account in (carer.account.id, manager.account_id)
        for standing in ("ending", "lapsed")
    )


def test_what_was_renewed_taken_back_or_is_of_somebody_who_left_is_not_told(session: Session) -> None:
    provider, soon = make_provider(session), TODAY + timedelta(days=5)
    renewed = make_carer(session, provider=provider, certificates=["health"], expires_on=soon)
    make_certificate(session, carer=renewed.carer, expires_on=soon + timedelta(days=365))
    endless = make_carer(session, provider=provider, certificates=["nurse"], expires_on=soon)
    make_certificate(session, carer=endless.carer, kind="nurse", expires_on=None)
    make_carer(session, provider=provider, expires_on=soon, employed_until=TODAY)
    withdrawn = make_carer(session, provider=provider, certificates=[])
    make_certificate(session, carer=withdrawn.carer, expires_on=soon).withdrawn_at = NOON
    session.flush()
    assert tell_endings(session, now=NOON) == 0
    assert reading.list_ending(session, on=TODAY).items == []


def test_a_licence_and_an_agreement_are_told_to_the_manager_and_the_street(session: Session) -> None:
    provider = make_provider(
        session, licence_expires_on=TODAY + timedelta(days=10), agreement_expires_on=TODAY - timedelta(days=1)
    )
    make_provider(session, licence_expires_on=TODAY, state="ended", state_words="协议到期")
    manager, clerk = make_provider_manager(session, provider), make_care_staff(session, Role.STREET_CLERK)
    make_care_staff(session, Role.STREET_CLERK, area_code="330106003")
    assert tell_endings(session, now=NOON) == 4
    kind = "care.paper_ends"
    assert sorted(told(session)) == sorted(
        (account, kind, standing)
        for account in (manager.account_id, clerk.account_id)
        for standing in ("ending", "lapsed")
    )


def test_the_words_name_who_what_and_when(session: Session) -> None:
    facts = {"name": "赵巧珍", "carer_id": 1, "kind": "health", "expires_on": "2026-12-31", "standing": "ending"}
    assert "赵巧珍" in certificate_text(facts)
    assert "2026" in certificate_text({**facts, "standing": "lapsed"})
    assert "和睦" in paper_text({**facts, "name": "和睦", "provider_id": 1, "kind": "licence"})
    assert "和睦" in paper_text({**facts, "name": "和睦", "kind": "agreement", "standing": "lapsed"})


def test_the_list_of_what_ends_pages_by_day(session: Session) -> None:
    provider = make_provider(session)
    days = [TODAY - timedelta(days=3), TODAY, TODAY + timedelta(days=60)]
    for day in [*days, TODAY + timedelta(days=61)]:
        make_carer(session, provider=provider, certificates=["health"], expires_on=day)
    found: list[date | None] = []
    after: str | None = None
    for _ in range(3):
        page = reading.list_ending(session, on=TODAY, after=after, limit=1)
        found += [each.certificate.expires_on for each in page.items]
        after = page.next
    assert (found, after) == (days, None)
