"""Finding seniors, and only those one may see."""

from datetime import date

import pytest
from sqlalchemy import event, text

from app.auth.actor import Role
from app.db import db
from app.errors import Invalid
from app.people import queries
from app.people.errors import PersonalNumberInAddress
from app.people.searching import Kind, Search, read_search
from tests.app.people.factories import (
    OTHER_DISTRICT,
    OTHER_STREET,
    STREET,
    WEST_LAKE,
    make_actor,
    make_card,
    make_id_number,
    make_senior,
)

DAY = date(2026, 11, 20)


@pytest.fixture
def clerk(session, clock):
    return make_actor(session)


def found(session, actor, typed, **options) -> list[str]:
    search = read_search(typed)
    return [item.name for item in queries.list_seniors(session, actor=actor, search=search, day=DAY, **options).items]


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [
        ("", Kind.ALL, ""),
        ("  王 ", Kind.NAME, "王"),
        ("Zoë 3", Kind.NAME, "Zoë 3"),
        ("123456", Kind.NAME, "123456"),
        ("6021 8840 3317 0425 904", Kind.CARD, "6021884033170425904"),
        ("６０２１８８４０３３１７０４２５９０４", Kind.CARD, "6021884033170425904"),
        ("11010519491231002x", Kind.ID_NUMBER, "11010519491231002X"),
        ("１１０１０５ 19491231 002X", Kind.ID_NUMBER, "11010519491231002X"),
        ("110105491231002", Kind.ID_NUMBER, "110105491231002"),
        ("138 0013 8000", Kind.PHONE, "13800138000"),
        ("+86 13800138000", Kind.PHONE, "13800138000"),
        ("0571-87654321", Kind.PHONE, "057187654321"),
        ("1234567", Kind.NUMBER, "1234567"),
        ("王秀英 110105 19491231 002X", Kind.NUMBER, "王秀英11010519491231002X"),
        ("王秀英１３８-0013-8000", Kind.NUMBER, "王秀英13800138000"),
        ("11010519491231002Y", Kind.NUMBER, "11010519491231002Y"),
        ("12345678901234567890", Kind.NUMBER, "12345678901234567890"),
    ],
)
def test_what_was_typed_is_told_apart(typed, kind, text):
    assert read_search(typed) == Search(kind, text)


@pytest.mark.parametrize("typed", ["11010519491231002X", "110105491231002", "13800138000", "1234567"])
def test_personal_numbers_are_refused_in_an_address(typed):
    with pytest.raises(PersonalNumberInAddress):
        queries.search_in_address(typed)


def test_a_senior_is_found_by_any_part_of_the_name(session, clerk):
    make_senior(session, name="王秀英")
    make_senior(session, name="李秀英")
    make_senior(session, name="英秀王")
    make_senior(session, name="Zoë O'Brien")
    assert found(session, clerk, "王秀") == ["王秀英"]
    assert found(session, clerk, "秀英") == ["王秀英", "李秀英"]
    assert found(session, clerk, "zoë o'b") == ["Zoë O'Brien"]
    assert found(session, clerk, "英王") == []


@pytest.mark.parametrize("typed", ["%", "_", "\\", "王%", "' OR 1=1 --", "{", "NULL"])
def test_signs_in_a_name_mean_nothing(session, clerk, typed):
    make_senior(session, name="王秀英")
    assert found(session, clerk, typed) == []


@pytest.mark.parametrize("typed", ["王" * 51, "王\u202e英"])
def test_a_name_that_cannot_be_is_refused(session, clerk, typed):
    with pytest.raises(Invalid):
        found(session, clerk, typed)


def test_a_senior_is_found_by_card_id_number_and_phone(session, clerk):
    number = make_id_number(date(1938, 1, 2), serial=7)
    senior = make_senior(session, name="陈阿根", id_number=number, birth_on=date(1938, 1, 2), phone="057187654321")
    make_senior(session, name="旁人", phone="13900139000")
    card = make_card(session, senior, state="lost")
    for typed in (card.number, number, number.lower(), number[:6] + number[8:17], "0571-87654321"):
        assert found(session, clerk, typed) == ["陈阿根"]
    assert found(session, clerk, "13900139001") == []
    assert found(session, clerk, "1234567") == []


def test_an_id_number_with_a_typing_error_is_told(session, clerk):
    with pytest.raises(Invalid) as refusal:
        found(session, clerk, "110105194912310021")
    assert "query" in refusal.value.errors


def test_hukou_or_home_in_my_area_is_enough_and_neither_is_not(session, clerk):
    make_senior(session, name="都在", hukou_area=STREET)
    make_senior(session, name="住在", hukou_area=OTHER_STREET, residence_area=STREET)
    make_senior(session, name="户口在", hukou_area=STREET, residence_area=OTHER_STREET)
    card = make_card(session, make_senior(session, name="都不在", hukou_area=OTHER_STREET))
    assert found(session, clerk, "") == ["都在", "住在", "户口在"]
    assert found(session, clerk, "", area_code=STREET) == ["都在", "住在"]
    assert found(session, clerk, card.number) == []
    assert found(session, make_actor(session, area_code=WEST_LAKE), "") == ["都在", "住在", "户口在"]
    assert found(session, make_actor(session, area_code=OTHER_DISTRICT), "") == ["住在", "户口在", "都不在"]
    assert found(session, make_actor(session, roles=[]), "") == []


def test_pages_follow_each_other_without_gap_or_repeat(session, clerk):
    names = [make_senior(session, name=f"老人{number}").name for number in range(7)]
    seen: list[str] = []
    after = None
    while True:
        page = queries.list_seniors(session, actor=clerk, search=Search(Kind.ALL, ""), day=DAY, after=after, limit=3)
        seen += [item.name for item in page.items]
        if page.next is None:
            break
        after = page.next
    assert seen == names


def test_a_list_costs_the_same_few_statements_however_long_it_is(session, clerk):
    def count_for(limit: int) -> int:
        statements: list[str] = []
        listen = lambda *args: statements.append(args[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listen)
        session.expire_all()
        queries.list_seniors(session, actor=clerk, search=Search(Kind.ALL, ""), day=DAY, limit=limit)
        event.remove(db.engine, "before_cursor_execute", listen)
        return len([statement for statement in statements if statement.startswith("SELECT")])

    for _ in range(5):
        make_card(session, make_senior(session))
    assert count_for(1) == count_for(5) == 2


def test_names_are_found_by_the_index(session, clerk):
    session.execute(text("SET LOCAL enable_seqscan = off"))
    condition = "string_to_array(lower(name), NULL) @> string_to_array(lower('王'), NULL)"
    plan = session.execute(text(f"EXPLAIN SELECT id FROM senior WHERE {condition}"))
    assert "ix_senior_name_characters" in "\n".join(plan.scalars())


def test_an_auditor_sees_masked_names(session, clerk):
    make_senior(session, name="王秀英")
    assert found(session, make_actor(session, roles=[Role.AUDITOR]), "王") == ["王*英"]
