"""Where a bed stands and whose door it is, for whoever has to go there; who looked is the caller's to write down."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import vault
from app.audit import services as audit
from app.auth.actor import Actor
from app.errors import Invalid
from app.people import doors
from app.people.faults import Misfit
from app.people.rules import read_reason
from app.people.wording import by_field
from care_beds.beds.models import CareBed
from care_beds.beds.reach import get_within, visible_to


@dataclass(frozen=True, slots=True)
class BedDoor:
    """Whose door it is and where; what nobody wrote down is empty, the place of the survey may be missing."""

    bed_id: int
    name: str
    address: str
    phone: str
    lat: float | None
    lon: float | None


def list_doors(session: Session, *, bed_ids: Iterable[int]) -> dict[int, BedDoor]:
    """Return the doors of some beds in two statements; asks nobody's leave, so that the caller notes who looked."""
    beds = session.scalars(select(CareBed).where(CareBed.id.in_(sorted(set(bed_ids))))).all()
    homes = doors.list_doors(session, senior_ids=[bed.senior_id for bed in beds])
    return {bed.id: _door(bed, homes[bed.senior_id]) for bed in beds}


def open_door(session: Session, *, bed_id: int, reason: str, actor: Actor, now: datetime) -> BedDoor:
    """Show where a bed stands to somebody who reaches it, and write down who looked and why.

    :raises BedNotFound: if there is no such bed for the actor
    :raises Invalid: if no reason is given
    """
    bed = get_within(session, bed_id=bed_id, within=visible_to(actor))
    try:
        why = read_reason(reason)
    except Misfit as misfit:
        raise Invalid(errors=by_field({"reason": misfit})) from misfit
    audit.record(
        session,
        actor=actor,
        action="reveal.bed_address",
        subject=f"bed:{bed.id}",
        area_code=bed.area_code,
        reason=why,
        now=now,
    )
    return list_doors(session, bed_ids=[bed.id])[bed.id]


def _door(bed: CareBed, home: doors.Door) -> BedDoor:
    address = vault.unseal(bed.address_sealed) if bed.address_sealed else home.address
    return BedDoor(bed_id=bed.id, name=home.name, address=address, phone=home.phone, lat=bed.lat, lon=bed.lon)
