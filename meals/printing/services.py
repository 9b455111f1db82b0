"""Switching printing on and off at a till, and writing down every paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.auth import Actor
from app.errors import Invalid
from meals.changes import record_change
from meals.models import Canteen, Checkout, Till
from meals.printing.models import ReceiptPrint, TillPrinting
from meals.printing.sending import is_allowed
from meals.queries import Sale
from meals.scope import load_till

PAGE, NETWORK, OFF = "page", "network", "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """How a till prints, free of the session that read it."""

    way: str
    paper_mm: int
    host: str
    port: int

    def as_facts(self) -> Mapping[str, Any]:
        """Return what the audit log keeps."""
        return {"way": self.way, "paper_mm": self.paper_mm, "host": self.host, "port": self.port}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper about to be printed."""

    id: int
    is_reprint: bool


def find_printing(session: Session, *, till_id: int | None) -> Printing | None:
    """Return how a till prints, or nothing where it does not."""
    found = session.get(TillPrinting, till_id) if till_id is not None else None
    if found is None:
        return None
    return Printing(way=found.way, paper_mm=found.paper_mm, host=found.host, port=found.port)


def find_till_id(session: Session, sale: Sale) -> int | None:
    """Return the till that sold."""
    return session.scalar(select(Checkout.till_id).where(Checkout.home == sale.senior_id, Checkout.id == sale.id))


def set_printing(
    session: Session, *, till_id: int, way: str, paper_mm: int, host: str, port: int, by: Actor, now: datetime
) -> Till:
    """Say how a till prints; ``off`` for not at all.

    :raises TillNotFound: if the till stands in none of the caller's canteens
    :raises Invalid: if a printer may not stand at this address
    """
    till = load_till(session, till_id=till_id, actor=by)
    if way == NETWORK and not is_allowed(host):
        raise Invalid(errors={"host": [_l("Write the printer's address in this building, as 192.168.1.60.")]})
    old = find_printing(session, till_id=till_id)
    new = Printing(way=way, paper_mm=paper_mm, host=host if way == NETWORK else "", port=port)
    if way == OFF:
        row = session.get(TillPrinting, till_id)
        if row is not None:
            session.delete(row)
    else:
        row = TillPrinting(till_id=till_id, **new.as_facts(), changed_at=now, changed_by=by.account_id)
        session.merge(row)
    session.flush()
    canteen = session.get_one(Canteen, till.canteen_id)
    was = old.as_facts() if old else {"way": OFF}
    facts = {"till": till.id, "number": till.number, **new.as_facts()}
    record_change(session, canteen, action="till.printing", old=was, new=facts, by=by, now=now)
    return till


def note_print(session: Session, *, sale: Sale, way: str, by: Actor, now: datetime) -> Paper:
    """Write down that a receipt is printed, and say whether it was before."""
    # Of two at once the second waits here, and is a reprint.
    session.execute(
        select(Checkout.id)
        .where(Checkout.home == sale.senior_id, Checkout.id == sale.id)
        .with_for_update(key_share=True)
    )
    before = select(
        func.coalesce(func.max(ReceiptPrint.copy), 0),
        func.count().filter(ReceiptPrint.failed.is_(False)),
    )
    copy, printed = session.execute(before.where(ReceiptPrint.checkout_id == sale.id)).one()
    paper = ReceiptPrint(
        home=sale.senior_id,
        checkout_id=sale.id,
        copy=copy + 1,
        way=way,
        printed_at=now,
        printed_by=by.account_id,
    )
    session.add(paper)
    session.flush()
    return Paper(id=paper.id, is_reprint=printed > 0)


def note_failure(session: Session, *, paper_id: int) -> None:
    """Write down that a printer did not take a paper."""
    session.execute(update(ReceiptPrint).where(ReceiptPrint.id == paper_id).values(failed=True))


def count_prints(session: Session, *, checkout_id: UUID) -> int:
    """Count the papers about a sale."""
    printed = select(func.count()).select_from(ReceiptPrint)
    query = printed.where(ReceiptPrint.checkout_id == checkout_id, ReceiptPrint.failed.is_(False))
    return session.scalar(query) or 0
