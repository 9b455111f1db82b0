"""What a deliverer needs at the door: whose it is, where, and what to watch for. Every first look is written down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import vault
from app.audit.services import record
from app.auth import Actor
from app.people.doors import list_doors
from meals.deliveries.models import Delivery
from meals.deliveries.reading import DeliveryView
from meals.deliveries.rules import State
from meals.models import Canteen

OPEN = frozenset({State.ORDERED, State.OUT})


@dataclass(frozen=True, slots=True)
class DoorView:
    """The door of one delivery, as only its deliverer sees it, and only until the meal was handed over."""

    name: str
    address: str
    phone: str
    note: str


def open_doors(
    session: Session, *, deliveries: Sequence[DeliveryView], by: Actor, now: datetime
) -> Mapping[int, DoorView]:
    """Return the doors of the deliveries that the caller brings and that are not done, in a handful of statements."""
    mine = [each for each in deliveries if each.deliverer_id == by.account_id and each.state in OPEN]
    if not mine:
        return {}
    doors = list_doors(session, senior_ids=[each.senior_id for each in mine])
    query = select(Delivery).where(Delivery.id.in_([each.id for each in mine])).order_by(Delivery.id)
    found = {}
    for delivery in session.scalars(query):
        door = doors[delivery.senior_id]
        found[delivery.id] = DoorView(
            name=door.name,
            address=vault.unseal(delivery.address_sealed) if delivery.address_sealed else door.address,
            phone=door.phone,
            note=vault.unseal(delivery.note_sealed) if delivery.note_sealed else "",
        )
    _note_looks(session, [each.id for each in mine], by=by, now=now)
    return found


def _note_looks(session: Session, delivery_ids: Sequence[int], *, by: Actor, now: datetime) -> None:
    """Write down once for each delivery that its deliverer saw where it goes."""
    first = update(Delivery).where(Delivery.id.in_(delivery_ids), Delivery.seen_at.is_(None)).values(seen_at=now)
    seen = session.scalars(first.returning(Delivery), execution_options={"synchronize_session": False}).all()
    if not seen:
        return
    places = select(Canteen.id, Canteen.area_code).where(Canteen.id.in_({each.canteen_id for each in seen}))
    areas = {row.id: row.area_code for row in session.execute(places)}
    for delivery in seen:
        record(
            session,
            actor=by,
            action="reveal.delivery",
            subject=f"delivery:{delivery.id}",
            area_code=areas[delivery.canteen_id],
            now=now,
            new={"deliverer": by.account_id},
        )
