"""The rules of assessments in force, and assessments signed by all who must, for tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import care_beds
from app import clock
from app.auth.actor import Actor, Role
from app.people.models import Senior
from app.policies.folder import read_folder
from app.policies.models import PolicyDocument
from app.policies.services import seed_policies
from care_beds.assessment.drafting import CIRCUMSTANCES, Entry, Saved, save_answers, start_assessment
from care_beds.assessment.models import Assessment, AssessmentSignature
from care_beds.assessment.policy import NAME
from care_beds.assessment.rules import Reason, Relation, add_months
from care_beds.assessment.signing import Informant, complete_assessment, sign_as_informant, sign_assessment
from tests.app.areas.factories import make_place
from tests.app.people.factories import STREET, make_actor, make_senior
from tests.app.policies.factories import CITY
from tests.care_beds.factories import make_care_staff

FOLDER = Path(care_beds.__file__).parent / "policies"
CONTENT = bytes(32)


def publish_rules(session: Session) -> int:
    """Put the city's rules of assessments in force, where they are not yet; return the document's id."""
    found = session.scalar(select(PolicyDocument.id).where(PolicyDocument.kind == NAME))
    if found is not None:
        return found
    make_place(session, CITY)
    maker = make_actor(session, area_code=CITY, name="章丽华")
    checker = make_actor(session, roles=[Role.DISTRICT_APPROVER], area_code=CITY, name="何志强")
    documents = [each for each in read_folder(FOLDER) if each["kind"] == NAME]
    seed_policies(session, documents=documents, maker=maker, checker=checker, now=clock.now())
    return session.scalars(select(PolicyDocument.id).where(PolicyDocument.kind == NAME)).one()


def change_rules(session: Session, *, area: str = STREET, **changes: Any) -> None:
    """Publish other rules for a street."""
    document = next(each for each in read_folder(FOLDER) if each["kind"] == NAME)
    maker = make_actor(session, area_code=area, name="章丽华")
    checker = make_actor(session, roles=[Role.DISTRICT_APPROVER], area_code=area, name="何志强")
    changed = {**document, "area": area, "body": {**document["body"], **changes}}
    seed_policies(session, documents=[changed], maker=maker, checker=checker, now=clock.now())


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Bureau:
    """Two assessors and a clerk of a street, and somebody to assess."""

    session: Session
    first: Actor
    second: Actor
    clerk: Actor
    senior: Senior

    def start(self, **more: Any) -> Assessment:
        """Start to assess the senior."""
        return start_assessment(
            self.session, **{"senior_id": self.senior.id, "by": self.first, "now": clock.now(), **more}
        )

    def save(self, row: Assessment, *entries: Entry, device: str = "tablet-1", by: Actor | None = None) -> Saved:
        """Save some answers."""
        return save_answers(
            self.session,
            assessment_id=row.id,
            entries=entries,
            device=device,
            by=by or self.first,
            now=clock.now(),
        )

    def fill(self, row: Assessment, answers: Mapping[str, Any], **circumstances: int) -> None:
        """Answer everything."""
        asked = {**dict.fromkeys(CIRCUMSTANCES, 0), **circumstances}
        self.save(row, *(Entry(key, value) for key, value in {**answers, **asked}.items()))

    def complete(self, row: Assessment) -> Assessment:
        """Finish it."""
        return complete_assessment(self.session, assessment_id=row.id, by=self.first, now=clock.now())

    def sign(self, row: Assessment, *who: Actor) -> Assessment:
        """Let people sign, and whoever told us before them."""
        informant = Informant("王建国", Relation.CHILD)
        sign_as_informant(self.session, assessment_id=row.id, informant=informant, by=self.first, now=clock.now())
        for by in who or (self.first, self.second):
            sign_assessment(self.session, assessment_id=row.id, by=by, now=clock.now())
        return row

    def assess(self, answers: Mapping[str, Any], *, reason: Reason | None = None, **circumstances: int) -> Assessment:
        """Go all the way."""
        row = self.start(reason=reason)
        self.fill(row, answers, **circumstances)
        self.complete(row)
        return self.sign(row)


def make_bureau(session: Session, **facts: Any) -> Bureau:
    """Open a bureau where the rules are in force."""
    publish_rules(session)
    make_place(session, STREET)
    return Bureau(
        session=session,
        first=make_care_staff(session, Role.ASSESSOR, area_code=STREET, name="孙晓梅"),
        second=make_care_staff(session, Role.ASSESSOR, area_code=STREET, name="丁伟民"),
        clerk=make_care_staff(session, Role.STREET_CLERK, area_code=STREET, name="吴晓燕"),
        senior=make_senior(session, **facts),
    )
