"""What the pages of assessments gather for their address, and what the reader may do."""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import gettext as _

from app import clock
from app.auth import Actor, current_actor
from app.clock import business_day
from app.db import transaction
from app.people.queries import get_senior
from app.web.wording import join
from care_beds.assessment import person, queries, reading
from care_beds.assessment.access import ASSESSORS, RECOGNISERS
from care_beds.assessment.drafting import OPEN, Crossing
from care_beds.assessment.forms import BESIDE, read_filters
from care_beds.assessment.page_words import WORDS, reason_choices
from care_beds.assessment.rules import Origin, Part, State
from care_beds.assessment.sheet import Sheet, name_of
from care_beds.assessment.standard import Group
from subsidies.allowance.access import READERS as GRANT_READERS

PARTS = (*map(str, Group), BESIDE, "finish")
PAGE_LENGTH = 50


def list_context() -> dict[str, Any]:
    """Gather the assessments that the address asks for."""
    actor, now = current_actor(), clock.now()
    filters = read_filters(request.args)
    state, senior_id = filters["state"], filters["senior_id"]
    states = (state,) if state else (() if senior_id or request.args.get("all") else OPEN)
    with transaction() as session:
        page = reading.list_assessments(
            session,
            actor=actor,
            states=states,
            senior_id=senior_id,
            after=request.args.get("after"),
            limit=PAGE_LENGTH,
        )
        shared = _shared(session, actor, now)
    return {**WORDS, **shared, "page": page, "state": state, "shows_all": not states, "all_keys": reading.ALL_KEYS}


def due_context() -> dict[str, Any]:
    """Gather the people whose result runs out."""
    actor, now = current_actor(), clock.now()
    today, days = business_day(now), read_filters(request.args)["within_days"]
    after = request.args.get("after")
    with transaction() as session:
        page = person.list_due(session, actor=actor, today=today, within_days=days, after=after, limit=PAGE_LENGTH)
        shared = _shared(session, actor, now)
        notice = person.notice_days(session, area_codes=actor.area_codes, today=today)
    return {**WORDS, **shared, "page": page, "days": days if days is not None else notice, "today": today}


def new_context(senior_id: int, **_view: Any) -> dict[str, Any]:
    """Gather what the form for a new assessment shows."""
    actor, now = current_actor(), clock.now()
    today = business_day(now)
    with transaction() as session:
        senior = get_senior(session, senior_id=senior_id, actor=actor, day=today)
        history = queries.list_history(session, senior_id=senior_id)
    has_earlier = any(each.state == State.SIGNED for each in history)
    open_one = next((each for each in history if each.state in OPEN), None)
    return {
        **WORDS,
        "senior": senior,
        "today": today,
        "history": history,
        "open_one": open_one,
        "reasons": reason_choices(has_earlier=has_earlier),
    }


def rights(sheet: Sheet, actor: Actor) -> dict[str, Any]:
    """Say what the reader may do with an assessment as it stands."""
    row, is_assessor = sheet.row, bool(actor.roles & set(ASSESSORS))
    is_open = row.state in OPEN
    waits = row.state == State.COMPLETE
    has_signed = actor.account_id in {each.account_id for each in sheet.signatures}
    both = all(sheet.signed_as(part) for part in (Part.ASSESSOR, Part.SECOND))
    may_sign = bool(actor.roles & set(RECOGNISERS)) if row.origin == Origin.RECOGNISED else is_assessor
    return {
        "may_fill": is_assessor and row.state == State.DRAFT,
        "may_reopen": is_assessor and waits and row.origin == Origin.OWN,
        "may_sign": may_sign and waits and not has_signed and not both,
        "may_sign_beside": is_assessor and waits and not both and has_signed,
        "may_ask_informant": is_assessor and waits and row.origin == Origin.OWN,
        "may_drop": is_open and bool(actor.roles & set(RECOGNISERS)),
        "has_signed": has_signed,
        "may_see_grants": bool(actor.roles & set(GRANT_READERS)),
        "all_keys": reading.ALL_KEYS,
        "actor_id": actor.account_id,
        "own_name": actor.name,
    }


def part_after(part: str) -> str:
    """Return the part of the form that follows."""
    return PARTS[min(PARTS.index(part) + 1, len(PARTS) - 1)]


def tell_crossed(crossed: Sequence[Crossing]) -> str:
    """Say which answers somebody else has changed meanwhile."""
    names = join([name_of(each.key) for each in crossed])
    return str(_("Somebody else has answered these meanwhile, look again: %(names)s", names=names))


def _shared(session: Any, actor: Actor, now: Any) -> dict[str, Any]:
    today = business_day(now)
    before = person.due_before(session, actor=actor, today=today)
    soon, over = reading.count_due(session, area_codes=actor.area_codes, today=today, before=before)
    return {
        "open_counts": reading.count_open(session, actor=actor),
        "due_soon": soon,
        "due_over": over,
        "may_assess": bool(actor.roles & set(ASSESSORS)),
    }
