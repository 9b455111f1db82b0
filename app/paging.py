"""Pages by key: what a page holds, and the cursor that leads to the next one."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from flask_babel import lazy_gettext as _l

from app.errors import Invalid

T = TypeVar("T")
K = TypeVar("K")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A page of a list, and the cursor of the next, where there is one."""

    items: Sequence[T]
    next: str | None


def cut_page(rows: Sequence[T], limit: int, cursor_of: Callable[[T], str]) -> Page[T]:
    """Make a page of rows of which one more than the limit was asked for."""
    if len(rows) <= limit:
        return Page(items=rows, next=None)
    return Page(items=rows[:limit], next=cursor_of(rows[limit - 1]))


def write_cursor(*parts: str | int) -> str:
    """Write the key of a row as a text that fits in an address."""
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode().rstrip("=")


def read_cursor(cursor: str, *kinds: type) -> list[Any]:
    """Read what ``write_cursor`` wrote.

    :raises Invalid: if it is no cursor of this list
    """
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise no_cursor() from error
    if not isinstance(parts, list) or [type(part) for part in parts] != list(kinds):
        raise no_cursor()
    return parts


def moment_cursor(at: datetime, key: UUID | int) -> str:
    """Write the key of a row of a list by moments: microseconds since 1970, then the row's id."""
    return write_cursor((at - EPOCH) // timedelta(microseconds=1), str(key))


def read_moment_cursor(cursor: str, key_of: Callable[[str], K]) -> tuple[datetime, K]:
    """Read what ``moment_cursor`` wrote.

    :raises Invalid: if it is no cursor of such a list
    """
    micros, key = read_cursor(cursor, int, str)
    try:
        return EPOCH + timedelta(microseconds=micros), key_of(key)
    except (OverflowError, ValueError) as error:
        raise no_cursor() from error


def no_cursor() -> Invalid:
    """Make the refusal of a text that is no cursor of a list."""
    return Invalid(errors={"after": [_l("This is not a cursor of this list. Start from its first page.")]})
