"""Daily lists: exact rows, near misses, strangers, faults; the same file twice; and who is dead stays dead."""

import csv
import io
from datetime import date

import pytest
from sqlalchemy import select, text

from app import clock, vault
from app.people.models import Senior
from app.people.queries import list_statuses
from app.people.turns import TurnKind
from app.spreadsheets import SheetFault
from portal.turns import lists
from portal.turns.errors import NotACandidate, RowDecided, TurnNotFound
from portal.turns.models import TurnListRow
from portal.turns.reading import whole_number
from portal.turns.rules import Likeness, compare_numbers, slips_of
from tests.app.people.factories import make_actor, make_id_number, make_senior
from tests.meals.factories import STREET
from tests.portal.turns.cast import Life

HEAD = ("姓名", "身份证号", "事件", "日期", "来源")


def sheet(*rows: tuple[str, ...]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([HEAD, *rows])
    return text.getvalue().encode()


def number_of(senior: Senior) -> str:
    return vault.unseal(senior.id_number_sealed)


def slip(number: str) -> str:
    """Return a number that differs in one digit of the running number, and is right in itself."""
    other = "1" if number[15] != "1" else "2"
    return whole_number(f"{number[:15]}{other}{number[16]}")


def send(life: Life, *rows: tuple[str, ...], **more: object) -> int:
    actor = more.get("by") or life.clerk
    return lists.take_in(life.session, name="死亡名单.csv", data=sheet(*rows), actor=actor, now=clock.now())  # type: ignore[arg-type]


def rows_of(life: Life, list_id: int) -> list[TurnListRow]:
    query = select(TurnListRow).where(TurnListRow.list_id == list_id).order_by(TurnListRow.number)
    return list(life.session.scalars(query.execution_options(populate_existing=True)))


def states(life: Life, list_id: int) -> list[str]:
    return [row.state for row in rows_of(life, list_id)]


def test_rows_are_matched_exactly_nearly_or_not_at_all(life: Life) -> None:
    near = make_senior(life.session, name="李福生", birth_on=date(1938, 7, 9), hukou_area=STREET)
    stranger = make_id_number(serial=777, region="330125")
    list_id = send(
        life,
        ("王玉兰", number_of(life.senior), "死亡", "2026-11-18", "公安"),
        ("李福生", slip(number_of(near)), "死亡", "2026-11-18", "公安"),
        ("赵无人", stranger, "火化", "2026-11-18", "殡葬"),
    )
    exact, almost, nobody = rows_of(life, list_id)
    assert (exact.state, exact.senior_id) == ("waiting", life.senior.id)
    assert (almost.state, [each["senior"] for each in almost.candidates]) == ("review", [near.id])
    assert (nobody.state, nobody.name_sealed, nobody.id_sealed) == ("nobody", None, None)
    assert life.count("life_turn") == 0


def test_one_press_records_what_waits_and_the_same_file_again_does_nothing(life: Life) -> None:
    row = ("王玉兰", number_of(life.senior), "死亡", "2026-11-18", "公安")
    list_id = send(life, row)
    lists.confirm(life.session, list_id=list_id, effects=life.effects, actor=life.clerk, now=clock.now())
    assert states(life, list_id) == ["recorded"]
    assert life.balance() == 0
    assert send(life, row) == list_id
    assert states(life, send(life, row, by=life.approver)) == ["known"]
    assert life.count("life_turn") == 1


def test_a_near_miss_is_decided_by_a_person(life: Life) -> None:
    row = ("王玉蓝", slip(number_of(life.senior)), "死亡", "2026-11-18", "公安")
    list_id = send(life, row)
    (found,) = rows_of(life, list_id)
    with pytest.raises(NotACandidate):
        lists.decide_row(life.session, row_id=found.id, senior_id=10**9, actor=life.clerk, now=clock.now())
    lists.decide_row(life.session, row_id=found.id, senior_id=None, actor=life.clerk, now=clock.now())
    assert states(life, list_id) == ["not_same"]
    assert found.name_sealed is None
    with pytest.raises(RowDecided):
        lists.decide_row(life.session, row_id=found.id, senior_id=life.senior.id, actor=life.clerk, now=clock.now())
    number = number_of(life.senior)
    wrong = number[:17] + ("0" if number[17] != "0" else "1")
    again = send(life, row, ("王玉蓝", wrong, "死亡", "2026-11-17", "卫健"))
    first, second = rows_of(life, again)
    assert second.candidates == [{"senior": life.senior.id, "why": "digit"}]
    lists.decide_row(life.session, row_id=first.id, senior_id=life.senior.id, actor=life.clerk, now=clock.now())
    assert states(life, again)[0] == "waiting"


def test_the_same_name_counts_with_the_same_birthday_or_in_the_same_street(life: Life) -> None:
    number = number_of(life.senior)
    other = whole_number(f"330102{number[6:14]}{(int(number[14:17]) + 222) % 900:03d}")
    elsewhere = make_id_number(serial=801, region="330102")
    list_id = send(life, ("王玉兰", other, "住院", "2026-11-19", ""), ("王玉兰", elsewhere, "住院", "2026-11-19", ""))
    whys = [[each["why"] for each in row.candidates] for row in rows_of(life, list_id)]
    assert whys[0] == ["name_and_birth"]
    assert whys[1] in (["name_and_birth"], ["name_and_street"])
    assert states(life, send(life, ("王玉兰", elsewhere, "出院", "2026-11-19", ""), by=life.approver)) in (
        ["nobody"],
        ["review"],
    )


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (("", "330106194103050122", "死亡", "2026-11-18", ""), "name"),
        (("王玉兰", "33010619410305", "死亡", "2026-11-18", ""), "id_number"),
        (("王玉兰", "330106194103050122", "结婚", "2026-11-18", ""), "event"),
        (("王玉兰", "330106194103050122", "死亡", "2026-11-21", ""), "on"),
        (("王玉兰", "330106194103050122", "死亡", "十一月", ""), "on"),
        (("王玉兰", "330106194103050122", "死亡", "0001-01-01", ""), "on"),
    ],
)
def test_faults_are_told_by_row_and_column(life: Life, row: tuple[str, ...], column: str) -> None:
    (found,) = rows_of(life, send(life, row))
    assert (found.state, [each["column"] for each in found.faults]) == ("refused", [column])


def test_a_list_has_limits(life: Life) -> None:
    with pytest.raises(SheetFault, match="too_many_rows"):
        send(life, *[("王玉兰", "330106194103050122", "死亡", "2026-11-18", "")] * 501)
    with pytest.raises(TurnNotFound):
        lists.lock_list(
            life.session,
            list_id=send(life, ("王玉兰", number_of(life.senior), "死亡", "2026-11-18", "")),
            actor=make_actor(life.session, area_code="330106003"),
        )


@pytest.mark.parametrize("write", ["15", "lower", "spaces"])
def test_a_number_written_otherwise_is_the_same_person(life: Life, write: str) -> None:
    senior = make_senior(life.session, name="陈大山", id_number=make_id_number(serial=333), hukou_area=STREET)
    number = number_of(senior)
    written = {"15": number[:6] + number[8:17], "lower": number.lower(), "spaces": f" {number} "}[write]
    list_id = send(life, ("陈大山", written, "死亡", "2026-11-18", ""))
    assert [row.senior_id for row in rows_of(life, list_id)] == [senior.id]


def test_a_row_about_somebody_who_died_is_known_or_a_contradiction(life: Life) -> None:
    life.turn(TurnKind.DEATH)
    number = number_of(life.senior)
    list_id = send(
        life, ("王玉兰", number, "火化", "2026-11-19", "殡葬"), ("王玉兰", number, "住院", "2026-11-19", "卫健")
    )
    assert states(life, list_id) == ["known", "refused"]


@pytest.mark.parametrize(
    ("event", "day", "state"),
    [
        ("死亡", "2026-11-18", "known"),
        ("死亡", "2026-11-17", "refused"),
        ("死亡", "2026-11-19", "refused"),
        ("火化", "2026-11-18", "known"),
        ("火化", "2026-11-19", "known"),
        ("火化", "2026-11-17", "refused"),
    ],
)
def test_another_day_of_death_than_the_one_that_is_known_is_for_a_person_to_look_at(
    life: Life, event: str, day: str, state: str
) -> None:
    life.turn(TurnKind.DEATH, date(2026, 11, 18))
    (row,) = rows_of(life, send(life, ("王玉兰", number_of(life.senior), event, day, "卫健")))
    assert (row.state, row.senior_id) == (state, life.senior.id)
    told = [{"column": "on", "code": "other_day", "params": {"died_on": "2026-11-18"}}]
    assert row.faults == (told if state == "refused" else [])


def test_two_days_of_one_death_in_one_list_record_the_first_and_leave_the_other_to_a_person(life: Life) -> None:
    number = number_of(life.senior)
    list_id = send(
        life, ("王玉兰", number, "死亡", "2026-11-17", "公安"), ("王玉兰", number, "死亡", "2026-11-18", "卫健")
    )
    lists.confirm(life.session, list_id=list_id, effects=life.effects, actor=life.clerk, now=clock.now())
    assert states(life, list_id) == ["recorded", "refused"]


def test_a_near_miss_who_turns_out_to_have_died_on_another_day_is_told_as_such(life: Life) -> None:
    (row,) = rows_of(life, send(life, ("王玉蓝", slip(number_of(life.senior)), "死亡", "2026-11-17", "公安")))
    life.turn(TurnKind.DEATH, date(2026, 11, 18))
    decided = lists.decide_row(life.session, row_id=row.id, senior_id=life.senior.id, actor=life.clerk, now=clock.now())
    assert (decided.state, decided.faults[0]["code"]) == ("refused", "other_day")


def test_slips_of_the_pen_are_one_digit_or_two_neighbours() -> None:
    number = make_id_number(serial=123)
    assert compare_numbers(number, whole_number(f"{number[:16]}9")) is Likeness.DIGIT
    swapped = f"{number[:8]}{number[9]}{number[8]}{number[10:17]}"
    assert compare_numbers(number, whole_number(swapped)) in (Likeness.SWAPPED, None)
    assert compare_numbers(number, make_id_number(serial=987, region="330102")) is None
    assert len(slips_of(number)) >= 17 * 9
    assert number[:17] not in slips_of(number)


def test_one_list_may_tell_of_a_stay_and_of_its_end(life: Life) -> None:
    number = number_of(life.senior)
    list_id = send(
        life,
        ("王玉兰", number, "出院", "2026-11-19", "卫健"),
        ("王玉兰", number, "住院", "2026-11-10", "卫健"),
    )
    assert states(life, list_id) == ["waiting", "waiting"]
    lists.confirm(life.session, list_id=list_id, effects=life.effects, actor=life.clerk, now=clock.now())
    assert states(life, list_id) == ["recorded", "recorded"]
    assert [each.status for each in list_statuses(life.session, senior_id=life.senior.id)][-1] == "active"


def test_the_end_of_a_stay_waits_for_the_list_that_tells_of_it(life: Life) -> None:
    number = number_of(life.senior)
    stay = send(life, ("王玉兰", number, "住院", "2026-11-10", "卫健"))
    end = send(life, ("王玉兰", number, "出院", "2026-11-19", "卫健"))
    told = []
    for list_id in (end, stay, end):
        told += states(life, end)
        lists.confirm(life.session, list_id=list_id, effects=life.effects, actor=life.clerk, now=clock.now())
    assert [*told, *states(life, end)] == ["waiting", "waiting", "waiting", "recorded"]
    other = make_senior(life.session, name="李福生", hukou_area=STREET)
    assert states(life, send(life, ("李福生", number_of(other), "出院", "2026-11-19", "卫健"))) == ["known"]


def test_a_row_that_cannot_be_recorded_holds_up_no_other(life: Life) -> None:
    young = make_senior(life.session, name="李福生", birth_on=date(1938, 7, 9), hukou_area=STREET)
    list_id = send(
        life,
        ("李福生", number_of(young), "死亡", "1938-07-01", "公安"),
        ("王玉兰", number_of(life.senior), "死亡", "2026-11-18", "公安"),
    )
    lists.confirm(life.session, list_id=list_id, effects=life.effects, actor=life.clerk, now=clock.now())
    assert states(life, list_id) == ["refused", "recorded"]
    # The application logs in as a role that may write only some columns.
    may = text("SELECT has_column_privilege('chongyang_app', 'turn_list_row', 'faults', 'UPDATE')")
    assert life.session.execute(may).scalar_one()
