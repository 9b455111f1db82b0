"""The parts that must live: silent ones are told of, those that never started too, those that are not wanted never."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from app.messages.models import Notice
from safety.alerts import parts, services
from safety.alerts.parts import Silent, Trouble, await_parts, awaited_parts, find_silent
from safety.alerts.telling import KINDS
from tests.conftest import FrozenClock
from tests.safety.alerts.world import MINUTE, World

ALL = ["keeper", "listener", "scheduler", "sweep"]


def names(found: list[Silent]) -> list[str]:
    return [each.name for each in found]


def test_a_part_that_never_started_is_told_of(world: World, clock: FrozenClock, app: Flask) -> None:
    services.watch(world.session, now=world.now)
    assert find_silent(world.session, now=world.now) == []
    begun = world.now
    clock.moment += 3 * MINUTE
    services.beat(world.session, name="keeper", now=world.now)
    services.watch(world.session, now=world.now)
    services.watch(world.session, now=world.now)
    found = find_silent(world.session, now=world.now)
    assert names(found) == ["listener", "scheduler", "sweep"]
    assert {(each.since, each.trouble) for each in found} == {(begun, Trouble.NEVER)}
    told = world.session.scalars(select(Notice).where(Notice.account_id == world.operator.account_id)).all()
    assert [each.kind for each in told] == ["safety.part_silent"] * 3
    kind = next(each for each in KINDS if each.name == told[0].kind)
    with app.test_request_context(), force_locale("en"):
        assert "has not started" in str(kind.text(told[0].params))


def test_a_listener_that_is_not_wanted_any_more_is_not_missed(
    world: World, clock: FrozenClock, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ALL:
        services.beat(world.session, name=name, now=world.now)
    clock.moment += 90 * MINUTE
    assert names(find_silent(world.session, now=world.now)) == ALL
    off = replace(app.config["SETTINGS"], mqtt_url="", mqtt_port=0)
    monkeypatch.setattr(parts, "settings", lambda: off)
    assert names(find_silent(world.session, now=world.now)) == ["keeper", "scheduler", "sweep"]


@pytest.mark.parametrize(
    ("broker", "listens"),
    [({"mqtt_port": 1883}, True), ({"mqtt_port": 0, "mqtt_url": "mqtts://broker"}, True), ({"mqtt_port": 0}, False)],
)
def test_a_listener_is_awaited_where_there_is_a_broker(app: Flask, broker: dict[str, Any], listens: bool) -> None:
    found = replace(app.config["SETTINGS"], **{"mqtt_url": "", **broker})
    assert ("listener" in awaited_parts(found)) is listens


def test_a_part_that_comes_late_is_well_again(world: World, clock: FrozenClock) -> None:
    await_parts(world.session, now=world.now)
    clock.moment += 10 * MINUTE
    for name in ALL:
        services.beat(world.session, name=name, now=world.now)
    assert find_silent(world.session, now=world.now) == []
