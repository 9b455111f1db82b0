"""Reading kits: gateways by their token, devices by what a gateway calls them, homes, and whom to call."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, any_, literal, or_, select
from sqlalchemy.orm import Session

from app import vault
from app.areas import queries as areas
from app.auth.actor import Actor
from app.paging import Page, cut_page, no_cursor, read_cursor, write_cursor
from app.tokens import digest
from app.vault import mask_phone
from safety.kits.errors import HomeNotFound
from safety.kits.models import (
    SafetyContact,
    SafetyDevice,
    SafetyGateway,
    SafetyHome,
    SafetyHomeSetting,
)
from safety.kits.rules import DeviceState, HomeState

PAGE = 50
USED = (DeviceState.STOCKED, DeviceState.INSTALLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """A gateway that is calling."""

    id: int
    code: str
    name: str
    area_code: str
    home_id: int | None
    mqtt_user: str | None
    token_digest: bytes | None
    heartbeat_seconds: int
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody to be called about a home; the number masked, and sealed for whoever calls."""

    id: int
    home_id: int
    position: int
    kind: str
    name: str
    relation: str
    phone: str
    phone_sealed: bytes
    has_key: bool
    minutes_away: int | None
    account_id: int | None


def find_gateway(session: Session, *, token: str) -> Gateway | None:
    """Return the gateway in use that holds a token, or nothing."""
    return _gateway(session, SafetyGateway.token_digest == digest(token))


def find_gateway_by_code(session: Session, *, code: str) -> Gateway | None:
    """Return the gateway in use of this code, or nothing: for messages that a broker let in under its name."""
    return _gateway(session, SafetyGateway.code == code)


def list_devices_of_home(session: Session, *, home_id: int) -> Sequence[SafetyDevice]:
    """Return the devices that are assigned to a home or installed there, oldest first."""
    query = select(SafetyDevice).where(SafetyDevice.home_id == home_id, SafetyDevice.state.in_(USED))
    return session.scalars(query.order_by(SafetyDevice.id)).all()


def get_home(session: Session, *, home_id: int, actor: Actor | None = None) -> SafetyHome:
    """Return a home.

    :param actor: only if it lies in their area
    :raises HomeNotFound: if there is none
    """
    query = select(SafetyHome).where(SafetyHome.id == home_id)
    found = session.scalar(query.where(visible_to(actor)) if actor else query)
    if found is None:
        raise HomeNotFound
    return found


def find_home_of(session: Session, *, senior_id: int) -> SafetyHome | None:
    """Return the home of a person that has not ended, or nothing."""
    query = select(SafetyHome).where(SafetyHome.senior_id == senior_id, SafetyHome.state != HomeState.ENDED)
    return session.scalar(query)


def homes_of(session: Session, *, home_ids: Iterable[int]) -> dict[int, SafetyHome]:
    """Return some homes in one statement; unknown ids are left out."""
    query = select(SafetyHome).where(among(SafetyHome.id, home_ids))
    return {home.id: home for home in session.scalars(query)}


def gateway_names(session: Session, *, gateway_ids: Collection[int]) -> dict[int, str]:
    """Return what gateways are called, in one statement."""
    if not gateway_ids:
        return {}
    query = select(SafetyGateway.id, SafetyGateway.name).where(SafetyGateway.id.in_(sorted(set(gateway_ids))))
    return {row.id: row.name for row in session.execute(query)}


def list_homes(
    session: Session, *, reach: Actor, after: str | None = None, limit: int = PAGE, states: Collection[str] = ()
) -> Page[SafetyHome]:
    """List the homes of somebody's area, oldest first.

    :param states: only those in one of these; none means all
    :raises Invalid: if ``after`` is no cursor of this list
    """
    query = select(SafetyHome).where(visible_to(reach))
    if states:
        query = query.where(SafetyHome.state.in_(list(states)))
    if after is not None:
        query = query.where(SafetyHome.id > read_id(after))
    rows = session.scalars(query.order_by(SafetyHome.id).limit(limit + 1)).all()
    return cut_page(rows, limit, lambda home: write_cursor(home.id))


def contacts_of(session: Session, *, home_id: int) -> Sequence[Contact]:
    """Return whom to call about a home, in their order."""
    query = select(SafetyContact).where(SafetyContact.home_id == home_id).order_by(SafetyContact.position)
    return [_contact(each) for each in session.scalars(query)]


def contacts_of_homes(session: Session, *, home_ids: Collection[int]) -> Mapping[int, Sequence[Contact]]:
    """Return whom to call about some homes in one statement, in their order."""
    found: dict[int, list[Contact]] = {home_id: [] for home_id in home_ids}
    query = select(SafetyContact).where(SafetyContact.home_id.in_(sorted(set(home_ids))))
    for each in session.scalars(query.order_by(SafetyContact.home_id, SafetyContact.position)):
        found[each.home_id].append(_contact(each))
    return found


def phones_of(session: Session, *, contact_ids: Collection[int]) -> dict[int, str]:
    """Return whole numbers to call; asks nobody's leave, so that the caller notes who looked."""
    query = select(SafetyContact.id, SafetyContact.phone_sealed).where(SafetyContact.id.in_(sorted(set(contact_ids))))
    return {each.id: vault.unseal(each.phone_sealed) for each in session.execute(query)}


def settings_of(session: Session, *, home_ids: Collection[int], on: date) -> dict[int, Mapping[str, Any]]:
    """Return the thresholds of homes that differ from those of their area on a day, in one statement."""
    query = select(SafetyHomeSetting.home_id, SafetyHomeSetting.overrides).where(
        among(SafetyHomeSetting.home_id, home_ids),
        SafetyHomeSetting.state == "approved",
        SafetyHomeSetting.valid.contains(on),
    )
    return {row.home_id: row.overrides for row in session.execute(query)}


def among(column: Any, ids: Iterable[int]) -> ColumnElement[bool]:
    """Return the condition that a column is one of some ids, whose text does not grow with them.

    ``IN`` writes each of them into the statement, and reading a thousand costs as much as judging a hundred homes.
    """
    found: ColumnElement[bool] = column == any_(literal(sorted(set(ids)), ARRAY(BigInteger)))
    return found


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a home lies in the actor's area."""
    return areas.within(SafetyHome.area_code, actor.area_codes)


def away_at(moment: datetime) -> ColumnElement[bool]:
    """Return the condition that somebody set a home as away at a moment."""
    return (SafetyHome.away_from <= moment) & or_(SafetyHome.away_until.is_(None), SafetyHome.away_until > moment)


def is_away(home: SafetyHome, moment: datetime) -> bool:
    """Say whether somebody set a home as away at a moment."""
    begun = home.away_from is not None and home.away_from <= moment
    return begun and (home.away_until is None or home.away_until > moment)


def read_id(cursor: str) -> int:
    """Read the cursor of a list by ids.

    :raises Invalid: if it is no cursor of such a list
    """
    (found,) = read_cursor(cursor, int)
    if not 0 < found < 2**63:
        raise no_cursor()
    return int(found)


def _gateway(session: Session, condition: ColumnElement[bool]) -> Gateway | None:
    found = session.scalar(select(SafetyGateway).where(condition, SafetyGateway.state == "active"))
    return _describe(found) if found else None


def _describe(found: SafetyGateway) -> Gateway:
    return Gateway(**{name: getattr(found, name) for name in Gateway.__slots__})


def _contact(each: SafetyContact) -> Contact:
    copied = {name: getattr(each, name) for name in Contact.__slots__ if name != "phone"}
    return Contact(**copied, phone=mask_phone(vault.unseal(each.phone_sealed)))
