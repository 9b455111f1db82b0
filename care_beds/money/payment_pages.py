"""Paid visits on pages: the list with its sums and what waits, one visit with who paid it and why."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.address import read_address
from app.auth import Actor, allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from care_beds.money import reading, services
from care_beds.money.access import CHECKERS, NOTERS, READERS
from care_beds.money.forms import PaymentsIn, ReferenceIn, WhyIn
from care_beds.money.reading import PaymentFilter
from care_beds.money.words import WORDS

ONE = "care_money/payment.html"
SHOWN_UNPAID = 20

blueprint = Blueprint("visit_payments", __name__, url_prefix="/care/payments", template_folder="templates")


def one_context(visit_id: int) -> dict[str, Any]:
    """Gather who paid a visit, and what the caller may do about it."""
    actor = current_actor()
    with transaction() as session:
        paid = reading.get_payment(session, visit_id=visit_id, actor=actor)
    may_note = bool(actor.roles & set(NOTERS)) and paid.payer == "insurance" and not paid.external_ref
    may_undo = bool(actor.roles & set(CHECKERS)) and paid.reversed_at is None
    return {**WORDS, "paid": paid, "may_note": may_note, "may_undo": may_undo}


@blueprint.get("")
@allow(*READERS)
def list_payments() -> str:
    """List paid visits of a month, or of the days in the address."""
    actor, today = current_actor(), business_day(clock.now())
    asked, faults = read_address(PaymentsIn())
    after, filters = asked.pop("after"), read_filters(asked, today)
    with transaction() as session:
        page = reading.list_payments(session, actor=actor, filters=filters, after=after)
        sums = reading.sum_payments(session, actor=actor, filters=filters)
        unpaid = reading.list_unpaid(session, area_codes=actor.area_codes, limit=SHOWN_UNPAID + 1)
    shown = {"page": page, "sums": sums, "unpaid": unpaid, "most_unpaid": SHOWN_UNPAID, "faults": faults}
    shown["export"] = {name: value for name, value in request.args.items() if name != "after" and value}
    total_fen, visits = sum(each.price_fen for each in sums), sum(each.visits for each in sums)
    return render_template(
        "care_money/payments.html", **WORDS, **shown, filters=filters, total_fen=total_fen, visits=visits, actor=actor
    )


@blueprint.get("/<int:visit_id>")
@allow(*READERS)
def show_payment(visit_id: int) -> str:
    """Show who paid a visit, how much, and why."""
    return render_template(ONE, form=Form(), **one_context(visit_id))


@blueprint.post("/<int:visit_id>/undoing")
@allow(*CHECKERS)
@shows_refusals(ONE, one_context)
def undo(visit_id: int) -> Response:
    """Undo a payment."""
    reason = read_form(WhyIn)["reason"]
    with transaction() as session:
        services.undo_payment(session, visit_id=visit_id, reason=reason, by=current_actor(), now=clock.now())
    flash(_("Undone. What was paid went back to where it came from."), "ok")
    return _to(visit_id)


@blueprint.post("/<int:visit_id>/reference")
@allow(*NOTERS)
@shows_refusals(ONE, one_context)
def note_reference(visit_id: int) -> Response:
    """Note the insurance's number."""
    reference = read_form(ReferenceIn)["reference"]
    with transaction() as session:
        services.note_reference(session, visit_id=visit_id, reference=reference, by=current_actor(), now=clock.now())
    flash(_("Noted."), "ok")
    return _to(visit_id)


def payment_panel(session: Session, *, visit: Any, actor: Actor, **_moment: Any) -> str:
    """Return the piece of a visit's page that tells who paid it, or what its payment waits for."""
    if not actor.roles & set(READERS) or visit.state != "confirmed":
        return ""
    paid = reading.find_payments(session, visit_ids=[visit.id]).get(visit.id)
    unpaid = None if paid else reading.find_unpaid(session, visit_id=visit.id)
    return render_template("care_money/visit_panel.html", **WORDS, paid=paid, unpaid=unpaid)


def read_filters(asked: dict[str, Any], today: date) -> PaymentFilter:
    """Fill in the days: this month so far, where none are given."""
    until_on = asked["until_on"] or max(today, asked["from_on"] or today)
    from_on = asked["from_on"] or until_on.replace(day=1)
    return PaymentFilter(**{**asked, "from_on": from_on, "until_on": until_on})


def _to(visit_id: int) -> Response:
    return redirect(url_for("visit_payments.show_payment", visit_id=visit_id), 303)  # type: ignore[return-value]
