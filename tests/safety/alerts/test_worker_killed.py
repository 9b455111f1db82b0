"""A worker is killed in the middle of asking for help: nobody stays unasked, and nobody is asked twice."""

from pathlib import Path

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.messages.models import Notice
from safety.alerts.models import AlertStep
from safety.alerts.running import run_round
from tests.safety.alerts.world import Signal, make_world
from tests.safety.factories import make_home
from tests.safety.intake.test_killed import ask_at_once
from tests.workers import kill_worker_at

HOMES = 12


def test_a_worker_killed_while_it_asks_leaves_no_call_unheard(
    app: Flask, committed_db: Session, tmp_path: Path
) -> None:
    ask_at_once(committed_db)
    world = make_world(committed_db)
    for _each in range(HOMES):
        world.hear(Signal("sos", clock.now()), home=make_home(committed_db))
    committed_db.commit()
    kill_worker_at(app, tmp_path, "safety.escalate", lock="LOCK TABLE notice IN ACCESS EXCLUSIVE MODE")
    asked = select(func.count()).where(AlertStep.kind == "operator", AlertStep.started_at.is_not(None))
    told = select(func.count()).where(Notice.kind == "safety.unanswered")
    assert (committed_db.scalar(asked), committed_db.scalar(told)) == (0, 0)
    committed_db.commit()
    for _round in range(2):
        run_round(name="scheduler", clock=clock.now)
    assert (committed_db.scalar(asked), committed_db.scalar(told)) == (HOMES, HOMES)
