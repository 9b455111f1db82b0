"""What the register says of people with beds: a step that somebody should take is proposed, never taken by itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import business_day
from app.people.queries import Profile, profiles_on
from app.people.rules import Status
from care_beds.assessment.queries import StandingLevel, find_levels
from care_beds.beds.models import BedAgreement, BedSuspension, CareBed
from care_beds.beds.rules import LIVE, PREPARING, BedTerms, State, first_long_day
from care_beds.beds.serving import find_stay
from care_beds.beds.taking import note, terms_for

AT_A_TIME = 200
GONE = (Status.DECEASED, Status.IN_INSTITUTION, Status.MOVED_AWAY)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A step that should be taken, and why."""

    step: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known beside a bed: its person, the level that stands, why it rests, until when it is bound."""

    profile: Profile
    standing: StandingLevel | None
    rest: str | None
    bound_until: date | None


def propose_steps(session: Session, *, after: int, now: datetime, limit: int = AT_A_TIME) -> int | None:
    """Look at some beds and propose what the register asks for; return where to go on, or nothing at the end.

    :param after: the last bed that was looked at
    """
    today = business_day(now)
    query = select(CareBed).where(CareBed.id > after, CareBed.state.in_(LIVE)).order_by(CareBed.id).limit(limit)
    beds = session.scalars(query.with_for_update(key_share=True)).all()
    profiles = profiles_on(session, senior_ids=[bed.senior_id for bed in beds], day=today)
    levels = find_levels(session, senior_ids=[bed.senior_id for bed in beds], on=today)
    rests = _rests(session, [bed.id for bed in beds])
    bound = _bound(session, [bed.id for bed in beds])
    for bed in beds:
        seen = Seen(
            profile=profiles[bed.senior_id],
            standing=levels.get(bed.senior_id),
            rest=rests.get(bed.id),
            bound_until=bound.get(bed.id),
        )
        found = _judge(session, bed, seen, today=today)
        _write(session, bed, found, now=now)
    session.flush()
    return beds[-1].id if len(beds) == limit else None


def _judge(session: Session, bed: CareBed, seen: Seen, *, today: date) -> Proposal | None:
    state, status = State(bed.state), seen.profile.status
    if status in GONE:
        return Proposal("withdraw" if state in PREPARING else "close", str(status))
    if state is State.SUSPENDED:
        is_back = seen.rest == "hospital" and status is Status.ACTIVE
        return Proposal("resume", "back") if is_back else None
    if state is not State.IN_SERVICE:
        return None
    terms = terms_for(session, bed, on=today)
    if status is Status.IN_HOSPITAL:
        stay = find_stay(session, senior_id=bed.senior_id, on=today)
        is_long = stay is not None and today >= first_long_day(stay.from_on, terms.hospital_days)
        return Proposal("suspend", "hospital") if is_long else None
    return _judge_papers(bed, seen, terms, today)


def _judge_papers(bed: CareBed, seen: Seen, terms: BedTerms, today: date) -> Proposal | None:
    """Look at what a bed in service rests on: its assessment, and an agreement that can be followed by another."""
    standing = seen.standing
    if _is_unfit(bed, terms, standing.level if standing else None):
        return Proposal("close", "level")
    if standing is not None and standing.assessment_id != bed.assessment_id:
        return Proposal("reassess", "newer")
    if seen.bound_until is None or seen.bound_until <= today + timedelta(days=terms.agreement_ahead_days):
        return Proposal("renew", "agreement")
    return None


def _is_unfit(bed: CareBed, terms: BedTerms, level: int | None) -> bool:
    programme = terms.find_programme(bed.programme)
    return programme is not None and level is not None and level not in programme.levels


def _rests(session: Session, bed_ids: Sequence[int]) -> Mapping[int, str]:
    """Return why beds rest, those whose rest has no end yet."""
    if not bed_ids:
        return {}
    rows: Iterable[BedSuspension] = session.scalars(select(BedSuspension).where(BedSuspension.bed_id.in_(bed_ids)))
    return {row.bed_id: row.reason for row in rows if row.during.upper is None}


def _bound(session: Session, bed_ids: Sequence[int]) -> Mapping[int, date]:
    """Return until when signed agreements bind beds, those still to begin among them."""
    until = func.max(func.coalesce(BedAgreement.ended_on, BedAgreement.until_on)).label("until")
    query = select(BedAgreement.bed_id, until).where(BedAgreement.bed_id.in_(bed_ids), BedAgreement.state == "signed")
    return {row.bed_id: row.until for row in session.execute(query.group_by(BedAgreement.bed_id))}


def _write(session: Session, bed: CareBed, found: Proposal | None, *, now: datetime) -> None:
    if (bed.proposal, bed.proposal_reason) == ((found.step, found.reason) if found else (None, None)):
        return
    bed.proposal = found.step if found else None
    bed.proposal_reason = found.reason if found else None
    bed.proposed_on = business_day(now) if found else None
    if found:
        note(session, bed, "bed.proposed", by=None, now=now, new={"step": found.step, "why": found.reason})
