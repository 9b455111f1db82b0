"""Reading providers and carers."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.auth.actor import Actor, Role
from app.auth.workplaces import Workplace
from app.paging import Page, cut_page, read_cursor, write_cursor
from care_beds.providers.errors import CarerNotFound, ProviderNotFound
from care_beds.providers.models import CareProvider, Carer, CarerCertificate, CarerKin
from care_beds.providers.policy import find_rules_of
from care_beds.providers.rules import CarerFacts, Unfit, list_unfit_reasons

NO_END = date.max


def visible_providers(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for the providers of an actor: those they work for, and all of their areas."""
    return or_(CareProvider.id.in_(actor.provider_ids), areas.within(CareProvider.area_code, actor.area_codes))


def visible_carers(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for the carers that an actor may know of; a carer knows of themselves."""
    colleagues = {item.provider_id for item in actor.held if item.provider_id and item.role is Role.CARER}
    managed = set(actor.provider_ids) - colleagues | {
        item.provider_id for item in actor.held if item.provider_id and item.role is not Role.CARER
    }
    reached = or_(CareProvider.id.in_(managed), areas.within(CareProvider.area_code, actor.area_codes))
    return or_(Carer.account_id == actor.account_id, Carer.provider_id.in_(select(CareProvider.id).where(reached)))


def get_provider(session: Session, *, provider_id: int, actor: Actor | None = None, lock: bool = False) -> CareProvider:
    """Return a provider.

    :param actor: only if it is one of theirs
    :param lock: let nobody else change the provider, or count its beds, meanwhile
    :raises ProviderNotFound: if there is none
    """
    query = select(CareProvider).where(CareProvider.id == provider_id)
    if actor is not None:
        query = query.where(visible_providers(actor))
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise ProviderNotFound
    return found


def list_providers(
    session: Session, *, area_codes: Collection[str], after: str | None = None, limit: int = 50
) -> Page[CareProvider]:
    """List the providers of some areas by place and code.

    :raises Invalid: if ``after`` is no cursor of this list
    """
    query = select(CareProvider).where(areas.within(CareProvider.area_code, area_codes))
    if after:
        place, code = read_cursor(after, str, str)
        later = (CareProvider.area_code == place) & (CareProvider.code > code)
        query = query.where(or_(CareProvider.area_code > place, later))
    rows = session.scalars(query.order_by(CareProvider.area_code, CareProvider.code).limit(limit + 1)).all()
    return cut_page(rows, limit, lambda row: write_cursor(row.area_code, row.code))


def list_workplaces(
    session: Session, *, area_codes: Collection[str] | None, ids: Collection[int] | None
) -> Sequence[Workplace]:
    """List providers within some areas, or those of some ids, for giving roles and for the frame of pages."""
    query = select(CareProvider.id, CareProvider.name, CareProvider.area_code)
    if area_codes is not None:
        query = query.where(areas.within(CareProvider.area_code, area_codes), CareProvider.state != "ended")
    if ids is not None:
        query = query.where(CareProvider.id.in_(ids))
    rows = session.execute(query.order_by(CareProvider.area_code, CareProvider.code))
    return [Workplace(id=row.id, name=row.name, area_code=row.area_code) for row in rows]


def get_carer(session: Session, *, carer_id: int, actor: Actor | None = None, lock: bool = False) -> Carer:
    """Return a carer.

    :param actor: only if they work for one of the actor's providers, or are the actor
    :raises CarerNotFound: if there is none
    """
    query = select(Carer).where(Carer.id == carer_id)
    if actor is not None:
        query = query.where(visible_carers(actor))
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise CarerNotFound
    return found


def find_carer(session: Session, *, account_id: int) -> Carer | None:
    """Return the carer whose account it is, or nothing; of somebody who came back, what they are now."""
    query = select(Carer).where(Carer.account_id == account_id)
    return session.scalar(query.order_by(Carer.employed_until.is_(None).desc(), Carer.id.desc()).limit(1))


def list_carers(session: Session, *, provider_id: int) -> Sequence[Carer]:
    """List the carers of a provider by name, those who have left last."""
    query = select(Carer).where(Carer.provider_id == provider_id)
    return session.scalars(query.order_by(Carer.employed_until.is_not(None), Carer.name, Carer.id)).all()


def list_unfit(session: Session, *, carer_ids: Collection[int], on: date) -> dict[int, tuple[Unfit, ...]]:
    """Return why carers may not visit on a day, in three statements; those who may are left out.

    A carer whom nobody knows is not employed.
    """
    query = select(Carer, CareProvider.area_code).join(CareProvider, CareProvider.id == Carer.provider_id)
    rows = {carer.id: (carer, place) for carer, place in session.execute(query.where(Carer.id.in_(set(carer_ids))))}
    rules = find_rules_of(session, area_codes={place for _, place in rows.values()}, on=on)
    held = list_held(session, carer_ids=rows, on=on)
    found: dict[int, tuple[Unfit, ...]] = {
        carer_id: (Unfit.NOT_EMPLOYED,) for carer_id in carer_ids if carer_id not in rows
    }
    for carer_id, (carer, place) in rows.items():
        facts = CarerFacts(
            employed_from=carer.employed_from,
            employed_until=carer.employed_until,
            state=carer.state,
            held=held.get(carer_id, {}),
        )
        reasons = list_unfit_reasons(facts, required=rules[place].required, on=on)
        if reasons:
            found[carer_id] = reasons
    return found


def list_held(session: Session, *, carer_ids: Collection[int], on: date) -> Mapping[int, Mapping[str, date | None]]:
    """Return the last good day of each carer's certificates by kind, the latest of a kind; nothing is no end."""
    last = func.max(func.coalesce(CarerCertificate.expires_on, NO_END))
    query = select(CarerCertificate.carer_id, CarerCertificate.kind, last).where(
        CarerCertificate.carer_id.in_(set(carer_ids)),
        CarerCertificate.withdrawn_at.is_(None),
        CarerCertificate.issued_on <= on,
    )
    found: dict[int, dict[str, date | None]] = defaultdict(dict)
    for carer_id, kind, until in session.execute(query.group_by(CarerCertificate.carer_id, CarerCertificate.kind)):
        found[carer_id][kind] = None if until == NO_END else until
    return found


def list_certificates(session: Session, *, carer_ids: Collection[int]) -> Sequence[CarerCertificate]:
    """List the certificates of carers that were not withdrawn, by kind, the latest first."""
    query = select(CarerCertificate).where(
        CarerCertificate.carer_id.in_(set(carer_ids)), CarerCertificate.withdrawn_at.is_(None)
    )
    return session.scalars(
        query.order_by(
            CarerCertificate.kind, CarerCertificate.expires_on.desc().nulls_first(), CarerCertificate.id.desc()
        )
    ).all()


def list_kin(session: Session, *, carer_ids: Collection[int]) -> Sequence[CarerKin]:
    """List what carers declared and nobody ended: whose relatives they are and with whom they live."""
    query = select(CarerKin).where(CarerKin.carer_id.in_(set(carer_ids)), CarerKin.ended_at.is_(None))
    return session.scalars(query.order_by(CarerKin.carer_id, CarerKin.id)).all()
