"""Telling people of outreach: workers of what must be looked into, the street and the district of what is overdue."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.areas.queries import find_names
from app.auth.actor import Role
from app.auth.queries import list_held_over
from app.clock import business_day
from app.messages.kinds import Kind, Params
from app.messages.services import Telling, tell, tell_many
from app.people.queries import names_of
from app.web.wording import in_language, short_day
from outreach.models import OutreachTask
from outreach.terms import Band

CHECK, OVERDUE = "outreach.look_into", "outreach.overdue"
STREET_CODE, DISTRICT_CODE = 9, 6
TOLD_OF = {1: (STREET_CODE, Role.STREET_CLERK), 2: (DISTRICT_CODE, Role.DISTRICT_APPROVER)}
NEWS = timedelta(days=2)
MOST = 1000


@dataclass(frozen=True, slots=True)
class Raised:
    """A visit that has just gone up a level."""

    area_code: str
    level: int
    band: str
    before: int = 0


def tell_overdue(session: Session, raised: Iterable[Raised], *, now: datetime) -> None:
    """Tell the street, or the district, how many visits have become overdue there: one message a round."""
    by_place: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    for each in raised:
        for level in range(each.before + 1, each.level + 1):
            by_place[level, each.area_code[: TOLD_OF[level][0]]][each.band] += 1
    places = find_names(session, {code for _level, code in by_place})
    for (level, code), bands in sorted(by_place.items()):
        accounts = list_held_over(session, area_code=code, roles=(TOLD_OF[level][1],), now=now)
        place = places.get(code)
        params: Mapping[str, Any] = {
            "count": bands.total(),
            "first": bands[Band.RED],
            "place": {"zh": place.name, "en": place.name_en or place.name} if place else {"zh": code, "en": code},
        }
        key = f"outreach_overdue:{level}:{code}:{now.isoformat()}"
        tell(session, account_ids=accounts, kind=OVERDUE, key=key, params=params, now=now)


def tell_checks(session: Session, *, now: datetime) -> None:
    """Tell the workers of a community whom something important has changed about; each once."""
    after: int | None = 0
    while after is not None:
        after = _tell_some(session, after=after, now=now)


def _tell_some(session: Session, *, after: int, now: datetime) -> int | None:
    """Tell of the next checks, and return the number of the last one, or nothing when all are told."""
    query = select(OutreachTask).where(
        OutreachTask.state == "open",
        OutreachTask.kind == "important",
        OutreachTask.opened_at > now - NEWS,
        OutreachTask.id > after,
    )
    tasks = session.scalars(query.order_by(OutreachTask.id).limit(MOST)).all()
    names = names_of(session, senior_ids={each.senior_id for each in tasks})
    workers: dict[str, Sequence[int]] = {
        code: list_held_over(session, area_code=code, roles=(Role.GRID_WORKER,), now=now)
        for code in sorted({each.area_code for each in tasks})
    }
    tellings = [
        Telling(
            account_id=account_id,
            key=f"outreach_task:{each.id}",
            params={"name": names.get(each.senior_id, ""), "due_on": each.due_on.isoformat()},
        )
        for each in tasks
        for account_id in workers[each.area_code]
    ]
    today = business_day(now)
    tell_many(session, tellings=tellings, kind=CHECK, urgent=any(each.due_on <= today for each in tasks), now=now)
    return tasks[-1].id if len(tasks) == MOST else None


def check_text(params: Params) -> str:
    """Ask somebody to look in."""
    day = short_day(date.fromisoformat(params["due_on"]))
    return str(_("%(name)s: something important has changed. Please look in by %(day)s.", name=params["name"], day=day))


def overdue_text(params: Params) -> str:
    """Say how many visits are overdue."""
    told = ngettext(
        "%(place)s: %(num)s person was not visited in time, %(first)s of them to be seen first.",
        "%(place)s: %(num)s people were not visited in time, %(first)s of them to be seen first.",
        params["count"],
        place=in_language(params["place"]),
        first=params["first"],
    )
    return str(told)


def today_address(_params: Params) -> str:
    """Lead to the worker's list."""
    return "/outreach/today"


def overdue_address(_params: Params) -> str:
    """Lead to what is overdue."""
    return "/outreach/tasks?level=1"


KINDS = (
    Kind(name=CHECK, title=_l("Please look in"), text=check_text, address=today_address, optional=False),
    Kind(name=OVERDUE, title=_l("Visits overdue"), text=overdue_text, address=overdue_address, optional=False),
)
