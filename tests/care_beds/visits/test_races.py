"""Two at once, each over a connection of its own: nobody is in two places, nobody is visited by two."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import ZONE
from app.db import transaction
from app.errors import DomainError
from care_beds.visits import services
from care_beds.visits.models import CareVisit, VisitException
from care_beds.visits.planning import generate_visits
from care_beds.visits.rules import Change, Decision
from tests.care_beds.factories import make_visit
from tests.care_beds.visits.town import MONDAY, WEEK, Town, make_town
from tests.conftest import FrozenClock

Work = Callable[[Session], Any]
AT_TEN = datetime.combine(MONDAY, time(10), tzinfo=ZONE)


@pytest.fixture
def rush(app: Flask, committed_db: Session, clock: FrozenClock) -> Town:
    """A provider whose visits really commit."""
    town = make_town(committed_db)
    committed_db.commit()
    return town


def at_once(app: Flask, *works: Work) -> list[str]:
    """Do several things at the same moment; return the codes of refusals."""
    together = Barrier(len(works))

    def do(work: Work) -> str:
        with app.app_context():
            together.wait(10)
            try:
                with transaction() as session:
                    work(session)
            except DomainError as refusal:
                return refusal.code
            return "done"

    with ThreadPoolExecutor(len(works)) as pool:
        return sorted(pool.map(do, works))


def test_four_visits_moved_to_one_hour_of_a_carer_leave_one(app: Flask, rush: Town, clock: FrozenClock) -> None:
    hours = (time(12), time(14), time(16), time(18))
    visits = [
        make_visit(rush.session, bed=rush.bed_of_another(), carer=rush.carer.carer, on=MONDAY, start=start).id
        for start in hours
    ]
    manager, now = rush.manager, clock.now()
    rush.session.commit()
    asked = {"starts_at": AT_TEN, "reason": Change.FAMILY, "by": manager, "now": now}
    told = at_once(app, *[lambda s, v=v: services.move_visit(s, visit_id=v, **asked) for v in visits])
    assert told == ["carer_busy"] * 3 + ["done"]
    assert visits_at_ten(rush) == 1


def test_two_carers_booked_for_one_person_at_one_hour_leave_one(app: Flask, rush: Town, clock: FrozenClock) -> None:
    asked = {"bed_id": rush.bed.id, "service": "bathing", "starts_at": AT_TEN, "minutes": 60}
    manager, now, carers = rush.manager, clock.now(), (rush.carer.id, rush.other.id)
    rush.session.commit()
    told = at_once(
        app, *[lambda s, c=c: services.book_visit(s, carer_id=c, **asked, by=manager, now=now) for c in carers]
    )
    assert told == ["done", "senior_busy"]
    assert visits_at_ten(rush) == 1


def test_planning_several_times_at_once_makes_each_visit_once(app: Flask, rush: Town, clock: FrozenClock) -> None:
    rush.line(weekdays=127)
    rush.line(rush.plan(rush.bed_of_another()), weekdays=127, start=time(9, 30), carer=rush.carer.carer)
    now = clock.now()
    rush.session.commit()
    plan = [lambda s: generate_visits(s, from_on=MONDAY, until_on=MONDAY + 2 * WEEK, now=now)] * 3
    assert at_once(app, *plan) == ["done"] * 3
    rush.session.rollback()
    counts = select(CareVisit.plan_line_id, func.count()).group_by(CareVisit.plan_line_id)
    assert [count for _, count in rush.session.execute(counts)] == [14]
    assert len(rush.gaps()) == 14


def test_an_exception_is_decided_once(app: Flask, rush: Town, clock: FrozenClock) -> None:
    visit = make_visit(rush.session, bed=rush.bed, carer=rush.carer.carer, state="finished")
    services.raise_exceptions(rush.session, visit=visit, found={"far": {}, "short": {}}, now=clock.now())
    far, short = rush.session.scalars(select(VisitException.id).order_by(VisitException.code))
    asked = {"words": "电话问过", "by": rush.supervisor, "now": clock.now()}
    rush.session.commit()
    told = at_once(
        app,
        lambda s: services.decide_exception(s, exception_id=far, decision=Decision.CLEARED, **asked),
        lambda s: services.decide_exception(s, exception_id=far, decision=Decision.REJECTED, **asked),
        lambda s: services.decide_exception(s, exception_id=short, decision=Decision.CLEARED, **asked),
    )
    assert told == ["done", "done", "visit_moved"]
    rush.session.rollback()
    assert rush.session.get_one(CareVisit, visit.id).exception in ("cleared", "rejected")


def visits_at_ten(rush: Town) -> int:
    rush.session.rollback()
    hour = CareVisit.planned.op("&&")(func.tstzrange(AT_TEN, AT_TEN + timedelta(hours=1)))
    return rush.session.scalar(select(func.count()).select_from(CareVisit).where(hour)) or 0
