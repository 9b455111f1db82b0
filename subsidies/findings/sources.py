"""The rows of people and points that findings rest on, as pages show them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import BigInteger, Text, column, select, table
from sqlalchemy.orm import Session

from app.areas.rules import is_within_any
from app.auth import Actor
from app.vault import mask_name
from subsidies.access import WALLET_READERS
from subsidies.findings.checks import Source
from subsidies.findings.registry import SourceView, register_source
from subsidies.models import Txn

SENIOR = table(
    "senior",
    column("id", BigInteger),
    column("name", Text),
    column("residence_area_code", Text),
    column("hukou_area_code", Text),
)

Views = Mapping[str, SourceView]


def describe_seniors(session: Session, sources: Sequence[Source], actor: Actor) -> Views:
    """Describe seniors, masked; who looks after them finds the way to their page."""
    query = select(SENIOR).where(SENIOR.c.id.in_([int(source.ref) for source in sources]))
    found = {}
    for row in session.execute(query):
        places = (row.residence_area_code, row.hukou_area_code)
        is_visible = any(is_within_any(place, actor.area_codes) for place in places)
        href = url_for("seniors.show", senior_id=row.id) if is_visible and _reads(actor) else ""
        found[str(row.id)] = SourceView(words=mask_name(row.name), href=href)
    return found


def describe_transactions(session: Session, sources: Sequence[Source], actor: Actor) -> Views:
    """Describe entries of the ledger."""
    ids = [UUID(source.ref) for source in sources]
    homes = [source.home for source in sources if source.home is not None]
    query = select(Txn).where(Txn.home.in_(homes), Txn.id.in_(ids))
    found = {}
    for entry in session.scalars(query):
        found[str(entry.id)] = SourceView(
            words=_("Entry %(seq)s of the guest's book", seq=entry.seq),
            at=entry.occurred_at,
            href=url_for("ledger.show_transaction", senior_id=entry.home, txn_id=entry.id) if _reads(actor) else "",
        )
    return found


def register_sources() -> None:
    """Let findings show rows of people and points."""
    register_source("senior", describe_seniors)
    register_source("transaction", describe_transactions)


def _reads(actor: Actor) -> bool:
    return bool(actor.roles & set(WALLET_READERS))
