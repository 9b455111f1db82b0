"""Wallets, statements and the trial balance over HTTP."""

from typing import Any

from flask_smorest import Blueprint

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.people.queries import check_visible
from subsidies import queries
from subsidies.access import BOOK_READERS, WALLET_READERS
from subsidies.schemas import StatementIn, StatementOut, TrialBalanceIn, TrialBalanceOut, WalletOut

blueprint = Blueprint(
    "subsidies_api", __name__, url_prefix="/api/v1/subsidies", description="Points: wallets, statements, books"
)


@blueprint.get("/wallets/<int:senior_id>")
@allow(*WALLET_READERS)
@blueprint.response(200, WalletOut)
@blueprint.alt_response(404, description="No such senior in the caller's areas")
def show_wallet(senior_id: int) -> Any:
    """Show what a senior may spend today, and where it comes from."""
    with transaction() as session:
        check_visible(session, senior_id=senior_id, actor=current_actor())
        return queries.get_wallet(session, home=senior_id, on=business_day(clock.now()))


@blueprint.get("/wallets/<int:senior_id>/statement")
@allow(*WALLET_READERS)
@blueprint.arguments(StatementIn, location="query")
@blueprint.response(200, StatementOut)
@blueprint.alt_response(404, description="No such senior in the caller's areas")
def show_statement(asked: dict[str, Any], senior_id: int) -> Any:
    """List what happened to a senior's points, newest first, each with its explanation."""
    with transaction() as session:
        check_visible(session, senior_id=senior_id, actor=current_actor())
        return queries.list_movements(session, home=senior_id, **asked)


@blueprint.get("/trial-balance")
@allow(*BOOK_READERS)
@blueprint.arguments(TrialBalanceIn, location="query")
@blueprint.response(200, TrialBalanceOut)
def show_trial_balance(asked: dict[str, Any]) -> Any:
    """Show what every account gave and took until the end of a day."""
    today = business_day(clock.now())
    with transaction() as session:
        on, areas = asked["on"] or today, current_actor().area_codes
        return queries.trial_balance(session, on=on, area_codes=areas)
