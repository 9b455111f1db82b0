"""A file of 100,000 seniors through the real command, beside a bare copy of the rows it made."""

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count, islice
from pathlib import Path
from time import perf_counter

from sqlalchemy import create_engine, text
from stdnum.cn.ric import calc_check_digit

from bench.figures import Figure
from bench.world import HOME, World

ROWS = 100_000
AIM_SECONDS = 120
AIM_MB = 300
REGION, PLACE = "330106", "330106"
FIRST_BIRTH = date(1926, 1, 1)
HEADER = (
    "name",
    "id_number",
    "birth_date",
    "sex",
    "phone",
    "hukou_area",
    "residence_area",
    "address",
    "living_situation",
    "income_class",
    "ability_level",
    "issue_card",
)


def run(world: World) -> list[Figure]:
    """Measure the import of 100,000 new seniors with cards, and its memory; then the same file once more."""
    file = HOME / "seniors.csv"
    write_file(file, ROWS)
    first, memory_mb = _import(world, file)
    again, _ = _import(world, file)
    reference = _copy(world)
    file.unlink()
    return [
        Figure(
            name="import_seniors",
            value=first,
            unit="s",
            reference=reference,
            ratio=first / reference,
            aim=f"{ROWS:,} rows < {AIM_SECONDS} s, < {AIM_MB} MB",
            met=first < AIM_SECONDS and memory_mb < AIM_MB,
            note=f"peak {memory_mb:.0f} MB; once more, unchanged: {again:.0f} s",
        )
    ]


def write_file(file: Path, rows: int) -> None:
    """Write a file of so many people, each with a well-formed number that is nobody's."""
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        writer.writerows(islice(_people(), rows))


def _people() -> Iterator[tuple[str, ...]]:
    for number in count():
        birth_on = FIRST_BIRTH + timedelta(days=number % 9000)
        serial = 600 + number // 9000
        body = f"{REGION}{birth_on:%Y%m%d}{serial:03d}"
        yield (
            f"测试{number}",
            body + calc_check_digit(body + "0"),
            birth_on.isoformat(),
            "male" if serial % 2 else "female",
            f"139{number:08d}",
            PLACE,
            PLACE,
            f"北山路 {number % 300} 号 {number % 8} 单元 {number % 30} 室",
            ("alone", "empty_nest", "with_family")[number % 3],
            ("none", "none", "none", "low_income")[number % 4],
            str(number % 5),
            "yes",
        )


def _import(world: World, file: Path) -> tuple[float, float]:
    """Run the command in a process of its own; return seconds and peak memory in MB."""
    environment = {
        **os.environ,
        "DATABASE_URL": world.settings.database_url,
        "CHONGYANG_OWNER_DATABASE_URL": world.settings.owner_database_url,
        "CHONGYANG_HOME": str(HOME),
        "CHONGYANG_LOG_LEVEL": "WARNING",
    }
    command = [sys.executable, "-m", "flask", "--app", "app", "people", "import", str(file)]
    start = perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the import ended with {process.returncode}")
    return seconds, used.ru_maxrss / 1024


def _copy(world: World) -> float:
    """Return the seconds of one bare INSERT ... SELECT of as many rows into a table with the same indexes."""
    engine = create_engine(world.settings.owner_database_url)
    newest = "SELECT * FROM senior ORDER BY id DESC LIMIT :rows"
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE bench_senior (LIKE senior INCLUDING ALL)"))
        start = perf_counter()
        connection.execute(text(f"INSERT INTO bench_senior {newest}"), {"rows": ROWS})
        seconds = perf_counter() - start
        connection.execute(text("DROP TABLE bench_senior"))
    engine.dispose()
    return seconds
