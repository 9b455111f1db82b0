"""Telling people: the notice in their centre and what goes out of it, in the transaction of what happened."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app import vault
from app.messages import routes, waking
from app.messages.kinds import Kind, get_kind
from app.messages.models import CODE_RANK, PLAIN_RANK, SMS, URGENT_RANK, Delivery, Notice
from app.messages.routes import Route
from app.tokens import new_id

CODE_KIND = "messages.code"
# A notice for each account that is open and was not told before.
WRITE = text(
    "INSERT INTO notice (account_id, kind, key, params, senior_id, urgent, created_at)"
    " SELECT a.id, :kind, t.key, t.params, t.senior_id, :urgent, :now"
    "   FROM jsonb_to_recordset(CAST(:rows AS jsonb))"
    "        AS t (account_id bigint, key text, params jsonb, senior_id bigint)"
    "   JOIN account AS a ON a.id = t.account_id AND a.disabled_at IS NULL"
    " ON CONFLICT (account_id, key) DO NOTHING RETURNING account_id, id"
)


@dataclass(frozen=True, slots=True)
class Telling:
    """What one account is told: for which key, which facts, and about whom."""

    account_id: int
    key: str
    params: Mapping[str, Any]
    senior_id: int | None = None


def tell(
    session: Session,
    *,
    account_ids: Collection[int],
    kind: str,
    key: str,
    params: Mapping[str, Any],
    senior_id: int | None = None,
    urgent: bool = False,
    now: datetime,
) -> int:
    """Tell accounts of something, each once for a key, and return how many had not been told.

    Nothing is sent here: the messages are rows, and leave after the commit. Without accounts it costs nothing.

    :param key: what happened, as ``debit:<id of the sale>``; the same key tells an account nothing twice
    :param params: the facts, as JSON has them; the words are made when they are read or sent
    :param senior_id: whom it is about, so that it is shown only as long as a consent covers it
    :param urgent: goes out in quiet hours too
    :raises UnknownKind: if no feature has registered the kind
    """
    tellings = [Telling(each, key, params, senior_id) for each in sorted(set(account_ids))]
    return tell_many(session, tellings=tellings, kind=kind, urgent=urgent, now=now)


def tell_many(session: Session, *, tellings: Sequence[Telling], kind: str, urgent: bool = False, now: datetime) -> int:
    """Tell many accounts each its own facts of one kind, in as many statements as one; see ``tell``.

    :raises UnknownKind: if no feature has registered the kind
    """
    found = get_kind(kind)
    if not tellings:
        return 0
    rows = [{**asdict(each), "params": dict(each.params)} for each in tellings]
    asked = {"rows": json.dumps(rows, ensure_ascii=False), "kind": kind, "urgent": urgent, "now": now}
    written = session.execute(WRITE, asked).all()
    if written:
        _queue(session, [(row.account_id, row.id) for row in written], kind=found, urgent=urgent, now=now)
    return len(written)


def send_code(
    session: Session,
    *,
    phone: str,
    code: str,
    good_for: timedelta,
    now: datetime,
    account_id: int | None = None,
    language: str = "zh",
    kind: str = CODE_KIND,
) -> bool:
    """Send a one-time code to a phone, ahead of everything else; say whether there is a way to send it at all.

    The code is kept sealed until it is out, and is not sent any more once it has ended.

    :param good_for: how long the code opens anything
    :param kind: whose words to use; they get ``code`` and ``minutes``
    :raises UnknownKind: if no feature has registered the kind
    """
    get_kind(kind)
    channel = routes.open_for(session).get(SMS)
    if channel is None:
        return False
    way = Route(account_id, channel, vault.seal(phone), language)
    queue_code(session, way=way, code=code, good_for=good_for, kind=kind, now=now)
    return True


def queue_code(
    session: Session, *, way: Route, code: str, good_for: timedelta, now: datetime, kind: str = CODE_KIND
) -> None:
    """Write a one-time code as a message ahead of everything else, by a way that is open."""
    params = {"code": code, "minutes": int(good_for.total_seconds()) // 60}
    content = {"kind": kind, "secret": vault.seal(json.dumps(params)), "rank": CODE_RANK}
    times = {"due_at": now, "expires_at": now + good_for, "created_at": now}
    session.execute(insert(Delivery).values(key=_new_key(), **_way(way), **content, **times))
    waking.wake_after_commit(session)


def can_send_codes(session: Session) -> bool:
    """Say whether a one-time code can reach a phone here."""
    return SMS in routes.open_for(session)


def mark_read(session: Session, *, account_id: int, now: datetime, notice_id: int | None = None) -> int:
    """Mark one notice of an account as read, or all of them, and return how many were not."""
    query = update(Notice).where(Notice.account_id == account_id, Notice.read_at.is_(None))
    if notice_id is not None:
        query = query.where(Notice.id == notice_id)
    return len(session.execute(query.values(read_at=now).returning(Notice.id)).all())


def _queue(session: Session, written: Sequence[tuple[int, int]], *, kind: Kind, urgent: bool, now: datetime) -> None:
    """Write what goes out of new notices, by what each account wishes."""
    common = {"kind": kind.name, "rank": URGENT_RANK if urgent else PLAIN_RANK, "due_at": now, "created_at": now}
    ids = {account_id for account_id, _notice_id in written}
    found: dict[int | None, list[Route]] = defaultdict(list)
    for route in routes.list_routes(session, account_ids=ids, kind=kind, urgent=urgent):
        found[route.account_id].append(route)
    rows = [
        {**common, "key": _new_key(), "notice_id": notice_id, **_way(route)}
        for account_id, notice_id in written
        for route in found[account_id]
    ]
    if rows:
        session.execute(insert(Delivery), rows)
        waking.wake_after_commit(session)


def _way(route: Route) -> dict[str, Any]:
    return {
        "account_id": route.account_id,
        "channel": route.channel,
        "address_sealed": route.address_sealed,
        "language": route.language,
    }


def _new_key() -> str:
    return str(new_id())
