"""What a channel is: it takes a message to its address, or says why not."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What leaves: to whom, in which words. ``key`` is the same for each try, so that a gateway knows it again."""

    key: str
    address: str
    title: str
    text: str


class Retry(Exception):
    """The message did not leave, or nobody knows; it comes again with the same key.

    :param is_down: it is the channel, not the message: the others need not try now
    :param wait: how long the other side asked to be left alone
    """

    def __init__(self, reason: str, *, is_down: bool = True, wait: timedelta | None = None) -> None:
        super().__init__(reason)
        self.is_down = is_down
        self.wait = wait


class GiveUp(Exception):
    """This message will never leave this way: the address is none, or the content is refused."""


class Channel(Protocol):
    """One way out. ``at_once`` is how many messages it takes side by side."""

    at_once: int

    def send(self, message: Message) -> None:
        """Take a message to its address.

        :raises Retry: if it should be tried again later
        :raises GiveUp: if trying again makes no sense
        """
