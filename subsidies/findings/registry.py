"""The checks that look for what should not be, and how to show the rows they point at: features register theirs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.auth import Actor
from app.policies.kinds import register_kind
from subsidies.findings.checks import Check, Source
from subsidies.findings.policy import audit_checks_kind


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """A source row as a page shows it: what it is, in words, when, how much, and where it is explained."""

    words: str
    at: datetime | date | None = None
    amount_fen: int | None = None
    detail: str = ""
    href: str = ""


Describe = Callable[[Session, Sequence[Source], Actor], Mapping[str, SourceView]]


@dataclass(slots=True)
class _Known:
    checks: dict[str, Check] = field(default_factory=dict)
    describers: dict[str, Describe] = field(default_factory=dict)


_known = _Known()


def register_check(check: Check) -> None:
    """Let the product know a check; the policy kind that sets its numbers learns of it too."""
    _known.checks[check.code] = check
    register_kind(audit_checks_kind(list_checks()))


def list_checks() -> list[Check]:
    """Return all checks in the order of their numbers."""
    return sorted(_known.checks.values(), key=lambda check: check.number)


def find_check(code: str) -> Check | None:
    """Return a check by its code, or nothing."""
    return _known.checks.get(code)


def register_source(kind: str, describe: Describe) -> None:
    """Let findings show rows of a kind; they are asked for all at once."""
    _known.describers[kind] = describe


def describe_sources(session: Session, sources: Sequence[Source], actor: Actor) -> dict[tuple[str, str], SourceView]:
    """Describe source rows, with one question for each kind; what nobody can describe is left out."""
    found: dict[tuple[str, str], SourceView] = {}
    for kind, describe in _known.describers.items():
        of_kind = [source for source in sources if source.kind == kind]
        if of_kind:
            found.update({(kind, ref): view for ref, view in describe(session, of_kind, actor).items()})
    return found
