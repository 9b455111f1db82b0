"""Channels against real servers: what counts as sent, what is tried again, what is given up."""

import email
import email.policy
import time
from collections.abc import Iterator

import pytest

from app.messages.channels.interface import GiveUp, Message, Retry
from app.messages.channels.mail import MailServer
from app.messages.channels.sms import SmsGateway
from tests.app.messages.servers import (
    Gateway,
    Mailbox,
    Reply,
    closed_port,
    drips,
    hangs_up,
    is_silent,
    open_gateway,
    open_mailbox,
    says,
)

MESSAGE = Message(key="k-1", address="13800008000", title="Lunch", text="午餐已付 8.00 元")
LETTER = Message(key="k-1", address="li@example.org", title="午餐", text="午餐已付 8.00 元")


@pytest.fixture(scope="module")
def a_gateway() -> Iterator[Gateway]:
    with open_gateway() as found:
        yield found


@pytest.fixture
def gateway(a_gateway: Gateway) -> Gateway:
    a_gateway.requests.clear()
    return a_gateway


def sms(gateway: Gateway, seconds: float = 2) -> SmsGateway:
    return SmsGateway(url=gateway.url, token="secret", seconds=seconds)


@pytest.mark.parametrize("mood", [says(202, {"id": "g-1"}), says(200, {"id": 7}), says(409, {"code": "seen"})])
def test_a_message_that_the_gateway_took_is_sent(gateway: Gateway, mood: Reply) -> None:
    gateway.mood = mood
    sms(gateway).send(MESSAGE)
    ((headers, body),) = gateway.requests
    assert body == {"key": "k-1", "to": "13800008000", "text": "午餐已付 8.00 元"}
    assert headers["Idempotency-Key"] == "k-1"
    assert headers["Authorization"] == "Bearer secret"


@pytest.mark.parametrize(
    "mood",
    [
        says(500, {"error": "oops"}),
        says(503, b""),
        says(401, {"error": "who are you"}),
        says(200, b"<html>Welcome to the hotel's network</html>"),
        says(200, b""),
        says(200, {"status": "fine"}),
        says(200, ["id"]),
        says(302, b"", Location="http://127.0.0.1:1/"),
        says(404, b"<html>nothing here</html>"),
        says(200, b'{"id": "cut'),
        hangs_up,
        lambda handler: handler.wfile.write(b"not http at all\r\n\r\n") and None,
    ],
)
def test_whatever_is_neither_yes_nor_no_is_tried_again(gateway: Gateway, mood: Reply) -> None:
    gateway.mood = mood
    with pytest.raises(Retry) as fault:
        sms(gateway).send(MESSAGE)
    assert fault.value.is_down
    assert str(fault.value)


@pytest.mark.parametrize("status", [400, 404, 422])
def test_a_message_that_the_gateway_refuses_is_given_up(gateway: Gateway, status: int) -> None:
    gateway.mood = says(status, {"code": "no_such_number"})
    with pytest.raises(GiveUp, match=f"{status} no_such_number"):
        sms(gateway).send(MESSAGE)


@pytest.mark.parametrize(("told", "seconds"), [("120", 120), ("999999", 3600)])
def test_a_busy_gateway_is_left_alone_as_long_as_it_asks_but_not_for_ever(
    gateway: Gateway, told: str, seconds: int
) -> None:
    gateway.mood = says(429, {"error": "slow down"}, Retry_After=told)
    with pytest.raises(Retry) as fault:
        sms(gateway).send(MESSAGE)
    assert fault.value.wait is not None
    assert fault.value.wait.total_seconds() == seconds


@pytest.mark.parametrize("mood", [is_silent(2), drips])
def test_a_slow_gateway_costs_its_time_limit_and_no_more(gateway: Gateway, mood: Reply) -> None:
    gateway.mood = mood
    began = time.monotonic()
    with pytest.raises(Retry):
        sms(gateway, seconds=0.3).send(MESSAGE)
    assert time.monotonic() - began < 1.5


def test_a_gateway_that_is_down_is_tried_again() -> None:
    with pytest.raises(Retry):
        SmsGateway(url=f"http://127.0.0.1:{closed_port()}/", token="", seconds=1).send(MESSAGE)


@pytest.fixture(scope="module")
def a_mailbox() -> Iterator[Mailbox]:
    with open_mailbox() as found:
        yield found


@pytest.fixture
def mailbox(a_mailbox: Mailbox) -> Mailbox:
    a_mailbox.letters.clear()
    a_mailbox.to_recipient = a_mailbox.to_letter = "250 OK"
    return a_mailbox


def mail(port: int, security: str = "none") -> MailServer:
    return MailServer(
        host="127.0.0.1",
        port=port,
        security=security,
        user="",
        password="",
        sender="office@example.org",
        seconds=2,
    )


def test_a_letter_arrives_with_its_words_and_the_same_id_each_time(mailbox: Mailbox) -> None:
    mail(mailbox.port).send(LETTER)
    (envelope,) = mailbox.letters
    letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert envelope.rcpt_tos == ["li@example.org"]
    assert (letter["Subject"], letter["Message-ID"]) == ("午餐", "<k-1@example.org>")
    assert letter.get_content().strip() == "午餐已付 8.00 元"


def test_a_mailbox_that_does_not_exist_is_given_up(mailbox: Mailbox) -> None:
    mailbox.to_recipient = "550 no such mailbox"
    with pytest.raises(GiveUp, match="550 no such mailbox"):
        mail(mailbox.port).send(LETTER)


def test_a_letter_refused_for_good_is_given_up(mailbox: Mailbox) -> None:
    mailbox.to_letter = "554 this is spam"
    with pytest.raises(GiveUp):
        mail(mailbox.port).send(LETTER)


def test_a_full_mailbox_is_tried_again_and_the_others_are_not_kept(mailbox: Mailbox) -> None:
    mailbox.to_recipient = "452 mailbox full"
    with pytest.raises(Retry) as fault:
        mail(mailbox.port).send(LETTER)
    assert not fault.value.is_down


def test_a_mail_server_that_is_down_or_cannot_be_trusted_is_tried_again(mailbox: Mailbox) -> None:
    for server in (mail(closed_port()), mail(mailbox.port, security="starttls"), mail(mailbox.port, security="tls")):
        with pytest.raises(Retry) as fault:
            server.send(LETTER)
        assert fault.value.is_down


def test_a_line_break_in_a_title_or_address_makes_no_second_header(mailbox: Mailbox) -> None:
    with pytest.raises((Retry, GiveUp)):
        mail(mailbox.port).send(Message(key="k", address="li@example.org\r\nBcc: x@example.org", title="t", text="t"))
    assert mailbox.letters == []
