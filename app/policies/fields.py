"""Fields and schemas of policy documents that refuse in plain words."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, validate

from app.areas import rules as area_rules

MISSING = {
    "required": _l("This is missing."),
    "null": _l("This may not be empty."),
    "validator_failed": _l("Not right."),
}
ADDRESS = re.compile(r"https?://[^\s/?#]+[^\s]*")
LONGEST_ADDRESS = 500
UNPRINTABLE = frozenset({"Cc", "Cs", "Cf", "Co", "Cn", "Zl", "Zp"})


class PlainSchema(Schema):
    """A schema that names the known names when it meets an unknown one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        known = ", ".join(sorted(field.data_key or name for name, field in self.fields.items()))
        self.error_messages = {
            **self.error_messages,
            "unknown": _l("This is not known here. Known are: %(names)s.", names=known),
            "type": _l("Here belong named values: %(names)s.", names=known),
        }


def whole(least: int, most: int, **options: Any) -> fields.Integer:
    """Make a field for a whole number between two bounds, both allowed."""
    words = {**MISSING, "invalid": _l("This must be a whole number, without quotes.")}
    between = validate.Range(
        least, most, error=_l("This must lie between %(least)s and %(most)s.", least=least, most=most)
    )
    return fields.Integer(strict=True, validate=between, error_messages=words, **options)


def choice(words: Iterable[str] | Mapping[str, Any], **options: Any) -> fields.String:
    """Make a field for one of a few words."""
    known = tuple(words)
    refusal = _l("This must be one of: %(words)s.", words=", ".join(known))
    check = validate.OneOf(known, error=refusal)
    return fields.String(validate=check, error_messages={**MISSING, "invalid": refusal}, **options)


def line(longest: int, **options: Any) -> fields.String:
    """Make a field for one line of text."""
    return fields.String(
        validate=partial(_check_line, longest=longest),
        error_messages={**MISSING, "invalid": _l("This must be text.")},
        **options,
    )


def web_address(**options: Any) -> fields.String:
    """Make a field for the address of a page: http or https only, since it becomes a link."""
    return fields.String(
        validate=_check_address, error_messages={**MISSING, "invalid": _l("This must be text.")}, **options
    )


def flag(**options: Any) -> fields.Boolean:
    """Make a field for true or false, and nothing that merely looks like it."""
    words = {**MISSING, "invalid": _l("This must be true or false.")}
    return fields.Boolean(truthy={True}, falsy={False}, error_messages=words, **options)


def day(**options: Any) -> fields.Date:
    """Make a field for a day."""
    words = {**MISSING, "invalid": _l("This must be a day such as 2026-01-31.")}
    return fields.Date(format="iso", error_messages=words, **options)


def listed(inner: Any, *, least: int = 0, most: int, **options: Any) -> fields.List[Any]:
    """Make a field for a list of so many things."""
    length = validate.Length(
        least, most, error=_l("There must be between %(least)s and %(most)s entries.", least=least, most=most)
    )
    return fields.List(
        inner, validate=length, error_messages={**MISSING, "invalid": _l("Here belongs a list.")}, **options
    )


def part(schema: type[Schema], **options: Any) -> fields.Nested:
    """Make a field for named values within."""
    return fields.Nested(schema, error_messages={**MISSING, "type": _l("Here belong named values.")}, **options)


class AreaCode(fields.Field[str]):
    """An official division code; a number without quotes is taken as well."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own declaration
        **MISSING,
        "invalid": _l("This must be an official area code of 6, 9 or 12 digits, such as 330106."),
    }

    def _deserialize(self, value: Any, *_place: Any, **_options: Any) -> str:
        text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
        if not area_rules.is_code(text):
            raise self.make_error("invalid")
        return text


class AreaOrTrue(AreaCode):
    """``true`` for the document's own area, or the code of another."""

    def _deserialize(self, value: Any, *place: Any, **options: Any) -> Any:
        return True if value is True else super()._deserialize(value, *place, **options)


class ClockTime(fields.Field[int]):
    """A time of day from 00:00 to 24:00, as minutes since midnight."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own declaration
        **MISSING,
        "invalid": _l("This must be a time such as 10:30, from 00:00 to 24:00."),
    }

    def _deserialize(self, value: Any, *_place: Any, **_options: Any) -> int:
        hours, colon, minutes = value.partition(":") if isinstance(value, str) else ("", "", "")
        digits = hours + minutes
        if not colon or len(hours) not in {1, 2} or len(minutes) != 2 or not (digits.isascii() and digits.isdigit()):
            raise self.make_error("invalid")
        minute = int(hours) * 60 + int(minutes)
        if int(minutes) > 59 or minute > 24 * 60:
            raise self.make_error("invalid")
        return minute


def _check_address(text: str) -> None:
    _check_line(text, LONGEST_ADDRESS)
    if not ADDRESS.fullmatch(text):
        raise ValidationError([_l("This must be an address that begins with http:// or https://.")])


def _check_line(text: str, longest: int) -> None:
    if not text.strip():
        raise ValidationError([_l("This may not be empty.")])
    if len(text) > longest:
        raise ValidationError(
            [_l("At most %(longest)s characters, this has %(count)s.", longest=longest, count=len(text))]
        )
    # The database takes no NUL, and a line break or a mark that turns the writing around has no place in a title.
    if any(unicodedata.category(character) in UNPRINTABLE for character in text):
        raise ValidationError([_l("There is a character in it that cannot be printed.")])
