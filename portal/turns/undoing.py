"""Taking a turn back that was recorded by mistake: one person asks and says why, another decides."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.approvals import services as approvals
from app.approvals.rules import DRAFT
from app.areas.rules import is_within_any
from app.auth import Actor
from app.people.services import lock_senior
from app.people.turns import Effect, TurnEffect
from portal.turns.acting import note, turn_of
from portal.turns.claims import drop_open_claims, list_made_good
from portal.turns.effects import effects_of, written
from portal.turns.errors import NothingAsked, TurnNotFound, TurnUndone, UndoAsked
from portal.turns.models import LifeTurn, TurnClaim, TurnStep, TurnUndo
from subsidies import services as ledger

APPROVED = "approved"


def ask_undo(session: Session, *, turn_id: int, why: str, by: Actor, now: datetime) -> TurnUndo:
    """Ask that a turn is taken back, because it never happened or happened to somebody else.

    :raises TurnNotFound: if there is none in the actor's areas
    :raises TurnUndone: if it was taken back before
    :raises UndoAsked: if somebody asked before and nobody has decided
    """
    row = _lock(session, turn_id, by)
    asked = TurnUndo(turn_id=row.id, why=why, state=DRAFT, maker_id=by.account_id)
    approvals.submit(asked, by=by.account_id, now=now)
    try:
        with session.begin_nested():
            session.add(asked)
    except IntegrityError as error:
        raise UndoAsked from error
    _step(session, row, "undo_asked", by=by, now=now, words=why)
    note(session, row, "turn.undo_asked", by=by, now=now, new={"undo": asked.id}, reason=why)
    return asked


def approve_undo(
    session: Session, *, turn_id: int, effects: Sequence[TurnEffect], by: Actor, now: datetime
) -> LifeTurn:
    """Take a turn back as somebody else asked: the register first, each feature as far as it can; the rest is told.

    :raises TurnNotFound: if there is none in the actor's areas
    :raises TurnUndone: if it was taken back before
    :raises NothingAsked: if nobody asked
    :raises SelfApproval: if the actor asked
    :raises StatusMoved: if the register was changed since
    """
    found = _find(session, turn_id, by)
    by = _as_recorded(found, by)
    ledger.open_book(session, home=found.senior_id)
    lock_senior(session, senior_id=found.senior_id, actor=by)
    row = _lock(session, turn_id, by)
    asked = _asked(session, row)
    approvals.approve(asked, state=APPROVED, by=by.account_id, now=now)
    session.flush()
    turn = turn_of(row, by=by, now=now, reason=asked.why)
    was_done = [*row.effects, *_settled(session, row)]
    # The register comes back first: beds and homes look at what it says.
    done = [
        (each.name, effect)
        for each in effects
        for effect in each.take_back(session, turn, effects_of(was_done, each.name))
    ]
    done += [_kept(each) for each in list_made_good(session, row)]
    drop_open_claims(session, row, signers=(asked.maker_id, by.account_id), reason=asked.why, now=now)
    row.undone_at, row.undone, row.settle_on = now, written(done), None
    _step(session, row, "undone", by=by, now=now, words=asked.why)
    note(session, row, "turn.undone", by=by, now=now, new={"undo": asked.id}, reason=asked.why)
    return row


def reject_undo(session: Session, *, turn_id: int, reason: str, by: Actor, now: datetime) -> None:
    """Let a turn stand that somebody asked to take back, and say why.

    :raises TurnNotFound: if there is none in the actor's areas
    :raises NothingAsked: if nobody asked
    :raises SelfApproval: if the actor asked
    """
    row = _lock(session, turn_id, by)
    asked = _asked(session, row)
    approvals.reject(asked, reason=reason, by=by.account_id, now=now)
    _step(session, row, "undo_rejected", by=by, now=now, words=reason)
    note(session, row, "turn.undo_rejected", by=by, now=now, new={"undo": asked.id}, reason=reason)


def find_asked(session: Session, *, turn_id: int) -> TurnUndo | None:
    """Return the wish to take a turn back that waits for a decision."""
    return session.scalar(select(TurnUndo).where(TurnUndo.turn_id == turn_id, TurnUndo.state == "submitted"))


def _find(session: Session, turn_id: int, by: Actor) -> LifeTurn:
    row = session.get(LifeTurn, turn_id)
    if row is None or not is_within_any(row.area_code, by.area_codes):
        raise TurnNotFound
    return row


def _as_recorded(row: LifeTurn, by: Actor) -> Actor:
    """Return who takes a turn back, seeing its person also where the turn itself led."""
    return replace(by, area_codes=(*by.area_codes, row.to_area_code)) if row.to_area_code else by


def _settled(session: Session, row: LifeTurn) -> list[Any]:
    """Return what was done after the days of grace, or about what came back later."""
    query = select(TurnStep.detail).where(TurnStep.turn_id == row.id, TurnStep.step == "settled")
    return [each for detail in session.scalars(query.order_by(TurnStep.id)) for each in detail]


def _kept(claim: TurnClaim) -> tuple[str, Effect]:
    words = _l("Spends that stay claimed back; whoever sold them is paid by agreement")
    return claim.feature, Effect(code="kept_claims", count=len(claim.refs), amount_fen=claim.amount_fen, words=words)


def _lock(session: Session, turn_id: int, by: Actor) -> LifeTurn:
    row = session.get(LifeTurn, turn_id, with_for_update=True, populate_existing=True)
    if row is None or not is_within_any(row.area_code, by.area_codes):
        raise TurnNotFound
    if row.undone_at is not None:
        raise TurnUndone
    return row


def _asked(session: Session, row: LifeTurn) -> TurnUndo:
    query = select(TurnUndo).where(TurnUndo.turn_id == row.id, TurnUndo.state == "submitted")
    found = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NothingAsked
    return found


def _step(session: Session, row: LifeTurn, step: str, *, by: Actor, now: datetime, words: str) -> None:
    session.add(TurnStep(turn_id=row.id, step=step, at=now, account_id=by.account_id, words=words))
    session.flush()
