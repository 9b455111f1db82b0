"""The pages: what a clerk and an approver see and press, and every refusal on the page it belongs to."""

import pytest

from app.auth.actor import Role
from app.auth.guard import COOKIE
from app.auth.services import TokenKind
from app.policies import services
from tests.app.areas.factories import make_place
from tests.app.people.factories import make_staff, token_of
from tests.app.policies.factories import (
    COMMUNITY,
    DISTRICT,
    OTHER_DISTRICT,
    SPRING,
    STREET,
    SUMMER,
    loaded,
    make_maker,
    make_published,
)

TEXT = """\
kind: tea
area: "330106003"
valid_from: 2027-03-01
valid_until:
title: {zh: 茶水, en: Tea}
source: {mark: FOUND, text: 街道通知, infer: [cups]}
body:
  cups: 2
"""


@pytest.fixture(autouse=True)
def places(session, clock):
    make_place(session, OTHER_DISTRICT)
    make_place(session, COMMUNITY)


@pytest.fixture
def log_in(client, session):
    def enter(role, area_code=STREET):
        account = make_staff(session, role=role, area_code=area_code)
        client.set_cookie(COOKIE, token_of(session, account, TokenKind.SESSION))
        client.set_cookie("language", "en")
        return account

    return enter


def send(client, path, **fields):
    token = client.get("/policies/").text.split('data-csrf="')[1].split('"')[0]
    return client.post(path, data={"csrf_token": token, **fields})


def draft_of(session, clock, **changes):
    return services.draft_policy(session, document=loaded(**changes), by=make_maker(session), now=clock.now())


def handed_in(session, clock, **changes):
    maker = make_maker(session)
    policy = services.draft_policy(session, document=loaded(**changes), by=maker, now=clock.now())
    return services.submit_policy(session, policy_id=policy.id, by=maker, now=clock.now())


def test_the_list_shows_what_concerns_the_reader(client, session, log_in):
    make_published(session, title={"zh": "街道的茶", "en": "Tea of the street"})
    make_published(session, area=OTHER_DISTRICT, title={"zh": "别处", "en": "Elsewhere"})
    log_in(Role.AUDITOR)
    page = client.get("/policies/").text
    assert "Tea of the street" in page
    assert "Elsewhere" not in page
    assert "Write a new one" not in page


def test_filters_stand_in_the_address(client, session, log_in):
    make_published(session)
    log_in(Role.AUDITOR)
    assert "No policy fits" in client.get("/policies/?state=draft&kind=tea&on=2027-03-01&area=330106").text
    assert "cannot be read" in client.get("/policies/?on=someday&state=law").text


def test_an_approver_sees_how_many_wait(client, session, clock, log_in):
    handed_in(session, clock)
    log_in(Role.DISTRICT_APPROVER, DISTRICT)
    assert "policy waits for your decision" in client.get("/policies/").text


def test_one_document_with_source_signatures_and_what_changed(client, session, log_in):
    make_published(session, cups=2)
    second = make_published(session, valid_from=SUMMER, cups=4)
    log_in(Role.STREET_CLERK)
    page = client.get(f"/policies/{second.id}").text
    for words in (
        "FOUND",
        "街道通知 2027-02",
        "https://example.org/tea",
        "吴晓燕",
        "徐建平",
        "What is different",
        "<del>2</del>",
        "<ins>4</ins>",
    ):
        assert words in page
    assert "cups: 4" in page


def test_a_document_that_ended_names_what_follows(client, session, log_in):
    first = make_published(session)
    second = make_published(session, valid_from=SUMMER)
    last = make_published(session, area=COMMUNITY, valid_until=SUMMER)
    log_in(Role.STREET_CLERK)
    assert f"no. {second.id} decides" in client.get(f"/policies/{first.id}").text
    assert f"no. {second.id} decides" in client.get(f"/policies/{last.id}").text


def test_parts_that_somebody_must_confirm_are_marked(client, session, log_in):
    source = {"mark": "FOUND", "text": "x", "infer": ["cups"]}
    policy = make_published(session, source=source)
    log_in(Role.STREET_CLERK)
    assert client.get(f"/policies/{policy.id}").text.count("INFER: to be confirmed") == 1


def test_written_handed_in_and_published(client, session, log_in):
    log_in(Role.STREET_CLERK)
    kept = send(client, "/policies/new", text=TEXT)
    assert kept.status_code == 303
    address = kept.headers["Location"]
    assert "Hand in" in client.get(address).text
    assert send(client, f"{address}/submit").status_code == 303
    assert "Waits for somebody else" in client.get(address).text
    log_in(Role.DISTRICT_APPROVER, DISTRICT)
    assert "Put this in force?" in client.get(address).text
    assert send(client, f"{address}/publish").status_code == 303
    assert "Begins later" in client.get(address).text


def test_every_fault_is_shown_with_its_line_and_nothing_typed_is_lost(client, log_in):
    log_in(Role.STREET_CLERK)
    page = send(client, "/policies/new", text=TEXT.replace("cups: 2", "cups: lots\n  milk: 1").replace("Tea}", "}"))
    assert page.status_code == 422
    assert "3 things to put right" in page.text
    for line in (5, 8, 9):
        assert f"Line {line}" in page.text
    assert "cups: lots" in page.text
    assert '<tr id="line-8" aria-current="true">' in page.text


@pytest.mark.parametrize("text", ["", "&a [*a]", "kind: tea", "<script>alert(1)</script>", "{" * 500])
def test_any_text_gets_an_answer(client, log_in, text):
    log_in(Role.STREET_CLERK)
    page = send(client, "/policies/new", text=text)
    assert page.status_code == 422
    assert "<script>alert" not in page.text


def test_what_the_reader_of_yaml_says_is_shown_as_text(client, log_in):
    log_in(Role.STREET_CLERK)
    page = send(client, "/policies/new", text="title: {zh: ''\nsource: 1}").text
    assert "&lt;scalar&gt;" in page
    assert "<scalar>" not in page


def test_sent_back_with_a_reason_that_the_writer_sees(client, session, clock, log_in):
    policy = handed_in(session, clock)
    log_in(Role.DISTRICT_APPROVER, DISTRICT)
    assert send(client, f"/policies/{policy.id}/reject", reason="").status_code == 422
    assert send(client, f"/policies/{policy.id}/reject", reason="杯数不对").status_code == 303
    assert "杯数不对" in client.get(f"/policies/{policy.id}").text


def test_a_refusal_to_publish_stands_on_the_documents_page(client, session, clock, log_in):
    make_published(session, valid_until=SUMMER)
    policy = handed_in(session, clock, valid_from="2027-07-01")
    log_in(Role.DISTRICT_APPROVER, DISTRICT)
    page = send(client, f"/policies/{policy.id}/publish")
    assert page.status_code == 409
    assert "there would be no document" in page.text


def test_a_successor_starts_from_the_old_text(client, session, log_in):
    policy = make_published(session, cups=7)
    log_in(Role.STREET_CLERK)
    page = client.get(f"/policies/new?from={policy.id}").text
    assert "cups: 7" in page
    assert str(SPRING) not in page


@pytest.mark.parametrize("kind", ["tea", "nothing", ""])
def test_a_new_one_starts_from_an_example(client, log_in, kind):
    log_in(Role.STREET_CLERK)
    assert "kind: " in client.get(f"/policies/new?kind={kind}").text


def test_an_auditor_reads_and_writes_nothing(client, session, log_in):
    policy = make_published(session)
    log_in(Role.AUDITOR)
    assert "Write a successor" not in client.get(f"/policies/{policy.id}").text
    assert client.get("/policies/new").status_code == 403


def test_a_document_elsewhere_is_not_found(client, session, log_in):
    policy = make_published(session, area=OTHER_DISTRICT)
    log_in(Role.STREET_CLERK)
    assert client.get(f"/policies/{policy.id}").status_code == 404


def test_the_list_costs_the_same_however_long_it_is(client, session, log_in, count_statements):
    log_in(Role.STREET_CLERK)
    made = make_published(session)
    client.get("/policies/")
    with count_statements() as few:
        client.get("/policies/")
    make_published(session, area=DISTRICT)
    make_published(session, area=COMMUNITY)
    with count_statements() as many:
        assert client.get("/policies/").text.count("row-link") == 3
    assert (len(many), made.is_published) == (len(few), True)
