"""The street's pages: bands, what is due and overdue, coverage by place, and the people behind each number."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request

from app import clock
from app.areas.queries import find_names
from app.areas.rules import is_code, is_within_any
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from outreach.access import READERS
from outreach.reading.coverage import coverage_within, group_by_place, list_key_people, sum_up
from outreach.reading.problems import count_problems
from outreach.reading.referrals import count_referrals
from outreach.reading.tasks import TaskFilter, count_due, count_levels, list_tasks
from outreach.terms import BANDS
from outreach.words import describe

AHEAD_DAYS = 3
EARLIEST = date(2000, 1, 1)

blueprint = Blueprint("outreach", __name__, url_prefix="/outreach", template_folder="templates")


def read_month() -> date:
    """Return the month of the address, or the present one."""
    today = business_day(clock.now())
    try:
        asked = date.fromisoformat(f"{request.args.get('month', '')}-01")
    except ValueError:
        return today.replace(day=1)
    return asked if EARLIEST <= asked <= today else today.replace(day=1)


def read_area() -> str:
    """Return the place of the address within the reader's areas, or their first one."""
    asked, reach = request.args.get("area", ""), current_actor().area_codes
    return asked if is_code(asked) and is_within_any(asked, reach) else next(iter(reach), "")


@blueprint.get("")
@allow(*READERS)
def show_street() -> str:
    """Show how a place stands this month."""
    actor, month, area, today = current_actor(), read_month(), read_area(), business_day(clock.now())
    with transaction() as session:
        rows = coverage_within(session, month=month, area_code=area, reach=actor)
        groups = group_by_place(rows, area)
        shown = {
            "groups": groups,
            "total": sum_up(rows),
            "counts": count_due(session, reach=actor, today=today, ahead_days=AHEAD_DAYS),
            "levels": count_levels(session, reach=actor),
            "referrals": count_referrals(session, reach=actor, today=today),
            "problems": count_problems(session, reach=actor),
            "place_names": find_names(session, {area, *(each.area_code for each in groups)}),
        }
    return render_template("outreach/street.html", **describe(), **shown, month=month, area=area, ahead=AHEAD_DAYS)


@blueprint.get("/tasks")
@allow(*READERS)
def show_tasks() -> str:
    """List the visits that are due, the longest overdue first."""
    actor, today = current_actor(), business_day(clock.now())
    filters, after = read_filter(), request.args.get("after") or None
    with transaction() as session:
        page = list_tasks(session, reach=actor, today=today, filters=filters, after=after)
        place_names = find_names(session, {each.area_code for each in page.items})
    shown = {"page": page, "place_names": place_names, "filters": filters, "today": today, "bands": BANDS}
    return render_template("outreach/tasks.html", **describe(), **shown)


def read_filter() -> TaskFilter:
    """Return what the address asks for; what cannot be is left out."""
    asked = request.args
    level = asked.get("level", "")
    return TaskFilter(
        area_code=asked["area"] if is_code(asked.get("area", "")) else "",
        band=asked.get("band", "") if asked.get("band") in list(map(str, BANDS)) else "",
        is_late=bool(asked.get("late")),
        level=int(level) if level in ("1", "2") else 0,
    )


@blueprint.get("/key-people")
@allow(*READERS)
def show_key_people() -> str:
    """List the key people of a month, or those who were not visited yet."""
    actor, month, area = current_actor(), read_month(), read_area()
    asked: dict[str, Any] = {"month": month, "area_code": area, "after": request.args.get("after") or None}
    missing, overdue = bool(request.args.get("missing")), bool(request.args.get("overdue"))
    with transaction() as session:
        page = list_key_people(session, reach=actor, only_missing=missing, only_overdue=overdue, **asked)
        place_names = find_names(session, {area, *(each.area_code for each in page.items)})
    shown = {
        "page": page,
        "place_names": place_names,
        "month": month,
        "area": area,
        "missing": missing,
        "overdue": overdue,
    }
    return render_template("outreach/key_people.html", **describe(), **shown)
