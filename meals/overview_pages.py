"""The first page of managers, clerks, approvers, auditors and administrators: where this month stands."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.money import yuan
from app.web import charts
from app.web.wording import group, month_name, short_day
from meals import queries
from meals.desk import overview_parts as parts
from meals.findings import change_percent
from meals.page_words import (
    PAYER_NAMES,
    PAYER_ORDER,
    days_range,
    glance,
    is_english,
    name_of,
    pick,
    scale_label,
    scan_chip,
)
from meals.queries import Overview, Totals
from meals.roles import READERS
from meals.wording import band_words

blueprint = Blueprint("overview", __name__, template_folder="templates")


@dataclass(frozen=True, slots=True)
class Tile:
    """One number with its little line and what it is to be seen against."""

    name: str
    value: str
    unit: str
    detail: str
    spark: charts.Spark | None
    href: str


@blueprint.get("/overview")
@allow(*READERS)
def show_overview() -> str:
    """Show a month's meals and money, and what stands out."""
    now, actor = clock.now(), current_actor()
    asked = parts.read_asked(business_day(now))
    with transaction() as session:
        found = queries.get_overview(session, actor=actor, now=now, **asked)
        beside = parts.look_beside(session, actor=actor, found=found)
    return render_template(
        "meals/overview.html",
        **WORDS,
        **beside,
        overview=found,
        title=write_title(found),
        about=write_about(found),
        tiles=make_tiles(found),
        finding=write_finding(found),
        chart=draw(found),
        kinds=used_payers(found),
        months=neighbours(found),
        as_of=now,
    )


def write_title(found: Overview) -> str:
    """Say how many meals there were, and what they cost the public."""
    return str(
        _(
            "%(month)s: %(meals)s meals, %(money)s of public money",
            month=month_name(found.month.from_on),
            meals=group(found.now.meals),
            money=glance(found.now.public_fen),
        )
    )


def write_about(found: Overview) -> str:
    """Say which canteens and days the numbers are of."""
    canteens = ngettext("%(num)s canteen", "%(num)s canteens", found.canteens.running)
    return str(
        _(
            "%(canteens)s, %(days)s %(year)s",
            canteens=canteens,
            days=days_range(found.month.from_on, found.month.until_on),
            year=found.month.from_on.year,
        )
    )


def make_tiles(found: Overview) -> Sequence[Tile]:
    """Make the tiles: each number against the same days of the month before."""
    now, before = found.now, found.before
    money, points = glance(now.public_fen), glance(now.points_fen)
    days = parts.days_of_address(found)
    sales, scans = url_for("sales.list_sales", **days), url_for("scans.list_scans", **days)
    share = _("%(percent)s%% of what meals cost", percent=_part(now.public_fen, now.price_fen))
    paid = _("%(month)s %(yuan)s yuan", month=_before_name(found), yuan=yuan(_each(before.cash_fen, before.meals)))
    used = _("%(percent)s%% of what meals cost", percent=_part(now.points_fen, now.price_fen))
    cash_each = yuan(_each(now.cash_fen, now.meals))
    return (
        Tile(
            _("Meals"),
            group(now.meals),
            _("meals"),
            _against(found, now.meals, before.meals),
            _line(found, "meals"),
            sales,
        ),
        Tile(_("Public money"), money.number, money.unit, share, _line(found, "public_fen"), sales),
        Tile(_("Guests pay in cash, a meal"), cash_each, _("yuan"), paid, _line(found, "cash_each"), sales),
        Tile(
            _("People reached"),
            group(found.reached),
            _("people"),
            _("%(month)s %(count)s people", month=_before_name(found), count=group(found.reached_before)),
            None,
            url_for("guests.list_guests", month=found.month.from_on.strftime("%Y-%m"), area=found.area),
        ),
        Tile(
            _("Scans that sold nothing"),
            group(found.failed),
            _("scans"),
            _("%(month)s %(count)s", month=_before_name(found), count=group(found.failed_before)),
            charts.draw_spark([found.failed_by_day.get(day, 0) for day in found.month.full_days]),
            scans,
        ),
        Tile(_("Points spent"), points.number, points.unit, used, _line(found, "points_fen"), sales),
    )


def write_finding(found: Overview) -> str:
    """Say what stands out in the days, or between what they lie."""
    if found.outlier is None:
        amounts = [found.by_day[day].public_fen for day in found.month.full_days if day in found.by_day]
        if len(amounts) < 2:
            return str(_("Subsidy by day and payer"))
        low, high = glance(min(amounts)), glance(max(amounts))
        if low == high:
            return str(_("Every day %(money)s", money=low))
        return str(_("Every day between %(low)s and %(high)s", low=low, high=high))
    words = {"day": short_day(found.outlier.day), "percent": abs(found.outlier.percent)}
    if found.outlier.percent < 0:
        return str(_("%(day)s: %(percent)s%% less than usual", **words))
    if not found.behind_outlier:
        return str(_("%(day)s: %(percent)s%% more than usual", **words))
    return str(
        ngettext(
            "%(day)s: %(percent)s%% more than usual, over half of it in one canteen",
            "%(day)s: %(percent)s%% more than usual, over half of it in %(num)s canteens",
            found.behind_outlier,
            **words,
        )
    )


def used_payers(found: Overview) -> Sequence[str]:
    """Return who paid in this month, in fixed order."""
    return [kind for kind in PAYER_ORDER if any(day.get(kind) for day in found.payers.values())]


def draw(found: Overview) -> dict[str, Any]:
    """Draw the days: bars, scale, labels, the mean of the month before, and a flag on the day that stands out."""
    days = found.month.days
    amounts = [found.payers.get(day, {}) for day in days]
    shape = charts.draw_bars(amounts, kinds=PAYER_ORDER, at_least_fen=found.usual_fen)
    flagged = days.index(found.outlier.day) if found.outlier else None
    return {
        "shape": shape,
        "labels": [(shape.columns[place].middle, day_label(days[place])) for place in charts.label_every(len(days))],
        "mean": shape.y_of(found.usual_fen) if found.usual_fen else None,
        "mean_label": _("mean of %(month)s %(money)s", month=_before_name(found), money=glance(found.usual_fen)),
        "flag": shape.columns[flagged] if flagged is not None else None,
        "spoken": _("Public money of each day, stacked by payer. %(finding)s", finding=write_finding(found)),
        "rows": [(day, found.by_day.get(day, Totals()), found.payers.get(day, {})) for day in days],
    }


def day_label(day: date) -> str:
    """Write a day under the chart: 14 日; 14."""
    return str(day.day) if is_english() else f"{day.day} 日"


def neighbours(found: Overview) -> dict[str, Any]:
    """Return the months before and after, for leafing."""
    first = found.month.from_on
    following = first + timedelta(days=monthrange(first.year, first.month)[1])
    before = found.month.before_from
    return {
        "before": (month_name(before), before.strftime("%Y-%m")),
        "after": (month_name(following), following.strftime("%Y-%m")) if found.month.running is None else None,
    }


def _before_name(found: Overview) -> str:
    return month_name(found.month.before_from)


def _against(found: Overview, now: int, before: int) -> str:
    change = change_percent(now, before)
    if change is None:
        return str(_("nothing in %(month)s to compare", month=_before_name(found)))
    words = {"percent": f"{abs(change):.1f}", "month": _before_name(found)}
    if change < 0:
        return str(_("%(percent)s%% fewer than on these days of %(month)s", **words))
    return str(_("%(percent)s%% more than on these days of %(month)s", **words))


def _line(found: Overview, what: str) -> charts.Spark | None:
    days = [found.by_day.get(day, Totals()) for day in found.month.full_days]
    if what == "cash_each":
        return charts.draw_spark([_each(day.cash_fen, day.meals) for day in days if day.meals])
    return charts.draw_spark([getattr(day, what) for day in days])


def _each(amount_fen: int, meals: int) -> int:
    return round(amount_fen / meals) if meals else 0


def _part(part_fen: int, whole_fen: int) -> str:
    return f"{part_fen * 100 / whole_fen:.1f}" if whole_fen else "0"


def tier_label(band: Mapping[str, Any]) -> str:
    """Name a band of a policy."""
    return str(pick(band_words(band).as_json()))


WORDS: Mapping[str, Any] = {
    "payer_names": PAYER_NAMES,
    "name_of": name_of,
    "scan_chip": scan_chip,
    "scale_label": scale_label,
    "tier_label": tier_label,
}
