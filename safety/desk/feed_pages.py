"""The live line of a desk, and the same news by turns for a page that has none."""

from datetime import datetime

from flask import Blueprint, Flask, Response, current_app, jsonify
from sqlalchemy.orm import Session

from app import clock
from app.auth import allow
from app.config import settings
from app.db import transaction
from safety.alerts import queries as alerts
from safety.alerts.parts import await_parts, find_silent
from safety.desk.access import READERS
from safety.desk.errors import DeskFull
from safety.desk.feed import Hub, News, Slots, follow

HUB, SLOTS = "desk_hub", "desk_slots"
# A proxy that gathers an answer before it sends it on would keep every alarm.
LIVE_HEADERS = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
RETRY_SECONDS = "30"

blueprint = Blueprint("desk_feed", __name__, url_prefix="/desk")


@blueprint.get("/feed")
@allow(*READERS)
def show_feed() -> Response:
    """Keep a live line open, if one is free."""
    slots = _slots()
    if not slots.take():
        raise DeskFull(headers={"Retry-After": RETRY_SECONDS})
    answer = Response(follow(_hub()), mimetype="text/event-stream", headers=LIVE_HEADERS)
    # Whether the line was ever read or not: its slot comes back when the answer is over.
    answer.call_on_close(slots.give_back)
    return answer


@blueprint.get("/news")
@allow(*READERS)
def show_news() -> Response:
    """Say once what a live line would say; where one is open, what it said last."""
    hub = _hub()
    if hub.is_asking():
        return jsonify(mark=hub.news.mark, silent=hub.news.silent)
    with transaction() as session:
        news = find_news(session, now=clock.now())
    return jsonify(mark=news.mark, silent=news.silent)


def find_news(session: Session, *, now: datetime) -> News:
    """Return the mark of the newest change, and which parts of the product are silent."""
    await_parts(session, now=now)
    silent = dict.fromkeys(each.name for each in find_silent(session, now=now))
    return News(mark=str(alerts.last_change(session)), silent=tuple(silent))


def _hub() -> Hub:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    hub: Hub = app.extensions.setdefault(HUB, Hub(lambda: _ask(app)))
    return hub


def _ask(app: Flask) -> News:
    """Ask the database from the hub's own thread, and give the connection back at once."""
    with app.app_context(), transaction() as session:
        return find_news(session, now=clock.now())


def _slots() -> Slots:
    slots: Slots = current_app.extensions.setdefault(SLOTS, Slots(settings().desk_slots))
    return slots
