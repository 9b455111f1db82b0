"""What a check would find about one person, looked for at once: a turn of life was recorded late."""

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from app.clock import business_day
from app.policies.queries import find_policy
from subsidies.findings.checks import Found, Limits, example_limits
from subsidies.findings.policy import AUDIT_CHECKS
from subsidies.findings.registry import find_check
from subsidies.findings.runs import ONE_AT_A_TIME
from subsidies.findings.storing import Counted, Origin, keep_found


def find_limits(session: Session, *, code: str, area_code: str, now: datetime) -> tuple[int | None, Limits]:
    """Return the document that holds for a check in a place, and its numbers; no document means the examples."""
    document = find_policy(session, kind=AUDIT_CHECKS, area_code=area_code, on=business_day(now))
    limits = document.body["checks"].get(code) if document else None
    if document is not None and limits is not None:
        return document.id, limits
    check = find_check(code)
    return None, example_limits(check) if check else {}


def keep_at_once(
    session: Session, *, code: str, area_code: str, find: Callable[[Limits], Iterable[Found]], now: datetime
) -> None:
    """Write down what a check finds about somebody, with the numbers of the document that holds in a place.

    The nightly run finds the same under the same keys, and then nothing changes. No document, no finding.
    """
    policy_id, limits = find_limits(session, code=code, area_code=area_code, now=now)
    if policy_id is None:
        return
    session.execute(ONE_AT_A_TIME, {"code": code})
    origin = Origin(check_code=code, run_id=None, policy_id=policy_id, now=now)
    keep_found(session, find(limits), origin=origin, counted=Counted())
