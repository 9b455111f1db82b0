"""From a number to its rows: to the page of the feature that has one, else to a list of our own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from app.areas.rules import Level
from app.auth import Actor
from app.day_counts import Anchor, CountedRow, DayCount, RowsAsked
from app.errors import NotFound
from app.paging import Page, no_cursor
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
    "beds_preparing": "preparing",
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
    month, overdue = f"{days[0]:%Y-%m}", "1" if code == "visiting_overdue" else None
    found: dict[str, Any] = {"found_from": days[0].isoformat(), "found_until": days[1].isoformat()}
    state = "subsidised" if code == "subsidised" else None
    # By the count that a figure comes from.
    pages: Mapping[str, Callable[[], str]] = {
        "meals": lambda: url_for("sales.list_sales", state=state, **between),
        "points_spent": lambda: url_for("movements.list_movements", kind="spent", **between),
        "beds": lambda: url_for("beds.list_beds", state=BED_STATES[code], area=area),
        "outreach": lambda: url_for("outreach.show_key_people", area=area, month=month, overdue=overdue),
        "findings_open": lambda: url_for("findings.list_findings", state="undecided", area=area),
        "findings_found": lambda: url_for("findings.list_findings", area=area, **found),
    }
    page = pages.get(opened.figure.source)
    return page() if page else None


def rows_of(
    session: Session, opened: Opened, days: Days, *, actor: Actor, after: str | None, now: datetime
) -> Page[CountedRow]:
    """List the rows behind a figure: of each thing that it adds up, one after the other.

    :raises NotFound: if nobody lists them, or they are too many here: open a street first
    """
    count = find_count(opened)
    if count is None or count.rows is None or not _is_listed(opened, count):
        raise NotFound
    place, cursor = _read_after(after, opened.figure.parts)
    asked = RowsAsked(
        code=opened.figure.parts[place],
        area_code=opened.picture.area.code,
        since=days[0],
        until=days[1],
        now=now,
        actor=actor,
        after=cursor,
        limit=PAGE_LENGTH,
    )
    items: list[CountedRow] = []
    for number in range(place, len(opened.figure.parts)):
        part = replace(asked, code=opened.figure.parts[number], limit=PAGE_LENGTH - len(items))
        page = count.rows(session, part if number == place else replace(part, after=None))
        items += page.items
        if page.next:
            return Page(items=items, next=f"{number}.{page.next}")
        if len(items) >= PAGE_LENGTH and number + 1 < len(opened.figure.parts):
            return Page(items=items, next=f"{number + 1}.")
    return Page(items=items, next=None)


def _read_after(after: str | None, parts: Sequence[str]) -> tuple[int, str | None]:
    """Read which of the things counted a page begins with, and behind which of its rows."""
    place, point, cursor = (after or "0.").partition(".")
    if not point or place not in map(str, range(len(parts))):
        raise no_cursor()
    return int(place), cursor or None


def find_count(opened: Opened) -> DayCount | None:
    """Return the count that a figure comes from."""
    known: Mapping[str, DayCount] = {count.name: count for count in list_counts()}
    return known.get(opened.figure.source)


def _is_listed(opened: Opened, count: DayCount) -> bool:
    """Say whether rows can be listed here: those of a whole city's people are listed street by street."""
    is_of_people = count.anchor is Anchor.PERSON or count.is_slow
    return not is_of_people or opened.picture.area.level == Level.STREET
