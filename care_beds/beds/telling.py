"""Telling families how it goes with a bed: an agreement to sign, the service that begins, rests, goes on or ends."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.messages.kinds import Kind, Params
from app.people.queries import names_of, profile_on
from app.people.relatives.rules import Topic
from app.people.relatives.telling import tell_followers
from app.people.rules import Status
from app.web.wording import full_day
from care_beds.beds.models import BedAgreement, CareBed
from care_beds.beds.rules import Step

TO_SIGN, STEPPED = "care_beds.agreement_to_sign", "care_beds.bed_step"
# Steps that a family wants to hear of. What they are told says nothing of why a bed is for somebody.
TOLD: Mapping[str, Any] = {
    Step.AGREE: _l("%(name)s: all three have signed the agreement on the care bed. The home is fitted out next."),
    Step.ACCEPT: _l("%(name)s: what was built in at home is accepted. The service can begin."),
    Step.START: _l("%(name)s: care at home begins on %(day)s."),
    Step.SUSPEND: _l("%(name)s: care at home rests from %(day)s on."),
    Step.RESUME: _l("%(name)s: care at home goes on from %(day)s."),
    Step.REPLACE: _l("%(name)s: another provider comes from now on."),
    Step.CLOSE: _l("%(name)s: care at home ends on %(day)s. The provider fetches its devices."),
    Step.REFUSE: _l("%(name)s: the application for a care bed was not approved. The street office says why."),
}


def tell_step(session: Session, *, bed: CareBed, step: Step, on: date, now: datetime, **_others: object) -> None:
    """Tell whoever follows the senior of a step; nobody is told by us of what a death brings."""
    if step not in TOLD or profile_on(session, senior_id=bed.senior_id, day=on).status is Status.DECEASED:
        return
    name = names_of(session, senior_ids=[bed.senior_id]).get(bed.senior_id, "")
    tell_followers(
        session,
        senior_id=bed.senior_id,
        topic=Topic.VISITS,
        kind=STEPPED,
        key=f"bed:{bed.id}:{step}:{now.isoformat()}",
        params={"name": name, "step": str(step), "day": on.isoformat()},
        now=now,
    )


def tell_agreement(session: Session, bed: CareBed, agreement: BedAgreement, *, now: datetime) -> None:
    """Tell whoever follows the senior that an agreement waits for a signature."""
    name = names_of(session, senior_ids=[bed.senior_id]).get(bed.senior_id, "")
    tell_followers(
        session,
        senior_id=bed.senior_id,
        topic=Topic.VISITS,
        kind=TO_SIGN,
        key=f"agreement:{agreement.id}",
        params={"name": name},
        now=now,
    )


def step_text(params: Params) -> str:
    """Say what happened to the bed, and from when."""
    return str(TOLD[params["step"]]) % {"name": params["name"], "day": full_day(date.fromisoformat(params["day"]))}


def sign_text(params: Params) -> str:
    """Say that something waits to be signed."""
    return str(_("%(name)s: the agreement on the care bed waits for a signature.", name=params["name"]))


def bed_address(params: Params) -> str:
    """Lead to the bed on the family's pages, which are known here by their address only."""
    return f"/family/{params['senior_id']}/bed"


KINDS = (
    Kind(
        name=TO_SIGN,
        title=_l("An agreement to sign"),
        text=sign_text,
        topic=Topic.VISITS,
        address=bed_address,
        optional=False,
    ),
    Kind(name=STEPPED, title=_l("Care bed"), text=step_text, topic=Topic.VISITS, address=bed_address),
)
