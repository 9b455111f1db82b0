"""The meal code: shown in a card's stead, fresh each minute, good once."""

from typing import Any

from flask import Blueprint, render_template, request

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day, local
from app.db import transaction
from app.people.payment_codes.picture import MARGIN, MODULES, draw_code
from app.people.payment_codes.rules import grouped
from app.people.payment_codes.services import ShownCode, issue_code
from app.people.relatives.reach import Topic, get_reached, note_looks
from portal import queries
from portal.visiting import VISITORS

blueprint = Blueprint("family_code", __name__, url_prefix="/family", template_folder="templates")

FRESH_SECONDS = 60
# A page left open on a table makes no codes for ever: after so many minutes somebody must press.
FRESH_TIMES = 10


@blueprint.get("/<int:senior_id>/code")
@allow(*VISITORS)
def show_code(senior_id: int) -> str:
    """Show a fresh meal code. A page that renews itself is no look more, but nobody looks unnoted by saying so."""
    now, actor, times = clock.now(), current_actor(), read_times(request.args.get("again", ""))
    with transaction() as session:
        today, topic = business_day(now), Topic.BALANCE
        reached = get_reached(session, actor=actor, senior_id=senior_id, topic=topic, today=today)
        note_looks(session, actor=actor, senior_id=senior_id, topics=[topic], now=now, is_renewal=times > 0)
        shown = issue_code(session, senior_id=senior_id, actor=actor, now=now)
        purse = queries.find_purse(session, senior_id=senior_id, on=today)
    paced = {"times": times, "is_last": times >= FRESH_TIMES, "fresh_seconds": FRESH_SECONDS}
    return render_template("portal/code.html", reached=reached, purse=purse, shown=shown, **describe(shown), **paced)


def describe(shown: ShownCode) -> dict[str, Any]:
    """Return a code as the page draws and writes it."""
    return {
        "picture": draw_code(shown.text),
        "number": grouped(shown.number),
        "until": f"{local(shown.expires_at):%H:%M:%S}",
        "good_seconds": int((shown.expires_at - shown.issued_at).total_seconds()),
        "modules": MODULES,
        "margin": MARGIN,
    }


def read_times(text: str) -> int:
    """Return how often the page renewed itself since somebody opened it."""
    return min(int(text), FRESH_TIMES) if text.isdecimal() and len(text) < 4 else 0
