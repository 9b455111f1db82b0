"""Making the statements of a period from the page: at once where there are few, else by a worker, with progress."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from app.forms import read_form, shows_refusals
from app.jobs import enqueue
from subsidies.settlement import making, services, tasks
from subsidies.settlement.access import MAKERS
from subsidies.settlement.forms import MakeStatementsIn
from subsidies.settlement.pages import blueprint, list_context
from subsidies.settlement.rules import find_period
from subsidies.settlement.wording import WORDS


@blueprint.post("/make")
@allow(*MAKERS)
@shows_refusals("settlement/list.html", list_context)
def make() -> Response:
    """Make the statements of a period in the caller's areas, or have a worker make them."""
    actor, now = current_actor(), clock.now()
    period = services.read_period(read_form(MakeStatementsIn)["period"])
    with transaction() as session:
        if making.count_merchants(session, area_codes=actor.area_codes) > making.AT_ONCE:
            number = making.ask_for_statements(session, period=period, by=actor, now=now)
        else:
            number, made = 0, services.Made()
            for area in actor.area_codes:
                made += services.make_statements(session, period=period, area_code=area, by=actor, now=now)
    if number:
        enqueue(tasks.MAKE, making_id=number)
        return redirect(url_for("settlement.show_making", making_id=number), 303)  # type: ignore[return-value]
    flash(
        _("%(fresh)s statements are new, %(lines)s lines were taken in.", fresh=made.statements, lines=made.lines), "ok"
    )
    return redirect(url_for("settlement.list_statements", period=period.code), 303)  # type: ignore[return-value]


@blueprint.get("/makings/<int:making_id>")
@allow(*MAKERS)
def show_making(making_id: int) -> Any:
    """Show how far the making of statements is, and what came of it."""
    with transaction() as session:
        found = making.get_making(session, making_id=making_id, by=current_actor())
        session.expunge(found)
    shown = {**WORDS, "making": found, "period": find_period(found.period)}
    if request.headers.get("HX-Request") != "true":
        return render_template("settlement/making.html", **shown)
    headers = {} if found.finished_at is None else {"HX-Refresh": "true"}
    return render_template("settlement/making_progress.html", **shown), 200, headers
