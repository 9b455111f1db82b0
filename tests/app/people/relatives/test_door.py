"""Coming in by phone, by card and by paper: no oracle, limits that leave slow typists alone, codes as digests."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock as clocks
from app import vault
from app.auth.actor import Role
from app.auth.attempts import Visitor
from app.auth.codes import find_fault, make_code
from app.auth.errors import CodeWrong, LogInLocked
from app.auth.models import AccessToken, LogInCode
from app.auth.passwords import NO_PASSWORD, is_password
from app.auth.rules import Purpose
from app.auth.services import TokenKind, log_in, sweep
from app.errors import DomainError
from app.people.relatives import joining, own_accounts
from tests.app.auth.factories import PASSWORD, make_account
from tests.app.people.factories import make_actor, make_card, make_senior
from tests.app.people.relatives.door import HERE, PHONE, SENT, STRANGE, ask, check, hidden, plain, post, with_phone
from tests.conftest import FrozenClock


def test_whoever_types_the_code_is_let_in_once(client: FlaskClient, session: Session, sent: list[str]) -> None:
    account = with_phone(session)
    ticket = ask(client, "+86 138-0013-8001")
    assert sent == [PHONE]
    answer = check(client, ticket, "２０４ 816", phone="138 0013 8001")
    assert answer.status_code == 303
    tokens = session.scalars(select(AccessToken).where(AccessToken.account_id == account.id)).all()
    assert [(token.kind, token.idle_minutes) for token in tokens] == [("session", 30)]
    assert check(client, ticket).status_code == 422


def test_an_own_phone_stays_logged_in_and_no_desk_of_the_office(
    client: FlaskClient, session: Session, sent: list[str]
) -> None:
    account = with_phone(session)
    check(client, ask(client), remember="true")
    kinds = select(AccessToken.kind).where(AccessToken.account_id == account.id)
    assert session.scalars(kinds).all() == ["remembered"]
    clerk = make_account(session, Role.STREET_CLERK)
    clerk.phone_sealed, clerk.phone_index = vault.seal(STRANGE), vault.index_of(STRANGE)
    check(client, ask(client, STRANGE), phone=STRANGE, remember="true")
    kinds = select(AccessToken.kind).where(AccessToken.account_id == clerk.id)
    assert session.scalars(kinds).all() == ["session"]


def test_known_and_unknown_phones_get_the_same_answers(client: FlaskClient, session: Session, sent: list[str]) -> None:
    with_phone(session)
    closed = with_phone(session, "13700137000")
    closed.disabled_at = clocks.now()
    session.flush()
    told = []
    for phone in (PHONE, STRANGE, "13700137000"):
        asked = post(client, "/login/code", phone=phone)
        ticket = hidden(asked.text, "ticket")
        wrong = check(client, ticket, "111111", phone=phone)
        told.append([(answer.status_code, plain(answer.text, phone, ticket)) for answer in (asked, wrong)])
    assert told[0] == told[1] == told[2]
    assert sent == [PHONE]
    assert session.scalars(select(LogInCode.tries)).all() == [1, 1, 1]


def test_the_code_of_an_unknown_phone_opens_nothing(client: FlaskClient, session: Session, sent: list[str]) -> None:
    answer = check(client, ask(client, STRANGE), phone=STRANGE)
    assert answer.status_code == 422
    assert session.scalars(select(AccessToken)).all() == []


def test_a_code_belongs_to_the_browser_that_asked(client: FlaskClient, session: Session, sent: list[str]) -> None:
    with_phone(session)
    theirs, mine = ask(client), ask(client)
    for _ in range(5):
        assert check(client, theirs, "111111").status_code == 422
    assert check(client, theirs).status_code == 422
    assert check(client, "no-ticket").status_code == 422
    assert check(client, mine).status_code == 303


def test_a_slow_typist_is_told_the_time_is_over_and_is_not_locked_out(
    client: FlaskClient, session: Session, sent: list[str], clock: FrozenClock
) -> None:
    with_phone(session)
    for _ in range(8):
        ticket = ask(client)
        check(client, ticket, "111111")
        clock.advance(minutes=6)
        late = check(client, ticket, next="/")
        assert "The code was right, but its time is over" in late.text or "验证码没有错" in late.text
        clock.advance(minutes=10)
    assert check(client, ask(client)).status_code == 303


def test_messages_are_limited_by_phone_and_by_address(
    client: FlaskClient, session: Session, sent: list[str], clock: FrozenClock
) -> None:
    with_phone(session)
    statuses = [post(client, "/login/code", phone=phone).status_code for phone in (PHONE, STRANGE) for _ in range(6)]
    assert statuses == [200, 200, 200, 200, 429, 429] * 2
    clock.advance(seconds=61)
    assert post(client, "/login/code", phone=PHONE).status_code == 200
    others = [post(client, "/login/code", phone=f"1370013{n:04d}").status_code for n in range(40)]
    assert others[-1] == 429


def test_many_wrong_codes_for_one_phone_lock_it(session: Session, sent: list[str], clock: FrozenClock) -> None:
    with_phone(session)
    args: dict[str, Any] = {"phone": PHONE, "purpose": Purpose.PHONE, "visitor": HERE}
    refusals = []
    for _ in range(5):
        ticket = joining.send_phone_code(session, **args, language="zh", now=clocks.now())
        for _try in range(4):
            with pytest.raises((CodeWrong, LogInLocked)) as refused:
                joining.check_code(session, **args, code="000000", ticket=ticket, now=clocks.now())
            refusals.append(refused.value.code)
        clock.advance(minutes=2)
    assert refusals == ["code_wrong"] * 19 + ["log_in_locked"]
    clock.advance(seconds=-70)
    with pytest.raises(LogInLocked):
        joining.check_code(session, **args, code=SENT, ticket=ticket, now=clocks.now())


def test_a_stranger_who_knows_the_phone_or_the_card_locks_nobody_out(
    client: FlaskClient, session: Session, sent: list[str], clock: FrozenClock
) -> None:
    with_phone(session)
    ticket = ask(client)
    senior = make_senior(session)
    card = make_card(session, senior)
    far = Visitor(address="203.0.113.9")
    tries: dict[str, Any] = {"code": "000000", "visitor": far}
    for number in range(25):
        with pytest.raises(CodeWrong):
            joining.check_code(
                session, phone=PHONE, purpose=Purpose.PHONE, ticket=f"guess{number}", **tries, now=clocks.now()
            )
        if number < 22:
            with pytest.raises(CodeWrong):
                own_accounts.log_in_by_card(
                    session, card_number=card.number, kind=TokenKind.SESSION, **tries, now=clocks.now()
                )
    assert check(client, ticket).status_code == 303
    code = own_accounts.make_counter_code(session, senior_id=senior.id, actor=make_actor(session), now=clocks.now())
    own_accounts.log_in_by_card(
        session, card_number=card.number, code=code, kind=TokenKind.SESSION, visitor=HERE, now=clocks.now()
    )


def test_only_keyed_digests_of_codes_and_subjects_are_kept(session: Session, clock: FrozenClock) -> None:
    code = make_code(session, purpose=Purpose.PHONE, subject=PHONE, now=clocks.now())
    row = session.scalars(select(LogInCode)).one()
    kept = row.digest + row.subject
    assert code.encode() not in kept
    assert PHONE.encode() not in kept
    other = make_code(session, purpose=Purpose.JOIN, subject=PHONE, now=clocks.now())
    fault = find_fault(session, purpose=Purpose.PHONE, subject=PHONE, code=other, now=clocks.now())
    assert code == other or isinstance(fault, CodeWrong)


def test_a_new_code_voids_the_one_before_and_old_ones_are_swept(session: Session, clock: FrozenClock) -> None:
    first = make_code(session, purpose=Purpose.COUNTER, subject="a", now=clocks.now())
    second = make_code(session, purpose=Purpose.COUNTER, subject="a", now=clocks.now())
    args: dict[str, Any] = {"purpose": Purpose.COUNTER, "subject": "a", "now": clocks.now()}
    assert first == second or isinstance(find_fault(session, code=first, **args), CodeWrong)
    assert find_fault(session, code=second, **args) is None
    assert isinstance(find_fault(session, code=second, **args), CodeWrong)
    sweep(session, now=clocks.now() + timedelta(days=2))
    assert session.scalars(select(LogInCode)).all() == []


def test_a_number_that_gets_no_messages_is_refused_with_the_reason(client: FlaskClient, sent: list[str]) -> None:
    for phone in ("0571-88001234", "1234", "１３"):
        assert post(client, "/login/code", phone=phone).status_code == 422
    assert sent == []


def test_the_password_works_with_the_phone_as_the_name(session: Session, clock: FrozenClock) -> None:
    account = make_account(session, Role.FAMILY)
    account.phone_sealed, account.phone_index = vault.seal(PHONE), vault.index_of(PHONE)
    opened = log_in(
        session, username="138 0013 8001", password=PASSWORD, kind=TokenKind.SESSION, visitor=HERE, now=clocks.now()
    )
    assert opened.account_id == account.id


def test_wrong_passwords_count_together_however_the_phone_is_written(session: Session, clock: FrozenClock) -> None:
    account = make_account(session, Role.FAMILY)
    account.phone_sealed, account.phone_index = vault.seal(PHONE), vault.index_of(PHONE)

    def come(typed: str, password: str) -> None:
        log_in(session, username=typed, password=password, kind=TokenKind.SESSION, visitor=HERE, now=clocks.now())

    for typed in ("13800138001", "138 0013 8001", "+86 13800138001", "138-0013-8001", "１３８００１３８００１"):
        with pytest.raises(DomainError):
            come(typed, "not-the-password")
    with pytest.raises(LogInLocked):
        come("1380013-8001", PASSWORD)
    clock.advance(minutes=2)
    come("138 00138001", PASSWORD)
    come(account.username, PASSWORD)


def test_an_account_without_a_password_has_none_that_fits(app: Flask) -> None:
    assert not any(is_password(word, NO_PASSWORD) for word in ("", NO_PASSWORD, "no account has this password"))
