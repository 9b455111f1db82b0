"""Who else acts on a step of a bed, in the same transaction: plans end with the bed, visits rest with it."""

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.auth.actor import Actor
from care_beds.beds.models import CareBed
from care_beds.beds.rules import Step

Follower = Callable[..., None]

_followers: list[Follower] = []


def register_follower(follower: Follower) -> None:
    """Let somebody act on steps; called as ``follower(session, bed=, step=, on=, by=, now=)`` after each."""
    if follower not in _followers:
        _followers.append(follower)


def tell_step(session: Session, *, bed: CareBed, step: Step, on: date, by: Actor | None, now: datetime) -> None:
    """Let all of them act on a step that was just taken."""
    for follower in _followers:
        follower(session, bed=bed, step=step, on=on, by=by, now=now)
