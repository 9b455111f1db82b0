"""The pages of seals: all of them, one with its blocks, and the proof that a transaction is in one."""

from uuid import UUID

from flask import Blueprint, Response, jsonify, render_template, request

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.people.queries import check_visible, get_senior
from subsidies.access import BOOK_READERS, WALLET_READERS
from subsidies.seals import queries
from subsidies.seals.proofs import prove
from subsidies.seals.wording import CHANNEL_NAMES, bucket_name

PAGE_LENGTH = 50
WORDS = {"channel_names": CHANNEL_NAMES, "bucket_name": bucket_name}

blueprint = Blueprint("seals", __name__, template_folder="templates")


@blueprint.get("/ledger/seals")
@allow(*BOOK_READERS)
def show_seals() -> str:
    """Show the seals over the books, newest first."""
    after = request.args.get("after", type=int)
    with transaction() as session:
        page = queries.list_seals(session, after=after, limit=PAGE_LENGTH)
        late = queries.count_late(session, now=clock.now())
    return render_template("seals/seals.html", page=page, late=late)


@blueprint.get("/ledger/seals/<int:height>")
@allow(*BOOK_READERS)
def show_seal(height: int) -> str:
    """Show one seal: its root, its signature, what it covers, where it was published."""
    with transaction() as session:
        shown = {
            "seal": queries.get_seal(session, height=height),
            "blocks": queries.list_blocks(session, height=height),
            "deliveries": queries.list_deliveries(session, height=height),
        }
        return render_template("seals/seal.html", **shown, **WORDS)


@blueprint.get("/wallets/<int:senior_id>/transactions/<uuid:txn_id>/proof")
@allow(*WALLET_READERS)
def show_proof(senior_id: int, txn_id: UUID) -> str:
    """Show that a transaction lies in the books as they were sealed."""
    with transaction() as session:
        senior = get_senior(session, senior_id=senior_id, actor=current_actor(), day=business_day(clock.now()))
        proof = prove(session, home=senior_id, txn_id=txn_id)
        seal = queries.get_seal(session, height=proof["seal"]["height"])
    return render_template("seals/proof.html", senior=senior, txn_id=txn_id, proof=proof, seal=seal)


@blueprint.get("/wallets/<int:senior_id>/transactions/<uuid:txn_id>/proof.json")
@allow(*WALLET_READERS)
def download_proof(senior_id: int, txn_id: UUID) -> Response:
    """Hand over the proof as a small file, for verify_export.py --proof."""
    with transaction() as session:
        check_visible(session, senior_id=senior_id, actor=current_actor())
        answer = jsonify(prove(session, home=senior_id, txn_id=txn_id))
    answer.headers["Content-Disposition"] = f'attachment; filename="proof-{txn_id}.json"'
    return answer
