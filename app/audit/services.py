"""Writing the audit log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from flask import has_request_context, request
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.audit.rules import storable
from app.logs import redact_text


class Doer(Protocol):
    """Whoever does something: an account at a device."""

    @property
    def account_id(self) -> int:
        """Return whose account it is."""

    @property
    def name(self) -> str:
        """Return what the person is called now; the entry keeps it."""

    @property
    def device(self) -> str:
        """Return where from, as ``till:3``."""


def record(
    session: Session,
    *,
    actor: Doer | None,
    action: str,
    subject: str,
    now: datetime,
    area_code: str | None = None,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Write down one thing that was done or seen, in the transaction that does it.

    :param action: what, as ``log_in`` or ``senior.changed``; reading personal data is ``reveal.<field>``
    :param subject: to what, as ``senior:17``
    :param area_code: where the subject belongs; who sees the entry depends on it
    :param old: the fields before, only those that matter; sealed values are left out by a redactor
    """
    kind, _, identifier = subject.partition(":")
    session.execute(
        insert(AuditEntry),
        {
            "at": now,
            "account_id": actor.account_id if actor else None,
            "account_name": actor.name if actor else "",
            "action": action,
            "subject_kind": kind,
            "subject_id": identifier,
            "area_code": area_code,
            "device": actor.device if actor else "",
            "address": (request.remote_addr or "") if has_request_context() else "",
            "old": storable(old),
            "new": storable(new),
            "reason": redact_text(reason),
        },
    )
