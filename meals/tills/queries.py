"""Reading devices: how each till stands, and which of its sales never came."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from app.auth import Actor
from meals.models import Canteen, Till
from meals.scope import visible_canteens
from meals.tills.models import TillDevice, TillUpload
from meals.tills.rules import NUMBERS_LOOKED_AT, Gap, find_gaps

TILLS_ON_A_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLine:
    """A device as the manager sees it."""

    device: TillDevice
    gaps: Sequence[Gap]
    unbooked: int

    @property
    def missing(self) -> int:
        """Return how many of its sales never came."""
        return sum(gap.count for gap in self.gaps)


@dataclass(frozen=True, slots=True, kw_only=True)
class TillLine:
    """A till with its devices, the newest first; those out of use last."""

    id: int
    number: int
    canteen_id: int
    canteen: str
    canteen_en: str
    devices: Sequence[DeviceLine]


@dataclass(frozen=True, slots=True)
class TillPage:
    """Some tills, by canteen and number, and the cursor of the next page."""

    items: Sequence[TillLine]
    next: int | None


def list_tills(session: Session, *, actor: Actor, canteen_id: int | None = None, after: int | None = None) -> TillPage:
    """List the tills in use of an actor's canteens with their devices, in a constant number of questions."""
    query = (
        select(Till, Canteen)
        .join(Canteen, Canteen.id == Till.canteen_id)
        .where(visible_canteens(actor), Till.withdrawn_on.is_(None))
    )
    if canteen_id is not None:
        query = query.where(Canteen.id == canteen_id)
    if after is not None:
        before = session.get(Till, after)
        query = query.where(tuple_(Till.canteen_id, Till.id) > (before.canteen_id, before.id)) if before else query
    rows = session.execute(query.order_by(Till.canteen_id, Till.id).limit(TILLS_ON_A_PAGE + 1)).all()
    shown = rows[:TILLS_ON_A_PAGE]
    devices = _devices_of(session, [till.id for till, _canteen in shown])
    lines = [
        TillLine(
            id=till.id,
            number=till.number,
            canteen_id=canteen.id,
            canteen=canteen.name,
            canteen_en=canteen.name_en,
            devices=devices[till.id],
        )
        for till, canteen in shown
    ]
    return TillPage(lines, lines[-1].id if len(rows) > TILLS_ON_A_PAGE else None)


def gaps_of(session: Session, devices: Collection[TillDevice]) -> Mapping[int, Sequence[Gap]]:
    """Return the numbers that never came, by device."""
    highest = (
        select(TillUpload.device_id, func.max(TillUpload.seq).label("seq"))
        .where(TillUpload.device_id.in_([device.id for device in devices]))
        .group_by(TillUpload.device_id)
        .subquery()
    )
    query = select(TillUpload.device_id, TillUpload.seq).join(
        highest,
        (highest.c.device_id == TillUpload.device_id) & (TillUpload.seq >= highest.c.seq - NUMBERS_LOOKED_AT),
    )
    came: dict[int, list[int]] = defaultdict(list)
    for device_id, seq in session.execute(query):
        came[device_id].append(seq or 0)
    return {
        device.id: find_gaps(came[device.id], last_seq=device.last_seq, queue_length=device.queue_length)
        for device in devices
    }


def _devices_of(session: Session, till_ids: Sequence[int]) -> Mapping[int, Sequence[DeviceLine]]:
    query = select(TillDevice).where(TillDevice.till_id.in_(till_ids))
    devices = session.scalars(query.order_by(TillDevice.revoked_at.isnot(None), TillDevice.number.desc())).all()
    in_use = [device for device in devices if device.revoked_at is None]
    gaps = gaps_of(session, in_use) if in_use else {}
    unbooked = _unbooked(session, in_use)
    found: dict[int, list[DeviceLine]] = defaultdict(list)
    for device in devices:
        line = DeviceLine(device=device, gaps=gaps.get(device.id, ()), unbooked=unbooked.get(device.id, 0))
        found[device.till_id].append(line)
    return defaultdict(list, found)


def _unbooked(session: Session, devices: Collection[TillDevice]) -> Mapping[int, int]:
    query = select(TillUpload.device_id, func.count()).where(
        TillUpload.device_id.in_([device.id for device in devices]), TillUpload.outcome == "refused_shape"
    )
    counted = session.execute(query.group_by(TillUpload.device_id)).all()
    return {device_id: count for device_id, count in counted}  # noqa: C416 - rows are no pairs to the type checker
