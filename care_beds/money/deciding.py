"""Decides many visits at once: what each costs, and who can pay it, by the documents of its day."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from care_beds.catalogue.queries import find_catalogues
from care_beds.catalogue.rules import CareService, Catalogue, Unit
from care_beds.money.payable import Bar, Visit
from care_beds.money.policy import PAYMENT, documents_by_place, read_payment
from care_beds.money.rules import Charge, Means, Price, VisitFacts, charge_visit
from care_beds.money.terms import PaymentTerms
from subsidies import queries as ledger

# What the subsidy and the insurance have paid for a bed and a month before.
USED = text(
    """
    SELECT bed_id, date_trunc('month', visit_on)::date AS month,
           coalesce(sum(price_fen) FILTER (WHERE payer = 'bed_subsidy'), 0)::bigint AS subsidy_fen,
           coalesce(sum(minutes) FILTER (WHERE payer = 'insurance'), 0)::bigint AS insured_minutes
      FROM visit_payment
     WHERE bed_id = ANY(:beds) AND visit_on >= :since AND visit_on < :until
       AND payer IN ('bed_subsidy', 'insurance') AND reversed_at IS NULL
     GROUP BY 1, 2
    """
)


# Which level the insurance gave each payer that holds on the day of the visit; another scheme's, never converted.
INSURED = text(
    """
    SELECT DISTINCT ON (a.senior_id, a.on_day) a.senior_id, a.on_day, o.level
      FROM unnest(CAST(:seniors AS bigint[]), CAST(:days AS date[])) AS a (senior_id, on_day)
      JOIN outside_level AS o ON o.senior_id = a.senior_id AND o.scheme = :scheme AND o.assessed_on <= a.on_day
           AND (o.expires_on IS NULL OR o.expires_on >= a.on_day) AND o.withdrawn_at IS NULL
     ORDER BY a.senior_id, a.on_day, o.assessed_on DESC, o.id DESC
    """
)
INSURANCE_SCHEME = "ltci"
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Used:
    """What was used of a bed's month."""

    subsidy_fen: int = 0
    insured_minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A visit with what it costs, who pays it, and what that rests on."""

    visit: Visit
    charge: Charge
    facts: VisitFacts
    terms: PaymentTerms
    catalogue_id: int
    purpose: str

    @property
    def policy_ids(self) -> list[int]:
        """Return the documents it rests on: who pays, and what it costs."""
        return [self.terms.document_id, self.catalogue_id]

    def facts_document(self) -> dict[str, Any]:
        """Return the facts as they are kept, to decide again from."""
        return facts_document(self.facts)


class Book:
    """The documents of some visits' places and days: two statements for each day, each document read once."""

    def __init__(self, session: Session, visits: Sequence[Visit]) -> None:
        self._terms: dict[tuple[str, date], PaymentTerms] = {}
        self._catalogues: dict[tuple[str, date], Catalogue] = {}
        read: dict[int, PaymentTerms] = {}
        for on in {visit.on for visit in visits}:
            places = {visit.area_code for visit in visits if visit.on == on}
            for place, document in documents_by_place(session, kind=PAYMENT, area_codes=places, on=on).items():
                if document.id not in read:
                    read[document.id] = read_payment(document)
                self._terms[place, on] = read[document.id]
            for place, catalogue in find_catalogues(session, area_codes=places, on=on).items():
                self._catalogues[place, on] = catalogue

    def terms(self, area_code: str, on: date) -> PaymentTerms | None:
        """Return who pays in a place on a day."""
        return self._terms.get((area_code, on))

    def catalogue(self, area_code: str, on: date) -> Catalogue | None:
        """Return what services cost in a place on a day."""
        return self._catalogues.get((area_code, on))

    def bar(self, visit: Visit) -> Bar | None:
        """Say which document is missing for a visit."""
        if self.terms(visit.area_code, visit.on) is None:
            return Bar.NO_TERMS
        return Bar.NO_PRICE if self.service(visit) is None else None

    def service(self, visit: Visit) -> CareService | None:
        """Return a visit's service in the catalogue of its day."""
        found = self.catalogue(visit.area_code, visit.on)
        return found.find(visit.service) if found else None


def decide(session: Session, visits: Sequence[Visit], *, book: Book) -> list[Decided]:
    """Decide visits of different payers, whose documents are all there. Called under the locks of their books."""
    points = ledger.sum_good_points(
        session, asked=[(each.senior_id, each.on, _service(book, each).purpose) for each in visits]
    )
    used, levels = _sum_used(session, visits), _find_insured(session, visits)
    decided = []
    for visit, points_fen in zip(visits, points, strict=True):
        terms, spent = book.terms(visit.area_code, visit.on), used[visit.bed_id, visit.month]
        catalogue = book.catalogue(visit.area_code, visit.on)
        assert terms is not None
        assert catalogue is not None
        minutes = terms.insured_minutes(levels.get((visit.senior_id, visit.on)))
        means = Means(
            points_fen=points_fen,
            subsidy_fen=terms.subsidy_month_fen - spent.subsidy_fen,
            insured_minutes=None if minutes is None else minutes - spent.insured_minutes,
        )
        facts = _facts(visit, _service(book, visit), means)
        decided.append(
            Decided(
                visit=visit,
                charge=charge_visit(facts, terms),
                facts=facts,
                terms=terms,
                catalogue_id=catalogue.document_id,
                purpose=_service(book, visit).purpose,
            )
        )
    return decided


def facts_document(facts: VisitFacts) -> dict[str, Any]:
    """Return the facts of a visit as they are kept."""
    price, means = facts.price, facts.means
    return {
        "planned_minutes": facts.planned_minutes,
        "started_at": facts.started_at.isoformat(),
        "finished_at": facts.finished_at.isoformat(),
        "service": facts.service,
        "names": dict(facts.names),
        "programme": facts.programme,
        "price": {"unit": price.unit, "price_fen": price.price_fen},
        "means": {
            "points_fen": means.points_fen,
            "subsidy_fen": means.subsidy_fen,
            "insured_minutes": means.insured_minutes,
        },
    }


def facts_of(kept: Mapping[str, Any]) -> VisitFacts:
    """Read the facts that decided a visit."""
    price = kept["price"]
    return VisitFacts(
        planned_minutes=kept["planned_minutes"],
        started_at=datetime.fromisoformat(kept["started_at"]),
        finished_at=datetime.fromisoformat(kept["finished_at"]),
        service=kept["service"],
        names=kept["names"],
        programme=kept["programme"],
        price=Price(unit=Unit(price["unit"]), price_fen=price["price_fen"]),
        means=Means(**kept["means"]),
    )


def _facts(visit: Visit, service: CareService, means: Means) -> VisitFacts:
    assert visit.started_at is not None
    assert visit.finished_at is not None
    return VisitFacts(
        planned_minutes=visit.planned_minutes,
        started_at=visit.started_at,
        finished_at=visit.finished_at,
        service=visit.service,
        names=dict(service.name),
        programme=visit.programme,
        price=Price(unit=service.unit, price_fen=service.price_fen),
        means=means,
    )


def _service(book: Book, visit: Visit) -> CareService:
    found = book.service(visit)
    assert found is not None
    return found


def _sum_used(session: Session, visits: Sequence[Visit]) -> Mapping[tuple[int, date], Used]:
    found: dict[tuple[int, date], Used] = defaultdict(Used)
    if not visits:
        return found
    months = [visit.month for visit in visits]
    until = (max(months).replace(day=28) + _WEEK).replace(day=1)
    asked = {"beds": [visit.bed_id for visit in visits], "since": min(months), "until": until}
    for row in session.execute(USED, asked):
        found[row.bed_id, row.month] = Used(row.subsidy_fen, row.insured_minutes)
    return found


def _find_insured(session: Session, visits: Sequence[Visit]) -> Mapping[tuple[int, date], str]:
    """Return the insurance's level of each payer on the day of the visit."""
    asked = {"seniors": [visit.senior_id for visit in visits], "days": [visit.on for visit in visits]}
    rows = session.execute(INSURED, {**asked, "scheme": INSURANCE_SCHEME})
    return {(row.senior_id, row.on_day): row.level for row in rows}
