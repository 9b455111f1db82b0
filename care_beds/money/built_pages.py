"""What beds were built with on pages: the accepted beds, and one with its devices, its lines and its signatures."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app import clock
from app.address import read_address
from app.auth import Actor, allow, current_actor
from app.db import transaction
from app.errors import Refused
from app.forms import Form, read_form, shows_refusals
from care_beds.beds.queries import get_bed
from care_beds.beds.words import CLOSE_REASONS
from care_beds.money import built_reading, construction, payback
from care_beds.money.access import CHECKERS, MAKERS, READERS
from care_beds.money.booking import shares_document
from care_beds.money.built_reading import BuiltView, PaybackView
from care_beds.money.forms import BuiltIn, WhyIn
from care_beds.money.words import WORDS

ONE = "care_money/built_one.html"

blueprint = Blueprint("bed_building", __name__, url_prefix="/care/building", template_folder="templates")


def one_context(bed_id: int) -> dict[str, Any]:
    """Gather what was asked for building a bed, or what it would come to."""
    actor, now = current_actor(), clock.now()
    with transaction() as session:
        bed = get_bed(session, bed_id=bed_id, actor=actor)
        asked = built_reading.find_built(session, bed_id=bed_id)
        counted, refusal = None, None
        if asked is None or asked.state == "rejected":
            try:
                counted = construction.count_construction(session, bed=bed, now=now)
            except Refused as refused:
                refusal = refused.detail
        shares = shares_document(counted.shares) if counted else []
        about = {"id": bed.id, "number": bed.number}
        due, back = payback.find_due(session, bed_id=bed_id), built_reading.find_payback(session, bed_id=bed_id)
    shown = {"bed": about, "asked": asked, "counted": counted, "shares": shares, "refusal": refusal}
    shown |= {"due": due, "back": back, "close_reasons": CLOSE_REASONS}
    return {**WORDS, **shown, "may": {**rights(actor, asked), **payback_rights(actor, back, is_due=due is not None)}}


@blueprint.get("")
@allow(*READERS)
def list_built() -> str:
    """List accepted beds, and how far the subsidy for building each is."""
    actor = current_actor()
    asked, faults = read_address(BuiltIn())
    with transaction() as session:
        page = built_reading.list_built(session, actor=actor, **asked)
        counts = built_reading.count_built(session, actor=actor)
    return render_template("care_money/built.html", **WORDS, page=page, counts=counts, asked=asked, faults=faults)


@blueprint.get("/<int:bed_id>")
@allow(*READERS)
def show_built(bed_id: int) -> str:
    """Show what building a bed comes to, and who signed."""
    return render_template(ONE, form=Form(), **one_context(bed_id))


@blueprint.post("/<int:bed_id>/request")
@allow(*MAKERS)
@shows_refusals(ONE, one_context)
def ask(bed_id: int) -> Response:
    """Ask for the subsidy of building a bed."""
    with transaction() as session:
        construction.ask_construction(session, bed_id=bed_id, by=current_actor(), now=clock.now())
    flash(_("Handed in. Somebody else decides now."), "ok")
    return _to(bed_id)


@blueprint.post("/<int:bed_id>/approval")
@allow(*CHECKERS)
@shows_refusals(ONE, one_context)
def pay(bed_id: int) -> Response:
    """Approve what somebody else asked for, and pay it."""
    with transaction() as session:
        construction.pay_construction(session, bed_id=bed_id, by=current_actor(), now=clock.now())
    flash(_("Approved and paid. It is settled with the provider's next statement."), "ok")
    return _to(bed_id)


@blueprint.post("/<int:bed_id>/rejection")
@allow(*CHECKERS)
@shows_refusals(ONE, one_context)
def reject(bed_id: int) -> Response:
    """Send back what somebody else asked for."""
    reason = read_form(WhyIn)["reason"]
    with transaction() as session:
        construction.reject_construction(session, bed_id=bed_id, reason=reason, by=current_actor(), now=clock.now())
    flash(_("Sent back with your reason."), "ok")
    return _to(bed_id)


@blueprint.post("/<int:bed_id>/payback")
@allow(*MAKERS)
@shows_refusals(ONE, one_context)
def ask_back(bed_id: int) -> Response:
    """Ask for what is to be taken back of a bed that closed early."""
    with transaction() as session:
        payback.ask_payback(session, bed_id=bed_id, by=current_actor(), now=clock.now())
    flash(_("Handed in. Somebody else decides now."), "ok")
    return _to(bed_id)


@blueprint.post("/<int:bed_id>/payback/approval")
@allow(*CHECKERS)
@shows_refusals(ONE, one_context)
def book_back(bed_id: int) -> Response:
    """Approve what somebody else asked to take back."""
    with transaction() as session:
        payback.book_payback(session, bed_id=bed_id, by=current_actor(), now=clock.now())
    flash(_("Approved. It stands as a correction in the provider's next statement."), "ok")
    return _to(bed_id)


@blueprint.post("/<int:bed_id>/payback/rejection")
@allow(*CHECKERS)
@shows_refusals(ONE, one_context)
def reject_back(bed_id: int) -> Response:
    """Send back what somebody else asked to take back."""
    reason = read_form(WhyIn)["reason"]
    with transaction() as session:
        payback.reject_payback(session, bed_id=bed_id, reason=reason, by=current_actor(), now=clock.now())
    flash(_("Sent back with your reason."), "ok")
    return _to(bed_id)


def payback_rights(actor: Actor, back: PaybackView | None, *, is_due: bool) -> dict[str, bool]:
    """Say what the caller may do about what is to be taken back."""
    is_open = back is not None and back.state == "submitted"
    is_other = back is not None and back.maker_id != actor.account_id
    return {
        "ask_back": bool(actor.roles & set(MAKERS)) and is_due and (back is None or back.state == "rejected"),
        "decide_back": bool(actor.roles & set(CHECKERS)) and is_open and is_other,
    }


def rights(actor: Actor, asked: BuiltView | None) -> dict[str, bool]:
    """Say what the caller may do with what building a bed comes to."""
    is_open = asked is not None and asked.state == "submitted"
    is_other = asked is not None and asked.maker_id != actor.account_id
    return {
        "ask": bool(actor.roles & set(MAKERS)) and (asked is None or asked.state == "rejected"),
        "decide": bool(actor.roles & set(CHECKERS)) and is_open and is_other,
    }


def _to(bed_id: int) -> Response:
    return redirect(url_for("bed_building.show_built", bed_id=bed_id), 303)  # type: ignore[return-value]
