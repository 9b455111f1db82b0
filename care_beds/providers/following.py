"""Who else acts when a provider or its carers may visit no more, or may again: plans are looked at anew."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from care_beds.providers.models import CareProvider

Follower = Callable[..., None]

_followers: list[Follower] = []


def register_follower(follower: Follower) -> None:
    """Let somebody act on who may visit; called as ``follower(session, provider=, now=)`` in the same transaction."""
    if follower not in _followers:
        _followers.append(follower)


def tell_fitness(session: Session, *, provider: CareProvider, now: datetime) -> None:
    """Let all of them act: somebody of a provider may visit no more, or may again."""
    session.flush()
    for follower in _followers:
        follower(session, provider=provider, now=now)
