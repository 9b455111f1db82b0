"""Telling families that a result is signed, and offices whom it is time to assess again."""

from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.messages.kinds import Kind, Params
from app.people.queries import names_of
from app.people.relatives.rules import Topic
from app.people.relatives.telling import tell_followers
from app.web.wording import full_day
from care_beds.assessment.models import Assessment

SIGNED, DUE = "care_beds.assessed", "care_beds.assessments_due"


def tell_signed(session: Session, row: Assessment, *, now: datetime) -> None:
    """Tell whoever follows the person that the result counts; which one it is stands on no phone."""
    assert row.valid_until is not None  # signed
    name = names_of(session, senior_ids=[row.senior_id]).get(row.senior_id, "")
    params = {"name": name, "on": row.assessed_on.isoformat(), "until": row.valid_until.isoformat()}
    tell_followers(
        session,
        senior_id=row.senior_id,
        topic=Topic.VISITS,
        kind=SIGNED,
        key=f"assessment:{row.id}",
        params=params,
        now=now,
    )


def signed_text(params: Params) -> str:
    """Say whose assessment of which day counts, and until when."""
    said = {name: full_day(date.fromisoformat(params[name])) for name in ("on", "until")}
    told = _(
        "%(name)s was assessed on %(on)s. All have signed; it holds until before %(until)s. The street has the report.",
        name=params["name"],
        **said,
    )
    return str(told)


def due_text(params: Params) -> str:
    """Say how many people it is time to assess again."""
    soon, over = params["soon"], params["over"]
    told = [
        ngettext("%(num)s person is to be assessed again soon.", "%(num)s people are to be assessed again soon.", soon)
        if soon
        else "",
        ngettext("%(num)s result has run out.", "%(num)s results have run out.", over) if over else "",
    ]
    return (" " if _(", ") == ", " else "").join(part for part in told if part)


def due_address(_params: Params) -> str:
    """Lead to the list of them."""
    return "/care/assessments/due"


KINDS = (
    Kind(name=SIGNED, title=_l("Assessment signed"), text=signed_text, topic=Topic.VISITS),
    Kind(name=DUE, title=_l("To be assessed again"), text=due_text, address=due_address),
)
