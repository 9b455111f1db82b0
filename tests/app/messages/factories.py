"""Accounts that can be told something, and a kind to tell."""

from collections.abc import Mapping
from datetime import datetime
from itertools import count
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import vault
from app.auth.models import Account
from app.messages.kinds import Kind, register_kind
from app.messages.models import Wish
from tests.app.auth.factories import make_account

PHONE = "13800008000"
_numbers = count(1)
KIND = "tests.bread"


def bread_text(params: Mapping[str, Any]) -> str:
    return f"{_('Language')}: {params['loaves']}"


def register_bread(**more: Any) -> None:
    register_kind(Kind(name=KIND, title="Bread", text=bread_text, **more))


def make_reader(session: Session, *, phone: str | None = "", language: str | None = None) -> Account:
    """Make an account with a phone of its own, with the one given, or with none."""
    account = make_account(session)
    account.language = language
    session.flush()
    if phone is not None:
        number = phone or f"139{next(_numbers):08d}"
        values = {"sealed": vault.seal(number), "index": vault.index_of(number), "id": account.id}
        session.execute(text("UPDATE account SET phone_sealed = :sealed, phone_index = :index WHERE id = :id"), values)
    return account


def make_wish(session: Session, account: Account, *, now: datetime, email: str = "", **values: Any) -> Wish:
    """Write down what an account wishes; an address given is a confirmed one."""
    if email:
        values |= {"email": True, "email_sealed": vault.seal(email), "email_confirmed_at": now}
    wish = Wish(account_id=account.id, changed_at=now, **values)
    session.add(wish)
    session.flush()
    return wish


def load_demo(session: Session, now: datetime) -> None:
    """Make the database look like one that holds the demonstration."""
    session.execute(
        text("INSERT INTO audit_entry (at, action, subject_kind) VALUES (:now, 'demo.loaded', 'demo')"), {"now": now}
    )
