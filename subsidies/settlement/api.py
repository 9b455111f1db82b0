"""Settlement over HTTP, for those who settle, approve and check."""

from dataclasses import replace
from typing import Any

from flask import Response, jsonify, make_response
from flask_smorest import Blueprint

from app import clock
from app.areas.rules import is_within_any
from app.auth import Actor, allow, current_actor
from app.db import transaction
from app.errors import Forbidden
from app.jobs import enqueue
from subsidies.settlement import making, queries, services, tasks
from subsidies.settlement.access import APPROVERS, MAKERS, READERS
from subsidies.settlement.drafting import Made
from subsidies.settlement.forms import (
    DisputeAnswerIn,
    MakeStatementsIn,
    MerchantPayeeIn,
    PayeeDecisionIn,
    ReopeningDecisionIn,
    SettlementStepIn,
    StatementReopeningIn,
)
from subsidies.settlement.pages import read_cursor
from subsidies.settlement.reach import reach_of
from subsidies.settlement.rules import Step, find_period
from subsidies.settlement.schemas import (
    ListDisputesIn,
    ListStatementsIn,
    MerchantStatementDetailOut,
    MerchantStatementsOut,
    SettlementDisputeOut,
    SettlementDisputesOut,
    SettlementLinesOut,
    StatementLinesIn,
    StatementsMadeOut,
    StatementsMakingOut,
)

blueprint = Blueprint(
    "settlement_api", __name__, url_prefix="/api/v1/subsidies/settlements", description="Settlement with merchants"
)
OUTSIDE = "No such statement in the caller's areas"
REFUSED = "It does not stand where this step begins"


@blueprint.get("")
@allow(*READERS)
@blueprint.arguments(ListStatementsIn, location="query")
@blueprint.response(200, MerchantStatementsOut)
def list_statements(asked: dict[str, Any]) -> Any:
    """List statements, newest period first, then by area."""
    about = {"period": find_period(asked["period"]), "state": asked["state"], "area_code": asked["area"]}
    with transaction() as session:
        return queries.list_statements(
            session,
            reach=reach_of(current_actor()),
            after=read_cursor(asked["after"]),
            limit=asked["limit"],
            **about,
        )


@blueprint.post("")
@allow(*MAKERS)
@blueprint.arguments(MakeStatementsIn)
@blueprint.response(200, StatementsMadeOut)
@blueprint.alt_response(202, schema=StatementsMakingOut, description="Many merchants: a worker makes them")
@blueprint.alt_response(409, description="The period is not over, or not sealed")
def make_statements(body: dict[str, Any]) -> Any:
    """Make the statements of a period in the caller's areas; safe to repeat. Many are made by a worker."""
    actor, made, now = current_actor(), Made(), clock.now()
    period, area_codes = services.read_period(body["period"]), _areas(actor, body["area"])
    with transaction() as session:
        if making.count_merchants(session, area_codes=area_codes) > making.AT_ONCE:
            asked_for = replace(actor, area_codes=tuple(area_codes))
            number = making.ask_for_statements(session, period=period, by=asked_for, now=now)
        else:
            number = 0
            for area in area_codes:
                made += services.make_statements(session, period=period, area_code=area, by=actor, now=now)
    if not number:
        return made
    enqueue(tasks.MAKE, making_id=number)
    return _show_making(number, 202)


@blueprint.get("/makings/<int:making_id>")
@allow(*MAKERS)
@blueprint.response(200, StatementsMakingOut)
@blueprint.alt_response(404, description="The caller asked for none of this number")
def show_making(making_id: int) -> Any:
    """Return how far a worker is with what the caller asked to be made."""
    return _show_making(making_id)


@blueprint.get("/disputes")
@allow(*READERS)
@blueprint.arguments(ListDisputesIn, location="query")
@blueprint.response(200, SettlementDisputesOut)
def list_disputes(asked: dict[str, Any]) -> Any:
    """List disputed lines, the oldest first."""
    with transaction() as session:
        return queries.list_disputes(
            session,
            reach=reach_of(current_actor()),
            only_open=asked["open_only"],
            after=asked["after"],
            limit=asked["limit"],
        )


@blueprint.post("/disputes/<int:dispute_id>/answer")
@allow(*MAKERS)
@blueprint.arguments(DisputeAnswerIn)
@blueprint.response(200, SettlementDisputeOut)
@blueprint.alt_response(404, description="No such dispute in the caller's areas")
@blueprint.alt_response(409, description="Somebody has answered before")
def answer_dispute(body: dict[str, Any], dispute_id: int) -> Any:
    """Say what comes of a disputed line."""
    actor = current_actor()
    with transaction() as session:
        return services.answer_dispute(
            session, dispute_id=dispute_id, reach=reach_of(actor), by=actor, now=clock.now(), **body
        )


@blueprint.get("/<int:statement_id>")
@allow(*READERS)
@blueprint.response(200, MerchantStatementDetailOut)
@blueprint.alt_response(404, description=OUTSIDE)
def show_statement(statement_id: int) -> Any:
    """Show one statement with who owes it, and its story."""
    with transaction() as session:
        return queries.get_statement(session, statement_id=statement_id, reach=reach_of(current_actor()))


@blueprint.get("/<int:statement_id>/lines")
@allow(*READERS)
@blueprint.arguments(StatementLinesIn, location="query")
@blueprint.response(200, SettlementLinesOut)
@blueprint.alt_response(404, description=OUTSIDE)
def list_lines(asked: dict[str, Any], statement_id: int) -> Any:
    """List the lines of a statement in order."""
    with transaction() as session:
        queries.get_statement(session, statement_id=statement_id, reach=reach_of(current_actor()))
        return queries.list_lines(session, statement_id=statement_id, **asked)


@blueprint.post("/<int:statement_id>/steps")
@allow(*MAKERS)
@blueprint.arguments(SettlementStepIn)
@blueprint.response(200, MerchantStatementDetailOut)
@blueprint.alt_response(404, description=OUTSIDE)
@blueprint.alt_response(409, description=REFUSED)
def take_step(body: dict[str, Any], statement_id: int) -> Any:
    """Send, confirm for the street, approve, send back, or note the payment of a statement."""
    actor, step = current_actor(), Step(body["step"])
    if step in (Step.APPROVE, Step.SEND_BACK) and not actor.roles & set(APPROVERS):
        raise Forbidden
    about: dict[str, Any] = {"statement_id": statement_id, "reach": reach_of(actor)}
    with transaction() as session:
        services.take_step(session, step=step, by=actor, now=clock.now(), note=body["note"], **about)
        return queries.get_statement(session, **about)


@blueprint.post("/<int:statement_id>/reopening")
@allow(*MAKERS)
@blueprint.arguments(StatementReopeningIn)
@blueprint.response(200, MerchantStatementDetailOut)
@blueprint.alt_response(404, description=OUTSIDE)
@blueprint.alt_response(409, description=REFUSED)
def ask_reopening(body: dict[str, Any], statement_id: int) -> Any:
    """Ask that an approved statement be opened again; somebody else decides."""
    actor = current_actor()
    about: dict[str, Any] = {"statement_id": statement_id, "reach": reach_of(actor)}
    with transaction() as session:
        services.ask_reopening(session, by=actor, now=clock.now(), **about, **body)
        return queries.get_statement(session, **about)


@blueprint.post("/<int:statement_id>/reopening/decision")
@allow(*APPROVERS)
@blueprint.arguments(ReopeningDecisionIn)
@blueprint.response(200, MerchantStatementDetailOut)
@blueprint.alt_response(404, description="No such statement in the caller's areas, or nobody has asked")
@blueprint.alt_response(403, description="The caller asked")
@blueprint.alt_response(409, description=REFUSED)
def decide_reopening(body: dict[str, Any], statement_id: int) -> Any:
    """Open a statement again that somebody else asked to open, or leave it closed."""
    actor = current_actor()
    about: dict[str, Any] = {"statement_id": statement_id, "reach": reach_of(actor)}
    with transaction() as session:
        if body["outcome"] == "reopen":
            services.reopen(session, by=actor, now=clock.now(), **about)
        else:
            services.refuse_reopening(session, reason=body["reason"] or "-", by=actor, now=clock.now(), **about)
        return queries.get_statement(session, **about)


@blueprint.put("/<int:statement_id>/payee")
@allow(*MAKERS)
@blueprint.arguments(MerchantPayeeIn)
@blueprint.response(202)
@blueprint.alt_response(404, description=OUTSIDE)
@blueprint.alt_response(409, description="Another account waits to be accepted")
def ask_payee(body: dict[str, Any], statement_id: int) -> None:
    """Write down where the merchant's money shall go; it is kept sealed, and somebody else accepts it."""
    actor = current_actor()
    with transaction() as session:
        shown = queries.get_statement(session, statement_id=statement_id, reach=reach_of(actor))
        services.ask_payee(session, merchant=shown.line.merchant, by=actor, now=clock.now(), **body)


@blueprint.post("/<int:statement_id>/payee/decision")
@allow(*APPROVERS)
@blueprint.arguments(PayeeDecisionIn)
@blueprint.response(204)
@blueprint.alt_response(403, description="The caller wrote it down")
@blueprint.alt_response(404, description="No such statement in the caller's areas, or nothing waits to be accepted")
def decide_payee(body: dict[str, Any], statement_id: int) -> None:
    """Accept the bank account that somebody else wrote down, or refuse it."""
    actor = current_actor()
    with transaction() as session:
        shown = queries.get_statement(session, statement_id=statement_id, reach=reach_of(actor))
        about: dict[str, Any] = {"merchant": shown.line.merchant, "by": actor, "now": clock.now()}
        if body["outcome"] == "accept":
            services.accept_payee(session, **about)
        else:
            services.refuse_payee(session, reason=body["reason"] or "-", **about)


def _show_making(making_id: int, status: int = 200) -> Response:
    with transaction() as session:
        found = making.get_making(session, making_id=making_id, by=current_actor())
        return make_response(jsonify(StatementsMakingOut().dump(found)), status)


def _areas(actor: Actor, asked: str) -> list[str]:
    """Return the areas asked for, as far as they are the caller's."""
    if not asked:
        return list(actor.area_codes)
    if not is_within_any(asked, actor.area_codes):
        raise Forbidden
    return [asked]
