"""Pages of turns of life: record one with a preview, look at it, take it back, decide what waits."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from app.people.access import READERS as PEOPLE_READERS
from app.people.queries import get_senior, list_places
from app.web.wording import in_language
from portal.turns import claims, queries, services, undoing
from portal.turns.access import CHECKERS, READERS, RECORDERS
from portal.turns.effects import list_effects
from portal.turns.schemas import TurnFormIn, TurnReasonIn, TurnWhyIn
from portal.turns.wording import WORDS

PERSON, ONE = "turns/person.html", "turns/one.html"

blueprint = Blueprint("turns", __name__, template_folder="templates")


@blueprint.get("/people/seniors/<int:senior_id>/turns")
@allow(*READERS)
def show_person(senior_id: int) -> str:
    """Show what happened in a person's life, and the form for what happens next."""
    return render_template(PERSON, form=Form(), **person(senior_id))


def person(senior_id: int) -> Mapping[str, Any]:
    """Return what the page of a person's turns shows."""
    actor, today = current_actor(), business_day(clock.now())
    with transaction() as session:
        senior = get_senior(session, senior_id=senior_id, actor=actor, day=today)
        return {
            **WORDS,
            "senior": senior,
            "page": queries.list_turns(session, actor=actor, senior_id=senior_id),
            "place_choices": [
                (place.code, in_language({"zh": place.name, "en": place.name_en}))
                for place in list_places(session, actor=actor, levels=("street", "community"))
            ],
            "today": today,
            "may_record": bool(actor.roles & set(RECORDERS)) and senior.status != "deceased",
        }


@blueprint.post("/people/seniors/<int:senior_id>/turns/preview")
@allow(*RECORDERS)
@shows_refusals(PERSON, person)
def preview(senior_id: int) -> str:
    """Show everything that recording would do, before anything is done."""
    asked = services.Asked(senior_id=senior_id, **read_form(TurnFormIn))
    with transaction() as session:
        seen = services.foresee_turn(session, asked=asked, effects=list_effects(), by=current_actor(), now=clock.now())
    shown = {**person(senior_id), "asked": asked, "foreseen": seen}
    return render_template(PERSON, form=Form(values=request.form.to_dict()), **shown)


@blueprint.post("/people/seniors/<int:senior_id>/turns")
@allow(*RECORDERS)
@shows_refusals(PERSON, person)
def record(senior_id: int) -> Response:
    """Record what happened: every feature does its part in one transaction."""
    asked = services.Asked(senior_id=senior_id, **read_form(TurnFormIn))
    with transaction() as session:
        row, _known = services.record_turn(
            session, asked=asked, effects=list_effects(), by=current_actor(), now=clock.now()
        )
        turn_id = row.id
    flash(_("It is recorded. All that follows from it is done."), "ok")
    return _go(turn_id)


@blueprint.get("/turns")
@allow(*READERS)
def list_turns() -> str:
    """Show what waits for a second person, the daily lists, and the latest turns."""
    actor, after = current_actor(), request.args.get("after", "")
    last = int(after) if after.isdecimal() and len(after) < 19 else None
    with transaction() as session:
        shown = {
            "page": queries.list_turns(session, actor=actor, after=last),
            "undecided": queries.list_undecided(session, actor=actor),
            "lists": queries.list_lists(session, actor=actor),
        }
    return render_template("turns/list.html", **WORDS, **shown, may_record=bool(actor.roles & set(RECORDERS)))


@blueprint.get("/turns/<int:turn_id>")
@allow(*READERS)
def show_turn(turn_id: int) -> str:
    """Show what a turn did, and what may be done about it."""
    return render_template(ONE, form=Form(), **one(turn_id))


def one(turn_id: int, **_view: Any) -> Mapping[str, Any]:
    """Return what the page of one turn shows."""
    actor = current_actor()
    with transaction() as session:
        return {
            **WORDS,
            "turn": queries.get_turn(session, turn_id=turn_id, actor=actor),
            "actor": actor,
            "sees_person": bool(actor.roles & set(PEOPLE_READERS)),
            "may_record": bool(actor.roles & set(RECORDERS)),
            "may_check": bool(actor.roles & set(CHECKERS)),
        }


@blueprint.post("/turns/<int:turn_id>/undo")
@allow(*RECORDERS)
@shows_refusals(ONE, one)
def ask_undo(turn_id: int) -> Response:
    """Ask that a turn is taken back."""
    why = read_form(TurnWhyIn)["why"]
    with transaction() as session:
        undoing.ask_undo(session, turn_id=turn_id, why=why, by=current_actor(), now=clock.now())
    return _told(turn_id, _l("Asked. Another person decides."))


@blueprint.post("/turns/<int:turn_id>/undo/approval")
@allow(*CHECKERS)
@shows_refusals(ONE, one)
def approve_undo(turn_id: int) -> Response:
    """Take a turn back."""
    with transaction() as session:
        undoing.approve_undo(session, turn_id=turn_id, effects=list_effects(), by=current_actor(), now=clock.now())
    return _told(turn_id, _l("Taken back, as far as it can be. What stays is listed below."))


@blueprint.post("/turns/<int:turn_id>/undo/rejection")
@allow(*CHECKERS)
@shows_refusals(ONE, one)
def reject_undo(turn_id: int) -> Response:
    """Let a turn stand."""
    reason = read_form(TurnReasonIn)["reason"]
    with transaction() as session:
        undoing.reject_undo(session, turn_id=turn_id, reason=reason, by=current_actor(), now=clock.now())
    return _told(turn_id, _l("It stands as it was recorded."))


@blueprint.post("/turns/<int:turn_id>/claims/<int:claim_id>/approval")
@allow(*CHECKERS)
@shows_refusals(ONE, one)
def approve_claim(turn_id: int, claim_id: int) -> Response:
    """Claim spends back."""
    with transaction() as session:
        claims.approve_claim(session, claim_id=claim_id, effects=list_effects(), by=current_actor(), now=clock.now())
    return _told(turn_id, _l("Claimed back. A closed month is corrected in the next statement."))


@blueprint.post("/turns/<int:turn_id>/claims/<int:claim_id>/rejection")
@allow(*CHECKERS)
@shows_refusals(ONE, one)
def reject_claim(turn_id: int, claim_id: int) -> Response:
    """Let spends stand."""
    reason = read_form(TurnReasonIn)["reason"]
    with transaction() as session:
        claims.reject_claim(session, claim_id=claim_id, reason=reason, by=current_actor(), now=clock.now())
    return _told(turn_id, _l("The spends stand."))


def _told(turn_id: int, words: Any) -> Response:
    flash(str(words), "ok")
    return _go(turn_id)


def _go(turn_id: int) -> Response:
    return redirect(url_for("turns.show_turn", turn_id=turn_id), 303)  # type: ignore[return-value]
