"""One try at the door: counted by address and by what it is for, and told in the same words whatever was wrong."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.auth.errors import LogInLocked
from app.auth.queries import find_home_area
from app.auth.rules import ADDRESS_LIMIT, Limit, Throttle, seconds_to_wait
from app.auth.throttle import count_failure, lock_throttle


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Where a log-in comes from: its network address, and what the device calls itself."""

    address: str
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """One of the counts a try belongs to."""

    name: str
    limit: Limit
    throttle: Throttle


@dataclass(frozen=True)
class Attempt:
    """A try whose counts are locked until it is judged."""

    counts: tuple[Counted, ...]


def begin_attempt(
    session: Session, *, visitor: Visitor, now: datetime, subject: str | None = None, limit: Limit | None = None
) -> Attempt:
    """Lock what is counted of a try, before anything is looked up.

    :param subject: what else is counted besides the address, as ``account:zhou``
    :raises LogInLocked: if the address or the subject had too many wrong tries
    """
    named = [(f"address:{visitor.address}", ADDRESS_LIMIT)]
    # Always the address first: two tries that lock in different order would wait for each other.
    if subject and limit:
        named.append((subject, limit))
    counts = tuple(
        Counted(name=name, limit=each, throttle=lock_throttle(session, name, now=now)) for name, each in named
    )
    wait = max(seconds_to_wait(counted.throttle, now) for counted in counts)
    if wait:
        raise locked_for(wait)
    return Attempt(counts)


def refuse_attempt(
    session: Session, attempt: Attempt, *, now: datetime, account_id: int | None = None, is_guess: bool = True
) -> LogInLocked | None:
    """Count and write down a wrong try. Return the refusal to tell if it was one too many.

    :param is_guess: not one where there was nothing to guess at: that counts by the address alone, so that nobody
        locks others out who only knows their phone or card
    """
    counts = attempt.counts if is_guess else attempt.counts[:1]
    counted = [count_failure(session, each.name, each.throttle, each.limit, now=now) for each in counts]
    wait = max(seconds_to_wait(throttle, now) for throttle in counted)
    audit.record(
        session,
        actor=None,
        action="log_in.locked" if wait else "log_in.refused",
        subject=f"account:{account_id}" if account_id else "account",
        area_code=find_home_area(session, account_id=account_id) if account_id else None,
        now=now,
    )
    return locked_for(wait) if wait else None


def locked_for(wait: int) -> LogInLocked:
    """Say how long to wait before the next try."""
    minutes = -(-wait // 60)
    return LogInLocked(
        _l("Too many wrong tries. Wait %(minutes)s min, then try again.", minutes=minutes),
        headers={"Retry-After": str(wait)},
    )
