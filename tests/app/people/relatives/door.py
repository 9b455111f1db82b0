"""The door of relatives and seniors: asking for a code, typing it, what a page hides."""

import re

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import vault
from app.auth.attempts import Visitor
from app.auth.models import Account
from tests.app.auth.factories import form_token
from tests.app.people.relatives.factories import make_relative

PHONE, STRANGE = "13800138001", "13900139009"
SENT = "204816"
HERE = Visitor(address="127.0.0.1")


def with_phone(session: Session, phone: str = PHONE) -> Account:
    account = make_relative(session)
    account.phone_sealed, account.phone_index = vault.seal(phone), vault.index_of(phone)
    session.flush()
    return account


def post(client: FlaskClient, path: str, **form: str) -> TestResponse:
    return client.post(path, data={"csrf_token": form_token(client, "/login/code"), **form})


def hidden(page: str, name: str) -> str:
    return page.split(f'name="{name}" value="', 1)[1].split('"', 1)[0]


def plain(page: str, *gone: str) -> str:
    """Return a page without what differs for each request."""
    page = re.sub(r'(data-csrf=|name="csrf_token" value=)"[^"]*"', "", page)
    for word in gone:
        page = page.replace(word, "")
    return page


def ask(client: FlaskClient, phone: str = PHONE) -> str:
    answer = post(client, "/login/code", phone=phone)
    assert answer.status_code == 200, answer.text
    return hidden(answer.text, "ticket")


def check(client: FlaskClient, ticket: str, code: str = SENT, phone: str = PHONE, **more: str) -> TestResponse:
    return post(client, "/login/code/check", phone=phone, ticket=ticket, code=code, **more)


def enter(client: FlaskClient, number: str, code: str) -> TestResponse:
    return post(client, "/login/card", card_number=number, code=code)
