"""Who may see alerts and who may do what with them; loading one, locked for whoever is about to change it."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.auth.actor import Actor, Role
from app.auth.queries import list_names
from app.people.queries import known_among, names_of
from app.vault import mask_name
from safety.alerts.errors import AlertClosed, AlertMoved, AlertNotFound, NotHolder, StepNotFound, TakenByOther
from safety.alerts.models import AlertStep, Incident
from safety.alerts.rules import Lane, State

# Who answers alerts.
ANSWERERS = (Role.OPERATOR,)
# Who looks at them.
READERS = (Role.OPERATOR, Role.STREET_CLERK, Role.DISTRICT_APPROVER, Role.AUDITOR, Role.ADMINISTRATOR)
# See names in full where they need them for their work; the others see them masked.
KNOWS_NAMES = frozenset({Role.OPERATOR, Role.STREET_CLERK, Role.DISTRICT_APPROVER})
# Who is asked to go there.
GOERS = (Role.GRID_WORKER, Role.STREET_CLERK)
# Who asks people again how they are.
FOLLOWERS = (Role.OPERATOR, Role.STREET_CLERK)
# Who sees to what the green key asked for.
SERVERS = (Role.STREET_CLERK,)


def shown_names(session: Session, *, senior_ids: Collection[int], reach: Actor) -> dict[int, str]:
    """Return the names of people as a reader may see them: masked for whoever does not work with them."""
    found = names_of(session, senior_ids=senior_ids)
    known = known_among(session, senior_ids=list(found), actor=reach, roles=KNOWS_NAMES)
    return {each: name if each in known else mask_name(name) for each, name in found.items()}


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an alert lies in the actor's area."""
    return areas.within(Incident.area_code, actor.area_codes)


def load_incident(session: Session, *, incident_id: int, actor: Actor, lock: bool = False) -> Incident:
    """Load an alert that an actor may see.

    :raises AlertNotFound: if there is none with this id in their area
    """
    query = select(Incident).where(Incident.id == incident_id, visible_to(actor))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise AlertNotFound
    return found


def lock_open(session: Session, *, incident_id: int, actor: Actor) -> Incident:
    """Lock an alert that is not closed.

    :raises AlertNotFound: if there is none with this id in the caller's area
    :raises AlertClosed: if it was closed meanwhile
    """
    found = load_incident(session, incident_id=incident_id, actor=actor, lock=True)
    if found.state == State.CLOSED:
        raise AlertClosed
    return found


def lock_held(session: Session, *, incident_id: int, actor: Actor) -> Incident:
    """Lock an alert that the caller has in hand.

    :raises AlertNotFound: if there is none with this id in the caller's area
    :raises AlertClosed: if it was closed meanwhile
    :raises TakenByOther: if somebody else has it in hand
    :raises NotHolder: if nobody has
    """
    found = lock_open(session, incident_id=incident_id, actor=actor)
    refuse_another(session, found, actor)
    if found.taken_by is None:
        raise NotHolder
    return found


def lock_closable(session: Session, *, incident_id: int, actor: Actor) -> Incident:
    """Lock an alert that the caller may close: their own, or one that is over or of a device and nobody's.

    :raises AlertNotFound: if there is none with this id in the caller's area
    :raises AlertClosed: if it was closed meanwhile
    :raises TakenByOther: if somebody else has it in hand
    :raises NotHolder: if nobody has taken it and it goes on
    """
    found = lock_open(session, incident_id=incident_id, actor=actor)
    refuse_another(session, found, actor)
    may_wait = found.state == State.CLEARED_UNSEEN or found.lane == Lane.DEVICE
    if found.taken_by is None and not may_wait:
        raise NotHolder
    return found


def refuse_another(session: Session, incident: Incident, actor: Actor) -> None:
    """Refuse an alert that somebody else has in hand.

    :raises TakenByOther: if so
    """
    if incident.taken_by is not None and incident.taken_by != actor.account_id:
        raise TakenByOther(list_names(session, account_ids=[incident.taken_by]).get(incident.taken_by, ""))


def get_step(session: Session, *, incident: Incident, step_id: int) -> AlertStep:
    """Return a step of an alert.

    :raises StepNotFound: if the alert has no such step
    """
    found = session.get(AlertStep, step_id, populate_existing=True)
    if found is None or found.incident_id != incident.id:
        raise StepNotFound
    return found


def require_state(incident: Incident, *states: State) -> None:
    """Refuse what does not fit how an alert stands.

    :raises AlertMoved: if it stands otherwise
    """
    if incident.state not in states:
        raise AlertMoved
