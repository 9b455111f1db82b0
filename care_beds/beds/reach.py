"""How far somebody reaches among beds: by the places of their area, or by the provider they work for."""

from sqlalchemy import ColumnElement, exists, or_
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.areas.rules import is_within_any
from app.auth.actor import Actor
from care_beds.beds.access import PROVIDERS
from care_beds.beds.errors import BedNotFound
from care_beds.beds.models import BedAgreement, CareBed


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a bed stands in the actor's area, or lies with their provider or is to."""
    waits = exists().where(
        BedAgreement.bed_id == CareBed.id,
        BedAgreement.state == "draft",
        BedAgreement.provider_id.in_(actor.provider_ids),
    )
    return or_(
        areas.within(CareBed.area_code, actor.area_codes),
        CareBed.provider_id.in_(actor.provider_ids),
        waits,
    )


def roles_for(actor: Actor, bed: CareBed) -> frozenset[str]:
    """Return the roles in which an actor meets a bed: a clerk of one street is nobody in another."""
    if not actor.held:
        return frozenset(str(role) for role in actor.roles)
    at_provider = {
        str(item.role) for item in actor.held if item.provider_id is not None and item.provider_id == bed.provider_id
    }
    in_area = {str(item.role) for item in actor.held if item.is_wide and is_within_any(bed.area_code, [item.area_code])}
    return frozenset(at_provider | in_area)


def lock_bed(session: Session, *, bed_id: int, within: ColumnElement[bool]) -> CareBed:
    """Return a bed, held until the end of the transaction.

    :raises BedNotFound: if there is none with this id among those
    """
    # What is visible may hang on other tables: held first, looked at in the next statement.
    if session.get(CareBed, bed_id, with_for_update={"key_share": True}, populate_existing=True) is None:
        raise BedNotFound
    return get_within(session, bed_id=bed_id, within=within)


def get_within(session: Session, *, bed_id: int, within: ColumnElement[bool]) -> CareBed:
    """Return a bed.

    :raises BedNotFound: if there is none with this id among those
    """
    query = CareBed.__table__.select().with_only_columns(CareBed.id).where(CareBed.id == bed_id, within)
    if session.scalar(query) is None:
        raise BedNotFound
    return session.get_one(CareBed, bed_id)


def is_provider_of(actor: Actor, provider_id: int | None) -> bool:
    """Say whether somebody manages this provider."""
    return provider_id is not None and any(actor.is_of(role, provider_id) for role in PROVIDERS)
