"""From a secret to an actor: the one statement each signed-in request costs."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.auth.actor import Actor, HeldRole, Role, holding
from app.clock import business_day
from app.db import ask
from app.tokens import digest

SEEN_EVERY = timedelta(minutes=1)

FIND = """
SELECT t.id, t.kind, t.device, t.last_seen_at, a.id AS account_id, a.name, a.language, a.text_size,
       a.must_change_password, held.roles
  FROM access_token t
  JOIN account a ON a.id = t.account_id
 CROSS JOIN LATERAL (
       SELECT coalesce(jsonb_agg(
                  jsonb_build_array(g.role, g.area_code, g.canteen_id, g.provider_id, g.shop_id)), '[]') AS roles
         FROM role_grant g
        WHERE g.account_id = a.id AND g.valid_from <= %(today)s AND (g.valid_until IS NULL OR g.valid_until > %(today)s)
       ) held
 WHERE t.digest = %(digest)s
   AND t.revoked_at IS NULL
   AND t.expires_at > %(now)s
   AND (t.idle_minutes IS NULL OR t.last_seen_at > %(now)s - t.idle_minutes * interval '1 minute')
   AND a.disabled_at IS NULL
"""
SEEN = text("UPDATE access_token SET last_seen_at = :now WHERE id = :id AND last_seen_at < :now")


class _Token(NamedTuple):
    """A row of ``FIND``."""

    id: int
    kind: str
    device: str | None
    last_seen_at: datetime
    account_id: int
    name: str
    language: str | None
    text_size: str | None
    must_change_password: bool
    roles: list[tuple[str, str, int | None, int | None, int | None]]


def find_by_secret(session: Session, secret: str, *, now: datetime) -> Actor | None:
    """Return who holds a secret that is still good, or nothing."""
    row = ask(session, FIND, {"digest": digest(secret), "now": now, "today": business_day(now)})
    if row is None:
        return None
    token = _Token(*row)
    if now - token.last_seen_at >= SEEN_EVERY:
        session.execute(SEEN, {"id": token.id, "now": now})
        # Committed at once: a page that only reads rolls back at its end, and the idle clock would not start anew.
        session.commit()
    return _actor(token)


def _actor(token: _Token) -> Actor:
    actor = Actor(
        account_id=token.account_id,
        name=token.name,
        device=token.device or f"{token.kind}:{token.id}",
        token_id=token.id,
        kind=token.kind,
        language=token.language,
        text_size=token.text_size,
        must_change_password=token.must_change_password,
    )
    return holding(actor, (HeldRole(Role(role), area, *place) for role, area, *place in token.roles))
