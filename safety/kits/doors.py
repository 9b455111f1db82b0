"""What is kept sealed about a home, shown to whoever has to stand at its door; who looked is written down."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from app import vault
from app.audit import services as audit
from app.auth.actor import Actor
from app.errors import Invalid, NotFound
from app.people.faults import Misfit
from app.people.rules import read_reason
from app.people.wording import by_field
from safety.kits.errors import ContactNotFound
from safety.kits.models import SafetyContact, SafetyHome
from safety.kits.queries import get_home

FIELDS = ("address", "way_in", "illnesses", "medicines")


def open_home(
    session: Session, *, home_id: int, fields: Collection[str], reason: str, actor: Actor, now: datetime
) -> Mapping[str, str]:
    """Show sealed fields of a home to somebody who reaches it, and write down who looked and why.

    What nobody wrote down is empty.

    :raises HomeNotFound: if there is no such home for the actor
    :raises NotFound: if there is no such field
    :raises Invalid: if no reason is given
    """
    home = get_home(session, home_id=home_id, actor=actor)
    if not set(fields) <= set(FIELDS):
        raise NotFound
    why = _reason(reason)
    shown = {}
    for field in fields:
        sealed = getattr(home, f"{field}_sealed")
        shown[field] = vault.unseal(sealed) if sealed else ""
        if sealed:
            _note(session, home, f"reveal.safety_{field}", why, by=actor, now=now)
    return shown


def open_phone(
    session: Session, *, contact_id: int, reason: str, actor: Actor, now: datetime, home_id: int | None = None
) -> str:
    """Show the whole number of somebody on the list of a home that the actor reaches, and write it down.

    :param home_id: only if it is the list of this home
    :raises ContactNotFound: if nobody like this is on a list
    :raises HomeNotFound: if it is the list of a home that the actor does not reach
    :raises Invalid: if no reason is given
    """
    contact = session.get(SafetyContact, contact_id)
    if contact is None or home_id not in (None, contact.home_id):
        raise ContactNotFound
    home = get_home(session, home_id=contact.home_id, actor=actor)
    _note(session, home, "reveal.safety_phone", _reason(reason), by=actor, now=now)
    return vault.unseal(contact.phone_sealed)


def _reason(reason: str) -> str:
    try:
        return read_reason(reason)
    except Misfit as misfit:
        raise Invalid(errors=by_field({"reason": misfit})) from misfit


def _note(session: Session, home: SafetyHome, action: str, reason: str, *, by: Actor, now: datetime) -> None:
    audit.record(
        session,
        actor=by,
        action=action,
        subject=f"safety_home:{home.id}",
        area_code=home.area_code,
        reason=reason,
        now=now,
    )
