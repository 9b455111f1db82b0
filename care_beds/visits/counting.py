"""What visits count by place and day: done, missed, still ahead, and days on which nobody could come."""

from datetime import date

from sqlalchemy import TextualSelect, select, tuple_
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.day_counts import Anchor, CountedRow, DayCount, Days, RowsAsked, counted
from app.paging import Page, cut_page, read_cursor, write_cursor
from care_beds.providers.models import Carer
from care_beds.visits.models import CareVisit, VisitGap
from care_beds.visits.rules import GapState, State
from care_beds.visits.views import known_to, select_visits, view_gaps, view_visits
from care_beds.visits.words import GAP_REASONS, VISIT_CHIPS

# What was cancelled was not to be done; a day without a carer was.
DUE = """
SELECT v.area_code, v.visit_on AS on_day,
       CASE WHEN v.state IN ('finished', 'confirmed') THEN 'visits_done'
            WHEN v.state = 'missed' THEN 'visits_missed' ELSE 'visits_ahead' END AS code, count(*) AS value
  FROM care_visit AS v
 WHERE v.visit_on BETWEEN :since AND :until AND v.state <> 'cancelled'
 GROUP BY 1, 2, 3
UNION ALL
SELECT g.area_code, g.due_on, 'visits_nobody', count(*)
  FROM visit_gap AS g
 WHERE g.due_on BETWEEN :since AND :until AND g.state IN ('open', 'lapsed')
 GROUP BY 1, 2
"""


def count_visits(_session: Session, days: Days) -> TextualSelect:
    """Count visits where the beds stand."""
    return counted(DUE, since=days.since, until=days.until)


STATES = {
    "visits_done": (State.FINISHED, State.CONFIRMED),
    "visits_missed": (State.MISSED,),
    "visits_ahead": (State.PLANNED, State.STARTED),
}


def list_counted(session: Session, asked: RowsAsked) -> Page[CountedRow]:
    """List the visits, or the days without a carer, behind a number, the latest first."""
    return _list_gaps(session, asked) if asked.code == "visits_nobody" else _list_visits(session, asked)


def _list_visits(session: Session, asked: RowsAsked) -> Page[CountedRow]:
    query = select_visits().where(
        areas.within(CareVisit.area_code, [asked.area_code]),
        CareVisit.visit_on.between(asked.since, asked.until),
        CareVisit.state.in_(STATES.get(asked.code, tuple(State))),
    )
    if asked.after is not None:
        day, visit_id = read_cursor(asked.after, int, int)
        query = query.where(tuple_(CareVisit.visit_on, CareVisit.id) < (date.fromordinal(day), visit_id))
    ordered = query.order_by(CareVisit.visit_on.desc(), CareVisit.id.desc()).limit(asked.limit + 1)
    found = [known_to(each, asked.actor) for each in view_visits(session, session.execute(ordered).all())]
    page = cut_page(found, asked.limit, lambda each: write_cursor(each.visit_on.toordinal(), each.id))
    items = [
        CountedRow(
            at=each.starts_at,
            title=each.senior,
            words=str(VISIT_CHIPS[each.state].word),
            endpoint="visits.show_visit",
            args={"visit_id": each.id},
        )
        for each in page.items
    ]
    return Page(items=items, next=page.next)


def _list_gaps(session: Session, asked: RowsAsked) -> Page[CountedRow]:
    query = select(VisitGap, Carer.name).outerjoin(Carer, Carer.id == VisitGap.carer_id)
    query = query.where(
        areas.within(VisitGap.area_code, [asked.area_code]),
        VisitGap.due_on.between(asked.since, asked.until),
        VisitGap.state.in_([GapState.OPEN, GapState.LAPSED]),
    )
    if asked.after is not None:
        day, gap_id = read_cursor(asked.after, int, int)
        query = query.where(tuple_(VisitGap.due_on, VisitGap.id) < (date.fromordinal(day), gap_id))
    ordered = query.order_by(VisitGap.due_on.desc(), VisitGap.id.desc()).limit(asked.limit + 1)
    found = [known_to(each, asked.actor) for each in view_gaps(session, session.execute(ordered).all())]
    page = cut_page(found, asked.limit, lambda each: write_cursor(each.due_on.toordinal(), each.id))
    items = [
        CountedRow(
            at=each.starts_at,
            title=each.senior,
            words=str(GAP_REASONS[each.reason]),
            endpoint="visits.show_gap",
            args={"gap_id": each.id},
        )
        for each in page.items
    ]
    return Page(items=items, next=page.next)


DAY_COUNTS = (DayCount(name="visits", anchor=Anchor.PLACE, count=count_visits, rows=list_counted),)
