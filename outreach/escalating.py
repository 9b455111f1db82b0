"""What is overdue goes up: to the street, then to the district. Also what was tried in vain too often."""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.areas.rules import path_of
from app.clock import business_day
from outreach.facts import Scope
from outreach.policy import list_rules
from outreach.scoring import list_scopes
from outreach.telling import Raised, tell_checks, tell_overdue
from outreach.terms import OutreachRules

RAISE = text(
    """
    WITH due AS (
        SELECT t.id, t.level AS before, CASE WHEN t.due_on + CAST(:district_days AS integer) <= :today THEN 2
                          WHEN t.due_on + CAST(:street_days AS integer) <= :today OR t.attempts >= :attempts THEN 1
                          ELSE 0 END AS level
          FROM outreach_task AS t
         WHERE t.state = 'open' AND t.area_code LIKE :path AND t.area_code NOT LIKE ALL (CAST(:others AS text[]))
           AND t.level < 2 AND (t.due_on < :today OR t.attempts >= :attempts)
    )
    UPDATE outreach_task AS t SET level = d.level, level_at = :now
      FROM due AS d WHERE d.id = t.id AND d.level > t.level AND t.state = 'open'
    RETURNING t.area_code, t.level, t.band, d.before
    """
)


def escalate(session: Session, *, now: datetime) -> int:
    """Raise what is overdue and tell who must know, and return how many visits that were. Safe to run twice."""
    raised: list[Raised] = []
    for scope, rules in list_scopes(list_rules(session, on=business_day(now))):
        raised += [Raised(*row) for row in session.execute(RAISE, _asked(scope, rules, now))]
    tell_overdue(session, raised, now=now)
    tell_checks(session, now=now)
    return len(raised)


def _asked(scope: Scope, rules: OutreachRules, now: datetime) -> dict[str, Any]:
    return {
        "path": f"{path_of(scope.area_code)}%",
        "others": [f"{path_of(each)}%" for each in scope.others],
        "street_days": rules.street_days,
        "district_days": rules.district_days,
        "attempts": rules.attempts,
        "today": business_day(now),
        "now": now,
    }
