"""A kit from the application to its return; whom to call; gateways and their secrets."""

import base64
import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.auth.actor import Actor, Role
from app.clock import business_day
from app.errors import Invalid, NotFound
from app.people.rules import Status
from app.tokens import digest
from safety.kits import away, contacts, doors, gateways, homes, installing, queries
from safety.kits.errors import (
    ContactNotFound,
    DeviceExists,
    DeviceNotFound,
    DevicesThere,
    DeviceUnfit,
    GatewayExists,
    GatewayNotFound,
    GatewayRevoked,
    HomeEnded,
    HomeExists,
    HomeNotReady,
    HomeSeniorGone,
    KitUnfit,
    NoKitRules,
)
from safety.kits.listing import DeviceFilter, HomeFilter, list_device_items, list_home_items, list_kit
from safety.kits.models import SafetyDeviceSeen, SafetyHome, SafetyKitStep
from safety.kits.testing import hear_tests
from tests.app.auth.factories import STREET
from tests.app.people.factories import make_senior
from tests.conftest import NOON, FrozenClock
from tests.safety.factories import make_contact, make_device, make_gateway, make_home

ALONE = homes.Application(
    payer="public", lives_alone=True, kin_near=False, agreed_by="senior", agreed_on=date(2026, 11, 20)
)
TODAY = business_day(NOON)


@pytest.fixture(autouse=True)
def _noon(clock: FrozenClock, terms: None) -> None:
    clock.set(NOON)


def make_old(session: Session, **more: object) -> int:
    return make_senior(session, hukou_area=STREET, residence_area=STREET, **more).id  # type: ignore[arg-type]


def install(session: Session, home: SafetyHome, kind: str, by: Actor, gateway_id: int) -> int:
    device = installing.stock_device(
        session, kind=kind, serial=f"{kind}-{home.id}", area_code=STREET, actor=by, now=NOON
    )
    installing.assign_devices(session, home_id=home.id, device_ids=[device.id], actor=by, now=NOON)
    installing.install_device(
        session, home_id=home.id, device_id=device.id, place="bedroom", gateway_id=gateway_id, actor=by, now=NOON
    )
    return device.id


def test_a_kit_from_the_application_to_its_return(session: Session, clerk: Actor) -> None:
    home = homes.apply(session, senior_id=make_old(session), application=ALONE, actor=clerk, now=NOON)
    assert doors.open_home(session, home_id=home.id, fields=["address"], reason="上门安装", actor=clerk, now=NOON) == {
        "address": "北山路 1 号"
    }
    gateway = gateways.add_gateway(
        session, code="gw-one", name="家庭网关", area_code=STREET, home_id=home.id, actor=clerk, now=NOON
    ).gateway
    with pytest.raises(HomeNotReady) as refused:
        homes.start_home(session, home_id=home.id, actor=clerk, now=NOON)
    assert len(refused.value.extra["missing"]) == 4
    contacts.add_contact(
        session, home_id=home.id, kind="contact", name="王敏", phone="139 0013 9000", actor=clerk, now=NOON
    )
    devices = [install(session, home, kind, clerk, gateway.id) for kind in ("sos", "motion", "door")]
    installing.begin_test(session, home_id=home.id, actor=clerk, now=NOON)
    assert len(homes.tell_lacks(session, home=home, on=TODAY)) == 3
    hear_tests(session, heard=dict.fromkeys(devices, NOON), now=NOON + timedelta(minutes=1))
    session.expire_all()
    started = homes.start_home(session, home_id=home.id, actor=clerk, now=NOON)
    assert (started.state, started.started_on, started.testing_until) == ("active", TODAY, None)
    with pytest.raises(DevicesThere):
        homes.end_home(session, home_id=home.id, words="入住养老院", actor=clerk, now=NOON)
    installing.lose_device(session, device_id=devices[0], words="搬家时丢了", actor=clerk, now=NOON)
    for each in devices[1:]:
        installing.return_device(session, device_id=each, actor=clerk, now=NOON)
    ended = homes.end_home(session, home_id=home.id, words="入住养老院", actor=clerk, now=NOON)
    assert (ended.state, ended.ended_on) == ("ended", TODAY)
    steps = session.scalars(select(SafetyKitStep.kind).where(SafetyKitStep.home_id == home.id)).all()
    assert [steps.count(kind) for kind in ("applied", "assigned", "installed", "test_call", "started", "ended")] == [
        *(1, 3, 3, 3, 1, 1),
    ]
    with pytest.raises(HomeEnded):
        homes.start_home(session, home_id=home.id, actor=clerk, now=NOON)
    # What came back is taken into stock anew, and another kit can be applied for.
    installing.stock_device(session, kind="door", serial=f"door-{home.id}", area_code=STREET, actor=clerk, now=NOON)
    homes.apply(session, senior_id=home.senior_id, application=ALONE, actor=clerk, now=NOON)


def test_an_application_is_refused_for_a_reason(
    session: Session, clerk: Actor, acting: Callable[..., Actor], clock: FrozenClock
) -> None:
    def apply(senior_id: int, actor: Actor = clerk, **changes: object) -> SafetyHome:
        asked = homes.Application(**{**{name: getattr(ALONE, name) for name in ALONE.__slots__}, **changes})  # type: ignore[arg-type]
        return homes.apply(session, senior_id=senior_id, application=asked, actor=actor, now=NOON)

    old = make_old(session)
    with pytest.raises(NotFound):
        apply(old, acting(Role.STREET_CLERK, "330109"))
    with pytest.raises(Invalid):
        apply(old, agreed_on=TODAY + timedelta(days=1))
    with pytest.raises(KitUnfit) as refused:
        apply(old, kin_near=True)
    assert "配偶" in str(refused.value.detail)
    with pytest.raises(KitUnfit):
        apply(make_old(session, birth_on=date(1967, 1, 1)), payer="own")
    with pytest.raises(HomeSeniorGone):
        apply(make_old(session, status=Status.IN_INSTITUTION))
    apply(old, kin_near=True, payer="own")
    with pytest.raises(HomeExists):
        apply(old)
    with pytest.raises(NoKitRules):
        homes.get_terms(session, area_code=STREET, on=date(2020, 1, 1))


def test_illnesses_are_kept_only_with_the_seniors_word(session: Session, clerk: Actor) -> None:
    home = make_home(session)

    def change(**changes: object) -> SafetyHome:
        return homes.change_home(session, home_id=home.id, changes=changes, actor=clerk, now=NOON)

    with pytest.raises(Invalid):
        change(illnesses="高血压")
    change(illnesses="高血压", medicines="氨氯地平", health_agreed_on=TODAY, way_in="钥匙在 501")
    shown = doors.open_home(
        session, home_id=home.id, fields=["way_in", "illnesses"], reason="警报 17", actor=clerk, now=NOON
    )
    assert shown == {"way_in": "钥匙在 501", "illnesses": "高血压"}
    logged = session.scalars(select(AuditEntry).where(AuditEntry.action.like("reveal.safety_%"))).all()
    assert sorted(each.action for each in logged) == ["reveal.safety_illnesses", "reveal.safety_way_in"]
    every = session.scalars(select(AuditEntry)).all()
    assert not any("高血压" in str(each.new) + str(each.old) for each in every)
    change(health_agreed_on=None)
    assert (home.illnesses_sealed, home.medicines_sealed) == (None, None)
    with pytest.raises(Invalid):
        doors.open_home(session, home_id=home.id, fields=["way_in"], reason="", actor=clerk, now=NOON)
    with pytest.raises(NotFound):
        doors.open_home(session, home_id=home.id, fields=["id"], reason="上门安装", actor=clerk, now=NOON)


def test_contacts_are_added_changed_moved_up_and_taken_off(session: Session, clerk: Actor) -> None:
    home = make_home(session)

    def add(name: str, **more: Any) -> int:
        asked = {"kind": "contact", "phone": "13900139000", **more}
        return contacts.add_contact(session, home_id=home.id, name=name, **asked, actor=clerk, now=NOON).id

    first, second, third = add("王敏"), add("李芳", kind="neighbour", has_key=True), add("赵强")
    contacts.raise_contact(session, home_id=home.id, contact_id=third, actor=clerk, now=NOON)
    contacts.raise_contact(session, home_id=home.id, contact_id=first, actor=clerk, now=NOON)
    contacts.remove_contact(session, home_id=home.id, contact_id=first, actor=clerk, now=NOON)
    changes = {"name": "李小芳", "phone": "", "minutes_away": 5}
    contacts.change_contact(session, home_id=home.id, contact_id=second, changes=changes, actor=clerk, now=NOON)
    found = queries.contacts_of(session, home_id=home.id)
    assert [(each.position, each.name, each.phone) for each in found] == [
        (1, "赵强", "139****9000"),
        (2, "李小芳", "139****9000"),
    ]
    assert doors.open_phone(session, contact_id=second, reason="警报 17", actor=clerk, now=NOON) == "13900139000"
    with pytest.raises(Invalid):
        add("王敏", phone="12345")
    with pytest.raises(ContactNotFound):
        contacts.remove_contact(session, home_id=make_home(session).id, contact_id=third, actor=clerk, now=NOON)
    with pytest.raises(ContactNotFound):
        doors.open_phone(session, contact_id=first, reason="警报 17", actor=clerk, now=NOON)


def test_a_gateways_secret_is_told_once_rolled_and_ended(session: Session, clerk: Actor) -> None:
    issued = gateways.add_gateway(session, code="gw-a", name="社区网关", area_code=STREET, actor=clerk, now=NOON)
    found = queries.find_gateway(session, token=issued.token)
    assert found is not None
    assert (found.id, found.mqtt_user, found.token_digest) == (issued.gateway.id, "gw-a", digest(issued.token))
    _, kind, rounds, salt, made = str(issued.gateway.mqtt_password).split("$")
    again = hashlib.pbkdf2_hmac("sha512", issued.token.encode(), base64.b64decode(salt), int(rounds), 64)
    assert (kind, base64.b64decode(made)) == ("7", again)
    rolled = gateways.roll_token(session, gateway_id=found.id, actor=clerk, now=NOON)
    assert queries.find_gateway(session, token=issued.token) is None
    gateways.revoke_gateway(session, gateway_id=found.id, actor=clerk, now=NOON)
    assert queries.find_gateway(session, token=rolled.token) is None
    with pytest.raises(GatewayRevoked):
        gateways.roll_token(session, gateway_id=found.id, actor=clerk, now=NOON)
    with pytest.raises(GatewayExists):
        gateways.add_gateway(session, code="gw-a", name="又一个", area_code=STREET, actor=clerk, now=NOON)
    with pytest.raises(Invalid):
        gateways.add_gateway(session, code="gw-b", name="别处", area_code="330106", actor=clerk, now=NOON)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action.like("safety_gateway.%"))).all()
    assert not any(secret in str(each.new) for each in entries for secret in (issued.token, rolled.token))


def test_devices_are_installed_where_they_are_meant_to_be(
    session: Session, clerk: Actor, acting: Callable[..., Actor]
) -> None:
    home, other, shared = make_home(session, state="pending"), make_home(session), make_gateway(session)
    of_other = make_gateway(session, home=other)
    device = make_device(session, state="stocked", ref="0x01")

    def put(device_id: int, *, home_id: int = home.id, gateway_id: int = shared.id, by: Actor = clerk) -> object:
        return installing.install_device(
            session, home_id=home_id, device_id=device_id, place="hall", gateway_id=gateway_id, actor=by, now=NOON
        )

    installing.assign_devices(session, home_id=home.id, device_ids=[device.id], actor=clerk, now=NOON)
    with pytest.raises(DeviceUnfit):
        installing.assign_devices(session, home_id=other.id, device_ids=[device.id], actor=clerk, now=NOON)
    with pytest.raises(DeviceUnfit):
        put(device.id, home_id=other.id)
    with pytest.raises(GatewayNotFound):
        put(device.id, gateway_id=of_other.id)
    with pytest.raises(DeviceNotFound):
        installing.return_device(session, device_id=device.id, actor=acting(Role.INSTALLER, "330109"), now=NOON)
    put(device.id)
    with pytest.raises(DeviceUnfit):
        put(device.id)
    with pytest.raises(DeviceExists):
        put(make_device(session, state="stocked", ref="0x01").id)
    device.tested_at = NOON
    installing.move_device(session, device_id=device.id, place="kitchen", actor=clerk, now=NOON)
    assert (device.place, device.tested_at) == ("kitchen", None)
    with pytest.raises(DeviceUnfit):
        installing.move_device(session, device_id=device.id, place="kitchen", actor=clerk, now=NOON)
    with pytest.raises(DeviceUnfit):
        installing.unassign_device(session, device_id=device.id, actor=clerk, now=NOON)
    spare = make_device(session, state="stocked", home=home)
    installing.unassign_device(session, device_id=spare.id, actor=clerk, now=NOON)
    assert spare.home_id is None
    installing.return_device(session, device_id=device.id, actor=clerk, now=NOON)
    with pytest.raises(DeviceUnfit):
        installing.lose_device(session, device_id=device.id, words="不见了", actor=clerk, now=NOON)
    with pytest.raises(Invalid):
        installing.stock_device(session, kind="camera", serial="C-1", area_code=STREET, actor=clerk, now=NOON)


def test_a_test_of_a_watched_home_ends_by_a_word(session: Session, clerk: Actor) -> None:
    home = make_home(session)
    device = make_device(session, home=home)
    device.tested_at = NOON - timedelta(hours=1)
    installing.begin_test(session, home_id=home.id, actor=clerk, now=NOON)
    assert home.testing_until == NOON + timedelta(minutes=15)
    for minutes in (2, 3):
        hear_tests(session, heard={device.id: NOON}, now=NOON + timedelta(minutes=minutes))
    session.refresh(device)
    assert device.tested_at == NOON + timedelta(minutes=2)
    installing.end_test(session, home_id=home.id, actor=clerk, now=NOON)
    assert home.testing_until is None


def test_lists_tell_which_devices_need_somebody(session: Session, clerk: Actor) -> None:
    home, calm = make_home(session), make_home(session)
    gateway = make_gateway(session)
    silent, low, never, well = (make_device(session, home=home, gateway=gateway) for _ in range(4))
    fine = make_device(session, home=calm, gateway=gateway)
    for device, minutes, battery in ((silent, 18, 90), (low, 1, 19), (well, 17, 20), (fine, 0, None)):
        session.add(
            SafetyDeviceSeen(
                device_id=device.id,
                device_at=NOON,
                received_at=NOON - timedelta(minutes=minutes),
                battery=battery,
                state={},
            )
        )
    session.flush()
    found = {each.id: each.health for each in list_kit(session, home_id=home.id, reach=clerk, now=NOON)}
    assert found == {silent.id: "silent", low.id: "low_battery", never.id: "never_heard", well.id: "well"}
    items = list_home_items(session, reach=clerk, now=NOON).items
    assert [(each.id, each.devices, each.troubled) for each in items] == [(calm.id, 1, 0), (home.id, 4, 3)]
    troubled = list_home_items(session, reach=clerk, now=NOON, filters=HomeFilter(state="troubled")).items
    assert [each.id for each in troubled] == [home.id]
    devices = list_device_items(session, reach=clerk, now=NOON, filters=DeviceFilter(state="troubled"), limit=2)
    assert [each.id for each in devices.items] == [never.id, low.id]
    rest = list_device_items(
        session, reach=clerk, now=NOON, filters=DeviceFilter(state="troubled"), limit=2, after=devices.next
    )
    assert [each.id for each in rest.items] == [silent.id]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE safety_kit_step SET words = 'x'",
        "DELETE FROM safety_kit_step",
        "TRUNCATE safety_kit_step",
        "DELETE FROM safety_home",
        "UPDATE safety_home SET senior_id = senior_id",
        "UPDATE safety_gateway SET token_digest = '\\x00', state = 'revoked'",
        "UPDATE safety_device SET place = '' WHERE state = 'installed'",
    ],
)
def test_the_database_keeps_its_own_promises(session: Session, clerk: Actor, statement: str) -> None:
    home = make_home(session)
    make_device(session, home=home)
    away.set_away(session, home_id=home.id, reason="visit", actor=clerk, now=NOON)
    session.flush()
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text(statement))


def test_one_person_has_one_home_at_a_time(session: Session) -> None:
    home = make_home(session)
    make_contact(session, home)
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(
            text(
                "INSERT INTO safety_home (senior_id, area_code, lives_alone, kin_near, payer, agreed_by, agreed_on,"
                " applied_on, applied_by) SELECT senior_id, area_code, true, false, 'own', 'senior', agreed_on,"
                " applied_on, applied_by FROM safety_home"
            )
        )
