"""What of a record may stand in the audit log."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app.logs import redact

REVEAL = "reveal"
LONGEST_TEXT = 500
SEALED = "[sealed]"


def storable(record: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return a record as plain JSON, without secrets and without personal data.

    Sealed values and the fields of their plain text keep their place, so that one sees that they changed.
    """
    if record is None:
        return None
    cleaned: dict[str, Any] = redact({str(key): _plain(value) for key, value in record.items()})
    return cleaned


def _plain(value: Any) -> Any:
    """Make one value fit for JSON."""
    if isinstance(value, bytes | bytearray | memoryview):
        return SEALED
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, int | float) or value is None:
        return value
    return value.isoformat() if isinstance(value, datetime | date) else str(value)[:LONGEST_TEXT]


def changes(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> list[tuple[str, Any, Any]]:
    """Return what differs between two states of a record: field, before, after."""
    before, after = old or {}, new or {}
    fields = [*before, *(field for field in after if field not in before)]
    return [(field, before.get(field), after.get(field)) for field in fields if before.get(field) != after.get(field)]
