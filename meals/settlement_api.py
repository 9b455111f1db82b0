"""A canteen's statements over HTTP: reading them, confirming one, disputing a line."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from app import clock
from app.auth import Role, allow, current_actor
from app.db import transaction
from meals.settlement_pages import LineDisputeIn
from meals.settling import canteen_reach
from subsidies.queries import settlement as statements
from subsidies.services import settlement
from subsidies.settlement.schemas import (
    MerchantStatementDetailOut,
    MerchantStatementsOut,
    SettlementDisputeOut,
    SettlementLinesOut,
    StatementLinesIn,
)

blueprint = Blueprint(
    "canteen_settlement_api", __name__, url_prefix="/api/v1/meals/settlements", description="A canteen's statements"
)
OUTSIDE = "No such statement of the caller's canteens"


class OwnStatementsIn(Schema):
    """How many."""

    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))


@blueprint.get("")
@allow(Role.CANTEEN_MANAGER)
@blueprint.arguments(OwnStatementsIn, location="query")
@blueprint.response(200, MerchantStatementsOut)
def list_statements(asked: dict[str, Any]) -> Any:
    """List the statements of the caller's canteens, newest first."""
    with transaction() as session:
        reach = canteen_reach(session, actor=current_actor())
        return statements.list_statements(session, reach=reach, limit=asked["limit"])


@blueprint.get("/<int:statement_id>")
@allow(Role.CANTEEN_MANAGER)
@blueprint.response(200, MerchantStatementDetailOut)
@blueprint.alt_response(404, description=OUTSIDE)
def show_statement(statement_id: int) -> Any:
    """Show one statement."""
    with transaction() as session:
        reach = canteen_reach(session, actor=current_actor())
        return statements.get_statement(session, statement_id=statement_id, reach=reach)


@blueprint.get("/<int:statement_id>/lines")
@allow(Role.CANTEEN_MANAGER)
@blueprint.arguments(StatementLinesIn, location="query")
@blueprint.response(200, SettlementLinesOut)
@blueprint.alt_response(404, description=OUTSIDE)
def list_lines(asked: dict[str, Any], statement_id: int) -> Any:
    """List the lines of a statement in order."""
    with transaction() as session:
        reach = canteen_reach(session, actor=current_actor())
        statements.get_statement(session, statement_id=statement_id, reach=reach)
        return statements.list_lines(session, statement_id=statement_id, **asked)


@blueprint.post("/<int:statement_id>/confirmation")
@allow(Role.CANTEEN_MANAGER)
@blueprint.response(200, MerchantStatementDetailOut)
@blueprint.alt_response(404, description=OUTSIDE)
@blueprint.alt_response(409, description="It does not wait for the canteen")
def confirm(statement_id: int) -> Any:
    """Confirm a statement."""
    actor = current_actor()
    with transaction() as session:
        about: dict[str, Any] = {"statement_id": statement_id, "reach": canteen_reach(session, actor=actor)}
        settlement.take_step(session, step=settlement.Step.CONFIRM, by=actor, now=clock.now(), **about)
        return statements.get_statement(session, **about)


@blueprint.post("/<int:statement_id>/disputes")
@allow(Role.CANTEEN_MANAGER)
@blueprint.arguments(LineDisputeIn)
@blueprint.response(201, SettlementDisputeOut)
@blueprint.alt_response(404, description=OUTSIDE)
@blueprint.alt_response(409, description="It does not wait for the canteen, or the line is disputed already")
def dispute(body: dict[str, Any], statement_id: int) -> Any:
    """Say that a line is not right."""
    actor = current_actor()
    with transaction() as session:
        reach = canteen_reach(session, actor=actor)
        return settlement.dispute_line(
            session, statement_id=statement_id, reach=reach, by=actor, now=clock.now(), **body
        )
