"""What operators do: take by name, step by step, shelve with an end, close with what came of it; each refusal."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from app.audit.models import AuditEntry
from app.auth.actor import Role
from app.errors import DomainError, Invalid
from app.messages.models import Notice
from safety.alerts import errors, queries, services
from safety.alerts.models import Incident
from tests.app.auth.factories import STREET
from tests.app.people.factories import OTHER_STREET
from tests.conftest import FrozenClock
from tests.safety.alerts.world import MINUTE, SECOND, Signal, World, make_staff
from tests.safety.factories import make_home


@pytest.fixture
def taken(world: World) -> Incident:
    """A pressed key that the operator has in hand."""
    alert = world.sos()
    return services.take(world.session, incident_id=alert.id, by=world.operator, now=world.now)


def call(world: World, service: Callable[..., Any], alert: Incident, **more: Any) -> Incident:
    asked = {"incident_id": alert.id, "by": world.operator, "now": world.now, **more}
    found: Incident = service(world.session, **asked)
    return found


def step_of(world: World, alert: Incident, kind: str) -> int:
    return next(each.id for each in world.steps(alert) if each.kind == kind)


def test_taking_stops_the_ring_and_says_whose_it_is(world: World, clock: FrozenClock) -> None:
    alert = world.sos()
    clock.moment += 37 * SECOND
    call(world, services.take, alert)
    assert (alert.state, alert.taken_by, alert.answered_at) == ("acknowledged", world.operator.account_id, world.now)
    assert (alert.ringing_at, alert.idle_at, world.rings(alert)) == (
        None,
        world.now + 3 * MINUTE,
        [("new", "answered")],
    )
    line = queries.list_live(world.session, reach=world.other)[0]
    assert (line.taken_name, line.why["code"]) == ("李敏", "sos")
    assert call(world, services.take, alert).taken_by == world.operator.account_id


def test_a_second_operator_is_refused_by_name(world: World, taken: Incident) -> None:
    with pytest.raises(errors.TakenByOther) as refused:
        call(world, services.take, taken, by=world.other)
    assert refused.value.extra == {"holder": "李敏"}
    for service, more in (
        (services.release, {"words": ""}),
        (services.attend, {"who": "女儿"}),
        (services.close, {"outcome": "well"}),
        (services.record_step, {"step_id": 1, "result": "well"}),
    ):
        with pytest.raises(errors.TakenByOther):
            call(world, service, taken, by=world.other, **more)


def test_nobody_of_another_street_sees_it(world: World, taken: Incident) -> None:
    stranger = make_staff(
        world.session, Role.OPERATOR, area_code=OTHER_STREET if OTHER_STREET != STREET else "330106003"
    )
    assert queries.list_live(world.session, reach=stranger) == []
    with pytest.raises(errors.AlertNotFound):
        call(world, services.take, taken, by=stranger)


def test_given_back_it_rings_for_everybody(world: World, taken: Incident) -> None:
    call(world, services.release, taken, words="换班")
    assert (taken.state, taken.taken_by) == ("raised", None)
    assert world.rings(taken) == [("new", "answered"), ("released", "rings")]
    assert taken.due_at is not None


def test_smoke_that_has_gone_rings_again_when_given_back_and_a_quiet_home_does_not(
    world: World, clock: FrozenClock
) -> None:
    smoke = world.hear(Signal("smoke", world.now))[0]
    call(world, services.take, smoke)
    clock.moment += MINUTE
    world.hear(Signal("smoke", world.now, kind="clear"))
    call(world, services.release, smoke, words="")
    assert smoke.state == "raised"
    quiet = world.quiet(home=make_home(world.session))
    call(world, services.take, quiet)
    clock.moment += MINUTE
    services.take_signals(
        world.session,
        signals_by_home={quiet.home_id: [Signal("quiet", world.now, 2, "", "clear")]},
        received_at=world.now,
        now=world.now,
    )
    clock.moment += 15 * MINUTE
    world.go()
    assert (quiet.state, quiet.taken_by, world.rings(quiet)) == ("cleared_unseen", None, [("new", "answered")])


def test_whoever_is_there_may_still_need_an_ambulance(world: World, taken: Incident) -> None:
    call(world, services.attend, taken, who="邻居吴秀琴")
    assert world.told(taken)["contact1"] == "attended"
    call(world, services.record_step, taken, step_id=step_of(world, taken, "120"), result="called")
    call(world, services.record_step, taken, step_id=step_of(world, taken, "contact"), result="coming")
    assert world.told(taken)["contact1"] == "coming"


def test_handed_over_it_is_the_colleagues(world: World, taken: Incident) -> None:
    call(world, services.hand_over, taken, account_id=world.other.account_id, words="你接着打")
    assert (taken.state, taken.taken_by) == ("acknowledged", world.other.account_id)
    stranger = make_staff(world.session, Role.AUDITOR).account_id
    with pytest.raises(Invalid):
        call(world, services.hand_over, taken, account_id=stranger, words="", by=world.other)


def test_each_step_has_a_result_a_time_and_a_name(world: World, taken: Incident) -> None:
    step = step_of(world, taken, "contact")
    call(world, services.record_step, taken, step_id=step, result="no_answer", words="响 8 声")
    found = next(each for each in world.steps(taken) if each.id == step)
    assert (found.means, found.done_at, found.by_account) == ("none", world.now, world.operator.account_id)
    with pytest.raises(errors.StepDone):
        call(world, services.record_step, taken, step_id=step, result="coming")
    with pytest.raises(Invalid):
        call(world, services.record_step, taken, step_id=step_of(world, taken, "120"), result="nonsense")
    with pytest.raises(errors.StepNotFound):
        call(world, services.record_step, taken, step_id=step + 10**6, result="well")


def test_an_operator_calls_the_ambulance_at_any_time(world: World, taken: Incident) -> None:
    call(world, services.record_step, taken, step_id=step_of(world, taken, "120"), result="called")
    assert taken.sent_at == world.now


def test_somebody_nobody_was_named_for_can_still_be_called(world: World, taken: Incident) -> None:
    assert world.told(taken)["neighbour1"] == "nobody"
    call(world, services.record_step, taken, step_id=step_of(world, taken, "neighbour"), result="coming")
    assert world.told(taken)["neighbour1"] == "coming"


def test_a_step_is_left_out_with_a_reason(world: World, taken: Incident) -> None:
    call(world, services.skip_step, taken, step_id=step_of(world, taken, "contact"), words="在国外")
    assert world.told(taken)["contact1"] == "operator"


def test_life_and_death_is_never_shelved(world: World, taken: Incident) -> None:
    with pytest.raises(errors.NeverShelved):
        call(world, services.shelve, taken, until=world.now + MINUTE, reason="搬东西")
    with pytest.raises(IntegrityError, match="ck_safety_incident_shelved"):
        world.session.execute(
            text(
                "UPDATE safety_incident SET state = 'shelved', taken_by = NULL, taken_at = NULL, idle_at = NULL,"
                " shelved_until = :at, due_at = :at, shelved_by = :by, shelved_reason = '搬东西' WHERE id = :id"
            ),
            {"at": world.now, "by": world.operator.account_id, "id": taken.id},
        )


def test_shelved_until_a_moment_it_comes_back_and_rings(world: World, clock: FrozenClock) -> None:
    alert = world.hear(Signal("door_open", world.now, 2, "hall"))[0]
    call(world, services.shelve, alert, until=world.now + 90 * MINUTE, reason="家里搬东西")
    assert (alert.state, alert.due_at) == ("shelved", world.now + 90 * MINUTE)
    clock.moment += 89 * MINUTE
    world.hear(Signal("door_open", world.now, 2, "hall"))
    world.go()
    assert (alert.state, alert.repeats) == ("shelved", 1)
    clock.moment += MINUTE
    world.go()
    assert (alert.state, alert.shelved_until, alert.shelved_reason) == ("raised", None, "")
    assert world.rings(alert) == [("new", "answered"), ("unshelved", "rings")]
    assert world.told(alert)["operator"].startswith("+")


def test_what_ended_on_the_shelf_does_not_ring_after_it(world: World, clock: FrozenClock) -> None:
    alert = world.quiet()
    call(world, services.shelve, alert, until=world.now + 60 * MINUTE, reason="在医院")
    clock.moment += 30 * MINUTE
    world.quiet(kind="clear")
    clock.moment += 30 * MINUTE
    world.go()
    assert (alert.state, alert.cleared_at is not None) == ("cleared_unseen", True)


def test_a_pressed_key_takes_an_alert_off_the_shelf_at_once(world: World) -> None:
    alert = world.quiet()
    call(world, services.shelve, alert, until=world.now + 60 * MINUTE, reason="在医院")
    world.sos()
    assert (alert.state, alert.priority, alert.shelved_until) == ("raised", 1, None)
    assert alert.due_at is not None


def test_off_the_shelf_into_the_hand(world: World) -> None:
    alert = world.quiet()
    call(world, services.shelve, alert, until=world.now + 60 * MINUTE, reason="在医院")
    call(world, services.unshelve, alert)
    assert (alert.state, alert.taken_by) == ("acknowledged", world.operator.account_id)
    with pytest.raises(errors.AlertMoved):
        call(world, services.unshelve, alert)


@pytest.mark.parametrize("minutes", [-1, 0, 241])
def test_a_shelf_has_an_end_that_the_rules_allow(world: World, minutes: int) -> None:
    alert = world.quiet()
    with pytest.raises(Invalid):
        call(world, services.shelve, alert, until=world.now + minutes * MINUTE, reason="在医院")


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"outcome": "nonsense"}, "outcome"),
        ({"outcome": "false_alarm"}, "cause"),
        ({"outcome": "false_alarm", "cause": "nonsense"}, "cause"),
        ({"outcome": "rescued"}, "who"),
        ({"outcome": "rescued", "who": "邻居"}, "follow_up_on"),
    ],
)
def test_closing_needs_what_its_outcome_needs(world: World, taken: Incident, told: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        call(world, services.close, taken, **told)
    assert field in refused.value.errors


def test_closed_with_who_came_when_and_what_follows(world: World, taken: Incident, clock: FrozenClock) -> None:
    clock.moment += 20 * MINUTE
    day = (world.now + timedelta(days=1)).date()
    told = {"who": "邻居吴秀琴", "arrived_at": world.now - 5 * MINUTE, "follow_up_on": day, "words": "扶起来了"}
    call(world, services.close, taken, outcome="rescued", **told)
    assert (taken.state, taken.arrived_who, taken.attended_at) == ("closed", "邻居吴秀琴", world.now - 5 * MINUTE)
    assert (taken.due_at, set(world.told(taken).values()) <= {"closed", "attended", "told", "nobody"}) == (None, True)
    with pytest.raises(errors.AlertClosed):
        call(world, services.note, taken, words="还有")
    call(world, services.follow_up, taken, words="好多了")
    assert taken.followed_up_at == world.now
    actions = list(world.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "safety_incident")))
    assert actions == ["alert.taken", "alert.closed", "alert.followed_up"]


def test_what_was_closed_stays_as_it_was(world: World, taken: Incident) -> None:
    call(world, services.close, taken, outcome="well")
    world.session.flush()
    with pytest.raises((IntegrityError, ProgrammingError)):
        world.session.execute(text("UPDATE safety_incident SET outcome = 'test' WHERE id = :id"), {"id": taken.id})


def test_an_alarm_while_closing_is_seen_first(world: World, taken: Incident, clock: FrozenClock) -> None:
    clock.moment += SECOND
    world.sos()
    with pytest.raises(errors.SignalledAgain):
        call(world, services.close, taken, outcome="well", seen=0)
    call(world, services.close, taken, outcome="well", seen=1)
    assert taken.state == "closed"


def test_nobody_closes_what_rings_without_taking_it(world: World) -> None:
    alert = world.sos()
    with pytest.raises(errors.NotHolder):
        call(world, services.close, alert, outcome="well")


def test_what_is_over_by_itself_is_closed_in_one_step(world: World, clock: FrozenClock) -> None:
    alert = world.quiet()
    clock.moment += MINUTE
    world.quiet(kind="clear")
    call(world, services.close, alert, outcome="false_alarm", cause="slept_long")
    assert (alert.state, alert.is_false, alert.closed_by) == ("closed", True, world.operator.account_id)


def test_the_arrival_lies_between_the_alarm_and_now(world: World, taken: Incident) -> None:
    for minutes in (-1, 6):
        with pytest.raises(Invalid):
            call(world, services.attend, taken, who="女儿", at=world.now + minutes * MINUTE)


def test_figures_of_a_day_and_each_miss(world: World, clock: FrozenClock) -> None:
    late = world.sos()
    clock.moment += 200 * SECOND
    call(world, services.take, late)
    call(world, services.record_step, late, step_id=step_of(world, late, "120"), result="called")
    call(world, services.attend, late, who="急救车", at=world.now)
    call(world, services.close, late, outcome="well")
    soon = world.sos()
    call(world, services.take, soon)
    today = world.now.date()
    asked: dict[str, Any] = {"from_on": today, "until_on": today + timedelta(days=1), "now": world.now}
    found = queries.count_targets(world.session, reach=world.operator, **asked)
    assert [(each.counted, each.met, each.is_met) for each in found.answered] == [(2, 1, False), (2, 1, False)]
    assert [(each.counted, each.met) for each in found.attended] == [(1, 1), (1, 1)]
    unanswered, absent = queries.list_misses(world.session, reach=world.operator, **asked)
    assert [(each.incident_id, each.by) for each in unanswered] == [(late.id, "李敏")]
    assert absent == []


def test_shifts_begin_with_a_sound_test_and_end_with_words(world: World, clock: FrozenClock) -> None:
    clock.moment += MINUTE
    again = services.start_shift(world.session, area_code=STREET, sound_heard=False, by=world.operator, now=world.now)
    assert services.note_sound(world.session, sound_heard=True, by=world.operator, now=world.now).sound_heard
    ended = services.end_shift(world.session, words="王奶奶等女儿回电", by=world.operator, now=world.now)
    assert (ended.id, ended.until_at) == (again.id, world.now)
    with pytest.raises(errors.NoShift):
        services.end_shift(world.session, words="", by=world.operator, now=world.now)
    with pytest.raises(Invalid):
        services.start_shift(world.session, area_code="330000", sound_heard=True, by=world.operator, now=world.now)


def test_watch_and_gateway(world: World, clock: FrozenClock) -> None:
    from tests.safety.factories import make_gateway

    admin = make_staff(world.session, Role.ADMINISTRATOR, area_code=STREET[:6]).account_id
    gateway = make_gateway(world.session)
    gateway.last_seen_at = world.now
    services.beat(world.session, name="keeper", now=world.now)
    services.watch(world.session, now=world.now)
    clock.moment += 15 * MINUTE + SECOND
    for name in ("listener", "scheduler", "sweep"):
        services.beat(world.session, name=name, now=world.now)
    services.watch(world.session, now=world.now)
    services.watch(world.session, now=world.now)
    kinds = list(world.session.scalars(select(Notice.kind).where(Notice.account_id == admin)))
    assert kinds == ["safety.part_silent"]
    assert [each.name for each in queries.find_silent(world.session, now=world.now)] == ["keeper"]
    (alert,) = world.session.scalars(select(Incident))
    assert (alert.rule, alert.gateway_id, alert.state) == ("gateway_silent", gateway.id, "raised")
    gateway.last_seen_at = world.now
    services.beat(world.session, name="keeper", now=world.now)
    services.watch(world.session, now=world.now)
    assert (alert.state, queries.find_silent(world.session, now=world.now)) == ("cleared_unseen", [])
    clock.moment += 31 * MINUTE
    services.watch(world.session, now=world.now)
    assert (alert.state, alert.repeats) == ("raised", 1)


def test_the_story_has_everything_in_its_order(world: World, taken: Incident) -> None:
    call(world, services.note, taken, words="听到电视声")
    story = queries.get_incident(world.session, incident_id=taken.id, reach=world.other, now=world.now)
    assert [each.kind for each in story.notes] == ["taken", "note"]
    assert (len(story.steps), len(story.signals), story.names[world.operator.account_id]) == (10, 1, "李敏")
    assert story.rules.result("coming") is not None


def test_refusals_have_codes() -> None:
    for refusal in (errors.TakenByOther("李敏"), errors.SignalledAgain(), errors.NeverShelved()):
        assert isinstance(refusal, DomainError)
        assert refusal.code
