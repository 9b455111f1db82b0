"""The kinds of things that people are told: the feature that tells one registers it, under a word that stays."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import DomainError

Params = Mapping[str, Any]


class UnknownKind(DomainError):
    """No feature has registered this kind."""

    code = "unknown_message_kind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Something that people are told.

    ``text`` puts the facts of one telling into a sentence, in the language that is being spoken, for a page and an
    SMS alike: no tier, nothing of poverty, no ID number, no full phone and no address belongs in it. ``topic`` is
    what a consent must cover for it, where it is about a senior. ``address`` leads to the page that says more; it
    gets the facts, and as ``senior_id`` whom they are about. One that is not ``optional``
    goes out whatever the account wishes.
    """

    name: str
    title: Any
    text: Callable[[Params], str]
    topic: str = ""
    address: Callable[[Params], str] | None = None
    optional: bool = True


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Let people be told of something; a second registration takes the place of the first."""
    _kinds[kind.name] = kind


def get_kind(name: str) -> Kind:
    """Return a kind by its name.

    :raises UnknownKind: if no feature has registered it
    """
    if name not in _kinds:
        raise UnknownKind(name)
    return _kinds[name]


def find_kind(name: str) -> Kind | None:
    """Return a kind, or nothing for one whose feature is gone."""
    return _kinds.get(name)


def list_kinds() -> list[Kind]:
    """Return all kinds by name."""
    return [_kinds[name] for name in sorted(_kinds)]
