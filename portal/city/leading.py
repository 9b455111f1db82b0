"""From a number to its rows: to the page of the feature that has one, else to a list of our own."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from app.areas.rules import Level
from app.auth import Actor
from app.day_counts import Anchor, CountedRow, DayCount, RowsAsked
from app.errors import NotFound
from app.paging import Page
from portal.city.folding import list_counts
from portal.city.opening import Opened
from portal.city.reading import Picture

PAGE_LENGTH = 50
Days = tuple[date, date]
# Which page of which feature shows the rows of a figure.
BED_STATES = {
    "beds_serving": "in_service",
    "beds_resting": "suspended",
    "beds_closing": "closing",
    "beds_preparing": "open",
}


def read_days_asked(picture: Picture) -> Days:
    """Read which day of the month the address asks for; all of them where it says none."""
    try:
        day = date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return picture.period.from_on, picture.period.until_on
    if picture.period.from_on <= day <= picture.period.until_on:
        return day, day
    return picture.period.from_on, picture.period.until_on


def rows_address(opened: Opened, on: date | None = None) -> str | None:
    """Return where the rows of a figure are, of its month or of one day; nothing where they are too many to list."""
    if rows_elsewhere(opened, (on or opened.picture.period.from_on, on or opened.picture.period.until_on)) is None:
        count = find_count(opened)
        if count is None or count.rows is None or not _is_listed(opened, count):
            return None
    asked: dict[str, Any] = {"area_code": opened.picture.area.code, "figure": opened.figure.code}
    month = f"{opened.picture.period.from_on:%Y-%m}"
    return url_for("city_figures.list_rows", **asked, month=month, on=on.isoformat() if on else None)


def rows_elsewhere(opened: Opened, days: Days) -> str | None:
    """Return the page of a feature that shows the rows of a figure, where there is one."""
    area, code = opened.picture.area.code, opened.figure.code
    between: dict[str, Any] = {"from": days[0].isoformat(), "until": days[1].isoformat(), "area": area}
    month, missing = f"{days[0]:%Y-%m}", "1" if code == "visiting_overdue" else None
    # By the count that a figure comes from.
    pages: Mapping[str, Callable[[], str]] = {
        "meals": lambda: url_for("sales.list_sales", **between),
        "points_spent": lambda: url_for("movements.list_movements", kind="spend", **between),
        "beds": lambda: url_for("beds.list_beds", state=BED_STATES[code], area=area),
        "outreach": lambda: url_for("outreach.show_key_people", area=area, month=month, missing=missing),
        "findings_open": lambda: url_for("findings.list_findings", state="undecided", area=area),
        "findings_found": lambda: url_for("findings.list_findings", month=month, area=area),
    }
    page = pages.get(opened.figure.source)
    return page() if page else None


def rows_of(
    session: Session, opened: Opened, days: Days, *, actor: Actor, after: str | None, now: datetime
) -> Page[CountedRow]:
    """List the rows behind a figure.

    :raises NotFound: if nobody lists them, or they are too many here: open a street first
    """
    count = find_count(opened)
    if count is None or count.rows is None or not _is_listed(opened, count):
        raise NotFound
    asked = RowsAsked(
        code=opened.figure.parts[0],
        area_code=opened.picture.area.code,
        since=days[0],
        until=days[1],
        now=now,
        actor=actor,
        after=after,
        limit=PAGE_LENGTH,
    )
    return count.rows(session, asked)


def find_count(opened: Opened) -> DayCount | None:
    """Return the count that a figure comes from."""
    known: Mapping[str, DayCount] = {count.name: count for count in list_counts()}
    return known.get(opened.figure.source)


def _is_listed(opened: Opened, count: DayCount) -> bool:
    """Say whether rows can be listed here: those of a whole city's people are listed street by street."""
    is_of_people = count.anchor is Anchor.PERSON or count.is_slow
    return not is_of_people or opened.picture.area.level == Level.STREET
