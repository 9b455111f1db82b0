"""What stands behind an entry of the ledger: the run or correction with its two people, the sale that it paid."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.areas.rules import is_within_any
from app.auth import Actor
from subsidies.allowance.models import Approval, GrantCorrection, GrantRun
from subsidies.allowance.queries import find_people
from subsidies.findings.checks import Source
from subsidies.findings.registry import SourceView, describe_sources

SALE = "checkout"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The two people behind a grant or a correction, and where it is told.

    :ivar is_near: whether the run lies in the reader's areas, so that the reader may open it
    :ivar application_id: what was applied for and approved before, where the programme asks for it
    """

    run_id: int
    month: date
    is_correction: bool
    is_near: bool
    made_by: str
    made_at: datetime
    decided_by: str
    decided_at: datetime | None
    application_id: int | None = None


def find_signed(session: Session, *, home: int, cause: Mapping[str, Any], actor: Actor) -> Signed | None:
    """Find the run or the correction that an entry comes from; nothing for entries that nobody signed."""
    run = session.get(GrantRun, cause["run"]) if "run" in cause else None
    if run is None:
        return None
    correction = session.get(GrantCorrection, cause["correction"]) if "correction" in cause else None
    paper = correction or run
    names = find_people(session, [paper.maker_id, paper.checker_id])
    return Signed(
        run_id=run.id,
        month=run.month,
        is_correction=correction is not None,
        is_near=is_within_any(paper.area_code, actor.area_codes),
        made_by=names.get(paper.maker_id, ""),
        made_at=paper.created_at,
        decided_by=names.get(paper.checker_id or 0, ""),
        decided_at=paper.decided_at,
        application_id=_find_application(session, home, run),
    )


def find_sale(session: Session, *, home: int, kind: str, txn_id: UUID, actor: Actor) -> SourceView | None:
    """Find the sale that an entry paid, in the words of whoever sells; nothing for other entries."""
    if kind != "spend":
        return None
    return next(iter(describe_sources(session, [Source(SALE, str(txn_id), home)], actor).values()), None)


def _find_application(session: Session, home: int, run: GrantRun) -> int | None:
    query = select(Approval.application_id).where(
        Approval.senior_id == home, Approval.programme == run.programme, Approval.from_on <= run.issue_on
    )
    return session.scalar(query.order_by(Approval.from_on.desc()).limit(1))
