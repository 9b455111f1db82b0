"""Pages of daily lists: send one, decide near misses, record the rest by one press."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from app.errors import DomainError, Invalid
from app.forms import Form, read_form, shows_refusals
from app.people import wording as people_words
from portal.turns import lists, queries
from portal.turns.access import READERS, RECORDERS
from portal.turns.effects import Kept, list_effects
from portal.turns.reading import template
from portal.turns.schemas import TurnRowIn
from portal.turns.services import foresee_turn
from portal.turns.wording import WORDS

LISTS, ONE = "turns/lists.html", "turns/day.html"
OVER = ("recorded", "known", "nobody", "not_same")
BYTE_ORDER_MARK = "\ufeff"  # without it Excel shows Chinese as garbage

blueprint = Blueprint("turn_lists", __name__, url_prefix="/turns/lists", template_folder="templates")


@blueprint.get("/")
@allow(*READERS)
def show_lists() -> str:
    """Show the form for a list, and the lists sent before."""
    return render_template(LISTS, form=Form(), **latest())


def latest() -> Mapping[str, Any]:
    """Return what the page of lists shows."""
    actor = current_actor()
    with transaction() as session:
        found = queries.list_lists(session, actor=actor)
    return {**WORDS, "lists": found, "may_record": bool(actor.roles & set(RECORDERS))}


@blueprint.post("/")
@allow(*RECORDERS)
@shows_refusals(LISTS, latest)
def send() -> Response:
    """Take in a list and match its rows."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Invalid(errors={"file": [_("Choose a file first; it must not be empty.")]})
    with transaction() as session:
        list_id = lists.take_in(session, name=sent.filename, data=sent.read(), actor=current_actor(), now=clock.now())
    return _go(list_id)


@blueprint.get("/template.csv")
@allow(*RECORDERS)
def download_template() -> Response:
    """Send the header line and one good example row."""
    headers = {"Content-Disposition": "attachment; filename=daily-list-template.csv"}
    return Response(BYTE_ORDER_MARK + template(), mimetype="text/csv", headers=headers)


@blueprint.get("/<int:list_id>")
@allow(*READERS)
def show_list(list_id: int) -> str:
    """Show a list: what waits with its consequences, near misses with both sides masked, faults, the rest."""
    return render_template(ONE, form=Form(), **one(list_id))


def one(list_id: int, **_view: Any) -> Mapping[str, Any]:
    """Return what the page of one list shows."""
    actor = current_actor()
    with transaction() as session:
        kept, states = queries.get_list(session, list_id=list_id, actor=actor)
        rows: dict[str, Any] = {"list_id": list_id, "actor": actor}
        waiting = queries.list_rows(session, **rows, states=("waiting",), limit=lists.AT_ONCE)
        seen = _foresee(session, list_id)
        return {
            **WORDS,
            "people_words": people_words,
            "kept": kept,
            "states": states,
            "waiting": [(row, seen.get(row.id, [])) for row in waiting],
            "review": queries.list_rows(session, **rows, states=("review",)),
            "refused": queries.list_rows(session, **rows, states=("refused",)),
            "over": queries.list_rows(session, **rows, states=OVER),
            "may_record": bool(actor.roles & set(RECORDERS)),
        }


@blueprint.post("/<int:list_id>/confirmation")
@allow(*RECORDERS)
@shows_refusals(ONE, one)
def confirm(list_id: int) -> Response:
    """Record the rows that were shown."""
    with transaction() as session:
        done = lists.confirm(session, list_id=list_id, effects=list_effects(), actor=current_actor(), now=clock.now())
        count = sum(row.state == "recorded" for row in done)
    flash(_("Recorded: %(count)s. All that follows is done.", count=count), "ok")
    return _go(list_id)


@blueprint.post("/<int:list_id>/rows/<int:row_id>/decision")
@allow(*RECORDERS)
@shows_refusals(ONE, one)
def decide(list_id: int, row_id: int) -> Response:
    """Say who a near miss is."""
    asked = read_form(TurnRowIn)
    with transaction() as session:
        lists.decide_row(session, row_id=row_id, **asked, actor=current_actor(), now=clock.now())
    flash(_("Decided."), "ok")
    return _go(list_id)


def _foresee(session: Session, list_id: int) -> Mapping[int, list[Kept]]:
    """Return what each row that waits would do; nothing for one that cannot be recorded any more."""
    effects, actor, now = list_effects(), current_actor(), clock.now()
    found: dict[int, list[Kept]] = {}
    for row in lists.list_waiting(session, list_id=list_id):
        try:
            found[row.id] = foresee_turn(session, asked=lists.asked_of(row), effects=effects, by=actor, now=now)
        except DomainError:
            found[row.id] = []
    return found


def _go(list_id: int) -> Response:
    return redirect(url_for("turn_lists.show_list", list_id=list_id), 303)  # type: ignore[return-value]
