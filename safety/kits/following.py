"""Letting others know at once that what somebody said of a home has changed: away, back, its own thresholds."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

Follower = Callable[[Session, int, datetime], None]

_followers: list[Follower] = []


def register_follower(follower: Follower) -> None:
    """Let somebody follow homes, as ``follower(session, home_id, now)`` within the same transaction."""
    if follower not in _followers:
        _followers.append(follower)


def tell_followers(session: Session, home_id: int, now: datetime) -> None:
    """Tell everybody who follows homes that this one is judged otherwise from now on."""
    session.flush()
    for follower in _followers:
        follower(session, home_id, now)
