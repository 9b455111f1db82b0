"""Seals, and proofs that a transaction is in one, over HTTP."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.auth import allow, current_actor
from app.db import transaction
from app.people.queries import check_visible
from subsidies.access import BOOK_READERS, WALLET_READERS
from subsidies.seals import queries
from subsidies.seals.proofs import prove
from subsidies.seals.schemas import ProofOut, SealOut, SealsIn, SealsOut

blueprint = Blueprint("seals_api", __name__, url_prefix="/api/v1/subsidies", description="Seals over the books")


@blueprint.get("/seals")
@allow(*BOOK_READERS)
@blueprint.arguments(SealsIn, location="query")
@blueprint.response(200, SealsOut)
def list_seals(asked: dict[str, Any]) -> Any:
    """List the seals over the books, newest first."""
    with transaction() as session:
        return queries.list_seals(session, **asked)


@blueprint.get("/seals/<int:height>")
@allow(*BOOK_READERS)
@blueprint.response(200, SealOut)
@blueprint.alt_response(404, description="No seal of this height")
def show_seal(height: int) -> Any:
    """Show one seal."""
    with transaction() as session:
        return queries.get_seal(session, height=height)


@blueprint.get("/wallets/<int:senior_id>/transactions/<uuid:txn_id>/proof")
@allow(*WALLET_READERS)
@blueprint.response(200, ProofOut)
@blueprint.alt_response(404, description="No such senior in the caller's areas, or no such transaction")
@blueprint.alt_response(409, description="Not sealed yet: come back in a minute")
def show_proof(senior_id: int, txn_id: UUID) -> Any:
    """Prove that a transaction lies in the books as they were sealed."""
    with transaction() as session:
        check_visible(session, senior_id=senior_id, actor=current_actor())
        return prove(session, home=senior_id, txn_id=txn_id)
