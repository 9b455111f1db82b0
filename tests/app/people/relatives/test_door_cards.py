"""Coming in by a card and a code read out at the counter."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock as clocks
from app.audit.models import AuditEntry
from app.auth.actor import Role
from app.auth.errors import CodeTooOld, CodeWrong
from app.auth.queries import current_roles
from app.auth.services import TokenKind
from app.clock import business_day
from app.people.relatives import own_accounts
from app.people.relatives.errors import LinkTheDeceased
from app.people.relatives.models import RelativeLink
from app.people.relatives.rules import Relation, State
from app.people.rules import Status
from app.people.services import record_status
from tests.app.people.factories import make_actor, make_card, make_senior
from tests.app.people.relatives.door import HERE, enter
from tests.conftest import FrozenClock


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
