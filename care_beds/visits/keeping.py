"""What the product does about visits by itself: plans ahead, writes down what nobody told of, confirms what stood."""

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask, current_app
from sqlalchemy import CursorResult, select, text
from sqlalchemy.orm import Session

from app.clock import business_day
from app.db import transaction
from care_beds.visits import telling
from care_beds.visits.models import CareVisit
from care_beds.visits.planning import Planned, generate_visits, list_planning
from care_beds.visits.policy import find_rules_of
from care_beds.visits.rules import State, VisitRules

END_PLANS = "UPDATE care_plan SET state = 'ended' WHERE state = 'active' AND until_on <= :today"
BY_PLACE = "SELECT * FROM jsonb_to_recordset(CAST(:rules AS jsonb)) AS r(area_code text, before timestamptz)"

# A phone out of reach had its time to tell; what comes later still counts, and is looked at by a supervisor.
MISS = f"""
WITH rules AS ({BY_PLACE})
UPDATE care_visit v SET state = 'missed', missed_reason = 'not_recorded'
  FROM rules r
 WHERE v.area_code = r.area_code AND v.state = 'planned' AND v.visit_on <= :today AND upper(v.planned) <= r.before
RETURNING v.id
"""  # noqa: S608 - pieces of this module
# Somebody came, and the phone never told of leaving: nothing is known beyond the coming, so that no minute counts,
# and a supervisor looks at it. It waits twice as long as a visit that nobody told of: a phone may still tell.
LEAVE = f"""
WITH rules AS ({BY_PLACE}), left_open AS (
    UPDATE care_visit v SET state = 'finished', finished_at = v.started_at, exception = 'open'
      FROM rules r
     WHERE v.area_code = r.area_code AND v.state = 'started'
       AND greatest(upper(v.planned), v.started_at) <= r.before
    RETURNING v.id
)
INSERT INTO visit_exception (visit_id, code, raised_at) SELECT id, 'no_check_out', :now FROM left_open
    ON CONFLICT DO NOTHING
"""  # noqa: S608 - pieces of this module
LAPSE = f"""
WITH rules AS ({BY_PLACE}), stood AS (
    UPDATE care_visit v SET state = 'confirmed'
      FROM rules r
     WHERE v.area_code = r.area_code AND v.state = 'finished' AND v.finished_at <= r.before
       AND v.exception IN ('none', 'cleared')
       AND NOT EXISTS (SELECT FROM visit_objection o WHERE o.visit_id = v.id AND o.state IN ('open', 'upheld'))
    RETURNING v.id
)
INSERT INTO visit_confirmation (visit_id, how, occurred_at) SELECT id, 'lapse', :now FROM stood
    ON CONFLICT DO NOTHING
"""  # noqa: S608 - pieces of this module


def keep_ahead(*, now: datetime, hands: int = 1, until_on: date | None = None) -> Planned:
    """Plan ahead for every provider, each in a transaction of its own: one that cannot be planned holds up no other.

    :param hands: how many connections to plan by; one provider is planned by one of them
    :param until_on: the first day that is not planned; else as many weeks ahead as the rules of each place say
    """
    with transaction() as session:
        session.execute(text(END_PLANS), {"today": business_day(now)})
        providers = [(each.id, each.area_code) for each in list_planning(session)]
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def work(provider: tuple[int, str]) -> Planned:
        with app.app_context():
            return _plan_one(*provider, now=now, until_on=until_on)

    if hands == 1:
        done = [_plan_one(*provider, now=now, until_on=until_on) for provider in providers]
    else:
        with ThreadPoolExecutor(hands) as pool:
            done = list(pool.map(work, providers))
    return Planned(
        made=sum(each.made for each in done),
        gaps=sum(each.gaps for each in done),
        called_off=sum(each.called_off for each in done),
    )


def _plan_one(provider_id: int, area_code: str, *, now: datetime, until_on: date | None) -> Planned:
    today = business_day(now)
    with transaction() as session:
        rules = find_rules_of(session, area_codes=[area_code], on=today).get(area_code)
        if rules is None:
            return Planned(0, 0, 0)
        until = until_on or today + timedelta(weeks=rules.ahead_weeks)
        return generate_visits(session, from_on=today, until_on=until, provider_id=provider_id, now=now)


def miss_unrecorded(session: Session, *, now: datetime) -> list[int]:
    """Write down as missed what nobody has told of in time; return those visits."""
    before = _moments(session, now, State.PLANNED, lambda rules: now - timedelta(hours=rules.missed_after_hours))
    missed = list(session.scalars(text(MISS), {**before, "today": business_day(now)}))
    for visit in session.scalars(
        select(CareVisit).where(CareVisit.id.in_(missed)).execution_options(populate_existing=True)
    ):
        telling.tell_missed(session, visit, now=now)
    return missed


def close_left_open(session: Session, *, now: datetime) -> int:
    """End the visits that nobody checked out of, without a minute, for a supervisor to look at; return how many."""
    before = _moments(session, now, State.STARTED, lambda rules: now - timedelta(hours=2 * rules.missed_after_hours))
    done = session.execute(text(LEAVE), {**before, "now": now})
    assert isinstance(done, CursorResult)
    return done.rowcount


def confirm_lapsed(session: Session, *, now: datetime) -> int:
    """Confirm what was finished and nobody objected to while the rules let families object; return how many."""
    before = _moments(session, now, State.FINISHED, lambda rules: now - timedelta(days=rules.objection_days))
    done = session.execute(text(LAPSE), {**before, "now": now})
    assert isinstance(done, CursorResult)
    return done.rowcount


def _moments(
    session: Session, now: datetime, state: State, moment: Callable[[VisitRules], datetime]
) -> Mapping[str, Any]:
    """Return for each place with visits in a state the moment before which something becomes of them."""
    places = select(CareVisit.area_code).where(CareVisit.state == state, CareVisit.visit_on <= business_day(now))
    rules = find_rules_of(session, area_codes=session.scalars(places.distinct()).all(), on=business_day(now))
    told = [{"area_code": place, "before": moment(each).isoformat()} for place, each in rules.items()]
    return {"rules": json.dumps(told)}
