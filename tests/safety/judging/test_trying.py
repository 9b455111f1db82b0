"""A draft of rules, tried on the events of last month beside the rules in force."""

from datetime import datetime, time, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.auth import Role
from app.clock import ZONE
from app.policies.models import PolicyDocument
from safety.judging import trial_pages, trying
from safety.judging.policy import EXAMPLE, NAME
from safety.kits.away import come_back, list_away_told, set_away
from tests.app.areas.factories import make_place
from tests.app.auth.factories import CITY, STREET, form_token, make_account, sign_in
from tests.app.people.factories import make_actor
from tests.conftest import FrozenClock
from tests.safety.factories import make_home

INSERT = text(
    """
    INSERT INTO safety_event
        (gateway_id, event_id, device_at, occurred_at, received_at, home_id, device_id, kind, place, state,
         clock_suspect)
    VALUES (1, :id, :at, :at, :at, :home_id, 1, 'motion', 'living', 'on', false)
    """
)


def make_draft(session: Session, clock: FrozenClock, **body: int) -> PolicyDocument:
    """Make a draft of rules for the street."""
    make_place(session, STREET)
    maker = make_actor(session, roles=[Role.ADMINISTRATOR], area_code=CITY)
    draft = PolicyDocument(
        kind=NAME,
        variant="",
        area_code=STREET,
        valid_from=clock.now().date() + timedelta(days=7),
        title={"zh": "试用规则", "en": "Rules on trial"},
        source={"mark": "INFER", "text": "试"},
        body={**EXAMPLE, **body},
        maker_id=maker.account_id,
        created_at=clock.now(),
    )
    session.add(draft)
    session.flush()
    return draft


@pytest.fixture
def draft(session: Session, clock: FrozenClock) -> PolicyDocument:
    """Return a draft that waits for five hours only, and a home that once was quiet for six."""
    made = make_draft(session, clock, quiet_day_minutes=300)
    home = make_home(session)
    yesterday = datetime.combine(clock.now().astimezone(ZONE).date(), time(), ZONE) - timedelta(days=1)
    rows = [
        {"id": f"{hour}", "at": yesterday + timedelta(hours=hour), "home_id": home.id} for hour in (8, 10, 12, 18, 19)
    ]
    session.execute(INSERT, rows)
    return made


def test_a_draft_is_lived_through_beside_what_is_in_force(
    session: Session, clock: FrozenClock, draft: PolicyDocument
) -> None:
    actor = make_actor(session, roles=[Role.STREET_CLERK], area_code=STREET)
    number = trying.ask_for_trial(session, draft, by=actor, now=clock.now())
    assert trying.ask_for_trial(session, draft, by=actor, now=clock.now()) == number
    assert trying.try_some(session, trial_id=number, now=clock.now())
    assert not trying.try_some(session, trial_id=number, now=clock.now())
    found = trying.find_trial(session, policy_id=draft.id)
    assert found is not None
    (quiet,) = trying.compare(found.counts)
    assert (quiet.rule, quiet.old, quiet.new) == ("quiet", 0, 1)
    assert trying.a_week([quiet], found.looked_at) == (0, 0.25)
    assert trying.list_unfinished(session, now=clock.now()) == []


@pytest.mark.parametrize(("told_hour", "expected"), [(17.5, ["quiet"]), (13, [])])
def test_a_time_away_counts_from_when_it_was_told(
    session: Session, clock: FrozenClock, draft: PolicyDocument, told_hour: float, expected: list[str]
) -> None:
    actor = make_actor(session, roles=[Role.STREET_CLERK], area_code=STREET)
    yesterday = datetime.combine(clock.now().astimezone(ZONE).date(), time(), ZONE) - timedelta(days=1)
    told_at, until_at = (yesterday + timedelta(hours=hour) for hour in (told_hour, 17.9))
    home_id = session.scalars(text("SELECT id FROM safety_home")).one()
    set_away(session, home_id=home_id, reason="visit", actor=actor, now=told_at, until_at=until_at)
    number = trying.ask_for_trial(session, draft, by=actor, now=clock.now())
    while trying.try_some(session, trial_id=number, now=clock.now()):
        pass
    shown = trying.show_trial(session, policy_id=draft.id)
    assert [each.rule for each in shown.rules] == expected


def test_what_was_said_of_being_away_is_put_together_again(session: Session, clock: FrozenClock) -> None:
    home, now = make_home(session), clock.now()
    actor = make_actor(session, roles=[Role.STREET_CLERK], area_code=STREET)
    hour = timedelta(hours=1)
    set_away(session, home_id=home.id, reason="visit", actor=actor, now=now, until_at=now + 9 * hour)
    come_back(session, home_id=home.id, actor=actor, now=now + hour)
    set_away(session, home_id=home.id, reason="visit", actor=actor, now=now + 2 * hour, from_at=now + 5 * hour)
    come_back(session, home_id=home.id, actor=actor, now=now + 3 * hour)
    session.flush()
    told = list_away_told(session, home_ids=[home.id], until=now + 4 * hour)[home.id]
    assert [(each.begins, each.ends) for each in told] == [
        (now, now + 9 * hour),
        (now, now + hour),
        (now + 5 * hour, None),
        (None, None),
    ]


def test_more_homes_than_are_tried_are_a_sample_of_all(
    session: Session, clock: FrozenClock, draft: PolicyDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trying, "MOST_HOMES", 2)
    for _ in range(3):
        make_home(session)
    actor = make_actor(session, roles=[Role.STREET_CLERK], area_code=STREET)
    number = trying.ask_for_trial(session, draft, by=actor, now=clock.now())
    while trying.try_some(session, trial_id=number, now=clock.now()):
        pass
    shown = trying.show_trial(session, policy_id=draft.id)
    assert (shown.homes, shown.homes_known, shown.looked_at) == (2, 4, 2)


def test_the_page_asks_a_worker_and_shows_what_came_of_it(
    session: Session,
    clock: FrozenClock,
    draft: PolicyDocument,
    client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(trial_pages, "enqueue", lambda _task, *, trial_id: asked.append(trial_id))
    sign_in(client, session, make_account(session, Role.STREET_CLERK, area_code=STREET))
    address = f"/safety/trials/{draft.id}"
    assert "试算" in client.get(address).get_data(as_text=True)
    sent = client.post(address, data={"csrf_token": form_token(client, address)})
    assert sent.status_code == 303
    assert "正在回放" in client.get(address).get_data(as_text=True)
    trying.try_some(session, trial_id=asked[0], now=clock.now())
    trying.try_some(session, trial_id=asked[0], now=clock.now())
    shown = client.get(address).get_data(as_text=True)
    assert "0.25" in shown
    assert "太久没有动静" in shown


def test_a_trial_is_no_business_of_others(session: Session, draft: PolicyDocument, client: FlaskClient) -> None:
    sign_in(client, session, make_account(session, Role.OPERATOR, area_code=STREET))
    assert client.get(f"/safety/trials/{draft.id}").status_code == 403
