"""Whose data may no longer be kept, and since when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.areas.rules import ancestors, is_within_any
from app.ops import plan
from app.ops.retention import NAME, Retention, read_retention, years_later
from app.personal_data import Data
from app.policies.queries import list_in_force

# Everybody who died, or moved away and did not come back; what is done or stands on an open list is left out. Who came
# back and left again has new data since: what was done before counts for the time before.
GONE = text("""
SELECT s.id, s.residence_area_code, t.status, t.from_on,
       ARRAY(SELECT l.data FROM shredding_line AS l JOIN shredding AS b ON b.id = l.shredding_id
              WHERE l.senior_id = s.id AND (l.done_at IS NOT NULL AND l.since_on = t.from_on
                 OR b.state IN ('draft', 'submitted') OR b.state = 'approved' AND b.finished_at IS NULL)) AS named
  FROM senior_status AS t JOIN senior AS s ON s.id = t.senior_id
 WHERE t.status IN ('deceased', 'moved_away') AND t.until_on IS NULL AND t.from_on <= :before
 ORDER BY t.from_on, s.id
""")
STREAM = {"yield_per": 1000}


@dataclass(frozen=True, slots=True)
class Due:
    """One kind of data of one person that may no longer be kept."""

    senior_id: int
    data: str
    cause: str
    since_on: date
    due_on: date
    area_code: str
    policy_id: int


def list_due(session: Session, *, until: date, area_codes: Sequence[str] | None = None) -> Iterator[Due]:
    """Yield what may no longer be kept on a day; where no document says how long, everything stays.

    What something open still needs is left out: a dispute, a finding, a claim, points, a bed, a kit.

    :param area_codes: only people who lived here; everybody, if left out
    """
    by_area = {
        each.area_code: read_retention(each.id, each.body) for each in list_in_force(session, kind=NAME, on=until)
    }
    if not by_area:
        return
    least = min(years for each in by_area.values() for years in each.years.values())
    before = years_later(until, -least)
    held = {data: plan.list_held(session, data=data) for data in Data}
    for row in session.execute(GONE, {"before": before}, execution_options=STREAM):
        if area_codes is not None and not is_within_any(row.residence_area_code, area_codes):
            continue
        retention = _nearest(by_area, row.residence_area_code)
        for data in Data if retention else ():
            due_on = retention.due_on(data, row.status, row.from_on)  # type: ignore[union-attr]
            if due_on <= until and data not in row.named and row.id not in held[data]:
                yield Due(row.id, data, row.status, row.from_on, due_on, row.residence_area_code, retention.policy_id)  # type: ignore[union-attr]


def _nearest(by_area: dict[str, Retention], area_code: str) -> Retention | None:
    line: Sequence[str] = (area_code, *ancestors(area_code))
    return next((by_area[code] for code in line if code in by_area), None)
