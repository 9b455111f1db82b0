"""Which visits may be paid now, and what must be known of each of them: read under a lock, many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import text
from sqlalchemy.orm import Session


class Bar(StrEnum):
    """What stands between a visit and its payment."""

    PAID = "paid"
    NOT_CONFIRMED = "not_confirmed"
    EXCEPTION = "exception"
    REJECTED = "rejected"
    OBJECTION = "objection"
    DECEASED = "deceased"
    AWAY = "away"
    NO_TERMS = "no_terms"
    NO_PRICE = "no_price"


BAR_WORDS: Mapping[Bar, Any] = {
    Bar.PAID: _l("It was paid before."),
    Bar.NOT_CONFIRMED: _l("Nobody has confirmed it yet, and the time to object still runs."),
    Bar.EXCEPTION: _l("A supervisor has not decided its exceptions yet."),
    Bar.REJECTED: _l("A supervisor did not accept what was recorded."),
    Bar.OBJECTION: _l("The family objects to it."),
    Bar.DECEASED: _l("The person had died before the day of the visit."),
    Bar.AWAY: _l("The person was in hospital or elsewhere, or the bed was suspended, on the day of the visit."),
    Bar.NO_TERMS: _l("No document says who pays visits in this place on that day."),
    Bar.NO_PRICE: _l("The catalogue of that day has no price for this service."),
}

# Where somebody was who was not at home for the whole day of a visit; on the days of leaving and coming home a carer
# may have come. A visit of such a day is paid once somebody has corrected what was recorded.
GONE = """
    SELECT CASE WHEN t.status = 'deceased' THEN 'deceased' ELSE 'away' END
      FROM senior_status AS t
     WHERE t.senior_id = v.senior_id AND t.status IN ('deceased', 'in_hospital', 'in_institution')
       AND t.from_on < timezone('Asia/Shanghai', v.started_at)::date
       AND (t.until_on IS NULL OR t.until_on > timezone('Asia/Shanghai', v.started_at)::date)
    UNION ALL
    SELECT 'away' FROM bed_suspension AS s
     WHERE s.bed_id = v.bed_id AND s.during @> timezone('Asia/Shanghai', v.started_at)::date
       AND lower(s.during) < timezone('Asia/Shanghai', v.started_at)::date
"""
# Locked first and read in the next statement: in one they would be read as they were before the lock.
LOCK = text("SELECT id FROM care_visit WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE")
LOCK_FREE = text("SELECT id FROM care_visit WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED")
READ = text(
    f"""
    SELECT v.id, v.senior_id, v.bed_id, v.provider_id, v.area_code, v.service, v.state, v.exception,
           v.visit_on AS "on", v.started_at, v.finished_at,
           (extract(epoch FROM upper(v.planned) - lower(v.planned)) / 60)::int AS planned_minutes,
           b.programme, b.number AS bed_number, p.merchant_account,
           EXISTS (SELECT FROM visit_payment AS m WHERE m.visit_id = v.id) AS is_paid,
           EXISTS (SELECT FROM visit_objection AS o WHERE o.visit_id = v.id AND o.state IN ('open', 'upheld'))
               AS is_objected, coalesce(({GONE} LIMIT 1), '') AS gone
      FROM care_visit AS v
      JOIN care_bed AS b ON b.id = v.bed_id
      JOIN care_provider AS p ON p.id = v.provider_id
     WHERE v.id = ANY(:ids) ORDER BY v.id
    """  # noqa: S608 - no text of a user
)
# What can be paid, by id: the nearest of each batch.
PAYABLE = text(
    f"""
    SELECT v.id FROM care_visit AS v
     WHERE v.id > :after AND v.state = 'confirmed' AND v.exception IN ('none', 'cleared')
       AND NOT EXISTS (SELECT FROM visit_payment AS m WHERE m.visit_id = v.id)
       AND NOT EXISTS (SELECT FROM visit_objection AS o WHERE o.visit_id = v.id AND o.state IN ('open', 'upheld'))
       AND NOT EXISTS ({GONE})
     ORDER BY v.id LIMIT :limit
    """  # noqa: S608 - no text of a user
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A visit as far as its money needs it."""

    id: int
    senior_id: int
    bed_id: int
    provider_id: int
    area_code: str
    service: str
    state: str
    exception: str
    on: date
    started_at: datetime | None
    finished_at: datetime | None
    planned_minutes: int
    programme: str
    bed_number: str
    merchant_account: int
    is_paid: bool
    is_objected: bool
    gone: str

    @property
    def month(self) -> date:
        """Return the first day of its month."""
        return self.on.replace(day=1)


def list_payable(session: Session, *, after: int, limit: int) -> list[int]:
    """List visits that can be paid, in the order of their numbers: confirmed, in no doubt, and not paid."""
    return list(session.scalars(PAYABLE, {"after": after, "limit": limit}))


def lock_visits(session: Session, ids: Sequence[int], *, waits: bool) -> list[int]:
    """Lock visits until the transaction ends, and return which; those that somebody else works on are left out.

    :param waits: wait for whoever works on them instead
    """
    return list(session.scalars(LOCK if waits else LOCK_FREE, {"ids": list(ids)}))


def read_visits(session: Session, ids: Sequence[int]) -> list[Visit]:
    """Read visits, whatever became of them."""
    return [Visit(**row._mapping) for row in session.execute(READ, {"ids": list(ids)})]


def find_bar(visit: Visit) -> Bar | None:
    """Say what stands between a visit and its payment, or nothing."""
    if visit.is_paid:
        return Bar.PAID
    if visit.is_objected:
        return Bar.OBJECTION
    if visit.exception in ("open", "rejected"):
        return Bar.EXCEPTION if visit.exception == "open" else Bar.REJECTED
    if visit.gone:
        return Bar(visit.gone)
    is_done = visit.state == "confirmed" and None not in (visit.started_at, visit.finished_at)
    return None if is_done else Bar.NOT_CONFIRMED
