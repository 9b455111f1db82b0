"""A queue that was taken out of a till as a file: whether it is what the device wrote, and what is in it."""

import base64
import binascii
import hmac
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.errors import Invalid
from meals.models import Canteen, Till
from meals.tills.devices import load_device
from meals.tills.errors import DeviceNotFound
from meals.tills.models import TillDevice, TillUpload
from meals.tills.sent import FIRST_MOMENT, LAST_MOMENT, Sent, SentSale, SentUndo, read_sent

FORMAT = "chongyang-till-queue"
# More than a till may ever hold; what is longer is no queue.
MOST_BYTES = 10_000_000
MOST_ENTRIES = 5000
# As many as are booked while somebody looks at the page; the rest by the same button again.
AT_ONCE = 300

UNREADABLE = _l("This is no file of a till's queue. Export it at the till once more.")
TOO_LONG = _l("The file is longer than any queue of a till. Export it at the till once more.")
STRANGE = _l("The device that wrote this file is in none of your canteens.")
CHANGED = _l(
    "The file is not as the device wrote it. If the device got a new token elsewhere since, enrol the till's browser"
    " anew: it then sends by itself what waits in it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry of a file, as far as it can be read."""

    id: str
    sent: Sent
    is_known: bool

    @property
    def kind(self) -> str:
        """Return what it is: a sale, an undoing, or nothing that could be read."""
        return "sale" if isinstance(self.sent, SentSale) else "undo" if isinstance(self.sent, SentUndo) else "other"

    @property
    def at(self) -> datetime | None:
        """Return when it happened, as the device says."""
        return self.sent.occurred_at if isinstance(self.sent, SentSale | SentUndo) else None

    @property
    def price_fen(self) -> int:
        """Return the price of a sale."""
        return self.sent.quote.price_fen if isinstance(self.sent, SentSale) else 0

    @property
    def cash_fen(self) -> int:
        """Return what the guest paid in cash."""
        return self.sent.quote.cash_fen if isinstance(self.sent, SentSale) else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescued:
    """What a device wrote into a file, proved to be its own; ``name`` is its canteen's."""

    device_id: int
    device_name: str
    is_revoked: bool
    name: str
    name_en: str
    exported_at: datetime | None
    entries: Sequence[Any]
    lines: Sequence[Line]

    @property
    def sales(self) -> Sequence[Line]:
        """Return the sales in it."""
        return [line for line in self.lines if line.kind == "sale"]

    @property
    def undos(self) -> int:
        """Return how many sales were undone in it."""
        return sum(line.kind == "undo" for line in self.lines)

    @property
    def unreadable(self) -> int:
        """Return how many entries nobody can read; they are kept as they are."""
        return sum(line.kind == "other" for line in self.lines)

    @property
    def fresh(self) -> int:
        """Return how many of them never came."""
        return len(self.lines) - self.known

    @property
    def bookable(self) -> int:
        """Return how many of those can be read."""
        return sum(not line.is_known and line.kind != "other" for line in self.lines)

    @property
    def known(self) -> int:
        """Return how many of them came before."""
        return sum(line.is_known for line in self.lines)

    @property
    def price_fen(self) -> int:
        """Return what the sales cost together."""
        return sum(line.price_fen for line in self.lines)

    @property
    def cash_fen(self) -> int:
        """Return what was paid in cash together."""
        return sum(line.cash_fen for line in self.lines)


def read_file(session: Session, data: bytes, *, by: Actor) -> Rescued:
    """Read the file of a queue; one that anybody changed by a letter is refused.

    :raises Invalid: if it is none, is too long, or is not signed by the device of one of the caller's canteens
    """
    if len(data) > MOST_BYTES:
        raise _refusal(TOO_LONG)
    outer = _load(data)
    device = _find_device(session, outer.get("device"), by=by)
    content = outer.get("content")
    signature = outer.get("signature")
    if not isinstance(content, str) or not isinstance(signature, str):
        raise _refusal(UNREADABLE)
    wanted = hmac.new(device.token_digest, content.encode(errors="surrogatepass"), "sha256").hexdigest()
    if not hmac.compare_digest(wanted.encode(), signature.encode(errors="replace")):
        raise _refusal(CHANGED)
    return _open(session, _load(content), device=device)


def pack(data: bytes) -> str:
    """Write a file so that a form can carry it from the look at it to the decision."""
    return base64.b64encode(zlib.compress(data, 9)).decode()


def unpack(packed: str) -> bytes:
    """Read a file that a form carried.

    :raises Invalid: if that cannot be read
    """
    try:
        return zlib.decompressobj().decompress(base64.b64decode(packed, validate=True), MOST_BYTES + 1)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise _refusal(UNREADABLE) from error


def _open(session: Session, content: Mapping[str, Any], *, device: TillDevice) -> Rescued:
    entries = content.get("entries")
    if content.get("format") != FORMAT or not isinstance(entries, list):
        raise _refusal(UNREADABLE)
    if len(entries) > MOST_ENTRIES:
        raise _refusal(TOO_LONG)
    sent = [read_sent(entry) for entry in entries]
    known = _known(session, [each.id for each in sent])
    till = session.get_one(Till, device.till_id)
    canteen = session.get_one(Canteen, till.canteen_id)
    return Rescued(
        device_id=device.id,
        device_name=f"{till.number}-{device.number}",
        is_revoked=device.revoked_at is not None,
        name=canteen.name,
        name_en=canteen.name_en,
        exported_at=_moment(content.get("exported_at")),
        entries=entries,
        lines=[Line(id=_given_id(each), sent=each, is_known=each.id in known) for each in sent],
    )


def _known(session: Session, ids: Sequence[UUID]) -> frozenset[UUID]:
    return frozenset(session.scalars(select(TillUpload.id).where(TillUpload.id.in_(ids))))


def _given_id(sent: Sent) -> str:
    """Return the id under which an answer names an entry."""
    return str(sent.id if isinstance(sent, SentSale | SentUndo) else sent.given_id)


def _find_device(session: Session, device_id: Any, *, by: Actor) -> TillDevice:
    if isinstance(device_id, bool) or not isinstance(device_id, int) or not 0 < device_id < 2**63:
        raise _refusal(UNREADABLE)
    try:
        return load_device(session, device_id=device_id, by=by)
    except DeviceNotFound as error:
        raise _refusal(STRANGE) from error


def _load(data: bytes | str) -> Mapping[str, Any]:
    try:
        loaded = json.loads(data)
    except (RecursionError, ValueError) as error:
        raise _refusal(UNREADABLE) from error
    if not isinstance(loaded, dict):
        raise _refusal(UNREADABLE)
    return loaded


def _moment(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo and FIRST_MOMENT <= found < LAST_MOMENT else None


def _refusal(sentence: Any) -> Invalid:
    return Invalid(errors={"file": [sentence]})
