"""Visits that may still be paid with points: those points wait for them, also past their last good day."""

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

# Done, under way, or not told of yet; and those that a phone told of too late and nobody has decided about. What was
# refused, objected to with right, missed or cancelled waits for nothing.
OWED = text(
    """
    SELECT w.senior_id, min(w.visit_on) AS first_on
      FROM (SELECT v.senior_id, v.visit_on FROM care_visit AS v
             WHERE v.senior_id = ANY (:homes) AND v.visit_on <= :until
               AND v.state IN ('planned', 'started', 'finished', 'confirmed') AND v.exception <> 'rejected'
               AND NOT EXISTS (SELECT FROM visit_payment AS m WHERE m.visit_id = v.id)
               AND NOT EXISTS (SELECT FROM visit_objection AS o WHERE o.visit_id = v.id AND o.state = 'upheld')
            UNION ALL
            SELECT v.senior_id, v.visit_on FROM late_visit AS l JOIN care_visit AS v ON v.id = l.visit_id
             WHERE l.decision IS NULL AND v.senior_id = ANY (:homes) AND v.visit_on <= :until) AS w
     GROUP BY w.senior_id
    """
)


def find_owed(session: Session, *, homes: Collection[int], until: date) -> Mapping[int, date]:
    """Return the first day, up to a day, of a visit to each of some people that is not paid or given up yet."""
    rows = session.execute(OWED, {"homes": list(homes), "until": until})
    return {row.senior_id: row.first_on for row in rows}
