"""What a feature tells of its merchants, for them to see their own statements: on pages and over HTTP alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema

from app.auth import Role
from subsidies.settlement.forms import LineDisputeIn
from subsidies.settlement.reach import Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Merchants:
    """The merchants of a feature, and who answers for them.

    :ivar one: what one of them is called in the description of the API, as "canteen"
    :ivar role: who answers for some of them
    :ivar reach: asked with a session and the ``actor``: the accounts of those that this caller answers for
    :ivar names: asked the same way: their names by their accounts, in the caller's language
    :ivar tell_lines: asked with a session and ``lines``: what else the page of a statement shows of them
    :ivar dispute: what is asked of whoever disputes a line, under the feature's own name in the API
    """

    one: str
    role: Role
    reach: Callable[..., Reach]
    names: Callable[..., Mapping[int, str]]
    tell_lines: Callable[..., Mapping[str, Any]] | None = None
    dispute: type[Schema] = LineDisputeIn
