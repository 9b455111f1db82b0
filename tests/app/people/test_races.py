"""Two at the same moment: one wins, the other is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from app import clock
from app.db import db, transaction
from app.errors import DomainError
from app.people import cards, services
from app.people.importing import Mode, import_file
from app.people.models import Card, Senior, SeniorStatus
from app.people.rules import Status
from tests.app.areas.factories import make_place
from tests.app.people.factories import STREET, make_actor, make_id_number, make_senior

TIMES = 8
NUMBER = make_id_number(date(1941, 3, 5), serial=12)
FIELDS = {"name": "王秀英", "id_number": NUMBER, "hukou_area": STREET, "residence_area": STREET}


@pytest.fixture
def clerk(app, committed_db):
    make_place(committed_db, STREET)
    actor = make_actor(committed_db)
    committed_db.commit()
    return actor


def at_once(app, work: Callable[[int], object]) -> list[object]:
    """Do the work in several threads that start together, each with a session of its own."""
    barrier = Barrier(TIMES)

    def one(place: int) -> object:
        with app.app_context():
            barrier.wait()
            try:
                return work(place)
            except (DomainError, OperationalError) as error:
                return getattr(error, "code", "outage")
            finally:
                db.session.remove()

    with ThreadPoolExecutor(TIMES) as pool:
        return list(pool.map(one, range(TIMES)))


def count(session, model) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(model))


def test_one_id_number_registered_eight_times_at_once_is_one_person(app, committed_db, clerk):
    def register(place: int) -> object:
        with transaction() as session:
            fields = FIELDS | {"name": f"王秀英{place}"}
            return services.register_senior(session, fields=fields, actor=clerk, now=clock.now())

    results = at_once(app, register)
    assert sorted(map(str, results))[1:] == ["already_registered"] * (TIMES - 1)
    assert (count(committed_db, Senior), count(committed_db, SeniorStatus)) == (1, 1)


def test_eight_clicks_on_issue_make_one_card(app, committed_db, clerk):
    senior_id = make_senior(committed_db).id
    committed_db.commit()

    def issue(_place: int) -> object:
        with transaction() as session:
            return cards.issue_card(session, senior_id=senior_id, actor=clerk, now=clock.now()).state

    assert sorted(map(str, at_once(app, issue))) == ["card_issued_already"] * (TIMES - 1) + ["issued"]
    assert count(committed_db, Card) == 1


def test_a_file_and_a_clerk_who_register_the_same_person_make_one(app, committed_db, clerk):
    data = ("name,id_number,hukou_area,residence_area\n" + ",".join(FIELDS.values()) + "\n").encode()

    def work(place: int) -> object:
        with transaction() as session:
            if place % 2:
                return services.register_senior(session, fields=FIELDS, actor=clerk, now=clock.now())
            report = import_file(
                session, data=data, name="x", mode=Mode.ALL, actor=clerk, now=clock.now(), most_rows=10
            )
            return "written" if report.written else report.faults[0].code

    results = at_once(app, work)
    assert count(committed_db, Senior) == 1
    assert {result for result in results if isinstance(result, str)} <= {
        "written",
        "registered_meanwhile",
        "already_registered",
    }


def test_statuses_recorded_at_once_never_overlap(app, committed_db, clerk):
    senior_id = make_senior(committed_db).id
    committed_db.commit()

    def record(place: int) -> object:
        with transaction() as session:
            return services.record_status(
                session,
                senior_id=senior_id,
                status=Status.IN_HOSPITAL if place % 2 else Status.ACTIVE,
                from_on=date(2026, 3, 1 + place),
                until_on=None,
                actor=clerk,
                now=clock.now(),
            )

    assert "outage" not in at_once(app, record)
    assert count(committed_db, SeniorStatus) >= 1
