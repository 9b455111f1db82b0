"""Two at once: one mark of a visit, one picture, one word of the family, one sticker at a bed."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.idempotency import Key
from app.pictures.models import Picture
from care_beds.rounds import confirming, marking, objecting, stickers
from care_beds.rounds.evidence import Mark
from care_beds.rounds.marks import Report
from care_beds.rounds.models import BedSticker
from care_beds.visits.models import VisitConfirmation, VisitMark, VisitObjection
from tests.care_beds.rounds.home import Home, make_home, make_picture
from tests.conftest import FrozenClock
from tests.meals.deliveries.test_races import at_once


@pytest.fixture
def rush(app: Flask, committed_db: Session, clock: FrozenClock) -> Home:
    """A home whose visit really commits, nine o'clock."""
    home = make_home(committed_db, app.test_client(), clock)
    clock.advance(minutes=15)
    return home


def count(home: Home, column: Any) -> int:
    home.session.expire_all()
    return home.session.scalar(select(func.count(column))) or 0


def test_a_visit_is_marked_confirmed_and_objected_to_once(app: Flask, rush: Home) -> None:
    visit_id, senior_id, now = rush.visit.id, rush.senior.id, rush.clock.now()
    carer, family = rush.carer.actor, Actor(account_id=rush.daughter.id, name="王敏")
    mark = Mark(occurred_at=now, sticker=rush.sticker.text)

    def come(key: str) -> Any:
        given = {"key": Key(key, b"x" * 32), "visit_id": visit_id, "mark": mark, "picture_data": make_picture(3)}
        return lambda session: marking.check_in(session, **given, by=carer, now=now)

    assert at_once(app, *[come("one-key-of-a-phone")] * 3) == ["done"] * 3
    assert (count(rush, VisitMark.id), count(rush, Picture.id)) == (1, 1)
    later = now + timedelta(minutes=60)

    def leave(key: str) -> Any:
        given = {"key": Key(key, b"y" * 32), "visit_id": visit_id, "mark": mark, "picture_data": None}
        return lambda session: marking.check_out(session, **given, report=Report(), by=carer, now=later)

    assert at_once(app, leave("first-key"), leave("second-key")) == ["already_checked_out", "done"]
    said = {"senior_id": senior_id, "visit_id": visit_id, "by": family, "now": later}
    works = [lambda session: confirming.confirm_by_tap(session, **said)] * 2
    assert at_once(app, *works) == ["done", "done"]
    assert count(rush, VisitConfirmation.id) == 1
    objects = [lambda session: objecting.object_to_visit(session, **said, words="没有洗头")] * 2
    assert at_once(app, *objects) == ["done", "objection_open"]
    assert count(rush, VisitObjection.id) == 1


def test_a_bed_has_one_sticker_that_counts(app: Flask, rush: Home) -> None:
    bed_id, manager, now = rush.bed.id, rush.manager, rush.clock.now()
    works = [lambda session: stickers.issue_sticker(session, bed_id=bed_id, by=manager, now=now)] * 3
    assert at_once(app, *works) == ["done"] * 3
    rush.session.expire_all()
    live = select(func.count(BedSticker.id)).where(BedSticker.bed_id == bed_id, BedSticker.revoked_at.is_(None))
    assert rush.session.scalar(live) == 1
