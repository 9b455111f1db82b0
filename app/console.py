"""Commands that speak one language, tell a refusal in words, row by row, and then end with exit code 1."""

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any

import click
from flask.cli import AppGroup
from flask_babel import force_locale

from app.errors import DomainError, problem

LOCALES = {"zh": "zh_Hans_CN", "en": "en"}

# For commands that tell much; without it they speak Chinese.
speaks = click.option("--language", type=click.Choice(list(LOCALES)), default="zh", show_default=True)


class Commands(AppGroup):
    """A group of commands; what the domain refuses is told without a traceback."""

    def command(  # type: ignore[override]  # click's bare decorator is not used here
        self, *args: Any, **kwargs: Any
    ) -> Callable[[Callable[..., Any]], click.Command]:
        """Make a command of a function."""
        decorate = super().command(*args, **kwargs)
        return lambda function: decorate(_told(function))


class Refusal(click.ClickException):
    """A refusal of the domain, for a person at a terminal."""

    def __init__(self, error: DomainError) -> None:
        document = problem(error)
        lines = [str(document.get("detail") or document["title"]), *_lines(document.get("errors", {}))]
        super().__init__("\n".join(lines))


def _told(function: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command in its language, and put a refusal into words of it."""

    @wraps(function)
    def run(*args: Any, language: str = "zh", **kwargs: Any) -> Any:
        # Nobody has asked by a request, so the language is said here.
        with force_locale(LOCALES[language]):
            try:
                return function(*args, **kwargs)
            except DomainError as error:
                raise Refusal(error) from error

    return run


def _lines(errors: Mapping[str, Any], before: str = "  ") -> Iterator[str]:
    for name, told in errors.items():
        if isinstance(told, Mapping):
            yield from _lines(told, f"{before}{name} ")
        else:
            yield from (f"{before}{name}: {each}" for each in (told if isinstance(told, list) else [told]))
