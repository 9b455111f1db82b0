"""Programmes in force, people and runs for tests, each with as little said as the test needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.auth.actor import Actor, Role
from app.people.models import Senior
from app.policies import services as policies
from app.policies.documents import PolicyIn
from app.policies.models import PolicyDocument
from subsidies.allowance import runs
from subsidies.allowance.kind import NAME
from subsidies.allowance.looking import look_through
from subsidies.allowance.models import GrantDecision, GrantRun
from subsidies.allowance.posting import post_run
from subsidies.models import Lot
from tests.app.areas.factories import make_place
from tests.app.people.factories import make_actor, make_senior
from tests.subsidies.allowance.programmes import IN_XIAOSHAN, XIAOSHAN, a_body

OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)
CODE = "age-points"


@dataclass(frozen=True)
class Office:
    """Two people of a district who prepare and approve."""

    maker: Actor
    checker: Actor


def make_office(session: Session, area: str = XIAOSHAN) -> Office:
    """Make a maker and a checker."""
    make_place(session, area)
    return Office(
        maker=make_actor(session, area_code=area, name="吴晓燕"),
        checker=make_actor(session, roles=[Role.DISTRICT_APPROVER], area_code=area, name="徐建平"),
    )


def publish(session: Session, office: Office, *, area: str = XIAOSHAN, **changes: Any) -> PolicyDocument:
    """Put a programme in force since 2021."""
    policy = draft(session, office, area=area, **changes)
    policies.submit_policy(session, policy_id=policy.id, by=office.maker, now=clock.now())
    return policies.publish_policy(
        session, policy_id=policy.id, by=office.checker, now=clock.now(), sets_up_history=True
    )


def draft(session: Session, office: Office, *, area: str = XIAOSHAN, **changes: Any) -> PolicyDocument:
    """Write a programme that nobody has approved."""
    document = PolicyIn().load(
        {
            "kind": NAME,
            "area": area,
            "valid_from": "2021-01-01",
            "title": {"zh": "高龄分", "en": "Points for the very old"},
            "source": {"mark": "INFER", "text": "test"},
            "body": a_body(**changes),
        }
    )
    return policies.draft_policy(session, document=document, by=office.maker, now=clock.now())


def make_old(session: Session, age: int, *, on: date = NOVEMBER, **facts: Any) -> Senior:
    """Make somebody who is of an age for a long while already, registered in Xiaoshan."""
    birth_on = date(on.year - age, 1, 15)
    return make_senior(session, birth_on=birth_on, **{"hukou_area": IN_XIAOSHAN, **facts})


def start(session: Session, office: Office, month: date = NOVEMBER, area: str = XIAOSHAN) -> GrantRun:
    """Start a run and look through everybody, a few at a time."""
    run = runs.start_run(session, programme=CODE, month=month, area_code=area, by=office.maker, now=clock.now())
    session.commit()
    look_through(run.id, clock=clock.now, at_once=2)
    return run


def approved(session: Session, office: Office, month: date = NOVEMBER) -> GrantRun:
    """Start a run, hand it in and approve it."""
    run = start(session, office, month)
    runs.hand_in(session, run_id=run.id, by=office.maker, now=clock.now())
    runs.approve(session, run_id=run.id, by=office.checker, now=clock.now())
    session.commit()
    return run


def posted(session: Session, office: Office, month: date = NOVEMBER) -> GrantRun:
    """Make a month's run from start to end."""
    run = approved(session, office, month)
    post_run(run.id, clock=clock.now, at_once=2)
    session.commit()
    return run


def decisions(session: Session, run: GrantRun) -> Mapping[int, tuple[str, int, int]]:
    """Return what a run decided: change, fen now, fen before, by person."""
    columns = (GrantDecision.senior_id, GrantDecision.change, GrantDecision.amount_fen, GrantDecision.before_fen)
    rows = session.execute(select(*columns).where(GrantDecision.run_id == run.id))
    return {senior_id: (change, fen, before) for senior_id, change, fen, before in rows}


def lots(session: Session, senior_id: int) -> list[tuple[int, int, str, date]]:
    """Return a person's lots: granted, remaining, purpose, last good day."""
    columns = (Lot.granted_fen, Lot.remaining_fen, Lot.purpose, Lot.expires_on)
    return [tuple(row) for row in session.execute(select(*columns).where(Lot.home == senior_id).order_by(Lot.id))]
