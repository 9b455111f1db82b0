"""Rows as shown: what a view takes over from its row as it stands there."""

from collections.abc import Collection
from dataclasses import fields
from typing import Any


def copied(row: Any, view: type, *, but: Collection[str]) -> dict[str, Any]:
    """Return the fields of a view that its row has under the same name, those left out that are shown otherwise."""
    return {each.name: getattr(row, each.name) for each in fields(view) if each.name not in but}
