"""Language and text size: what someone chose, here or with the account; never what a browser happens to say."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.actor import Role
from tests.app.auth.factories import bearer, form_token, make_account, make_token, sign_in


def lang_of(client: FlaskClient, **headers: str) -> str:
    page = client.get("/login", headers=headers).get_data(as_text=True)
    return page.split('<html lang="', 1)[1].split('"', 1)[0]


def test_pages_are_chinese_whatever_the_browser_says(client: FlaskClient, session: Session) -> None:
    assert lang_of(client, **{"Accept-Language": "en-GB,en;q=0.9"}) == "zh-CN"


def test_a_choice_is_kept_in_the_browser_and_leads_back_to_the_page(client: FlaskClient, session: Session) -> None:
    body = {"csrf_token": form_token(client), "language": "en", "next": "/login?next=/audit"}
    answer = client.post("/language", data=body)
    assert answer.status_code == 303
    assert answer.location == "/login?next=/audit"
    assert lang_of(client) == "en"


def test_a_choice_is_kept_with_the_account(client: FlaskClient, session: Session) -> None:
    account = make_account(session, Role.AUDITOR)
    sign_in(client, session, account)
    client.post("/language", data={"csrf_token": form_token(client, "/account"), "language": "en"})
    client.post("/text-size", data={"csrf_token": form_token(client, "/account"), "text_size": "elder"})
    session.refresh(account)
    assert (account.language, account.text_size) == ("en", "elder")
    elsewhere = client.application.test_client()
    sign_in(elsewhere, session, account)
    page = elsewhere.get("/account").get_data(as_text=True)
    assert '<html lang="en" data-size="elder"' in page


@pytest.mark.parametrize(
    ("path", "field", "value"), [("/language", "language", "fr"), ("/text-size", "text_size", "9")]
)
def test_a_choice_that_does_not_exist_changes_nothing(
    client: FlaskClient, session: Session, path: str, field: str, value: str
) -> None:
    assert client.post(path, data={"csrf_token": form_token(client), field: value}).status_code == 422
    assert client.get_cookie(field) is None


@pytest.mark.parametrize("address", ["//evil.example", "https://evil.example/", "/\\evil.example"])
def test_a_switch_never_leads_to_another_site(client: FlaskClient, session: Session, address: str) -> None:
    body = {"csrf_token": form_token(client), "language": "en", "next": address}
    assert client.post("/language", data=body).location == "/"


@pytest.mark.parametrize(
    ("accepts", "title"),
    [("en", "There is nothing"), ("zh-CN,en;q=0.5", "这个网址没有内容"), ("fr", "这个网址没有内容")],
)
def test_a_program_says_what_it_wants_to_read(client: FlaskClient, session: Session, accepts: str, title: str) -> None:
    headers = {**bearer(make_token(session, make_account(session))), "Accept-Language": accepts}
    document = client.get("/api/v1/nothing", headers=headers).json
    assert document is not None
    assert document["title"].startswith(title)


def test_the_till_page_reads_refusals_in_the_language_of_its_page(client: FlaskClient, session: Session) -> None:
    client.set_cookie("language", "en")
    document = client.get("/api/v1/nothing", headers={"Accept-Language": "zh-CN"}).json
    assert document is not None
    assert document["title"].startswith("There is nothing")
