"""Asking a provider about a finding: its manager sees the question and answers; no other provider learns of it."""

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.auth.actor import Actor, HeldRole, Role, holding
from subsidies.findings import queries, services
from subsidies.findings.errors import FindingNotFound, NoProvider
from subsidies.findings.models import Finding
from subsidies.findings.queries import FindingFilter
from subsidies.findings.rules import AskedOf
from tests.app.people.factories import make_account, make_actor
from tests.care_beds.factories import make_provider
from tests.conftest import FrozenClock
from tests.subsidies.findings.factories import CITY, STREET, make_finding


def manager_of(session: Session, provider_id: int) -> Actor:
    actor = Actor(account_id=make_account(session).id, name="钱国平", device="test")
    return holding(actor, [HeldRole(Role.PROVIDER_MANAGER, STREET, provider_id=provider_id)])


def ask(session: Session, finding: Finding, auditor: Actor) -> None:
    services.ask_about(
        session, finding_id=finding.id, asked_of=AskedOf.PROVIDER, words="定位为什么关着", by=auditor, now=clock.now()
    )


def test_the_provider_that_was_asked_answers(session: Session, clock: FrozenClock) -> None:
    auditor = make_actor(session, roles=[Role.AUDITOR], area_code=CITY)
    first, second = make_provider(session), make_provider(session)
    mine, other = manager_of(session, first.id), manager_of(session, second.id)
    finding = make_finding(session, provider_id=first.id)
    make_finding(session, provider_id=first.id)
    assert queries.list_findings(session, actor=mine, filters=FindingFilter()).items == []
    ask(session, finding, auditor)
    assert [line.id for line in queries.list_findings(session, actor=mine, filters=FindingFilter()).items] == [
        finding.id
    ]
    assert queries.list_findings(session, actor=other, filters=FindingFilter()).items == []
    with pytest.raises(FindingNotFound):
        services.answer_finding(session, finding_id=finding.id, words="不知道", by=other, now=clock.now())
    services.answer_finding(session, finding_id=finding.id, words="老人家里没信号", by=mine, now=clock.now())
    assert (finding.state, finding.answered_by) == ("explained", mine.account_id)


def test_a_finding_about_no_provider_has_none_to_ask(session: Session, clock: FrozenClock) -> None:
    auditor = make_actor(session, roles=[Role.AUDITOR], area_code=CITY)
    with pytest.raises(NoProvider):
        ask(session, make_finding(session), auditor)
