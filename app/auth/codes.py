"""One-time codes: made for a subject, kept as a keyed digest, good for a short time and a few tries."""

import hmac
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import vault
from app.auth.attempts import Visitor
from app.auth.errors import CodeTooOld, CodeWrong, NoCodeOpen, SentTooOften
from app.auth.models import LogInCode
from app.auth.rules import CODE_SHAPES, SEND_ADDRESS_LIMIT, SEND_LIMIT, Limit, Purpose, fold_digits, seconds_to_wait
from app.auth.throttle import count_failure, lock_throttle
from app.tokens import digits


def make_code(session: Session, *, purpose: Purpose, subject: str, now: datetime) -> str:
    """Make the code of a subject and return it once; the one before is void.

    :param subject: whose code it is, as ``card:17``; only its blind index is kept
    """
    shape = CODE_SHAPES[purpose]
    code, index = digits(shape.digits), vault.index_of(subject)
    still_open = (LogInCode.purpose == purpose, LogInCode.subject == index, LogInCode.used_at.is_(None))
    session.execute(update(LogInCode).where(*still_open).values(used_at=now))
    session.add(
        LogInCode(
            purpose=purpose,
            subject=index,
            digest=_digest(purpose, subject, code),
            created_at=now,
            expires_at=now + shape.life,
        )
    )
    session.flush()
    return code


def find_fault(
    session: Session, *, purpose: Purpose, subject: str, code: str, now: datetime
) -> CodeWrong | CodeTooOld | None:
    """Use a subject's code, once; return what is wrong with it, or nothing when it was right.

    Somebody who types the right code too late is told so: that is no try at guessing, and only who got the
    code can know it.
    """
    open_code = select(LogInCode).where(
        LogInCode.purpose == purpose, LogInCode.subject == vault.index_of(subject), LogInCode.used_at.is_(None)
    )
    row = session.scalar(open_code.with_for_update().execution_options(populate_existing=True))
    typed = _digest(purpose, subject, fold_digits(code))
    if row is None or row.tries >= CODE_SHAPES[purpose].tries:
        return NoCodeOpen()
    if not hmac.compare_digest(row.digest, typed):
        row.tries += 1
        session.flush()
        return CodeWrong()
    if row.expires_at <= now:
        return CodeTooOld()
    row.used_at = now
    session.flush()
    return None


def count_sending(session: Session, *, phone: str, visitor: Visitor, now: datetime) -> None:
    """Count a message with a code, by the phone it goes to and the address that asked for it.

    :raises SentTooOften: if there were too many; the same for phones that nobody here has
    """
    named = ((f"send-address:{visitor.address}", SEND_ADDRESS_LIMIT), (f"send:{phone}", SEND_LIMIT))
    for name, limit in named:
        count_one_sending(session, name, limit=limit, now=now)


def count_one_sending(session: Session, name: str, *, limit: Limit, now: datetime) -> None:
    """Count a message with a code by one thing, as ``send:13800138001``.

    :raises SentTooOften: if there were too many
    """
    throttle = lock_throttle(session, name, now=now)
    wait = seconds_to_wait(throttle, now)
    if wait:
        raise SentTooOften(wait)
    count_failure(session, name, throttle, limit, now=now)


def _digest(purpose: Purpose, subject: str, code: str) -> bytes:
    """Return what is kept of a code. It is keyed: from a plain digest six digits are found in no time."""
    return vault.index_of(f"{purpose} {subject} {code}")
