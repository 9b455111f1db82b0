"""What the call gateway, or the page of the demonstration, says of a call that was placed."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import vault
from app.config import settings
from app.errors import NotFound, NotSignedIn
from app.messages.routes import has_demo
from safety.alerts.calls import write_call
from safety.alerts.escalating import answer_call
from safety.alerts.ladders import Means
from safety.alerts.models import AlertCall

SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RingingCall:
    """A call that rings in the demonstration."""

    key: str
    phone: str
    name: str
    text: str
    is_back: bool
    placed_at: datetime | None


def take_call_answer(session: Session, *, key: str, means: str, token: str, now: datetime) -> None:
    """Take what came of a call from the gateway.

    :raises NotSignedIn: if the token is not the one of the setting, or there is none
    :raises NotFound: if there is no such call
    """
    wanted = settings().call_token
    if not wanted or not hmac.compare_digest(token.encode(), f"Bearer {wanted}".encode()):
        raise NotSignedIn
    _take(session, key=key, means=means, now=now)


def take_demo_answer(session: Session, *, key: str, means: str, now: datetime) -> None:
    """Take what somebody presses on the page of the demonstration.

    :raises NotFound: if this is no demonstration, calls go by a gateway, or there is no such call
    """
    if settings().call_url or not has_demo(session):
        raise NotFound
    _take(session, key=key, means=means, now=now)


def list_demo_calls(session: Session) -> Sequence[RingingCall]:
    """Return the calls that ring in the demonstration.

    :raises NotFound: if this is no demonstration, or calls go by a gateway
    """
    if settings().call_url or not has_demo(session):
        raise NotFound
    query = select(AlertCall).where(AlertCall.state == "ringing", AlertCall.placed_at.is_not(None))
    rows = session.scalars(query.order_by(AlertCall.id.desc()).limit(SHOWN)).all()
    return [
        RingingCall(
            key=each.key,
            phone=vault.mask_phone(vault.unseal(each.phone_sealed)),
            name=each.name,
            text=write_call(session, each).text,
            is_back=each.kind == "callback",
            placed_at=each.placed_at,
        )
        for each in rows
    ]


def _take(session: Session, *, key: str, means: str, now: datetime) -> None:
    call_id = session.scalar(select(AlertCall.id).where(AlertCall.key == key))
    if call_id is None:
        raise NotFound
    answer_call(session, call_id=call_id, means=Means(means), now=now)
