"""Who may see visits and plans, and who may do what with them."""

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.auth import Actor, Role
from care_beds.providers.models import Carer
from care_beds.visits.errors import PlanNotFound, VisitNotFound
from care_beds.visits.models import CarePlan, CareVisit

# Who plans and moves visits.
PLANNERS = (Role.PROVIDER_MANAGER,)
# Who agrees to a plan: the street, and whoever assessed the person.
AGREERS = (Role.STREET_CLERK, Role.ASSESSOR)
# Who decides what does not fit; a provider's manager only where a document lets them.
DECIDERS = (Role.SUPERVISOR, Role.PROVIDER_MANAGER)
OFFICES = (
    Role.STREET_CLERK,
    Role.DISTRICT_APPROVER,
    Role.ASSESSOR,
    Role.SUPERVISOR,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)
READERS = (*OFFICES, Role.PROVIDER_MANAGER)


def managed_providers(actor: Actor) -> tuple[int, ...]:
    """Return the providers that somebody manages; a carer's own provider is not among them."""
    return tuple(each for each in actor.provider_ids if actor.is_of(Role.PROVIDER_MANAGER, each))


def visible_visits(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for visits of an actor: of the areas, of the providers they manage, and their own."""
    own = select(Carer.id).where(Carer.account_id == actor.account_id)
    mine = CareVisit.carer_id.in_(own) if Role.CARER in actor.roles else false()
    return or_(
        areas.within(CareVisit.area_code, actor.area_codes),
        CareVisit.provider_id.in_(managed_providers(actor)),
        mine,
    )


def visible_plans(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for plans of an actor: of the areas, and of the providers they manage."""
    return or_(areas.within(CarePlan.area_code, actor.area_codes), CarePlan.provider_id.in_(managed_providers(actor)))


def load_plan(session: Session, *, plan_id: int, actor: Actor, lock: bool = False) -> CarePlan:
    """Load a plan that an actor may see.

    :raises PlanNotFound: if there is none with this id among them
    """
    query = select(CarePlan).where(CarePlan.id == plan_id, visible_plans(actor))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise PlanNotFound
    return found


def load_visit(session: Session, *, visit_id: int, actor: Actor, lock: bool = False) -> CareVisit:
    """Load a visit that an actor may see.

    :raises VisitNotFound: if there is none with this id among them
    """
    query = select(CareVisit).where(CareVisit.id == visit_id, visible_visits(actor))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise VisitNotFound
    return found
