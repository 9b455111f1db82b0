"""Assessments of the demonstration: answered so that a level comes out, and signed by all three who must."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from app.clock import ZONE
from care_beds.assessment.drafting import CIRCUMSTANCES, Entry, save_answers, start_assessment
from care_beds.assessment.items import ITEMS
from care_beds.assessment.rules import Reason, Relation
from care_beds.assessment.signing import Informant, complete_assessment, sign_as_informant, sign_assessment
from demo.care_staff import CareStaff
from demo.choices import Choices

BEGAN_AT, TAKES = time(14, 10), timedelta(minutes=45)
# A total in the middle of each level; the highest level has no room.
TOTALS = {0: 90, 1: 76, 2: 55, 3: 38, 4: 18}
DEVICE = "平板 2"


def assess(session: Session, *, senior_id: int, level: int, staff: CareStaff, on: date) -> int:
    """Assess somebody on a day with two assessors at the kitchen table, and return the assessment's id."""
    began = datetime.combine(on, BEGAN_AT, tzinfo=ZONE)
    row = start_assessment(session, senior_id=senior_id, by=staff.assessor, now=began, reason=Reason.FIRST)
    entries = answer(Choices("assessment", senior_id), TOTALS[level])
    save_answers(session, assessment_id=row.id, entries=entries, device=DEVICE, by=staff.assessor, now=began)
    done = began + TAKES
    complete_assessment(session, assessment_id=row.id, by=staff.assessor, now=done)
    for assessor in (staff.assessor, staff.second):
        sign_assessment(session, assessment_id=row.id, by=assessor, now=done, device=DEVICE)
    told = Informant(name="陈志明", relation=Relation.CHILD)
    sign_as_informant(session, assessment_id=row.id, informant=told, by=staff.assessor, now=done)
    return row.id


def answer(drawn: Choices, total: int) -> Sequence[Entry]:
    """Answer every item, so that the points add up to a total; which items lose them is drawn."""
    points = {item.code: item.most for item in ITEMS}
    open_points = [item.code for item in ITEMS for _point in range(item.most)]
    for _lost in range(sum(points.values()) - total):
        code = open_points.pop(drawn.below(len(open_points)))
        points[code] -= 1
    return [Entry(code, value) for code, value in {**points, **dict.fromkeys(CIRCUMSTANCES, 0)}.items()]
