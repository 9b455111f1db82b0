"""A carer's day: the visits in order, with the door, what to do there, and by what it is judged."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app import vault
from app.audit.services import record
from app.auth import Actor
from app.clock import business_day
from care_beds.beds.doors import BedDoor, list_doors
from care_beds.catalogue.queries import find_catalogues
from care_beds.catalogue.rules import CareService, Catalogue
from care_beds.providers import queries as providers
from care_beds.rounds.slots import slot_of
from care_beds.rounds.words import Measure, measures_of
from care_beds.visits.models import CarePlan, CareVisit, PlanLine, VisitConfirmation
from care_beds.visits.policy import find_rules_of
from care_beds.visits.rules import State, VisitRules

# More than anybody can do in a day; a list without a bound is none.
LARGEST_DAY = 40
# What a carer still needs the door for.
OPEN = frozenset({State.PLANNED, State.STARTED, State.FINISHED})
SHOWN = (State.PLANNED, State.STARTED, State.FINISHED, State.CONFIRMED, State.MISSED, State.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One visit of a carer's day. The door is empty once the visit is over."""

    id: int
    bed_id: int
    state: str
    planned_from: datetime
    planned_until: datetime
    started_at: datetime | None
    finished_at: datetime | None
    word: str | None
    name: str
    address: str
    phone: str
    lat: float | None
    lon: float | None
    note: str
    service: Mapping[str, str]
    items: Sequence[tuple[str, Mapping[str, str]]]
    vitals: Sequence[Measure]
    radius_m: int
    least_minutes: int
    photos_in: int
    photos_out: int


def list_stops(session: Session, *, by: Actor, now: datetime) -> list[Stop]:
    """Return the caller's visits of today, and those of earlier days that were never checked out; notes who looked."""
    carer = providers.find_carer(session, account_id=by.account_id)
    if carer is None:
        return []
    today = business_day(now)
    query = select(CareVisit).where(
        CareVisit.carer_id == carer.id,
        or_(CareVisit.visit_on == today, (CareVisit.state == State.STARTED) & (CareVisit.visit_on < today)),
        CareVisit.state.in_(SHOWN),
    )
    visits = session.scalars(query.order_by(CareVisit.planned, CareVisit.id).limit(LARGEST_DAY)).all()
    if not visits:
        return []
    open_visits = [each for each in visits if each.state in OPEN]
    doors = list_doors(session, bed_ids=sorted({each.bed_id for each in visits}))
    places = {each.area_code for each in visits}
    rules = find_rules_of(session, area_codes=places, on=today)
    catalogues = find_catalogues(session, area_codes=places, on=today)
    notes, words = _notes(session, open_visits), _words(session, visits)
    _note_looks(session, open_visits, by=by, now=now)
    return [
        _stop(
            each,
            door=doors.get(each.bed_id),
            rules=rules.get(each.area_code),
            service=_service(catalogues.get(each.area_code), each.service),
            note=notes.get(each.plan_line_id or 0, "") if each.state in OPEN else "",
            word=words.get(each.id),
        )
        for each in visits
    ]


def items_of(session: Session, visit: CareVisit) -> Sequence[str]:
    """Return what belongs to a visit's service, by the catalogue of its day."""
    found = find_catalogues(session, area_codes=[visit.area_code], on=visit.visit_on).get(visit.area_code)
    service = _service(found, visit.service)
    return [item.code for item in service.items] if service else []


def _service(catalogue: Catalogue | None, code: str) -> CareService | None:
    return catalogue.find(code) if catalogue else None


def _stop(
    visit: CareVisit,
    *,
    door: BedDoor | None,
    rules: VisitRules | None,
    service: CareService | None,
    note: str,
    word: str | None,
) -> Stop:
    is_open = visit.state in OPEN
    slot = slot_of(visit.planned)
    short = rules.duration_percent if rules else 0
    return Stop(
        id=visit.id,
        bed_id=visit.bed_id,
        state=visit.state,
        planned_from=slot.begins,
        planned_until=slot.ends,
        started_at=visit.started_at,
        finished_at=visit.finished_at,
        word=word,
        name=door.name if door else "",
        address=door.address if door and is_open else "",
        phone=door.phone if door and is_open else "",
        lat=door.lat if door and is_open else None,
        lon=door.lon if door and is_open else None,
        note=note,
        service=service.name if service else {"zh": visit.service, "en": visit.service},
        items=[(item.code, item.name) for item in service.items] if service else [],
        vitals=measures_of(service.vitals if service else ()),
        radius_m=rules.radius_m if rules else 0,
        # Rounded up: half a minute short is short.
        least_minutes=-(-slot.minutes * (100 - short) // 100),
        photos_in=rules.photos_in if rules else 0,
        photos_out=rules.photos_out if rules else 0,
    )


def _notes(session: Session, visits: Iterable[CareVisit]) -> Mapping[int, str]:
    """Return what the plans of some visits say to watch for, by their lines."""
    lines = {each.plan_line_id for each in visits if each.plan_line_id is not None}
    query = (
        select(PlanLine.id, CarePlan.note_sealed)
        .join(CarePlan, CarePlan.id == PlanLine.plan_id)
        .where(PlanLine.id.in_(sorted(lines)), CarePlan.note_sealed.is_not(None))
    )
    return {row.id: vault.unseal(row.note_sealed) for row in session.execute(query)} if lines else {}


def _words(session: Session, visits: Iterable[CareVisit]) -> Mapping[int, str]:
    """Return how the family spoke of some visits; ``cannot`` gives way to anything better."""
    query = select(VisitConfirmation.visit_id, VisitConfirmation.how).where(
        VisitConfirmation.visit_id.in_(sorted(each.id for each in visits))
    )
    found: dict[int, str] = {}
    for row in session.execute(query):
        if found.get(row.visit_id, "cannot") == "cannot":
            found[row.visit_id] = row.how
    return found


def _note_looks(session: Session, visits: Iterable[CareVisit], *, by: Actor, now: datetime) -> None:
    """Write down once for each visit that its carer saw whose door it is."""
    ids = [each.id for each in visits if each.seen_at is None]
    if not ids:
        return
    first = update(CareVisit).where(CareVisit.id.in_(ids), CareVisit.seen_at.is_(None)).values(seen_at=now)
    shown = first.returning(CareVisit.id, CareVisit.area_code)
    for row in session.execute(shown, execution_options={"synchronize_session": False}):
        record(
            session,
            actor=by,
            action="reveal.care_visit",
            subject=f"care_visit:{row.id}",
            area_code=row.area_code,
            now=now,
            new={"carer": by.account_id},
        )
