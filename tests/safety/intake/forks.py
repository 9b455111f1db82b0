"""The processes of safety forked from the tests' own: loaded already, and back at once after they were killed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import IO, Any

from flask import Flask

from app.db import db
from safety.intake import commands


class Forks:
    """A process without threads of its own that forks others; told by words, it answers with numbers."""

    def __init__(self, telling: IO[str], hearing: IO[str]) -> None:
        self._telling, self._hearing = telling, hearing

    def tell(self, word: object) -> int:
        """Start what a word names (``listen``, ``keep``) and return its number; of a number, return how it ended."""
        print(word, file=self._telling, flush=True)
        return int(self._hearing.readline())


@contextmanager
def open_forks(app: Flask, **settings: Any) -> Iterator[Forks]:
    """Open it with settings of its own; it ends with the test."""
    heard, telling = os.pipe()
    hearing, said = os.pipe()
    pid = os.fork()
    if not pid:
        _obey(app, settings, os.fdopen(heard), os.fdopen(said, "w"), others=(telling, hearing))
    os.close(heard)
    os.close(said)
    with os.fdopen(telling, "w") as words, os.fdopen(hearing) as numbers:
        yield Forks(words, numbers)
    os.waitpid(pid, 0)


def _obey(app: Flask, settings: dict[str, Any], heard: IO[str], said: IO[str], *, others: tuple[int, int]) -> None:
    """Do as told until nobody tells anything any more."""
    for each in others:
        os.close(each)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], **settings)
    app.config["MQTT_PASSWORD"] = settings["mqtt_password"]
    for line in heard:
        word = line.strip()
        answer = os.waitstatus_to_exitcode(os.waitpid(int(word), 0)[1]) if word.isdigit() else _start(app, word)
        print(answer, file=said, flush=True)
    os._exit(0)


def _start(app: Flask, name: str) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        with app.app_context():
            # The connections are the parent's, who goes on using them.
            db.engine.dispose(close=False)
            getattr(commands, name).callback()
        code = 0
    finally:
        os._exit(code)
