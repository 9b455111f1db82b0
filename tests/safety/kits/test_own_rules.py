"""What holds for one home otherwise than for its area: times away, and thresholds of its own."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.approvals.errors import NotSubmitted, SelfApproval
from app.auth.actor import Actor
from app.clock import business_day
from app.errors import Invalid
from safety.kits import away, queries, settings
from safety.kits.errors import HomeNotFound, SettingNotFound, SettingOverlaps
from safety.kits.models import SafetyKitStep
from tests.app.people.factories import make_senior
from tests.conftest import NOON, FrozenClock
from tests.safety.factories import make_home

TODAY = business_day(NOON)


@pytest.fixture(autouse=True)
def _noon(clock: FrozenClock, terms: None) -> None:
    clock.set(NOON)


def test_away_is_set_and_ends_by_itself_or_by_a_word(session: Session, clerk: Actor) -> None:
    home = make_home(session)
    with pytest.raises(Invalid):
        away.set_away(session, home_id=home.id, reason="visit", until_at=NOON, actor=clerk, now=NOON)
    away.set_away(session, home_id=home.id, reason="visit", until_at=NOON + timedelta(days=2), actor=clerk, now=NOON)
    assert queries.is_away(home, NOON)
    assert not queries.is_away(home, NOON + timedelta(days=2))
    for _ in range(2):
        away.come_back(session, home_id=home.id, actor=clerk, now=NOON)
    assert not queries.is_away(home, NOON)
    away.set_away_as_family(session, senior_id=home.senior_id, reason="hospital", actor=clerk, now=NOON)
    assert home.away_reason == "hospital"
    away.come_back_as_family(session, senior_id=home.senior_id, actor=clerk, now=NOON)
    kinds = session.scalars(select(SafetyKitStep.kind).where(SafetyKitStep.home_id == home.id)).all()
    assert kinds == ["away", "back", "away", "back"]
    with pytest.raises(HomeNotFound):
        away.come_back_as_family(session, senior_id=make_senior(session).id, actor=clerk, now=NOON)


def test_time_away_keeps_its_end_and_the_home_is_looked_at_at_once(session: Session, clerk: Actor) -> None:
    home = make_home(session)
    session.execute(
        text("INSERT INTO safety_home_state (home_id, due_at) VALUES (:id, :due)"),
        {"id": home.id, "due": NOON + timedelta(hours=6)},
    )
    away.set_away(session, home_id=home.id, reason="visit", actor=clerk, now=NOON)
    due = text("SELECT due_at FROM safety_home_state WHERE home_id = :id")
    assert session.scalar(due, {"id": home.id}) == NOON
    back_at = NOON + timedelta(hours=3)
    away.come_back(session, home_id=home.id, actor=clerk, now=back_at)
    assert (home.away_from, home.away_until) == (NOON, back_at)
    assert session.scalar(due, {"id": home.id}) == back_at
    away.set_away(session, home_id=home.id, reason="visit", from_at=NOON + timedelta(days=9), actor=clerk, now=NOON)
    away.come_back(session, home_id=home.id, actor=clerk, now=NOON)
    assert home.away_from is None


def test_a_homes_own_thresholds_are_signed_by_two(
    session: Session, clerk: Actor, approver: Actor, one_threshold: str
) -> None:
    home = make_home(session)

    def wish(minutes: int = 300, **days: date | None) -> int:
        return settings.make_setting(
            session,
            home_id=home.id,
            overrides={one_threshold: minutes},
            words="老人午睡很久",
            valid_from=days.get("valid_from") or TODAY,
            valid_until=days.get("valid_until"),
            actor=clerk,
            now=NOON,
        ).id

    for minutes in (59, 1441):
        with pytest.raises(Invalid):
            wish(minutes)
    with pytest.raises(Invalid):
        wish(valid_from=TODAY - timedelta(days=1))
    first, second = wish(), wish(400)
    assert queries.settings_of(session, home_ids=[home.id], on=TODAY) == {}
    with pytest.raises(SelfApproval):
        settings.approve_setting(session, home_id=home.id, setting_id=first, actor=clerk, now=NOON)
    settings.approve_setting(session, home_id=home.id, setting_id=first, actor=approver, now=NOON)
    assert queries.settings_of(session, home_ids=[home.id], on=TODAY) == {home.id: {one_threshold: 300}}
    with pytest.raises(SettingOverlaps):
        settings.approve_setting(session, home_id=home.id, setting_id=second, actor=approver, now=NOON)
    settings.reject_setting(session, home_id=home.id, setting_id=second, reason="已有一项", actor=approver, now=NOON)
    with pytest.raises(NotSubmitted):
        settings.approve_setting(session, home_id=home.id, setting_id=second, actor=approver, now=NOON)
    later = NOON + timedelta(days=3)
    settings.end_setting(session, home_id=home.id, setting_id=first, actor=clerk, now=later)
    assert queries.settings_of(session, home_ids=[home.id], on=business_day(later)) == {}
    assert queries.settings_of(session, home_ids=[home.id], on=TODAY) != {}
    with pytest.raises(SettingNotFound):
        settings.end_setting(session, home_id=home.id, setting_id=first, actor=clerk, now=later)
    third = settings.approve_setting(
        session, home_id=home.id, setting_id=wish(valid_from=TODAY + timedelta(days=9)), actor=approver, now=NOON
    )
    settings.end_setting(session, home_id=home.id, setting_id=third.id, actor=clerk, now=NOON)
    assert queries.settings_of(session, home_ids=[home.id], on=TODAY + timedelta(days=9)) == {}
