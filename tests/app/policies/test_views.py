"""How a document stands on a day, and how it is shown when the product no longer knows its kind."""

from datetime import date

import pytest

from app.auth.actor import Role
from app.policies import kinds, services, views
from app.policies.kinds import UnknownKind, get_kind, register_kind
from app.policies.models import PolicyDocument
from app.policies.rules import Mark
from tests.app.areas.factories import make_place
from tests.app.people.factories import make_actor, moved
from tests.app.policies.factories import (
    DISTRICT,
    OTHER_DISTRICT,
    SPRING,
    STREET,
    SUMMER,
    TEA,
    loaded,
    make_maker,
    make_published,
)

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.mark.parametrize(
    ("state", "on", "word", "colour"),
    [
        ("draft", SPRING, "Draft", ""),
        ("submitted", SPRING, "Waits for a decision", "warn"),
        ("rejected", SPRING, "Sent back", "danger"),
        ("published", date(2027, 2, 28), "Begins later", "info"),
        ("published", SPRING, "In force", "ok"),
        ("published", date(2027, 5, 31), "In force", "ok"),
        ("published", SUMMER, "Has ended", ""),
    ],
)
def test_how_a_document_stands(state, on, word, colour):
    policy = PolicyDocument(state=state, valid_from=SPRING, valid_until=SUMMER)
    status = views.describe_status(policy, on)
    assert (status.word, status.colour) == (word, colour)


def test_an_open_document_stays_in_force():
    policy = PolicyDocument(state="published", valid_from=SPRING, valid_until=None)
    assert views.describe_status(policy, date(2099, 1, 1)).word == "In force"


@pytest.fixture
def no_kinds(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", {})


def test_a_document_of_a_kind_that_is_gone_is_shown_as_text(session, clock, no_kinds):
    register_kind(TEA)
    policy = make_published(session, cups=3)
    kinds._kinds.clear()
    view = views.show_view(session, policy, actor=make_maker(session), today=SPRING)
    assert (view.tables, view.kind_label) == ((), "tea")
    assert "cups: 3" in view.text


def test_kinds_that_are_not_there_are_refused_by_name(no_kinds):
    with pytest.raises(UnknownKind):
        get_kind("tea")


def test_what_changed_is_told_table_by_table(session, clock):
    make_published(session, cups=2)
    second = make_published(session, valid_from=SUMMER, cups=4)
    view = views.show_view(session, second, actor=make_maker(session), today=SPRING)
    assert [changes.table.part for changes in view.changes] == ["cups"]
    assert view.changes[0].rows == ((Mark.REMOVED, ("2",)), (Mark.ADDED, ("4",)))


def test_who_is_offered_what(session, clock):
    make_place(session, OTHER_DISTRICT)
    make_place(session, STREET)
    maker = make_maker(session, STREET)
    checker = make_actor(session, roles=[Role.DISTRICT_APPROVER], area_code=DISTRICT)
    policy = services.draft_policy(session, document=loaded(), by=maker, now=clock.now())
    assert views.may_submit(policy, maker)
    assert not views.may_submit(policy, checker)
    assert not views.may_decide(policy, checker)
    services.submit_policy(session, policy_id=policy.id, by=maker, now=clock.now())
    assert views.may_decide(policy, checker)
    assert not views.may_decide(policy, maker)
    assert not views.may_decide(policy, moved(checker, OTHER_DISTRICT))
