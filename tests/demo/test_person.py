"""One person of the demonstration on one page: what every feature tells, in one order, and what it costs."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from flask import Flask, url_for
from sqlalchemy import event, text

from app.auth.actor import Actor, HeldRole, Role, holding
from app.clock import now
from app.db import db
from app.dossier import Moment
from app.people.dossier.showing import list_tabs, list_warnings, render_tab
from app.people.dossier.timeline import KEY, list_moments, list_sorts
from app.people.queries import places_of
from demo.staff import POSTS
from tests.conftest import FrozenClock

RICH = text("SELECT senior_id FROM senior_note GROUP BY senior_id ORDER BY count(*) DESC, senior_id LIMIT 1")
CLERK = POSTS["clerk"]


@pytest.fixture
def clerk() -> Actor:
    return holding(Actor(account_id=1, name=CLERK.name), [HeldRole(Role.STREET_CLERK, CLERK.area_code)])


@pytest.fixture
def told_of(loaded_app: Flask, demo_clock: FrozenClock) -> Iterator[int]:
    with loaded_app.test_request_context():
        yield int(db.session.scalar(RICH) or 0)
        db.session.remove()


def read_all(senior_id: int, clerk: Actor, *, limit: int, sort: str = "") -> list[Moment]:
    session, found, after = db.session(), [], None
    places = places_of(session, senior_id=senior_id, actor=clerk)
    while True:
        page = list_moments(
            session, senior_id=senior_id, actor=clerk, places=places, sort=sort, after=after, limit=limit
        )
        found += page.items
        after = page.next
        if after is None:
            return found


def test_every_feature_tells_its_part_once_and_in_order(told_of: int, clerk: Actor) -> None:
    everything = read_all(told_of, clerk, limit=100)
    assert [each.key for each in read_all(told_of, clerk, limit=7)] == [each.key for each in everything]
    assert all(newer.place > older.place for newer, older in pairwise(everything))
    assert {"life", "notes", "points", "meals", "beds", "visits", "alerts"} <= {each.sort for each in everything}
    for moment in everything:
        assert KEY.fullmatch(moment.key)
        assert str(moment.title)
        if moment.endpoint:
            url_for(moment.endpoint, **moment.args)


def test_each_sort_is_told_alone_as_it_is_among_the_others(told_of: int, clerk: Actor) -> None:
    everything = read_all(told_of, clerk, limit=100)
    places = places_of(db.session(), senior_id=told_of, actor=clerk)
    for sort in list_sorts(clerk, places):
        alone = [each.key for each in read_all(told_of, clerk, limit=100, sort=sort)]
        assert alone == [each.key for each in everything if each.sort == sort]


def test_every_tab_asks_a_bounded_number_of_questions(told_of: int, clerk: Actor) -> None:
    session = db.session()
    places = places_of(session, senior_id=told_of, actor=clerk)
    seen: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *told: seen.append(told[2]))
    list_warnings(session, senior_id=told_of, actor=clerk, places=places, now=now())
    costs = {"": len(seen)}
    for tab in list_tabs(clerk, places):
        seen.clear()
        assert render_tab(session, tab=tab, senior_id=told_of, now=now()) or tab.code in {"notes", "checks"}
        costs[tab.code] = len(seen)
    assert max(costs.values()) <= 36, costs
