"""An export is checked by one file, alone, on a machine that never saw the product; whatever was touched is named."""

import json
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.db import ask
from app.tokens import new_id
from subsidies import services as ledger
from subsidies.ledger import verify_export
from subsidies.ledger.verify_export import COLUMNS, check_export, row_check
from subsidies.seals import exporting
from subsidies.seals.exporting import Period, export_ledger
from subsidies.seals.keys import SealingKey
from subsidies.seals.sealing import seal_books
from tests.app.people.factories import make_senior
from tests.subsidies.factories import NOON, SOON, STREET, Accounts, claw_back, grant, new_home, reverse, spend

SCRIPT = Path(verify_export.__file__)
WHOLE = Period(None, None)
SALT = b"salt" * 8


def faults_of(folder: Path) -> list[str]:
    told: list[str] = []
    check_export(folder, lambda holds, where, what: None if holds else told.append(f"{where}: {what}"), [])
    return told


def run_alone(script: Path, *arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a copy of the script with nothing but Python: no environment, no packages, no directory of ours."""
    command = [sys.executable, "-I", "-S", str(script), *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env={}, capture_output=True, text=True, check=False)


@pytest.fixture
def books(session: Session, accounts: Accounts, key: SealingKey) -> list[int]:
    """Make three days of three books, a seal a day, with everything in them that there is."""
    homes = [make_senior(session, hukou_area=STREET).id, new_home(), new_home()]
    for number, home in enumerate(homes):
        grant(session, home, 400 + number, funder=accounts.city, expires_on=SOON)
        grant(session, home, 800, funder=accounts.district)
    seal_books(session, key=key, now=NOON)
    for day in (1, 2):
        now = NOON + timedelta(days=day)
        for home in homes[:2]:
            cause = {"note": 'é "重阳" \\ \n, | 😀', "n": 1.50}
            paid = spend(session, home, 500, merchant=accounts.canteen, legs=accounts.legs, cause=cause, now=now)
            spend(session, home, 9000, merchant=accounts.canteen, now=now)
            assert paid.txn_id is not None
            reverse(session, home, paid.txn_id, lines=[(1, 100)], now=now + timedelta(hours=1))
        seal_books(session, key=key, now=now)
    owe(session, homes[2], accounts)
    ledger.answer(session, home=homes[2], key="k", fingerprint=b"f", outcome="sold_for_cash", response={}, now=NOON)
    seal_books(session, key=SealingKey(bytes(range(32))), now=NOON + timedelta(days=3))
    return homes


def owe(session: Session, home: int, accounts: Accounts) -> None:
    """Claim points back that were spent, and give some of them back afterwards."""
    (granted,) = grant(session, home, 600, funder=accounts.street).txn_ids.values()
    paid = spend(session, home, 1500, merchant=accounts.canteen)
    assert paid.txn_id is not None
    claw_back(session, home, granted, 600)
    reverse(session, home, paid.txn_id)


LINE_BREAKS = """SELECT outcome FROM ledger.spend(%(home)s, 'k-lines', 'f', %(txn)s, %(merchant)s, 5, 'meals',
    '{}'::bigint[], '{}'::bigint[], %(cause)s::json, NULL, '1', '', now(), '2026-11-20', now())"""


def test_a_document_with_line_breaks_comes_out_as_it_was_hashed(
    session: Session, accounts: Accounts, home: int, key: SealingKey, tmp_path: Path
) -> None:
    grant(session, home, 400, funder=accounts.city)
    cause = '{"a":\r\n  [1,\n 2]}'
    ask(session, LINE_BREAKS, {"home": home, "txn": new_id(), "merchant": accounts.canteen, "cause": cause})
    seal_books(session, key=key, now=NOON)
    export_ledger(session, folder=tmp_path / "export", period=WHOLE, salt=SALT)
    assert len((tmp_path / "export" / "transactions.csv").read_bytes().split(b"\n")) == 1 + 2 + 1
    assert faults_of(tmp_path / "export") == []


@pytest.fixture
def export(session: Session, books: list[int], tmp_path: Path) -> Path:
    export_ledger(session, folder=tmp_path / "export", period=WHOLE, salt=SALT)
    return tmp_path / "export"


def test_an_export_verifies_with_the_script_alone_on_a_bare_machine(export: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "auditor"
    elsewhere.mkdir()
    script = Path(shutil.copy(SCRIPT, elsewhere / "check.py"))
    told = run_alone(script, export, cwd=elsewhere)
    assert (told.returncode, told.stderr) == (0, ""), told.stdout
    assert told.stdout.startswith("19 transactions of 3 books up to seal 4 of 2026-11-23T03:48:00.000000Z")
    assert told.stdout.endswith(": 0 faults\n")


def test_the_script_imports_the_standard_library_alone() -> None:
    imported = {
        line.split()[1].split(".")[0]
        for line in SCRIPT.read_text().splitlines()
        if line.startswith(("import ", "from "))
    }
    assert imported <= set(sys.stdlib_module_names)


def test_the_auditor_names_the_key_that_must_have_signed(
    session: Session, accounts: Accounts, home: int, key: SealingKey, tmp_path: Path
) -> None:
    grant(session, home, 400, funder=accounts.city)
    seal_books(session, key=key, now=NOON)
    export_ledger(session, folder=tmp_path / "export", period=WHOLE, salt=SALT)
    assert run_alone(SCRIPT, tmp_path / "export", "--key", key.public_key.hex(), cwd=tmp_path).returncode == 0
    told = run_alone(SCRIPT, tmp_path / "export", "--key", "00" * 32, cwd=tmp_path)
    assert told.returncode == 1
    assert "seals.csv row 1 (1): is not signed rightly, or not by a key named by --key" in told.stdout


def test_what_is_no_export_is_told_so(tmp_path: Path) -> None:
    told = run_alone(SCRIPT, tmp_path, cwd=tmp_path)
    assert told.returncode == 1
    assert "is no complete export" in told.stdout
    assert run_alone(SCRIPT, cwd=tmp_path).returncode == 2


def test_an_export_names_nobody(session: Session, books: list[int], export: Path) -> None:
    from app.people.queries import id_numbers_of

    number = id_numbers_of(session, senior_ids=books)[books[0]]
    everything = "".join(file.read_text() for file in export.iterdir())
    assert number not in everything
    assert exporting.reference_of(number, SALT) in everything
    assert exporting.reference_of(number, b"other") not in everything


def test_a_directory_with_anything_in_it_is_refused(session: Session, export: Path) -> None:
    with pytest.raises(exporting.NotEmpty):
        export_ledger(session, folder=export, period=WHOLE, salt=SALT)


def test_an_export_without_a_seal_is_refused(session: Session, tmp_path: Path) -> None:
    with pytest.raises(exporting.NothingSealed):
        export_ledger(session, folder=tmp_path / "export", period=WHOLE, salt=SALT)


@pytest.mark.parametrize(
    "asked",
    [
        (date(2026, 11, 21), None, 8),
        (date(2026, 11, 22), None, 4),
        (None, date(2026, 11, 21), 11),
        (date(2026, 11, 21), date(2026, 11, 22), 4),
        (date(2026, 12, 1), None, 0),
    ],
)
def test_a_period_begins_and_ends_where_seals_say(
    session: Session, books: list[int], tmp_path: Path, asked: tuple[date | None, date | None, int]
) -> None:
    since, until, count = asked
    rows = export_ledger(session, folder=tmp_path / "part", period=Period(since, until), salt=SALT)
    assert rows["transactions"] == count
    assert faults_of(tmp_path / "part") == []


def test_a_period_that_ends_before_it_begins_is_refused(session: Session, books: list[int], tmp_path: Path) -> None:
    day = date(2026, 11, 21)
    with pytest.raises(exporting.PeriodIsEmpty):
        export_ledger(session, folder=tmp_path / "part", period=Period(day, day), salt=SALT)


def test_the_command_seals_exports_and_shows_how_far_it_is(
    committed_db: Session, runner: Any, tmp_path: Path, folder: Path
) -> None:
    from tests.subsidies.factories import open_accounts

    grant(committed_db, new_home(), 500, funder=open_accounts(committed_db).city)
    committed_db.commit()
    told = runner.invoke(args=["ledger", "export", str(tmp_path / "out"), "--from", "2026-11-01"])
    assert told.exit_code == 0, told.output
    assert faults_of(tmp_path / "out") == []
    again = runner.invoke(args=["ledger", "export", str(tmp_path / "out")])
    assert again.exit_code == 1


def rows_of(export: Path) -> list[tuple[str, int]]:
    """Return every row of every file: name of the file, and offset of each line after the heading."""
    found = []
    for file in sorted(export.glob("*.csv")):
        offset = 0
        for number, line in enumerate(file.read_bytes().splitlines(keepends=True)):
            if number:
                found.append((file.name, offset, len(line), number))
            offset += len(line)
    return found  # type: ignore[return-value]


def test_one_byte_changed_anywhere_in_any_row_is_found_and_named(export: Path, tmp_path: Path) -> None:
    assert faults_of(export) == []
    rows: list[Any] = rows_of(export)

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def flip(data: st.DataObject) -> None:
        name, offset, length, number = data.draw(st.sampled_from(rows))
        place, mask = offset + data.draw(st.integers(0, length - 1)), data.draw(st.integers(1, 255))
        before = (export / name).read_bytes()
        (export / name).write_bytes(before[:place] + bytes([before[place] ^ mask]) + before[place + 1 :])
        try:
            assert any(fault.startswith(f"{name} row {number} ") for fault in faults_of(export)), faults_of(export)
        finally:
            (export / name).write_bytes(before)

    flip()


def rewrite(export: Path, name: str, number: int, column: str, value: str) -> None:
    """Change a cell as somebody would who knows the row's check and corrects it."""
    import csv

    with (export / f"{name}.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.reader(stream))
    place = [each for each, _kind in COLUMNS[name]].index(column)
    assert rows[number][place] != value
    rows[number][place] = value
    with (export / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
        stream.write(",".join(rows[0]) + "\n")
        for row in rows[1:]:
            text = exporting._line(row[:-1])
            stream.write(f"{text},{row_check(name, text)}\n")


INTENT = [
    ("transactions", 3, "actor", "13", "transactions.csv row 3"),
    ("transactions", 3, "cause", "{}", "transactions.csv row 3"),
    ("transactions", 3, "balance_fen", "1", "transactions.csv row 3"),
    ("transactions", 2, "hash", "00" * 32, "transactions.csv row 2"),
    ("transactions", 3, "booked_at", "2026-11-21T03:48:00.000001Z", "transactions.csv row 3"),
    ("postings", 1, "amount_fen", "401", "transactions.csv row 1"),
    ("postings", 1, "amount_fen", "-400", "postings.csv row 1"),
    ("postings", 1, "lot_id", "7", "postings.csv row 1"),
    ("postings", 3, "n", "5", "transactions.csv row 3"),
    ("lots", 1, "terms", "101 elder-points any 2027-11-25 -", "transactions.csv row 1"),
    ("lots", 1, "end_fen", "12345", "lots.csv row 1"),
    ("books", 1, "balance_fen", "1", "books.csv row 1"),
    ("books", 1, "start_fen", "1", "books.csv row 1"),
    ("books", 1, "to_seq", "5", "books.csv row 1"),
    ("leaves", 1, "balance_fen", "1", "transactions.csv row 2"),
    ("leaves", 1, "from_seq", "2", "leaves.csv row 1"),
    ("blocks", 1, "root", "00" * 32, "blocks.csv row 1"),
    ("blocks", 1, "previous", "11" * 32, "blocks.csv row 1"),
    ("seals", 1, "root", "00" * 32, "seals.csv row 1"),
    ("seals", 2, "sealed_at", "2026-11-21T03:48:00.000001Z", "seals.csv row 2"),
    ("seals", 2, "signature", "00" * 64, "seals.csv row 2"),
    ("keys", 1, "public_key", "00" * 32, "seals.csv row"),
    ("accounts", 2, "name", "mine", "accounts.csv row 2"),
    ("accounts", 2, "digest", "00" * 32, "accounts.csv row 2"),
    ("answers", 1, "digest", "00" * 32, "blocks.csv row"),
    ("trial", 1, "debit_fen", "1", "trial.csv row 1"),
]


def test_a_cell_changed_by_someone_who_corrects_the_rows_check_is_found_too(export: Path) -> None:
    for name, number, column, value, expected in INTENT:
        before = (export / f"{name}.csv").read_bytes()
        rewrite(export, name, number, column, value)
        found = faults_of(export)
        assert any(fault.startswith(expected) for fault in found), (name, number, column, found)
        (export / f"{name}.csv").write_bytes(before)
    assert faults_of(export) == []


def test_an_offset_that_takes_other_points_than_were_given_back_is_found(export: Path) -> None:
    lines = (export / "transactions.csv").read_text(encoding="utf-8").splitlines()
    number = next(place for place, line in enumerate(lines) if ",offset," in line)
    for column, value in (("reverses", lines[1].split(",")[2]), ("kind", "expiry")):
        before = (export / "transactions.csv").read_bytes()
        rewrite(export, "transactions", number, column, value)
        assert any(fault.startswith(f"transactions.csv row {number}") for fault in faults_of(export))
        (export / "transactions.csv").write_bytes(before)
    rewrite(export, "transactions", number - 1, "kind", "spend")
    assert any("than the reversal before it gave back" in fault for fault in faults_of(export))


def test_a_row_left_out_is_found_even_where_it_is_not_counted(export: Path) -> None:
    manifest = (export / "export.json").read_text()
    for name in COLUMNS:
        before = (export / f"{name}.csv").read_bytes()
        lines = before.splitlines(keepends=True)
        (export / f"{name}.csv").write_bytes(b"".join(lines[:1] + lines[2:]))
        assert any(fault.startswith(f"{name}.csv") for fault in faults_of(export))
        document = json.loads(manifest)
        document["rows"][name] -= 1
        (export / "export.json").write_text(json.dumps(document))
        assert faults_of(export) != [], name
        (export / f"{name}.csv").write_bytes(before)
        (export / "export.json").write_text(manifest)
    assert faults_of(export) == []
