"""Changing the register of providers: taking one in, its papers, suspending and ending it, and what was found there."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.areas.rules import is_within_any
from app.audit import services as audit
from app.auth import Actor, accounts
from app.clock import business_day
from app.errors import Invalid
from care_beds.beds.providing import count_taken
from care_beds.providers.errors import ProviderBusy, ProviderEnded, StateUnchanged
from care_beds.providers.following import tell_fitness
from care_beds.providers.models import CareProvider, ProviderReview
from care_beds.providers.queries import get_provider
from care_beds.providers.rules import ProviderState, may_follow
from subsidies import services as subsidies

FIELDS = (
    "name",
    "area_code",
    "licence_number",
    "licence_expires_on",
    "agreement_number",
    "agreement_from",
    "agreement_expires_on",
    "capacity",
    "phone",
)
# Without these nobody of a provider may visit.
PAPERS = frozenset({"licence_expires_on", "agreement_from", "agreement_expires_on"})


def open_provider(
    session: Session,
    *,
    code: str,
    name: str,
    area_code: str,
    licence_number: str,
    licence_expires_on: date,
    agreement_number: str,
    agreement_from: date,
    agreement_expires_on: date,
    capacity: int,
    by: Actor,
    now: datetime,
    phone: str = "",
) -> CareProvider:
    """Take a provider into the register, with an account to which visits are paid.

    :raises Invalid: if the code is taken, the area is not the caller's, or the agreement ends before it begins
    """
    folded = code.upper()
    if session.scalar(select(CareProvider.id).where(CareProvider.code == folded)) is not None:
        raise Invalid(errors={"code": [_l("Another provider has this code.")]})
    provider = CareProvider(
        code=folded,
        name=name,
        area_code=area_code,
        licence_number=licence_number,
        licence_expires_on=licence_expires_on,
        agreement_number=agreement_number,
        agreement_from=agreement_from,
        agreement_expires_on=agreement_expires_on,
        capacity=capacity,
        phone=phone,
        state=ProviderState.ACTIVE,
        state_since=now,
        created_at=now,
    )
    _check(session, provider, by)
    # By the code, which never changes: the account must be there before the provider has an id.
    provider.merchant_account = subsidies.open_account(
        session, kind="merchant", area_code=area_code, owner_ref=f"provider:{folded}", name=name
    )
    session.add(provider)
    session.flush()
    note(session, provider, "provider.opened", by=by, now=now, new={"code": folded, **_facts(provider)})
    return provider


def change_provider(
    session: Session, *, provider_id: int, changes: Mapping[str, Any], by: Actor, now: datetime
) -> CareProvider:
    """Change facts of a provider; what is left out of the changes stays.

    :raises ProviderNotFound: if it is none of the caller's
    :raises Invalid: if the area is not the caller's, or the agreement ends before it begins
    """
    provider = get_provider(session, provider_id=provider_id, actor=by, lock=True)
    old = _facts(provider)
    for field in FIELDS:
        if field in changes:
            setattr(provider, field, changes[field])
    _check(session, provider, by)
    session.flush()
    new = _facts(provider)
    changed = [field for field in FIELDS if old[field] != new[field]]
    if changed:
        was, became = ({field: facts[field] for field in changed} for facts in (old, new))
        note(session, provider, "provider.changed", by=by, now=now, old=was, new=became)
    if "area_code" in changed:
        accounts.move_roles_at(session, provider_id=provider.id, area_code=provider.area_code, by=by, now=now)
    if PAPERS.intersection(changed):
        tell_fitness(session, provider=provider, now=now)
    return provider


def set_state(
    session: Session, *, provider_id: int, state: ProviderState, words: str, by: Actor, now: datetime
) -> CareProvider:
    """Suspend a provider, let it go on, or end it; a suspended one takes on no bed and goes on with those it has.

    :param words: why
    :raises ProviderNotFound: if it is none of the caller's
    :raises StateUnchanged: if it is so already, or was ended
    :raises ProviderBusy: if it is to end while it looks after beds
    """
    provider = get_provider(session, provider_id=provider_id, actor=by, lock=True)
    if not may_follow(ProviderState(provider.state), state):
        raise StateUnchanged
    taken = count_taken(session, provider_id=provider_id) if state is ProviderState.ENDED else 0
    if taken:
        raise ProviderBusy(
            ngettext(
                "%(num)s bed is still with this provider. It needs another provider, or its end, first.",
                "%(num)s beds are still with this provider. They need another provider, or their end, first.",
                taken,
            )
        )
    old = {"state": provider.state}
    provider.state, provider.state_since = state, now
    provider.state_words = "" if state is ProviderState.ACTIVE else words
    session.flush()
    note(session, provider, f"provider.{state}", by=by, now=now, old=old, new={"state": state}, reason=words)
    tell_fitness(session, provider=provider, now=now)
    return provider


def review_provider(
    session: Session, *, provider_id: int, reviewed_on: date, stars: int, words: str, by: Actor, now: datetime
) -> ProviderReview:
    """Write down what somebody found who went and looked.

    :raises ProviderNotFound: if it is none of the caller's
    :raises ProviderEnded: if it was ended
    :raises Invalid: if the day is still to come, or before the agreement
    """
    provider = get_provider(session, provider_id=provider_id, actor=by)
    refuse_ended(provider)
    if reviewed_on > business_day(now):
        raise Invalid(errors={"reviewed_on": [_l("This day is still to come.")]})
    if reviewed_on < provider.agreement_from:
        told = _("The agreement began on %(day)s.", day=provider.agreement_from.isoformat())
        raise Invalid(errors={"reviewed_on": [told]})
    review = ProviderReview(
        provider_id=provider_id,
        reviewed_on=reviewed_on,
        stars=stars,
        words=words,
        reviewed_by=by.account_id,
        recorded_at=now,
    )
    session.add(review)
    session.flush()
    told = {"reviewed_on": reviewed_on, "stars": stars}
    note(session, provider, "provider.reviewed", by=by, now=now, new=told, reason=words)
    return review


def refuse_ended(provider: CareProvider) -> None:
    """Refuse to begin anything new where the agreement was ended.

    :raises ProviderEnded: if it was
    """
    if provider.state == ProviderState.ENDED:
        raise ProviderEnded


def note(session: Session, provider: CareProvider, action: str, *, by: Actor, now: datetime, **told: Any) -> None:
    """Write down a change of a provider."""
    subject = f"care_provider:{provider.id}"
    audit.record(session, actor=by, action=action, subject=subject, area_code=provider.area_code, now=now, **told)


def _check(session: Session, provider: CareProvider, by: Actor) -> None:
    if not is_within_any(provider.area_code, by.area_codes):
        raise Invalid(errors={"area": [_l("This place lies outside your area.")]})
    if areas.find_area(session, provider.area_code) is None:
        raise Invalid(errors={"area": [_l("There is no place with this code.")]})
    if provider.agreement_expires_on < provider.agreement_from:
        raise Invalid(errors={"agreement_expires_on": [_l("The agreement ends before it begins.")]})


def _facts(provider: CareProvider) -> dict[str, Any]:
    return {field: getattr(provider, field) for field in FIELDS}
