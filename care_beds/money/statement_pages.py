"""A provider's statements on pages: the list, one with its lines, confirming it, disputing a line."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import EXCLUDE, Schema, fields, validate

from app import clock
from app.address import read_address
from app.auth import Role, allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from care_beds.money.settling import find_lines, provider_reach, providers_by_account
from care_beds.money.words import LINE_NAMES
from subsidies.queries import settlement as statements
from subsidies.services import settlement

PAGE_LENGTH = 50
LINE_NUMBER = validate.Range(min=1, max=2**31 - 1)
ONE = "care_money/statement.html"

blueprint = Blueprint("care_statements", __name__, template_folder="templates", url_prefix="/care/statements")


class LinesIn(Schema):
    """Which lines; what cannot be read is left out."""

    class Meta:
        """Other parts of the address are not ours."""

        unknown = EXCLUDE

    after = fields.Integer(load_default=0, validate=LINE_NUMBER)


class LineDoubtIn(Schema):
    """Which line is not right, and why."""

    n = fields.Integer(required=True, validate=LINE_NUMBER)
    reason = fields.String(required=True, validate=validate.Length(2, 300))


def statement_context(statement_id: int) -> dict[str, Any]:
    """Gather what the page of one statement shows its manager."""
    asked, faults = read_address(LinesIn())
    with transaction() as session:
        reach = provider_reach(session, actor=current_actor())
        shown = statements.get_statement(session, statement_id=statement_id, reach=reach)
        page = statements.list_lines(session, statement_id=statement_id, limit=PAGE_LENGTH, **asked)
        abouts = find_lines(session, txn_ids=[line.reverses or line.txn_id for line in page.items])
        disputes = statements.list_disputes(session, reach=reach, statement_id=statement_id, limit=200)
    today = business_day(clock.now())
    listed = {"page": page, "abouts": abouts, "line_names": LINE_NAMES, "disputes": disputes}
    return {**statements.WORDS, **listed, "shown": shown, "faults": faults, "today": today}


@blueprint.get("")
@allow(Role.PROVIDER_MANAGER)
def list_statements() -> str:
    """List the statements of the manager's providers, newest first."""
    with transaction() as session:
        names = providers_by_account(session, actor=current_actor())
        page = statements.list_statements(session, reach=settlement.Reach(merchants=tuple(names)), limit=200)
    sent = [line for line in page.items if line.state != settlement.State.DRAFTED]
    waiting = [line for line in sent if line.state == settlement.State.SENT]
    shown = {"lines": sent, "names": names, "waiting": waiting, "today": business_day(clock.now())}
    return render_template("care_money/statements.html", **statements.WORDS, **shown)


@blueprint.get("/<int:statement_id>")
@allow(Role.PROVIDER_MANAGER)
def show_statement(statement_id: int) -> str:
    """Show one statement of the manager's providers."""
    return render_template(ONE, form=Form(), **statement_context(statement_id))


@blueprint.get("/<int:statement_id>/print")
@allow(Role.PROVIDER_MANAGER)
def print_statement(statement_id: int) -> str:
    """Show a statement as a sheet of paper."""
    with transaction() as session:
        reach = provider_reach(session, actor=current_actor())
        sheet = statements.get_sheet(session, statement_id=statement_id, reach=reach)
    return render_template("settlement/sheet.html", sheet=sheet, printed_at=clock.now(), **statements.WORDS)


@blueprint.post("/<int:statement_id>/confirm")
@allow(Role.PROVIDER_MANAGER)
@shows_refusals(ONE, statement_context)
def confirm(statement_id: int) -> Response:
    """Confirm a statement of the manager's providers."""
    actor = current_actor()
    with transaction() as session:
        reach = provider_reach(session, actor=actor)
        settlement.take_step(
            session, step=settlement.Step.CONFIRM, statement_id=statement_id, reach=reach, by=actor, now=clock.now()
        )
    flash(_("Confirmed. The street checks it next."), "ok")
    return _go_to(statement_id)


@blueprint.post("/<int:statement_id>/disputes")
@allow(Role.PROVIDER_MANAGER)
@shows_refusals(ONE, statement_context)
def dispute(statement_id: int) -> Response:
    """Say that a line is not right."""
    form, actor = read_form(LineDoubtIn), current_actor()
    with transaction() as session:
        reach = provider_reach(session, actor=actor)
        settlement.dispute_line(session, statement_id=statement_id, reach=reach, by=actor, now=clock.now(), **form)
    flash(_("Noted. The street answers, then the statement comes back to you."), "ok")
    return _go_to(statement_id)


def _go_to(statement_id: int) -> Response:
    after = request.args.get("after")
    address = url_for("care_statements.show_statement", statement_id=statement_id, after=after)
    return redirect(address, 303)  # type: ignore[return-value]
