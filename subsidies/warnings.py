"""What points warn of when somebody opens a person's page: findings, debts, answers that are owed, points that end."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import business_day
from app.dossier import SeniorWarning
from app.money import yuan
from app.web.wording import short_day
from subsidies import queries
from subsidies.disputes.access import visible as visible_dispute
from subsidies.disputes.models import Dispute
from subsidies.disputes.rules import State as DisputeState
from subsidies.disputes.rules import is_overdue
from subsidies.findings.queries import list_findings_of
from subsidies.findings.rules import State
from subsidies.models import Account, Posting

UNDECIDED = (State.OPEN, State.ASKED, State.EXPLAINED)


def finding_warnings(
    session: Session,
    *,
    senior_id: int,
    actor: Actor,
    now: datetime,  # noqa: ARG001 - all warnings
) -> Sequence[SeniorWarning]:
    """Warn of findings about the person that nobody has decided, or that are true and not paid back."""
    lines = list_findings_of(session, kind="senior", ref=str(senior_id), actor=actor)
    open_ones = [line for line in lines if line.state in UNDECIDED]
    true_ones = [line for line in lines if line.state == State.CONFIRMED]
    told = []
    if true_ones:
        words = ngettext(
            "%(num)s finding is true and not settled", "%(num)s findings are true and not settled", len(true_ones)
        )
        told.append(_check("danger", words, senior_id, sum(line.amount_fen for line in true_ones)))
    if open_ones:
        words = ngettext("%(num)s finding to decide", "%(num)s findings to decide", len(open_ones))
        told.append(_check("warn", words, senior_id, sum(line.amount_fen for line in open_ones)))
    return told


def dispute_warnings(session: Session, *, senior_id: int, actor: Actor, now: datetime) -> Sequence[SeniorWarning]:
    """Warn of a disputed line that waits for an answer."""
    query = select(Dispute).where(Dispute.home == senior_id, Dispute.state == DisputeState.OPEN, visible_dispute(actor))
    rows = session.scalars(query.order_by(Dispute.due_on).limit(5)).all()
    today = business_day(now)
    return [
        SeniorWarning(
            state="danger" if is_overdue(row.state, row.due_on, today=today) else "warn",
            icon="info",
            title=_("The family disputes a line"),
            words=_("Answer by %(day)s", day=short_day(row.due_on)),
            endpoint="disputes.show",
            args={"dispute_id": row.id},
        )
        for row in rows
    ]


def debt_warnings(
    session: Session,
    *,
    senior_id: int,
    actor: Actor,  # noqa: ARG001 - whoever sees the person's points sees what is owed
    now: datetime,  # noqa: ARG001 - all warnings
) -> Sequence[SeniorWarning]:
    """Warn of points that were spent, were not due, and are owed."""
    owed = Account.owner_ref == f"receivable:{senior_id}"
    signed = case((Posting.debit == Account.id, Posting.amount_fen), else_=-Posting.amount_fen)
    query = (
        select(func.coalesce(func.sum(signed), 0))
        .select_from(Posting)
        .join(Account, or_(Account.id == Posting.debit, Account.id == Posting.credit))
        .where(Posting.home == senior_id, Account.kind == "receivable", owed)
    )
    fen = int(session.scalar(query) or 0)
    if fen <= 0:
        return []
    title = _("%(yuan)s yuan are to be paid back", yuan=yuan(fen))
    goes = {"senior_id": senior_id, "tab": "points"}
    return [SeniorWarning(state="danger", icon="undo", title=title, endpoint="seniors.show", args=goes)]


def ending_warnings(
    session: Session,
    *,
    senior_id: int,
    actor: Actor,  # noqa: ARG001 - whoever sees the person's points sees when they end
    now: datetime,
) -> Sequence[SeniorWarning]:
    """Tell which points end soonest if nobody spends them."""
    endings = [each for each in queries.list_ending(session, home=senior_id, on=business_day(now)) if not each.moves]
    if not endings:
        return []
    first = endings[0]
    title = _("%(yuan)s yuan in points end on %(day)s", yuan=yuan(first.fen), day=short_day(first.expires_on))
    goes = {"senior_id": senior_id, "tab": "points"}
    return [SeniorWarning(state="info", icon="points", title=title, endpoint="seniors.show", args=goes)]


def _check(state: str, title: str, senior_id: int, amount_fen: int) -> SeniorWarning:
    words = _("about %(yuan)s yuan", yuan=yuan(amount_fen)) if amount_fen else ""
    goes = {"senior_id": senior_id, "tab": "checks"}
    return SeniorWarning(state=state, icon="search", title=title, words=words, endpoint="seniors.show", args=goes)
