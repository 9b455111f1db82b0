"""Handing in and deciding what two people must sign."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.approvals.errors import ERRORS
from app.approvals.models import ApprovalMixin
from app.approvals.rules import DRAFT, REJECTED, SUBMITTED, object_to_deciding, object_to_submitting


def submit(item: ApprovalMixin, *, by: int, now: datetime) -> None:
    """Hand a draft in for somebody else to decide.

    :raises NotDraft: if it was handed in before
    :raises NotTheMaker: if somebody else made it
    """
    objection = object_to_submitting(state=item.state, maker_id=item.maker_id, by=by)
    if objection:
        raise ERRORS[objection]
    item.state, item.submitted_at = SUBMITTED, now


def approve(item: ApprovalMixin, *, state: str, by: int, now: datetime) -> None:
    """Sign what somebody else made; ``state`` is the table's own word for it.

    :raises NotSubmitted: if it is a draft, or decided
    :raises SelfApproval: if the checker is the maker
    """
    _decide(item, state=state, by=by, now=now)


def reject(item: ApprovalMixin, *, reason: str, by: int, now: datetime) -> None:
    """Send back what somebody else made, and say why.

    :raises NotSubmitted: if it is a draft, or decided
    :raises SelfApproval: if the checker is the maker
    """
    _decide(item, state=REJECTED, by=by, now=now)
    item.reason = reason


def renew(item: ApprovalMixin, values: Mapping[str, Any]) -> None:
    """Make a draft anew of what was sent back, with what it says by now."""
    for name, value in values.items():
        setattr(item, name, value)
    item.state, item.reason = DRAFT, ""
    item.checker_id = item.decided_at = item.submitted_at = None


def check_deciding(item: ApprovalMixin, *, by: int) -> None:
    """Make sure that this person may decide this, before the work that a decision takes.

    :raises NotSubmitted: if it is a draft, or decided
    :raises SelfApproval: if the checker is the maker
    """
    objection = object_to_deciding(state=item.state, maker_id=item.maker_id, by=by)
    if objection:
        raise ERRORS[objection]


def _decide(item: ApprovalMixin, *, state: str, by: int, now: datetime) -> None:
    check_deciding(item, by=by)
    item.state, item.checker_id, item.decided_at = state, by, now
