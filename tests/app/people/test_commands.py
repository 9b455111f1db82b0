"""``flask people import``: what it prints, and with which exit code it ends."""

import pytest
from sqlalchemy import func, select

from app.people.files import EXAMPLE, template
from app.people.models import Senior
from tests.app.areas.factories import make_place
from tests.app.people.factories import WEST_LAKE


@pytest.fixture
def place(session, clock):
    make_place(session, WEST_LAKE)
    session.commit()


def run(runner, *arguments):
    return runner.invoke(args=["people", "import", *map(str, arguments)])


def count(session) -> int:
    return session.scalar(select(func.count()).select_from(Senior))


def test_the_template_is_printed_and_taken_back(runner, session, place, tmp_path):
    printed = run(runner, "--template")
    assert (printed.exit_code, printed.output) == (0, template())
    file = tmp_path / "people.csv"
    file.write_text(printed.output)
    done = run(runner, file)
    assert (done.exit_code, count(session)) == (0, 1)
    again = run(runner, file, "--language", "en")
    assert "1 rows: 0 new, 0 changed, 1 unchanged, 0 refused." in again.stdout
    assert count(session) == 1


def test_a_refused_row_is_told_and_ends_with_1(runner, session, place, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text(template().replace(EXAMPLE["phone"], "1380013800"))
    done = run(runner, file, "--language", "en")
    assert (done.exit_code, count(session)) == (1, 0)
    assert "row 2, phone (Phone): A mobile number has 11 digits; this has 10." in done.stdout
    assert "Nothing was saved." in done.stdout


def test_good_rows_are_taken_and_the_exit_code_still_tells(runner, session, place, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text(template() + template().splitlines()[1] + "\n")
    done = run(runner, file, "--good-rows", "--language", "en")
    assert (done.exit_code, count(session)) == (1, 1)
    assert "row 3, id_number" in done.stdout


def test_a_dry_run_writes_nothing(runner, session, place, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text(template())
    done = run(runner, file, "--dry-run", "--language", "en")
    assert (done.exit_code, count(session)) == (0, 0)
    assert "1 new" in done.stdout


def test_a_file_that_cannot_be_read_is_told_without_a_traceback(runner, session, place, tmp_path):
    file = tmp_path / "people.xlsx"
    file.write_bytes(b"PK\x03\x04 nonsense")
    done = run(runner, file, "--language", "en")
    assert done.exit_code == 1
    assert "damaged" in done.output
    assert "Traceback" not in done.output


def test_a_file_must_be_named(runner, session):
    assert run(runner).exit_code == 2
    assert run(runner, "/nowhere/at/all.csv").exit_code == 2
