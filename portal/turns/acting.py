"""Acting on a turn that was recorded before: as features know it, what waited, and writing it down."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.audit.services import record
from app.auth import Actor
from app.people.queries import list_statuses
from app.people.timeline import status_on
from app.people.turns import Turn, TurnEffect, TurnKind
from portal.turns.effects import written
from portal.turns.models import LifeTurn, TurnStep


def turn_of(row: LifeTurn, *, by: Actor, now: datetime, reason: str | None = None) -> Turn:
    """Return a recorded turn as features know it, acted on by somebody else or later."""
    return Turn(
        id=row.id,
        kind=TurnKind(row.kind),
        senior_id=row.senior_id,
        from_on=row.from_on,
        until_on=row.until_on,
        to_area_code=row.to_area_code,
        by=by,
        now=now,
        reason=reason or row.reason,
    )


def settle(session: Session, row: LifeTurn, turn: Turn, effects: Sequence[TurnEffect]) -> list[dict[str, Any]]:
    """Let what came back, or waited, go as the rules say, and write it down; nothing of somebody who is back by now."""
    if status_on(list_statuses(session, senior_id=turn.senior_id), turn.today) is not turn.status:
        return []
    done = [(each.name, effect) for each in effects if each.settle for effect in each.settle(session, turn)]
    if not done:
        return []
    kept = written(done)
    account_id = turn.by.account_id or None
    session.add(TurnStep(turn_id=row.id, step="settled", at=turn.now, account_id=account_id, detail=kept))
    session.flush()
    return kept


def nobody() -> Actor:
    """Return who acts when the product does by itself what people decided before."""
    return Actor(account_id=0, name="")


def note(
    session: Session,
    row: LifeTurn,
    action: str,
    *,
    by: Actor | None,
    now: datetime,
    new: Mapping[str, Any],
    reason: str = "",
) -> None:
    """Write in the audit log what was done about a turn."""
    record(
        session,
        actor=by,
        action=action,
        subject=f"senior:{row.senior_id}",
        area_code=row.area_code,
        new={"turn": row.id, **new},
        reason=reason or row.reason,
        now=now,
    )
