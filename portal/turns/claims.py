"""Spends after a turn of life: what was found is claimed back, once a second person approves."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.approvals import services as approvals
from app.approvals.rules import DRAFT
from app.areas.rules import is_within_any
from app.audit.services import record
from app.auth import Actor
from app.people.turns import Effect, TurnEffect
from portal.turns.acting import settle, turn_of
from portal.turns.before import find_death
from portal.turns.effects import written
from portal.turns.errors import TurnNotFound, TurnUndone
from portal.turns.models import LifeTurn, TurnClaim, TurnStep
from subsidies import services as ledger

APPROVED = "approved"


def make_claims(
    session: Session, row: LifeTurn, done: Iterable[tuple[str, Effect]], *, by: Actor, now: datetime
) -> list[TurnClaim]:
    """Ask that spends which were found go back; each spend once, whatever is found again and after which turn."""
    known = _claimed(session, row)
    made = []
    for feature, effect in done:
        found = zip(effect.detail.get("refs", ()), effect.detail.get("fens", ()), strict=True)
        spends = {ref: fen for ref, fen in found if (feature, ref) not in known}
        if not spends:
            continue
        claim = TurnClaim(
            turn_id=row.id,
            area_code=row.area_code,
            feature=feature,
            refs=list(spends),
            amount_fen=sum(spends.values()),
            made_at=now,
            state=DRAFT,
            # What the product finds later stands for whoever recorded the turn: that person does not approve it.
            maker_id=by.account_id or row.recorded_by,
        )
        approvals.submit(claim, by=claim.maker_id, now=now)
        session.add(claim)
        session.flush()
        _note(session, claim, row, "turn.claimed", by=by, now=now)
        made.append(claim)
    return made


def approve_claim(
    session: Session, *, claim_id: int, effects: Sequence[TurnEffect], by: Actor, now: datetime
) -> TurnClaim:
    """Give spends back; points that come back so go on as the turn's rules say.

    :raises TurnNotFound: if there is no such claim in the actor's areas
    :raises NotSubmitted: if it was decided before
    :raises SelfApproval: if the actor made it
    :raises TurnUndone: if the turn was taken back meanwhile
    """
    found = _find(session, claim_id, by)
    row = session.get_one(LifeTurn, found.turn_id)
    # The payer's book first, as everybody does who records or takes back: what they did is then seen.
    ledger.open_book(session, home=row.senior_id)
    claim = _lock(session, claim_id, by)
    approvals.check_deciding(claim, by=by.account_id)
    session.refresh(row)
    if row.undone_at is not None:
        raise TurnUndone
    turn = turn_of(row, by=by, now=now)
    done = [
        (each.name, effect)
        for each in effects
        if each.name == claim.feature and each.claim
        for effect in each.claim(session, turn, claim.refs)
    ]
    kept = written(done)
    approvals.approve(claim, state=APPROVED, by=by.account_id, now=now)
    claim.outcome = kept
    session.add(TurnStep(turn_id=row.id, step="claim_approved", at=now, account_id=by.account_id, detail=kept))
    session.flush()
    # What comes back of a stay goes as the death says that was recorded since.
    last = find_death(session, senior_id=row.senior_id) or row
    settle(session, last, turn_of(last, by=by, now=now), effects)
    _note(session, claim, row, "turn.claim_approved", by=by, now=now)
    return claim


def reject_claim(session: Session, *, claim_id: int, reason: str, by: Actor, now: datetime) -> TurnClaim:
    """Let spends stand, and say why.

    :raises TurnNotFound: if there is no such claim in the actor's areas
    :raises NotSubmitted: if it was decided before
    :raises SelfApproval: if the actor made it
    """
    claim = _lock(session, claim_id, by)
    approvals.reject(claim, reason=reason, by=by.account_id, now=now)
    row = session.get_one(LifeTurn, claim.turn_id)
    session.add(TurnStep(turn_id=row.id, step="claim_rejected", at=now, account_id=by.account_id, words=reason))
    session.flush()
    _note(session, claim, row, "turn.claim_rejected", by=by, now=now)
    return claim


def drop_open_claims(session: Session, row: LifeTurn, *, signers: tuple[int, int], reason: str, now: datetime) -> int:
    """Let no claim of a turn wait any more that was taken back; return how many did.

    :param signers: the two who signed that it was a mistake; whoever of them did not make a claim decides it
    """
    query = select(TurnClaim).where(TurnClaim.turn_id == row.id, TurnClaim.state == "submitted")
    waiting = session.scalars(query.with_for_update()).all()
    for claim in waiting:
        by = next(each for each in signers if each != claim.maker_id)
        approvals.reject(claim, reason=reason, by=by, now=now)
    session.flush()
    return len(waiting)


def list_made_good(session: Session, row: LifeTurn) -> Sequence[TurnClaim]:
    """Return the claims of a turn that were approved: what they took back stays so."""
    query = select(TurnClaim).where(TurnClaim.turn_id == row.id, TurnClaim.state == APPROVED)
    return session.scalars(query.order_by(TurnClaim.id)).all()


def _claimed(session: Session, row: LifeTurn) -> Collection[tuple[str, str]]:
    """Return what was claimed after this turn, and what of the same person waits or went back after another."""
    others = select(LifeTurn.id).where(LifeTurn.senior_id == row.senior_id)
    query = select(TurnClaim.feature, TurnClaim.refs).where(
        TurnClaim.turn_id.in_(others), or_(TurnClaim.turn_id == row.id, TurnClaim.state != "rejected")
    )
    return {(feature, ref) for feature, refs in session.execute(query) for ref in refs}


def _find(session: Session, claim_id: int, by: Actor) -> TurnClaim:
    claim = session.get(TurnClaim, claim_id)
    if claim is None or not is_within_any(claim.area_code, by.area_codes):
        raise TurnNotFound
    return claim


def _lock(session: Session, claim_id: int, by: Actor) -> TurnClaim:
    claim = session.get(TurnClaim, claim_id, with_for_update=True, populate_existing=True)
    if claim is None or not is_within_any(claim.area_code, by.area_codes):
        raise TurnNotFound
    return claim


def _note(session: Session, claim: TurnClaim, row: LifeTurn, action: str, *, by: Actor, now: datetime) -> None:
    record(
        session,
        actor=by if by.account_id else None,
        action=action,
        subject=f"senior:{row.senior_id}",
        area_code=row.area_code,
        new={"turn": row.id, "claim": claim.id, "what": claim.feature, "amount_fen": claim.amount_fen},
        reason=claim.reason,
        now=now,
    )
