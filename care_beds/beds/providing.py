"""A provider's place for a bed: papers that hold, and one place for each bed, counted under the provider's lock."""

from collections.abc import Collection
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from care_beds.beds.errors import ProviderFull, ProviderUnfit
from care_beds.beds.models import CareBed
from care_beds.beds.rules import HOLDING
from care_beds.providers.models import CareProvider
from care_beds.providers.queries import get_provider
from care_beds.providers.rules import list_paper_faults
from care_beds.providers.wording import PAPER_FAULTS


def hold_place(session: Session, *, provider_id: int, bed_id: int, on: date) -> CareProvider:
    """Make sure that a provider may take a bed on and has a place for it; nobody else takes the place meanwhile.

    :raises ProviderNotFound: if there is no such provider
    :raises ProviderUnfit: if licence or agreement do not hold on the day, or it is suspended
    :raises ProviderFull: if other beds take all its places
    """
    provider = get_provider(session, provider_id=provider_id, lock=True)
    check_papers(provider, on=on)
    taken = count_taken(session, provider_id=provider_id, besides=bed_id)
    if taken >= provider.capacity:
        told = _("%(name)s looks after %(taken)s beds and may have %(capacity)s.", **_counted(provider, taken))
        raise ProviderFull(told)
    return provider


def check_papers(provider: CareProvider, *, on: date) -> None:
    """Refuse a provider whose papers do not hold on a day.

    :raises ProviderUnfit: with what is wrong with them
    """
    faults = list_paper_faults(provider, on=on)
    if faults:
        why = " ".join(str(PAPER_FAULTS[fault]) for fault in faults)
        raise ProviderUnfit(_("%(name)s: %(why)s", name=provider.name, why=why))


def count_taken(session: Session, *, provider_id: int, besides: int = 0) -> int:
    """Return how many places of a provider are taken, by beds other than one."""
    query = select(func.count()).where(
        CareBed.provider_id == provider_id, CareBed.state.in_(HOLDING), CareBed.id != besides
    )
    return session.scalar(query) or 0


def count_taken_of(session: Session, *, provider_ids: Collection[int]) -> dict[int, int]:
    """Return how many places of several providers are taken; one without any is left out."""
    query = select(CareBed.provider_id, func.count()).where(
        CareBed.provider_id.in_(provider_ids), CareBed.state.in_(HOLDING)
    )
    found = session.execute(query.group_by(CareBed.provider_id))
    return {provider_id: count for provider_id, count in found if provider_id is not None}


def _counted(provider: CareProvider, taken: int) -> dict[str, object]:
    return {"name": provider.name, "taken": taken, "capacity": provider.capacity}
