"""Who may see outreach and who may do what; the person, the problem or the referral that somebody is about."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.auth.actor import Actor, Role
from app.errors import NotFound
from app.people.access import reaching
from app.people.queries import known_among, names_of, places_of
from app.vault import mask_name
from outreach.errors import ProblemClosed, ProblemNotFound, ReferralNotFound
from outreach.models import OutreachProblem, OutreachReferral

# Who visits.
VISITORS = (Role.GRID_WORKER, Role.STREET_CLERK)
# Who follows a referral to its end.
FOLLOWERS = (Role.STREET_CLERK, Role.DISTRICT_APPROVER)
# Who opens one: whoever was there.
REFERRERS = (Role.GRID_WORKER, Role.STREET_CLERK, Role.DISTRICT_APPROVER)
# Who looks at figures and lists.
READERS = (Role.STREET_CLERK, Role.DISTRICT_APPROVER, Role.AUDITOR, Role.ADMINISTRATOR)
# Who looks at one person.
LOOKERS = (Role.GRID_WORKER, *READERS)
OFFICES, WORKERS = frozenset(READERS), frozenset({Role.GRID_WORKER})
KNOWS_NAMES = frozenset({Role.GRID_WORKER, Role.STREET_CLERK, Role.DISTRICT_APPROVER})


def within(column: Any, actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a row lies in the actor's areas."""
    return areas.within(column, actor.area_codes)


def check_reached(session: Session, *, senior_id: int, actor: Actor) -> None:
    """Make sure that a person is somebody's to deal with: a worker's by their home, an office's also by registration.

    :raises NotFound: if there is no such senior, or not within what the actor's roles reach
    """
    residence, hukou = places_of(session, senior_id=senior_id, actor=actor)
    if reaching(actor, OFFICES, (residence, hukou)) is None and reaching(actor, WORKERS, (residence,)) is None:
        raise NotFound


def shown_names(session: Session, *, senior_ids: Collection[int], reach: Actor) -> dict[int, str]:
    """Return the names of people as a reader may see them: masked for whoever does not work with them."""
    known = known_among(session, senior_ids=senior_ids, actor=reach, roles=KNOWS_NAMES)
    found = names_of(session, senior_ids=senior_ids)
    return {each: name if each in known else mask_name(name) for each, name in found.items()}


def lock_referral(session: Session, *, referral_id: int, actor: Actor) -> OutreachReferral:
    """Lock a referral of the actor's areas.

    :raises ReferralNotFound: if there is none with this id there
    """
    query = select(OutreachReferral).where(
        OutreachReferral.id == referral_id, within(OutreachReferral.area_code, actor)
    )
    found = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise ReferralNotFound
    return found


def lock_problem(session: Session, *, problem_id: int, actor: Actor) -> OutreachProblem:
    """Lock an open problem of the actor's areas.

    :raises ProblemNotFound: if there is none with this id there
    :raises ProblemClosed: if it was closed before
    """
    query = select(OutreachProblem).where(OutreachProblem.id == problem_id, within(OutreachProblem.area_code, actor))
    found = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise ProblemNotFound
    if found.closed_at is not None:
        raise ProblemClosed
    return found
