"""Papers of providers and fitness of carers, day by day."""

from dataclasses import dataclass
from datetime import date

import pytest

from care_beds.providers.rules import CarerFacts, Standing, list_paper_faults, list_unfit_reasons, standing_on

DAY = date(2026, 11, 20)
BOTH = ("care_worker", "health")


@dataclass
class Papers:
    licence_expires_on: date = DAY
    agreement_from: date = DAY
    agreement_expires_on: date = DAY
    state: str = "active"


@pytest.mark.parametrize(
    ("papers", "faults"),
    [
        (Papers(), ()),
        (Papers(licence_expires_on=date(2026, 11, 19)), ("licence_expired",)),
        (Papers(agreement_from=date(2026, 11, 21)), ("agreement_not_begun",)),
        (Papers(agreement_expires_on=date(2026, 11, 19)), ("agreement_expired",)),
        (Papers(state="suspended"), ("suspended",)),
        (Papers(state="ended", licence_expires_on=date(2026, 1, 1)), ("ended", "licence_expired")),
    ],
)
def test_a_provider_takes_on_a_bed_while_all_papers_hold(papers: Papers, faults: tuple[str, ...]) -> None:
    assert list_paper_faults(papers, on=DAY) == faults


def carer(
    *,
    employed_from: date = date(2026, 1, 1),
    employed_until: date | None = None,
    state: str = "active",
    **held: date | None,
) -> CarerFacts:
    return CarerFacts(
        employed_from=employed_from,
        employed_until=employed_until,
        state=state,
        held={"care_worker": None, "health": DAY, **held},
    )


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        (carer(), ()),
        (carer(employed_from=date(2026, 11, 21)), ("not_employed",)),
        (carer(employed_until=date(2026, 11, 21)), ()),
        (carer(employed_until=DAY), ("not_employed",)),
        (carer(state="suspended"), ("suspended",)),
        (carer(health=date(2026, 11, 19)), ("certificate_expired",)),
        (carer(health=date(2026, 11, 19), first_aid=date(2020, 1, 1)), ("certificate_expired",)),
        (carer(first_aid=date(2020, 1, 1)), ()),
    ],
)
def test_a_carer_visits_while_employed_and_certified(facts: CarerFacts, reasons: tuple[str, ...]) -> None:
    assert list_unfit_reasons(facts, required=BOTH, on=DAY) == reasons


def test_a_certificate_that_nobody_recorded_is_missing() -> None:
    facts = CarerFacts(employed_from=date(2026, 1, 1), employed_until=None, state="active", held={"health": DAY})
    assert list_unfit_reasons(facts, required=BOTH, on=DAY) == ("certificate_missing",)
    assert list_unfit_reasons(facts, required=(), on=DAY) == ()


@pytest.mark.parametrize(
    ("expires_on", "standing"),
    [
        (None, Standing.VALID),
        (date(2026, 11, 19), Standing.LAPSED),
        (DAY, Standing.ENDING),
        (date(2027, 1, 19), Standing.ENDING),
        (date(2027, 1, 20), Standing.VALID),
    ],
)
def test_a_paper_is_spoken_of_sixty_days_before_its_last_day(expires_on: date | None, standing: Standing) -> None:
    assert standing_on(expires_on, on=DAY, notice_days=60) == standing
