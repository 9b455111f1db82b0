"""What people do with findings: ask, answer, confirm, dismiss, get money back. Nothing follows by itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.areas.rules import is_within
from app.audit import services as audit
from app.auth import Actor, Role
from app.policies.queries import get_policy
from subsidies.findings.access import visible
from subsidies.findings.errors import ERRORS, FindingNotFound, NoCanteen, NoProvider, NotAsked
from subsidies.findings.models import Finding, FindingStep
from subsidies.findings.rules import TO, AskedOf, Standing, State, Step, object_to


def ask_about(session: Session, *, finding_id: int, asked_of: AskedOf, words: str, by: Actor, now: datetime) -> Finding:
    """Ask the canteen, the provider or the street to explain what was found.

    :raises FindingNotFound: if there is none with this id in the caller's areas
    :raises NoCanteen: if a canteen is to be asked and the finding is about none
    :raises NoProvider: if a provider is to be asked and the finding is about none
    :raises OutOfTurn: if it was asked before, or decided
    """
    finding = _open(session, finding_id, Step.ASK, by=by, now=now)
    if asked_of is AskedOf.CANTEEN and finding.canteen_id is None:
        raise NoCanteen
    if asked_of is AskedOf.PROVIDER and finding.provider_id is None:
        raise NoProvider
    finding.asked_of, finding.asked_at = asked_of, now
    return _close(session, finding, Step.ASK, words=words, by=by, now=now, about={"asked_of": str(asked_of)})


def answer_finding(session: Session, *, finding_id: int, words: str, by: Actor, now: datetime) -> Finding:
    """Say what there is to say about a finding.

    :raises FindingNotFound: if there is none with this id that the caller may see
    :raises NotAsked: if somebody else was asked
    :raises OutOfTurn: if nobody was asked, or it was decided
    """
    finding = _open(session, finding_id, Step.ANSWER, by=by, now=now)
    if not may_answer(finding, by):
        raise NotAsked
    finding.answered_by = by.account_id
    return _close(session, finding, Step.ANSWER, words=words, by=by, now=now)


def confirm_finding(session: Session, *, finding_id: int, words: str, by: Actor, now: datetime) -> Finding:
    """Decide that a finding is true. What follows is for people to do; nobody is charged or barred by this.

    :raises FindingNotFound: if there is none with this id in the caller's areas
    :raises NobodyAsked: if nobody was heard
    :raises TimeToAnswer: if the answer is not overdue
    :raises OwnAnswer: if the caller gave the answer
    :raises OutOfTurn: if it was decided before
    """
    finding = _open(session, finding_id, Step.CONFIRM, by=by, now=now)
    return _close(session, finding, Step.CONFIRM, words=words, by=by, now=now)


def dismiss_finding(session: Session, *, finding_id: int, words: str, by: Actor, now: datetime) -> Finding:
    """Decide that a finding is not so, or is all right.

    :raises FindingNotFound: if there is none with this id in the caller's areas
    :raises OwnAnswer: if the caller gave the answer
    :raises OutOfTurn: if it was decided before
    """
    finding = _open(session, finding_id, Step.DISMISS, by=by, now=now)
    return _close(session, finding, Step.DISMISS, words=words, by=by, now=now)


def recover_money(
    session: Session, *, finding_id: int, amount_fen: int, words: str, by: Actor, now: datetime
) -> Finding:
    """Write down what came back after a finding was confirmed, and by which paper.

    :raises FindingNotFound: if there is none with this id in the caller's areas
    :raises OutOfTurn: if it is not confirmed
    """
    finding = _open(session, finding_id, Step.RECOVER, by=by, now=now)
    finding.recovered_fen = amount_fen
    return _close(session, finding, Step.RECOVER, words=words, by=by, now=now, about={"amount_fen": amount_fen})


def reopen_finding(session: Session, *, finding_id: int, words: str, by: Actor, now: datetime) -> Finding:
    """Open a decided finding again, because something new came up.

    :raises FindingNotFound: if there is none with this id in the caller's areas
    :raises OutOfTurn: if it is not decided, or the money is back
    """
    finding = _open(session, finding_id, Step.REOPEN, by=by, now=now)
    finding.answered_by = None
    return _close(session, finding, Step.REOPEN, words=words, by=by, now=now)


def may_answer(finding: Finding, actor: Actor) -> bool:
    """Say whether somebody is among those who were asked."""
    if finding.asked_of == AskedOf.CANTEEN:
        return Role.CANTEEN_MANAGER in actor.roles and finding.canteen_id in actor.canteen_ids
    if finding.asked_of == AskedOf.PROVIDER:
        return finding.provider_id is not None and actor.is_of(Role.PROVIDER_MANAGER, finding.provider_id)
    clerks = [held.area_code for held in actor.held if held.role is Role.STREET_CLERK]
    return any(is_within(finding.area_code, area_code) for area_code in clerks)


def standing_of(session: Session, finding: Finding) -> Standing:
    """Return what the next step of a finding depends on."""
    policy = get_policy(session, finding.policy_id)
    return Standing(
        state=State(finding.state),
        asked_at=finding.asked_at,
        answered_by=finding.answered_by,
        answer_within_days=policy.body["answer_within_days"],
    )


def _open(session: Session, finding_id: int, step: Step, *, by: Actor, now: datetime) -> Finding:
    """Load a finding for one step, so that of two who take it at once only one does."""
    query = select(Finding).where(Finding.id == finding_id, visible(by))
    finding = session.scalar(query.with_for_update(of=Finding).execution_options(populate_existing=True))
    if finding is None:
        raise FindingNotFound
    objection = object_to(step, standing_of(session, finding), by=by.account_id, now=now)
    if objection:
        raise ERRORS[objection]
    return finding


def _close(
    session: Session,
    finding: Finding,
    step: Step,
    *,
    words: str,
    by: Actor,
    now: datetime,
    about: Mapping[str, Any] | None = None,
) -> Finding:
    before, finding.state, finding.changed_at = finding.state, TO[step], now
    session.add(
        FindingStep(
            finding_id=finding.id,
            step=step,
            at=now,
            account_id=by.account_id,
            words=words,
            about=dict(about) if about else None,
        )
    )
    audit.record(
        session,
        actor=by,
        action=f"finding.{step}",
        subject=f"finding:{finding.id}",
        area_code=finding.area_code,
        now=now,
        old={"state": before},
        new={"state": str(finding.state), **(about or {})},
        reason=words,
    )
    session.flush()
    return finding
