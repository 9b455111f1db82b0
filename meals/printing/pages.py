"""Pages of printing: a receipt or a reading on narrow paper, and the switch at each till."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields, validate

from app import clock
from app.auth import Actor, allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.forms import read_form, shows_refusals
from meals import queries
from meals.page_words import name_of
from meals.printing import escpos, sending, services, slips
from meals.printing.layout import COLUMNS, Line
from meals.printing.services import NETWORK, OFF, PAGE, Paper, Printing
from meals.roles import COOKS, SELLERS, STAFF
from meals.scope import load_till
from meals.shifts import reading
from meals.shifts.pages import canteen_name

WAY_NAMES = {
    OFF: _l("No receipts"),
    PAGE: _l("On the printer of this computer"),
    NETWORK: _l("On a receipt printer in the network"),
}
DEFAULT = Printing(way=PAGE, paper_mm=80, host="", port=9100)

blueprint = Blueprint("printing", __name__, template_folder="../templates", url_prefix="/till/printing")


class PrintForm(Schema):
    """Where a receipt is to come out; left out, where the till says."""

    way = fields.String(load_default=None, validate=validate.OneOf([PAGE, NETWORK]))


class PrintingForm(Schema):
    """How a till prints."""

    way = fields.String(required=True, validate=validate.OneOf([OFF, PAGE, NETWORK]))
    paper_mm = fields.Integer(load_default=80, validate=validate.OneOf(sorted(COLUMNS)))
    host = fields.String(load_default="", validate=validate.Length(0, 45))
    port = fields.Integer(load_default=9100, validate=validate.Range(1, 65535))


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A paper that was written down, with what stands on it and how its till prints."""

    paper: Paper
    printing: Printing
    way: str
    lines: Sequence[Line]


@blueprint.post("/receipts/<uuid:checkout_id>")
@allow(*SELLERS)
def print_receipt(checkout_id: UUID) -> Any:
    """Print a receipt: on the till's printer, or as a page that prints itself."""
    slip = make_slip(checkout_id, way=read_form(PrintForm)["way"], by=current_actor())
    if slip.way == PAGE:
        return render_template("printing/paper.html", lines=slip.lines, paper_mm=slip.printing.paper_mm)
    went = send_slip(slip)
    status = 200 if went else sending.PrinterAway.status
    return render_template("printing/sent.html", went=went, checkout_id=checkout_id), status


@blueprint.get("/shifts/<int:shift_id>")
@allow(*STAFF)
def show_shift(shift_id: int) -> str:
    """Show the reading of a shift on narrow paper; the page prints itself."""
    with transaction() as session:
        shift = reading.get_shift(session, shift_id=shift_id, actor=current_actor(), now=clock.now())
        printing = services.find_printing(session, till_id=shift.till_id) or DEFAULT
    lines = slips.shift_lines(shift, canteen=canteen_name(shift))
    return render_template("printing/paper.html", lines=lines, paper_mm=printing.paper_mm)


def printing_context(till_id: int) -> dict[str, Any]:
    """Gather what the page of a till's printing shows."""
    actor, today = current_actor(), business_day(clock.now())
    with transaction() as session:
        till = load_till(session, till_id=till_id, actor=actor)
        number, canteen_id = till.number, till.canteen_id
        canteen = queries.get_canteen(session, canteen_id=canteen_id, actor=actor, on=today)
        printing = services.find_printing(session, till_id=till_id)
    return {"canteen": canteen, "till_id": till_id, "number": number, "printing": printing, **WORDS}


@blueprint.get("/tills/<int:till_id>")
@allow(*COOKS)
def show_printing(till_id: int) -> str:
    """Show how a till prints."""
    return render_template("printing/till.html", **printing_context(till_id))


@blueprint.post("/tills/<int:till_id>")
@allow(*COOKS)
@shows_refusals("printing/till.html", printing_context)
def set_printing(till_id: int) -> Response:
    """Say how a till prints."""
    form = read_form(PrintingForm)
    with transaction() as session:
        services.set_printing(session, till_id=till_id, **form, by=current_actor(), now=clock.now())
    flash(_("Saved. The till knows it when its page is opened again."), "ok")
    return redirect(url_for("printing.show_printing", till_id=till_id), 303)  # type: ignore[return-value]


@blueprint.post("/tills/<int:till_id>/trial")
@allow(*COOKS)
@shows_refusals("printing/till.html", printing_context)
def print_trial(till_id: int) -> Any:
    """Print a page that shows whether the printer understands us."""
    context = printing_context(till_id)
    printing = context["printing"] or DEFAULT
    lines = slips.trial_lines(f"{name_of(context['canteen'])} {context['number']}")
    if printing.way == PAGE:
        return render_template("printing/paper.html", lines=lines, paper_mm=printing.paper_mm)
    data = escpos.encode(lines, COLUMNS[printing.paper_mm])
    sending.send(data, host=printing.host, port=printing.port)
    flash(_("Sent. Look whether the Chinese and the amounts are right."), "ok")
    return redirect(url_for("printing.show_printing", till_id=till_id), 303)


def make_slip(checkout_id: UUID, *, way: str | None, by: Actor) -> Slip:
    """Write down a receipt about to be printed, in a transaction of its own: printers take their time.

    :raises CheckoutNotFound: if there is no such sale in the caller's canteens
    """
    now = clock.now()
    with transaction() as session:
        sale = queries.get_checkout(session, checkout_id=checkout_id, actor=by)
        canteen = queries.get_canteen(session, canteen_id=sale.canteen_id, actor=by, on=business_day(now))
        printing = services.find_printing(session, till_id=services.find_till_id(session, sale)) or DEFAULT
        chosen = way if way == PAGE else printing.way
        paper = services.note_print(session, sale=sale, way=chosen, by=by, now=now)
    reprint = (now, by.name) if paper.is_reprint else None
    lines = slips.receipt_lines(sale, canteen=canteen, reprint=reprint)
    return Slip(paper=paper, printing=printing, way=chosen, lines=lines)


def send_slip(slip: Slip) -> bool:
    """Send a paper to the till's printer, and say whether it took it."""
    data = escpos.encode(slip.lines, COLUMNS[slip.printing.paper_mm])
    went = sending.try_send(data, host=slip.printing.host, port=slip.printing.port)
    if not went:
        with transaction() as session:
            services.note_failure(session, paper_id=slip.paper.id)
    return went


WORDS = {"name_of": name_of, "way_names": WAY_NAMES, "papers": sorted(COLUMNS)}
