"""Who is asked when nobody answers: in time, in order, after a restart, without waiting for those who are not there."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.auth.actor import Role
from app.messages.models import Notice
from safety.alerts import calls, escalating, services
from safety.alerts.asked import on_duty
from safety.alerts.ladders import Means
from safety.alerts.models import Incident, ServiceRequest
from safety.alerts.shifts import find_shift
from safety.alerts.telling import KINDS
from safety.kits.models import SafetyContact
from tests.app.auth.factories import STREET
from tests.conftest import FrozenClock
from tests.safety.alerts.world import MINUTE, SECOND, Signal, World, make_staff, make_world
from tests.safety.factories import make_contact, make_home


@pytest.fixture
def workers(world: World) -> tuple[int, int]:
    """A grid worker and a clerk of the street."""
    found = [make_staff(world.session, role).account_id for role in (Role.GRID_WORKER, Role.STREET_CLERK)]
    return found[0], found[1]


@pytest.fixture
def phones(monkeypatch: pytest.MonkeyPatch) -> None:
    """A way to ring people."""
    monkeypatch.setattr(calls, "can_call", lambda session: True)
    monkeypatch.setattr("safety.alerts.asked.can_call", lambda session: True)


def notices(world: World, account_id: int) -> list[str]:
    return list(world.session.scalars(select(Notice.kind).where(Notice.account_id == account_id).order_by(Notice.id)))


def test_left_alone_an_alarm_climbs_step_by_step(
    world: World, workers: tuple[int, int], phones: None, clock: FrozenClock
) -> None:
    alert = world.sos()
    told = world.told(alert)
    assert told["callback"] == "+15"
    assert (told["contact1"], told["grid_worker"], told["street"]) == ("+180", "+240", "+540")
    clock.moment += 14 * SECOND
    assert world.go() == 0
    clock.moment += SECOND
    assert world.go() == 1
    assert [(each.kind, each.state) for each in world.calls()] == [("callback", "waiting")]
    clock.moment += 45 * SECOND
    world.go()
    assert notices(world, world.operator.account_id) == ["safety.unanswered"]
    clock.moment += 2 * MINUTE
    world.go()
    assert [each.name for each in world.calls()] == ["", "家人1"]
    clock.moment += timedelta(minutes=7)
    world.go()
    assert notices(world, workers[0]) == ["safety.go_there"]
    assert notices(world, workers[1]) == ["safety.go_there"]


def test_a_restart_after_an_outage_catches_up_with_everything_at_once(
    world: World, workers: tuple[int, int], phones: None, clock: FrozenClock
) -> None:
    alert = world.sos()
    clock.moment += timedelta(minutes=9, seconds=59)
    world.go()
    told = world.told(alert)
    assert {told[kind] for kind in ("callback", "operator", "contact1", "contact2", "grid_worker", "street")} == {
        "asked"
    }


def test_two_runners_at_once_ask_nobody_twice(world: World, workers: tuple[int, int], clock: FrozenClock) -> None:
    world.sos()
    clock.moment += timedelta(minutes=9)
    world.go()
    world.go()
    assert notices(world, workers[0]) == ["safety.go_there"]


def test_nobody_on_the_ladder_rings_on_and_tells_whoever_looks_after_the_place(
    session: Session, clock: FrozenClock
) -> None:
    world = make_world(session, on_duty=False, contacts=0)
    approver = make_staff(session, Role.DISTRICT_APPROVER, area_code=STREET[:6]).account_id
    session.execute(update_roles())
    alert = world.sos()
    assert set(world.told(alert).values()) <= {"nobody", "off_duty", "-"}
    assert notices(world, approver) == ["safety.nobody_asked"]
    assert alert.due_at == world.now + 10 * MINUTE
    clock.moment += 10 * MINUTE
    world.go()
    assert (alert.state, alert.round) == ("raised", 2)
    assert notices(world, approver) == ["safety.nobody_asked"] * 2


def update_roles() -> object:
    """End the roles of clerks that factories made: here nobody is at the street."""
    from app.auth.models import RoleGrant

    return update(RoleGrant).where(RoleGrant.role == Role.STREET_CLERK).values(valid_until=RoleGrant.valid_from)


def test_whoever_goes_off_duty_before_their_turn_is_skipped_at_once(world: World, clock: FrozenClock) -> None:
    alert = world.sos()
    services.end_shift(world.session, words="", by=world.operator, now=world.now)
    clock.moment += MINUTE
    world.go()
    told = world.told(alert)
    assert told["operator"] == "off_duty"
    # Without a way to ring anybody the contacts are no help either; the street is asked in their place.
    assert (told["contact1"], told["street"]) == ("none", "asked")


def test_whoever_sits_before_a_dead_browser_is_skipped_at_once_and_told_when_they_return(
    world: World, clock: FrozenClock
) -> None:
    began = world.now
    clock.moment += 3 * MINUTE
    services.note_desk(world.session, by=world.operator, now=world.now)
    assert find_shift(world.session, account_id=world.operator.account_id).gone_until is None  # type: ignore[union-attr]
    clock.moment += 4 * MINUTE
    alert = world.sos()
    assert world.told(alert)["operator"] == "off_duty"
    clock.moment += MINUTE
    services.note_desk(world.session, by=world.operator, now=world.now)
    shift = find_shift(world.session, account_id=world.operator.account_id)
    assert shift is not None
    assert (shift.gone_from, shift.gone_until, shift.seen_at) == (began + 6 * MINUTE, world.now, world.now)
    assert on_duty(world.session, area_code=STREET, now=world.now) == [world.operator.account_id]
    actions = world.session.scalars(select(AuditEntry.action)).all()
    assert actions.count("alert_shift.returned") == 1


def test_whose_browser_dies_before_their_turn_is_not_waited_for(world: World, clock: FrozenClock) -> None:
    clock.moment += 150 * SECOND
    alert = world.sos()
    assert world.told(alert)["operator"] == "+15"
    clock.moment += 60 * SECOND
    world.go(at_desk=False)
    assert world.told(alert)["operator"] == "off_duty"


def test_an_alarm_that_nobody_answers_is_listed_and_asks_the_last_one_from_time_to_time(
    world: World, workers: tuple[int, int], clock: FrozenClock
) -> None:
    approver = make_staff(world.session, Role.DISTRICT_APPROVER, area_code=STREET[:6]).account_id
    alert = world.sos()
    for _minute in range(90):
        clock.moment += MINUTE
        world.go()
    assert (alert.climb > 3, alert.unanswered_at is not None) == (True, True)
    assert notices(world, approver) == ["safety.unheard"]
    last = [each.kind for each in world.steps(alert)]
    assert last == ["street"]
    for _hour in range(24 * 5):
        clock.moment += 60 * MINUTE
        world.go()
    told = [len(notices(world, each)) for each in (*workers, approver)]
    # The grid worker in three rounds; the street in those, twelve times in vain, and once a day.
    assert (told[0], told[2]) == (3, 1)
    assert 15 <= told[1] <= 21
    assert alert.state == "raised"
    services.take(world.session, incident_id=alert.id, by=world.operator, now=world.now)
    assert (alert.unanswered_at, alert.climb) == (None, 0)
    services.release(world.session, incident_id=alert.id, words="", by=world.operator, now=world.now)
    world.go()
    assert "contact" in [each.kind for each in world.steps(alert)]


def test_taking_an_alert_keeps_the_relatives_for_the_operator_and_asks_the_street_all_the_same(
    world: World, workers: tuple[int, int], phones: None, clock: FrozenClock
) -> None:
    alert = world.sos()
    services.take(world.session, incident_id=alert.id, by=world.operator, now=world.now)
    assert world.told(alert)["operator"] == "told"
    for _ in range(6):
        clock.moment += MINUTE
        services.note(world.session, incident_id=alert.id, words="在打电话", by=world.operator, now=world.now)
        world.go()
    told = world.told(alert)
    assert (told["contact1"], told["grid_worker"], alert.state) == ("+180", "asked", "acknowledged")
    assert world.calls() == []


def test_taken_and_left_lying_it_rings_again_for_everybody(world: World, clock: FrozenClock) -> None:
    alert = world.sos()
    services.take(world.session, incident_id=alert.id, by=world.operator, now=world.now)
    clock.moment += 3 * MINUTE - SECOND
    world.go()
    assert alert.state == "acknowledged"
    clock.moment += SECOND
    world.go()
    assert (alert.state, alert.taken_by, alert.ringing_at) == ("raised", None, world.now)
    assert world.rings(alert) == [("new", "answered"), ("idle", "rings")]
    services.take(world.session, incident_id=alert.id, by=world.other, now=world.now)
    assert world.rings(alert)[-1] == ("idle", "answered")


def test_somebody_on_the_way_gets_the_time_to_arrive(
    world: World, workers: tuple[int, int], clock: FrozenClock
) -> None:
    alert = world.sos()
    services.take(world.session, incident_id=alert.id, by=world.operator, now=world.now)
    step = next(each for each in world.steps(alert) if each.kind == "contact")
    asked = {"incident_id": alert.id, "step_id": step.id, "by": world.operator}
    services.record_step(world.session, **asked, result="coming", now=world.now)
    clock.moment += 19 * MINUTE
    world.go()
    assert (alert.sent_at is not None, notices(world, workers[0])) == (True, [])
    clock.moment += MINUTE
    world.go()
    assert notices(world, workers[0]) == ["safety.go_there"]


def test_pressed_again_while_somebody_is_on_the_way_it_rings_soon_unless_the_holder_looks(
    world: World, clock: FrozenClock
) -> None:
    incident = world.sos()
    services.take(world.session, incident_id=incident.id, by=world.operator, now=world.now)
    step = next(each for each in world.steps(incident) if each.kind == "contact")
    told = {"step_id": step.id, "result": "coming", "by": world.operator, "now": world.now}
    services.record_step(world.session, incident_id=incident.id, **told)
    clock.moment += 5 * MINUTE
    world.sos()
    clock.moment += 3 * MINUTE
    world.go()
    assert world.rings(incident) == [("new", "answered"), ("idle", "rings")]


def test_somebody_there_spares_the_others(world: World, workers: tuple[int, int], clock: FrozenClock) -> None:
    alert = world.sos()
    services.take(world.session, incident_id=alert.id, by=world.operator, now=world.now)
    clock.moment += 2 * MINUTE
    services.attend(world.session, incident_id=alert.id, who="邻居吴秀琴", by=world.operator, now=world.now)
    assert world.told(alert)["grid_worker"] == "attended"
    clock.moment += 15 * MINUTE
    world.go()
    assert (notices(world, workers[0]), alert.state) == ([], "acknowledged")


def test_a_call_that_nobody_picks_up_lets_the_ladder_go_on(
    world: World, phones: None, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert = world.sos()
    clock.moment += 15 * SECOND
    world.go()
    call = world.calls()[0]
    call.state, call.placed_at, call.due_at = "ringing", world.now, world.now + 45 * SECOND
    clock.moment += 45 * SECOND
    world.go()
    assert (world.calls()[0].state, world.told(alert)["callback"]) == ("done", "none")


def test_one_alert_that_fails_holds_up_no_other(
    world: World, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, well = world.sos(), world.quiet(home=make_home(world.session))
    real = escalating._do

    def fail(session: Session, incident: Incident, *args: object, **more: object) -> None:
        if incident.id == broken.id:
            raise RuntimeError("broken")
        real(session, incident, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(escalating, "_do", fail)
    clock.moment += 10 * MINUTE
    assert world.go() == 2
    assert broken.due_at == world.now + timedelta(seconds=30)
    assert world.told(well)["operator"] == "asked"


def test_a_call_that_cannot_be_ended_holds_up_no_alert(
    world: World, phones: None, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.sos()
    clock.moment += 15 * SECOND
    world.go()
    call = world.calls()[0]
    call.state, call.placed_at, call.due_at = "ringing", world.now, world.now
    well = world.quiet(home=make_home(world.session))

    def fail(*_args: object, **_more: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(escalating, "end_step", fail)
    clock.moment += 10 * MINUTE
    world.go()
    assert world.told(well)["operator"] == "asked"
    assert world.calls()[0].due_at == world.now + timedelta(seconds=30)


def test_a_contact_with_an_account_is_told_only_where_a_consent_covers_it(world: World, clock: FrozenClock) -> None:
    stranger = make_staff(world.session, Role.FAMILY, name="远亲").account_id
    make_contact(world.session, world.home, position=3, name="远亲", account_id=stranger)
    world.sos()
    clock.moment += 9 * MINUTE
    world.go()
    assert notices(world, stranger) == []


def test_a_home_that_flaps_goes_on_where_its_ladder_was(world: World, clock: FrozenClock) -> None:
    alert = world.quiet()
    for _ in range(5):
        clock.moment += MINUTE
        world.quiet(kind="clear")
        clock.moment += MINUTE
        world.quiet()
    assert (alert.state, alert.round, alert.repeats) == ("raised", 1, 5)
    # The operator was to be asked after one minute, nobody being there to ring back; five minutes it rested.
    assert world.told(alert)["operator"] == "+360"
    clock.moment += MINUTE
    world.quiet(kind="clear")
    clock.moment += 31 * MINUTE
    world.quiet()
    assert alert.round == 2


def test_over_and_again_in_one_batch_rings_on(world: World) -> None:
    alert = world.quiet()
    world.hear(Signal("quiet", world.now + SECOND, 2, "", "clear"), Signal("quiet", world.now + 2 * SECOND, 2, ""))
    assert (alert.state, alert.round, world.rings(alert)) == ("raised", 1, [("new", "rings")])


def test_pressing_for_help_on_the_telephone_asks_the_next_at_once(
    world: World, phones: None, clock: FrozenClock
) -> None:
    alert = world.sos()
    clock.moment += 15 * SECOND
    world.go()
    services.answer_call(world.session, call_id=world.calls()[0].id, means=Means.HELP, now=world.now)
    world.go()
    told = world.told(alert)
    assert (told["callback"], told["operator"], told["contact1"]) == ("help", "asked", "+135")


def test_heard_with_their_own_ears_that_all_is_well_the_street_is_not_sent(
    world: World, workers: tuple[int, int], clock: FrozenClock
) -> None:
    alert = world.sos()
    services.take(world.session, incident_id=alert.id, by=world.operator, now=world.now)
    step = next(each.id for each in world.steps(alert) if each.kind == "contact")
    services.record_step(
        world.session, incident_id=alert.id, step_id=step, result="well", by=world.operator, now=world.now
    )
    for _ in range(5):
        clock.moment += 2 * MINUTE
        services.note(world.session, incident_id=alert.id, words="在写", by=world.operator, now=world.now)
        world.go()
    assert (notices(world, workers[0]), alert.sent_at) == ([], None)


def test_every_message_leads_to_a_page_that_is_there(app: Flask, world: World) -> None:
    params = {"incident": world.sos().id, "senior_id": world.home.senior_id}
    adapter = app.url_map.bind("localhost")
    for kind in KINDS:
        if kind.address:
            assert adapter.match(kind.address(params), method="GET")


def test_who_sees_the_person_in_need_is_written_down_whatever_way_the_alert_comes_to_them(world: World) -> None:
    incident = world.quiet()
    services.take(world.session, incident_id=incident.id, by=world.operator, now=world.now)
    services.hand_over(
        world.session,
        incident_id=incident.id,
        account_id=world.other.account_id,
        words="",
        by=world.operator,
        now=world.now,
    )
    query = select(AuditEntry.new).where(AuditEntry.action == "reveal.alert_person").order_by(AuditEntry.id)
    seen = [(entry or {}).get("account") for entry in world.session.scalars(query)]
    assert seen == [None, world.other.account_id]


def test_a_home_whose_people_cannot_be_read_holds_up_no_other(world: World, clock: FrozenClock) -> None:
    broken, well = world.sos(), world.quiet(home=make_home(world.session))
    world.session.execute(update(SafetyContact).values(phone_sealed=b"of another key"))
    clock.moment += 10 * MINUTE
    assert world.go() == 2
    assert broken.due_at == world.now + timedelta(seconds=30)
    assert world.told(well)["operator"] == "asked"


def test_a_wish_that_is_told_late_turns_no_time_back(world: World) -> None:
    for at in (world.now, world.now - MINUTE):
        world.hear(Signal("green_key", at, 3))
    assert world.session.scalars(select(ServiceRequest.last_at)).all() == [world.now]
