"""Telling: what is written for whom, and that it is written once."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import vault
from app.messages import services
from app.messages.kinds import UnknownKind
from app.messages.models import Delivery, Notice
from tests.app.messages.factories import KIND, PHONE, load_demo, make_reader, make_wish, register_bread
from tests.conftest import FrozenClock


def tell(session: Session, clock: FrozenClock, *account_ids: int, key: str = "k1", urgent: bool = False) -> int:
    return services.tell(
        session, account_ids=account_ids, kind=KIND, key=key, params={"loaves": 2}, urgent=urgent, now=clock.now()
    )


def deliveries(session: Session) -> list[Delivery]:
    return list(session.scalars(select(Delivery).order_by(Delivery.id)))


def channels(session: Session) -> list[str]:
    return [each.channel for each in deliveries(session)]


def test_everybody_named_gets_a_notice_and_one_message_by_phone(
    session: Session, clock: FrozenClock, with_sms: None
) -> None:
    one, other = make_reader(session, phone=PHONE), make_reader(session, phone=None)
    assert tell(session, clock, one.id, other.id, one.id) == 2
    found = session.scalars(select(Notice).order_by(Notice.account_id)).all()
    assert [(each.account_id, each.params) for each in found] == [(one.id, {"loaves": 2}), (other.id, {"loaves": 2})]
    (sent,) = deliveries(session)
    assert (sent.account_id, sent.channel, vault.unseal(sent.address_sealed)) == (one.id, "sms", PHONE)
    assert PHONE.encode() not in sent.address_sealed


def test_the_same_thing_is_told_once(session: Session, clock: FrozenClock, with_sms: None) -> None:
    reader = make_reader(session)
    assert [tell(session, clock, reader.id), tell(session, clock, reader.id)] == [1, 0]
    assert len(deliveries(session)) == 1
    assert tell(session, clock, reader.id, key="k2") == 1


def test_without_anybody_to_tell_nothing_is_asked_of_the_database(
    session: Session, clock: FrozenClock, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    with count_statements() as seen:
        assert tell(session, clock) == 0
    assert seen == []


def test_telling_many_costs_as_many_statements_as_telling_one(
    session: Session,
    clock: FrozenClock,
    with_sms: None,
    count_statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    readers = [make_reader(session) for _ in range(5)]
    with count_statements() as seen:
        tell(session, clock, *(each.id for each in readers))
    assert len(seen) == 3


def test_a_closed_account_is_told_nothing(session: Session, clock: FrozenClock, with_sms: None) -> None:
    reader = make_reader(session)
    reader.disabled_at = clock.now()
    session.flush()
    assert tell(session, clock, reader.id) == 0


def test_a_kind_that_nobody_registered_is_refused(session: Session, clock: FrozenClock) -> None:
    with pytest.raises(UnknownKind):
        services.tell(session, account_ids=[1], kind="tests.nothing", key="k", params={}, now=clock.now())


@pytest.mark.parametrize(
    ("wish", "urgent", "expected"),
    [
        ({}, False, ["sms"]),
        ({"sms": False}, False, []),
        ({"sms": False}, True, ["sms"]),
        ({"silent": [KIND]}, False, []),
        ({"silent": [KIND]}, True, ["sms"]),
        ({"silent": ["other.kind"]}, False, ["sms"]),
        ({"email": "li@example.org"}, False, ["sms", "email"]),
        ({"email": "li@example.org", "sms": False}, False, ["email"]),
    ],
)
def test_messages_leave_by_the_ways_that_were_wished(
    session: Session,
    clock: FrozenClock,
    with_both: None,
    *,
    wish: dict[str, object],
    urgent: bool,
    expected: list[str],
) -> None:
    reader = make_reader(session)
    make_wish(session, reader, now=clock.now(), **wish)  # type: ignore[arg-type]
    tell(session, clock, reader.id, urgent=urgent)
    assert channels(session) == expected
    assert session.scalar(select(Notice.id)) is not None


def test_what_must_be_told_goes_out_whatever_is_wished(session: Session, clock: FrozenClock, with_sms: None) -> None:
    register_bread(optional=False)
    reader = make_reader(session)
    make_wish(session, reader, now=clock.now(), sms=False, silent=[KIND])
    tell(session, clock, reader.id)
    assert channels(session) == ["sms"]


def test_a_mailbox_nobody_confirmed_gets_nothing(session: Session, clock: FrozenClock, with_both: None) -> None:
    reader = make_reader(session)
    make_wish(session, reader, now=clock.now(), email="li@example.org").email_confirmed_at = None
    session.flush()
    tell(session, clock, reader.id)
    assert channels(session) == ["sms"]


def test_without_a_gateway_there_are_notices_alone(session: Session, clock: FrozenClock) -> None:
    reader = make_reader(session)
    assert tell(session, clock, reader.id) == 1
    assert channels(session) == []
    assert services.can_send_codes(session) is False


def test_the_demonstration_shows_what_would_go_to_phones_unless_there_is_a_gateway(
    session: Session, clock: FrozenClock, configure: Callable[..., None]
) -> None:
    load_demo(session, clock.now())
    reader = make_reader(session)
    tell(session, clock, reader.id)
    configure(sms_url="http://127.0.0.1:9/sms")
    tell(session, clock, reader.id, key="k2")
    assert channels(session) == ["demo", "sms"]


def send_code(session: Session, clock: FrozenClock) -> bool:
    return services.send_code(
        session, phone=PHONE, code="204817", good_for=timedelta(minutes=5), language="en", now=clock.now()
    )


def test_a_code_goes_ahead_of_everything_else_and_is_kept_sealed(
    session: Session, clock: FrozenClock, with_sms: None
) -> None:
    tell(session, clock, make_reader(session).id)
    assert send_code(session, clock) is True
    plain, code = deliveries(session)
    assert code.rank < plain.rank
    assert code.notice_id is None
    assert code.expires_at == clock.now() + timedelta(minutes=5)
    assert b"204817" not in (code.secret or b"")


def test_a_code_cannot_be_sent_where_there_is_no_way(session: Session, clock: FrozenClock) -> None:
    assert send_code(session, clock) is False
    assert deliveries(session) == []


def test_reading_marks_one_notice_or_all_and_only_ones_own(session: Session, clock: FrozenClock) -> None:
    reader, other = make_reader(session), make_reader(session)
    for key in ("k1", "k2", "k3"):
        tell(session, clock, reader.id, other.id, key=key)
    first = session.scalars(select(Notice.id).where(Notice.account_id == reader.id).order_by(Notice.id)).first()
    assert services.mark_read(session, account_id=other.id, notice_id=first, now=clock.now()) == 0
    assert services.mark_read(session, account_id=reader.id, notice_id=first, now=clock.now()) == 1
    assert services.mark_read(session, account_id=reader.id, now=clock.now()) == 2
    assert services.mark_read(session, account_id=reader.id, now=clock.now()) == 0
