"""What a provider's week shows: days with their numbers, who is late, gaps, and each carer's visits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.auth import Actor
from app.auth.workplaces import Workplace
from app.clock import business_day
from app.web.wording import group
from care_beds.providers.models import CareProvider
from care_beds.providers.queries import get_provider, list_workplaces
from care_beds.visits import queries
from care_beds.visits.policy import find_visit_rules
from care_beds.visits.queries import GONE, Week
from care_beds.visits.rules import WEEK, Lateness, find_lateness
from care_beds.visits.views import VisitView
from care_beds.visits.words import tell_week

MOST_PROVIDERS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of the board, and how many visits those on this page have in it."""

    on: date
    visits: int
    gaps: int
    is_today: bool
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A provider's week as its page shows it."""

    provider: CareProvider
    week: Week
    days: Sequence[Day]
    late: Sequence[VisitView]
    chosen: date
    grace_minutes: int

    @property
    def title(self) -> str:
        """Say what the week comes to."""
        count = ngettext("%(num)s visit", "%(num)s visits", self.week.visit_count)
        told = count % {"num": group(self.week.visit_count)}
        return str(_("%(days)s: %(visits)s", days=tell_week(self.week.monday, self.days[-1].on), visits=told))


def read_board(
    session: Session,
    *,
    provider_id: int,
    chosen: date | None,
    after: str | None,
    actor: Actor,
    now: datetime,
) -> Board:
    """Gather a provider's week around a day.

    :raises ProviderNotFound: if the actor may not know of the provider
    :raises Invalid: if ``after`` is no cursor of its carers
    """
    provider = load_provider(session, provider_id=provider_id, actor=actor)
    today = business_day(now)
    day = chosen or today
    week = queries.list_week(session, provider_id=provider.id, week=day, after=after, reader=actor)
    rules = find_visit_rules(session, area_code=provider.area_code, on=today)
    grace = rules.grace_minutes if rules else 0
    late = queries.list_late(session, provider_id=provider.id, now=now, grace_minutes=grace, reader=actor)
    return Board(
        provider=provider,
        week=week,
        days=_days(week, chosen=day, today=today),
        late=late,
        chosen=day,
        grace_minutes=grace,
    )


def load_provider(session: Session, *, provider_id: int, actor: Actor) -> CareProvider:
    """Return a provider whose week somebody may look at: theirs, one of their area, or one that visits there.

    :raises ProviderNotFound: if it is none of these
    """
    if queries.sees_visits_of(session, provider_id=provider_id, actor=actor):
        return get_provider(session, provider_id=provider_id)
    return get_provider(session, provider_id=provider_id, actor=actor)


def list_choices(session: Session, *, actor: Actor) -> Sequence[Workplace]:
    """List the providers whose weeks somebody may look at."""
    own = list_workplaces(session, area_codes=None, ids=actor.provider_ids) if actor.provider_ids else []
    near = list_workplaces(session, area_codes=actor.area_codes, ids=None) if actor.area_codes else []
    found = {each.id: each for each in (*own, *near)}
    return list(found.values())[:MOST_PROVIDERS]


def lateness_of(visit: VisitView, *, grace_minutes: int, now: datetime) -> Lateness:
    """Say whether a carer should have come by now, or should have left."""
    return find_lateness(
        state=visit.state, starts_at=visit.starts_at, ends_at=visit.ends_at, grace_minutes=grace_minutes, at=now
    )


def _days(week: Week, *, chosen: date, today: date) -> Sequence[Day]:
    found: list[Any] = []
    for ahead in range(WEEK):
        on = week.monday + timedelta(days=ahead)
        visits = [visit for carer in week.carers for visit in carer.days.get(on, ()) if visit.state not in GONE]
        found.append(
            Day(
                on=on,
                visits=len(visits),
                gaps=sum(gap.due_on == on for gap in week.gaps),
                is_today=on == today,
                is_chosen=on == chosen,
            )
        )
    return found
