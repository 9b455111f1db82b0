"""A family says that a line is not right; the street answers by a day, and the family is told."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.db import db
from app.errors import NotFound
from app.messages.models import Notice
from app.people.relatives.reach import ConsentMissing, Topic
from app.policies.errors import PolicyNotFound
from app.tokens import new_id
from subsidies.disputes import queries
from subsidies.disputes.errors import AlreadyDisputed, DisputeClosed, DisputeNotFound, OwnDispute
from subsidies.disputes.models import Dispute
from subsidies.disputes.rules import Reason, State, due_on, is_overdue
from subsidies.disputes.services import answer_dispute, open_dispute, withdraw_dispute
from subsidies.disputes.wording import answered_text
from tests.app.people.factories import STREET, make_senior
from tests.app.people.relatives.factories import be, follow
from tests.conftest import NOON, FrozenClock
from tests.subsidies.disputes.factories import Asked, make_asked
from tests.subsidies.factories import grant, open_accounts

TODAY = date(2026, 11, 20)


@pytest.fixture
def asked(session: Session, clock: FrozenClock) -> Asked:
    return make_asked(session)


@pytest.mark.parametrize(
    ("state", "day", "overdue"), [("open", 29, False), ("open", 30, False), ("open", 31, True), ("answered", 31, False)]
)
def test_an_answer_is_late_from_the_day_after_the_last(state: str, day: int, overdue: bool) -> None:
    last = due_on(TODAY, 10)
    assert last == date(2026, 11, 30)
    assert is_overdue(state, last, today=date(2026, 11, 1) + timedelta(days=day - 1)) is overdue


def test_a_dispute_is_due_by_the_day_that_policy_says(asked: Asked) -> None:
    dispute = asked.open(words="  那天妈妈在医院  ")
    assert (dispute.state, dispute.due_on, dispute.words) == ("open", date(2026, 11, 30), "那天妈妈在医院")
    (found,) = queries.list_disputes(asked.session, actor=asked.clerk, today=TODAY).items
    assert (found.senior, found.by, found.is_overdue) == (asked.senior.name, asked.daughter.name, False)
    entry = asked.session.scalars(select(AuditEntry).where(AuditEntry.action == "dispute.opened")).one()
    assert (entry.subject_id, entry.account_id) == (str(asked.senior.id), asked.daughter.account_id)


def test_seniors_ask_about_their_own_lines(asked: Asked) -> None:
    by = be(asked.session, asked.senior)
    opened = open_dispute(
        asked.session, senior_id=asked.senior.id, txn_id=asked.line, reason=Reason.UNCLEAR, by=by, now=NOON
    )
    assert opened.account_id == by.account_id


def test_one_line_has_one_open_dispute_and_another_after_it(asked: Asked) -> None:
    first = asked.open()
    with pytest.raises(AlreadyDisputed):
        asked.open()
    withdraw_dispute(asked.session, dispute_id=first.id, by=asked.daughter, now=NOON)
    assert asked.open().id != first.id


def test_only_whom_the_senior_let_see_the_points_may_ask_about_them(asked: Asked) -> None:
    session, about = asked.session, {"senior_id": asked.senior.id, "txn_id": asked.line, "reason": Reason.OTHER}
    with pytest.raises(ConsentMissing):
        open_dispute(session, **about, by=follow(session, asked.senior, Topic.MEALS), now=NOON)
    with pytest.raises(NotFound):
        open_dispute(session, **about, by=follow(session, make_senior(session)), now=NOON)


def test_a_line_of_somebody_else_cannot_be_asked_about(asked: Asked) -> None:
    other = make_senior(asked.session)
    by = follow(asked.session, other)
    with pytest.raises(NotFound):
        open_dispute(asked.session, senior_id=other.id, txn_id=asked.line, reason=Reason.OTHER, by=by, now=NOON)
    with pytest.raises(NotFound):
        open_dispute(
            asked.session, senior_id=asked.senior.id, txn_id=new_id(), reason=Reason.OTHER, by=asked.daughter, now=NOON
        )


def test_without_a_policy_nobody_can_promise_an_answer(asked: Asked) -> None:
    long_ago, by = NOON - timedelta(days=400), be(asked.session, asked.senior)
    about = {"senior_id": asked.senior.id, "txn_id": asked.line, "reason": Reason.OTHER}
    with pytest.raises(PolicyNotFound):
        open_dispute(asked.session, **about, by=by, now=long_ago)


@pytest.mark.parametrize(
    ("is_upheld", "state", "zh"), [(True, State.UPHELD, "正在更正"), (False, State.ANSWERED, "这一笔没有错")]
)
def test_the_answer_stands_with_the_dispute_and_whoever_asked_is_told(
    asked: Asked, is_upheld: bool, state: State, zh: str
) -> None:
    dispute = asked.open()
    answer_dispute(
        asked.session, dispute_id=dispute.id, is_upheld=is_upheld, answer="查过了。", by=asked.clerk, now=NOON
    )
    found = queries.find_disputes(asked.session, home=asked.senior.id, txn_ids=[asked.line], today=TODAY)[asked.line]
    assert (found.state, found.answer, found.answered_by) == (state, "查过了。", asked.clerk.name)
    notice = asked.session.scalars(select(Notice)).one()
    assert (notice.account_id, notice.senior_id) == (asked.daughter.account_id, asked.senior.id)
    assert "11月20日" in answered_text(notice.params)
    assert zh in answered_text(notice.params)


def test_what_is_answered_or_taken_back_stays_so(asked: Asked) -> None:
    dispute = asked.open()
    answer_dispute(asked.session, dispute_id=dispute.id, is_upheld=False, answer="没错", by=asked.clerk, now=NOON)
    with pytest.raises(DisputeClosed):
        answer_dispute(asked.session, dispute_id=dispute.id, is_upheld=True, answer="错了", by=asked.clerk, now=NOON)
    with pytest.raises(DisputeClosed):
        withdraw_dispute(asked.session, dispute_id=dispute.id, by=asked.daughter, now=NOON)


def test_a_clerk_of_elsewhere_sees_and_answers_nothing(asked: Asked) -> None:
    dispute, elsewhere = asked.open(), replace(asked.clerk, area_codes=("330105011",))
    assert queries.list_disputes(asked.session, actor=elsewhere, today=TODAY).items == []
    with pytest.raises(DisputeNotFound):
        answer_dispute(asked.session, dispute_id=dispute.id, is_upheld=True, answer="好的", by=elsewhere, now=NOON)


def test_nobody_answers_themselves_or_takes_back_what_others_asked(asked: Asked) -> None:
    dispute = asked.open()
    both = replace(asked.clerk, account_id=asked.daughter.account_id)
    with pytest.raises(OwnDispute):
        answer_dispute(asked.session, dispute_id=dispute.id, is_upheld=True, answer="好的", by=both, now=NOON)
    with pytest.raises(DisputeNotFound):
        withdraw_dispute(asked.session, dispute_id=dispute.id, by=follow(asked.session, asked.senior), now=NOON)


def test_the_queue_begins_with_what_is_overdue_and_goes_on_by_pages(asked: Asked) -> None:
    late = asked.open(now=NOON - timedelta(days=12))
    other = make_asked_again(asked)
    first = queries.list_disputes(asked.session, actor=asked.clerk, today=TODAY, limit=1)
    assert [(each.id, each.is_overdue) for each in first.items] == [(late.id, True)]
    second = queries.list_disputes(asked.session, actor=asked.clerk, today=TODAY, limit=1, after=first.next)
    assert [each.id for each in second.items] == [other.id]
    assert queries.count_open(asked.session, actor=asked.clerk, today=TODAY) == (2, 1)
    everything = queries.list_disputes(asked.session, actor=asked.clerk, today=TODAY, state="", limit=1)
    assert [each.id for each in everything.items] == [other.id]


def make_asked_again(asked: Asked) -> Dispute:
    """Let somebody of another family of the street ask too."""
    senior = make_senior(asked.session, residence_area=STREET)
    granted = grant(asked.session, senior.id, 7500, funder=open_accounts(asked.session).city)
    (line,) = granted.txn_ids.values()
    by = follow(asked.session, senior)
    return open_dispute(asked.session, senior_id=senior.id, txn_id=line, reason=Reason.TWICE, by=by, now=NOON)


def test_of_two_who_press_at_once_one_opens_the_dispute(app: Flask, committed_db: Session, clock: FrozenClock) -> None:
    asked = make_asked(committed_db)
    about = {"senior_id": asked.senior.id, "txn_id": asked.line, "reason": Reason.TWICE, "by": asked.daughter}
    committed_db.commit()
    together = Barrier(2)

    def press(_n: int) -> str:
        with app.app_context(), Session(db.engine) as session, session.begin():
            together.wait(10)
            try:
                open_dispute(session, **about, now=NOON)
            except AlreadyDisputed as refused:
                return refused.code
            return "opened"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, range(2))) == ["already_disputed", "opened"]
