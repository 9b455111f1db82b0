"""What pages of the picture show: figures in words, by group, each with what it is seen against and where it leads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.auth.wording import area_name
from app.web.wording import group as group_number
from app.web.wording import month_name
from portal.city import words
from portal.city.reading import Part, Picture
from portal.city.rules import Figure, Group, Kind, Value, work_out

# The figures of the first row, and the columns of the table of places.
MAIN = ("people_60", "meals", "points_spent", "beds_serving", "visits", "answered_60", "visiting", "findings_open")
# What can be read from across a room.
ON_WALLS = (*MAIN, "seats", "cards")
TODAY_CODES = ("meals", "seats", "visits_done", "visits_ahead", "alerts")
COLUMNS = (
    "people_60",
    "cards",
    "meals",
    "seats",
    "points_granted",
    "points_spent",
    "beds_serving",
    "visits",
    "alerts",
    "findings_open",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A figure as a page shows it.

    :ivar is_met: whether it is as its target says; nothing where there is no target or nothing to judge
    """

    code: str
    name: str
    number: str
    unit: str
    whole: str
    before: str
    change: str
    target: str
    is_met: bool | None
    definition: str
    href: str
    kind: Kind
    counted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The figures of one part of the picture."""

    code: str
    name: str
    figures: Sequence[Shown]


def show_figures(picture: Picture) -> Sequence[Section]:
    """Put all figures into words, group by group; a group that nothing is counted of is left out."""
    sections = []
    for group in Group:
        figures = [each for each in picture.figures if each.group is group]
        if is_counted(picture, figures):
            shown = [show_figure(picture, each) for each in figures]
            sections.append(Section(code=str(group), name=str(words.GROUP_NAMES[group]), figures=shown))
    return sections


def is_counted(picture: Picture, figures: Sequence[Figure]) -> bool:
    """Say whether the product counts any of some figures here."""
    return any(figure.source in picture.folded for figure in figures)


def show_figure(picture: Picture, figure: Figure) -> Shown:
    """Put one figure into words."""
    now, before = picture.value(figure), picture.value_before(figure)
    # What was not counted in the period is not nothing.
    number, unit = words.write_value(figure, now) if figure.source in picture.folded else ("–", "")
    target = picture.targets.get(figure.code)
    month = month_name(picture.period.before_from)
    return Shown(
        code=figure.code,
        name=words.name_of_figure(figure),
        number=number,
        unit=unit,
        whole=words.write_whole(figure, now),
        before=words.write_plain(figure, before),
        change=words.write_change(now, before, month=month),
        target=words.write_target(target) if target else "",
        is_met=target.is_met(now) if target else None,
        definition=words.definition_of(figure),
        href=address_of(picture, figure.code),
        kind=figure.kind,
        counted_at=picture.folded.get(figure.source),
    )


def address_of(picture: Picture, figure: str, area_code: str = "") -> str:
    """Return where a figure is opened: its days and places."""
    month = f"{picture.period.from_on:%Y-%m}"
    return url_for("city_figures.show_figure", area_code=area_code or picture.area.code, figure=figure, month=month)


def write_title(picture: Picture) -> str:
    """Say in one sentence how the month stands: targets that are met."""
    judged = [
        shown.is_met for section in show_figures(picture) for shown in section.figures if shown.is_met is not None
    ]
    told = {"place": area_name(picture.area), "month": month_name(picture.period.from_on)}
    if not judged:
        return str(_("%(place)s, %(month)s", **told))
    return str(_("%(place)s, %(month)s: %(met)s of %(all)s targets met", met=sum(judged), all=len(judged), **told))


def find_figure(picture: Picture, code: str) -> Figure | None:
    """Return a figure by its code, or nothing."""
    return next((figure for figure in picture.figures if figure.code == code), None)


def list_columns(picture: Picture) -> Sequence[Figure]:
    """Return the figures that the table of places shows."""
    found = (find_figure(picture, code) for code in COLUMNS)
    return [figure for figure in found if figure and is_counted(picture, [figure])]


def show_part(part: Part, figures: Sequence[Figure]) -> Sequence[tuple[str, str]]:
    """Put the figures of a part into words: each with its code."""
    return [(figure.code, words.write_plain(figure, work_out(figure, part.sums))) for figure in figures]


def rest_of(picture: Picture, figure: Figure) -> Value | None:
    """Return what lies in the place but in none of its parts, where there is any: what was placed in the whole."""
    if figure.wholes or not picture.parts:
        return None
    told = sum(work_out(figure, part.sums).amount for part in picture.parts)
    rest = picture.value(figure).amount - told
    return Value(rest) if rest else None


def canteen_name(canteen: Any) -> str:
    """Return a canteen's name in the language of the page."""
    return str(area_name(canteen))


def show_today(picture: Picture, today: date) -> Sequence[tuple[str, str]]:
    """Put what was counted of today into words: for walls."""
    sums = picture.days.get(today, {})
    return [(words.name_of_code(code), group_number(sums.get(code, 0))) for code in TODAY_CODES if code in sums]


def list_wall_columns(picture: Picture) -> Sequence[Figure]:
    """Return the figures of the table of places on a wall: few, for they are large."""
    return [figure for figure in list_columns(picture) if figure.code in ON_WALLS]


WORDS: Mapping[str, Any] = {
    "area_name": area_name,
    "canteen_name": canteen_name,
    "group_names": words.GROUP_NAMES,
    "name_of_figure": words.name_of_figure,
    "show_part": show_part,
    "wall_columns": list_wall_columns,
}
