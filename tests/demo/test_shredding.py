"""Everything that is kept of the people of the demonstration can be destroyed, or sealed with another key."""

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import vault
from app.db import db
from app.ops import plan
from app.ops.owner import REWRITE, owner_engine
from app.ops.resealing import count_old, list_places, reseal_part
from app.personal_data import Data
from subsidies.ledger.verify import verify

RICHEST = text("""
SELECT s.id FROM senior AS s ORDER BY (SELECT count(*) FROM assessment AS a WHERE a.senior_id = s.id)
    + (SELECT count(*) FROM care_visit AS v WHERE v.senior_id = s.id)
    + 10 * (SELECT count(*) FROM safety_incident AS i WHERE i.senior_id = s.id)
    + 10 * (SELECT count(*) FROM delivery AS d WHERE d.senior_id = s.id)
    + 20 * (SELECT count(*) FROM allowance_application AS p WHERE p.senior_id = s.id) DESC LIMIT 25
""")
SEALED = text("SELECT id_number_sealed FROM senior WHERE id = :id")


def test_everything_of_a_person_can_go_past_every_constraint(loaded_app: Flask) -> None:
    with loaded_app.app_context(), owner_engine().connect() as connection, Session(connection) as session:
        outer = connection.begin()
        session.execute(REWRITE)
        people = session.scalars(RICHEST).all()
        # The files of the demonstration belong to other tests.
        kinds = [data for data in Data if data is not Data.PHOTOS]
        touched = {
            data: sum(plan.destroy(session, senior_id=senior_id, data=data) for senior_id in people) for data in kinds
        }
        assert min(touched.values()) > 0, touched
        session.flush()
        assert list(verify(session)) == []
        assert vault.unseal(bytes(session.scalar(SEALED, {"id": people[0]}) or b"")) == ""
        outer.rollback()
        db.session.remove()


def test_everything_that_is_sealed_can_be_sealed_with_another_key(loaded_app: Flask) -> None:
    before = loaded_app.config["VAULT_KEY"]
    loaded_app.config.update(VAULT_KEY=b"n" * 32, VAULT_OLD_KEYS=[before])
    try:
        with loaded_app.app_context(), owner_engine().connect() as connection, Session(connection) as session:
            outer = connection.begin()
            session.execute(REWRITE)
            done = {
                place.table.name: reseal_part(session, place, after=None, limit=10_000)[0] for place in list_places()
            }
            assert len([name for name, count in done.items() if count]) > 10, done
            assert sum(count_old(session, place) for place in list_places()) == 0
            outer.rollback()
            db.session.remove()
    finally:
        loaded_app.config.update(VAULT_KEY=before, VAULT_OLD_KEYS=[])
