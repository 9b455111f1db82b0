"""Trials of whole cities: asked for on a page, worked out by a worker, kept to be read again."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth import Actor
from app.db import db, transaction
from app.policies.queries import get_policy
from subsidies.allowance.models import AllowanceTrial
from subsidies.allowance.people import count_people
from subsidies.allowance.reading import Document
from subsidies.allowance.trying import Effect, Example, Trial, scope_of_trial, try_programme
from subsidies.allowance.unfinished import PATIENCE

# Worked out while somebody waits for the page; more people than that are work for a worker.
AT_ONCE = 20_000
FORGOTTEN = timedelta(days=1)
LOCK_SPACE = 7_015
OPEN = text("finished_at IS NULL")
ADVANCE = text("UPDATE allowance_trial SET looked_at = looked_at + :people WHERE id = :id")
AFRESH = text("UPDATE allowance_trial SET looked_at = 0 WHERE id = :id")


def count_for_trial(session: Session, policy: Document, *, month: date) -> int:
    """Count whom a trial would look at."""
    return count_people(session, scope_of_trial(policy, month=month))


def ask_for_trial(session: Session, policy: Document, *, month: date, people: int, by: Actor, now: datetime) -> int:
    """Write down that somebody wants a document tried, unless it is being tried, and return the number."""
    asked = {
        "policy_id": policy.id,
        "month": month.replace(day=1),
        "asked_by": by.account_id,
        "asked_at": now,
        "people": people,
    }
    added = (
        insert(AllowanceTrial)
        .values(asked)
        .on_conflict_do_nothing(index_elements=["policy_id", "month"], index_where=OPEN)
    )
    session.execute(added)
    found = find_trial(session, policy_id=policy.id, month=month)
    assert found is not None
    return found.id


def find_trial(session: Session, *, policy_id: int, month: date) -> AllowanceTrial | None:
    """Return the latest trial of a document on the people of a month."""
    query = select(AllowanceTrial).where(
        AllowanceTrial.policy_id == policy_id, AllowanceTrial.month == month.replace(day=1)
    )
    found: AllowanceTrial | None = session.scalar(query.order_by(AllowanceTrial.id.desc()).limit(1))
    return found


def run_trial(trial_id: int, *, clock: Callable[[], datetime]) -> None:
    """Work a trial out and keep what came of it; safe to repeat, at the same time too, and to be killed."""
    with transaction() as session:
        # Not the row itself: how far it is, is written to it meanwhile.
        if not session.scalar(select(func.pg_try_advisory_xact_lock(LOCK_SPACE, trial_id))):
            return
        row = session.get_one(AllowanceTrial, trial_id)
        if row.finished_at is not None:
            return
        _write(AFRESH, id=trial_id)
        policy = get_policy(session, row.policy_id)
        trial = try_programme(
            session, policy, month=row.month, tell=lambda people: _write(ADVANCE, id=trial_id, people=people)
        )
        row.result, row.finished_at = write_result(trial), clock()


def list_unfinished(session: Session, *, now: datetime) -> list[int]:
    """List trials that a worker was never told of, or lost."""
    waiting = select(AllowanceTrial.id).where(
        AllowanceTrial.finished_at.is_(None),
        AllowanceTrial.asked_at < now - PATIENCE,
        AllowanceTrial.asked_at > now - FORGOTTEN,
    )
    return list(session.scalars(waiting.order_by(AllowanceTrial.id)))


def write_result(trial: Trial) -> dict[str, Any]:
    """Write a trial as it is kept."""
    return {**asdict(trial), "on": trial.on.isoformat()}


def read_result(kept: dict[str, Any]) -> Trial:
    """Read a trial as it was kept."""
    return Trial(
        on=date.fromisoformat(kept["on"]),
        all=Effect(**kept["all"]),
        areas={code: Effect(**effect) for code, effect in kept["areas"].items()},
        losers=[Example(**each) for each in kept["losers"]],
        winners=[Example(**each) for each in kept["winners"]],
    )


def _write(statement: Any, **values: Any) -> None:
    """Write how far a trial is beside its transaction, so that a page sees it at once."""
    with db.engine.begin() as connection:
        connection.execute(statement, values)
