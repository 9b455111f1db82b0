"""What the buttons of settlement's pages do: make, move, answer, reopen, pay."""

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from app.errors import Forbidden, Invalid
from app.forms import read_form, shows_refusals
from app.sheets_out import CSV_TYPE
from subsidies.settlement import services
from subsidies.settlement.access import APPROVERS, MAKERS
from subsidies.settlement.forms import (
    BulkIn,
    DisputeAnswerIn,
    MakeStatementsIn,
    PaymentIn,
    ReopeningDecisionIn,
    SendBackIn,
    StatementReopeningIn,
)
from subsidies.settlement.pages import attachment, blueprint, list_context, statement_context
from subsidies.settlement.reach import reach_of
from subsidies.settlement.rules import Step
from subsidies.settlement.steps import FOR_MANY

MOST_BYTES = 4_000_000
LIST, STATEMENT = "settlement/list.html", "settlement/statement.html"
DONE = {
    Step.SEND: _l("Sent. The merchant sees it now."),
    Step.CONFIRM_FOR_STREET: _l("Confirmed for the street. It waits for the district."),
    Step.APPROVE: _l("Approved. It is frozen from now on."),
    Step.SEND_BACK: _l("Sent back. It is a draft again."),
    Step.PAY: _l("Marked as paid."),
}


@blueprint.post("/steps")
@allow(*MAKERS)
@shows_refusals(LIST, list_context)
def move_many() -> Response:
    """Take a step with all statements of a period that stand before it."""
    form, actor = read_form(BulkIn), current_actor()
    period, step = services.read_period(form["period"]), form["step"]
    _check_role(step)
    with transaction() as session:
        moved = services.take_steps(session, step=step, period=period, reach=reach_of(actor), by=actor, now=clock.now())
    flash(
        ngettext("%(num)s statement was moved on.", "%(num)s statements were moved on.", moved),
        "ok" if moved else "info",
    )
    return _go_to_list(period.code)


@blueprint.post("/<int:statement_id>/send")
@allow(*MAKERS)
@shows_refusals(STATEMENT, statement_context)
def send(statement_id: int) -> Response:
    """Send a statement to its merchant."""
    return _move(statement_id, Step.SEND)


@blueprint.post("/<int:statement_id>/confirm")
@allow(*MAKERS)
@shows_refusals(STATEMENT, statement_context)
def confirm(statement_id: int) -> Response:
    """Confirm a statement for the street."""
    return _move(statement_id, Step.CONFIRM_FOR_STREET)


@blueprint.post("/<int:statement_id>/approve")
@allow(*APPROVERS)
@shows_refusals(STATEMENT, statement_context)
def approve(statement_id: int) -> Response:
    """Approve a statement for the district."""
    return _move(statement_id, Step.APPROVE)


@blueprint.post("/<int:statement_id>/send-back")
@allow(*APPROVERS)
@shows_refusals(STATEMENT, statement_context)
def send_back(statement_id: int) -> Response:
    """Send a statement back to the street, and say why."""
    return _move(statement_id, Step.SEND_BACK, read_form(SendBackIn)["reason"])


@blueprint.post("/<int:statement_id>/payment")
@allow(*MAKERS)
@shows_refusals(STATEMENT, statement_context)
def pay(statement_id: int) -> Response:
    """Note by which reference the bank paid."""
    return _move(statement_id, Step.PAY, read_form(PaymentIn)["reference"])


@blueprint.post("/<int:statement_id>/reopening")
@allow(*MAKERS)
@shows_refusals(STATEMENT, statement_context)
def ask_reopening(statement_id: int) -> Response:
    """Ask that an approved statement be opened again."""
    form, actor = read_form(StatementReopeningIn), current_actor()
    with transaction() as session:
        services.ask_reopening(
            session, statement_id=statement_id, reach=reach_of(actor), by=actor, now=clock.now(), **form
        )
    flash(_("Asked. Somebody else of the district decides."), "ok")
    return _go_to(statement_id)


@blueprint.post("/<int:statement_id>/reopening/decision")
@allow(*APPROVERS)
@shows_refusals(STATEMENT, statement_context)
def decide_reopening(statement_id: int) -> Response:
    """Open a statement again that somebody else asked to open, or leave it closed."""
    form, actor = read_form(ReopeningDecisionIn), current_actor()
    about: dict[str, Any] = {"statement_id": statement_id, "reach": reach_of(actor), "by": actor, "now": clock.now()}
    with transaction() as session:
        if form["outcome"] == "reopen":
            services.reopen(session, **about)
        else:
            services.refuse_reopening(session, reason=form["reason"] or _("no reason given"), **about)
    flash(_("Decided."), "ok")
    return _go_to(statement_id)


@blueprint.post("/disputes/<int:dispute_id>/answer")
@allow(*MAKERS)
def answer_dispute(dispute_id: int) -> Response:
    """Answer a disputed line."""
    form, actor = read_form(DisputeAnswerIn), current_actor()
    with transaction() as session:
        found = services.answer_dispute(
            session, dispute_id=dispute_id, reach=reach_of(actor), by=actor, now=clock.now(), **form
        )
        statement_id = found.statement_id
    flash(_("Answered. Send the statement again once every line is."), "ok")
    return _go_to(statement_id)


@blueprint.post("/bank-file")
@allow(*APPROVERS)
@shows_refusals(LIST, list_context)
def write_bank_file() -> Response:
    """Send the payments of all approved statements of a period as a file for the bank."""
    form, actor = read_form(MakeStatementsIn), current_actor()
    period = services.read_period(form["period"])
    with transaction() as session:
        file = services.write_bank_file(session, period=period, reach=reach_of(actor), by=actor, now=clock.now())
    return attachment(file.content, CSV_TYPE, file.name)


@blueprint.post("/payments")
@allow(*MAKERS)
@shows_refusals(LIST, list_context)
def read_bank_file() -> Response:
    """Mark the statements of a file from the bank as paid."""
    file, actor = request.files.get("file"), current_actor()
    data = file.stream.read(MOST_BYTES + 1) if file else b""
    if not data or len(data) > MOST_BYTES:
        raise Invalid(errors={"file": [_l("Choose the file that came from the bank, of at most 4 MB.")]})
    with transaction() as session:
        paid = services.mark_paid(session, data=data, reach=reach_of(actor), by=actor, now=clock.now())
    flash(ngettext("%(num)s statement was marked as paid.", "%(num)s statements were marked as paid.", paid), "ok")
    return _go_to_list(request.args.get("period", ""))


def _move(statement_id: int, step: Step, note: str = "") -> Response:
    actor = current_actor()
    with transaction() as session:
        services.take_step(
            session, step=step, statement_id=statement_id, reach=reach_of(actor), by=actor, now=clock.now(), note=note
        )
    flash(str(DONE[step]), "ok")
    return _go_to(statement_id)


def _check_role(step: Step) -> None:
    if step not in FOR_MANY or (step is Step.APPROVE and not current_actor().roles & set(APPROVERS)):
        raise Forbidden


def _go_to(statement_id: int) -> Response:
    return redirect(url_for("settlement.show_statement", statement_id=statement_id), 303)  # type: ignore[return-value]


def _go_to_list(period: str) -> Response:
    return redirect(url_for("settlement.list_statements", period=period or None), 303)  # type: ignore[return-value]
