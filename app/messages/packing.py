"""Making claimed messages ready to leave: what came too late, what waits for the morning, and the words of the rest."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import vault
from app.clock import business_day
from app.messages import asking, outbox
from app.messages.asking import Followed
from app.messages.channels.interface import Message
from app.messages.kinds import find_kind, get_kind
from app.messages.models import DEMO, PLAIN_RANK, Delivery, Notice, Wish
from app.messages.routes import ACCOUNT
from app.messages.rules import WAITS, Quiet, end_of_quiet
from app.web.language import LOCALES

NO_CONSENT = "the consent has ended"
NO_WORDS = "no words for it"
CLOSED = "the account is closed"
# Each claim counts: one that was claimed once more than it is tried killed whoever sent it.
MOST_TRIES, DEADLY = len(WAITS) + 1, "its sender died each time"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message that is ready to leave."""

    delivery_id: int
    message: Message


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a batch, read in a few statements."""

    notices: Mapping[int, Notice]
    quiet: Mapping[int, Quiet]
    followed: Collection[Followed]
    closed: Collection[int]


def pack(session: Session, claimed: Sequence[Delivery], *, now: datetime) -> list[Parcel]:
    """Return the messages that leave now; those that do not are written down as what they are."""
    known = _look_up(session, claimed, now=now)
    return [parcel for each in claimed if (parcel := _pack_one(session, each, known, now=now))]


def _pack_one(session: Session, delivery: Delivery, known: _Known, *, now: datetime) -> Parcel | None:
    notice = known.notices.get(delivery.notice_id or 0)
    fault = _find_fault(delivery, notice, known, now=now)
    if fault:
        outbox.note_given_up(session, delivery_id=delivery.id, fault=fault)
        return None
    morning = _find_morning(delivery, known, now=now)
    if morning:
        outbox.put_back(session, delivery_id=delivery.id, due_at=morning)
        return None
    try:
        return Parcel(delivery.id, _write(delivery, notice))
    except Exception:
        log.exception("messages.no_words", kind=delivery.kind)
        outbox.note_given_up(session, delivery_id=delivery.id, fault=NO_WORDS)
        return None


def _find_fault(delivery: Delivery, notice: Notice | None, known: _Known, *, now: datetime) -> str:
    """Say why a message should not leave at all any more."""
    if delivery.expires_at and now >= delivery.expires_at:
        return outbox.TOO_LATE
    if delivery.account_id in known.closed:
        return CLOSED
    if delivery.tries > MOST_TRIES:
        return DEADLY
    followed = follows(notice)
    return NO_CONSENT if followed and followed not in known.followed else ""


def _find_morning(delivery: Delivery, known: _Known, *, now: datetime) -> datetime | None:
    if delivery.rank < PLAIN_RANK:
        return None
    return end_of_quiet(known.quiet.get(delivery.account_id or 0), now)


def _write(delivery: Delivery, notice: Notice | None) -> Message:
    """Put a message into the words of its kind, in its reader's language."""
    kind = get_kind(delivery.kind)
    params: Mapping[str, Any] = notice.params if notice else json.loads(vault.unseal(delivery.secret or b""))
    with force_locale(LOCALES[delivery.language]):
        title, text = str(kind.title), kind.text(params)
    return Message(key=delivery.key, address=vault.unseal(delivery.address_sealed), title=title, text=text)


def _look_up(session: Session, claimed: Sequence[Delivery], *, now: datetime) -> _Known:
    today = business_day(now)
    ids = [each.notice_id for each in claimed if each.notice_id]
    notices = {each.id: each for each in session.scalars(select(Notice).where(Notice.id.in_(ids)))} if ids else {}
    asked = [each for notice in notices.values() if (each := follows(notice))]
    followed = frozenset(asking.list_followed(session, asked=asked, today=today))
    return _Known(notices, _list_quiet(session, claimed, now=now), followed, _list_closed(session, claimed))


def _list_closed(session: Session, claimed: Sequence[Delivery]) -> Collection[int]:
    ids = {each.account_id for each in claimed if each.account_id}
    query = select(ACCOUNT.c.id).where(ACCOUNT.c.id.in_(ids), ACCOUNT.c.disabled_at.is_not(None))
    return frozenset(session.scalars(query)) if ids else frozenset()


def _list_quiet(session: Session, claimed: Sequence[Delivery], *, now: datetime) -> dict[int, Quiet]:
    """Return the quiet hours by account: those it chose, else those of the rules, which no page of ours wakes."""
    plain = [each for each in claimed if each.account_id and each.rank == PLAIN_RANK]
    ids = {each.account_id for each in plain if each.account_id}
    if not ids:
        return {}
    query = select(Wish).where(Wish.account_id.in_(ids), Wish.quiet_from.is_not(None))
    chosen = {
        wish.account_id: Quiet(wish.quiet_from, wish.quiet_until)
        for wish in session.scalars(query)
        if wish.quiet_from is not None and wish.quiet_until is not None
    }
    others = {each.account_id for each in plain if each.channel != DEMO and each.account_id} - set(chosen)
    return {**asking.list_quiet(session, account_ids=others, today=business_day(now)), **chosen}


def follows(notice: Notice | None) -> Followed | None:
    """Return what must still be allowed for a notice to be told; nothing for one about no senior."""
    kind = find_kind(notice.kind) if notice else None
    if notice is None or kind is None or notice.senior_id is None or not kind.topic:
        return None
    return Followed(notice.account_id, notice.senior_id, kind.topic)
