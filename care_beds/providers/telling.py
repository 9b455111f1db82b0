"""Telling in time that a paper ends: the carer, whoever manages the provider, and the office that answers for it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Role
from app.auth.queries import list_held_for, list_held_over
from app.clock import business_day
from app.messages.kinds import Kind, Params
from app.messages.services import tell
from app.web.wording import full_day
from care_beds.providers.models import CareProvider
from care_beds.providers.policy import find_rules_of
from care_beds.providers.reading import EndingPaper, list_ending
from care_beds.providers.rules import ProviderState, Standing, standing_on
from care_beds.providers.wording import CERTIFICATES, PAPERS

CERTIFICATE, PAPER = "care.certificate_ends", "care.paper_ends"
AT_A_TIME = 200


@dataclass(frozen=True, slots=True)
class _Ending:
    """A licence or agreement that ends soon, or has ended."""

    paper: str
    expires_on: date
    standing: Standing


def tell_endings(session: Session, *, now: datetime) -> int:
    """Tell of each paper that ends soon, and again once it has ended; nobody is told the same twice.

    Returns how many messages are new.
    """
    return _tell_certificates(session, now=now) + _tell_papers(session, now=now)


def certificate_text(params: Params) -> str:
    """Say whose certificate ends when, and what comes of it."""
    told = {
        "name": params["name"],
        "certificate": str(CERTIFICATES.get(params["kind"], params["kind"])),
        "day": full_day(date.fromisoformat(params["expires_on"])),
    }
    if params["standing"] == Standing.LAPSED:
        return str(_("%(name)s: %(certificate)s expired on %(day)s. Visits need a valid one.", **told))
    return str(_("%(name)s: %(certificate)s is good until %(day)s. Have it renewed in time.", **told))


def paper_text(params: Params) -> str:
    """Say which paper of a provider ends when, and what comes of it."""
    told = {
        "name": params["name"],
        "paper": str(PAPERS.get(params["kind"], params["kind"])),
        "day": full_day(date.fromisoformat(params["expires_on"])),
    }
    if params["standing"] == Standing.LAPSED:
        return str(_("%(name)s: %(paper)s expired on %(day)s. It takes on no bed until it is renewed.", **told))
    return str(_("%(name)s: %(paper)s is good until %(day)s. Have it renewed in time.", **told))


def carer_address(params: Params) -> str:
    """Lead to the carer, for those who manage; a carer's own page shows the same."""
    return f"/care/carers/{params['carer_id']}"


def provider_address(params: Params) -> str:
    """Lead to the provider."""
    return f"/care/providers/{params['provider_id']}"


KINDS = (
    Kind(name=CERTIFICATE, title=_l("A certificate ends"), text=certificate_text, address=carer_address),
    Kind(name=PAPER, title=_l("A provider's paper ends"), text=paper_text, address=provider_address),
)


def _tell_certificates(session: Session, *, now: datetime) -> int:
    told, after = 0, None
    while True:
        page = list_ending(session, on=business_day(now), after=after, limit=AT_A_TIME)
        told += sum(_tell_certificate(session, paper, now=now) for paper in page.items)
        if page.next is None:
            return told
        after = page.next


def _tell_certificate(session: Session, paper: EndingPaper, *, now: datetime) -> int:
    certificate, carer = paper.certificate, paper.carer
    assert certificate.expires_on is not None
    facts = {
        "name": carer.name,
        "carer_id": carer.id,
        "kind": certificate.kind,
        "expires_on": certificate.expires_on.isoformat(),
        "standing": paper.standing,
    }
    managers = list_held_for(session, provider_id=paper.provider.id, roles=[Role.PROVIDER_MANAGER], now=now)
    key = f"certificate:{certificate.id}:{paper.standing}"
    return _tell(session, [carer.account_id, *managers], CERTIFICATE, key, facts, now=now)


def _tell_papers(session: Session, *, now: datetime) -> int:
    running = select(CareProvider).where(CareProvider.state != ProviderState.ENDED).order_by(CareProvider.id)
    on, told = business_day(now), 0
    providers = session.scalars(running).all()
    rules = find_rules_of(session, area_codes={each.area_code for each in providers}, on=on)
    for provider in providers:
        for ending in _endings(provider, on=on, notice_days=rules[provider.area_code].notice_days):
            told += _tell_paper(session, provider, ending, now=now)
    return told


def _tell_paper(session: Session, provider: CareProvider, ending: _Ending, *, now: datetime) -> int:
    facts = {
        "name": provider.name,
        "provider_id": provider.id,
        "kind": ending.paper,
        "expires_on": ending.expires_on.isoformat(),
        "standing": ending.standing,
    }
    managers = list_held_for(session, provider_id=provider.id, roles=[Role.PROVIDER_MANAGER], now=now)
    clerks = list_held_over(session, area_code=provider.area_code, roles=[Role.STREET_CLERK], now=now)
    key = f"paper:{provider.id}:{ending.paper}:{ending.expires_on}:{ending.standing}"
    return _tell(session, [*managers, *clerks], PAPER, key, facts, now=now)


def _endings(provider: CareProvider, *, on: date, notice_days: int) -> Collection[_Ending]:
    papers = {"licence": provider.licence_expires_on, "agreement": provider.agreement_expires_on}
    found = [
        _Ending(paper, expires_on, standing_on(expires_on, on=on, notice_days=notice_days))
        for paper, expires_on in papers.items()
    ]
    return [each for each in found if each.standing is not Standing.VALID]


def _tell(
    session: Session, accounts: Collection[int], kind: str, key: str, facts: Mapping[str, Any], *, now: datetime
) -> int:
    return tell(session, account_ids=accounts, kind=kind, key=key, params=facts, now=now)
