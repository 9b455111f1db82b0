"""The night of outreach: everybody scored, in parts, each in a transaction of its own. Safe to run twice."""

from collections.abc import Callable
from datetime import datetime

from app.clock import business_day
from app.db import transaction
from outreach.judging import Judge
from outreach.policy import list_rules
from outreach.scoring import list_scopes, score_part


def score_everybody(*, clock: Callable[[], datetime]) -> None:
    """Score everybody for whom rules hold; killed anywhere, the next run goes on where scores differ."""
    with transaction() as session:
        scopes = list_scopes(list_rules(session, on=business_day(clock())))
    for scope, rules in scopes:
        now = clock()
        judge, after = Judge(rules, on=business_day(now)), 0
        while True:
            with transaction() as session:
                after = score_part(session, scope, judge, rules, after=after, now=now)
            if not after:
                break
