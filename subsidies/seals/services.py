"""What seals do by themselves and on demand: seal, publish, send."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from app.audit import services as audit
from app.config import settings
from app.db import transaction
from subsidies.seals import publishing
from subsidies.seals.exporting import Period
from subsidies.seals.keys import sealing_key
from subsidies.seals.publishing import Receiver
from subsidies.seals.sealing import Sealed, seal_books

__all__ = ["Sealed", "note_export", "publish_due", "seal_books", "seal_now", "send_due"]


def seal_now(*, now: datetime) -> Sealed | None:
    """Seal what changed in a transaction of its own, then publish what is not published yet."""
    with transaction() as session:
        sealed = seal_books(session, key=sealing_key(), now=now)
    publish_due(now=now)
    return sealed


def publish_due(*, now: datetime) -> int:
    """Write the files that are missing, and return how many."""
    count = 0
    while True:
        with transaction() as session:
            written = publishing.publish_files(session, folder=settings().seal_folder, now=now)
        count += written
        if written < publishing.AT_ONCE:
            return count


def note_export(session: Session, *, target: str, period: Period, transactions: int, now: datetime) -> None:
    """Write down that the books left the house, and how much of them."""
    new = {"target": target, "from": str(period.since), "until": str(period.until), "transactions": transactions}
    audit.record(session, actor=None, action="ledger.exported", subject="ledger:books", now=now, new=new)


def send_due(*, clock: Callable[[], datetime]) -> int:
    """Send the seals that are due, stopping at the first that does not arrive; return how many arrived."""
    at = settings()
    if not at.seal_webhook:
        return 0
    to = Receiver(at.seal_webhook, at.seal_webhook_secret, at.seal_webhook_seconds)
    with transaction() as session:
        documents = publishing.claim_messages(session, now=clock())
    for count, document in enumerate(documents):
        # No transaction is open while somebody else's machine thinks.
        fault = publishing.send(document, to=to, now=clock())
        with transaction() as session:
            publishing.note_sent(session, height=document["height"], fault=fault, now=clock())
        if fault:
            return count
    return len(documents)
