"""The live list as it stands: the hottest alert in its slot, the others by urgency, devices in a lane of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.auth.actor import Actor
from app.auth.queries import list_names
from app.clock import business_day
from app.people import queries as people
from app.people.queries import Profile
from app.web.wording import clock_time, in_language
from safety.alerts import queries as alerts
from safety.alerts.access import shown_names
from safety.alerts.models import Incident
from safety.alerts.rules import Lane, State
from safety.desk.words import Chip, chip_of, rule_icon, rule_name
from safety.kits.queries import gateway_names

MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """One alert in the list."""

    id: int
    title: str
    who: str
    icon: str
    state: str
    chip: Chip
    status: str
    is_free: bool
    is_waiting: bool
    is_mine: bool
    is_unanswered: bool
    priority: int
    since: datetime
    repeats: int

    @property
    def since_ms(self) -> int:
        """Return since when, as a browser counts."""
        return int(self.since.timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class LaneLine:
    """What the lane of devices says of one rule."""

    rule: str
    icon: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The whole list; ``ring`` is the sound that is due: of priority 1 or 2, or none."""

    slot: AlertRow | None
    rows: Sequence[AlertRow]
    lane: Sequence[LaneLine]
    device_count: int
    is_cut: bool
    waiting: int
    ring: str
    said: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of whom some alerts are about, where, and in whose hands they are."""

    people: Mapping[int, Profile]
    names: Mapping[int, str]
    gateways: Mapping[int, str]
    places: Mapping[str, Mapping[str, str]]
    holders: Mapping[int, str]


def get_board(session: Session, *, actor: Actor, now: datetime) -> Board:
    """Return the list of everything open that the actor reaches: a constant number of statements."""
    live = alerts.list_live(session, reach=actor, limit=MOST + 1, lane=Lane.LIFE)
    counts = count_devices(session, actor=actor)
    rows = sorted(make_rows(session, live[:MOST], actor=actor, now=now), key=urgency)
    waiting = [row for row in rows if row.is_waiting]
    return Board(
        slot=rows[0] if rows else None,
        rows=rows[1:],
        lane=[LaneLine(rule, rule_icon(rule), lane_words(rule, count)) for rule, count in counts.items()],
        device_count=sum(counts.values()),
        is_cut=len(live) > MOST,
        waiting=len(waiting),
        ring=str(min(row.priority for row in waiting)) if waiting else "",
        said=f"{waiting[0].title}{_(', ')}{waiting[0].who}" if waiting else "",
    )


def count_devices(session: Session, *, actor: Actor) -> dict[str, int]:
    """Count the open troubles of devices by rule, the most frequent first."""
    number = func.count()
    query = select(Incident.rule, number).where(
        areas.within(Incident.area_code, actor.area_codes),
        Incident.lane == Lane.DEVICE,
        Incident.state != State.CLOSED,
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(Incident.rule).order_by(number.desc()))}


def urgency(row: AlertRow) -> tuple[bool, int, bool, datetime]:
    """Order by severity, then what nobody has taken, then age; what is shelved comes last."""
    is_shelved = row.chip.icon == "clock"
    return is_shelved, row.priority, not row.is_waiting, row.since


def lane_words(rule: str, count: int) -> str:
    """Say how many devices have one trouble."""
    if rule == "low_battery":
        return str(ngettext("%(num)s home with a low battery", "%(num)s homes with a low battery", count))
    if rule == "device_silent":
        return str(ngettext("%(num)s home with a silent device", "%(num)s homes with a silent device", count))
    if rule == "gateway_silent":
        return str(ngettext("%(num)s silent gateway", "%(num)s silent gateways", count))
    return f"{rule_name(rule)} {count}"


def make_rows(session: Session, live: Sequence[Any], *, actor: Actor, now: datetime) -> list[AlertRow]:
    """Return alerts as rows: a few statements, however many there are."""
    seniors = [each.senior_id for each in live if each.senior_id]
    known = Known(
        people=people.profiles_on(session, senior_ids=seniors, day=business_day(now)),
        names=shown_names(session, senior_ids=seniors, reach=actor),
        gateways=gateway_names(session, gateway_ids={each.gateway_id for each in live if each.gateway_id}),
        places=areas.name_places(session, [each.area_code for each in live]),
        holders=list_names(session, account_ids={each.taken_by for each in live if each.taken_by}),
    )
    return [_row(each, known, actor) for each in live]


def _row(each: Any, known: Known, actor: Actor) -> AlertRow:
    chip = chip_of(each.state, each.priority)
    who, name = known.people.get(each.senior_id or 0), known.names.get(each.senior_id or 0, "")
    about = f"{name} {who.age}" if who else known.gateways.get(each.gateway_id or 0, "")
    place = str(in_language(known.places[each.area_code])) if each.area_code in known.places else ""
    return AlertRow(
        id=each.id,
        title=rule_name(each.rule),
        who=_(", ").join(part for part in (about, place) if part),
        icon=rule_icon(each.rule),
        state=chip.state,
        chip=chip,
        status=_status(each, known),
        is_free=each.state == State.RAISED,
        is_waiting=each.state == State.RAISED,
        is_mine=each.taken_by == actor.account_id,
        is_unanswered=each.unanswered_at is not None and each.state == State.RAISED,
        priority=each.priority,
        since=each.raised_at,
        repeats=each.repeats,
    )


def _status(each: Any, known: Known) -> str:
    if each.state == State.SHELVED:
        return str(_("until %(time)s, %(reason)s", time=clock_time(each.shelved_until), reason=each.shelved_reason))
    if each.taken_by is not None:
        return str(_("%(name)s has it", name=known.holders.get(each.taken_by, "")))
    if each.state != State.RAISED:
        return ""
    return str(_("everybody was asked, nobody has answered") if each.unanswered_at else _("nobody has it yet"))
