"""Seals leave the database: a small file each in a directory, and a message each to whoever wants them.

What has to go out is a row written with the seal; the work here may be cut off anywhere and done again.
"""

import contextlib
import hashlib
import hmac
import json
import os
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.tokens import new_id
from subsidies.seals.models import Seal, SealDelivery, SealKey
from subsidies.seals.texts import VERSION, written

FORMAT = f"chongyang-seal-{VERSION}"
AT_ONCE = 200
LEASE = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=6)
SIGNATURE = "X-Chongyang-Signature"


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who is sent each seal."""

    address: str
    secret: str
    seconds: int


def document_of(seal: Seal, public_key: bytes) -> dict[str, Any]:
    """Return a seal as it is published."""
    return {
        "format": FORMAT,
        "height": seal.height,
        "previous": seal.prev.hex(),
        "root": seal.root.hex(),
        "blocks": seal.blocks,
        "leaves": seal.leaves,
        "sealed_at": written(seal.sealed_at),
        "key_id": seal.key_id,
        "public_key": public_key.hex(),
        "signature": seal.signature.hex(),
    }


def file_of(folder: Path, seal: Seal) -> Path:
    """Return where a seal is published: by month, so that no directory grows without end."""
    return folder / written(seal.sealed_at)[:7] / f"seal-{seal.height:09d}.json"


def publish_files(session: Session, *, folder: Path, now: datetime) -> int:
    """Write the file of each seal that has none yet, and return how many. Safe to run twice, and two at once."""
    seals = _due(session, "directory", now)
    for seal, public_key in seals:
        _write(file_of(folder, seal), document_of(seal, public_key))
    _set(session, "directory", seals, done_at=now, attempts=SealDelivery.attempts + 1)
    return len(seals)


def claim_messages(session: Session, *, now: datetime) -> list[dict[str, Any]]:
    """Take the seals that are due to be sent; whoever dies with them loses them for two minutes only."""
    seals = _due(session, "webhook", now)
    _set(session, "webhook", seals, due_at=now + LEASE)
    return [document_of(seal, public_key) for seal, public_key in seals]


def send(document: dict[str, Any], *, to: Receiver, now: datetime) -> str:
    """Post a seal, signed, and return what went wrong, or nothing.

    The receiver gets ``t=<seconds since 1970>,v1=<hex of HMAC-SHA256(secret, "<t>." || body)>`` in a header, and may
    be sent the same height twice.
    """
    body = json.dumps(document, separators=(",", ":")).encode()
    stamp = int(now.timestamp())
    signature = hmac.new(to.secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", SIGNATURE: f"t={stamp},v1={signature}"}
    request = urllib.request.Request(to.address, body, headers)  # noqa: S310 - the setting allows web addresses alone
    try:
        with urllib.request.urlopen(request, timeout=to.seconds) as answer:  # noqa: S310 - as above
            answer.read(1)
    except (OSError, urllib.error.URLError) as error:
        return str(error)[:200] or type(error).__name__
    return ""


def note_sent(session: Session, *, height: int, fault: str, now: datetime) -> None:
    """Write down whether a seal arrived, and when to try again if not: 1, 2, 4 ... minutes, six hours at most."""
    delivery = session.get_one(SealDelivery, (height, "webhook"), with_for_update=True)
    delivery.attempts += 1
    delivery.fault = fault or None
    if fault:
        delivery.due_at = now + min(timedelta(minutes=2 ** min(delivery.attempts - 1, 12)), LONGEST_WAIT)
    else:
        delivery.done_at = now


def _due(session: Session, channel: str, now: datetime) -> Sequence[tuple[Seal, bytes]]:
    query = (
        select(Seal, SealKey.public_key)
        .join(SealKey, SealKey.key_id == Seal.key_id)
        .join(SealDelivery, SealDelivery.height == Seal.height)
        .where(SealDelivery.channel == channel, SealDelivery.done_at.is_(None), SealDelivery.due_at <= now)
        .order_by(Seal.height)
        .limit(AT_ONCE)
        .with_for_update(of=SealDelivery, skip_locked=True)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def _set(session: Session, channel: str, seals: Sequence[tuple[Seal, bytes]], **values: Any) -> None:
    heights = [seal.height for seal, _key in seals]
    session.execute(
        update(SealDelivery).where(SealDelivery.channel == channel, SealDelivery.height.in_(heights)).values(**values)
    )


def _write(path: Path, document: dict[str, Any]) -> None:
    """Write a file whole or not at all; one that is there is never written over."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{new_id().hex}")
    with fresh.open("w", encoding="utf-8") as stream:
        stream.write(json.dumps(document, indent=1) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()
