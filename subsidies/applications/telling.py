"""Telling families how an application was decided: that it was, not for which programme, which would say too much."""

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.messages.kinds import Kind, Params
from app.people.queries import names_of
from app.people.relatives.rules import Topic
from app.people.relatives.telling import tell_followers
from subsidies.applications.models import Application

DECIDED = "subsidies.application_decided"


def tell_decision(session: Session, application: Application, *, approves: bool, step: str, now: datetime) -> None:
    """Tell the senior and whoever may know of the points how a decision on an application went.

    :param step: ``decision``, or ``appeal`` for the second thoughts
    """
    names = names_of(session, senior_ids=[application.senior_id])
    tell_followers(
        session,
        senior_id=application.senior_id,
        topic=Topic.BALANCE,
        kind=DECIDED,
        key=f"application:{application.id}:{step}",
        params={"name": names.get(application.senior_id, ""), "approves": approves},
        now=now,
    )


def decided_text(params: Params) -> str:
    """Say how it was decided, and where to ask why."""
    if params["approves"]:
        return str(
            _("The application of %(name)s was approved. The street office says from when on.", name=params["name"])
        )
    return str(
        _(
            "The application of %(name)s was not approved. The street office says why, and how to object.",
            name=params["name"],
        )
    )


KINDS = (
    Kind(
        name=DECIDED,
        title=_l("Decision on an application"),
        text=decided_text,
        topic=Topic.BALANCE,
        address=lambda params: f"/family/{params['senior_id']}",
        optional=False,
    ),
)
