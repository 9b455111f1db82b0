"""What messages must ask of those who stand above them: which hours are quiet, and whom an account may still follow."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.messages.rules import Quiet


@dataclass(frozen=True, slots=True)
class Followed:
    """An account that is told something about a senior, on a topic."""

    account_id: int
    senior_id: int
    topic: str


QuietRules = Callable[[Session, Collection[int], date], Mapping[int, Quiet]]
FollowCheck = Callable[[Session, Sequence[Followed], date], Collection[Followed]]

_quiet_rules: list[QuietRules] = []
_follow_checks: list[FollowCheck] = []


def register_quiet_rules(rules: QuietRules) -> None:
    """Let somebody say which hours are quiet for accounts that did not choose; the last one counts."""
    _quiet_rules[:] = [rules]


def register_follow_check(check: FollowCheck) -> None:
    """Let somebody say which accounts may still be told of a senior; the last one counts."""
    _follow_checks[:] = [check]


def list_quiet(session: Session, *, account_ids: Collection[int], today: date) -> Mapping[int, Quiet]:
    """Return the quiet hours by the rules, by account."""
    return _quiet_rules[0](session, account_ids, today) if _quiet_rules and account_ids else {}


def list_followed(session: Session, *, asked: Sequence[Followed], today: date) -> Collection[Followed]:
    """Return those that may still be told; all of them where nobody says otherwise."""
    return _follow_checks[0](session, asked, today) if _follow_checks and asked else asked
