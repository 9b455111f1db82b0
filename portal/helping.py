"""The telephone number for help that stands in the same place on every page of families and seniors."""

import re
from dataclasses import dataclass

from app import clock
from app.auth import Actor, find_actor
from app.auth.actor import PERSONAL_ROLES
from app.clock import business_day
from app.db import db
from app.people.relatives.family_rules import find_help_phone


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number, to be read and to be dialled."""

    shown: str
    dialled: str


def help_phone() -> Phone | None:
    """Return the number of the street that answers for the caller's account, where its rules name one."""
    actor = find_actor()
    area_code = home_street(actor) if actor else None
    if area_code is None:
        return None
    number = find_help_phone(db.session(), area_code=area_code, on=business_day(clock.now()))
    return Phone(shown=number, dialled=re.sub(r"[^\d+]", "", number)) if number else None


def home_street(actor: Actor) -> str | None:
    """Return the street that answers for an account; nothing for those who only work here."""
    return next((item.area_code for item in actor.held if item.role in PERSONAL_ROLES), None)
