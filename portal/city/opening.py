"""One figure of the picture opened: in words, by day, by place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth import Actor
from app.auth.wording import area_name
from app.errors import NotFound
from app.web.wording import group, group_yuan, month_name
from portal.city import drawing, showing, words
from portal.city.reading import Part, Picture, read_picture
from portal.city.rules import Figure, Kind, Value, work_out


@dataclass(frozen=True, slots=True, kw_only=True)
class OfPart:
    """What a figure comes to in a part of the place."""

    part: Part
    value: str
    whole: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A figure as its own page shows it; ``rest`` is what was placed in the whole and in none of its parts."""

    picture: Picture
    figure: Figure
    shown: showing.Shown
    title: str
    drawn: drawing.Drawn
    parts: Sequence[OfPart]
    rest: str


def open_figure(session: Session, *, area_code: str, code: str, month: date, actor: Actor, now: datetime) -> Opened:
    """Read one figure of a place.

    :raises NotFound: if the place is none of the reader's, or there is no such figure
    """
    picture = read_picture(session, area_code=area_code, month=month, reach=actor.area_codes, now=now)
    figure = showing.find_figure(picture, code)
    if figure is None:
        raise NotFound
    shown = showing.show_figure(picture, figure)
    told = {"place": area_name(picture.area), "month": month_name(picture.period.from_on), "figure": shown.name}
    value = f"{shown.number}{shown.unit if shown.unit == '%' else ' ' + shown.unit}".strip()
    title = str(_("%(place)s, %(month)s. %(figure)s: %(value)s", value=value, **told))
    is_money = figure.kind is Kind.MONEY or code in ("spent", "expired")
    codes = tuple(dict.fromkeys((*figure.parts, *figure.wholes)))
    drawn = drawing.draw_figure(picture, code, figure.parts, beside=codes, is_money=is_money, title=title)
    values = [(part, work_out(figure, part.sums)) for part in picture.parts]
    rest = showing.rest_of(picture, figure)
    return Opened(
        picture=picture,
        figure=figure,
        shown=shown,
        title=title,
        drawn=drawn,
        parts=[
            OfPart(part=part, value=words.write_plain(figure, value), whole=words.write_whole(figure, value))
            for part, value in sorted(values, key=lambda each: _order(each[1]))
        ],
        rest=(group_yuan(rest.amount) if is_money else group(rest.amount)) if rest else "",
    )


def _order(value: Value) -> tuple[bool, int]:
    """Put most first; of shares the least, for that is where to look."""
    if value.whole is None:
        return False, -value.amount
    return value.permille is None, value.permille or 0
