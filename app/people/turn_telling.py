"""Telling relatives of a turn of life: once, in plain words, with no amount, in the hours in which they are awake."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.messages.kinds import Kind, Params
from app.messages.services import tell
from app.people.models import Senior
from app.people.relatives.family_rules import find_help_phone
from app.people.relatives.models import RelativeLink
from app.people.relatives.reach import followers
from app.people.relatives.rules import Relation, State, Topic
from app.people.turns import Turn, TurnKind
from app.web.wording import full_day

DEATH, TURNED, MISTAKEN = "people.death", "people.turned", "people.turn_mistaken"
# A discharge that leads back to an institution.
BACK_THERE = "discharge_back"
DEATH_WORDS = _l(
    "%(name)s: the register records the death on %(day)s. We are sorry for your loss. The card no longer works, so"
    " that nobody else can use it. For what has to be settled, or if this is wrong, please call %(phone)s."
)
WORDS: Mapping[str, Any] = {
    TurnKind.HOSPITAL: _l("%(name)s: in hospital from %(day)s on, by the register. We wish a good recovery. %(phone)s"),
    TurnKind.DISCHARGE: _l("%(name)s: home from hospital since %(day)s, by the register. %(phone)s"),
    BACK_THERE: _l("%(name)s: back from hospital in the institution since %(day)s, by the register. %(phone)s"),
    TurnKind.INSTITUTION: _l("%(name)s: living in an institution from %(day)s on, by the register. %(phone)s"),
    TurnKind.MOVE: _l("%(name)s: moved on %(day)s, by the register. %(phone)s"),
    TurnKind.RETURN: _l("%(name)s: back since %(day)s, by the register. %(phone)s"),
}


def list_kin(session: Session, turn: Turn) -> Collection[int]:
    """Return the accounts to tell: of a death all relatives in force, of a stay those who may know of care at home."""
    if turn.kind is TurnKind.DEATH:
        query = select(RelativeLink.account_id).where(
            RelativeLink.senior_id == turn.senior_id,
            RelativeLink.state == State.ACTIVE,
            RelativeLink.relation != Relation.SELF,
            RelativeLink.account_id.is_not(None),
        )
        return {each for each in session.scalars(query) if each is not None}
    found = followers(session, senior_ids=[turn.senior_id], topic=Topic.VISITS, today=turn.today)
    return set(found.get(turn.senior_id, ()))


def tell_kin(session: Session, turn: Turn, accounts: Collection[int]) -> int:
    """Tell relatives of a turn, each once, and return how many were told."""
    is_death = turn.kind is TurnKind.DEATH
    return tell(
        session,
        account_ids=accounts,
        kind=DEATH if is_death else TURNED,
        key=f"turn:{turn.id}",
        params=_params(session, turn),
        # Links end with a death; the one message about it stays readable.
        senior_id=None if is_death else turn.senior_id,
        now=turn.now,
    )


def tell_mistaken(session: Session, turn: Turn, accounts: Collection[int]) -> int:
    """Tell those who were told that it was a mistake."""
    params, key = _params(session, turn), f"turn:{turn.id}:mistaken"
    return tell(session, account_ids=accounts, kind=MISTAKEN, key=key, params=params, now=turn.now)


def _params(session: Session, turn: Turn) -> dict[str, Any]:
    senior = session.get_one(Senior, turn.senior_id)
    phone = find_help_phone(session, area_code=senior.residence_area_code, on=turn.today)
    kind = BACK_THERE if turn.back_to else str(turn.kind)
    return {"name": senior.name, "kind": kind, "day": turn.from_on.isoformat(), "phone": phone or ""}


def _named(params: Params) -> dict[str, Any]:
    phone = params["phone"] or str(_("the street office"))
    return {"name": params["name"], "day": full_day(date.fromisoformat(params["day"])), "phone": phone}


def _death_text(params: Params) -> str:
    return str(DEATH_WORDS) % _named(params)


def _turned_text(params: Params) -> str:
    named = _named(params)
    call = str(_("If this is wrong, please call %(phone)s.", phone=named["phone"]))
    return str(WORDS[params["kind"]]) % {**named, "phone": call}


def _mistaken_text(params: Params) -> str:
    return str(
        _(
            "%(name)s: what we told you of %(day)s was recorded by mistake and has been taken back. We apologise."
            " Questions: %(phone)s.",
            **_named(params),
        )
    )


KINDS = (
    Kind(name=DEATH, title=_l("News of a death"), text=_death_text, optional=False),
    Kind(name=TURNED, title=_l("Change in the register"), text=_turned_text, topic=Topic.VISITS, optional=False),
    Kind(name=MISTAKEN, title=_l("Recorded by mistake"), text=_mistaken_text, optional=False),
)
