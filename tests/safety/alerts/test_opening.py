"""From signals to alerts: one of a home and lane, whatever comes, however often, in whatever batches."""

from datetime import timedelta

import pytest
from sqlalchemy import event, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.auth.actor import Role
from safety.alerts import queries, services
from safety.alerts.models import AlertSignal, Incident, ServiceRequest
from safety.judging import signals
from safety.kits.models import SafetyHome
from tests.conftest import FrozenClock
from tests.safety.alerts.world import MINUTE, SECOND, Signal, Why, World, make_staff
from tests.safety.factories import make_home


def test_a_pressed_key_opens_an_alert_that_rings_and_has_a_next_step(world: World) -> None:
    alert = world.sos()
    assert (alert.state, alert.priority, alert.rule, alert.lane) == ("raised", 1, "sos", "life")
    assert alert.ringing_at == world.now
    assert alert.due_at is not None
    assert world.rings(alert) == [("new", "rings")]
    assert alert.senior_id == world.home.senior_id
    assert world.changes() == [(alert.id, "raised")] * 2


def test_pressed_again_is_counted_not_opened(world: World, clock: FrozenClock) -> None:
    first = world.sos()
    clock.moment += 9 * SECOND
    second = world.sos()
    assert (second.id, second.repeats, second.last_at) == (first.id, 1, world.now)
    assert world.rings(first) == [("new", "rings")]


def test_the_same_signal_twice_counts_once(world: World) -> None:
    pressed = Signal("sos", world.now)
    alert = world.hear(pressed, pressed)[0]
    assert world.hear(pressed) == []
    assert (alert.repeats, count_signals(world)) == (0, 1)


def test_a_duplicate_after_closing_opens_nothing(world: World) -> None:
    pressed = Signal("sos", world.now)
    alert = world.hear(pressed)[0]
    services.take(world.session, incident_id=alert.id, by=world.operator, now=world.now)
    services.close(world.session, incident_id=alert.id, outcome="well", by=world.operator, now=world.now)
    assert world.hear(pressed) == []


def test_a_second_signal_after_closing_is_a_new_alert_marked_as_the_same_trouble(
    world: World, clock: FrozenClock
) -> None:
    first = world.sos()
    services.take(world.session, incident_id=first.id, by=world.operator, now=world.now)
    services.close(world.session, incident_id=first.id, outcome="well", by=world.operator, now=world.now)
    clock.moment += timedelta(hours=23)
    second = world.sos()
    assert (second.id != first.id, second.reopens_id, second.state) == (True, first.id, "raised")
    services.take(world.session, incident_id=second.id, by=world.operator, now=world.now)
    services.close(world.session, incident_id=second.id, outcome="well", by=world.operator, now=world.now)
    clock.moment += timedelta(hours=25)
    assert world.sos().reopens_id is None


def test_a_pressed_key_makes_a_quiet_home_an_emergency_even_while_it_is_in_hand(world: World) -> None:
    alert = world.quiet()
    services.take(world.session, incident_id=alert.id, by=world.operator, now=world.now)
    world.sos()
    assert (alert.state, alert.priority, alert.rule, alert.taken_by) == ("raised", 1, "sos", None)
    assert world.rings(alert) == [("new", "answered"), ("worse", "rings")]
    assert alert.ladder == "danger"
    assert set(world.told(alert, number=1).values()) <= {"replaced", "told", "nobody", "-"}


def test_what_is_over_by_itself_stays_until_somebody_looked(world: World, clock: FrozenClock) -> None:
    alert = world.quiet()
    clock.moment += MINUTE
    world.quiet(kind="clear")
    assert (alert.state, alert.cleared_at, alert.due_at) == ("cleared_unseen", world.now, None)
    assert world.rings(alert) == [("new", "ended")]
    clock.moment += MINUTE
    world.quiet()
    assert (alert.state, alert.cleared_at) == ("raised", None)
    assert world.rings(alert)[-1] == ("again", "rings")


def test_smoke_that_has_gone_rings_on_until_somebody_answers(world: World, clock: FrozenClock) -> None:
    alert = world.hear(Signal("smoke", world.now))[0]
    clock.moment += MINUTE
    world.hear(Signal("smoke", world.now, kind="clear"))
    assert (alert.state, alert.cleared_at) == ("raised", world.now)


def test_a_late_message_of_what_has_ended_since_raises_nothing_again(world: World, clock: FrozenClock) -> None:
    start = world.now
    alert = world.quiet(at=start)
    world.quiet(at=start + 2 * MINUTE, kind="clear")
    world.quiet(at=start + MINUTE)
    assert alert.state == "cleared_unseen"


def test_devices_have_an_alert_of_their_own_which_ends_by_itself(world: World, clock: FrozenClock) -> None:
    person = world.sos()
    device = world.hear(Signal("low_battery", world.now, 3, "hall"))[0]
    assert (device.id != person.id, device.lane, device.due_at) == (True, "device", None)
    clock.moment += MINUTE
    world.hear(Signal("low_battery", world.now, 3, "hall", "clear"))
    assert device.state == "cleared_unseen"
    clock.moment += 29 * MINUTE
    world.go()
    assert device.state == "cleared_unseen"
    clock.moment += 2 * MINUTE
    world.go()
    assert (device.state, device.outcome, device.closed_by) == ("closed", "recovered", None)


def test_a_storm_of_ten_thousand_makes_one_alert(world: World) -> None:
    storm = [
        Signal("device_silent", world.now + k * SECOND, 3, "hall", "clear" if k % 2 else "raise") for k in range(10_000)
    ]
    for k in range(0, len(storm), 2_500):
        world.hear(*storm[k : k + 2_500])
    (alert,) = world.session.scalars(select(Incident))
    assert (alert.state, alert.repeats) == ("cleared_unseen", 4_999)
    assert count_signals(world) <= 2_500


def test_the_green_key_is_a_wish_and_no_alarm(world: World, clock: FrozenClock) -> None:
    make_staff(world.session, Role.STREET_CLERK)
    assert world.hear(Signal("green_key", world.now, 3)) == []
    clock.moment += MINUTE
    world.hear(Signal("green_key", world.now, 3))
    (wish,) = world.session.scalars(select(ServiceRequest).execution_options(populate_existing=True))
    assert (wish.state, wish.repeats, wish.senior_id) == ("open", 1, world.home.senior_id)


def test_many_homes_cost_as_many_statements_as_one(world: World) -> None:
    homes = [make_home(world.session) for _ in range(7)]
    seen: list[str] = []
    connection = world.session.connection()
    event.listen(connection, "before_cursor_execute", lambda *told: seen.append(told[2]))

    def cost(some: list[SafetyHome]) -> int:
        seen.clear()
        signals = {home.id: [Signal("quiet", world.now, 2, "")] for home in some}
        services.take_signals(world.session, signals_by_home=signals, received_at=world.now, now=world.now)
        return len(seen)

    assert cost(homes[:1]) >= cost(homes[1:]) > 0


def test_an_unknown_home_is_left_out_and_loses_nobody_else_their_alarm(world: World) -> None:
    found = services.take_signals(
        world.session,
        signals_by_home={10**9: [Signal("sos", world.now)], world.home.id: [Signal("sos", world.now)]},
        received_at=world.now,
        now=world.now,
    )
    assert [each.home_id for each in found] == [world.home.id]


def test_what_is_judged_is_taken_as_it_is(world: World) -> None:
    judged = signals.Signal(signals.Rule.QUIET, 2, "", world.now, signals.RAISE, signals.Why("quiet", {"minutes": 200}))
    (alert,) = services.take_signals(
        world.session, signals_by_home={world.home.id: [judged]}, received_at=world.now, now=world.now
    )
    assert (alert.rule, alert.state) == ("quiet", "raised")
    line = queries.list_live(world.session, reach=world.operator)[0]
    assert line.why == {"code": "quiet", "values": {"minutes": 200}}


def test_a_ladder_or_a_message_that_fails_costs_no_alarm(
    world: World, monkeypatch: pytest.MonkeyPatch, clock: FrozenClock
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise RuntimeError("broken")

    with monkeypatch.context() as patch:
        patch.setattr("safety.alerts.starting.climb", fail)
        patch.setattr("safety.alerts.starting.tell_raised", fail)
        alert = world.hear(Signal("sos", world.now, why=Why("sos", {"at": world.now})))[0]
    assert (alert.state, alert.round, alert.due_at) == ("raised", 0, world.now)
    clock.moment += SECOND
    world.go()
    assert (alert.state, alert.round, len(world.steps(alert))) == ("raised", 1, 10)


def test_the_database_knows_one_open_alert_of_a_home_and_lane(session: Session, world: World) -> None:
    alert = world.sos()
    copied = {"lane": "life", "home_id": alert.home_id, "senior_id": alert.senior_id, "area_code": alert.area_code}
    more = {"priority": 1, "rule": "sos", "raised_at": world.now, "opened_at": world.now, "last_at": world.now}
    with pytest.raises(IntegrityError):
        session.execute(insert(Incident).values(**copied, **more, ringing_at=world.now, due_at=world.now))


def count_signals(world: World) -> int:
    return world.session.scalar(select(func.count()).select_from(AlertSignal)) or 0
