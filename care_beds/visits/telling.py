"""Telling families that a visit will be otherwise than planned: somebody else, another time, not at all, or missed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.messages.kinds import Kind, Params
from app.people.queries import names_of
from app.people.relatives.rules import Topic
from app.people.relatives.telling import tell_followers
from app.web.wording import moment
from care_beds.providers.models import Carer
from care_beds.visits.models import CareVisit, VisitGap
from care_beds.visits.rules import Cancelled, Missed

# Of a day that was left empty.
NOBODY = "nobody"
# As a family is told it: what happened, without blame.
MISSED_NAMES: Mapping[str, Any] = {
    Missed.NOT_HOME: _l("Nobody was at home"),
    Missed.NO_ANSWER: _l("Nobody opened the door"),
    Missed.REFUSED: _l("The visit was not wanted"),
    Missed.CARER_ABSENT: _l("The carer could not come"),
    Missed.WEATHER: _l("The weather did not allow it"),
    Missed.OTHER: _l("Something else came up"),
    Missed.NOT_RECORDED: _l("Nobody has told of a visit"),
}
CANCELLED_NAMES: Mapping[str, Any] = {
    Cancelled.SENIOR: _l("Not wanted this time"),
    Cancelled.FAMILY: _l("As you asked"),
    Cancelled.HOLIDAY: _l("Holiday"),
    Cancelled.MISTAKE: _l("It was planned by mistake"),
    Cancelled.OTHER: _l("Something else came up"),
    NOBODY: _l("Nobody can come"),
}
# Somebody may need help, or waits for it.
ALARMING = frozenset({Missed.NO_ANSWER, Missed.CARER_ABSENT})
MISSED, COVERED, MOVED = "care_beds.visit_missed", "care_beds.visit_covered", "care_beds.visit_moved"
CANCELLED = "care_beds.visit_cancelled"


def tell_missed(session: Session, visit: CareVisit, *, now: datetime) -> None:
    """Tell whoever follows the senior that a visit was not made, and why; at once where somebody may need help."""
    urgent = visit.missed_reason in ALARMING
    _tell(session, visit, kind=MISSED, key="missed", more={"why": visit.missed_reason}, now=now, urgent=urgent)


def tell_covered(session: Session, visit: CareVisit, *, now: datetime) -> None:
    """Tell whoever follows the senior that somebody else comes: nobody should open to a stranger unprepared."""
    carer = session.scalar(select(Carer.name).where(Carer.id == visit.carer_id)) or ""
    _tell(session, visit, kind=COVERED, key=f"covered:{visit.carer_id}", more={"carer": carer}, now=now)


def tell_cancelled(session: Session, visit: CareVisit, *, now: datetime) -> None:
    """Tell whoever follows the senior that a visit will not be made: nobody should wait for it."""
    _tell(session, visit, kind=CANCELLED, key="cancelled", more={"why": visit.cancel_reason}, now=now)


def tell_dropped(session: Session, gap: VisitGap, *, now: datetime) -> None:
    """Tell whoever follows the senior that nobody comes on a day on which somebody should have."""
    name = names_of(session, senior_ids=[gap.senior_id]).get(gap.senior_id, "")
    assert gap.planned.lower is not None
    tell_followers(
        session,
        senior_id=gap.senior_id,
        topic=Topic.VISITS,
        kind=CANCELLED,
        key=f"visit_gap:{gap.id}:dropped:{now.isoformat()}",
        params={"name": name, "at": gap.planned.lower.isoformat(), "why": NOBODY},
        now=now,
    )


def tell_moved(session: Session, visit: CareVisit, *, now: datetime) -> None:
    """Tell whoever follows the senior that a visit comes at another time."""
    before = visit.moved_from.lower.isoformat() if visit.moved_from and visit.moved_from.lower else ""
    _tell(session, visit, kind=MOVED, key=f"moved:{now.isoformat()}", more={"before": before}, now=now)


def missed_text(params: Params) -> str:
    """Say which visit was not made, and why."""
    said = {**_said(params), "why": MISSED_NAMES[params["why"]]}
    return str(_("%(name)s: the visit of %(at)s was not made (%(why)s). Please call to see how things are.", **said))


def covered_text(params: Params) -> str:
    """Say who comes instead."""
    return str(_("%(name)s: on %(at)s another carer comes, %(carer)s.", carer=params["carer"], **_said(params)))


def cancelled_text(params: Params) -> str:
    """Say which visit will not be made, and why."""
    said = {**_said(params), "why": CANCELLED_NAMES[params["why"]]}
    return str(_("%(name)s: the visit of %(at)s will not take place (%(why)s).", **said))


def moved_text(params: Params) -> str:
    """Say when a visit comes now."""
    if not params["before"]:
        return str(_("%(name)s: a visit was moved to %(at)s.", **_said(params)))
    before = moment(datetime.fromisoformat(params["before"]))
    return str(_("%(name)s: the visit of %(before)s was moved to %(at)s.", before=before, **_said(params)))


def care_address(params: Params) -> str:
    """Lead to the visits; the families' pages are known here by their addresses only."""
    return f"/family/{params['senior_id']}/care"


KINDS = (
    Kind(
        name=MISSED,
        title=_l("A visit was not made"),
        text=missed_text,
        topic=Topic.VISITS,
        address=care_address,
        optional=False,
    ),
    Kind(
        name=COVERED,
        title=_l("Another carer comes"),
        text=covered_text,
        topic=Topic.VISITS,
        address=care_address,
    ),
    Kind(
        name=CANCELLED,
        title=_l("A visit will not take place"),
        text=cancelled_text,
        topic=Topic.VISITS,
        address=care_address,
    ),
    Kind(
        name=MOVED,
        title=_l("A visit was moved"),
        text=moved_text,
        topic=Topic.VISITS,
        address=care_address,
    ),
)


def _said(params: Params) -> dict[str, Any]:
    return {"name": params["name"], "at": moment(datetime.fromisoformat(params["at"]))}


def _tell(
    session: Session,
    visit: CareVisit,
    *,
    kind: str,
    key: str,
    more: Mapping[str, Any],
    now: datetime,
    urgent: bool = False,
) -> None:
    name = names_of(session, senior_ids=[visit.senior_id]).get(visit.senior_id, "")
    assert visit.planned.lower is not None
    tell_followers(
        session,
        senior_id=visit.senior_id,
        topic=Topic.VISITS,
        kind=kind,
        key=f"care_visit:{visit.id}:{key}",
        params={"name": name, "at": visit.planned.lower.isoformat(), **more},
        now=now,
        urgent=urgent,
    )
