"""Lists for pages and the API: homes with how well their devices are, devices, gateways."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, null, or_, select
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.areas.rules import ancestors
from app.auth.actor import Actor
from app.clock import business_day
from app.paging import Page, cut_page, write_cursor
from safety.kits.access import show_name
from safety.kits.homes import title_of
from safety.kits.models import SafetyDevice, SafetyDeviceSeen, SafetyGateway, SafetyHome
from safety.kits.policy import terms_in_force
from safety.kits.queries import PAGE, USED, away_at, read_id, visible_to
from safety.kits.rules import SILENT_AFTER, DeviceState, Health, HomeState, KitTerms, judge_health
from safety.kits.tables import AREA, SENIOR

OPEN, TROUBLED = "open", "troubled"
Terms = Mapping[str, KitTerms]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeFilter:
    """Which homes to list; ``state`` may be ``open`` (not ended), ``away``, ``troubled`` or ``testing``."""

    state: str = OPEN
    area_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeItem:
    """A home in a list; the name masked for whoever may not see it."""

    id: int
    senior_id: int
    senior: str
    area_code: str
    place: str
    place_en: str
    state: str
    payer: str
    devices: int
    troubled: int
    is_away: bool
    is_testing: bool
    applied_on: date
    started_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceItem:
    """A device in a list, and how well it is if it is installed."""

    id: int
    type: str
    title: str
    serial: str
    ref: str
    state: str
    place: str
    area_code: str
    home_id: int | None
    senior: str
    gateway: str
    gateway_id: int | None
    health: str | None
    heard_at: datetime | None
    battery: int | None
    installed_at: datetime | None
    tested_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFilter:
    """Which devices to list; every part narrows. ``state`` may be ``troubled``."""

    state: str = ""
    kind: str = ""
    serial: str = ""
    home_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayItem:
    """A gateway in a list, and whether it went silent."""

    id: int
    code: str
    name: str
    area_code: str
    home_id: int | None
    state: str
    heartbeat_seconds: int
    last_seen_at: datetime | None
    token_at: datetime | None
    is_silent: bool


def list_home_items(
    session: Session,
    *,
    reach: Actor,
    now: datetime,
    filters: HomeFilter | None = None,
    after: str | None = None,
    limit: int = PAGE,
) -> Page[HomeItem]:
    """List the homes of somebody's area, the latest application first.

    :raises Invalid: if ``after`` is no cursor of this list
    """
    terms = terms_in_force(session, on=business_day(now))
    counts = _count_devices(terms, now)
    query = (
        select(
            SafetyHome,
            SENIOR.c.name.label("senior"),
            AREA.c.name.label("place"),
            AREA.c.name_en.label("place_en"),
            func.coalesce(counts.c.devices, 0).label("devices"),
            func.coalesce(counts.c.troubled, 0).label("troubled"),
        )
        .join(SENIOR, SENIOR.c.id == SafetyHome.senior_id)
        .join(AREA, AREA.c.code == SafetyHome.area_code)
        .outerjoin(counts, counts.c.home_id == SafetyHome.id)
        .where(visible_to(reach), *_home_conditions(filters or HomeFilter(), counts.c.troubled, now))
    )
    if after is not None:
        query = query.where(SafetyHome.id < read_id(after))
    rows = session.execute(query.order_by(SafetyHome.id.desc()).limit(limit + 1)).all()
    page = cut_page(rows, limit, lambda row: write_cursor(row.SafetyHome.id))
    return Page(items=[_home(row, reach, now) for row in page.items], next=page.next)


def count_homes(session: Session, *, reach: Actor) -> Mapping[str, int]:
    """Return how many homes of somebody's area are in each state."""
    rows = session.execute(select(SafetyHome.state, func.count()).where(visible_to(reach)).group_by(SafetyHome.state))
    return {row[0]: row[1] for row in rows}


def list_device_items(
    session: Session,
    *,
    reach: Actor,
    now: datetime,
    filters: DeviceFilter | None = None,
    after: str | None = None,
    limit: int = PAGE,
) -> Page[DeviceItem]:
    """List the devices of somebody's area, the last added first.

    :raises Invalid: if ``after`` is no cursor of this list
    """
    terms = terms_in_force(session, on=business_day(now))
    asked = filters or DeviceFilter()
    query = _select_devices().where(
        areas.within(SafetyDevice.area_code, reach.area_codes), *_device_conditions(asked, terms, now)
    )
    if after is not None:
        query = query.where(SafetyDevice.id < read_id(after))
    rows = session.execute(query.order_by(SafetyDevice.id.desc()).limit(limit + 1)).all()
    page = cut_page(rows, limit, lambda row: write_cursor(row.SafetyDevice.id))
    return Page(items=[_device(row, reach, terms, now) for row in page.items], next=page.next)


def list_kit(session: Session, *, home_id: int, reach: Actor, now: datetime) -> Sequence[DeviceItem]:
    """Return the devices that are assigned to a home or installed there; asks nobody's leave."""
    terms = terms_in_force(session, on=business_day(now))
    query = _select_devices().where(SafetyDevice.home_id == home_id, SafetyDevice.state.in_(USED))
    rows = session.execute(query.order_by(SafetyDevice.id))
    return [_device(row, reach, terms, now) for row in rows]


def list_gateways(
    session: Session, *, reach: Actor, now: datetime, after: str | None = None, limit: int = PAGE
) -> Page[GatewayItem]:
    """List the gateways of somebody's area, the last added first.

    :raises Invalid: if ``after`` is no cursor of this list
    """
    query = select(SafetyGateway).where(areas.within(SafetyGateway.area_code, reach.area_codes))
    if after is not None:
        query = query.where(SafetyGateway.id < read_id(after))
    rows = session.scalars(query.order_by(SafetyGateway.id.desc()).limit(limit + 1)).all()
    page = cut_page(rows, limit, lambda gateway: write_cursor(gateway.id))
    return Page(items=[view_gateway(each, now) for each in page.items], next=page.next)


def list_gateways_for(session: Session, *, home: SafetyHome, now: datetime, limit: int = 30) -> Sequence[GatewayItem]:
    """Return the gateways that devices of a home may speak through: its own first, then those around it."""
    around = (home.area_code, *ancestors(home.area_code))
    query = select(SafetyGateway).where(
        SafetyGateway.state == "active",
        or_(
            SafetyGateway.home_id == home.id,
            SafetyGateway.home_id.is_(None) & SafetyGateway.area_code.in_(around),
        ),
    )
    found = session.scalars(query.order_by(SafetyGateway.home_id.is_(None), SafetyGateway.id).limit(limit))
    return [view_gateway(each, now) for each in found]


def view_gateway(gateway: SafetyGateway, now: datetime) -> GatewayItem:
    """Return a gateway as shown, without any trace of its secret."""
    patience = timedelta(seconds=gateway.heartbeat_seconds * SILENT_AFTER)
    copied = {name: getattr(gateway, name) for name in GatewayItem.__slots__ if name != "is_silent"}
    seen_at = gateway.last_seen_at
    return GatewayItem(**copied, is_silent=seen_at is not None and now - seen_at > patience)


def terms_at(terms: Terms, area_code: str) -> KitTerms | None:
    """Return the terms of a place: those of the nearest place around it that has any."""
    return next((terms[code] for code in (area_code, *ancestors(area_code)) if code in terms), None)


def _count_devices(terms: Terms, now: datetime) -> Any:
    return (
        select(
            SafetyDevice.home_id,
            func.count().label("devices"),
            func.count().filter(_is_troubled(terms, now)).label("troubled"),
        )
        .outerjoin(SafetyDeviceSeen, SafetyDeviceSeen.device_id == SafetyDevice.id)
        .where(SafetyDevice.state == DeviceState.INSTALLED, SafetyDevice.home_id.is_not(None))
        .group_by(SafetyDevice.home_id)
        .subquery()
    )


def _is_troubled(terms: Terms, now: datetime) -> ColumnElement[bool]:
    """Return the condition of ``judge_health`` that a device is not well."""
    # The nearest place's document decides: the longest code first.
    places = sorted(terms, key=lambda code: (-len(code), code.endswith("00"), code.endswith("0000")))
    kinds = [(place, kind) for place in places for kind in terms[place].types.values()]
    heard, battery = SafetyDeviceSeen.received_at, SafetyDeviceSeen.battery
    if not kinds:
        return heard.is_(None)
    seconds, low = (
        case(
            *(
                (and_(areas.within(SafetyDevice.area_code, [place]), SafetyDevice.type == kind.code), getattr(kind, of))
                for place, kind in kinds
            ),
            else_=null(),
        )
        for of in ("heartbeat_seconds", "low_battery")
    )
    silent = heard < now - seconds * timedelta(seconds=SILENT_AFTER)
    return or_(heard.is_(None), silent, battery < low)


def _home_conditions(filters: HomeFilter, troubled: Any, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.area_code:
        found.append(areas.within(SafetyHome.area_code, [filters.area_code]))
    if filters.state in tuple(HomeState):
        found.append(SafetyHome.state == filters.state)
    else:
        found.append(SafetyHome.state != HomeState.ENDED)
    if filters.state == "away":
        found.append(away_at(now))
    elif filters.state == TROUBLED:
        found.append(troubled > 0)
    elif filters.state == "testing":
        found.append(SafetyHome.testing_until > now)
    return found


def _device_conditions(filters: DeviceFilter, terms: Terms, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.state == TROUBLED:
        found += [SafetyDevice.state == DeviceState.INSTALLED, _is_troubled(terms, now)]
    elif filters.state:
        found.append(SafetyDevice.state == filters.state)
    if filters.kind:
        found.append(SafetyDevice.type == filters.kind)
    if filters.serial:
        found.append(SafetyDevice.serial == filters.serial)
    if filters.home_id is not None:
        found.append(SafetyDevice.home_id == filters.home_id)
    return found


def _home(row: Row[Any], actor: Actor, now: datetime) -> HomeItem:
    home: SafetyHome = row.SafetyHome
    away_until, away_from = home.away_until, home.away_from
    return HomeItem(
        id=home.id,
        senior_id=home.senior_id,
        senior=show_name(actor, row.senior, home.area_code),
        area_code=home.area_code,
        place=row.place,
        place_en=row.place_en,
        state=home.state,
        payer=home.payer,
        devices=row.devices,
        troubled=row.troubled,
        is_away=away_from is not None and away_from <= now and (away_until is None or away_until > now),
        is_testing=home.testing_until is not None and home.testing_until > now,
        applied_on=home.applied_on,
        started_on=home.started_on,
    )


def _select_devices() -> Select[Any]:
    return (
        select(
            SafetyDevice,
            SENIOR.c.name.label("senior"),
            SafetyGateway.name.label("gateway"),
            SafetyDeviceSeen.received_at,
            SafetyDeviceSeen.battery,
        )
        .outerjoin(SafetyHome, SafetyHome.id == SafetyDevice.home_id)
        .outerjoin(SENIOR, SENIOR.c.id == SafetyHome.senior_id)
        .outerjoin(SafetyGateway, SafetyGateway.id == SafetyDevice.gateway_id)
        .outerjoin(SafetyDeviceSeen, SafetyDeviceSeen.device_id == SafetyDevice.id)
    )


def _device(row: Row[Any], actor: Actor, terms: Terms, now: datetime) -> DeviceItem:
    device: SafetyDevice = row.SafetyDevice
    here = terms_at(terms, device.area_code)
    kind = here.types.get(device.type) if here else None
    copied = (
        *("id", "type", "serial", "ref", "state", "place", "area_code", "home_id", "gateway_id"),
        *("installed_at", "tested_at"),
    )
    health: Health | None = None
    if device.state == DeviceState.INSTALLED:
        health = judge_health(kind, now=now, received_at=row.received_at, battery=row.battery)
    return DeviceItem(
        **{name: getattr(device, name) for name in copied},
        title=title_of(here, device.type),
        senior=show_name(actor, row.senior, device.area_code) if row.senior else "",
        gateway=row.gateway or "",
        health=health,
        heard_at=row.received_at,
        battery=row.battery,
    )
