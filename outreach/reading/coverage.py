"""Coverage by community: how many were visited of those who must be each month, with the people behind each number."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app import clock
from app.areas.rules import is_within_any, path_of
from app.auth.actor import Actor
from app.clock import business_day
from app.paging import Page, cut_page, write_cursor
from outreach.access import shown_names
from outreach.policy import list_rules
from outreach.reading import read_number
from outreach.scoring import list_scopes

PAGE = 50
NOW = "SELECT r.senior_id, r.area_code, r.band FROM outreach_risk AS r WHERE r.band = ANY (:bands) AND {here}"
# What the bands were when a month ended; who had died or gone by then had none, who had moved counts where they went.
THEN = """
    SELECT s.senior_id, s.area_code, s.band
      FROM outreach_score AS s
     WHERE s.on_day < :until AND s.band = ANY (:bands) AND {here}
       AND NOT EXISTS (SELECT FROM outreach_score AS l
                        WHERE l.senior_id = s.senior_id AND l.id > s.id AND l.on_day < :until)
"""
HERE = """
    {row}.area_code LIKE ANY (CAST(:paths AS text[])) AND {row}.area_code LIKE :path
    AND {row}.area_code NOT LIKE ALL (CAST(:others AS text[]))
"""
VISITED = """
    EXISTS (SELECT FROM outreach_visit AS v WHERE v.senior_id = k.senior_id AND v.counts
               AND v.visit_on >= :since AND v.visit_on < :until)
"""
LATE = """
    EXISTS (SELECT FROM outreach_task AS t WHERE t.senior_id = k.senior_id AND t.state = 'open' AND t.due_on < :today)
"""
COUNT = """
    SELECT k.area_code, count(*) AS due, count(*) FILTER (WHERE {visited}) AS visited,
           count(*) FILTER (WHERE {late}) AS overdue
      FROM ({people}) AS k GROUP BY k.area_code ORDER BY k.area_code
"""
LIST = """
    SELECT k.senior_id, k.area_code, k.band, {visited} AS is_visited, {late} AS is_overdue,
           (SELECT max(v.visit_on) FROM outreach_visit AS v WHERE v.senior_id = k.senior_id AND v.counts) AS last_on
      FROM ({people}) AS k
     WHERE k.senior_id > :after AND (NOT :only_missing OR NOT {visited}) AND (NOT :only_overdue OR {late})
     ORDER BY k.senior_id LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Coverage:
    """A community's key people of a month: how many, how many of them were visited, how many wait for too long."""

    area_code: str
    due: int
    visited: int
    overdue: int

    @property
    def percent(self) -> int:
        """Return how many of a hundred were visited; of nobody all were."""
        return self.visited * 100 // self.due if self.due else 100


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPerson:
    """Somebody who must be visited each month."""

    senior_id: int
    name: str
    area_code: str
    band: str
    is_visited: bool
    is_overdue: bool
    last_on: date | None


def coverage(session: Session, *, month: date, area_codes: Collection[str]) -> Sequence[Coverage]:
    """Return the coverage of a month by community, for all communities with key people. Asks nobody's leave."""
    statement, asked = _ask(session, month, area_codes)
    found: dict[str, Coverage] = {}
    for scope in asked:
        for row in session.execute(text(_fill(COUNT, statement)), scope):
            found[row.area_code] = Coverage(row.area_code, row.due, row.visited, row.overdue)
    return [found[code] for code in sorted(found)]


def list_key_people(
    session: Session,
    *,
    month: date,
    area_code: str,
    reach: Actor,
    only_missing: bool = False,
    only_overdue: bool = False,
    after: str | None = None,
    limit: int = PAGE,
) -> Page[KeyPerson]:
    """List those behind a place's number, only within the reader's areas.

    :raises Invalid: if ``after`` is no cursor of this list
    """
    last = read_number(after) if after else 0
    statement, asked = _ask(session, month, [area_code] if is_within_any(area_code, reach.area_codes) else [])
    more = {"after": last, "limit": limit + 1, "only_missing": only_missing, "only_overdue": only_overdue}
    rows = [row for scope in asked for row in session.execute(text(_fill(LIST, statement)), {**scope, **more})]
    page = cut_page(sorted(rows, key=lambda row: row.senior_id), limit, lambda row: write_cursor(row.senior_id))
    names = shown_names(session, senior_ids=[row.senior_id for row in page.items], reach=reach)
    items = [KeyPerson(name=names.get(row.senior_id, ""), **row._mapping) for row in page.items]
    return Page(items=items, next=page.next)


@dataclass(frozen=True, slots=True)
class Group:
    """The coverage of a place within another."""

    area_code: str
    due: int
    visited: int
    overdue: int
    percent: int


def coverage_within(session: Session, *, month: date, area_code: str | None, reach: Actor) -> Sequence[Coverage]:
    """Return the coverage of a month within the reader's areas, or of one place within them."""
    if area_code is None:
        return coverage(session, month=month, area_codes=reach.area_codes)
    inside = is_within_any(area_code, reach.area_codes)
    return coverage(session, month=month, area_codes=[area_code] if inside else [])


def group_by_place(rows: Iterable[Coverage], area_code: str) -> Sequence[Group]:
    """Sum communities up to the places directly within a place: streets of a district, communities of a street."""
    length = {4: 6, 6: 9}.get(len(path_of(area_code)), 12) if area_code else 12
    found: dict[str, list[Coverage]] = {}
    for row in rows:
        found.setdefault(row.area_code[:length], []).append(row)
    return [_sum(code, found[code]) for code in sorted(found)]


def sum_up(rows: Sequence[Coverage]) -> Group:
    """Return the coverage of all of it."""
    return _sum("", rows)


def _sum(code: str, rows: Sequence[Coverage]) -> Group:
    due, visited = sum(each.due for each in rows), sum(each.visited for each in rows)
    percent = visited * 100 // due if due else 100
    return Group(code, due, visited, sum(each.overdue for each in rows), percent)


def _ask(session: Session, month: date, area_codes: Collection[str]) -> tuple[str, Sequence[dict[str, Any]]]:
    """Return whom a month asks for, and what for each set of rules that holds somewhere there."""
    first = month.replace(day=1)
    after = first.month + first.year * 12
    until, today = date(after // 12, after % 12 + 1, 1), business_day(clock.now())
    people = NOW if until > today else THEN
    row = "r" if people is NOW else "s"
    paths = [f"{path_of(code)}%" for code in area_codes]
    common = {"since": first, "until": until, "today": today, "paths": paths}
    scopes = list_scopes(list_rules(session, on=min(until - timedelta(days=1), today)))
    asked = [
        {
            **common,
            "bands": sorted(str(each) for each in rules.key_bands),
            "path": f"{path_of(scope.area_code)}%",
            "others": [f"{path_of(each)}%" for each in scope.others],
        }
        for scope, rules in scopes
    ]
    return people.format(here=HERE.format(row=row)), asked if area_codes else []


def _fill(statement: str, people: str) -> str:
    return statement.format(visited=VISITED, late=LATE, people=people)
