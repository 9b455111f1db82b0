"""What changed while somebody waited: the visit is another carer's by then, and nobody comes in their name."""

from threading import Event, Thread

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.db import transaction
from app.idempotency import InFlight, Key
from care_beds.providers.models import CareProvider
from care_beds.rounds import marking
from care_beds.rounds.evidence import Mark
from care_beds.visits import services
from care_beds.visits.rules import Change
from tests.care_beds.factories import make_carer
from tests.care_beds.rounds.home import make_home
from tests.conftest import FrozenClock


def test_a_mark_that_waited_while_the_visit_was_covered_is_nobodys(
    app: Flask, committed_db: Session, clock: FrozenClock
) -> None:
    home = make_home(committed_db, app.test_client(), clock)
    provider = committed_db.get_one(CareProvider, home.bed.provider_id)
    visit_id, other_id, now = home.visit.id, make_carer(committed_db, provider=provider).carer.id, clock.now()
    committed_db.commit()
    is_covered, manager = Event(), home.manager

    def cover() -> None:
        with app.app_context(), transaction() as session:
            services.cover_visit(
                session, visit_id=visit_id, carer_id=other_id, reason=Change.CARER_ILL, by=manager, now=now
            )
            is_covered.set()
            Event().wait(0.5)

    working = Thread(target=cover)
    working.start()
    assert is_covered.wait(10)
    given = {"key": Key("a-key-that-waits", b"x" * 32), "visit_id": visit_id, "picture_data": None}
    with pytest.raises(InFlight), app.app_context(), transaction() as session:
        marking.check_in(session, **given, mark=Mark(occurred_at=now), by=home.carer.actor, now=now)
    working.join()
    # The phone asks again, and what was done is kept for a supervisor.
    with app.app_context(), transaction() as session:
        again = marking.check_in(session, **given, mark=Mark(occurred_at=now), by=home.carer.actor, now=now)
    assert (again.state, again.doubts) == ("late", ["late_covered"])
    assert home.fresh().started_at is None
