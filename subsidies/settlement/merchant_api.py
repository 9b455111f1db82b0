"""A merchant's own statements over HTTP: reading them, confirming one, disputing a line."""

from typing import Any

from flask_smorest import Blueprint

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from subsidies.settlement import queries, services
from subsidies.settlement.merchants import Merchants
from subsidies.settlement.schemas import (
    MerchantStatementDetailOut,
    MerchantStatementsOut,
    OwnStatementsIn,
    SettlementDisputeOut,
    SettlementLinesOut,
    StatementLinesIn,
)


def make_api(merchants: Merchants, *, name: str, url_prefix: str) -> Blueprint:
    """Make the part of the API in which whoever answers for some merchants reads and confirms their statements.

    :param name: before the names of its endpoints
    """
    blueprint = Blueprint(name, __name__, url_prefix=url_prefix, description=f"A {merchants.one}'s statements")
    _add_reading(blueprint, merchants)
    _add_deciding(blueprint, merchants)
    return blueprint


def _outside(merchants: Merchants) -> str:
    return f"No such statement of the caller's {merchants.one}s"


def _add_reading(blueprint: Blueprint, merchants: Merchants) -> None:
    @blueprint.get("")
    @allow(merchants.role)
    @blueprint.doc(summary=f"List the statements of the caller's {merchants.one}s, newest first.")
    @blueprint.arguments(OwnStatementsIn, location="query")
    @blueprint.response(200, MerchantStatementsOut)
    def list_statements(asked: dict[str, Any]) -> Any:
        """List the statements of the caller's merchants, newest first."""
        with transaction() as session:
            reach = merchants.reach(session, actor=current_actor())
            return queries.list_statements(session, reach=reach, limit=asked["limit"])

    @blueprint.get("/<int:statement_id>")
    @allow(merchants.role)
    @blueprint.response(200, MerchantStatementDetailOut)
    @blueprint.alt_response(404, description=_outside(merchants))
    def show_statement(statement_id: int) -> Any:
        """Show one statement."""
        with transaction() as session:
            reach = merchants.reach(session, actor=current_actor())
            return queries.get_statement(session, statement_id=statement_id, reach=reach)

    @blueprint.get("/<int:statement_id>/lines")
    @allow(merchants.role)
    @blueprint.arguments(StatementLinesIn, location="query")
    @blueprint.response(200, SettlementLinesOut)
    @blueprint.alt_response(404, description=_outside(merchants))
    def list_lines(asked: dict[str, Any], statement_id: int) -> Any:
        """List the lines of a statement in order."""
        with transaction() as session:
            reach = merchants.reach(session, actor=current_actor())
            queries.get_statement(session, statement_id=statement_id, reach=reach)
            return queries.list_lines(session, statement_id=statement_id, **asked)


def _add_deciding(blueprint: Blueprint, merchants: Merchants) -> None:
    not_waiting = f"It does not wait for the {merchants.one}"

    @blueprint.post("/<int:statement_id>/confirmation")
    @allow(merchants.role)
    @blueprint.response(200, MerchantStatementDetailOut)
    @blueprint.alt_response(404, description=_outside(merchants))
    @blueprint.alt_response(409, description=not_waiting)
    def confirm(statement_id: int) -> Any:
        """Confirm a statement."""
        actor = current_actor()
        with transaction() as session:
            about: dict[str, Any] = {"statement_id": statement_id, "reach": merchants.reach(session, actor=actor)}
            services.take_step(session, step=services.Step.CONFIRM, by=actor, now=clock.now(), **about)
            return queries.get_statement(session, **about)

    @blueprint.post("/<int:statement_id>/disputes")
    @allow(merchants.role)
    @blueprint.arguments(merchants.dispute)
    @blueprint.response(201, SettlementDisputeOut)
    @blueprint.alt_response(404, description=_outside(merchants))
    @blueprint.alt_response(409, description=f"{not_waiting}, or the line is disputed already")
    def dispute(body: dict[str, Any], statement_id: int) -> Any:
        """Say that a line is not right."""
        actor = current_actor()
        with transaction() as session:
            about: dict[str, Any] = {"statement_id": statement_id, "reach": merchants.reach(session, actor=actor)}
            return services.dispute_line(session, by=actor, now=clock.now(), **about, **body)
