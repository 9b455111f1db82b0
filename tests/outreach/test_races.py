"""Two at the same moment about the same person."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.db import db, transaction
from outreach.models import OutreachVisit
from outreach.visiting import record_visit
from tests.outreach.factories import found, make_person, make_someone, publish_rules, rescore

TIMES = 4


def test_a_visit_sent_several_times_at_once_is_one(app: Flask, committed_db: Session) -> None:
    publish_rules(committed_db)
    senior, worker = make_person(committed_db), make_someone(committed_db)
    rescore(committed_db, senior)
    senior_id, told = senior.id, found()
    committed_db.commit()
    barrier = Barrier(TIMES)

    def send(_place: int) -> object:
        with app.app_context():
            barrier.wait()
            try:
                with transaction() as session:
                    return record_visit(session, senior_id=senior_id, found=told, by=worker, now=clock.now()).id
            finally:
                db.session.remove()

    with ThreadPoolExecutor(TIMES) as pool:
        assert list(pool.map(send, range(TIMES))) == [told.id] * TIMES
    committed_db.rollback()
    assert committed_db.scalar(select(func.count()).select_from(OutreachVisit)) == 1
