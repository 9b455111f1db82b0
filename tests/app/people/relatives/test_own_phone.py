"""What somebody who joined by phone or paper sets later: another mobile number; and where no codes are sent."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock as clocks
from app import vault
from app.audit.models import AuditEntry
from app.auth.actor import Role
from app.auth.attempts import Visitor
from app.auth.models import AccessToken, Account
from app.auth.passwords import NO_PASSWORD
from app.auth.services import TokenKind, open_token
from tests.app.auth.factories import form_token, sign_in
from tests.app.people.relatives.door import PHONE, SENT, STRANGE, hidden, with_phone
from tests.app.people.relatives.factories import make_relative
from tests.conftest import FrozenClock


@pytest.fixture
def elder(client: FlaskClient, session: Session, clock: FrozenClock) -> Account:
    """Log a senior in whose account was made by a card, and has neither password nor phone."""
    account = make_relative(session, Role.ELDER, name="王秀英")
    account.password_hash = NO_PASSWORD
    session.flush()
    sign_in(client, session, account)
    return account


def post(client: FlaskClient, path: str, **form: str) -> tuple[int, str]:
    answer = client.post(path, data={"csrf_token": form_token(client, "/account/phone"), **form})
    return answer.status_code, answer.text


def test_a_new_number_is_kept_once_its_code_is_typed(
    client: FlaskClient, session: Session, elder: Account, sent: list[str]
) -> None:
    open_token(session, account_id=elder.id, kind=TokenKind.SESSION, visitor=Visitor(address="::1"), now=clocks.now())
    assert "设置密码" in client.get("/family/settings").text
    assert "添加手机号" in client.get("/family/settings").text
    status, page = post(client, "/account/phone", phone="138 0013 8001")
    assert (status, sent) == (200, [PHONE])
    ticket = hidden(page, "ticket")
    assert post(client, "/account/phone/code", phone=PHONE, ticket=ticket, code="111111")[0] == 422
    assert elder.phone_index is None
    assert post(client, "/account/phone/code", phone=PHONE, ticket=ticket, code=SENT)[0] == 303
    assert elder.phone_index == vault.index_of(PHONE)
    alive = select(AccessToken.id).where(AccessToken.account_id == elder.id, AccessToken.revoked_at.is_(None))
    assert len(session.scalars(alive).all()) == 1
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "phone.changed")).one()
    assert PHONE not in str(entry.new)
    assert "更换手机号" in client.get("/family/settings").text


def test_a_phone_left_lying_about_gives_nobody_another_number(
    client: FlaskClient, session: Session, elder: Account, sent: list[str], clock: FrozenClock
) -> None:
    session.execute(update(AccessToken).values(idle_minutes=None))
    clock.advance(hours=2)
    ticket = hidden(post(client, "/account/phone", phone=PHONE)[1], "ticket")
    status, page = post(client, "/account/phone/code", phone=PHONE, ticket=ticket, code=SENT)
    assert (status, "重新登录" in page) == (409, True)
    assert elder.phone_index is None


def test_a_number_of_another_account_stays_there(
    client: FlaskClient, session: Session, elder: Account, sent: list[str]
) -> None:
    theirs = with_phone(session, STRANGE)
    ticket = hidden(post(client, "/account/phone", phone=STRANGE)[1], "ticket")
    status, page = post(client, "/account/phone/code", phone=STRANGE, ticket=ticket, code=SENT)
    assert (status, "别的账号" in page) == (409, True)
    assert (elder.phone_index, theirs.phone_index) == (None, vault.index_of(STRANGE))


def test_a_number_shown_at_the_log_in_cannot_be_kept_with_that_code(
    client: FlaskClient, session: Session, elder: Account, sent: list[str]
) -> None:
    ticket = hidden(post(client, "/login/code", phone=PHONE)[1], "ticket")
    assert post(client, "/account/phone/code", phone=PHONE, ticket=ticket, code=SENT)[0] == 422
    assert elder.phone_index is None


@pytest.mark.parametrize("path", ["/login/code", "/join", "/join/new"])
def test_without_a_channel_nobody_is_told_that_a_message_is_on_its_way(client: FlaskClient, path: str) -> None:
    paper = "还不能给手机发验证码"
    assert paper in client.get(path).text
    if path != "/join":
        answer = client.post(path, data={"csrf_token": form_token(client, path), "phone": PHONE})
        assert (answer.status_code, paper in answer.text, "短信" in answer.text) == (409, True, False)


def test_with_a_channel_the_pages_say_nothing_of_the_counter(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.people.relatives.door_pages.can_send_codes", lambda _s: True)
    assert "还不能给手机发验证码" not in client.get("/login/code").text
