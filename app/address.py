"""Filters that stand in a page's address: what can be read is taken, the rest is named and left out."""

from collections.abc import Mapping
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError


def read_address(schema: Schema) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the filters of the address, and by name what is wrong with those that were left out."""
    return read_given(schema, request.args)


def read_given(schema: Schema, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the filters among what is given and not empty, and by name what is wrong with those left out."""
    filled = {name: value for name, value in given.items() if value}
    try:
        asked: dict[str, Any] = schema.load(filled)
    except ValidationError as error:
        faults = error.messages_dict
        return schema.load({name: value for name, value in filled.items() if name not in faults}), faults
    return asked, {}
