"""Taking events in: each once, placed in time, seen, judged; what is wrong with one keeps no other out."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from safety.alerts.models import Incident
from safety.intake import services
from safety.intake.arrivals import Acceptance, Source
from safety.intake.models import SafetyEvent, SafetyStranger
from safety.intake.services import accept
from safety.kits.models import SafetyDevice, SafetyDeviceSeen, SafetyGateway, SafetyHome, SafetyKitStep
from tests.safety.factories import make_device, make_gateway, make_home

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass
class Place:
    """A home with an alarm and a motion sensor, and its gateway; what was judged there."""

    session: Session
    home: SafetyHome
    gateway: SafetyGateway
    alarm: SafetyDevice
    motion: SafetyDevice
    judged: list[dict[int, list[Any]]]

    def send(self, *events: Any, now: datetime = NOW, sent_at: datetime | None = None) -> Acceptance:
        gateway = self.gateway
        source = Source(id=gateway.id, code=gateway.code, area_code=gateway.area_code, home_id=gateway.home_id)
        return accept(self.session, gateway=source, events=events, sent_at=sent_at, now=now)

    def stored(self) -> list[SafetyEvent]:
        self.session.expire_all()
        return list(self.session.scalars(select(SafetyEvent).order_by(SafetyEvent.occurred_at, SafetyEvent.event_id)))


@pytest.fixture
def place(session: Session, monkeypatch: pytest.MonkeyPatch) -> Place:
    home = make_home(session)
    gateway = make_gateway(session)
    alarm = make_device(session, home=home, gateway=gateway, kind="sos", ref="sos-1", place="Bedroom")
    motion = make_device(session, home=home, gateway=gateway, kind="motion", ref="pir-1", place="hall")
    judged: list[dict[int, list[Any]]] = []
    real = services.judge

    def note(session: Session, *, events_by_home: Any, now: datetime) -> Any:
        judged.append({home_id: list(events) for home_id, events in events_by_home.items()})
        return real(session, events_by_home=events_by_home, now=now)

    monkeypatch.setattr(services, "judge", note)
    return Place(session, home, gateway, alarm, motion, judged)


def said(device: str = "pir-1", kind: str = "motion", at: datetime = NOW, **more: Any) -> dict[str, Any]:
    return {"device": device, "kind": kind, "at": at.isoformat(), "state": "on", **more}


def test_an_event_is_stored_seen_and_judged(place: Place) -> None:
    at = NOW - timedelta(seconds=3)
    assert place.send(said(at=at, id="a", value=2, battery=88, linkquality=120)) == Acceptance(1, 0, {})
    (stored,) = place.stored()
    assert (stored.event_id, stored.kind, stored.place, stored.state, stored.value) == ("a", "motion", "hall", "on", 2)
    assert (stored.home_id, stored.device_id, stored.gateway_id) == (place.home.id, place.motion.id, place.gateway.id)
    assert (stored.device_at, stored.occurred_at, stored.received_at) == (at, at, NOW)
    seen = place.session.get_one(SafetyDeviceSeen, place.motion.id)
    assert (seen.device_at, seen.received_at, seen.battery, seen.linkquality) == (at, NOW, 88, 120)
    assert place.session.get_one(SafetyGateway, place.gateway.id).last_seen_at == NOW
    ((home_id, (event,)),) = place.judged[0].items()
    assert (home_id, event.at, event.device, event.place) == (place.home.id, at, str(place.motion.id), "hall")


def test_what_is_sent_again_is_known(place: Place) -> None:
    batch = [said(id="a"), said(id="b", at=NOW - timedelta(minutes=1)), said()]
    assert place.send(*batch) == Acceptance(3, 0, {})
    assert place.send(*batch, said(id="c"), said(id="c")) == Acceptance(1, 4, {})
    assert len(place.stored()) == 4
    assert [len(events) for each in place.judged for events in each.values()] == [3, 1]


def test_what_is_wrong_with_one_keeps_no_other_out(place: Place) -> None:
    wrong = [
        {},
        "motion",
        None,
        said(kind="picture"),
        said(kind="end"),
        said(at=NOW) | {"at": "2026-11-22T12:00:00"},
        said() | {"at": 5},
        said(device="unheard-of"),
        said(device="\ud800"),
        said(id="x" * 101),
    ]
    result = place.send(*wrong, said("sos-1", "sos"))
    assert (result.accepted, result.repeated, sorted(result.errors)) == (1, 0, list(range(len(wrong))))
    assert [place.kind for place in place.stored()] == ["sos"]
    assert result.errors[7] == {"device": "not_installed"}
    assert result.errors[3] == {"kind": "unknown"}
    assert result.errors[5] == {"at": "no_zone"}


def test_signs_of_life_write_no_history(place: Place) -> None:
    assert place.send(said(kind="heartbeat"), said(kind="battery", value=17)) == Acceptance(2, 0, {})
    assert place.stored() == []
    seen = place.session.get_one(SafetyDeviceSeen, place.motion.id)
    assert (seen.received_at, seen.battery) == (NOW, 17)
    assert [event.kind for event in place.judged[0][place.home.id]] == ["heartbeat", "battery"]
    place.send(said(kind="heartbeat"), now=NOW + timedelta(minutes=1))
    assert len(place.judged) == 1
    place.send(said(kind="heartbeat"), now=NOW + timedelta(minutes=10))
    assert len(place.judged) == 2


@pytest.mark.parametrize(
    ("at", "kept_at"),
    [
        ("1970-01-01T00:00:10+00:00", datetime(1970, 1, 1, 0, 0, 10, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", datetime(1970, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59-12:00", datetime(1970, 1, 1, tzinfo=UTC)),
        ("2120-01-01T00:00:00Z", datetime(2099, 12, 31, tzinfo=UTC)),
    ],
)
def test_a_call_with_a_wrong_clock_is_marked_and_judged_now(place: Place, at: str, kept_at: datetime) -> None:
    assert place.send(said("sos-1", "sos") | {"at": at}).accepted == 1
    (stored,) = place.stored()
    assert (stored.device_at, stored.occurred_at, stored.clock_suspect) == (kept_at, NOW, True)
    assert place.judged[0][place.home.id][0].at == NOW


def test_what_a_gateway_kept_while_it_was_cut_off_is_late_and_not_wrong(place: Place) -> None:
    late = NOW - timedelta(hours=5)
    place.send(said(at=late), sent_at=NOW - timedelta(seconds=1))
    (stored,) = place.stored()
    assert (stored.occurred_at, stored.sent_at, stored.clock_suspect) == (late, NOW - timedelta(seconds=1), False)


def test_what_waited_in_a_queue_after_it_was_sent_has_a_right_clock(place: Place) -> None:
    place.send(said(id="a"), sent_at=NOW)
    later, sent = NOW + timedelta(hours=4), NOW + timedelta(hours=1)
    place.send(said("sos-1", "sos", id="b", at=sent), sent_at=sent, now=later)
    place.send(said(id="c", at=later), sent_at=later, now=later)
    assert [(each.event_id, each.occurred_at, each.clock_suspect) for each in place.stored()] == [
        ("a", NOW, False),
        ("b", sent, False),
        ("c", later, False),
    ]
    lag = place.session.execute(text("SELECT lag_seconds, more_lag_seconds FROM safety_gateway WHERE lag_seconds = 0"))
    assert lag.all() == [(0, None)]


def test_a_home_that_is_tried_is_not_judged_and_its_devices_are_heard(place: Place) -> None:
    place.alarm.tested_at = None
    place.session.flush()
    tried = text("UPDATE safety_home SET testing_from = :at, testing_until = :at + interval '5 minutes' WHERE id = :id")
    place.session.execute(tried, {"at": NOW, "id": place.home.id})
    assert place.send(said("sos-1", "sos")).accepted == 1
    assert place.judged == []
    assert len(place.stored()) == 1
    place.session.expire_all()
    assert place.alarm.tested_at == NOW
    assert place.session.scalars(select(SafetyKitStep.kind)).all() == ["test_call"]


@pytest.fixture
def tried(place: Place) -> Place:
    """The home is being tried since now, its alarm not yet heard."""
    place.alarm.tested_at = None
    place.session.flush()
    asked = text(
        "UPDATE safety_home SET testing_from = :at, testing_until = :at + interval '15 minutes' WHERE id = :id"
    )
    place.session.execute(asked, {"at": NOW, "id": place.home.id})
    return place


def rung(place: Place) -> list[str]:
    return list(place.session.scalars(select(Incident.rule).where(Incident.home_id == place.home.id)))


def test_a_key_that_was_heard_in_a_test_is_in_earnest_when_it_is_pressed_again(tried: Place) -> None:
    tried.send(said("sos-1", "heartbeat"))
    for seconds in (1, 9):
        tried.send(said("sos-1", "sos", at=NOW + timedelta(seconds=seconds)), now=NOW + timedelta(seconds=seconds))
        assert rung(tried) == []
    later = NOW + timedelta(seconds=60)
    tried.send(said("sos-1", "sos", at=later), now=later)
    assert rung(tried) == ["sos"]


def test_two_presses_that_come_together_are_told_apart(tried: Place) -> None:
    presses = [said("sos-1", "sos", at=NOW + timedelta(seconds=each)) for each in (50, 1, 3)]
    tried.send(*presses, now=NOW + timedelta(seconds=51))
    assert rung(tried) == ["sos"]
    ((event,),) = (each[tried.home.id] for each in tried.judged)
    assert event.at == NOW + timedelta(seconds=50)


def test_a_call_from_before_the_test_is_none(tried: Place) -> None:
    tried.send(said("sos-1", "sos", at=NOW - timedelta(minutes=20)), now=NOW + timedelta(minutes=1))
    assert rung(tried) == ["sos"]


def test_a_home_that_is_not_watched_over_yet_may_press_as_often_as_it_likes(tried: Place) -> None:
    tried.home.state, tried.home.started_on = "pending", None
    tried.session.flush()
    for minutes in (1, 2, 3):
        at = NOW + timedelta(minutes=minutes)
        tried.send(said("sos-1", "sos", at=at), now=at)
    assert rung(tried) == []


def test_a_stranger_is_refused_and_remembered(place: Place) -> None:
    for minutes in (0, 1):
        place.send(said("new-1", "heartbeat"), said("new-1", "smoke"), now=NOW + timedelta(minutes=minutes))
    (stranger,) = place.session.scalars(select(SafetyStranger))
    assert (stranger.ref, stranger.kind, stranger.first_at) == ("new-1", "smoke", NOW)
    assert stranger.last_at == NOW + timedelta(minutes=1)
    assert place.judged == []


def test_a_broken_gateway_fills_no_table_with_names(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("safety.intake.storing.MOST_STRANGERS", 3)
    for batch in range(3):
        place.send(*(said(f"new-{batch}-{number}") for number in range(2)))
    assert len(place.session.scalars(select(SafetyStranger)).all()) == 4


def test_a_call_from_nowhere_rings_as_one_of_its_gateway(place: Place) -> None:
    batch = [said("new-1", "sos", id="a"), said("new-1", "motion"), said("new-1", "smoke") | {"state": "off"}]
    result = place.send(*batch)
    assert (result.accepted, sorted(result.errors)) == (1, [1, 2])
    assert place.send(*batch).repeated == 1
    (alert,) = place.session.scalars(select(Incident)).all()
    assert (alert.rule, alert.gateway_id, alert.place, alert.state) == (
        "unknown_call",
        place.gateway.id,
        "new-1",
        "raised",
    )
    assert [(each.kind, each.home_id) for each in place.stored()] == [("sos", None)]
    assert [each.ref for each in place.session.scalars(select(SafetyStranger))] == ["new-1"]


def test_a_key_in_stock_that_is_pressed_rings_too(place: Place) -> None:
    make_device(place.session, gateway=place.gateway, ref="spare", state="stocked")
    assert place.send(said("spare", "sos")).accepted == 1
    assert place.session.scalars(select(Incident.rule)).all() == ["unknown_call"]


@pytest.mark.parametrize(("state", "is_judged"), [("active", True), ("pending", False)])
def test_a_strangers_call_counts_where_its_gateway_stands_in_one_home(
    place: Place, state: str, is_judged: bool
) -> None:
    place.gateway.home_id, place.home.state = place.home.id, state
    place.home.started_on = None if state == "pending" else place.home.started_on
    place.session.flush()
    assert place.send(said("new-1", "sos"), said("new-1", "motion")).accepted == 1
    (stored,) = place.stored()
    assert (stored.home_id, stored.device_id, stored.kind) == (place.home.id, None, "sos")
    assert bool(place.judged) is is_judged


def test_a_device_in_stock_belongs_to_no_home(place: Place) -> None:
    make_device(place.session, gateway=place.gateway, ref="spare", state="stocked")
    assert place.send(said("spare", "sos")).accepted == 1
    assert place.judged == []
    assert place.stored()[0].home_id is None


def test_the_number_of_statements_does_not_grow_with_the_batch(place: Place) -> None:
    sent: list[str] = []
    connection = place.session.connection()
    event.listen(connection, "before_cursor_execute", lambda *asked: sent.append(asked[2]))
    place.send(said(id="0"))
    few = len(sent)
    sent.clear()
    place.send(*(said(id=f"m{number}", at=NOW - timedelta(seconds=number)) for number in range(60)))
    assert len(sent) <= few


def test_an_empty_batch_is_a_sign_of_life_of_the_gateway(place: Place) -> None:
    assert place.send() == Acceptance(0, 0, {})
    gateway_id = place.gateway.id
    place.session.expire_all()
    assert (
        place.session.scalar(text("SELECT last_seen_at FROM safety_gateway WHERE id = :id"), {"id": gateway_id}) == NOW
    )


def test_a_call_under_the_name_of_another_event_is_a_call(place: Place) -> None:
    make_device(place.session, home=place.home, gateway=place.gateway, kind="sos", ref="sos-2")
    batch = [said(id="1"), said("sos-1", "sos", id="1"), said("sos-2", "sos", id="1"), said("sos-1", "smoke", id="1")]
    assert place.send(*batch) == Acceptance(4, 0, {})
    assert sorted(each.kind for each in place.judged[0][place.home.id]) == ["motion", "smoke", "sos", "sos"]
    assert place.send(*batch) == Acceptance(0, 4, {})
    assert len(place.stored()) == 4


@pytest.mark.parametrize(("more", "hours"), [({}, 1), ({"id": "1"}, 73)])
def test_a_clock_that_stands_still_hides_no_later_call(place: Place, more: dict[str, str], hours: int) -> None:
    pressed = said("sos-1", "sos", at=datetime(1970, 1, 1, tzinfo=UTC), **more)
    assert place.send(pressed).accepted == 1
    assert place.send(pressed, now=NOW + timedelta(minutes=1)).repeated == 1
    later = NOW + timedelta(hours=hours)
    assert [place.send(pressed, now=later), place.send(pressed, now=later)] == [
        Acceptance(1, 0, {}),
        Acceptance(0, 1, {}),
    ]
    assert [each[place.home.id][0].at for each in place.judged] == [NOW, later]


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": "yesterday"},
        {"at": "2026-11-22T12:00:00"},
        {"at": None},
        {"value": "much"},
        {"id": "x" * 101},
        {"state": ["on"]},
    ],
)
def test_a_call_of_which_only_the_time_is_wrong_is_heard_and_its_fault_is_told(
    place: Place, wrong: dict[str, Any]
) -> None:
    result = place.send(said("sos-1", "sos") | wrong, said("pir-1") | {"at": "yesterday"})
    assert (result.accepted, sorted(result.errors), list(result.errors[0])) == (0, [0, 1], list(wrong))
    ((event,),) = (each[place.home.id] for each in place.judged)
    assert (event.kind, event.at) == ("sos", NOW)
    place.send(said("sos-1", "sos") | wrong)
    assert len(place.judged) == 1


def test_a_spare_device_calls_for_the_one_home_of_its_gateway(place: Place) -> None:
    place.gateway.home_id = place.home.id
    make_device(place.session, gateway=place.gateway, ref="spare", state="stocked")
    place.send(said("spare", "sos"))
    assert [each.kind for each in place.judged[0][place.home.id]] == ["sos"]
