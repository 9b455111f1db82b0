"""Alarms on the family's pages: only with a consent, the story without the desk's own notes, a relative's word."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.people.models import Senior
from app.people.relatives.rules import Topic
from safety.alerts import services
from safety.alerts.models import Incident
from tests.app.auth.factories import form_token
from tests.conftest import FrozenClock
from tests.portal.conftest import Home, open_home
from tests.safety.alerts.world import World, make_world
from tests.safety.factories import make_home


@pytest.fixture
def world(session: Session, clock: FrozenClock) -> World:
    return make_world(session)


@pytest.fixture
def home(session: Session, client: FlaskClient, clock: FrozenClock, world: World) -> Home:
    """A family whose mother has a kit."""
    found = open_home(session, client, clock, topics=(Topic.ALERTS,))
    world.home = make_home(session, senior=session.get_one(Senior, found.senior_id))
    return found


def close(world: World, incident: Incident) -> None:
    ended = {"outcome": "false_alarm", "cause": "pressed_by_mistake", "words": "家里说没事"}
    services.close(world.session, incident_id=incident.id, **ended, by=world.operator, now=world.now)


def test_without_a_kit_nothing_is_said_and_with_one_that_all_is_well(home: Home, world: World) -> None:
    assert "现在没有警报" in home.page()
    assert "三个月内没有警报" in home.page("/alarms")


def test_the_family_reads_who_answered_after_how_long_and_how_it_ended(
    home: Home, world: World, clock: FrozenClock
) -> None:
    incident = world.sos()
    page = home.page()
    assert "按了求助" in page
    assert "还没人接" in page
    clock.advance(seconds=37)
    services.take(world.session, incident_id=incident.id, by=world.operator, now=world.now)
    services.note(world.session, incident_id=incident.id, words="邻居说常吵架", by=world.operator, now=world.now)
    story = home.page(f"/alarms/{incident.id}")
    assert "李敏" in story
    assert "37 秒" in story
    assert "邻居说常吵架" not in story
    close(world, incident)
    assert "误报，误按" in home.page(f"/alarms/{incident.id}")
    assert "误报，误按" in home.page("/alarms")
    assert "现在没有警报" in home.page()


@pytest.mark.parametrize(("way", "note"), [("arrival", "家里人，已到"), ("coming", "家里人，在路上")])
def test_a_relative_says_so_and_the_desk_hears_of_it(home: Home, world: World, way: str, note: str) -> None:
    incident = world.sos()
    path = f"/family/{home.senior_id}/alarms/{incident.id}"
    token = form_token(home.client, path)
    assert home.client.post(f"{path}/{way}", data={"csrf_token": token}).status_code == 303
    world.session.expire_all()
    assert (incident.attended_at is not None) == (way == "arrival")
    assert incident.sent_at is not None
    assert ("我在路上" in home.page(f"/alarms/{incident.id}")) == (way == "coming")


def test_what_is_over_is_not_answered_any_more(home: Home, world: World) -> None:
    incident = world.sos()
    services.take(world.session, incident_id=incident.id, by=world.operator, now=world.now)
    path = f"/family/{home.senior_id}/alarms/{incident.id}"
    token = form_token(home.client, path)
    close(world, incident)
    assert home.client.post(f"{path}/arrival", data={"csrf_token": token}).status_code == 409


def test_another_familys_alarm_is_not_there(home: Home, world: World, session: Session) -> None:
    world.home = make_home(session)
    incident = world.sos()
    assert home.status(f"/alarms/{incident.id}") == 404


def test_without_the_consent_nothing_is_told(
    session: Session, client: FlaskClient, clock: FrozenClock, world: World
) -> None:
    found = open_home(session, client, clock, topics=(Topic.MEALS,))
    world.home = make_home(session, senior=session.get_one(Senior, found.senior_id))
    incident = world.sos()
    assert "按了求助" not in found.page()
    assert found.status("/alarms") == 403
    assert found.status(f"/alarms/{incident.id}") == 403
