"""What the building of a bed is paid with: once a bed, counted from what was built in, signed by two people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.approvals import services as approvals
from app.approvals.rules import REJECTED
from app.areas import queries as areas
from app.audit.services import record
from app.auth import Actor
from app.clock import business_day
from app.idempotency import fingerprint
from app.tokens import new_id
from care_beds.beds.models import BedAdaptation, BedDevice, CareBed
from care_beds.beds.policy import find_terms as find_bed_terms
from care_beds.money.access import read_reason
from care_beds.money.booking import Purses, shares_document
from care_beds.money.errors import (
    BedChanged,
    BedNotBuilt,
    BuiltBefore,
    BuiltForPublicOnly,
    ConstructionAsked,
    ConstructionNotFound,
    NoTerms,
    NothingBuilt,
)
from care_beds.money.models import PAID, BedConstruction
from care_beds.money.policy import find_subsidy_terms
from care_beds.money.rules import Construction, Device, sum_construction
from care_beds.money.terms import Share, SubsidyTerms, share_out
from care_beds.providers.queries import get_provider
from subsidies import services as ledger

CONSTRUCTION = "construction"
# When the bed was accepted: what was built in is final from then on.
ACCEPTED_ON = text("SELECT max(on_day) FROM bed_step WHERE bed_id = :bed AND to_state = 'accepted'")
BUILT_BEFORE = text(
    """
    SELECT b.number, c.paid_at FROM bed_construction AS c JOIN care_bed AS b ON b.id = c.bed_id
     WHERE c.senior_id = :senior AND c.bed_id <> :bed AND c.state IN ('submitted', 'paid')
       AND coalesce(c.paid_at, c.submitted_at) > CAST(:now AS timestamptz) - make_interval(months => :months)
     LIMIT 1
    """
)
# A device that went back is built in elsewhere; it was bought once.
PAID_IN = text(
    """
    SELECT d.kind, d.serial, min(b.number) AS number
      FROM bed_construction AS c
      JOIN care_bed AS b ON b.id = c.bed_id
     CROSS JOIN LATERAL jsonb_to_recordset(c.devices) AS d (kind text, serial text)
     WHERE c.state = 'paid' AND c.bed_id <> :bed AND d.serial = ANY(:serials)
     GROUP BY d.kind, d.serial
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What was built into a bed, what that is worth, and by which document."""

    bed: CareBed
    devices: Sequence[Device]
    adaptations_fen: int
    worth: Construction
    terms: SubsidyTerms
    accepted_on: date

    @property
    def shares(self) -> tuple[Share, ...]:
        """Return who bears it."""
        return share_out(self.terms.funders, self.worth.amount_fen)


def count_construction(session: Session, *, bed: CareBed, now: datetime) -> Counted:
    """Count what the building of a bed is worth.

    :raises BedNotBuilt: if it was not accepted yet
    :raises NoTerms: if no document says what it is worth
    :raises BuiltForPublicOnly: if its programme is not built with public money
    :raises NothingBuilt: if nothing of it is paid for
    :raises BuiltBefore: if another bed of the same person was built not long ago
    """
    accepted_on = session.scalar(ACCEPTED_ON, {"bed": bed.id})
    if accepted_on is None:
        raise BedNotBuilt
    terms = find_subsidy_terms(session, area_code=bed.area_code, on=accepted_on)
    if terms is None:
        raise NoTerms(_l("No document says what building a bed is worth here on the day it was accepted."))
    built = terms.construction
    if built.programmes and bed.programme not in built.programmes:
        raise BuiltForPublicOnly
    devices = _list_devices(session, bed, on=accepted_on)
    adaptations_fen = _sum_adaptations(session, bed)
    worth = sum_construction(devices, adaptations_fen=adaptations_fen, terms=built)
    if not worth.amount_fen:
        raise NothingBuilt
    _check_before(session, bed, months=built.again_after_months, now=now)
    return Counted(
        bed=bed,
        devices=devices,
        adaptations_fen=adaptations_fen,
        worth=worth,
        terms=terms,
        accepted_on=accepted_on,
    )


def ask_construction(session: Session, *, bed_id: int, by: Actor, now: datetime) -> BedConstruction:
    """Ask for the subsidy of building a bed; somebody else pays it.

    :raises ConstructionNotFound: if there is no such bed in the caller's areas
    :raises ConstructionAsked: if it was asked for before, and not sent back
    :raises BedNotBuilt: and the other refusals of counting it
    """
    bed = _load_bed(session, bed_id, by)
    ledger.open_book(session, home=bed.senior_id)
    counted = count_construction(session, bed=bed, now=now)
    values = _values(counted, by=by)
    fresh = session.scalar(
        insert(BedConstruction)
        .values(bed_id=bed.id, **values)
        .on_conflict_do_nothing()
        .returning(BedConstruction.bed_id)
    )
    asked = session.get_one(BedConstruction, bed.id, with_for_update=True, populate_existing=True)
    if fresh is None:
        _open_again(asked, values)
    approvals.submit(asked, by=by.account_id, now=now)
    session.flush()
    _note(session, "bed_construction.asked", asked, by=by, now=now)
    return asked


def pay_construction(session: Session, *, bed_id: int, by: Actor, now: datetime) -> BedConstruction:
    """Approve what somebody else asked for, and pay it.

    :raises ConstructionNotFound: if nothing was asked for in the caller's areas
    :raises NotSubmitted: if it was decided before
    :raises SelfApproval: if the caller asked for it
    :raises BedChanged: if other things are built in than were handed in
    :raises InFlight: if another request holds the senior's book for too long
    """
    bed = _load_bed(session, bed_id, by)
    ledger.open_book(session, home=bed.senior_id)
    asked = _load(session, bed_id)
    approvals.check_deciding(asked, by=by.account_id)
    counted = count_construction(session, bed=bed, now=now)
    if (counted.worth.amount_fen, _devices_document(counted.devices)) != (asked.amount_fen, asked.devices):
        raise BedChanged
    with session.no_autoflush:
        approvals.approve(asked, state=PAID, by=by.account_id, now=now)
        asked.txn_id = _spend(session, asked, counted, by=by, now=now)
        asked.paid_at = now
    session.flush()
    _note(session, "bed_construction.paid", asked, by=by, now=now)
    return asked


def reject_construction(session: Session, *, bed_id: int, reason: str, by: Actor, now: datetime) -> BedConstruction:
    """Send back what somebody else asked for; it may be asked for again.

    :raises ConstructionNotFound: if nothing was asked for in the caller's areas
    :raises NotSubmitted: if it was decided before
    :raises SelfApproval: if the caller asked for it
    :raises Invalid: if no reason is given
    """
    words = read_reason(reason)
    _load_bed(session, bed_id, by)
    asked = _load(session, bed_id)
    approvals.reject(asked, reason=words, by=by.account_id, now=now)
    session.flush()
    _note(session, "bed_construction.rejected", asked, by=by, now=now)
    return asked


def _load_bed(session: Session, bed_id: int, by: Actor) -> CareBed:
    found = session.scalar(select(CareBed).where(CareBed.id == bed_id, areas.within(CareBed.area_code, by.area_codes)))
    if found is None:
        raise ConstructionNotFound
    return found


def _load(session: Session, bed_id: int) -> BedConstruction:
    found = session.get(BedConstruction, bed_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise ConstructionNotFound
    return found


def _open_again(asked: BedConstruction, values: Mapping[str, Any]) -> None:
    """Let what was sent back be asked for anew, with what is built in now."""
    if asked.state != REJECTED:
        raise ConstructionAsked
    approvals.renew(asked, values)


def _values(counted: Counted, *, by: Actor) -> dict[str, Any]:
    bed = counted.bed
    assert bed.provider_id is not None
    return {
        "senior_id": bed.senior_id,
        "provider_id": bed.provider_id,
        "area_code": bed.area_code,
        "amount_fen": counted.worth.amount_fen,
        "adaptations_fen": counted.adaptations_fen,
        "devices": _devices_document(counted.devices),
        "reasons": [reason.as_json() for reason in counted.worth.reasons],
        "shares": shares_document(counted.shares),
        "policy_id": counted.terms.document_id,
        "state": "draft",
        "maker_id": by.account_id,
    }


def _list_devices(session: Session, bed: CareBed, *, on: date) -> list[Device]:
    """List the devices that were built in and work, in the order in which they came."""
    rules = find_bed_terms(session, area_code=bed.area_code, on=on)
    names = rules.device_titles if rules else {}
    query = select(BedDevice).where(
        BedDevice.bed_id == bed.id, BedDevice.tested_on.is_not(None), BedDevice.serial.is_not(None)
    )
    found = session.scalars(query.order_by(BedDevice.id)).all()
    asked = {"bed": bed.id, "serials": [each.serial for each in found]}
    paid_in = {(row.kind, row.serial): row.number for row in session.execute(PAID_IN, asked)}
    return [
        Device(
            kind=each.kind,
            names=dict(names.get(each.kind, {"zh": each.kind, "en": each.kind})),
            serial=each.serial or "",
            paid_in=paid_in.get((each.kind, each.serial), ""),
        )
        for each in found
    ]


def _sum_adaptations(session: Session, bed: CareBed) -> int:
    query = select(BedAdaptation.cost_fen).where(BedAdaptation.bed_id == bed.id, BedAdaptation.done_on.is_not(None))
    return sum(cost or 0 for cost in session.scalars(query))


def _check_before(session: Session, bed: CareBed, *, months: int, now: datetime) -> None:
    asked = {"senior": bed.senior_id, "bed": bed.id, "now": now, "months": months}
    found = session.execute(BUILT_BEFORE, asked).one_or_none() if months else None
    if found is not None:
        raise BuiltBefore(
            _l(
                "Bed %(number)s of the same person was built with public money within the last %(months)s months.",
                number=found.number,
                months=months,
            )
        )


def _devices_document(devices: Sequence[Device]) -> list[dict[str, Any]]:
    return [
        {
            "kind": each.kind,
            "names": dict(each.names),
            "serial": each.serial,
            **({"paid_in": each.paid_in} if each.paid_in else {}),
        }
        for each in devices
    ]


def _spend(session: Session, asked: BedConstruction, counted: Counted, *, by: Actor, now: datetime) -> UUID:
    bed = counted.bed
    about = {"bed": bed.id, "bed_number": bed.number, "provider": asked.provider_id}
    answered = ledger.spend(
        session,
        home=bed.senior_id,
        key=f"construction:{bed.id}",
        fingerprint=fingerprint(CONSTRUCTION, bed.id),
        txn_id=new_id(),
        merchant_account=get_provider(session, provider_id=asked.provider_id).merchant_account,
        points_fen=0,
        purpose=CONSTRUCTION,
        legs=Purses(session).legs(asked.area_code, counted.shares),
        cause={"what": CONSTRUCTION, **about, "policies": [asked.policy_id], "reasons": asked.reasons},
        response={"bed": bed.id, "amount_fen": asked.amount_fen},
        actor=str(by.account_id),
        device=by.device,
        occurred_at=now,
        occurred_on=business_day(now),
        now=now,
    )
    assert answered.txn_id is not None
    return answered.txn_id


def _note(session: Session, action: str, asked: BedConstruction, *, by: Actor, now: datetime) -> None:
    record(
        session,
        actor=by,
        action=action,
        subject=f"care_bed:{asked.bed_id}",
        area_code=asked.area_code,
        now=now,
        new={"amount_fen": asked.amount_fen, "state": asked.state},
        reason=asked.reason,
    )
