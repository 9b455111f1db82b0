"""A provider's statements over HTTP: reading them, confirming one, disputing a line."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from app import clock
from app.auth import Role, allow, current_actor
from app.db import transaction
from care_beds.money.settling import provider_reach
from care_beds.money.statement_pages import LineDoubtIn
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
    "care_statements_api", __name__, url_prefix="/api/v1/care-beds/statements", description="A provider's statements"
)
OUTSIDE = "No such statement of the caller's providers"


class ProviderStatementsIn(Schema):
    """How many."""

    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))


@blueprint.get("")
@allow(Role.PROVIDER_MANAGER)
@blueprint.arguments(ProviderStatementsIn, location="query")
@blueprint.response(200, MerchantStatementsOut)
def list_statements(asked: dict[str, Any]) -> Any:
    """List the statements of the caller's providers, newest first."""
    with transaction() as session:
        reach = provider_reach(session, actor=current_actor())
        return statements.list_statements(session, reach=reach, limit=asked["limit"])


@blueprint.get("/<int:statement_id>")
@allow(Role.PROVIDER_MANAGER)
@blueprint.response(200, MerchantStatementDetailOut)
@blueprint.alt_response(404, description=OUTSIDE)
def show_statement(statement_id: int) -> Any:
    """Show one statement."""
    with transaction() as session:
        reach = provider_reach(session, actor=current_actor())
        return statements.get_statement(session, statement_id=statement_id, reach=reach)


@blueprint.get("/<int:statement_id>/lines")
@allow(Role.PROVIDER_MANAGER)
@blueprint.arguments(StatementLinesIn, location="query")
@blueprint.response(200, SettlementLinesOut)
@blueprint.alt_response(404, description=OUTSIDE)
def list_lines(asked: dict[str, Any], statement_id: int) -> Any:
    """List the lines of a statement in order."""
    with transaction() as session:
        reach = provider_reach(session, actor=current_actor())
        statements.get_statement(session, statement_id=statement_id, reach=reach)
        return statements.list_lines(session, statement_id=statement_id, **asked)


@blueprint.post("/<int:statement_id>/confirmation")
@allow(Role.PROVIDER_MANAGER)
@blueprint.response(200, MerchantStatementDetailOut)
@blueprint.alt_response(404, description=OUTSIDE)
@blueprint.alt_response(409, description="It does not wait for the provider")
def confirm(statement_id: int) -> Any:
    """Confirm a statement."""
    actor = current_actor()
    with transaction() as session:
        about: dict[str, Any] = {"statement_id": statement_id, "reach": provider_reach(session, actor=actor)}
        settlement.take_step(session, step=settlement.Step.CONFIRM, by=actor, now=clock.now(), **about)
        return statements.get_statement(session, **about)


@blueprint.post("/<int:statement_id>/disputes")
@allow(Role.PROVIDER_MANAGER)
@blueprint.arguments(LineDoubtIn)
@blueprint.response(201, SettlementDisputeOut)
@blueprint.alt_response(404, description=OUTSIDE)
@blueprint.alt_response(409, description="It does not wait for the provider, or the line is disputed already")
def dispute(body: dict[str, Any], statement_id: int) -> Any:
    """Say that a line is not right."""
    actor = current_actor()
    with transaction() as session:
        reach = provider_reach(session, actor=actor)
        return settlement.dispute_line(
            session, statement_id=statement_id, reach=reach, by=actor, now=clock.now(), **body
        )
