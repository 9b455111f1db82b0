"""Judgement over HTTP: a home's rhythm, and drafts tried."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.auth import Role
from safety.judging import api, trying
from safety.judging.services import judge
from tests.app.auth.factories import CITY, STREET, bearer, make_account, make_token
from tests.conftest import FrozenClock
from tests.safety.factories import make_home
from tests.safety.judging.lives import at, event
from tests.safety.judging.test_trying import make_draft

HOMES, TRIALS = "/api/v1/safety/homes", "/api/v1/safety/trials"


def headers(session: Session, role: Role, area_code: str = STREET) -> dict[str, str]:
    """Return the headers of somebody who may."""
    return bearer(make_token(session, make_account(session, role, area_code=area_code)))


def test_a_home_says_what_is_usual_and_when_it_would_call(
    session: Session, clock: FrozenClock, client: FlaskClient
) -> None:
    clock.set(at("10:00"))
    home = make_home(session)
    judge(session, events_by_home={home.id: [event("09:00", "motion kitchen")]}, now=at("09:00"))
    operator = headers(session, Role.OPERATOR)
    told: Any = client.get(f"{HOMES}/{home.id}/rhythm", headers={**operator, "Accept-Language": "en"}).get_json()
    assert (told["days"], told["place"], told["is_out"], len(told["day"])) == (0, "kitchen", False, 48)
    assert told["due_at"].startswith("2026-05-12T08:00")
    assert told["why"]
    assert told["day"][28] == {"from_minute": 840, "usual_minutes": None, "allowed_minutes": 420}
    looked = session.scalars(select(AuditEntry.action)).all()
    assert "reveal.home_rhythm" in looked


def test_a_home_of_which_nothing_was_heard_is_due_never(session: Session, client: FlaskClient) -> None:
    home = make_home(session)
    told: Any = client.get(f"{HOMES}/{home.id}/rhythm", headers=headers(session, Role.OPERATOR)).get_json()
    assert (told["seen_at"], told["due_at"], told["why"]) == (None, None, "")


def test_a_rhythm_is_no_business_of_others(session: Session, client: FlaskClient) -> None:
    home, gone = make_home(session), make_home(session, state="ended")
    assert client.get(f"{HOMES}/{home.id}/rhythm", headers=headers(session, Role.INSTALLER)).status_code == 403
    clerk = headers(session, Role.STREET_CLERK)
    assert client.get(f"{HOMES}/{home.id + 1000}/rhythm", headers=clerk).get_json()["code"] == "home_not_found"
    assert client.get(f"{HOMES}/{gone.id}/rhythm", headers=clerk).get_json()["code"] == "home_ended"


def test_a_draft_is_tried_over_http(
    session: Session, clock: FrozenClock, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(api, "enqueue", lambda _task, *, trial_id: asked.append(trial_id))
    draft = make_draft(session, clock, quiet_day_minutes=300)
    make_home(session)
    clerk = headers(session, Role.STREET_CLERK)
    address = f"{TRIALS}/{draft.id}"
    assert client.get(address, headers=clerk).get_json()["code"] == "trial_not_found"
    started = client.post(TRIALS, headers=clerk, json={"policy_id": draft.id})
    assert (started.status_code, started.get_json()["finished_at"], len(asked)) == (202, None, 1)
    while trying.try_some(session, trial_id=asked[0], now=clock.now() + timedelta(minutes=1)):
        pass
    found = client.get(address, headers=clerk).get_json()
    assert (found["homes_known"], found["looked_at"], found["rules"], found["days"]) == (1, 1, [], 28)
    assert found["finished_at"]
    refused = client.post(TRIALS, headers=headers(session, Role.ADMINISTRATOR, CITY), json={"policy_id": 10**9})
    assert refused.get_json()["code"] == "policy_not_found"
