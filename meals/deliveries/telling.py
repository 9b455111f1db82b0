"""Telling families that a meal was handed over, or that nobody took it."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.messages.kinds import Kind, Params
from app.people.queries import names_of
from app.people.relatives.rules import Topic
from app.people.relatives.telling import tell_followers
from app.web.wording import clock_time
from meals.deliveries.models import Delivery
from meals.deliveries.rules import Receiver, State, Trouble
from meals.deliveries.words import RECEIVER_NAMES, TROUBLE_NAMES
from meals.page_words import WINDOW_NAMES

HANDED, MISSED = "meals.delivery_handed", "meals.delivery_missed"


def tell_handed(session: Session, delivery: Delivery, *, now: datetime) -> None:
    """Tell whoever follows the guest that the meal has come, and who took it."""
    params = {**_params(session, delivery, now), "received_by": delivery.received_by}
    _tell(session, delivery, kind=HANDED, key=f"delivery:{delivery.id}", params=params, now=now)


def tell_missed(session: Session, delivery: Delivery, *, trouble: Trouble, is_urgent: bool, now: datetime) -> None:
    """Tell whoever follows the guest that nobody took the meal; at once where somebody may need help."""
    is_back = delivery.state == State.RETURNED
    params = {**_params(session, delivery, now), "trouble": str(trouble), "is_back": is_back}
    key = f"delivery:{delivery.id}:{now.isoformat()}"
    _tell(session, delivery, kind=MISSED, key=key, params=params, now=now, urgent=is_urgent)


def handed_text(params: Params) -> str:
    """Say which meal came, when, and who took it."""
    said = {**_said(params), "who": RECEIVER_NAMES[params["received_by"]]}
    if params["received_by"] == Receiver.SELF:
        return str(_("%(name)s: %(meal)s was brought home at %(at)s.", **said))
    return str(_("%(name)s: %(meal)s was brought home at %(at)s, taken by: %(who)s.", **said))


def missed_text(params: Params) -> str:
    """Say which meal nobody took, why, and what becomes of it."""
    said = {**_said(params), "why": TROUBLE_NAMES[params["trouble"]]}
    told = _("%(name)s: nobody took %(meal)s at %(at)s (%(why)s).", **said)
    back = _("It was brought back and its sale undone. Please call to see how things are.")
    later = _("The canteen tries again. Please call to see how things are.")
    return f"{told} {back if params['is_back'] else later}"


def deliveries_address(params: Params) -> str:
    """Lead to the meals brought home; the families' pages are known here by their addresses only."""
    return f"/family/{params['senior_id']}/deliveries"


KINDS = (
    Kind(
        name=HANDED,
        title=_l("A meal was brought home"),
        text=handed_text,
        topic=Topic.MEALS,
        address=deliveries_address,
    ),
    Kind(
        name=MISSED,
        title=_l("Nobody took a meal brought home"),
        text=missed_text,
        topic=Topic.MEALS,
        address=deliveries_address,
    ),
)


def _params(session: Session, delivery: Delivery, now: datetime) -> dict[str, Any]:
    name = names_of(session, senior_ids=[delivery.senior_id]).get(delivery.senior_id, "")
    return {"name": name, "window": delivery.window_name, "at": now.isoformat()}


def _tell(session: Session, delivery: Delivery, **told: Any) -> None:
    tell_followers(session, senior_id=delivery.senior_id, topic=Topic.MEALS, **told)


def _said(params: Params) -> dict[str, Any]:
    at = clock_time(datetime.fromisoformat(params["at"]))
    return {"name": params["name"], "meal": WINDOW_NAMES[params["window"]], "at": at}
