"""What the overview shows beside the days: places compared, months compared, points, and its own filters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.areas.rules import is_code, is_within_any
from app.auth import Actor
from app.auth.wording import area_name
from app.web.wording import month_name
from meals.deliveries.reading import DeliveryFilter
from meals.deliveries.summing import sum_deliveries
from meals.desk.comparing import Part
from meals.findings import change_percent
from meals.page_words import PAYER_ORDER, is_english
from meals.reading.overview import Overview
from subsidies import queries as ledger
from subsidies.queries import MovementFilter, MovementSum

FLOWS = ("granted_fen", "spent_fen", "expired_fen", "reversed_fen", "taken_back_fen")


@dataclass(frozen=True, slots=True)
class Points:
    """What points did on some days, and each programme's part; figures of the books, by day of booking."""

    granted_fen: int = 0
    spent_fen: int = 0
    expired_fen: int = 0
    reversed_fen: int = 0
    taken_back_fen: int = 0

    def __add__(self, other: "Points") -> "Points":
        return Points(*(getattr(self, name) + getattr(other, name) for name in FLOWS))


def read_asked(today: date) -> dict[str, Any]:
    """Read month, month to compare with, and place from the address; what cannot be read is left out."""
    area = request.args.get("area", "")
    return {
        "month": _month("month") or today,
        "against": _month("against"),
        "area": area if is_code(area) else None,
    }


def look_beside(session: Session, *, actor: Actor, found: Overview) -> dict[str, Any]:
    """Gather what stands beside the days."""
    places = areas.list_within(session, actor.area_codes, levels=("city", "district", "street"))
    points = _points(session, actor, found, found.month.from_on, found.month.until_on)
    before = _points(session, actor, found, found.month.before_from, found.month.before_until)
    return {
        "choices": [(place.code, area_name(place)) for place in places] if len(places) > 1 else [],
        "place": next((area_name(place) for place in places if place.code == found.area), None),
        "parts": [(part, *_changes(part)) for part in found.parts],
        "part_name": lambda part: part.name_en if is_english() and part.name_en else part.name,
        "points": _add(points),
        "points_before": _add(before),
        "programmes": points,
        "flows": _flows(found),
        "brought": sum_deliveries(session, actor=actor, filters=_deliveries(found)),
        "days": days_of_address(found),
        "month_name": month_name,
        "trend_kinds": [kind for kind in PAYER_ORDER if any(each.payers.get(kind) for each in found.trend)],
        "full_month": lambda day: day.strftime("%b %Y") if is_english() else f"{day.year}年{day.month}月",
    }


def days_of_address(found: Overview) -> dict[str, Any]:
    """Return the days and the place as other lists take them in their address."""
    days = {"from": found.month.from_on.isoformat(), "until": found.month.until_on.isoformat()}
    return {**days, "area": found.area} if found.area else days


def sort_movements(sums: Sequence[MovementSum]) -> Mapping[str, Points]:
    """Put movements into what they are to the points, by programme."""
    found: dict[str, Points] = {}
    for each in sums:
        if not each.in_fen and not each.out_fen:
            continue
        found[each.programme] = found.get(each.programme, Points()) + _flow(each)
    return dict(sorted(found.items(), key=lambda item: (-item[1].granted_fen - item[1].spent_fen, item[0])))


def _flow(each: MovementSum) -> Points:
    if each.kind == "grant":
        return Points(granted_fen=each.in_fen)
    if each.kind == "spend":
        return Points(spent_fen=each.out_fen)
    if each.kind == "expiry":
        return Points(expired_fen=each.out_fen - each.in_fen)
    if each.kind == "reversal":
        # Of a sale, points come back; of a grant made by mistake, they go.
        return Points(reversed_fen=each.in_fen, taken_back_fen=each.out_fen)
    return Points(taken_back_fen=each.out_fen - each.in_fen)


def _points(session: Session, actor: Actor, found: Overview, since: date, until: date) -> Mapping[str, Points]:
    """Read what points did; nothing for whoever works in a canteen alone."""
    if not actor.area_codes or (found.area and not is_within_any(found.area, actor.area_codes)):
        return {}
    filters = MovementFilter(from_on=since, until_on=until, area=found.area)
    return sort_movements(ledger.sum_movements(session, filters=filters, area_codes=actor.area_codes))


def _add(by_programme: Mapping[str, Points]) -> Points:
    return sum(by_programme.values(), Points())


def _flows(found: Overview) -> Sequence[tuple[str, str, str]]:
    """Return name, attribute and address of what points do."""
    days = days_of_address(found)
    kinds = (
        (_("Granted"), "granted_fen", "grant"),
        (_("Spent"), "spent_fen", "spend"),
        (_("Ended unused"), "expired_fen", "expiry"),
        (_("Given back to guests"), "reversed_fen", "reversal"),
        (_("Taken back from guests"), "taken_back_fen", "claw_back"),
    )
    known = ledger.MOVEMENT_NAMES
    return [
        (name, attribute, url_for("movements.list_movements", kind=kind, **days))
        for name, attribute, kind in kinds
        if kind in known
    ]


def _month(name: str) -> date | None:
    """Read a month of the address, as 2026-11."""
    try:
        return date.fromisoformat(f"{request.args.get(name, '')}-01")
    except ValueError:
        return None


def _deliveries(found: Overview) -> DeliveryFilter:
    return DeliveryFilter(from_on=found.month.from_on, until_on=found.month.until_on, area=found.area)


def _changes(part: Part) -> tuple[float | None, bool]:
    """Return by how many percent public money changed, and whether the place has parts of its own."""
    deeper = len(part.code) == 6
    return change_percent(part.now.public_fen, part.before.public_fen), deeper
