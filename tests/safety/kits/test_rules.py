"""Who may have a kit, what a home lacks, how well a device is: each on both sides of its bounds."""

from datetime import UTC, datetime, timedelta

import pytest

from safety.kits.rules import (
    DeviceType,
    Health,
    KitTerms,
    Lack,
    Paid,
    Unfit,
    judge_health,
    list_lacks,
    list_unfit,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SOS = DeviceType(code="sos", title={}, kinds=("sos",), heartbeat_seconds=600, battery="battery", low_battery=20)
TERMS = KitTerms(
    policy_id=1,
    age_from=60,
    paid=Paid(age_from=80, hukou="330100", lives_alone=True, kin_elsewhere=True),
    kit=("sos", "door"),
    test_minutes=15,
    types={"sos": SOS},
)


@pytest.mark.parametrize(
    ("payer", "age", "hukou", "lives", "expected"),
    [
        ("own", 59, "330106", (True, False), [Unfit.AGE]),
        ("own", 60, "340100", (False, True), []),
        ("public", 59, "330106", (True, False), [Unfit.AGE]),
        ("public", 79, "330106", (True, False), [Unfit.PAID_AGE]),
        ("public", 80, "330106", (True, False), []),
        ("public", 80, "330206", (True, False), [Unfit.PAID_HUKOU]),
        ("public", 80, "330106", (False, False), [Unfit.PAID_ALONE]),
        ("public", 80, "330106", (True, True), [Unfit.PAID_KIN]),
        ("public", 60, "330206", (False, True), [Unfit.PAID_AGE, Unfit.PAID_HUKOU, Unfit.PAID_ALONE, Unfit.PAID_KIN]),
    ],
)
def test_whose_kit_is_paid_for(
    payer: str, age: int, hukou: str, lives: tuple[bool, bool], expected: list[Unfit]
) -> None:
    found = list_unfit(TERMS, payer=payer, age=age, hukou_area=hukou, lives_alone=lives[0], kin_near=lives[1])
    assert found == expected


@pytest.mark.parametrize(
    ("devices", "contact", "address", "expected"),
    [
        ([("sos", True, True), ("door", True, True)], True, True, []),
        ([("sos", True, True)], True, True, [(Lack.DEVICE, "door")]),
        ([("sos", True, True), ("door", False, False)], True, True, [(Lack.DEVICE, "door")]),
        ([("sos", True, False), ("door", True, True)], True, True, [(Lack.TEST, "sos")]),
        # What is added to the kit is tested as well.
        ([("sos", True, True), ("door", True, True), ("gas", True, False)], True, True, [(Lack.TEST, "gas")]),
        ([("sos", True, True), ("door", True, True)], False, False, [(Lack.ADDRESS, ""), (Lack.CONTACT, "")]),
    ],
)
def test_what_a_home_lacks(
    devices: list[tuple[str, bool, bool]], contact: bool, address: bool, expected: list[tuple[Lack, str]]
) -> None:
    assert list_lacks(TERMS.kit, devices=devices, has_contact=contact, has_address=address) == expected


@pytest.mark.parametrize(
    ("heard_ago", "battery", "expected"),
    [
        (None, None, Health.NEVER_HEARD),
        (0, None, Health.WELL),
        (2100, 50, Health.WELL),
        (2101, 50, Health.SILENT),
        (2101, 5, Health.SILENT),
        (60, 20, Health.WELL),
        (60, 19, Health.LOW_BATTERY),
    ],
)
def test_how_well_a_device_is(heard_ago: int | None, battery: int | None, expected: Health) -> None:
    received_at = None if heard_ago is None else NOW - timedelta(seconds=heard_ago)
    assert judge_health(SOS, now=NOW, received_at=received_at, battery=battery) == expected


def test_of_an_unknown_kind_only_whether_it_was_heard_is_known() -> None:
    assert judge_health(None, now=NOW, received_at=NOW - timedelta(days=9), battery=1) is Health.WELL
