"""Commands that tell a refusal in words, row by row, and end with exit code 1."""

from collections.abc import Iterator, Mapping
from typing import Any

import click
from flask.cli import AppGroup

from app.errors import DomainError, problem


class Commands(AppGroup):
    """A group of commands; what the domain refuses is told without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, and put a refusal into words.

        :raises click.ClickException: with the words, if the domain refuses
        """
        try:
            return super().invoke(ctx)
        except DomainError as error:
            raise Refusal(error) from error


class Refusal(click.ClickException):
    """A refusal of the domain, for a person at a terminal."""

    def __init__(self, error: DomainError) -> None:
        document = problem(error)
        lines = [str(document.get("detail") or document["title"]), *_lines(document.get("errors", {}))]
        super().__init__("\n".join(lines))


def _lines(errors: Mapping[str, Any], before: str = "  ") -> Iterator[str]:
    for name, told in errors.items():
        if isinstance(told, Mapping):
            yield from _lines(told, f"{before}{name} ")
        else:
            yield from (f"{before}{name}: {each}" for each in (told if isinstance(told, list) else [told]))
