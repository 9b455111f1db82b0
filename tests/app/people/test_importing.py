"""Files of seniors: what is taken, what is refused and with which words, and what a second run does."""

from datetime import date

import pytest
from sqlalchemy import select

from app import vault
from app.audit.models import AuditEntry
from app.people.files import EXAMPLE, LAYOUT, template
from app.people.importing import Mode, restore
from app.people.models import Card, Senior, SeniorStatus
from app.people.rules import Status
from app.people.wording import FAULT_WORDS, FIELD_NAMES, say
from app.spreadsheets import SheetFault
from tests.app.areas.factories import make_place
from tests.app.people.factories import OTHER_STREET, WEST_LAKE, make_actor, make_id_number, make_senior
from tests.app.people.sheets import CHINESE, a_row, as_csv, as_xlsx, count, english, places, take, told  # noqa: F401 - fixtures too


def test_the_template_is_itself_a_good_file(session):
    make_place(session, WEST_LAKE)
    report = take(session, template().encode())
    assert (report.new, report.refused, report.cards, report.written) == (1, 0, 1, True)
    senior = session.scalars(select(Senior)).one()
    assert (senior.name, senior.sex, senior.ability_level) == (EXAMPLE["name"], "female", 1)
    assert session.scalars(select(Card.state)).all() == ["issued"]
    assert set(template().splitlines()[0].split(",")) == set(LAYOUT.columns)


def test_a_file_is_taken_and_everybody_is_active_from_today(session):
    report = take(session, as_csv([a_row(number) for number in range(1, 6)]))
    assert (report.rows, report.new, report.written) == (5, 5, True)
    assert count(session) == 5
    assert session.execute(select(SeniorStatus.status, SeniorStatus.from_on).distinct()).all() == [
        ("active", date(2026, 11, 20))
    ]


def test_a_second_run_changes_nothing(session):
    data = as_csv([a_row(number) for number in range(1, 4)])
    take(session, data)
    entries = count(session, AuditEntry)
    report = take(session, data)
    assert (report.new, report.changed, report.unchanged, report.written) == (0, 0, 3, True)
    assert (count(session), count(session, SeniorStatus)) == (3, 3)
    assert count(session, AuditEntry) == entries + 1, "only that the file came again"


def test_a_changed_row_changes_the_senior_with_old_and_new_in_the_log(session):
    take(session, as_csv([a_row(1), a_row(2)]))
    report = take(session, as_csv([a_row(1, phone="13900139000", name="改名"), a_row(2)]))
    assert (report.changed, report.unchanged) == (1, 1)
    senior = session.scalars(select(Senior).where(Senior.name == "改名")).one()
    assert vault.unseal(senior.phone_sealed) == "13900139000"
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "senior.changed")).one()
    assert (entry.old, entry.new) == ({"name": "老人1"}, {"name": "改名", "also_changed": ["phone"]})


def test_an_empty_cell_takes_nothing_away(session):
    take(session, as_csv([a_row(1)]))
    report = take(session, as_csv([a_row(1, phone="")]))
    assert (report.changed, report.unchanged) == (0, 1)


def test_a_preview_counts_and_writes_nothing(session):
    take(session, as_csv([a_row(1), a_row(2)]))
    rows = [a_row(1), a_row(2, name="改名"), a_row(3), a_row(4, phone="1")]
    report = take(session, as_csv(rows), mode=None)
    assert (report.rows, report.new, report.changed, report.unchanged, report.refused) == (4, 1, 1, 1, 1)
    assert not report.written
    assert count(session) == 2


def test_one_bad_row_keeps_everybody_out(session):
    report = take(session, as_csv([a_row(1), a_row(2, id_number="330106194103050000"), a_row(3)]))
    assert told(report) == [(3, "id_number", "id_check_digit")]
    assert (report.written, count(session)) == (False, 0)


def test_a_bad_row_at_the_end_undoes_what_was_written_before(session):
    rows = [a_row(number % 990 + 1, birth_date="") for number in range(5)] + [a_row(7, sex="male1")]
    report = take(session, as_csv(rows))
    assert (report.written, report.refused, count(session)) == (False, 1, 0)


def test_the_good_rows_may_be_taken_alone(session):
    rows = [a_row(1), a_row(2, phone="1"), a_row(3)]
    report = take(session, as_csv(rows), mode=Mode.GOOD_ROWS)
    assert (report.new, report.refused, report.written) == (2, 1, True)
    assert count(session) == 2


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"name": ""}, "name", "missing"),
        ({"name": "x" * 51}, "name", "too_long"),
        ({"id_number": ""}, "id_number", "id_missing"),
        ({"id_number": "3.30106E+17"}, "id_number", "id_characters"),
        ({"id_number": "３３０１０６１９４１０３０５００１１"}, "id_number", "id_full_width"),
        ({"id_number": '="330106194103050013"'}, "id_number", "cell_formula"),
        ({"birth_date": "1941-02-30"}, "birth_date", "not_a_day"),
        ({"birth_date": "1941-03-06"}, "birth_date", "birth_date_differs"),
        ({"sex": "female"}, "sex", "sex_differs"),
        ({"sex": "先生"}, "sex", "not_a_choice"),
        ({"phone": "1380013800"}, "phone", "phone_mobile_length"),
        ({"hukou_area": "杭州"}, "hukou_area", "area_unknown"),
        ({"residence_area": "330199"}, "residence_area", "area_unknown"),
        ({"name": "x" * 1001}, "name", "cell_too_long"),
    ],
)
def test_each_fault_names_its_row_and_column(session, changes, column, code):
    report = take(session, as_csv([a_row(2), a_row(1, **changes)]))
    assert told(report) == [(3, column, code)]


def test_all_faults_of_a_row_are_told_at_once(session):
    report = take(session, as_csv([a_row(1, name="", phone="1", hukou_area="x", sex="?")]))
    assert {column for _, column, _ in told(report)} == {"name", "phone", "hukou_area", "sex"}
    assert report.refused == 1


def test_a_person_twice_in_a_file_is_told_with_the_first_row(session):
    number = make_id_number(date(1941, 3, 5), serial=1)
    report = take(session, as_csv([a_row(1), a_row(2), a_row(1, id_number=number[:6] + number[8:17])]))
    assert told(report) == [(4, "id_number", "id_twice")]
    assert report.faults[0].params == {"row": 2}


def test_the_deceased_are_refused(session):
    make_senior(session, id_number=a_row(1)["id_number"], status=Status.DECEASED)
    report = take(session, as_csv([a_row(1)]), mode=None)
    assert told(report) == [(2, "id_number", "deceased_registered")]


def test_a_clerk_takes_in_only_people_of_the_own_area(session):
    clerk = make_actor(session)
    make_senior(session, id_number=a_row(4)["id_number"], hukou_area=OTHER_STREET)
    rows = [
        a_row(1),
        a_row(2, hukou_area=OTHER_STREET),
        a_row(3, hukou_area=OTHER_STREET, residence_area=OTHER_STREET),
        a_row(4),
    ]
    report = take(session, as_csv(rows), mode=Mode.GOOD_ROWS, actor=clerk)
    assert told(report) == [(4, "residence_area", "area_not_yours"), (5, "id_number", "registered_elsewhere")]
    assert (report.new, report.refused) == (2, 2)


def test_places_may_be_named_when_only_one_has_the_name(session):
    make_place(session, "330108001", "北干街道")
    make_place(session, "330109001", "北干街道")
    report = take(session, as_csv([a_row(1, hukou_area="北山街道"), a_row(2, hukou_area="北干街道")]), mode=None)
    assert told(report) == [(3, "hukou_area", "area_ambiguous")]
    assert report.new == 1


def test_chinese_headers_and_words_of_law_are_read(session):
    rows = [a_row(1, sex="男", birth_date="1941年3月5日", income_class="低保")]
    data = as_csv(rows, "gb18030", header=[CHINESE[name] for name in rows[0]])
    assert take(session, data).new == 1
    senior = session.scalars(select(Senior)).one()
    assert (senior.income_class, senior.name) == ("low_income", "老人1")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_comes_in_any_usual_encoding(session, encoding):
    report = take(session, as_csv([a_row(1, name="欧阳㛃")], encoding))
    assert report.new == 1
    assert session.scalars(select(Senior.name)).one() == "欧阳㛃"


def test_semicolons_and_tabs_separate_too(session):
    for serial, sign in ((1, ";"), (2, "\t")):
        row = a_row(serial)
        data = sign.join(row) + "\n" + sign.join(row.values()) + "\n"
        assert take(session, data.encode()).new == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "sheet_empty"),
        (b"\n\n,,\n", "sheet_empty"),
        (b"\xff\xfe\x00\xd8", "sheet_encoding"),
        (b"name\x00,id_number", "sheet_encoding"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "sheet_old_excel"),
        (b"PK\x03\x04 nonsense", "sheet_broken"),
        (b"name,id_number\nx,y\n", "sheet_columns_missing"),
        (b"# some other file\n", "sheet_columns_missing"),
        (b"name,id_number,hukou_area,residence_area,shoe\n", "sheet_column_unknown"),
        (b"name,id_number,hukou_area,residence_area,name\n", "sheet_column_twice"),
        (b"name,id_number,hukou_area,residence_area,\xe5\xa7\x93\xe5\x90\x8d\n", "sheet_column_twice"),
        (b"name," * 61, "sheet_too_many_columns"),
        (b'name,id_number,hukou_area,residence_area\n"open', "sheet_quotes"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_as_a_whole(session, data, code):
    with pytest.raises(SheetFault) as refusal:
        take(session, data)
    assert refusal.value.code == code
    assert str(refusal.value.detail)


def test_too_many_rows_are_refused(session):
    with pytest.raises(SheetFault, match="sheet_too_many_rows"):
        take(session, as_csv([a_row(number) for number in range(1, 5)]), most_rows=3)


def test_a_report_survives_storage(session):
    report = take(session, as_csv([a_row(1, phone="1")]), mode=None)
    assert restore(report.storable()) == report


def test_every_fault_has_words_in_which_all_its_values_stand(session):
    for code, words in FAULT_WORDS.items():
        assert "%(" not in str(say(code, dict.fromkeys(names_in(str(words)), "x"))), code
    assert set(FIELD_NAMES) == {*LAYOUT.columns, ""}


def names_in(sentence: str) -> list[str]:
    return [part.split(")")[0] for part in sentence.split("%(")[1:]]


def test_no_fault_repeats_an_id_number(session):
    number = make_id_number(date(1941, 3, 5), serial=1)
    wrong = [number[:17] + "?", number[:-1] + ("0" if number[-1] != "0" else "1"), number[:17], f"'{number}"]
    report = take(session, as_csv([a_row(1, id_number=each) for each in wrong]), mode=None)
    assert len(report.faults) == len(wrong)
    for fault in report.faults:
        assert number[:17] not in f"{fault.params}{say(fault.code, fault.params)}"


def test_the_log_says_which_file_came_and_what_it_brought(session):
    take(session, as_csv([a_row(1), a_row(2)]))
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert entry.action == "senior.imported"
    assert (entry.new["new"], entry.new["file"]) == (2, "老人.csv")


def test_many_rows_are_taken_a_thousand_at_a_time(session):
    seen: list[int] = []
    rows = [a_row(number % 999, birth_date="", sex="", phone="") for number in range(1000)]
    for number, row in enumerate(rows):
        row["id_number"] = make_id_number(date(1930, 1, 1 + number % 28), serial=number % 900 // 2 * 2 + 1)
    unique = list({row["id_number"]: row for row in rows}.values())
    report = take(session, as_csv(unique), progress=seen.append)
    assert (report.new, sum(seen)) == (len(unique), len(unique))
