"""Telling families of a visit: that it is over and waits for their word, how somebody was found, what was answered."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.messages.kinds import Kind, Params
from app.messages.services import tell
from app.people.queries import names_of
from app.people.relatives.rules import Topic
from app.people.relatives.telling import tell_followers
from app.web.wording import clock_time, moment
from care_beds.rounds.slots import slot_of
from care_beds.visits.models import CareVisit, VisitObjection

FINISHED, WORSE, ANSWERED = "care_beds.visit_finished", "care_beds.visit_worse", "care_beds.objection_answered"


def tell_finished(session: Session, visit: CareVisit, *, is_worse: bool, now: datetime) -> None:
    """Tell whoever follows the senior that the carer has left; at once where the carer found them worse."""
    assert visit.finished_at is not None
    name = names_of(session, senior_ids=[visit.senior_id]).get(visit.senior_id, "")
    params: dict[str, Any] = {"name": name, "at": visit.finished_at.isoformat(), "visit_id": visit.id}
    tell_followers(
        session,
        senior_id=visit.senior_id,
        topic=Topic.VISITS,
        kind=WORSE if is_worse else FINISHED,
        key=f"care_visit:{visit.id}:finished",
        params=params,
        now=now,
        urgent=is_worse,
    )


def tell_answered(session: Session, visit: CareVisit, objection: VisitObjection, *, now: datetime) -> None:
    """Tell whoever objected what came of it."""
    name = names_of(session, senior_ids=[visit.senior_id]).get(visit.senior_id, "")
    params = {
        "name": name,
        "at": slot_of(visit.planned).begins.isoformat(),
        "visit_id": visit.id,
        "is_upheld": objection.state == "upheld",
    }
    tell(
        session,
        account_ids=[objection.by_account],
        kind=ANSWERED,
        key=f"visit_objection:{objection.id}",
        params=params,
        senior_id=visit.senior_id,
        now=now,
    )


def finished_text(params: Params) -> str:
    """Say that the carer has left, and what the family can do."""
    said = {"name": params["name"], "at": clock_time(datetime.fromisoformat(params["at"]))}
    return str(_("%(name)s: the carer finished at %(at)s. Please look at what was done and confirm it.", **said))


def worse_text(params: Params) -> str:
    """Say that the carer found somebody worse than last time."""
    said = {"name": params["name"], "at": clock_time(datetime.fromisoformat(params["at"]))}
    return str(
        _("%(name)s: the carer found things not so well at %(at)s. Please call, and read what she wrote.", **said)
    )


def answered_text(params: Params) -> str:
    """Say what came of an objection."""
    said = {"name": params["name"], "at": moment(datetime.fromisoformat(params["at"]))}
    if params["is_upheld"]:
        return str(_("%(name)s: you were right about the visit of %(at)s. It is not paid, or paid back.", **said))
    return str(_("%(name)s: your question about the visit of %(at)s was answered. Please read why it stands.", **said))


def visit_address(params: Params) -> str:
    """Lead to the visit; the families' pages are known here by their addresses only."""
    return f"/family/{params['senior_id']}/care/{params['visit_id']}"


KINDS = (
    Kind(
        name=FINISHED,
        title=_l("The carer has finished"),
        text=finished_text,
        topic=Topic.VISITS,
        address=visit_address,
    ),
    Kind(
        name=WORSE,
        title=_l("Not so well today"),
        text=worse_text,
        topic=Topic.VISITS,
        address=visit_address,
        optional=False,
    ),
    Kind(
        name=ANSWERED,
        title=_l("Your question about a visit was answered"),
        text=answered_text,
        topic=Topic.VISITS,
        address=visit_address,
    ),
)
