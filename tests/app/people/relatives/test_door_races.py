"""Two at the same door at once."""

from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock as clocks
from app.auth.models import Account
from app.auth.rules import Purpose
from app.auth.services import TokenKind
from app.db import db
from app.errors import DomainError
from app.people.relatives import joining, own_accounts, services
from app.people.relatives.consents import Witnessed
from app.people.relatives.models import RelativeLink
from app.people.relatives.rules import How, Relation, Topic
from tests.app.people.factories import make_actor, make_card, make_senior
from tests.app.people.relatives.door import HERE, PHONE, SENT
from tests.app.people.relatives.factories import hold_family_rules, make_family_actor, make_relative
from tests.conftest import FrozenClock


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
