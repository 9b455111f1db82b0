"""Applications for tests: the documents of the product, people who fit them, and steps with little said."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

import subsidies
from app import clock
from app.auth import Actor, Role
from app.clock import ZONE
from app.people.models import Senior
from app.policies.folder import read_folder
from app.policies.services import seed_policies
from subsidies.applications import queries, services
from subsidies.applications.queries import ApplicationView
from subsidies.applications.services import Applicant
from tests.app.people.factories import make_actor, make_senior

FOLDER = Path(subsidies.__file__).resolve().parent / "policies"
STREET, DISTRICT, CITY = "330105011", "330105", "330100"
FRIDAY = date(2026, 11, 20)
CARE, VOUCHER, AGE = "demo-disability", "care-voucher", "demo-age"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20 + b"IEND\xaeB`\x82"


def publish_documents(session: Session) -> None:
    """Publish the product's own documents for the city and one district."""
    wanted = {"330000", CITY, DISTRICT}
    documents = [each for each in read_folder(FOLDER) if each["area"] in wanted]
    maker = make_actor(session, area_code="330000", name="章丽华")
    checker = make_actor(session, roles=[Role.DISTRICT_APPROVER], area_code="330000", name="何志强")
    seed_policies(session, documents=documents, maker=maker, checker=checker, now=clock.now())


def make_disabled(session: Session, **changes: Any) -> Senior:
    """Make somebody of 78 in hardship who is severely disabled: 1300 points by application."""
    facts: dict[str, Any] = {"income_class": "low_income", "ability_level": 3, "birth_on": date(1948, 3, 2)}
    return make_senior(session, hukou_area=STREET, **{**facts, **changes})


def make_clerk(session: Session, area_code: str = STREET) -> Actor:
    """Make a clerk of the street."""
    return make_actor(session, area_code=area_code, name="吴晓燕")


def make_approver(session: Session, area_code: str = DISTRICT) -> Actor:
    """Make somebody of the district who decides."""
    return make_actor(session, roles=[Role.DISTRICT_APPROVER], area_code=area_code, name="徐建平")


def apply(
    session: Session,
    senior: Senior,
    clerk: Actor,
    *,
    programme: str = CARE,
    relation: str = "child",
    applied_on: date = FRIDAY,
    now: datetime | None = None,
) -> int:
    """Record an application by a daughter."""
    return services.apply(
        session,
        senior_id=senior.id,
        programme=programme,
        applicant=Applicant(relation=relation, name="王小明", phone="13800138000"),
        applied_on=applied_on,
        actor=clerk,
        now=now or clock.now(),
    )


def at(day: date) -> datetime:
    """Return noon of a day."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZONE)


def show(session: Session, number: int, actor: Actor, today: date = FRIDAY) -> ApplicationView:
    """Return an application as somebody sees it."""
    return queries.get_application(session, application_id=number, actor=actor, today=today)
