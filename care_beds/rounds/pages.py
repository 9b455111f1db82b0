"""The carer's page on a phone: today's visits, and all that is needed at their doors, in one page."""

from flask import Blueprint, Response, render_template
from sqlalchemy.orm import Session

from app import clock
from app.auth import Actor, Role, allow, current_actor
from app.db import transaction
from care_beds.providers import queries as providers
from care_beds.rounds.shell_pages import marked
from care_beds.rounds.start import start_document
from care_beds.rounds.today import list_stops
from care_beds.rounds.words import CANNOT_NAMES

OVER = frozenset({"finished", "confirmed"})

blueprint = Blueprint("care_round", __name__, template_folder="templates", url_prefix="/care/today")


@blueprint.get("")
@allow(Role.CARER)
def show_today() -> Response:
    """Show the caller's visits of today."""
    actor, now = current_actor(), clock.now()
    with transaction() as session:
        stops = list_stops(session, by=actor, now=now)
        phone = find_office_phone(session, actor)
    start = start_document(stops, actor=actor, server_time=now.isoformat())
    done = sum(stop.state in OVER for stop in stops)
    shown = {"stops": stops, "start": start, "done": done, "cannot_names": CANNOT_NAMES, "office_phone": phone}
    # The page says itself when the log-in has ended, and keeps what was done: it must not load itself anew.
    return marked(render_template("rounds/today.html", **shown, idle_minutes=None))


def find_office_phone(session: Session, actor: Actor) -> str:
    """Return the number of the provider somebody works for, if it has one."""
    carer = providers.find_carer(session, account_id=actor.account_id)
    return providers.get_provider(session, provider_id=carer.provider_id).phone if carer else ""
