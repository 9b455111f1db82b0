"""The family says that somebody is away or back; without the consent, a kit or a link it says nothing."""

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.people.models import Senior
from app.people.relatives.rules import Topic
from safety.kits.models import SafetyHome
from tests.app.auth.factories import form_token
from tests.conftest import FrozenClock
from tests.portal.conftest import Home, open_home
from tests.safety.factories import make_home


def send(home: Home, rest: str, **fields: Any) -> int:
    token = form_token(home.client, "/family/settings")
    path = f"/family/{home.senior_id}{rest}"
    return home.client.post(path, data={"csrf_token": token, **fields}).status_code


def test_a_relative_says_that_she_is_away_and_back(home: Home) -> None:
    assert home.status("/away") == 404
    assert "安居守护" not in home.page()
    kit = make_home(home.session, senior=home.session.get_one(Senior, home.senior_id))
    assert "守护中" in home.page()
    assert send(home, "/away", reason="visit", until_at="1999-01-01T00:00") == 422
    assert send(home, "/away", reason="visit") == 303
    assert "去子女家" in home.page("/away")
    assert "去子女家" in home.page()
    home.clock.advance(minutes=10)
    assert send(home, "/away/end") == 303
    assert "去子女家" not in home.page()
    home.session.expire_all()
    assert home.session.get_one(SafetyHome, kit.id).away_until is not None
    actions = select(AuditEntry.action).where(AuditEntry.action.like("safety_home.%")).order_by(AuditEntry.id)
    assert home.session.scalars(actions).all() == ["safety_home.away", "safety_home.back"]


def test_without_the_consent_for_alerts_it_is_closed(session: Session, client: FlaskClient, clock: FrozenClock) -> None:
    home = open_home(session, client, clock, topics=(Topic.MEALS,))
    make_home(session, senior=session.get_one(Senior, home.senior_id))
    assert home.status("/away") == 403
    assert send(home, "/away", reason="visit") == 403
    assert "安居守护" not in home.page()


def test_nobody_says_so_of_a_stranger(home: Home) -> None:
    stranger = make_home(home.session)
    assert home.status("/away", senior_id=stranger.senior_id) == 404
    assert stranger.away_reason is None
