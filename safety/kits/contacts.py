"""Whom to call about a home, in order: added, changed, moved up, taken off the list."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import vault
from app.auth.actor import Actor
from app.auth.queries import list_names
from app.errors import Invalid
from app.people.faults import Misfit
from app.people.rules import read_phone
from app.people.wording import by_field
from safety.kits.errors import ContactNotFound
from safety.kits.homes import lock_home
from safety.kits.models import SafetyContact, SafetyHome
from safety.kits.noting import note_home

MOST = 10


def add_contact(
    session: Session,
    *,
    home_id: int,
    kind: str,
    name: str,
    phone: str,
    actor: Actor,
    now: datetime,
    relation: str = "",
    has_key: bool = False,
    minutes_away: int | None = None,
    account_id: int | None = None,
) -> SafetyContact:
    """Put somebody at the end of a home's list.

    :raises HomeNotFound: if there is no such home for the actor
    :raises HomeEnded: if it ended
    :raises Invalid: if the number cannot be one, there is no such account, or the list is full
    """
    home = lock_home(session, home_id=home_id, actor=actor)
    if account_id is not None and not list_names(session, account_ids=[account_id]):
        raise Invalid(errors={"account_id": [_l("There is no such account.")]})
    last = session.scalar(select(func.max(SafetyContact.position)).where(SafetyContact.home_id == home_id)) or 0
    if last >= MOST:
        raise Invalid(errors={"name": [_l("There are %(count)s on the list already; take somebody off.", count=MOST)]})
    contact = SafetyContact(
        home_id=home_id,
        position=last + 1,
        kind=kind,
        name=name,
        relation=relation,
        phone_sealed=vault.seal(_phone(phone)),
        has_key=has_key,
        minutes_away=minutes_away,
        account_id=account_id,
    )
    session.add(contact)
    session.flush()
    _note(session, home, contact, "added", by=actor, now=now)
    return contact


def change_contact(
    session: Session, *, home_id: int, contact_id: int, changes: Mapping[str, Any], actor: Actor, now: datetime
) -> SafetyContact:
    """Change what is known of somebody on the list; a number that is left empty stays.

    :raises HomeNotFound: if there is no such home for the actor
    :raises ContactNotFound: if nobody like this is on its list
    :raises Invalid: if the number cannot be one
    """
    home = lock_home(session, home_id=home_id, actor=actor)
    contact = _get(session, home_id, contact_id)
    for name in ("kind", "name", "relation", "has_key", "minutes_away"):
        if name in changes:
            setattr(contact, name, changes[name])
    if changes.get("phone"):
        contact.phone_sealed = vault.seal(_phone(changes["phone"]))
    _note(session, home, contact, "changed", by=actor, now=now)
    return contact


def raise_contact(session: Session, *, home_id: int, contact_id: int, actor: Actor, now: datetime) -> None:
    """Let somebody be called one place earlier; who is first stays first.

    :raises HomeNotFound: if there is no such home for the actor
    :raises ContactNotFound: if nobody like this is on its list
    """
    home = lock_home(session, home_id=home_id, actor=actor)
    contact = _get(session, home_id, contact_id)
    before = session.scalar(
        select(SafetyContact)
        .where(SafetyContact.home_id == home_id, SafetyContact.position < contact.position)
        .order_by(SafetyContact.position.desc())
        .limit(1)
    )
    if before is None:
        return
    contact.position, before.position = before.position, contact.position
    _note(session, home, contact, "moved", by=actor, now=now)


def remove_contact(session: Session, *, home_id: int, contact_id: int, actor: Actor, now: datetime) -> None:
    """Take somebody off the list; their number is forgotten, the others close up.

    :raises HomeNotFound: if there is no such home for the actor
    :raises ContactNotFound: if nobody like this is on its list
    """
    home = lock_home(session, home_id=home_id, actor=actor)
    contact = _get(session, home_id, contact_id)
    _note(session, home, contact, "removed", by=actor, now=now)
    session.delete(contact)
    rest = session.scalars(
        select(SafetyContact)
        .where(SafetyContact.home_id == home_id, SafetyContact.id != contact_id)
        .order_by(SafetyContact.position)
    )
    for position, each in enumerate(rest, start=1):
        each.position = position
    session.flush()


def _get(session: Session, home_id: int, contact_id: int) -> SafetyContact:
    found = session.get(SafetyContact, contact_id)
    if found is None or found.home_id != home_id:
        raise ContactNotFound
    return found


def _phone(typed: str) -> str:
    try:
        return read_phone(typed)
    except Misfit as misfit:
        raise Invalid(errors=by_field({"phone": misfit})) from misfit


def _note(session: Session, home: SafetyHome, contact: SafetyContact, what: str, *, by: Actor, now: datetime) -> None:
    about = {"contact": contact.id, "kind": contact.kind, "position": contact.position}
    note_home(session, home, f"safety_contact.{what}", by=by, now=now, new=about)
