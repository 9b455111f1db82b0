"""The kinds of policy documents: each feature registers its own, with a schema, checks and readable tables."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError

from app.errors import Invalid

Body = Mapping[str, Any]
Path = tuple[str | int, ...]


def no_variant(_body: Body) -> str:
    """Return the one variant of a kind of which a place has one document at a time."""
    return ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something a document may not say: where, and why in plain words (translated when shown)."""

    path: Path
    message: Any
    line: int | None = None

    @property
    def where(self) -> str:
        """Write the place as ``body.bands.0.off_fen``."""
        return ".".join(str(step) for step in self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A part of a body as a clerk reads it. ``part`` is the key of the body that it shows."""

    part: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class More:
    """A page that a feature has about a document of its kind, for some roles: its endpoint takes ``policy_id``."""

    label: Any
    endpoint: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of policy document.

    ``schema`` is the shape of the body; ``checks`` takes a body of the right shape and the document's area, and
    yields what a person would object to, by paths within the body; ``tables`` puts a body into words;
    ``example`` is a body to start from. ``variant`` names which of several documents of the kind that hold in a
    place at once a body is: each variant follows its own line in time.
    """

    name: str
    label: Any
    schema: type[Schema]
    checks: Callable[[Body, str], Iterable[Fault]]
    tables: Callable[[Body], Sequence[Table]]
    example: Body
    variant: Callable[[Body], str] = no_variant
    more: tuple[More, ...] = ()


class UnknownKind(Invalid):
    """No feature has registered this kind of document."""

    code = "unknown_kind"
    detail = _l("There is no such kind of policy document.")


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Let the product know a kind of document; a second registration takes the place of the first."""
    _kinds[kind.name] = kind


def list_kinds() -> list[Kind]:
    """Return all kinds by name."""
    return sorted(_kinds.values(), key=lambda kind: kind.name)


def get_kind(name: str) -> Kind:
    """Return a kind by its name.

    :raises UnknownKind: if no feature has registered it
    """
    if name not in _kinds:
        raise UnknownKind(errors={"kind": [_l("Known kinds: %(names)s.", names=", ".join(sorted(_kinds)) or "-")]})
    return _kinds[name]


def read_body(kind: Kind, body: Any) -> dict[str, Any]:
    """Turn a stored body into values.

    :raises ValidationError: if it does not have the kind's shape
    """
    loaded: dict[str, Any] = kind.schema().load(body)
    return loaded


def find_body_faults(kind: Kind, body: Any, area_code: str) -> list[Fault]:
    """Name everything wrong with a body: its shape first, and once that is right, its sense."""
    try:
        loaded = read_body(kind, body)
    except ValidationError as error:
        return [Fault(("body", *fault.path), fault.message) for fault in flatten(error.messages)]
    return [Fault(("body", *fault.path), fault.message) for fault in kind.checks(loaded, area_code)]


def flatten(messages: Any, path: Path = ()) -> Iterator[Fault]:
    """Turn marshmallow's nested messages into faults with paths."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from flatten(inner, path if key == "_schema" else (*path, key))
        return
    for message in messages if isinstance(messages, list | tuple) else [messages]:
        yield Fault(path, message)
