"""The language in which refusals are read, where no request says one."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session


@pytest.fixture
def in_english(app: Flask) -> Iterator[None]:
    """Speak English outside of requests."""
    with force_locale("en"):
        yield


@pytest.fixture
def count_queries(session: Session) -> Iterator[Callable[[Callable[[], Any]], int]]:
    """Return a function that counts the statements some work sends to the database."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        sent.append(statement)

    def count(work: Callable[[], Any]) -> int:
        sent.clear()
        work()
        return len(sent)

    event.listen(Engine, "before_cursor_execute", note)
    yield count
    event.remove(Engine, "before_cursor_execute", note)
