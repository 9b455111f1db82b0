"""The pages of being told: the centre, the wishes, what is stuck, and the demonstration's messages."""

import email
import email.policy
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import time, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import vault
from app.audit.models import AuditEntry
from app.auth import Role
from app.auth.models import Account
from app.messages import asking, outbox, queries, services, tasks
from app.messages.models import Delivery, Wish
from tests.app.auth.factories import CITY, OTHER_DISTRICT, form_token, make_account, sign_in
from tests.app.messages.factories import KIND, PHONE, load_demo, make_reader, make_wish, register_bread
from tests.app.messages.servers import Mailbox, open_mailbox
from tests.conftest import FrozenClock


def tell(session: Session, clock: FrozenClock, *readers: Account, key: str = "k1", **more: Any) -> None:
    ids = [each.id for each in readers]
    services.tell(session, account_ids=ids, kind=KIND, key=key, params={"loaves": key}, now=clock.now(), **more)


@pytest.fixture
def reader(client: FlaskClient, session: Session) -> Account:
    account = make_reader(session, phone=PHONE)
    sign_in(client, session, account)
    return account


def post(client: FlaskClient, where: str, /, **fields: Any) -> TestResponse:
    token = form_token(client, "/notices/wishes")
    return client.post(where, data={"csrf_token": token, **fields})


def shown(client: FlaskClient, address: str = "/notices") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_centre_shows_what_is_new_first_and_only_ones_own(
    client: FlaskClient, session: Session, clock: FrozenClock, reader: Account
) -> None:
    tell(session, clock, reader, key="old")
    services.mark_read(session, account_id=reader.id, now=clock.now())
    tell(session, clock, reader, key="new")
    tell(session, clock, make_reader(session), key="theirs")
    page = shown(client)
    assert page.index("new") < page.index(": old")
    assert "theirs" not in page


def test_reading_one_and_all(client: FlaskClient, session: Session, clock: FrozenClock, reader: Account) -> None:
    for key in ("k1", "k2", "k3"):
        tell(session, clock, reader, key=key)
    first = re.search(r"/notices/(\d+)/read", shown(client))
    assert first
    post(client, first.group())
    assert queries.unread_count(session, account_id=reader.id) == 2
    post(client, "/notices/read")
    assert queries.unread_count(session, account_id=reader.id) == 0


def test_what_was_read_goes_on_by_pages_in_as_many_statements(
    client: FlaskClient,
    session: Session,
    clock: FrozenClock,
    reader: Account,
    count_statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    for number in range(queries.PAGE_LENGTH + 3):
        tell(session, clock, reader, key=f"k{number:02}")
    services.mark_read(session, account_id=reader.id, now=clock.now())
    with count_statements() as seen:
        centre = queries.get_centre(session, account_id=reader.id, today=clock.now().date())
    assert (len(centre.read), len(seen)) == (queries.PAGE_LENGTH, 2)
    page = shown(client, f"/notices?before={centre.next}")
    assert ": k02" in page
    assert ": k03" not in page


@pytest.fixture
def nobody_follows() -> Iterator[None]:
    before = list(asking._follow_checks)
    asking.register_follow_check(lambda _session, _asked, _today: [])
    yield
    asking._follow_checks[:] = before


def test_once_a_consent_has_ended_its_notices_say_nothing(
    client: FlaskClient, session: Session, clock: FrozenClock, reader: Account, nobody_follows: None
) -> None:
    register_bread(topic="meals")
    tell(session, clock, reader, key="secret", senior_id=7)
    page = shown(client)
    assert "secret" not in page


def test_wishes_are_kept_and_written_to_the_audit_log(
    client: FlaskClient, session: Session, clock: FrozenClock, reader: Account
) -> None:
    answer = post(client, "/notices/wishes", is_quiet="true", quiet_from="20:30", quiet_until="07:00", kinds=[])
    assert answer.status_code == 303
    wish = session.get_one(Wish, reader.id)
    assert (wish.sms, wish.quiet_from, wish.quiet_until) == (False, time(20, 30), time(7))
    assert KIND in wish.silent
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc())).first() == "wishes.changed"
    post(client, "/notices/wishes", sms="true", kinds=[KIND], language="en")
    assert session.scalar(select(Account.language).where(Account.id == reader.id)) == "en"
    session.refresh(wish)
    assert (wish.sms, wish.quiet_from) == (True, None)
    assert KIND not in wish.silent


def test_hours_that_are_none_are_refused_beside_their_field(client: FlaskClient, reader: Account) -> None:
    answer = post(client, "/notices/wishes", is_quiet="true", quiet_from="25:00", quiet_until="07:00")
    assert answer.status_code == 422
    assert 'id="quiet_from-error"' in answer.get_data(as_text=True)


@pytest.fixture
def mailbox(configure: Callable[..., None]) -> Iterator[Mailbox]:
    with open_mailbox() as found:
        configure(smtp_host="127.0.0.1", smtp_port=found.port, smtp_security="none", smtp_from="office@example.org")
        yield found


def code_in(mailbox: Mailbox) -> str:
    letter = email.message_from_bytes(mailbox.letters[-1].content, policy=email.policy.default)
    found = re.search(r"\d{6}", letter.get_content())
    assert found
    return found.group()


def test_a_mailbox_is_used_once_its_code_was_typed_in(
    client: FlaskClient, session: Session, clock: FrozenClock, reader: Account, mailbox: Mailbox
) -> None:
    post(client, "/notices/wishes/mailbox", address="li@example.org")
    tasks.send_due()
    assert post(client, "/notices/wishes/mailbox/code", code="000000").status_code == 409
    code = code_in(mailbox)
    assert post(client, "/notices/wishes/mailbox/code", code=code).status_code == 303
    wish = session.get_one(Wish, reader.id)
    assert wish.email
    assert wish.email_confirmed_at == clock.now()
    tell(session, clock, reader)
    clock.advance(seconds=1)
    session.commit()
    tasks.send_due()
    assert len(mailbox.letters) == 2
    post(client, "/notices/wishes/mailbox/end")
    session.refresh(wish)
    assert (wish.email, wish.email_sealed, wish.email_confirmed_at) == (False, None, None)


def test_a_mailboxs_code_may_be_tried_five_times_and_for_a_quarter_of_an_hour(
    client: FlaskClient, session: Session, clock: FrozenClock, reader: Account, mailbox: Mailbox
) -> None:
    post(client, "/notices/wishes/mailbox", address="li@example.org")
    tasks.send_due()
    code = code_in(mailbox)
    wrong = "111111" if code != "111111" else "222222"
    for _ in range(5):
        post(client, "/notices/wishes/mailbox/code", code=wrong)
    assert post(client, "/notices/wishes/mailbox/code", code=code).status_code == 409
    post(client, "/notices/wishes/mailbox", address="li@example.org")
    clock.advance(seconds=1)
    tasks.send_due()
    clock.advance(minutes=15)
    assert post(client, "/notices/wishes/mailbox/code", code=code_in(mailbox)).status_code == 409
    assert session.get_one(Wish, reader.id).email is False


def test_codes_do_not_go_to_mailboxes_without_end(
    client: FlaskClient, session: Session, clock: FrozenClock, reader: Account, mailbox: Mailbox
) -> None:
    answers = [
        post(client, "/notices/wishes/mailbox", address=f"li{number}@example.org").status_code for number in range(5)
    ]
    assert answers == [303, 303, 303, 303, 429]
    clock.advance(minutes=2)
    assert post(client, "/notices/wishes/mailbox", address="li@example.org").status_code == 303


def test_without_a_mail_server_no_mailbox_is_taken(client: FlaskClient, reader: Account) -> None:
    assert post(client, "/notices/wishes/mailbox", address="li@example.org").status_code == 409


def give_up(session: Session, clock: FrozenClock, reader: Account) -> Delivery:
    tell(session, clock, reader, key=f"stuck-{reader.id}")
    found = session.scalars(select(Delivery).where(Delivery.account_id == reader.id)).one()
    outbox.note_given_up(session, delivery_id=found.id, fault="422 no_such_number")
    session.flush()
    session.refresh(found)
    return found


def placed(session: Session, area_code: str) -> Account:
    """Make an account of an area, with a phone."""
    account = make_account(session, Role.AUDITOR, area_code=area_code)
    account.phone_sealed, account.phone_index = vault.seal("13712345678"), vault.index_of(area_code)
    session.flush()
    return account


def test_administrators_see_what_is_stuck_in_their_areas_without_the_full_phone_and_try_it_again(
    client: FlaskClient, session: Session, clock: FrozenClock, with_sms: None
) -> None:
    own, other = (give_up(session, clock, placed(session, code)) for code in ("330105", OTHER_DISTRICT))
    admin = make_account(session, Role.ADMINISTRATOR, area_code="330105")
    sign_in(client, session, admin)
    page = shown(client, "/messages/stuck")
    assert f"/messages/stuck/{own.id}/again" in page
    assert f"/messages/stuck/{other.id}/again" not in page
    assert "137****5678" in page
    assert "422 no_such_number" in page
    post(client, f"/messages/stuck/{own.id}/again")
    session.refresh(own)
    assert (own.state, own.tries, own.due_at) == ("waiting", 0, clock.now())
    assert post(client, f"/messages/stuck/{other.id}/again").status_code == 409
    assert post(client, f"/messages/stuck/{own.id}/again").status_code == 409


def test_everything_stuck_is_tried_again_at_once(
    client: FlaskClient, session: Session, clock: FrozenClock, with_sms: None
) -> None:
    found = [give_up(session, clock, placed(session, code)) for code in ("330105", OTHER_DISTRICT)]
    sign_in(client, session, make_account(session, Role.ADMINISTRATOR, area_code=CITY))
    post(client, "/messages/stuck/again")
    for each in found:
        session.refresh(each)
    assert {each.state for each in found} == {"waiting"}


def test_a_code_that_was_given_up_is_not_tried_again(
    client: FlaskClient, session: Session, clock: FrozenClock, with_sms: None
) -> None:
    services.send_code(session, phone=PHONE, code="204817", good_for=timedelta(minutes=5), now=clock.now())
    code = session.scalars(select(Delivery)).one()
    outbox.note_given_up(session, delivery_id=code.id, fault="too late")
    sign_in(client, session, make_account(session, Role.ADMINISTRATOR, area_code=CITY))
    assert "204817" not in shown(client, "/messages/stuck")
    assert post(client, f"/messages/stuck/{code.id}/again").status_code == 409


@pytest.mark.parametrize("role", [Role.STREET_CLERK, Role.AUDITOR, Role.CASHIER])
def test_others_do_not_see_what_is_stuck(client: FlaskClient, session: Session, role: Role) -> None:
    sign_in(client, session, make_account(session, role))
    assert client.get("/messages/stuck").status_code == 403


def test_the_demonstrations_page_is_there_with_its_data_alone(
    client: FlaskClient, session: Session, clock: FrozenClock
) -> None:
    assert client.get("/messages/demo").status_code == 404
    load_demo(session, clock.now())
    services.send_code(
        session, phone=PHONE, code="204817", good_for=timedelta(minutes=5), now=clock.now(), language="en"
    )
    session.commit()
    tasks.send_due()
    page = shown(client, "/messages/demo")
    assert "204817" in page
    assert PHONE not in page


def test_notices_are_for_those_who_are_logged_in(client: FlaskClient) -> None:
    assert client.get("/notices").status_code in (302, 303, 401)


def test_a_wish_of_nobody_is_what_holds_without_one(session: Session, clock: FrozenClock) -> None:
    reader = make_reader(session)
    make_wish(session, reader, now=clock.now())
    session.refresh(session.get_one(Wish, reader.id))
    assert (session.get_one(Wish, reader.id).sms, session.get_one(Wish, reader.id).silent) == (True, [])
