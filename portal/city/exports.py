"""The picture as a file: every figure of a place and of its parts in a month, against last month and its target."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app import clock
from app.areas.models import Area
from app.areas.rules import is_code
from app.auth import Actor
from app.auth.wording import area_name
from app.clock import business_day
from app.errors import NotFound
from app.exports.registry import ExportList, Filters
from app.sheets_out import As, Column, Row
from portal.city import words
from portal.city.access import READERS, own_place, read_month
from portal.city.reading import Part, Picture, read_picture, read_targets
from portal.city.rules import Figure, Kind, Target, Value, work_out


def _month_of(given: Filters) -> date:
    return read_month(given.get("month", ""), business_day(clock.now()))


def _tell(given: Filters) -> str:
    return ", ".join(each for each in (f"{_month_of(given):%Y-%m}", given.get("area", "")) if each)


def _columns() -> Sequence[Column]:
    return [
        Column(_("Code of the place")),
        Column(_("Place"), width=20),
        Column(_("Figure"), width=30),
        Column(_("Value"), As.NUMBER),
        Column(_("Yuan"), As.FEN),
        Column(_("Made of"), As.NUMBER),
        Column(_("Percent")),
        Column(_("Month before")),
        Column(_("Target")),
        Column(_("Met")),
        Column(_("How it is counted"), width=60),
    ]


def _rows(session: Session, actor: Actor, given: Filters, _named: bool) -> Iterator[Row]:
    picture = _read(session, actor, given)
    for figure in picture.figures:
        if figure.source in picture.folded:
            before = words.write_plain(figure, picture.value_before(figure))
            yield _row(picture.targets, figure, picture.area, picture.value(figure), before)
    for part in picture.parts:
        # A part is judged by what its own documents promise.
        own = read_targets(session, area_code=part.code, on=picture.period.until_on)
        for figure in picture.figures:
            if figure.source in picture.folded:
                yield _row(own, figure, part, work_out(figure, part.sums))


def _row(targets: Mapping[str, Target], figure: Figure, place: Area | Part, value: Value, before: str = "") -> Row:
    target = targets.get(figure.code)
    is_met = target.is_met(value) if target else None
    is_money = figure.kind is Kind.MONEY
    return (
        place.code,
        area_name(place),
        words.name_of_figure(figure),
        None if is_money else value.amount,
        value.amount if is_money else None,
        value.whole,
        None if value.permille is None else f"{value.permille / 10:.1f}",
        before,
        words.write_target(target) if target else "",
        "" if is_met is None else _("yes") if is_met else _("no"),
        words.definition_of(figure),
    )


def _read(session: Session, actor: Actor, given: Filters) -> Picture:
    area = given.get("area", "")
    place = area if is_code(area) else own_place(actor)
    if place is None:
        raise NotFound
    return read_picture(session, area_code=place, month=_month_of(given), reach=actor.area_codes, now=clock.now())


def _count(session: Session, actor: Actor, given: Filters) -> int:
    return sum(1 for _row_ in _rows(session, actor, given, False))


EXPORT = ExportList(
    what="city_figures",
    title=_l("Figures of the picture"),
    roles=frozenset(READERS),
    has_names=False,
    columns=_columns,
    tell=_tell,
    count=_count,
    rows=_rows,
)
