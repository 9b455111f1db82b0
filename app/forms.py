"""Forms of pages: reading what was typed, and showing a refusal beside it with nothing lost."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

from flask import Response, make_response, render_template, request
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError
from marshmallow import fields as ma

from app.errors import DomainError, Invalid, problem

View = TypeVar("View", bound=Callable[..., Any])

# What marshmallow says, and how we say it: which rule, which value, what to do.
SENTENCES: tuple[tuple[re.Pattern[str], Any], ...] = tuple(
    (re.compile(pattern), sentence)
    for pattern, sentence in (
        (r"Missing data for required field\.|Field may not be null\.", _l("Please fill this in.")),
        (r"Unknown field\.", _l("There is no field of this name.")),
        (r"Not a valid integer\.", _l("Write a whole number.")),
        (r"Not a valid number\.", _l("Write a number.")),
        (r"Not a valid string\.", _l("Write text here.")),
        (r"Not a valid boolean\.", _l("Write true or false.")),
        (r"Not a valid date\.", _l("Write a date as 2026-11-21.")),
        (r"Not a valid datetime\.", _l("Write a moment as 2026-11-21T11:48:00+08:00.")),
        (r"Not a valid naive datetime\.|Not a valid aware datetime\.", _l("Give the moment with its time zone.")),
        (r"Not a valid list\.", _l("Give a list.")),
        (r"Not a valid UUID\.", _l("Give a UUID.")),
        (r"Not a valid mapping type\.|Invalid input type\.", _l("Give an object with named fields.")),
        (r"Invalid JSON body\.", _l("The body is not JSON.")),
        (r"Shorter than minimum length (?P<min>\d+)\.", _l("At least %(min)s characters.")),
        (r"Longer than maximum length (?P<max>\d+)\.", _l("At most %(max)s characters.")),
        (r"Length must be between (?P<min>\d+) and (?P<max>\d+)\.", _l("Between %(min)s and %(max)s characters.")),
        (
            r"Must be greater than or equal to (?P<min>\S+) and less than or equal to (?P<max>\S+)\.",
            _l("From %(min)s to %(max)s."),
        ),
        (r"Must be greater than or equal to (?P<min>\S+)\.", _l("At least %(min)s.")),
        (r"Must be less than or equal to (?P<max>\S+)\.", _l("At most %(max)s.")),
        (r"Must be greater than (?P<min>\S+)\.", _l("More than %(min)s.")),
        (r"Must be less than (?P<max>\S+)\.", _l("Less than %(max)s.")),
        (r"Must be one of: (?P<choices>.+)\.", _l("One of: %(choices)s.")),
        (r"String does not match expected pattern\.", _l("This has another form than expected.")),
    )
)


@dataclass(frozen=True, kw_only=True)
class Form:
    """What was typed into a form, and what was wrong with it."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    refusal: str = ""

    def value(self, name: str, default: Any = "") -> Any:
        """Return what was typed into a field, or what it starts with."""
        return self.values.get(name, default)

    def error(self, name: str) -> str:
        """Return what is wrong with a field, in one line."""
        return " ".join(self.errors.get(name, []))


def read_form(schema: type[Schema]) -> dict[str, Any]:
    """Read the form that was sent; a field left empty counts as not given.

    :raises Invalid: with what is wrong, by field
    """
    shape = schema()
    given = {name: _typed(shape, name) for name in request.form if name != "csrf_token"}
    try:
        loaded: dict[str, Any] = shape.load({name: value for name, value in given.items() if value not in ("", [])})
    except ValidationError as error:
        raise Invalid(errors=say(error.messages_dict)) from error
    return loaded


def shows_refusals(template: str, context: Callable[..., Mapping[str, Any]] | None = None) -> Callable[[View], View]:
    """Show the form again, with what was typed and what is wrong, when the view's work is refused.

    :param context: what else the template needs; called with the view's own arguments
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            try:
                return view(*args, **kwargs)
            except DomainError as error:
                if type(error).status in (403, 404):
                    raise
                more = context(*args, **kwargs) if context else {}
                return _refused(template, error, more)

        return wrapper  # type: ignore[return-value]

    return decorate


def say(messages: Any) -> Any:
    """Put what marshmallow found into our words, at any depth."""
    if isinstance(messages, Mapping):
        return {str(name): say(item) for name, item in messages.items()}
    if isinstance(messages, list | tuple):
        return [say(item) for item in messages]
    return _sentence(str(messages))


def _sentence(message: str) -> str:
    for pattern, sentence in SENTENCES:
        found = pattern.fullmatch(message)
        if found:
            return str(sentence) % found.groupdict() if found.groupdict() else str(sentence)
    return message


def _typed(shape: Schema, name: str) -> Any:
    if isinstance(shape.fields.get(name), ma.List):
        return [value for value in request.form.getlist(name) if value]
    # Blanks around a password belong to it.
    return request.form[name] if "password" in name else request.form[name].strip()


def _refused(template: str, error: DomainError, context: Mapping[str, Any]) -> Response:
    document = problem(error)
    form = Form(
        values={name: value for name, value in request.form.items() if "password" not in name},
        errors={name: _lines(found) for name, found in document.get("errors", {}).items()},
        refusal=document.get("detail", document["title"]),
    )
    status = 422 if type(error).status == 401 else type(error).status
    answer = make_response(render_template(template, form=form, **context), status)
    answer.headers.extend(error.headers)
    return answer


def _lines(found: Any) -> list[str]:
    """Flatten what is wrong with one field: lists keep their order, nested fields lose their names."""
    if isinstance(found, Mapping):
        return [line for item in found.values() for line in _lines(item)]
    return [line for item in found for line in _lines(item)] if isinstance(found, list) else [str(found)]
