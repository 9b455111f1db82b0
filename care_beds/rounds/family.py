"""Visits as a family sees them: who comes and when, what was done, with pictures, and what can be said about it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import business_day
from care_beds.catalogue.queries import find_catalogues
from care_beds.catalogue.rules import CareService
from care_beds.providers.models import CareProvider, Carer
from care_beds.rounds.confirming import code_of
from care_beds.rounds.errors import VisitNotFound
from care_beds.rounds.slots import slot_of
from care_beds.rounds.words import list_vitals
from care_beds.visits.models import CareVisit, VisitConfirmation, VisitMark, VisitObjection, VisitRating
from care_beds.visits.policy import find_rules_of
from care_beds.visits.rules import Cancelled, State

AHEAD, BACK = timedelta(days=14), timedelta(days=40)
MOST = 60
DONE = frozenset({State.FINISHED, State.CONFIRMED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody of the family said of a visit that was not right, and the answer."""

    id: int
    words: str
    is_own: bool
    state: str
    at: datetime
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyVisit:
    """One visit for the family's pages."""

    id: int
    service: Mapping[str, str]
    carer: str
    covers: str
    provider: str
    provider_phone: str
    on: date
    planned_from: datetime
    planned_until: datetime
    is_moved: bool
    state: str
    missed_reason: str
    started_at: datetime | None
    finished_at: datetime | None
    minutes: int
    done: Sequence[Mapping[str, str]]
    left: Sequence[Mapping[str, str]]
    vitals: Sequence[tuple[Any, str]]
    is_worse: bool
    words: str
    pictures: Sequence[tuple[str, UUID]]
    how: str | None
    confirmed_at: datetime | None
    may_confirm: bool
    code: str
    stars: int | None
    may_rate: bool
    objections: Sequence[Said]
    may_object: bool

    @property
    def is_done(self) -> bool:
        """Say whether the carer has left."""
        return self.state in DONE


@dataclass(frozen=True, slots=True)
class Around:
    """What lies around some visits, by visit or by id: gathered at once for all of them."""

    carers: Mapping[int, str]
    providers: Mapping[int, CareProvider]
    services: Mapping[tuple[str, str], CareService]
    words: Mapping[int, VisitConfirmation]
    pictures: Mapping[int, Sequence[tuple[str, UUID]]] = field(default_factory=dict)
    ratings: Mapping[int, VisitRating] = field(default_factory=dict)
    objections: Mapping[int, Sequence[VisitObjection]] = field(default_factory=dict)
    objection_days: Mapping[str, int] = field(default_factory=dict)


def list_visits(
    session: Session,
    *,
    senior_id: int,
    account_id: int,
    now: datetime,
    ahead: timedelta = AHEAD,
    back: timedelta = BACK,
) -> Sequence[FamilyVisit]:
    """Return a senior's visits around today, by their time; asks nobody's leave."""
    today = business_day(now)
    # What was only planned anew has its other visit beside it.
    query = select(CareVisit).where(CareVisit.senior_id == senior_id, CareVisit.cancel_reason != Cancelled.REPLANNED)
    later = query.where(CareVisit.visit_on > today, CareVisit.visit_on <= today + ahead)
    so_far = query.where(CareVisit.visit_on > today - back, CareVisit.visit_on <= today)
    # Each with a bound of its own: however much is to come, what is to be confirmed is not pushed out.
    visits = [
        *session.scalars(later.order_by(CareVisit.visit_on, CareVisit.id).limit(MOST)),
        *session.scalars(so_far.order_by(CareVisit.visit_on.desc(), CareVisit.id.desc()).limit(MOST)),
    ]
    if not visits:
        return ()
    around = _gather(session, visits, account_id=account_id)
    found = [_view(each, around, account_id=account_id, now=now) for each in visits]
    return sorted(found, key=lambda each: each.planned_from)


def get_visit(session: Session, *, senior_id: int, visit_id: int, account_id: int, now: datetime) -> FamilyVisit:
    """Return one visit of a senior; asks nobody's leave.

    :raises VisitNotFound: if it is no visit to this senior
    """
    visit = session.get(CareVisit, visit_id)
    if visit is None or visit.senior_id != senior_id:
        raise VisitNotFound
    return _view(visit, _gather(session, [visit], account_id=account_id), account_id=account_id, now=now)


def _gather(session: Session, visits: Sequence[CareVisit], *, account_id: int) -> Around:
    ids = [each.id for each in visits]
    places = {each.area_code for each in visits}
    on = max((each.visit_on for each in visits), default=None)
    rules = find_rules_of(session, area_codes=places, on=on) if on else {}
    rated = select(VisitRating).where(VisitRating.visit_id.in_(ids), VisitRating.by_account == account_id)
    return Around(
        carers=_carers(session, visits),
        providers=_providers(session, {each.provider_id for each in visits}),
        services=_services(session, visits),
        words=_words(session, ids),
        pictures=_pictures(session, ids),
        ratings={each.visit_id: each for each in session.scalars(rated)},
        objections=_objections(session, ids),
        objection_days={place: each.objection_days for place, each in rules.items()},
    )


def _carers(session: Session, visits: Iterable[CareVisit]) -> Mapping[int, str]:
    ids = {carer for each in visits for carer in (each.carer_id, each.covers_carer_id) if carer is not None}
    rows = session.execute(select(Carer.id, Carer.name).where(Carer.id.in_(sorted(ids))))
    return {row.id: row.name for row in rows}


def _providers(session: Session, ids: Collection[int]) -> Mapping[int, CareProvider]:
    found = session.scalars(select(CareProvider).where(CareProvider.id.in_(sorted(ids))))
    return {each.id: each for each in found}


def _services(session: Session, visits: Sequence[CareVisit]) -> Mapping[tuple[str, str], CareService]:
    """Return the services of some visits by place and code, as the latest of their days names them."""
    if not visits:
        return {}
    on = max(each.visit_on for each in visits)
    catalogues = find_catalogues(session, area_codes={each.area_code for each in visits}, on=on)
    return {(place, code): each for place, found in catalogues.items() for code, each in found.services.items()}


def _words(session: Session, ids: Sequence[int]) -> Mapping[int, VisitConfirmation]:
    query = select(VisitConfirmation).where(VisitConfirmation.visit_id.in_(ids)).order_by(VisitConfirmation.id)
    found: dict[int, VisitConfirmation] = {}
    for each in session.scalars(query):
        if each.visit_id not in found or found[each.visit_id].how == "cannot":
            found[each.visit_id] = each
    return found


def _pictures(session: Session, ids: Sequence[int]) -> Mapping[int, Sequence[tuple[str, UUID]]]:
    query = select(VisitMark.visit_id, VisitMark.kind, VisitMark.picture_id)
    rows = session.execute(query.where(VisitMark.visit_id.in_(ids), VisitMark.picture_id.is_not(None)))
    found: dict[int, list[tuple[str, UUID]]] = defaultdict(list)
    for row in rows.all():
        found[row.visit_id].append((row.kind, row.picture_id))
    return {visit_id: sorted(pictures) for visit_id, pictures in found.items()}


def _objections(session: Session, ids: Sequence[int]) -> Mapping[int, Sequence[VisitObjection]]:
    query = select(VisitObjection).where(VisitObjection.visit_id.in_(ids)).order_by(VisitObjection.id)
    found: dict[int, list[VisitObjection]] = defaultdict(list)
    for each in session.scalars(query):
        found[each.visit_id].append(each)
    return found


def _view(visit: CareVisit, around: Around, *, account_id: int, now: datetime) -> FamilyVisit:
    service = around.services.get((visit.area_code, visit.service))
    provider = around.providers[visit.provider_id]
    word = around.words.get(visit.id)
    vitals = visit.vitals or {}
    said = around.objections.get(visit.id, ())
    rating = around.ratings.get(visit.id)
    is_done = visit.state in DONE
    may_confirm = visit.state == State.FINISHED
    slot = slot_of(visit.planned)
    return FamilyVisit(
        id=visit.id,
        service=service.name if service else {"zh": visit.service, "en": visit.service},
        carer=around.carers.get(visit.carer_id, ""),
        covers=around.carers.get(visit.covers_carer_id or 0, ""),
        provider=provider.name,
        provider_phone=provider.phone,
        on=visit.visit_on,
        planned_from=slot.begins,
        planned_until=slot.ends,
        is_moved=visit.moved_from is not None,
        state=visit.state,
        missed_reason=visit.missed_reason,
        started_at=visit.started_at,
        finished_at=visit.finished_at,
        minutes=_minutes(visit),
        done=_named(service, visit.items_done, done=True) if is_done else [],
        left=_named(service, visit.items_done, done=False) if is_done else [],
        vitals=list_vitals(vitals),
        is_worse=vitals.get("condition") == "worse",
        words=str(vitals.get("words") or ""),
        pictures=around.pictures.get(visit.id, ()),
        how=word.how if word else None,
        confirmed_at=word.occurred_at if word else None,
        may_confirm=may_confirm,
        code=code_of(visit_id=visit.id, account_id=account_id) if _shows_code(visit, now) else "",
        stars=rating.stars if rating else None,
        may_rate=is_done and rating is None,
        objections=[_said(each, account_id) for each in said],
        may_object=is_done
        and all(each.state != "open" for each in said)
        and _is_in_time(visit, around.objection_days.get(visit.area_code, 0), now),
    )


def _shows_code(visit: CareVisit, now: datetime) -> bool:
    """Say whether the code is of use: on the day, for whoever stands beside the carer, until the visit is confirmed."""
    if visit.state == State.PLANNED:
        return visit.visit_on == business_day(now)
    return visit.state in (State.STARTED, State.FINISHED)


def _is_in_time(visit: CareVisit, days: int, now: datetime) -> bool:
    return visit.finished_at is not None and now <= visit.finished_at + timedelta(days=days)


def _minutes(visit: CareVisit) -> int:
    if visit.started_at is None or visit.finished_at is None:
        return 0
    return int((visit.finished_at - visit.started_at).total_seconds() // 60)


def _named(service: CareService | None, items: Sequence[Any], *, done: bool) -> Sequence[Mapping[str, str]]:
    return [item.name for item in service.items if (item.code in items) is done] if service else []


def _said(objection: VisitObjection, account_id: int) -> Said:
    is_own = objection.by_account == account_id
    return Said(
        id=objection.id,
        words=objection.words if is_own else "",
        is_own=is_own,
        state=objection.state,
        at=objection.at,
        answer=objection.answer,
        answered_at=objection.answered_at,
    )
