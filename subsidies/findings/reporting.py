"""Telling of something the moment it happens, without waiting for the night's run of the checks."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.clock import business_day
from app.policies.queries import find_policy
from subsidies.findings.checks import Found
from subsidies.findings.policy import AUDIT_CHECKS
from subsidies.findings.storing import Counted, Origin, keep_found


def report_found(session: Session, *, code: str, found: Found, now: datetime) -> None:
    """Keep a finding of a check that is in force in its place; where the documents leave the check out, nothing.

    The same found again, by this or by a night's run, is the same finding.
    """
    document = find_policy(session, kind=AUDIT_CHECKS, area_code=found.area_code, on=business_day(now))
    limits = document.body["checks"].get(code) if document else None
    if document is None or limits is None:
        return
    origin = Origin(check_code=code, run_id=None, policy_id=document.id, now=now)
    keep_found(session, [replace(found, severity=limits["severity"])], origin=origin, counted=Counted())
