"""Rows as plain values: what pages and the API show is read once, and does not ask the database again."""

from types import SimpleNamespace
from typing import Any

from sqlalchemy import inspect


def plain(row: Any) -> Any:
    """Return a row's columns as plain attributes; nothing stays nothing."""
    if row is None:
        return None
    return SimpleNamespace(**{column.key: getattr(row, column.key) for column in inspect(row).mapper.column_attrs})
