"""How a provider is rated: what families gave for its visits, and what those found who went and looked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from care_beds.providers.models import ProviderReview
from care_beds.visits.models import CareVisit, VisitRating

# Stars of visits long ago say little of how a provider does today.
COUNTED = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stars:
    """The averages of one provider, of five stars at most, and of how many; none where nobody gave any."""

    visits: Decimal | None = None
    visit_count: int = 0
    reviews: Decimal | None = None
    review_count: int = 0


def list_stars(session: Session, *, provider_ids: Collection[int], on: date) -> Mapping[int, Stars]:
    """Return the stars of some providers: of a year's visits, and of all looks."""
    visits = _averages(
        session,
        select(CareVisit.provider_id, func.avg(VisitRating.stars), func.count())
        .join(VisitRating, VisitRating.visit_id == CareVisit.id)
        .where(CareVisit.provider_id.in_(provider_ids), CareVisit.visit_on > on - COUNTED)
        .group_by(CareVisit.provider_id),
    )
    looks = _averages(
        session,
        select(ProviderReview.provider_id, func.avg(ProviderReview.stars), func.count())
        .where(ProviderReview.provider_id.in_(provider_ids))
        .group_by(ProviderReview.provider_id),
    )
    nobody = (None, 0)
    return {
        each: Stars(
            visits=visits.get(each, nobody)[0],
            visit_count=visits.get(each, nobody)[1],
            reviews=looks.get(each, nobody)[0],
            review_count=looks.get(each, nobody)[1],
        )
        for each in provider_ids
    }


def _averages(session: Session, query: Select[Any, Any, Any]) -> Mapping[int, tuple[Decimal, int]]:
    return {provider_id: (average, count) for provider_id, average, count in session.execute(query)}
