"""What points tell of a person's life: points that came and went, applications, findings, disputes.

What was paid for is told by the feature that sold it.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.dossier import Before, Moment, cut_moments, is_before, key_of
from app.money import yuan
from app.web.language import current_language
from subsidies.applications import wording as applications
from subsidies.applications.models import Application, Step
from subsidies.disputes import wording as disputes
from subsidies.disputes.access import visible as visible_dispute
from subsidies.disputes.models import Dispute
from subsidies.disputes.rules import State
from subsidies.findings import wording as findings
from subsidies.findings.queries import list_findings_of
from subsidies.findings.reading import FindingLine
from subsidies.findings.registry import find_check
from subsidies.models import Txn
from subsidies.reading.wallets import MovementView, view_movements
from subsidies.wording import MOVEMENT_NAMES

POINTS, APPLICATIONS, CHECKS = "points", "applications", "checks"
MOST = 100
# Spends and what undoes them belong to a sale or a visit, which tells more.
TOLD = ("grant", "expiry", "claw_back", "offset")
LOOKS = {
    "grant": ("points", "ok"),
    "expiry": ("points", "warn"),
    "claw_back": ("undo", "danger"),
    "offset": ("undo", ""),
}


def points_moments(
    session: Session,
    *,
    senior_id: int,
    actor: Actor,  # noqa: ARG001 - whoever sees the person's points sees all of them
    before: Before | None,
    limit: int,
) -> Sequence[Moment]:
    """Tell which points came, ended and were claimed back."""
    key = key_of("points", Txn.id)
    query = (
        select(Txn)
        .where(Txn.home == senior_id, Txn.kind.in_(TOLD), *is_before(Txn.occurred_at, key, before))
        .order_by(Txn.occurred_at.desc(), key.desc())
        .limit(limit)
    )
    movements = view_movements(session, home=senior_id, txns=session.scalars(query).all())
    return [_movement(each) for each in movements]


def application_moments(
    session: Session,
    *,
    senior_id: int,
    actor: Actor,  # noqa: ARG001 - whoever sees the person sees what they applied for
    before: Before | None,
    limit: int,
) -> Sequence[Moment]:
    """Tell the steps of what a person applied for."""
    key = key_of("application", Step.id)
    query = (
        select(Step)
        .join(Application, Application.id == Step.application_id)
        .where(Application.senior_id == senior_id, *is_before(Step.at, key, before))
        .order_by(Step.at.desc(), key.desc())
        .limit(limit)
    )
    return [_step(step) for step in session.scalars(query)]


def finding_moments(
    session: Session, *, senior_id: int, actor: Actor, before: Before | None, limit: int
) -> Sequence[Moment]:
    """Tell what checks found about a person."""
    lines = list_findings_of(session, kind="senior", ref=str(senior_id), actor=actor)
    return cut_moments(map(_finding, lines), before=before, limit=limit)


def dispute_moments(
    session: Session, *, senior_id: int, actor: Actor, before: Before | None, limit: int
) -> Sequence[Moment]:
    """Tell what the family disputed, and what the street answered."""
    query = select(Dispute).where(Dispute.home == senior_id, visible_dispute(actor))
    rows = session.scalars(query.order_by(Dispute.id.desc()).limit(MOST))
    return cut_moments([each for row in rows for each in _dispute(row)], before=before, limit=limit)


def _movement(movement: MovementView) -> Moment:
    icon, state = LOOKS[movement.kind]
    lines = movement.explanation[current_language()]
    return Moment(
        at=movement.occurred_at,
        key=f"points:{movement.id}",
        sort=POINTS,
        icon=icon,
        title=MOVEMENT_NAMES[movement.kind],
        words=lines[0] if lines else "",
        state=state,
        endpoint="ledger.show_transaction",
        args={"senior_id": movement.home, "txn_id": movement.id},
    )


def _step(step: Step) -> Moment:
    return Moment(
        at=step.at,
        key=f"application:{step.id}",
        sort=APPLICATIONS,
        icon="receipt",
        title=applications.OUTCOME_NAMES[step.outcome],
        words=step.reason,
        state="ok" if step.outcome in ("approved", "appeal_approved") else "",
        endpoint="applications.show",
        args={"application_id": step.application_id},
    )


def _finding(line: FindingLine) -> Moment:
    check = find_check(line.check_code)
    words = _("%(state)s, about %(yuan)s yuan", state=findings.STATE_NAMES[line.state], yuan=yuan(line.amount_fen))
    return Moment(
        at=line.found_at,
        key=f"finding:{line.id}",
        sort=CHECKS,
        icon="search",
        title=_("Found: %(title)s", title=check.title if check else line.check_code),
        words=words if line.amount_fen else findings.STATE_NAMES[line.state],
        state=findings.STATE_LOOKS[line.state][0],
        endpoint="findings.show_finding",
        args={"finding_id": line.id},
    )


def _dispute(row: Dispute) -> Iterator[Moment]:
    goes: dict[str, Any] = {"endpoint": "disputes.show", "args": {"dispute_id": row.id}}
    yield Moment(
        at=row.opened_at,
        key=f"dispute:{row.id}:opened",
        sort=CHECKS,
        icon="info",
        title=disputes.AUDIT_WORDS["dispute.opened"],
        words=disputes.REASON_NAMES[row.reason],
        state="warn",
        **goes,
    )
    ended_at = row.answered_at or row.withdrawn_at
    if ended_at:
        yield Moment(
            at=ended_at,
            key=f"dispute:{row.id}:ended",
            sort=CHECKS,
            icon=disputes.STATE_ICONS[State(row.state)],
            title=disputes.STATE_NAMES[row.state],
            state=disputes.STATE_CHIPS[State(row.state)],
            **goes,
        )
