"""Rounds of the sender: nothing is lost, nobody waits for a channel that is down, and each message leaves as wished."""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import vault
from app.clock import ZONE
from app.messages import asking, services, sweeping, tasks
from app.messages.channels.interface import Channel, GiveUp, Message, Retry
from app.messages.models import ChannelState, Delivery, DemoMessage, Notice
from app.messages.rules import WAITS, Quiet
from app.messages.sending import send_due
from app.messages.waking import TASK
from tests.app.messages.factories import KIND, PHONE, load_demo, make_reader, make_wish, register_bread
from tests.app.messages.servers import Gateway, closed_port, is_silent, open_gateway, says
from tests.conftest import FrozenClock


class Pipe:
    """A channel that does as it is told, and keeps what it was given."""

    def __init__(self, at_once: int = 1, answer: Callable[[Message], object] = lambda _message: None) -> None:
        self.at_once, self.answer = at_once, answer
        self.messages: list[Message] = []

    def send(self, message: Message) -> None:
        self.messages.append(message)
        self.answer(message)

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages]


def fails(error: Exception) -> Callable[[Message], object]:
    def answer(_message: Message) -> None:
        raise error

    return answer


def tell(session: Session, clock: FrozenClock, key: str = "k1", *, reader: Any = None, **more: Any) -> int:
    """Tell a reader something, and return the number of its message."""
    account = reader or make_reader(session)
    services.tell(
        session, account_ids=[account.id], kind=KIND, key=key, params={"loaves": key}, now=clock.now(), **more
    )
    session.flush()
    return session.scalars(select(Delivery.id).order_by(Delivery.id.desc())).first() or 0


def row(session: Session, number: int) -> Delivery:
    session.expire_all()
    return session.get_one(Delivery, number)


def run(clock: FrozenClock, **channels: Channel) -> int:
    return send_due(channels, clock=clock.now)


@pytest.fixture
def own_rules() -> Iterator[None]:
    rules, checks = list(asking._quiet_rules), list(asking._follow_checks)
    yield
    asking._quiet_rules[:], asking._follow_checks[:] = rules, checks


@pytest.mark.parametrize("at_once", [1, 4])
def test_a_message_leaves_once(session: Session, clock: FrozenClock, with_sms: None, at_once: int) -> None:
    number, pipe = tell(session, clock), Pipe(at_once)
    assert [run(clock, sms=pipe), run(clock, sms=pipe)] == [1, 0]
    assert (row(session, number).state, row(session, number).sent_at) == ("sent", clock.now())
    assert pipe.messages[0].key == row(session, number).key


@pytest.mark.parametrize(("language", "expected"), [("zh", "语言：k1"), ("en", "Language: k1"), (None, "语言：k1")])
def test_the_words_are_in_the_readers_language(
    session: Session, clock: FrozenClock, with_sms: None, language: str | None, expected: str
) -> None:
    pipe = Pipe()
    tell(session, clock, reader=make_reader(session, language=language))
    run(clock, sms=pipe)
    assert pipe.texts[0].replace(": ", "：") == expected.replace(": ", "：")


def test_a_try_in_vain_comes_again_with_the_same_key_later_and_later_until_the_staff_sees_it(
    session: Session, clock: FrozenClock, with_sms: None
) -> None:
    number, pipe = tell(session, clock), Pipe(answer=fails(Retry("452 full", is_down=False)))
    for wait in WAITS:
        run(clock, sms=pipe)
        assert row(session, number).due_at == clock.now() + wait
        clock.advance(seconds=wait.total_seconds() - 1)
        assert run(clock, sms=pipe) == 0
        clock.advance(seconds=1)
    run(clock, sms=pipe)
    assert (row(session, number).state, row(session, number).last_error) == ("given_up", "452 full")
    assert len(pipe.messages) == len(WAITS) + 1
    assert len({message.key for message in pipe.messages}) == 1


def test_what_is_refused_is_given_up_and_its_code_forgotten(
    session: Session, clock: FrozenClock, with_sms: None
) -> None:
    services.send_code(session, phone=PHONE, code="204817", good_for=timedelta(minutes=5), now=clock.now())
    run(clock, sms=Pipe(answer=fails(GiveUp("422 no_such_number"))))
    found = session.scalars(select(Delivery)).one()
    assert (found.state, found.secret, found.last_error) == ("given_up", None, "422 no_such_number")


def test_a_channel_that_is_down_is_asked_once_and_rests_and_then_everything_leaves(
    session: Session, clock: FrozenClock, with_sms: None
) -> None:
    numbers = [tell(session, clock, f"k{n}") for n in range(5)]
    down = Pipe(answer=fails(Retry("connection refused")))
    assert run(clock, sms=down) == 0
    assert run(clock, sms=down) == 0
    assert len(down.messages) == 1
    state = session.scalars(select(ChannelState)).one()
    assert (state.faults, state.last_error) == (1, "connection refused")
    clock.advance(seconds=15)
    run(clock, sms=down)
    assert len(down.messages) == 2
    back = Pipe()
    clock.advance(minutes=2)
    sent = sum(run(clock, sms=back) for _ in range(3))
    assert sent == 5
    assert {row(session, number).state for number in numbers} == {"sent"}


def test_a_channel_that_is_down_does_not_keep_the_others(session: Session, clock: FrozenClock, with_both: None) -> None:
    reader = make_reader(session)
    make_wish(session, reader, now=clock.now(), email="li@example.org")
    tell(session, clock, reader=reader)
    post = Pipe()
    assert run(clock, sms=Pipe(answer=fails(Retry("down"))), email=post) == 1
    assert len(post.messages) == 1


def test_an_odd_fault_of_one_message_does_not_keep_the_next(
    session: Session, clock: FrozenClock, with_sms: None
) -> None:
    def answer(message: Message) -> None:
        if "k1" in message.text:
            raise KeyError("odd")

    numbers = [tell(session, clock, "k1"), tell(session, clock, "k2")]
    assert run(clock, sms=Pipe(answer=answer)) == 1
    assert [row(session, number).state for number in numbers] == ["waiting", "sent"]


@pytest.mark.parametrize(
    ("fault", "kept"),
    [
        (GiveUp("422 bad number 13700137007"), "422 bad number …"),
        (Retry("450 <+8613700137007> try later", is_down=False), "450 <+86…> try later"),
        (Retry("no route to 13700137007"), "no route to …"),
    ],
)
def test_what_a_channel_says_is_kept_without_the_address(
    session: Session, clock: FrozenClock, with_sms: None, fault: Exception, kept: str
) -> None:
    number = tell(session, clock, reader=make_reader(session, phone="13700137007"))
    run(clock, sms=Pipe(answer=fails(fault)))
    told = {row(session, number).last_error, *session.scalars(select(ChannelState.last_error))} - {""}
    assert told == {kept}


def test_a_message_that_kills_its_sender_does_not_come_for_ever(
    session: Session, clock: FrozenClock, with_sms: None
) -> None:
    number, pipe = tell(session, clock), Pipe()
    row(session, number).tries = len(WAITS) + 1
    session.flush()
    assert run(clock, sms=pipe) == 0
    assert (row(session, number).state, pipe.messages) == ("given_up", [])


def test_nothing_leaves_to_an_account_that_was_closed_meanwhile(
    session: Session, clock: FrozenClock, with_sms: None
) -> None:
    closed, other = make_reader(session), make_reader(session)
    numbers = [tell(session, clock, "k1", reader=closed), tell(session, clock, "k2", reader=other)]
    closed.disabled_at = clock.now()
    session.flush()
    assert run(clock, sms=Pipe()) == 1
    assert [row(session, number).state for number in numbers] == ["given_up", "sent"]


def test_a_message_without_words_is_shown_to_the_staff_and_the_next_leaves(
    session: Session, clock: FrozenClock, with_sms: None
) -> None:
    account, number = make_reader(session), 0
    services.tell(session, account_ids=[account.id], kind=KIND, key="odd", params={}, now=clock.now())
    number = session.scalars(select(Delivery.id)).one()
    tell(session, clock)
    assert run(clock, sms=Pipe()) == 1
    assert (row(session, number).state, row(session, number).last_error) == ("given_up", "no words for it")


def test_a_code_that_ended_is_not_sent_any_more(session: Session, clock: FrozenClock, with_sms: None) -> None:
    services.send_code(session, phone=PHONE, code="204817", good_for=timedelta(minutes=5), now=clock.now())
    clock.advance(minutes=5)
    pipe = Pipe()
    run(clock, sms=pipe)
    found = session.scalars(select(Delivery)).one()
    assert (pipe.messages, found.state, found.last_error) == ([], "given_up", "too late")


def at_night(clock: FrozenClock) -> None:
    clock.set(datetime(2026, 11, 20, 23, 5, tzinfo=ZONE))


def test_at_night_only_what_is_urgent_leaves_and_the_rest_in_the_morning(
    session: Session, clock: FrozenClock, with_sms: None, own_rules: None
) -> None:
    asking.register_quiet_rules(lambda _session, ids, _today: {each: Quiet(time(21), time(8)) for each in ids})
    at_night(clock)
    plain, urgent = tell(session, clock, "plain"), tell(session, clock, "urgent", urgent=True)
    services.send_code(session, phone=PHONE, code="1", good_for=timedelta(minutes=5), now=clock.now(), language="en")
    pipe = Pipe()
    assert run(clock, sms=pipe) == 2
    assert row(session, urgent).state == "sent"
    waiting = row(session, plain)
    assert (waiting.due_at, waiting.tries) == (datetime(2026, 11, 21, 8, tzinfo=ZONE), 0)
    clock.set(waiting.due_at)
    assert run(clock, sms=pipe) == 1


@pytest.mark.parametrize(("hours", "sent"), [((time(22), time(6)), 0), ((time(1), time(2)), 1), ((None, None), 0)])
def test_the_hours_that_an_account_chose_count_before_those_of_the_rules(
    session: Session,
    clock: FrozenClock,
    with_sms: None,
    own_rules: None,
    *,
    hours: tuple[time | None, time | None],
    sent: int,
) -> None:
    asking.register_quiet_rules(lambda _session, ids, _today: {each: Quiet(time(21), time(8)) for each in ids})
    at_night(clock)
    reader = make_reader(session)
    make_wish(session, reader, now=clock.now(), quiet_from=hours[0], quiet_until=hours[1])
    tell(session, clock, reader=reader)
    assert run(clock, sms=Pipe()) == sent


def test_whoever_may_not_follow_any_more_is_told_nothing_that_still_waits(
    session: Session, clock: FrozenClock, with_sms: None, own_rules: None
) -> None:
    register_bread(topic="meals")
    asking.register_follow_check(lambda _session, asked, _today: [each for each in asked if each.senior_id == 2])
    numbers = [tell(session, clock, f"k{senior}", senior_id=senior) for senior in (1, 2)]
    assert run(clock, sms=Pipe()) == 1
    assert [row(session, number).state for number in numbers] == ["given_up", "sent"]


def test_a_claimed_message_whose_sender_died_goes_out_again_with_the_same_key(
    session: Session, clock: FrozenClock, with_sms: None
) -> None:
    class Killed(BaseException):
        pass

    tell(session, clock)
    first, second = Pipe(answer=fails(Killed())), Pipe()  # type: ignore[arg-type]
    with pytest.raises(Killed):
        run(clock, sms=first)
    clock.advance(seconds=119)
    assert run(clock, sms=second) == 0
    clock.advance(seconds=1)
    assert run(clock, sms=second) == 1
    assert [message.key for message in second.messages] == [message.key for message in first.messages]


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with open_gateway() as found:
        yield found


@pytest.fixture
def queued(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keep what the task queues, instead of sending it to a broker."""
    found: list[str] = []
    monkeypatch.setattr(tasks, "enqueue", found.append)
    return found


def test_the_task_sends_what_is_due_by_the_gateway_and_comes_again_for_more(
    session: Session, clock: FrozenClock, configure: Callable[..., None], gateway: Gateway, queued: list[str]
) -> None:
    configure(sms_url=gateway.url)
    for n in range(33):
        tell(session, clock, f"k{n}")
    tasks.send_due()
    assert queued == [TASK]
    tasks.send_due()
    assert queued == [TASK]
    assert sorted(gateway.keys) == sorted(set(gateway.keys))
    assert len(gateway.keys) == 33


def test_a_gateway_that_is_down_slow_and_confused_loses_nothing(
    session: Session, clock: FrozenClock, configure: Callable[..., None], gateway: Gateway, queued: list[str]
) -> None:
    configure(sms_url=gateway.url)
    numbers = [tell(session, clock, f"k{n}") for n in range(6)]
    configure(sms_url=f"http://127.0.0.1:{closed_port()}/", sms_seconds=1)
    tasks.send_due()
    configure(sms_url=gateway.url, sms_seconds=1)
    for mood in (is_silent(1.2), says(200, b"<html>hello</html>"), says(500, b"")):
        gateway.mood = mood
        clock.advance(minutes=5)
        tasks.send_due()
    gateway.mood = says(202, {"id": "g"})
    for _ in range(3):
        clock.advance(minutes=10)
        tasks.send_due()
    assert {row(session, number).state for number in numbers} == {"sent"}
    assert set(gateway.keys) == {row(session, number).key for number in numbers}


def test_the_demonstrations_messages_are_on_its_page(session: Session, clock: FrozenClock, queued: list[str]) -> None:
    load_demo(session, clock.now())
    services.send_code(
        session, phone=PHONE, code="204817", good_for=timedelta(minutes=5), now=clock.now(), language="en"
    )
    session.commit()
    tasks.send_due()
    (shown,) = session.scalars(select(DemoMessage))
    assert shown.address == PHONE
    assert shown.text.startswith("204817 is your Chongyang code, good for 5 minutes.")


def test_old_messages_and_notices_are_swept_out_and_young_ones_stay(
    session: Session, clock: FrozenClock, with_sms: None
) -> None:
    number = tell(session, clock)
    run(clock, sms=Pipe())
    waiting = tell(session, clock, "k2")
    clock.advance(days=29)
    sweeping.sweep(session, now=clock.now())
    assert session.get(Delivery, number) is not None
    clock.advance(days=372)
    sweeping.sweep(session, now=clock.now())
    session.expire_all()
    assert session.get(Delivery, number) is None
    assert [each.key for each in session.scalars(select(Notice))] == ["k2"]
    assert session.get(Delivery, waiting) is not None


def test_a_code_nobody_could_send_is_forgotten(session: Session, clock: FrozenClock, with_sms: None) -> None:
    services.send_code(session, phone=PHONE, code="204817", good_for=timedelta(minutes=5), now=clock.now())
    clock.advance(hours=1)
    sweeping.sweep(session, now=clock.now())
    assert session.scalars(select(Delivery.secret)).one() is None
    assert vault.unseal(session.scalars(select(Delivery.address_sealed)).one()) == PHONE
