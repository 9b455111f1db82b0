"""Where a merchant's money goes, on the page of its statement: one person writes it down, another accepts it."""

from typing import Any

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from app.forms import read_form, shows_refusals
from subsidies.settlement import queries, services
from subsidies.settlement.access import APPROVERS, MAKERS
from subsidies.settlement.forms import MerchantPayeeIn, PayeeDecisionIn
from subsidies.settlement.pages import blueprint, statement_context
from subsidies.settlement.reach import reach_of

STATEMENT = "settlement/statement.html"


@blueprint.post("/<int:statement_id>/payee")
@allow(*MAKERS)
@shows_refusals(STATEMENT, statement_context)
def ask_payee(statement_id: int) -> Response:
    """Write down where the merchant's money shall go."""
    form, actor = read_form(MerchantPayeeIn), current_actor()
    with transaction() as session:
        shown = queries.get_statement(session, statement_id=statement_id, reach=reach_of(actor))
        services.ask_payee(session, merchant=shown.line.merchant, by=actor, now=clock.now(), **form)
    flash(_("Written down. Somebody else of the district accepts it; only the last four digits are shown."), "ok")
    return _go_to(statement_id)


@blueprint.post("/<int:statement_id>/payee/decision")
@allow(*APPROVERS)
@shows_refusals(STATEMENT, statement_context)
def decide_payee(statement_id: int) -> Response:
    """Accept the bank account that somebody else wrote down, or refuse it."""
    form, actor = read_form(PayeeDecisionIn), current_actor()
    with transaction() as session:
        shown = queries.get_statement(session, statement_id=statement_id, reach=reach_of(actor))
        about: dict[str, Any] = {"merchant": shown.line.merchant, "by": actor, "now": clock.now()}
        if form["outcome"] == "accept":
            services.accept_payee(session, **about)
        else:
            services.refuse_payee(session, reason=form["reason"] or _("no reason given"), **about)
    flash(_("Decided."), "ok")
    return _go_to(statement_id)


def _go_to(statement_id: int) -> Response:
    return redirect(url_for("settlement.show_statement", statement_id=statement_id), 303)  # type: ignore[return-value]
