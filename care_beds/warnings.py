"""What care warns of when somebody opens a person's page: visits overdue or missed, beds in need."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import business_day
from app.dossier import SeniorWarning
from app.web.wording import full_day, moment
from care_beds.beds.models import CareBed
from care_beds.beds.queries import is_overdue
from care_beds.beds.reach import visible_to
from care_beds.beds.words import PROPOSAL_REASONS, PROPOSALS, STATE_CHIPS
from care_beds.visits.access import visible_visits
from care_beds.visits.models import CareVisit
from care_beds.visits.rules import State

RECENT = timedelta(days=7)


def visit_warnings(session: Session, *, senior_id: int, actor: Actor, now: datetime) -> Sequence[SeniorWarning]:
    """Warn of a visit whose time is over and nobody came, and of those missed within a week."""
    today = business_day(now)
    query = select(CareVisit.id, CareVisit.state, func.upper(CareVisit.planned).label("until")).where(
        CareVisit.senior_id == senior_id,
        CareVisit.visit_on.between(today - RECENT, today),
        CareVisit.state.in_((State.PLANNED, State.MISSED)),
        visible_visits(actor),
    )
    rows = session.execute(query.order_by(CareVisit.visit_on, CareVisit.id)).all()
    late = [row for row in rows if row.state == State.PLANNED and row.until < now]
    missed = [row for row in rows if row.state == State.MISSED]
    told = []
    if late:
        title = _("A visit is overdue, it should have ended %(at)s", at=moment(late[0].until))
        goes = {"visit_id": late[0].id}
        told.append(SeniorWarning(state="danger", icon="clock", title=title, endpoint="visits.show_visit", args=goes))
    if missed:
        title = ngettext("%(num)s visit missed in 7 days", "%(num)s visits missed in 7 days", len(missed))
        to = {"senior_id": senior_id, "tab": "care"}
        told.append(SeniorWarning(state="warn", icon="stop", title=title, endpoint="seniors.show", args=to))
    return told


def bed_warnings(session: Session, *, senior_id: int, actor: Actor, now: datetime) -> Sequence[SeniorWarning]:
    """Warn of a bed that waits for somebody, or rests."""
    query = select(CareBed).where(CareBed.senior_id == senior_id, visible_to(actor)).order_by(CareBed.id.desc())
    today = business_day(now)
    return [told for bed in session.scalars(query.limit(3)) for told in (_bed(bed, is_overdue(bed, today)),) if told]


def _bed(bed: CareBed, is_late: bool) -> SeniorWarning | None:
    if bed.proposal:
        title = _("Care bed: %(what)s", what=PROPOSALS[bed.proposal])
        words = PROPOSAL_REASONS[bed.proposal_reason or ""]
    elif is_late and bed.due_on:
        title, words = _("The care bed waits for its next step"), _("due on %(day)s", day=full_day(bed.due_on))
    elif bed.state == "suspended":
        title, words = STATE_CHIPS[bed.state].word, _("since %(day)s", day=full_day(bed.since_on))
    else:
        return None
    return SeniorWarning(
        state="warn", icon="bed", title=title, words=words, endpoint="beds.show_bed", args={"bed_id": bed.id}
    )
