"""Who may visit whom on a day, and who of a provider has time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import Numeric, cast, extract, func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.errors import Invalid
from app.web.wording import join
from care_beds.providers.models import Carer, CarerKin
from care_beds.providers.queries import get_carer, list_unfit
from care_beds.providers.wording import UNFIT
from care_beds.visits.errors import CarerUnfit, DayFull
from care_beds.visits.models import CareVisit
from care_beds.visits.policy import find_visit_rules
from care_beds.visits.rules import State

GONE = (State.MISSED, State.CANCELLED)
KIN = _l("The carer is related to this person or lives with them. Somebody else must visit.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Free:
    """A carer who could come, and how many minutes their day has already."""

    carer_id: int
    name: str
    minutes: int


def check_kin(session: Session, *, carer_id: int, senior_id: int) -> None:
    """Refuse a carer who is related to a person or lives with them.

    :raises Invalid: if they declared so
    """
    if is_kin(session, carer_id=carer_id, senior_id=senior_id):
        raise Invalid(errors={"carer_id": [KIN]})


def is_kin(session: Session, *, carer_id: int, senior_id: int) -> bool:
    """Say whether a carer declared to be related to a person or to live with them."""
    query = select(CarerKin.id).where(
        CarerKin.carer_id == carer_id, CarerKin.senior_id == senior_id, CarerKin.ended_at.is_(None)
    )
    return session.scalar(query.limit(1)) is not None


def check_carer(
    session: Session,
    *,
    carer_id: int,
    senior_id: int,
    provider_id: int,
    area_code: str,
    on: date,
    minutes: int,
    besides: int | None = None,
) -> None:
    """Refuse a carer who may not visit a person on a day, or whose day would be too long.

    :param besides: a visit whose own minutes do not count, because it is the one that is changed
    :raises CarerNotFound: if there is no such carer
    :raises CarerUnfit: if they work elsewhere, are related to the person, or lack a certificate
    :raises DayFull: if the day would have more hours than the rules allow
    """
    if get_carer(session, carer_id=carer_id).provider_id != provider_id:
        raise CarerUnfit(_l("This carer works for another provider."))
    if is_kin(session, carer_id=carer_id, senior_id=senior_id):
        raise CarerUnfit(KIN)
    reasons = list_unfit(session, carer_ids=[carer_id], on=on).get(carer_id, ())
    if reasons:
        raise CarerUnfit(join([str(UNFIT[reason]) for reason in reasons]), extra={"reasons": list(reasons)})
    rules = find_visit_rules(session, area_code=area_code, on=on)
    planned = sum_minutes(session, carer_ids=[carer_id], on=on, besides=besides).get(carer_id, 0)
    if rules is not None and planned + minutes > rules.hours_per_day * 60:
        told = _l("A carer works at most %(hours)s hours a day; this would be more.", hours=rules.hours_per_day)
        raise DayFull(told, extra={"minutes": planned + minutes})


def sum_minutes(session: Session, *, carer_ids: Sequence[int], on: date, besides: int | None = None) -> dict[int, int]:
    """Return the minutes that carers have planned on a day."""
    length = extract("epoch", func.upper(CareVisit.planned) - func.lower(CareVisit.planned)) / 60
    query = select(CareVisit.carer_id, func.sum(cast(length, Numeric)).label("minutes")).where(
        CareVisit.carer_id.in_(carer_ids), CareVisit.visit_on == on, CareVisit.state.not_in(GONE)
    )
    if besides is not None:
        query = query.where(CareVisit.id != besides)
    return {row.carer_id: int(row.minutes) for row in session.execute(query.group_by(CareVisit.carer_id))}


def list_free(
    session: Session,
    *,
    provider_id: int,
    senior_id: int,
    on: date,
    planned: Range[datetime],
    but: int | None = None,
    limit: int = 200,
) -> Sequence[Free]:
    """List the carers of a provider who may visit a person at a time and are free then, the least busy first."""
    busy = select(CareVisit.carer_id).where(
        CareVisit.visit_on == on, CareVisit.planned.op("&&")(planned), CareVisit.state.not_in(GONE)
    )
    kin = select(CarerKin.carer_id).where(CarerKin.senior_id == senior_id, CarerKin.ended_at.is_(None))
    query = select(Carer.id, Carer.name).where(
        Carer.provider_id == provider_id,
        Carer.employed_from <= on,
        Carer.employed_until.is_(None) | (Carer.employed_until > on),
        Carer.id.not_in(busy.where(CareVisit.provider_id == provider_id)),
        Carer.id.not_in(kin),
    )
    if but is not None:
        query = query.where(Carer.id != but)
    rows = session.execute(query.order_by(Carer.name, Carer.id).limit(limit)).all()
    ids = [row.id for row in rows]
    unfit = list_unfit(session, carer_ids=ids, on=on) if ids else {}
    minutes = sum_minutes(session, carer_ids=ids, on=on) if ids else {}
    free = [Free(carer_id=row.id, name=row.name, minutes=minutes.get(row.id, 0)) for row in rows if row.id not in unfit]
    return sorted(free, key=lambda each: (each.minutes, each.name, each.carer_id))
