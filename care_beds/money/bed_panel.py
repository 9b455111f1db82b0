"""What money hands to a bed's page: the tab with this month so far and the months before, and its months in figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import render_template
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import business_day
from care_beds.beds.panels import MonthVisits
from care_beds.money import built_reading, month_reading, months
from care_beds.money.months import Judged
from care_beds.money.policy import get_subsidy_terms
from care_beds.money.rules import MonthFacts, MonthState, MonthVerdict, judge_month
from care_beds.money.words import MONTH_CHIPS, WORDS

SHOWN_MONTHS = 12
# Visits of a bed by month: all that were not called off, those that were done, and how long somebody was there.
VISITS = text(
    """
    SELECT date_trunc('month', v.visit_on)::date AS month, count(*)::int AS planned,
           count(*) FILTER (WHERE v.state IN ('finished', 'confirmed'))::int AS done,
           coalesce(sum(extract(epoch FROM v.finished_at - v.started_at) / 60)
                    FILTER (WHERE v.state IN ('finished', 'confirmed')), 0)::int AS minutes
      FROM care_visit AS v
     WHERE v.bed_id = :bed AND v.visit_on >= :first AND v.visit_on < :until AND v.state <> 'cancelled'
     GROUP BY 1
    """
)
# What may still come this month: visits that were not begun, and those that only wait to be confirmed and paid.
TO_COME = text(
    """
    SELECT count(*)::int AS visits,
           coalesce(sum(extract(epoch FROM upper(v.planned) - lower(v.planned)) / 60), 0)::int AS minutes,
           array_agg(v.visit_on ORDER BY v.visit_on) AS days
      FROM care_visit AS v
     WHERE v.bed_id = :bed AND v.visit_on >= :first AND v.visit_on < :until
       AND (v.state IN ('started', 'finished', 'confirmed') OR (v.state = 'planned' AND v.visit_on >= :today))
       AND v.exception <> 'rejected' AND NOT EXISTS (SELECT FROM visit_payment AS m WHERE m.visit_id = v.id)
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A month that still runs: what counts so far, what may come, and whether that would do."""

    judged: Judged
    coming: int
    coming_days: Sequence[date]
    hoped: MonthVerdict

    @property
    def so_far(self) -> MonthFacts:
        """Return what counts until today."""
        return self.judged.facts

    @property
    def short(self) -> int:
        """Return how many visits are missing, those that may come not counted."""
        return max(0, self.judged.verdict.minimum_visits - self.judged.facts.visits)

    @property
    def spare(self) -> int:
        """Return how many of the coming visits may fall out without the month being lost."""
        return self.so_far.visits + self.coming - self.hoped.minimum_visits


def render_money(session: Session, *, bed: Any, now: datetime, actor: Actor, **_asker: Any) -> str:
    """Return the tab of a bed's page that tells of money; months of another provider are that one's affair."""
    today = business_day(now)
    listed = month_reading.list_bed_months(session, bed_id=bed.id, limit=SHOWN_MONTHS, actor=actor)
    return render_template(
        "care_money/bed_panel.html",
        **WORDS,
        bed=bed,
        months=listed,
        running=find_running(session, bed_id=bed.id, today=today, now=now),
        this_month=today.replace(day=1),
        built=built_reading.find_built(session, bed_id=bed.id),
    )


def find_running(session: Session, *, bed_id: int, today: date, now: datetime) -> Running | None:
    """Return how the present month of a bed stands, or nothing for a bed that is not in service or not subsidised."""
    month = today.replace(day=1)
    weighed = months.weigh_months(session, month=month, area_codes=None, bed_ids=[bed_id], now=now)
    judged = next((each for batch in weighed for each in batch), None)
    if judged is None or judged.verdict.minimum_visits == 0:
        return None
    asked = {"bed": bed_id, "first": month, "until": months.month_end(month) + timedelta(days=1), "today": today}
    coming = session.execute(TO_COME, asked).one()
    hoped = MonthFacts(
        **{
            **months.facts_document(judged.facts),
            "visits": judged.facts.visits + coming.visits,
            "minutes": judged.facts.minutes + coming.minutes,
        }
    )
    verdict = judge_month(hoped, get_subsidy_terms(session, judged.policy_id))
    return Running(judged=judged, coming=coming.visits, coming_days=coming.days or (), hoped=verdict)


def list_months(session: Session, *, bed_id: int, months: Sequence[date]) -> Mapping[date, MonthVisits]:
    """Return what months of a bed came to, for the picture of its life."""
    if not months:
        return {}
    until = (max(months).replace(day=28) + timedelta(days=4)).replace(day=1)
    rows = session.execute(VISITS, {"bed": bed_id, "first": min(months), "until": until})
    judged = {each.month: each for each in month_reading.list_bed_months(session, bed_id=bed_id, limit=60)}
    return {row.month: _month(row, judged.get(row.month)) for row in rows if row.month in set(months)}


def _month(row: Any, judged: month_reading.MonthView | None) -> MonthVisits:
    return MonthVisits(
        planned=row.planned,
        done=row.done,
        minutes=row.minutes,
        is_met=judged.state in (MonthState.MET, MonthState.PAID) if judged else None,
        verdict=str(MONTH_CHIPS[MonthState(judged.state)].word) if judged else "",
    )
