"""A provider's week on one page: who visits whom when, the gaps, and who is late now."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from care_beds.visits.access import READERS, managed_providers
from care_beds.visits.board import lateness_of, list_choices, read_board
from care_beds.visits.forms import BoardIn
from care_beds.visits.words import WORDS

blueprint = Blueprint("care_board", __name__, url_prefix="/care/board", template_folder="templates")
A_WEEK = timedelta(days=7)


@blueprint.get("")
@allow(*READERS)
def show_board() -> Any:
    """Show a provider's week; whoever looks after several chooses one first."""
    asked, actor, now = read_asked(), current_actor(), clock.now()
    with transaction() as session:
        providers = list_choices(session, actor=actor)
        provider_id = asked["provider_id"] or (providers[0].id if len(providers) == 1 else None)
        if provider_id is None:
            return render_template("visits/providers.html", providers=providers)
        shown = {"provider_id": provider_id, "chosen": asked["day"], "after": request.args.get("after") or None}
        board = read_board(session, **shown, actor=actor, now=now)
    may = {"plan": provider_id in managed_providers(actor)}
    turns = {"before": board.week.monday - A_WEEK, "after": board.week.monday + A_WEEK}
    more = {"providers": providers, "may": may, "now": now, "today": business_day(now), "lateness_of": lateness_of}
    return render_template("visits/board.html", **WORDS, board=board, turns=turns, **more)


@blueprint.get("/<int:provider_id>")
@allow(*READERS)
def show_of(provider_id: int) -> Any:
    """Lead to the week of one provider."""
    return redirect(url_for("care_board.show_board", provider=provider_id), 303)


def read_asked() -> dict[str, Any]:
    """Read which provider and day the address asks for; what cannot be read is left out."""
    given = {name: value for name, value in request.args.items() if value}
    try:
        asked: dict[str, Any] = BoardIn().load(given)
    except ValidationError as error:
        faults = error.messages_dict
        asked = BoardIn().load({name: value for name, value in given.items() if name not in faults})
    day = asked["day"]
    if day is not None and not 2000 <= day.year <= 2099:
        asked["day"] = None
    return asked
