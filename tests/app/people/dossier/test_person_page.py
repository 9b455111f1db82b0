"""The page of one person: which tabs a role has, what it costs to open one, and that each opening is written down."""

from datetime import date

import pytest
from sqlalchemy import select

from app import clock, vault
from app.audit.models import AuditEntry
from app.auth.actor import HeldRole, Role, holding
from app.dossier import SeniorTab
from app.features import loaded_features
from app.people import queries
from app.people.access import READERS
from app.people.dossier import timeline
from app.people.dossier.notes import write_note
from app.people.dossier.rules import NoteKind
from app.people.dossier.showing import list_tabs, list_warnings
from app.people.relatives.staff_pages import relatives_panel
from app.people.rules import Status
from tests.app.areas.factories import make_place
from tests.app.people.factories import (
    OTHER_STREET,
    STREET,
    bearer,
    make_actor,
    make_card,
    make_senior,
    make_staff,
    moved,
)
from tests.app.people.relatives.factories import make_link, make_relative

EVERYBODY = {"overview", "relatives", "notes"}
# Who has which tabs: the table that the house checks a change of roles against.
TABS = {
    Role.STREET_CLERK: EVERYBODY | {"points", "meals", "goods", "care", "outreach", "safety", "checks"},
    Role.DISTRICT_APPROVER: EVERYBODY | {"points", "meals", "goods", "care", "outreach", "safety", "checks"},
    Role.AUDITOR: EVERYBODY | {"points", "meals", "goods", "care", "outreach", "safety", "checks"},
    Role.ADMINISTRATOR: EVERYBODY | {"points", "meals", "goods", "care", "outreach", "safety", "checks"},
    Role.ASSESSOR: EVERYBODY | {"care"},
    Role.SUPERVISOR: EVERYBODY | {"care"},
}
KNOWN = {"overview", "points", "meals", "goods", "care", "outreach", "safety", "relatives", "checks", "notes"}


def page(senior, tab=None):
    return f"/people/seniors/{senior.id}" + (f"?tab={tab}" if tab else "")


@pytest.fixture
def senior(session, clock):
    found = make_senior(session)
    make_card(session, found)
    return found


def test_the_table_of_roles_is_whole(app):
    assert set(TABS) == set(READERS)
    assert {tab.code for feature in loaded_features(app) for tab in feature.senior_tabs} == KNOWN


@pytest.mark.parametrize("role", READERS)
def test_a_role_has_its_tabs_and_no_other(client, session, senior, role):
    headers = bearer(session, make_staff(session, role=role))
    for tab in sorted(KNOWN):
        assert client.get(page(senior, tab), headers=headers).status_code == (200 if tab in TABS[role] else 404), tab


@pytest.mark.parametrize("role", [Role.STREET_CLERK, Role.AUDITOR, Role.SUPERVISOR])
@pytest.mark.parametrize("tab", [None, "notes"])
def test_a_person_outside_the_area_is_nowhere(client, session, senior, role, tab):
    make_place(session, OTHER_STREET)
    headers = bearer(session, make_staff(session, role=role, area_code=OTHER_STREET))
    assert client.get(page(senior, tab), headers=headers).status_code == 404
    for what in ("timeline", "notes"):
        assert client.get(f"/api/v1/people/seniors/{senior.id}/{what}", headers=headers).status_code == 404


def test_tabs_of_one_code_are_one_with_the_parts_a_role_has(app, senior, monkeypatch):
    def tab(code: str, order: int, *roles: Role) -> SeniorTab:
        return SeniorTab(code=code, label=code, order=order, roles=frozenset(roles), panel=lambda *_a, **_k: "")

    offered = (tab("b", 30, Role.AUDITOR), tab("a", 10, Role.AUDITOR), tab("b", 31, Role.ASSESSOR), tab("c", 5))
    monkeypatch.setitem(app.extensions, "features", [type("Manifest", (), {"senior_tabs": offered})])
    found = list_tabs(make_actor(roles=[Role.AUDITOR]), [STREET])
    assert [(each.code, len(each.parts)) for each in found] == [("a", 1), ("b", 1)]


def test_the_worst_is_told_first(session, senior, clock):
    dead = make_senior(session, status=Status.DECEASED)
    make_card(session, dead, state="lost")
    told = list_warnings(session, senior_id=dead.id, actor=make_actor(), places=[STREET], now=clock.now())
    assert [each.state for each in told][:2] == ["danger", "warn"]
    assert list_warnings(session, senior_id=senior.id, actor=make_actor(), places=[STREET], now=clock.now()) == []
    elsewhere = moved(make_actor(), OTHER_STREET)
    assert list_warnings(session, senior_id=dead.id, actor=elsewhere, places=[STREET], now=clock.now()) == []


def test_each_opening_is_written_down_with_its_part(client, session, senior):
    headers = bearer(session, make_staff(session, role=Role.AUDITOR))
    client.get(page(senior), headers=headers)
    client.get(page(senior, "points"), headers=headers)
    told = session.scalars(select(AuditEntry).where(AuditEntry.action == "reveal.person").order_by(AuditEntry.id)).all()
    assert [(each.subject_id, each.new) for each in told] == [
        (str(senior.id), {"part": "overview"}),
        (str(senior.id), {"part": "points"}),
    ]


def test_every_staff_page_finds_people_for_those_who_may(client, session, senior):
    clerk = bearer(session, make_staff(session))
    assert 'action="/people/seniors/"' in client.get("/policies/", headers=clerk).text
    operator = bearer(session, make_staff(session, role=Role.OPERATOR))
    assert 'id="bar-search"' not in client.get("/account", headers=operator).text


def test_notes_are_written_corrected_and_opened_on_the_page(client, session, senior):
    headers = bearer(session, make_staff(session))
    form = {"body": "白天听力不好", "kind": "confidential"}
    assert client.post(f"/people/seniors/{senior.id}/notes", data=form, headers=headers).status_code == 303
    shown = client.get(page(senior, "notes"), headers=headers).text
    assert "白天听力不好" not in shown
    number = shown.split('id="note-')[1].split('"')[0]
    opened = client.post(
        f"/people/seniors/{senior.id}/notes/{number}/reveals", data={"reason": "准备家访"}, headers=headers
    )
    assert "白天听力不好" in opened.text
    again = client.post(f"/people/seniors/{senior.id}/notes", data={"body": " "}, headers=headers)
    assert (again.status_code, 'id="body-error"' in again.text) == (422, True)
    fixed = {"body": "门铃坏了", "corrects": number}
    assert client.post(f"/people/seniors/{senior.id}/notes", data=fixed, headers=headers).status_code == 303


def test_the_timeline_and_the_notes_are_read_by_programs(client, session, senior):
    headers = bearer(session, make_staff(session))
    base = f"/api/v1/people/seniors/{senior.id}"
    written = client.post(f"{base}/notes", json={"body": "喜欢下棋"}, headers=headers)
    assert written.status_code == 201
    (note,) = client.get(f"{base}/notes", headers=headers).json["items"]
    assert (note["id"], note["body"]) == (written.json["id"], "喜欢下棋")
    shown = client.get(f"{base}/timeline?limit=1", headers=headers).json
    assert [each["sort"] for each in client.get(f"{base}/timeline?sort=notes", headers=headers).json["items"]] == [
        "notes"
    ]
    rest = client.get(f"{base}/timeline", query_string={"after": shown["next"]}, headers=headers).json
    parts = session.scalars(select(AuditEntry.new).where(AuditEntry.action == "reveal.person")).all()
    assert {"part": "timeline"} in parts
    assert {"part": "notes"} in parts
    assert "cards" in {each["sort"] for each in rest["items"]}
    assert client.get(f"{base}/timeline?after=x", headers=headers).status_code == 422


def test_no_tab_asks_more_the_more_there_is_to_tell(client, session, senior, clock, count_statements):
    clerk, headers = make_actor(session), bearer(session, make_staff(session))

    def add_one():
        make_card(session, senior, state="cancelled")
        make_link(session, senior, make_relative(session))
        write_note(session, senior_id=senior.id, body="喜欢下棋", kind=NoteKind.PLAIN, actor=clerk, now=clock.now())
        session.commit()

    def costs():
        found = {}
        for tab in sorted(KNOWN):
            with count_statements() as seen:
                assert client.get(page(senior, tab), headers=headers).status_code == 200
            found[tab] = len(seen)
        return found

    add_one()
    costs()
    before = costs()
    for _ in range(5):
        add_one()
    assert costs() == before


def test_who_works_here_and_checks_there_finds_names_masked_there(app, session, senior):
    both = holding(make_actor(session), [HeldRole(Role.STREET_CLERK, OTHER_STREET), HeldRole(Role.AUDITOR, STREET)])
    here = make_senior(session, name="孙根法", hukou_area=OTHER_STREET, residence_area=OTHER_STREET)
    make_link(session, senior, make_relative(session, name="李建国"))
    day = date(2026, 11, 20)
    with app.test_request_context():
        shown = [queries.get_senior(session, senior_id=each.id, actor=both, day=day).name for each in (senior, here)]
        told = timeline.list_moments(session, senior_id=senior.id, actor=both, places=(STREET, STREET)).items
        panel = relatives_panel(session, senior_id=senior.id, actor=both, now=clock.now())
    assert shown == [vault.mask_name(senior.name), "孙根法"]
    assert not [each for each in told if "李建国" in str(each.words)]
    assert "李建国" not in panel
