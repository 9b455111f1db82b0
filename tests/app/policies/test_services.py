"""Drafting, handing in, publishing, sending back, seeding: every write and every refusal."""

from datetime import date

import pytest
from sqlalchemy import select

from app.approvals.errors import NotDraft, NotSubmitted, NotTheMaker, SelfApproval
from app.audit.models import AuditEntry
from app.policies import services
from app.policies.errors import (
    OutsideOwnArea,
    PolicyInvalid,
    PolicyLeavesHole,
    PolicyNotFound,
    PolicyOverlaps,
    PolicyRewritesPast,
)
from app.policies.models import PolicyDocument
from tests.app.areas.factories import make_place
from tests.app.policies.factories import (
    AUTUMN,
    CITY,
    DISTRICT,
    OTHER_DISTRICT,
    SPRING,
    STREET,
    SUMMER,
    loaded,
    make_checker,
    make_maker,
    make_published,
)

pytestmark = pytest.mark.usefixtures("in_english")

TEXT = """\
kind: tea
area: 330106003
valid_from: 2027-03-01
title: {zh: 茶, en: Tea}
source: {mark: FOUND, text: x}
body:
  cups: 1
  sugar: 2
"""


@pytest.fixture
def now(clock):
    return clock.now()


@pytest.fixture
def place(session, clock):
    make_place(session, OTHER_DISTRICT)
    return make_place(session, STREET)


@pytest.fixture
def maker(session, place):
    return make_maker(session)


@pytest.fixture
def checker(session, place):
    return make_checker(session)


def draft(session, maker, now, **changes):
    return services.draft_policy(session, document=loaded(**changes), by=maker, now=now)


def handed_in(session, maker, now, **changes):
    policy = draft(session, maker, now, **changes)
    return services.submit_policy(session, policy_id=policy.id, by=maker, now=now)


def publish(session, maker, checker, now, **changes):
    policy = handed_in(session, maker, now, **changes)
    return services.publish_policy(session, policy_id=policy.id, by=checker, now=now)


def actions(session):
    return session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()


def test_a_draft_keeps_what_was_written(session, maker, now):
    policy = draft(session, maker, now, body={"cups": 3})
    assert (policy.state, policy.maker_id, policy.body) == ("draft", maker.account_id, {"cups": 3})
    assert policy.valid_from == SPRING


def test_from_draft_to_published(session, maker, checker, now):
    policy = publish(session, maker, checker, now)
    assert (policy.state, policy.checker_id, policy.submitted_at, policy.decided_at) == (
        "published",
        checker.account_id,
        now,
        now,
    )
    assert actions(session) == ["policy.drafted", "policy.submitted", "policy.published"]


def test_sent_back_with_a_reason(session, maker, checker, now):
    policy = handed_in(session, maker, now)
    services.reject_policy(session, policy_id=policy.id, reason="杯数不对", by=checker, now=now)
    assert (policy.state, policy.reason, policy.checker_id) == ("rejected", "杯数不对", checker.account_id)
    assert actions(session)[-1] == "policy.rejected"


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"body": {}}, "body.cups"),
        ({"body": {"cups": "2"}}, "body.cups"),
        ({"body": {"cups": 21}}, "body.cups"),
        ({"body": {"cups": 2, "milk": 1}}, "body.milk"),
        ({"body": {"cups": 1, "sugar": 2}}, "body.sugar"),
        ({"kind": "coffee"}, "kind"),
        ({"area": "330199"}, "area"),
        ({"valid_from": "1999-12-31"}, "valid_from"),
        ({"valid_from": "2100-01-01"}, "valid_from"),
        ({"valid_until": SPRING.isoformat()}, "valid_until"),
        ({"valid_until": "2027-02-28"}, "valid_until"),
        ({"source": {"mark": "INFER", "text": "x", "infer": ["cups", "milk"]}}, "source.infer.1"),
    ],
)
def test_a_document_with_a_fault_is_not_kept(session, maker, now, changes, where):
    with pytest.raises(PolicyInvalid) as refused:
        draft(session, maker, now, **changes)
    assert list(refused.value.errors) == [where]
    assert session.scalars(select(PolicyDocument)).all() == []


def test_all_faults_are_named_at_once(session, maker, now):
    with pytest.raises(PolicyInvalid) as refused:
        draft(session, maker, now, valid_until="2027-01-01", area="330198", body={"cups": -1, "milk": 1})
    assert sorted(refused.value.errors) == ["area", "body.cups", "body.milk", "valid_until"]


def test_written_as_text_every_fault_has_its_line(session, maker, now):
    with pytest.raises(PolicyInvalid) as refused:
        services.draft_text(session, text=TEXT, by=maker, now=now)
    assert [(fault.where, fault.line) for fault in refused.value.faults] == [("body.sugar", 8)]
    policy = services.draft_text(session, text=TEXT.replace("sugar: 2", "sugar: 1"), by=maker, now=now)
    assert policy.area_code == STREET


@pytest.mark.parametrize("text", ["", "area: 330106003", "- 1", "just words", "kind: [", "a: 1"])
def test_text_that_is_no_document_is_refused(session, maker, now, text):
    with pytest.raises(PolicyInvalid):
        services.draft_text(session, text=text, by=maker, now=now)


def test_nobody_writes_for_another_area(session, place, now):
    street_clerk = make_maker(session, STREET)
    with pytest.raises(OutsideOwnArea):
        draft(session, street_clerk, now, area=DISTRICT)
    assert draft(session, street_clerk, now).area_code == STREET


def test_nobody_decides_for_another_area(session, maker, now):
    policy = handed_in(session, maker, now)
    elsewhere = make_checker(session, OTHER_DISTRICT)
    for decide in (services.publish_policy, lambda *a, **k: services.reject_policy(*a, reason="x", **k)):
        with pytest.raises(OutsideOwnArea):
            decide(session, policy_id=policy.id, by=elsewhere, now=now)


def test_nobody_publishes_what_they_wrote(session, checker, now):
    policy = handed_in(session, checker, now)
    with pytest.raises(SelfApproval):
        services.publish_policy(session, policy_id=policy.id, by=checker, now=now)
    with pytest.raises(SelfApproval):
        services.reject_policy(session, policy_id=policy.id, reason="x", by=checker, now=now)
    assert policy.state == "submitted"


def test_only_its_writer_hands_a_draft_in(session, maker, checker, now):
    with pytest.raises(NotTheMaker):
        services.submit_policy(session, policy_id=draft(session, maker, now).id, by=checker, now=now)


def test_each_step_happens_once(session, maker, checker, now):
    policy = draft(session, maker, now)
    with pytest.raises(NotSubmitted):
        services.publish_policy(session, policy_id=policy.id, by=checker, now=now)
    services.submit_policy(session, policy_id=policy.id, by=maker, now=now)
    with pytest.raises(NotDraft):
        services.submit_policy(session, policy_id=policy.id, by=maker, now=now)
    services.publish_policy(session, policy_id=policy.id, by=checker, now=now)
    for decide in (services.publish_policy, lambda *a, **k: services.reject_policy(*a, reason="x", **k)):
        with pytest.raises(NotSubmitted):
            decide(session, policy_id=policy.id, by=checker, now=now)


def test_what_is_not_there_cannot_be_decided(session, maker, now):
    with pytest.raises(PolicyNotFound):
        services.submit_policy(session, policy_id=10**9, by=maker, now=now)


def test_a_successor_closes_the_open_one_before_it(session, maker, checker, now):
    first = publish(session, maker, checker, now)
    second = publish(session, maker, checker, now, valid_from=SUMMER.isoformat(), body={"cups": 4})
    assert (first.valid_until, second.replaces_id) == (SUMMER, first.id)
    assert actions(session)[-2:] == ["policy.closed", "policy.published"]


def test_an_overlap_is_refused_when_it_is_published(session, maker, checker, now):
    publish(session, maker, checker, now, valid_until=AUTUMN.isoformat())
    policy = handed_in(session, maker, now, valid_from=SUMMER.isoformat())
    with pytest.raises(PolicyOverlaps):
        services.publish_policy(session, policy_id=policy.id, by=checker, now=now)


def test_a_hole_is_refused_when_it_is_published(session, maker, checker, now):
    publish(session, maker, checker, now, valid_until=SUMMER.isoformat())
    policy = handed_in(session, maker, now, valid_from=AUTUMN.isoformat())
    with pytest.raises(PolicyLeavesHole):
        services.publish_policy(session, policy_id=policy.id, by=checker, now=now)
    assert policy.state == "submitted"


def test_another_kind_or_area_does_not_count(session, maker, checker, now):
    publish(session, maker, checker, now, valid_until=SUMMER.isoformat())
    assert publish(session, maker, checker, now, area=DISTRICT, valid_from=AUTUMN.isoformat()).is_published


@pytest.mark.parametrize(("begins", "allowed"), [("2026-11-19", False), ("2026-11-20", True), ("2026-11-21", True)])
def test_a_document_in_force_does_not_end_in_the_past(session, checker, now, begins, allowed):
    make_published(session, valid_from=date(2026, 1, 1))
    policy = handed_in(session, make_maker(session), now, valid_from=begins)
    if allowed:
        assert services.publish_policy(session, policy_id=policy.id, by=checker, now=now).is_published
    else:
        with pytest.raises(PolicyRewritesPast):
            services.publish_policy(session, policy_id=policy.id, by=checker, now=now)


def test_seeding_publishes_what_is_not_there_yet(session, maker, checker, now):
    documents = [
        loaded(area=CITY, valid_from="2026-01-01"),
        loaded(valid_from="2026-05-01", body={"cups": 5}),
        loaded(valid_from="2025-01-01"),
        loaded(area="330109001"),
    ]
    first = services.seed_policies(session, documents=documents, maker=maker, checker=checker, now=now)
    again = services.seed_policies(session, documents=documents, maker=maker, checker=checker, now=now)
    assert first == services.Seeded(published=3, unchanged=0, skipped=1)
    assert again == services.Seeded(published=0, unchanged=3, skipped=1)
    ends = session.scalars(select(PolicyDocument.valid_until).where(PolicyDocument.area_code == STREET)).all()
    assert sorted(ends, key=str) == [date(2026, 5, 1), None]


def test_a_seed_with_a_fault_is_refused(session, maker, checker, now):
    with pytest.raises(PolicyInvalid):
        services.seed_policies(session, documents=[loaded(body={"cups": 99})], maker=maker, checker=checker, now=now)
