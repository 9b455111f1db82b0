"""Visits that were told of too late, as a page: a supervisor looks at what was done and says whether it counts."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import Role, allow, current_actor
from app.db import transaction
from app.forms import read_form, shows_refusals
from care_beds.rounds import late_deciding
from care_beds.rounds.late_reading import list_late
from care_beds.rounds.objections import READERS
from care_beds.rounds.page_words import WORDS
from care_beds.rounds.words import LATE_NAMES, list_vitals
from care_beds.visits.access import DECIDERS
from care_beds.visits.doubt_words import doubt_name, tell_doubt
from care_beds.visits.forms import DecisionForm

PAGE = "rounds/late.html"

blueprint = Blueprint("care_late", __name__, template_folder="templates", url_prefix="/care/late")


def context(late_id: int | None = None) -> dict[str, Any]:
    """Gather a page of late visits; ``late_id`` is the one whose decision was refused and is shown open."""
    actor, is_open = current_actor(), request.args.get("state") != "decided"
    after = request.args.get("after") if request.method == "GET" else None
    with transaction() as session:
        page = list_late(session, actor=actor, is_open=is_open, after=after)
    may_decide = bool({Role.SUPERVISOR, Role.PROVIDER_MANAGER} & actor.roles)
    words = {**WORDS, "late_names": LATE_NAMES, "doubt_name": doubt_name, "tell_doubt": tell_doubt}
    shown = {"page": page, "is_open": is_open, "may_decide": may_decide, "about": late_id}
    return {**words, **shown, "list_vitals": list_vitals}


@blueprint.get("")
@allow(*READERS)
def show_late() -> str:
    """Show what was told of too late, the oldest first."""
    return render_template(PAGE, **context())


@blueprint.post("/<int:late_id>/decision")
@allow(*DECIDERS)
@shows_refusals(PAGE, context)
def decide(late_id: int) -> Response:
    """Decide whether a late visit counts."""
    form = read_form(DecisionForm)
    with transaction() as session:
        late_deciding.decide_late(session, late_id=late_id, **form, by=current_actor(), now=clock.now())
    flash(_("Decided and written down."), "ok")
    return redirect(url_for("care_late.show_late"), 303)  # type: ignore[return-value]
