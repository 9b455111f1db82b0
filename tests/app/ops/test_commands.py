"""Data is listed, signed and destroyed from the command line, in words; and by the worker at night."""

from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import clock as clock_module
from app.auth.actor import Role
from app.ops import shredding
from app.ops.tasks import carry_out_approved
from app.people.models import Senior
from app.people.rules import Status
from app.personal_data import BLACKED
from tests.app.ops.test_shredding import RULES
from tests.app.people.factories import CITY, make_actor, make_senior, make_staff
from tests.conftest import FrozenClock
from tests.meals.factories import make_policy


def prepare(session: Session) -> tuple[Senior, str]:
    make_policy(session, area_code=CITY, kind="retention_rules", body=RULES)
    senior = make_senior(session, status=Status.DECEASED, status_from=date(1990, 1, 1))
    administrator = make_staff(session, role=Role.ADMINISTRATOR, area_code=CITY)
    session.commit()
    return senior, administrator.username


def sign(session: Session) -> int:
    made: int = session.scalars(text("SELECT max(id) FROM shredding")).one()
    checker = make_actor(session, roles=(Role.ADMINISTRATOR,), area_code=CITY, name="郑敏")
    shredding.approve(session, shredding_id=made, by=checker, now=clock_module.now())
    session.commit()
    return made


def test_a_list_is_made_and_carried_out_from_the_command_line(
    app: Flask, committed_db: Session, runner: Any, clock: FrozenClock
) -> None:
    senior, username = prepare(committed_db)
    told = runner.invoke(args=["ops", "shred", "--dry-run", "--language", "en"])
    assert told.exit_code == 0, told.output
    assert "Who the person is: 1 people, 1 rows" in told.output
    assert runner.invoke(args=["ops", "shred", "--by", "nobody"]).exit_code == 1
    made = runner.invoke(args=["ops", "shred", "--by", username, "--language", "en"])
    assert "waits for a second person" in made.output, made.output
    number = str(committed_db.scalars(text("SELECT max(id) FROM shredding")).one())
    refused = runner.invoke(args=["ops", "carry-out", number, "--language", "en"])
    assert (refused.exit_code, "second person" in refused.output) == (1, True)
    sign(committed_db)
    done = runner.invoke(args=["ops", "carry-out", number])
    assert "7 of 7 lines carried out" in done.output, done.output
    committed_db.rollback()
    assert committed_db.scalar(select(Senior.name).where(Senior.id == senior.id)) == BLACKED
    assert "7 lines" not in runner.invoke(args=["ops", "shred", "--dry-run", "--language", "en"]).output


def test_the_worker_carries_out_at_night_what_was_approved(
    app: Flask, committed_db: Session, runner: Any, clock: FrozenClock
) -> None:
    senior, username = prepare(committed_db)
    runner.invoke(args=["ops", "shred", "--by", username])
    carry_out_approved()
    assert committed_db.scalar(select(Senior.name).where(Senior.id == senior.id)) == "王秀英"
    sign(committed_db)
    for _twice in range(2):
        carry_out_approved()
    committed_db.rollback()
    assert committed_db.scalar(select(Senior.name).where(Senior.id == senior.id)) == BLACKED
