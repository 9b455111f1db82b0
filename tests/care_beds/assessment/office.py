"""The rules of assessments in force, and assessments signed by all who must, for tests."""

from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

import care_beds
from app import clock
from app.auth.actor import Role
from app.people.models import Senior
from app.policies.folder import read_folder
from app.policies.models import PolicyDocument
from app.policies.services import seed_policies
from care_beds.assessment.models import Assessment, AssessmentSignature
from care_beds.assessment.policy import NAME
from care_beds.assessment.rules import add_months
from tests.app.people.factories import make_actor, make_area
from tests.app.policies.factories import CITY

FOLDER = Path(care_beds.__file__).parent / "policies"
CONTENT = bytes(32)


def publish_rules(session: Session) -> int:
    """Put the city's rules of assessments in force, where they are not yet; return the document's id."""
    found = session.scalar(select(PolicyDocument.id).where(PolicyDocument.kind == NAME))
    if found is not None:
        return found
    make_area(session, CITY)
    maker = make_actor(session, area_code=CITY, name="章丽华")
    checker = make_actor(session, roles=[Role.DISTRICT_APPROVER], area_code=CITY, name="何志强")
    documents = [each for each in read_folder(FOLDER) if each["kind"] == NAME]
    seed_policies(session, documents=documents, maker=maker, checker=checker, now=clock.now())
    return session.scalars(select(PolicyDocument.id).where(PolicyDocument.kind == NAME)).one()


def make_level(
    session: Session,
    senior: Senior,
    level: int = 2,
    *,
    assessed_on: date | None = None,
    valid_until: date | None = None,
    counts_from: date | None = None,
) -> Assessment:
    """Make a signed assessment that gives a senior a level, as if another area had found it."""
    on = assessed_on or clock.business_day(clock.now()) - timedelta(days=30)
    at = datetime.combine(on, datetime.min.time(), tzinfo=clock.ZONE) + timedelta(hours=10)
    people = [make_actor(session, area_code=senior.residence_area_code, name=name) for name in ("孙医生", "丁社工")]
    row = Assessment(
        senior_id=senior.id,
        area_code=senior.residence_area_code,
        origin="recognised",
        state="complete",
        reason="first",
        assessed_on=on,
        started_at=at,
        started_by=people[0].account_id,
        completed_at=at,
        completed_by=people[0].account_id,
        level=level,
        rules_id=publish_rules(session),
        origin_place="嘉兴市",
        document_number="JX-2026-001",
    )
    session.add(row)
    session.flush()
    for part, who in zip(("assessor", "second"), people, strict=True):
        signature = AssessmentSignature(
            assessment_id=row.id, part=part, account_id=who.account_id, content=CONTENT, device="test", signed_at=at
        )
        session.add(signature)
    session.flush()
    row.state, row.signed_at = "signed", at
    row.counts_from, row.valid_until = counts_from or on, valid_until or add_months(on, 12)
    session.flush()
    return row
