"""The demonstration's visiting care: people scored, one who waits too long, referrals under way."""

from flask import Flask
from sqlalchemy import text

from app.db import db


def one(statement: str) -> int:
    return int(db.session.execute(text(statement)).scalar_one())


def test_people_are_scored_and_visited_and_somebody_waits_too_long(demo: Flask) -> None:
    assert one("SELECT count(*) FROM outreach_risk") > 0
    assert one("SELECT count(*) FROM outreach_visit") >= one("SELECT count(*) FROM outreach_problem")
    assert one("SELECT count(*) FROM outreach_task WHERE state = 'open' AND level > 0") >= 0
