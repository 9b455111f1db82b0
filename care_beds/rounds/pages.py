"""The carer's page on a phone: today's visits, and all that is needed at their doors, in one page."""

from typing import Any

from flask import Blueprint, Response, render_template, url_for
from sqlalchemy.orm import Session

from app import clock
from app.auth import Actor, Role, allow, current_actor
from app.db import transaction
from app.web.assets import asset
from app.web.language import HTML_LANGS, current_language
from care_beds.providers import queries as providers
from care_beds.rounds.shell_pages import marked
from care_beds.rounds.today import Stop, list_stops
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
    page = render_template(
        "rounds/today.html",
        stops=stops,
        start=start_document(stops, actor=actor, server_time=now.isoformat()),
        done=sum(stop.state in OVER for stop in stops),
        cannot_names=CANNOT_NAMES,
        office_phone=phone,
        # The page says itself when the log-in has ended, and keeps what was done: it must not load itself anew.
        idle_minutes=None,
    )
    return marked(page)


def find_office_phone(session: Session, actor: Actor) -> str:
    """Return the number of the provider somebody works for, if it has one."""
    carer = providers.find_carer(session, account_id=actor.account_id)
    return providers.get_provider(session, provider_id=carer.provider_id).phone if carer else ""


def start_document(stops: list[Stop], *, actor: Actor, server_time: str) -> dict[str, Any]:
    """Make what the page's modules need before their first call, and all they have without a line."""
    return {
        "language": HTML_LANGS[current_language()],
        "account": actor.account_id,
        "server_time": server_time,
        # A service worker that keeps the page says otherwise.
        "is_kept": False,
        "visits": [_visit(stop) for stop in stops],
        "urls": {
            "check_in": url_for("care_rounds.check_in", visit_id=0),
            "check_out": url_for("care_rounds.check_out", visit_id=0),
            "confirmation": url_for("care_rounds.confirm", visit_id=0),
            "health": "/healthz",
            "alive": url_for("auth.stay"),
            "page": url_for("care_round.show_today"),
            "worker": url_for("care_shell.show_worker"),
            "log_in": url_for("auth.show_log_in", next=url_for("care_round.show_today")),
        },
        "assets": {
            "icons": asset("icons.svg"),
            "zxing": {
                "module": asset("vendor/zxing/reader/index.js"),
                "wasm": asset("vendor/zxing/zxing_reader.wasm"),
            },
        },
    }


def _visit(stop: Stop) -> dict[str, Any]:
    return {
        "id": stop.id,
        "bed_id": stop.bed_id,
        "state": stop.state,
        "started_at": stop.started_at.isoformat() if stop.started_at else None,
        "finished_at": stop.finished_at.isoformat() if stop.finished_at else None,
        "word": stop.word,
        "lat": stop.lat,
        "lon": stop.lon,
        "radius_m": stop.radius_m,
        "least_minutes": stop.least_minutes,
    }
