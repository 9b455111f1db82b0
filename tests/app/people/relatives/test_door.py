"""Coming in by phone, by card and by paper: no oracle, limits that leave slow typists alone, codes as digests."""

import re
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import clock as clocks
from app import vault
from app.audit.models import AuditEntry
from app.auth.actor import Role
from app.auth.attempts import Visitor
from app.auth.codes import find_fault, make_code
from app.auth.errors import CodeTooOld, CodeWrong, LogInLocked
from app.auth.models import AccessToken, Account, LogInCode
from app.auth.passwords import NO_PASSWORD, is_password
from app.auth.queries import current_roles
from app.auth.rules import Purpose
from app.auth.services import TokenKind, log_in, sweep
from app.clock import business_day
from app.db import db
from app.errors import DomainError
from app.people.relatives import joining, own_accounts, services
from app.people.relatives.consents import Witnessed
from app.people.relatives.errors import LinkTheDeceased
from app.people.relatives.models import RelativeLink
from app.people.relatives.reach import list_reached
from app.people.relatives.rules import How, Relation, State, Topic
from app.people.rules import Status
from app.people.services import record_status
from tests.app.auth.factories import PASSWORD, form_token, make_account, sign_in
from tests.app.people.factories import make_actor, make_card, make_senior
from tests.app.people.relatives.factories import hold_family_rules, make_family_actor, make_relative
from tests.conftest import FrozenClock

PHONE, STRANGE = "13800138001", "13900139009"
SENT = "204816"
HERE = Visitor(address="127.0.0.1")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, clock: FrozenClock) -> list[str]:
    """Know the code that is made, and note to whom one goes out."""
    phones: list[str] = []
    monkeypatch.setattr("app.auth.codes.digits", lambda count: SENT.ljust(count, "9"))
    monkeypatch.setattr("app.people.relatives.joining.send_code", lambda _s, *, phone, **_more: phones.append(phone))
    monkeypatch.setattr("app.people.relatives.joining.can_send_codes", lambda _s: True)
    return phones


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


def enter(client: FlaskClient, number: str, code: str) -> TestResponse:
    return post(client, "/login/card", card_number=number, code=code)


def test_a_senior_comes_in_by_card_and_code_and_the_first_time_makes_the_account(
    client: FlaskClient, session: Session, clock: FrozenClock
) -> None:
    senior, clerk = make_senior(session), make_actor(session)
    card = make_card(session, senior)
    for _ in range(2):
        code = own_accounts.make_counter_code(session, senior_id=senior.id, actor=clerk, now=clocks.now())
        answer = enter(client, " ".join(card.number[n : n + 4] for n in range(0, 19, 4)), f"{code[:4]} {code[4:]}")
        assert answer.status_code == 303
        assert enter(client, card.number, code).status_code == 422
    link = session.scalars(select(RelativeLink)).one()
    assert (link.relation, link.state) == (Relation.SELF, State.ACTIVE)
    assert link.account_id is not None
    assert current_roles(session, account_id=link.account_id, now=clocks.now()) == {Role.ELDER}
    told = session.scalars(select(AuditEntry.action)).all()
    assert told.count("own_account.opened") == 1
    assert told.count("counter_code.made") == 2


def test_unknown_card_lost_card_and_wrong_code_get_the_same_answer(
    client: FlaskClient, session: Session, clock: FrozenClock
) -> None:
    senior, other, clerk = make_senior(session), make_senior(session), make_actor(session)
    good, lost = make_card(session, senior), make_card(session, other, state="lost")
    code = own_accounts.make_counter_code(session, senior_id=other.id, actor=clerk, now=clocks.now())
    own_accounts.make_counter_code(session, senior_id=senior.id, actor=clerk, now=clocks.now())
    pages = [enter(client, number, code) for number in (good.number, lost.number, "6021000000000000001")]
    assert {page.status_code for page in pages} == {422}
    assert len({page.text.split('role="alert"', 2)[2].split("</div>")[0] for page in pages}) == 1


def test_the_counters_code_is_good_for_a_quarter_of_an_hour_and_five_tries(
    session: Session, clock: FrozenClock
) -> None:
    senior, clerk = make_senior(session), make_actor(session)
    card = make_card(session, senior)
    args: dict[str, Any] = {"card_number": card.number, "kind": TokenKind.SESSION, "visitor": HERE}
    code = own_accounts.make_counter_code(session, senior_id=senior.id, actor=clerk, now=clocks.now())
    clock.advance(minutes=15)
    with pytest.raises(CodeTooOld):
        own_accounts.log_in_by_card(session, code=code, **args, now=clocks.now())
    code = own_accounts.make_counter_code(session, senior_id=senior.id, actor=clerk, now=clocks.now())
    for _ in range(5):
        with pytest.raises(CodeWrong):
            own_accounts.log_in_by_card(session, code="x", **args, now=clocks.now())
    with pytest.raises(CodeWrong):
        own_accounts.log_in_by_card(session, code=code, **args, now=clocks.now())


def test_no_code_for_the_dead(session: Session, clock: FrozenClock) -> None:
    dead = make_senior(session, status=Status.DECEASED)
    with pytest.raises(LinkTheDeceased):
        own_accounts.make_counter_code(session, senior_id=dead.id, actor=make_actor(session), now=clocks.now())


def test_a_code_that_was_read_out_ends_with_a_death(session: Session, clock: FrozenClock) -> None:
    senior, clerk = make_senior(session), make_actor(session)
    card = make_card(session, senior)
    code = own_accounts.make_counter_code(session, senior_id=senior.id, actor=clerk, now=clocks.now())
    died_on = business_day(clocks.now())
    record_status(
        session,
        senior_id=senior.id,
        status=Status.DECEASED,
        from_on=died_on,
        until_on=None,
        actor=clerk,
        now=clocks.now(),
    )
    with pytest.raises(CodeWrong):
        own_accounts.log_in_by_card(
            session, card_number=card.number, code=code, kind=TokenKind.SESSION, visitor=HERE, now=clocks.now()
        )
    assert session.scalars(select(RelativeLink)).all() == []


@pytest.fixture
def paper(session: Session, clock: FrozenClock) -> str:
    senior = make_senior(session)
    hold_family_rules(session)
    return services.offer_link(
        session,
        senior_id=senior.id,
        name="王敏",
        relation=Relation.CHILD,
        is_guardian=False,
        witnessed=Witnessed(topics={Topic.MEALS}, how=How.IN_PERSON),
        actor=make_actor(session),
        now=clocks.now(),
    ).code


def join(client: FlaskClient, paper: str, **more: str) -> TestResponse:
    asked = post(client, "/join" if paper else "/join/new", paper=paper, phone=PHONE)
    assert asked.status_code == 200, asked.text
    form = {"paper": paper, "phone": PHONE, "ticket": hidden(asked.text, "ticket"), "code": SENT} | more
    return post(client, "/join/code", **form)


def test_joining_by_paper_makes_an_account_and_the_link(
    client: FlaskClient, session: Session, sent: list[str], paper: str
) -> None:
    shown = client.get(f"/join?code={paper}").text
    assert paper in shown
    assert join(client, paper, new_password="three quiet boats").status_code == 303
    account = session.scalars(select(Account).where(Account.phone_index == vault.index_of(PHONE))).one()
    assert (account.name, current_roles(session, account_id=account.id, now=clocks.now())) == ("王敏", {Role.FAMILY})
    assert account.phone_sealed is not None
    assert PHONE.encode() not in account.phone_sealed
    assert is_password("three quiet boats", account.password_hash)
    assert client.get("/family/links").status_code == 200


def test_joining_again_with_the_same_phone_adds_to_the_account_and_keeps_its_password(
    client: FlaskClient, session: Session, sent: list[str], paper: str
) -> None:
    account = with_phone(session)
    assert join(client, paper, new_password="three quiet boats").status_code == 303
    link = session.scalars(select(RelativeLink).where(RelativeLink.state == State.ACTIVE)).one()
    assert link.account_id == account.id
    assert not is_password("three quiet boats", account.password_hash)


def test_a_wrong_paper_sends_nothing_and_guessing_is_counted(client: FlaskClient, sent: list[str]) -> None:
    statuses = [post(client, "/join", paper=f"{n:012d}", phone=PHONE).status_code for n in range(50)]
    assert statuses[:49] == [404] * 49 or statuses[:49] == [422] * 49
    assert statuses[49] == 429
    assert sent == []


def test_joining_without_a_paper_makes_an_account_that_reaches_nobody(
    client: FlaskClient, session: Session, sent: list[str], clock: FrozenClock
) -> None:
    assert join(client, "").status_code == 422
    assert join(client, "", name="李强").location == "/family/links/ask"
    account = session.scalars(select(Account).where(Account.phone_index == vault.index_of(PHONE))).one()
    assert current_roles(session, account_id=account.id, now=clocks.now()) == frozenset()
    assert account.password_hash == NO_PASSWORD


def test_who_is_logged_in_adds_the_person_on_the_paper(client: FlaskClient, session: Session, paper: str) -> None:
    account = make_relative(session)
    sign_in(client, session, account)
    answer = client.post("/join/here", data={"csrf_token": form_token(client, "/join"), "paper": paper})
    assert answer.status_code == 303
    found = list_reached(session, actor=make_family_actor(account), today=clocks.business_day(clocks.now()))
    assert len(found) == 1


def at_once(app: Flask, count: int, step: Any) -> list[str]:
    """Do something in so many transactions at the same time, and return how each went."""
    start, results = Barrier(count), []

    def run(number: int) -> None:
        with app.app_context():
            start.wait()
            try:
                step(db.session(), number)
                db.session.commit()
                results.append("done")
            except DomainError as error:
                db.session.rollback()
                results.append(type(error).__name__)
            finally:
                db.session.remove()

    threads = [Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


def test_of_two_who_take_up_the_same_code_one_is_linked(app: Flask, committed_db: Session, clock: FrozenClock) -> None:
    senior = make_senior(committed_db)
    hold_family_rules(committed_db)
    made = services.offer_link(
        committed_db,
        senior_id=senior.id,
        name="王敏",
        relation=Relation.CHILD,
        is_guardian=False,
        witnessed=Witnessed(topics={Topic.MEALS}, how=How.IN_PERSON),
        actor=make_actor(committed_db),
        now=clocks.now(),
    )
    actors = [make_family_actor(make_relative(committed_db)) for _ in range(4)]
    committed_db.commit()
    went = at_once(
        app, 4, lambda session, n: services.accept_offer(session, code=made.code, actor=actors[n], now=clocks.now())
    )
    assert went == ["OfferUnknown"] * 3 + ["done"]


def test_of_two_clerks_one_decides(app: Flask, committed_db: Session, clock: FrozenClock) -> None:
    senior = make_senior(committed_db)
    hold_family_rules(committed_db)
    card, asking = make_card(committed_db, senior), make_family_actor(make_relative(committed_db))
    services.request_link(
        committed_db,
        card_number=card.number,
        senior_name=senior.name,
        relation=Relation.CHILD,
        actor=asking,
        now=clocks.now(),
    )
    link_id = committed_db.scalars(select(RelativeLink.id)).one()
    clerks = [make_actor(committed_db) for _ in range(2)]
    committed_db.commit()

    def decide(session: Session, number: int) -> None:
        if number:
            services.refuse_request(session, link_id=link_id, reason="不同意", actor=clerks[1], now=clocks.now())
            return
        witnessed = Witnessed(topics={Topic.MEALS}, how=How.PHONE)
        services.accept_request(
            session, link_id=link_id, is_guardian=False, witnessed=witnessed, actor=clerks[0], now=clocks.now()
        )

    assert at_once(app, 2, decide) == ["LinkClosed", "done"]


def test_of_two_who_use_the_counters_code_one_comes_in(app: Flask, committed_db: Session, clock: FrozenClock) -> None:
    senior = make_senior(committed_db)
    card = make_card(committed_db, senior)
    code = own_accounts.make_counter_code(
        committed_db, senior_id=senior.id, actor=make_actor(committed_db), now=clocks.now()
    )
    committed_db.commit()

    def enter_once(session: Session, _number: int) -> None:
        own_accounts.log_in_by_card(
            session, card_number=card.number, code=code, kind=TokenKind.SESSION, visitor=HERE, now=clocks.now()
        )

    assert at_once(app, 3, enter_once) == ["CodeWrong", "CodeWrong", "done"]
    assert len(committed_db.scalars(select(RelativeLink)).all()) == 1


def test_two_who_join_with_one_phone_share_one_account(
    app: Flask, committed_db: Session, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.auth.codes.digits", lambda count: SENT)
    monkeypatch.setattr("app.people.relatives.joining.can_send_codes", lambda _s: True)
    tickets = [
        joining.send_phone_code(
            committed_db, phone=PHONE, purpose=Purpose.JOIN, visitor=HERE, language="zh", now=clocks.now()
        )
        for _ in range(2)
    ]
    committed_db.commit()

    def enter_both(session: Session, number: int) -> None:
        joining.join(
            session,
            phone=PHONE,
            ticket=tickets[number],
            code=SENT,
            paper="",
            name="李强",
            password=None,
            kind=TokenKind.SESSION,
            visitor=HERE,
            now=clocks.now(),
        )

    assert at_once(app, 2, enter_both) == ["done", "done"]
    assert len(committed_db.scalars(select(Account)).all()) == 1
