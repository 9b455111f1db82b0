"""People at risk, their visitors and rules, each with as little said as the test needs."""

from copy import deepcopy
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.auth.actor import Actor, HeldRole, Role
from app.people.models import Senior
from app.tokens import new_id
from outreach.models import OutreachTask, Risk
from outreach.outcomes import Result
from outreach.policy import EXAMPLE, read_rules
from outreach.scoring import score_people
from outreach.terms import OutreachRules, Way
from outreach.visiting import Found
from tests.app.areas.factories import make_place
from tests.app.auth.factories import make_account, make_actor
from tests.app.people.factories import make_senior
from tests.meals.factories import make_policy

CITY, DISTRICT, STREET, COMMUNITY = "330100", "330105", "330105011", "330105011001"
OTHER_COMMUNITY, OTHER_STREET = "330105011002", "330105012"
OVER_EIGHTY, SEVENTY = date(1941, 3, 5), date(1956, 3, 5)
TITLE = {"zh": "探访关爱规则", "en": "Rules of visiting care"}


def make_body(**others: Any) -> dict[str, Any]:
    """Make the body of a document, with some parts of its own."""
    return {**deepcopy(dict(EXAMPLE)), **others}


def make_rules(**others: Any) -> OutreachRules:
    """Make rules without a database."""
    return read_rules(1, make_body(**others))


def publish_rules(session: Session, *, area_code: str = CITY, **others: Any) -> int:
    """Let a place say how people are visited."""
    return make_policy(session, kind="outreach_rules", area_code=area_code, body=make_body(**others), title=TITLE)


def make_person(session: Session, *, area_code: str = COMMUNITY, **facts: Any) -> Senior:
    """Make somebody who lives in a community: of over eighty and alone unless it is said otherwise."""
    make_place(session, area_code)
    told: dict[str, Any] = {"birth_on": OVER_EIGHTY, "living_situation": "alone", **facts}
    return make_senior(session, hukou_area=area_code, residence_area=area_code, **told)


def make_someone(
    session: Session, role: Role = Role.GRID_WORKER, *, area_code: str = COMMUNITY, name: str = "沈阿根"
) -> Actor:
    """Make somebody who works in a place."""
    account = make_account(session, role, name=name, area_code=area_code)
    return make_actor(account, HeldRole(role, area_code))


def rescore(session: Session, *people: Senior) -> None:
    """Score some people now."""
    score_people(session, senior_ids=[each.id for each in people], now=clock.now())
    session.expire_all()


def risk_of(session: Session, senior: Senior) -> Risk:
    """Return how great a person's risk stands."""
    return session.get_one(Risk, senior.id, populate_existing=True)


def open_tasks(session: Session, senior: Senior) -> dict[str, OutreachTask]:
    """Return the open tasks of a person by kind."""
    query = select(OutreachTask).where(OutreachTask.senior_id == senior.id, OutreachTask.state == "open")
    rows = session.scalars(query.execution_options(populate_existing=True))
    return {each.kind: each for each in rows}


def found(result: Result = Result.WELL, way: Way = Way.HOME, **others: Any) -> Found:
    """Make what a visitor tells."""
    return Found(id=new_id(), way=way, result=result, **others)
