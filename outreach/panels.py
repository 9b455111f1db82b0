"""What outreach shows of a person elsewhere: its tab for staff, the moments of visits, and a piece for the family."""

from datetime import datetime

from flask import render_template
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.clock import business_day
from app.dossier import Before, Moment, MomentSource, SeniorTab, is_before, key_of
from app.people.relatives.reach import Reached, Topic
from outreach.access import LOOKERS
from outreach.models import OutreachVisit
from outreach.outcomes import MET, PROBLEMS, Result
from outreach.reading.people import find_standing, list_visits_of, read_story
from outreach.words import RESULT_NAMES, WAY_NAMES, describe

VISITS = "visits"


def outreach_panel(
    session: Session,
    *,
    senior_id: int,
    actor: Actor,  # noqa: ARG001 - whoever may open the tab sees all of it
    now: datetime,
) -> str:
    """Return the piece of a person's page that tells how great the risk is and who visited."""
    return render_template(
        "outreach/panel.html",
        **describe(),
        senior_id=senior_id,
        standing=find_standing(session, senior_id=senior_id),
        story=read_story(session, senior_id=senior_id),
        today=business_day(now),
    )


def visit_moments(
    session: Session,
    *,
    senior_id: int,
    actor: Actor,  # noqa: ARG001 - the roles of the source are those who may read all of it
    before: Before | None,
    limit: int,
) -> list[Moment]:
    """Tell of visits of the community, the latest first."""
    key = key_of("outreach", OutreachVisit.id)
    query = select(OutreachVisit, key).where(
        OutreachVisit.senior_id == senior_id, *is_before(OutreachVisit.occurred_at, key, before)
    )
    rows = session.execute(query.order_by(OutreachVisit.occurred_at.desc(), key.desc()).limit(limit))
    return [
        Moment(
            at=visit.occurred_at,
            key=name,
            sort=VISITS,
            icon="person",
            title=RESULT_NAMES[visit.result],
            words=WAY_NAMES[visit.way],
            state="warn" if visit.result in PROBLEMS else "ok" if visit.result in MET else "",
            endpoint="outreach_people.show",
            args={"senior_id": senior_id},
        )
        for visit, name in rows
    ]


def family_panel(
    session: Session,
    *,
    reached: Reached,
    now: datetime,  # noqa: ARG001 - of every such panel
) -> str:
    """Return the piece of a family's first page that tells of visits; empty without any, or without a consent.

    What the visitor wrote down stays with the office: the family reads that somebody came and whether all was well.
    """
    if Topic.VISITS not in reached.topics:
        return ""
    visits = [each for each in list_visits_of(session, senior_id=reached.senior_id, limit=5) if each.is_met]
    if not visits:
        return ""
    shown = {"visits": visits[:3], "well": Result.WELL, "way_names": WAY_NAMES}
    return render_template("outreach/family_panel.html", **shown)


TIMELINE = (
    MomentSource(sort=VISITS, label=_l("Visits of the community"), roles=frozenset(LOOKERS), moments=visit_moments),
)
TABS = (
    SeniorTab(code="outreach", label=_l("Visiting care"), order=45, roles=frozenset(LOOKERS), panel=outreach_panel),
)
