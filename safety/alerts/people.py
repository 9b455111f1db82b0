"""What alerts need of the people behind homes: their phone, to call back. Read by name: the table is another's."""

from collections.abc import Collection

from sqlalchemy import BigInteger, LargeBinary, column, select, table
from sqlalchemy.orm import Session

SENIOR = table("senior", column("id", BigInteger), column("phone_sealed", LargeBinary))


def has_phone(session: Session, *, senior_ids: Collection[int]) -> frozenset[int]:
    """Return which of these people have a phone to call back."""
    return frozenset(sealed_phones(session, senior_ids=senior_ids))


def sealed_phones(session: Session, *, senior_ids: Collection[int]) -> dict[int, bytes]:
    """Return the sealed phones of people, of those who have one."""
    if not senior_ids:
        return {}
    query = select(SENIOR.c.id, SENIOR.c.phone_sealed).where(
        SENIOR.c.id.in_(sorted(set(senior_ids))), SENIOR.c.phone_sealed.is_not(None)
    )
    return {row.id: row.phone_sealed for row in session.execute(query)}
