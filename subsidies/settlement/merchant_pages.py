"""A merchant's own statements on pages: the list, one with its lines, confirming it, disputing a line."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.address import read_address
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from subsidies.settlement import queries, services
from subsidies.settlement.forms import OwnLinesIn
from subsidies.settlement.merchants import Merchants

PAGE_LENGTH, MOST = 50, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Templates:
    """What a feature's list of statements, and one of them, look like."""

    many: str
    one: str


def make_pages(merchants: Merchants, templates: Templates, *, name: str, module: str, url_prefix: str) -> Blueprint:
    """Make the pages on which whoever answers for some merchants sees and confirms their statements.

    :param name: before the names of its endpoints: ``list_statements``, ``show_statement``, ``print_statement``,
        ``confirm`` and ``dispute``
    :param module: the feature's, beside which its templates lie
    """
    blueprint = Blueprint(name, module, template_folder="templates", url_prefix=url_prefix)
    context = _context_of(merchants)
    _add_reading(blueprint, merchants, templates, context)
    _add_deciding(blueprint, merchants, templates, context)
    return blueprint


def _context_of(merchants: Merchants) -> Callable[[int], dict[str, Any]]:
    def gather(statement_id: int) -> dict[str, Any]:
        """Gather what the page of one statement shows whoever answers for the merchant."""
        asked, faults = read_address(OwnLinesIn())
        with transaction() as session:
            reach = merchants.reach(session, actor=current_actor())
            shown = queries.get_statement(session, statement_id=statement_id, reach=reach)
            page = queries.list_lines(session, statement_id=statement_id, limit=PAGE_LENGTH, **asked)
            more = merchants.tell_lines(session, lines=page.items) if merchants.tell_lines else {}
            disputes = queries.list_disputes(session, reach=reach, statement_id=statement_id, limit=MOST)
        listed = {"shown": shown, "page": page, "disputes": disputes, **more}
        return {**queries.WORDS, **listed, "faults": faults, "today": business_day(clock.now())}

    return gather


def _add_reading(
    blueprint: Blueprint, merchants: Merchants, templates: Templates, context: Callable[[int], dict[str, Any]]
) -> None:
    @blueprint.get("")
    @allow(merchants.role)
    def list_statements() -> str:
        """List the statements of the caller's merchants, newest first."""
        with transaction() as session:
            names = merchants.names(session, actor=current_actor())
            page = queries.list_statements(session, reach=services.Reach(merchants=tuple(names)), limit=MOST)
        sent = [line for line in page.items if line.state != services.State.DRAFTED]
        waiting = [line for line in sent if line.state == services.State.SENT]
        shown = {"lines": sent, "names": names, "waiting": waiting, "today": business_day(clock.now())}
        return render_template(templates.many, **queries.WORDS, **shown)

    @blueprint.get("/<int:statement_id>")
    @allow(merchants.role)
    def show_statement(statement_id: int) -> str:
        """Show one statement of the caller's merchants."""
        return render_template(templates.one, form=Form(), **context(statement_id))

    @blueprint.get("/<int:statement_id>/print")
    @allow(merchants.role)
    def print_statement(statement_id: int) -> str:
        """Show a statement as a sheet of paper."""
        with transaction() as session:
            reach = merchants.reach(session, actor=current_actor())
            sheet = queries.get_sheet(session, statement_id=statement_id, reach=reach)
        return render_template("settlement/sheet.html", sheet=sheet, printed_at=clock.now(), **queries.WORDS)


def _add_deciding(
    blueprint: Blueprint, merchants: Merchants, templates: Templates, context: Callable[[int], dict[str, Any]]
) -> None:
    @blueprint.post("/<int:statement_id>/confirm")
    @allow(merchants.role)
    @shows_refusals(templates.one, context)
    def confirm(statement_id: int) -> Response:
        """Confirm a statement of the caller's merchants."""
        actor = current_actor()
        with transaction() as session:
            about: dict[str, Any] = {"statement_id": statement_id, "reach": merchants.reach(session, actor=actor)}
            services.take_step(session, step=services.Step.CONFIRM, by=actor, now=clock.now(), **about)
        flash(_("Confirmed. The street checks it next."), "ok")
        return _go_to(statement_id)

    @blueprint.post("/<int:statement_id>/disputes")
    @allow(merchants.role)
    @shows_refusals(templates.one, context)
    def dispute(statement_id: int) -> Response:
        """Say that a line is not right."""
        form, actor = read_form(merchants.dispute), current_actor()
        with transaction() as session:
            about: dict[str, Any] = {"statement_id": statement_id, "reach": merchants.reach(session, actor=actor)}
            services.dispute_line(session, by=actor, now=clock.now(), **about, **form)
        flash(_("Noted. The street answers, then the statement comes back to you."), "ok")
        return _go_to(statement_id)


def _go_to(statement_id: int) -> Response:
    address = url_for(".show_statement", statement_id=statement_id, after=request.args.get("after"))
    return redirect(address, 303)  # type: ignore[return-value]
