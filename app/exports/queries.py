"""Reading exports: one's own, those that wait for one's decision, and one of them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.approvals.rules import SUBMITTED
from app.auth import Actor
from app.errors import NotFound
from app.exports.models import DataExport
from app.exports.services import may_decide

MOST_SHOWN = 50


def get_export(session: Session, *, export_id: int, actor: Actor) -> DataExport:
    """Return an export of the caller's, or one that the caller may decide on.

    :raises NotFound: if there is none
    """
    found = session.get(DataExport, export_id)
    if found is None or (found.maker_id != actor.account_id and not may_decide(found, actor)):
        raise NotFound
    return found


def list_own(session: Session, *, actor: Actor, before: int | None = None) -> Sequence[DataExport]:
    """List what the caller asked for, the latest first; one more than is shown."""
    query = select(DataExport).where(DataExport.maker_id == actor.account_id)
    if before is not None:
        query = query.where(DataExport.id < before)
    return session.scalars(query.order_by(DataExport.id.desc()).limit(MOST_SHOWN + 1)).all()


def list_to_decide(session: Session, *, actor: Actor) -> Sequence[DataExport]:
    """List what waits for somebody's decision and may be decided by the caller, the earliest first."""
    query = select(DataExport).where(DataExport.state == SUBMITTED, DataExport.maker_id != actor.account_id)
    rows = session.scalars(query.order_by(DataExport.id).limit(MOST_SHOWN * 4))
    return [found for found in rows if may_decide(found, actor)][:MOST_SHOWN]
