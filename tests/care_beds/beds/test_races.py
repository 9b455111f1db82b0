"""Many at once: one application a person, one bed in service, no bed beyond a provider's places, one agreement."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock as clocks
from app.db import transaction
from app.errors import DomainError
from app.people.models import Senior
from care_beds.beds import services
from care_beds.beds.models import BedStep, CareBed
from care_beds.beds.rules import CloseReason, Party, State, Step
from tests.app.people.factories import make_senior
from tests.care_beds.beds.home import DAUGHTER, TODAY, YEAR_ON, Home, make_home
from tests.care_beds.factories import STREET, make_bed, make_provider, take_step
from tests.conftest import FrozenClock

Work = Callable[[Session], Any]


@pytest.fixture
def busy(app: Flask, committed_db: Session, clock: FrozenClock) -> Home:
    """A home whose steps really commit."""
    home = make_home(committed_db)
    committed_db.commit()
    return home


def at_once(app: Flask, works: list[Work]) -> list[str]:
    """Do several things at the same moment, each over a connection of its own; return what each came to."""
    together = Barrier(len(works))

    def do(work: Work) -> str:
        with app.app_context():
            together.wait(10)
            try:
                with transaction() as session:
                    work(session)
            except DomainError as refusal:
                return refusal.code
            except IntegrityError as error:
                return str(error.orig.diag.constraint_name)  # type: ignore[union-attr]
            return "done"

    with ThreadPoolExecutor(len(works)) as pool:
        return sorted(pool.map(do, works))


def apply(home: Home, senior_id: int, session: Session) -> CareBed:
    asked = {"programme": "public", "applicant": DAUGHTER, "applied_on": TODAY}
    return services.apply(session, senior_id=senior_id, **asked, actor=home.clerk, now=clocks.now())


def test_two_applications_for_one_person_are_one(app: Flask, busy: Home) -> None:
    senior_id = busy.senior.id
    busy.session.commit()
    assert at_once(app, [lambda s: apply(busy, senior_id, s)] * 6) == ["bed_exists"] * 5 + ["done"]
    assert busy.session.scalar(select(func.count()).select_from(CareBed)) == 1


def test_a_provider_never_has_more_beds_than_places(app: Flask, busy: Home) -> None:
    provider = make_provider(busy.session, capacity=3)
    beds = []
    for n in range(6):
        senior = make_senior(busy.session, name=f"老人{n}", hukou_area=STREET, income_class="low_income")
        bed = make_bed(busy.session, state=State.ASSESSED, senior=senior, provider=busy.provider)
        bed.provider_id = None
        beds.append(bed.id)
    provider_id, clerk, now = provider.id, busy.clerk, clocks.now()
    busy.session.commit()

    def choose(bed_id: int) -> Work:
        return lambda s: services.choose_provider(s, bed_id=bed_id, provider_id=provider_id, actor=clerk, now=now)

    assert at_once(app, [choose(bed_id) for bed_id in beds]) == ["done"] * 3 + ["provider_full"] * 3
    taken = select(func.count()).select_from(CareBed).where(CareBed.provider_id == provider_id)
    assert busy.session.scalar(taken) == 3


def test_two_beds_of_one_person_never_serve_at_once(app: Flask, busy: Home) -> None:
    """Past every check of ours: the history itself of two beds, written at the same moment."""
    session = busy.session
    senior = session.get_one(Senior, busy.senior.id)
    first = make_bed(session, state=State.IN_SERVICE, senior=senior, provider=busy.provider, on=TODAY)
    take_step(session, first, Step.CLOSE, on=TODAY.replace(day=21))
    second = make_bed(session, state=State.ACCEPTED, senior=senior, provider=busy.provider, on=TODAY)
    bed_id, by, now = second.id, busy.clerk.account_id, clocks.now()
    session.commit()

    def start(s: Session) -> None:
        step = {"step": "start", "from_state": "accepted", "to_state": "in_service", "on_day": TODAY, "at": now}
        s.add(BedStep(bed_id=bed_id, by_id=by, **step))
        s.flush()

    assert set(at_once(app, [start] * 3)) == {"ex_care_bed_active"}


def test_one_step_is_taken_once_whoever_presses(app: Flask, busy: Home) -> None:
    bed = busy.serve()
    bed_id, clerk, now = bed.id, busy.clerk, clocks.now()
    busy.session.commit()
    closing: dict[str, Any] = {"reason": CloseReason.WISH, "on": TODAY, "actor": clerk, "now": now}
    assert at_once(app, [lambda s: services.close(s, bed_id=bed_id, **closing)] * 4) == ["done"] + ["wrong_step"] * 3


def test_three_signatures_at_once_bring_one_agreement_into_force(app: Flask, busy: Home) -> None:
    bed = busy.apply()
    busy.assess(bed)
    busy.plan(bed)
    busy.do(services.draw_up, bed, busy.clerk, from_on=TODAY, until_on=YEAR_ON)
    bed_id = bed.id
    busy.session.commit()

    def sign(party: Party) -> Work:
        return lambda s: replace(busy, session=s).sign(s.get_one(CareBed, bed_id), party)

    came = at_once(app, [sign(party) for party in Party for _ in range(2)])
    # The second of a party finds the signature there, or the agreement in force already.
    assert came.count("done") == 3
    assert set(came) <= {"done", "signed_already", "no_agreement"}
    busy.session.expire_all()
    assert busy.session.get_one(CareBed, bed_id).state == "agreed"
    agreed = select(func.count()).select_from(BedStep).where(BedStep.bed_id == bed_id, BedStep.step == "agree")
    assert busy.session.scalar(agreed) == 1
