"""Reading the picture of a place: its sums of a month and of the month before, those of its parts, and a year."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Date, and_, cast, func, or_, select, tuple_
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.areas.models import Area
from app.areas.rules import Level, ancestors, is_within_any
from app.clock import business_day
from app.errors import NotFound
from portal.city.goals import read_goals
from portal.city.models import CityDay, CityFold
from portal.city.rules import FIGURES, Figure, Period, Target, Value, period_of, work_out
from portal.city.targets import find_targets

SOURCES = frozenset(figure.source for figure in FIGURES)
STANDS = frozenset(figure.source for figure in FIGURES if figure.is_stand)
# A count that was not made for so long is no more part of the product.
DAYS_REMEMBERED = timedelta(days=62)
COURSE = ("meals", "points_granted", "points_spent", "points_expired")

Sums = Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A place within the one that is looked at."""

    code: str
    name: str
    name_en: str
    sums: Sums


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A place in a month: sums of its days, of the same days before, by day, and of its parts.

    :ivar around: the places around it that the reader may see, widest first
    :ivar folded: when each count was last made of the last day it tells of
    :ivar last_made: when each count was last made of any day up to the last of the period
    """

    area: Area
    around: Sequence[Area]
    period: Period
    figures: Sequence[Figure]
    sums: Sums
    before: Sums
    days: Mapping[date, Sums]
    parts: Sequence[Part]
    targets: Mapping[str, Target]
    folded: Mapping[str, datetime] = field(default_factory=dict)
    last_made: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def as_of(self) -> datetime | None:
        """Return when the oldest of the counts was made: the picture is that old at most.

        In a month that is under way, a count that stopped before it began makes the picture as old as it is.
        """
        made = {**self.last_made, **self.folded} if self.period.is_running else self.folded
        return min(made.values(), default=None)

    def value(self, figure: Figure) -> Value:
        """Return what a figure comes to."""
        return work_out(figure, self.sums)

    def value_before(self, figure: Figure) -> Value:
        """Return what it came to in the month before."""
        return work_out(figure, self.before)


@dataclass(frozen=True, slots=True)
class _Folds:
    """Of each count, the last day of a period that was counted, and when."""

    days: Mapping[str, date]
    at: Mapping[str, datetime]


def get_place(session: Session, *, area_code: str, reach: Collection[str]) -> Area:
    """Return a place that somebody may look at: a street or wider, within their areas.

    :raises NotFound: if there is none of this code there
    """
    area = areas.get_area(session, area_code)
    if area.level == Level.COMMUNITY or not is_within_any(area.code, reach):
        raise NotFound
    return area


def read_picture(session: Session, *, area_code: str, month: date, reach: Collection[str], now: datetime) -> Picture:
    """Read the picture of a place in a month.

    :raises NotFound: if the place is none of the reader's
    """
    area = get_place(session, area_code=area_code, reach=reach)
    period = period_of(month, business_day(now))
    folds = _read_folds(session, period.from_on, period.until_on)
    earlier = _read_folds(session, period.before_from, period.before_until)
    by_day = _read_days(session, area_code, period.before_from, period.until_on)
    waits, goals = read_goals(session, area_code=area_code, on=period.until_on)
    children = areas.list_children(session, area_code) if area.level != Level.STREET else ()
    return Picture(
        area=area,
        around=_around(session, area, reach),
        period=period,
        figures=[*FIGURES, *waits],
        sums=_add_up(by_day, period.from_on, period.until_on, folds),
        before=_add_up(by_day, period.before_from, period.before_until, earlier),
        days={day: {code: value for code, (value, _source) in by_day.get(day, {}).items()} for day in period.days},
        parts=_read_parts(session, children, period, folds),
        targets={**find_targets(session, area_code=area_code, on=period.until_on), **goals},
        folded=folds.at,
        last_made=_read_last_made(session, period.until_on) if period.is_running else {},
    )


def read_targets(session: Session, *, area_code: str, on: date) -> Mapping[str, Target]:
    """Return what the figures of a place should come to on a day."""
    _figures, goals = read_goals(session, area_code=area_code, on=on)
    return {**find_targets(session, area_code=area_code, on=on), **goals}


def read_course(session: Session, *, area_code: str, until_on: date) -> Mapping[date, Sums]:
    """Add up meals and points of each of the last twelve months."""
    first = until_on.replace(day=1)
    since = (
        first.replace(year=first.year - 1, month=first.month % 12 + 1) if first.month < 12 else first.replace(month=1)
    )
    month = cast(func.date_trunc("month", CityDay.on_day), Date)
    query = select(month, CityDay.code, func.sum(CityDay.value)).where(
        CityDay.area_code == area_code, CityDay.on_day.between(since, until_on), CityDay.code.in_(COURSE)
    )
    found: dict[date, dict[str, int]] = defaultdict(dict)
    for day, code, value in session.execute(query.group_by(month, CityDay.code).order_by(month)):
        found[day][code] = int(value)
    return found


def _around(session: Session, area: Area, reach: Collection[str]) -> Sequence[Area]:
    codes = [code for code in reversed(ancestors(area.code)) if is_within_any(code, reach)]
    found = areas.find_names(session, codes) if codes else {}
    return [found[code] for code in codes if code in found]


def _read_folds(session: Session, since: date, until: date) -> _Folds:
    last = (
        select(CityFold.source, func.max(CityFold.on_day).label("on_day"))
        .where(CityFold.on_day.between(since, until))
        .group_by(CityFold.source)
        .subquery()
    )
    query = select(CityFold.source, CityFold.on_day, CityFold.folded_at).join(
        last, and_(last.c.source == CityFold.source, last.c.on_day == CityFold.on_day)
    )
    rows = session.execute(query).all()
    return _Folds({row.source: row.on_day for row in rows}, {row.source: row.folded_at for row in rows})


def _read_last_made(session: Session, until: date) -> Mapping[str, datetime]:
    """Return when each count of the figures was last made of one of some weeks' days."""
    query = select(CityFold.source, func.max(CityFold.folded_at)).where(
        CityFold.on_day.between(until - DAYS_REMEMBERED, until), CityFold.source.in_(SOURCES)
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(CityFold.source))}


def _read_days(
    session: Session, area_code: str, since: date, until: date
) -> Mapping[date, Mapping[str, tuple[int, str]]]:
    query = select(CityDay.on_day, CityDay.code, CityDay.value, CityDay.source).where(
        CityDay.area_code == area_code, CityDay.on_day.between(since, until)
    )
    found: dict[date, dict[str, tuple[int, str]]] = defaultdict(dict)
    for day, code, value, source in session.execute(query):
        found[day][code] = (value, source)
    return found


def _add_up(by_day: Mapping[date, Mapping[str, tuple[int, str]]], since: date, until: date, folds: _Folds) -> Sums:
    """Add up what happened over days; how things stood is taken from the last day that was counted."""
    sums: dict[str, int] = defaultdict(int)
    for day, codes in by_day.items():
        if since <= day <= until:
            for code, (value, source) in codes.items():
                if source not in STANDS or folds.days.get(source) == day:
                    sums[code] += value
    return dict(sums)


def _read_parts(session: Session, children: Sequence[Area], period: Period, folds: _Folds) -> Sequence[Part]:
    if not children:
        return ()
    stands = [(source, day) for source, day in folds.days.items() if source in STANDS]
    happened = and_(CityDay.source.not_in(STANDS), CityDay.on_day.between(period.from_on, period.until_on))
    stood = tuple_(CityDay.source, CityDay.on_day).in_(stands)
    query = select(CityDay.area_code, CityDay.code, func.sum(CityDay.value)).where(
        CityDay.area_code.in_([child.code for child in children]),
        CityDay.on_day.between(period.from_on, period.until_on),
        or_(happened, stood),
    )
    sums: dict[str, dict[str, int]] = defaultdict(dict)
    for code, what, value in session.execute(query.group_by(CityDay.area_code, CityDay.code)):
        sums[code][what] = int(value)
    return [
        Part(code=child.code, name=child.name, name_en=child.name_en or child.name, sums=sums.get(child.code, {}))
        for child in children
    ]
