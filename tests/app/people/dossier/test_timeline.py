"""What happened to a person, in one order, in pages, and only for whom it is."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.auth.actor import HeldRole, Role, holding
from app.dossier import Before, Moment, MomentSource, cut_moments
from app.errors import Invalid
from app.people.access import reaching
from app.people.dossier import notes, timeline
from app.people.dossier.rules import NoteKind
from app.people.rules import Status
from tests.app.people.factories import (
    OTHER_STREET,
    STREET,
    make_actor,
    make_card,
    make_senior,
)

AT = datetime(2026, 11, 1, 8, tzinfo=UTC)


def moment(key, at=AT):
    return Moment(at=at, key=key, sort="life", icon="clock", title=key)


def test_moments_stand_newest_first_and_a_page_goes_on_within_a_moment():
    told = [moment("a:1"), moment("a:3"), moment("a:2"), moment("b:1", AT + timedelta(hours=1))]
    assert [each.key for each in cut_moments(told, before=None, limit=2)] == ["b:1", "a:3"]
    assert [each.key for each in cut_moments(told, before=Before(AT, "a:3"), limit=9)] == ["a:2", "a:1"]


def clerk_here_auditor_there():
    actor = make_actor()
    return holding(actor, [HeldRole(Role.STREET_CLERK, STREET), HeldRole(Role.AUDITOR, OTHER_STREET)])


@pytest.mark.parametrize(
    ("roles", "place", "reaches"),
    [
        ([Role.STREET_CLERK], STREET, True),
        ([Role.STREET_CLERK], OTHER_STREET, False),
        ([Role.AUDITOR], OTHER_STREET, True),
        ([Role.AUDITOR], STREET, False),
        ([Role.SUPERVISOR], STREET, False),
    ],
)
def test_a_role_reaches_only_its_own_places(roles, place, reaches):
    assert (reaching(clerk_here_auditor_there(), roles, [place]) is not None) == reaches


@pytest.fixture
def senior(session, clock):
    clock.set(datetime(2026, 10, 1, 2, tzinfo=UTC))
    found = make_senior(session, status_from=date(2026, 10, 1))
    make_card(session, found)
    clock.set(datetime(2026, 11, 20, 4, tzinfo=UTC))
    return found


def read(session, senior, actor, **others):
    return timeline.list_moments(session, senior_id=senior.id, actor=actor, places=(STREET, STREET), **others)


def test_the_registry_tells_what_it_knows_page_by_page(session, senior, clock):
    clerk = make_actor(session)
    notes.write_note(session, senior_id=senior.id, body="喜欢下棋", kind=NoteKind.PLAIN, actor=clerk, now=clock.now())
    everything = read(session, senior, clerk).items
    assert [each.sort for each in everything] == ["notes", "life", "cards"]
    pages, after = [], None
    for _ in range(3):
        page = read(session, senior, clerk, limit=1, after=after)
        pages += page.items
        after = page.next
    assert [each.key for each in pages] == [each.key for each in everything]
    assert after is None
    assert [each.sort for each in read(session, senior, clerk, sort="cards").items] == ["cards"]


def test_a_stay_in_hospital_stands_on_its_first_day(session, clock):
    found = make_senior(session, status=Status.IN_HOSPITAL, status_from=date(2026, 11, 18))
    (stay,) = (each for each in read(session, found, make_actor(session)).items if each.state == "warn")
    assert stay.at == datetime(2026, 11, 17, 16, tzinfo=UTC)


@pytest.mark.parametrize("cursor", ["x", "WzEsMl0", "WzEsIicgT1IgMSJd", "WzEwMDAwMDAwMDAwMDAwMDAwMDAwMCwiYToxIl0"])
def test_what_is_no_cursor_is_refused(session, senior, cursor):
    with pytest.raises(Invalid):
        read(session, senior, make_actor(session), after=cursor)


def test_a_source_is_asked_only_for_its_roles_and_hears_only_of_these(app, session, senior, monkeypatch):
    heard = []

    def tell(_session, *, actor, **_asked):
        heard.append(actor.roles)
        return [moment("secret:1")]

    source = MomentSource(sort="secret", label="", roles=frozenset({Role.AUDITOR}), moments=tell)
    manifest = type("Manifest", (), {"timeline": (source,)})
    monkeypatch.setitem(app.extensions, "features", [manifest])
    assert read(session, senior, make_actor()).items == []
    both = make_actor(roles=[Role.AUDITOR, Role.STREET_CLERK])
    assert [each.key for each in read(session, senior, both).items] == ["secret:1"]
    assert heard == [frozenset({Role.AUDITOR})]
