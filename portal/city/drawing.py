"""The charts of the picture: what each shows, drawn as shapes, with the table of the same numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from app.web import charts
from app.web.wording import group, group_yuan, month_name, short_day
from meals.page_words import is_english, scale_label
from portal.city.reading import Picture, Sums
from portal.city.words import CODE_NAMES, name_of_code

# Colours are those of who pays: always with words and amounts beside.
COLOURS = {
    "meals": "district",
    "points_granted": "city",
    "points_spent": "points",
    "points_expired": "self",
    "visits_done": "district",
    "visits_missed": "self",
    "visits_nobody": "charity",
    "alerts": "city",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A chart for its page: shapes, words for whoever hears it, and its table; ``line`` is a height with its words."""

    code: str
    title: str
    spoken: str
    shape: charts.Chart
    kinds: Sequence[tuple[str, str, str]]
    labels: Sequence[tuple[float, str]]
    scale: Sequence[tuple[float, str, bool]]
    line: tuple[float, str] | None
    first: str
    heads: Sequence[str]
    rows: Sequence[tuple[str, date, Sequence[str]]]


def draw_all(picture: Picture, course: Mapping[date, Sums]) -> Mapping[str, Drawn]:
    """Draw what there is of each group; an empty chart says no more than the zero beside it."""
    drawn = (draw_meals(picture), draw_points(course), draw_visits(picture), draw_alerts(picture))
    return {each.code: each for each in drawn if any(column.bars for column in each.shape.columns)}


def draw_meals(picture: Picture) -> Drawn:
    """Draw meals by day, with the seats of a usual day as a line."""
    days = picture.period.days
    seats = [picture.days[day].get("seats", 0) for day in days]
    open_days = [each for each in seats if each]
    usual = round(sum(open_days) / len(open_days)) if open_days else 0
    most = max((picture.days[day].get("meals", 0) for day in days), default=0)
    title = _("Meals by day: at most %(most)s, %(seats)s seats", most=group(most), seats=group(usual))
    drawn = _draw(picture, "meals", title, ("meals",), extra=("seats",), at_least=usual)
    return _with_line(drawn, usual, _("seats %(seats)s", seats=group(usual)))


def draw_visits(picture: Picture) -> Drawn:
    """Draw visits by day: made, missed, and days on which nobody could come."""
    codes = ("visits_done", "visits_missed", "visits_nobody")
    sums = [sum(picture.days[day].get(code, 0) for day in picture.period.days) for code in codes]
    title = _("Care visits by day: %(made)s made, %(not_made)s not", made=group(sums[0]), not_made=group(sum(sums[1:])))
    return _draw(picture, "visits", title, codes)


def draw_alerts(picture: Picture) -> Drawn:
    """Draw alerts by day."""
    count = group(sum(picture.days[day].get("alerts", 0) for day in picture.period.days))
    return _draw(picture, "alerts", _("Alerts by day: %(count)s", count=count), ("alerts",))


def draw_points(course: Mapping[date, Sums]) -> Drawn:
    """Draw what became of points month by month: spent, and ended unused; what was granted stands in the table."""
    codes, months = ("points_spent", "points_expired"), list(course)
    amounts = [{code: max(course[month].get(code, 0), 0) for code in codes} for month in months]
    shape = charts.draw_bars(amounts, kinds=codes)
    heads = ("points_granted", *codes)
    title = _("Points month by month")
    return Drawn(
        code="points",
        title=title,
        spoken=_("%(title)s. The same numbers stand in the table below.", title=title),
        shape=shape,
        kinds=[(code, COLOURS[code], str(CODE_NAMES[code])) for code in codes],
        labels=[(shape.columns[place].middle, _month_label(month)) for place, month in enumerate(months)],
        scale=[(line.y, scale_label(line.amount_fen), line.amount_fen > 0) for line in shape.lines],
        line=None,
        first=_("Month"),
        heads=[_("%(what)s (yuan)", what=CODE_NAMES[code]) for code in heads],
        rows=[
            (month_name(month), month, [group_yuan(course[month].get(code, 0)) for code in heads]) for month in months
        ],
    )


def draw_figure(
    picture: Picture, code: str, codes: Sequence[str], *, beside: Sequence[str], is_money: bool, title: str
) -> Drawn:
    """Draw one figure by day; what it is a share of stands in the table beside it."""
    extra = [each for each in beside if each not in codes]
    write = group_yuan if is_money else group
    return _draw(picture, code, title, codes, extra=extra, write=write, is_money=is_money)


def _draw(
    picture: Picture,
    code: str,
    title: str,
    codes: Sequence[str],
    *,
    extra: Sequence[str] = (),
    at_least: int = 0,
    write: Callable[[int], str] = group,
    is_money: bool = False,
) -> Drawn:
    days = picture.period.days
    amounts = [{each: max(picture.days[day].get(each, 0), 0) for each in codes} for day in days]
    shape = charts.draw_bars(amounts, kinds=codes, at_least_fen=at_least, least_step=100 if is_money else 1)
    columns = (*codes, *extra)
    return Drawn(
        code=code,
        title=title,
        spoken=_("%(title)s. The same numbers stand in the table below.", title=title),
        shape=shape,
        kinds=[(each, COLOURS.get(each, "district"), _name(each)) for each in codes],
        labels=[(shape.columns[place].middle, _day_label(days[place])) for place in charts.label_every(len(days))],
        scale=[
            (line.y, scale_label(line.amount_fen) if is_money else group(line.amount_fen), line.amount_fen > 0)
            for line in shape.lines
        ],
        line=None,
        first=_("Day"),
        heads=[_name(each) for each in columns],
        rows=[(short_day(day), day, [write(picture.days[day].get(each, 0)) for each in columns]) for day in days],
    )


def _with_line(drawn: Drawn, amount: int, words: str) -> Drawn:
    if not amount:
        return drawn
    fields: dict[str, Any] = {name: getattr(drawn, name) for name in Drawn.__slots__}
    return Drawn(**{**fields, "line": (drawn.shape.y_of(amount), words)})


def _name(code: str) -> str:
    return name_of_code(code)


def _day_label(day: date) -> str:
    return str(day.day) if is_english() else f"{day.day} 日"


def _month_label(month: date) -> str:
    return month.strftime("%b") if is_english() else f"{month.month} 月"
