"""A base backup made by the nightly script, WAL kept by the archive's, and a moment restored as the guide says."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import psycopg
import pytest

from app.embedded import EmbeddedDatabase
from tests.conftest import ROOT
from tests.safety.intake.brokers import free_port

SCRIPTS = ROOT / "deploy" / "postgresql"


@dataclass(frozen=True)
class Cluster:
    """A server of the test's own, and who it runs as."""

    folder: Path
    database: EmbeddedDatabase

    @property
    def data(self) -> Path:
        return self.folder / "postgresql"

    @property
    def backups(self) -> Path:
        return self.folder / "backups"

    @property
    def environment(self) -> dict[str, str]:
        info = self.database.server.get_postmaster_info()
        return {
            "PATH": f"{self.folder}/programs:{self.database.bin_path}:/usr/bin:/bin",
            "PGHOST": str(info.socket_dir),
            "PGPORT": str(info.port),
            "PGUSER": "postgres",
            "BACKUP_FOLDER": str(self.backups),
            "BACKUP_HOME": str(self.folder / "home"),
        }

    def run(self, *command: str, **changed: str) -> subprocess.CompletedProcess[str]:
        """Run a program as whoever the server runs as."""
        done = subprocess.run(
            command, user=self.data.stat().st_uid, env=self.environment | changed, cwd="/", capture_output=True,
            text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def ask(self, statement: str, **place: Any) -> Any:
        """Ask the server, or another one on the same machine."""
        about = {"host": self.environment["PGHOST"], "port": self.environment["PGPORT"]} | place
        with psycopg.connect(user="postgres", dbname="postgres", autocommit=True, **about) as connection:
            found = connection.execute(statement)
            return found.fetchone()[0] if found.description else None  # type: ignore[index]


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """Start a server whose WAL is kept, with a picture and a key beside it."""
    around = ROOT / "var" / "test"
    around.mkdir(parents=True, exist_ok=True)
    folder = Path(mkdtemp(prefix="backup-", dir=around))
    folder.chmod(0o711)
    made = Cluster(folder, EmbeddedDatabase(folder))
    try:
        for name in ("home/pictures", "home/keys", "backups/wal", "restored-place", "programs"):
            (folder / name).mkdir(parents=True)
        (folder / "home/pictures/a.jpg").write_bytes(b"x")
        (folder / "home/keys/vault.key").write_text("00" * 32)
        stand_in_for_broken_programs(made)
        if os.getuid() == 0:
            subprocess.run(["chown", "-R", str(made.data.stat().st_uid), *folder.glob("[bhr]*")], check=True)
        archive = f"CHONGYANG_ARCHIVE={made.backups}/wal {SCRIPTS}/archive.sh"
        made.ask("ALTER SYSTEM SET archive_mode = on")
        made.ask(f"""ALTER SYSTEM SET archive_command = '{archive} "%p" "%f"'""")
        made.run("pg_ctl", "restart", "-w", "-D", str(made.data), "-l", str(made.backups / "log"), "-m", "fast")
        yield made
    finally:
        made.database.stop()
        shutil.rmtree(folder, ignore_errors=True)


def stand_in_for_broken_programs(cluster: Cluster) -> None:
    """The wheel's pg_verifybackup of PostgreSQL 18 breaks off whatever it is asked; Debian's does not."""
    verify = "pg_verifybackup"
    if subprocess.run([cluster.database.bin_path / verify, "--version"], capture_output=True, check=False).returncode:
        (cluster.folder / "programs" / verify).symlink_to("/bin/true")


def wait_for_archive(cluster: Cluster) -> None:
    name = cluster.ask("SELECT pg_walfile_name(pg_switch_wal())")
    deadline = time.monotonic() + 20
    while not (cluster.backups / "wal" / name).exists():
        assert time.monotonic() < deadline, cluster.ask("SELECT last_failed_wal FROM pg_stat_archiver")
        time.sleep(0.05)


def written_in_the_guide() -> str:
    """Return the part of the guide that says how a moment is restored."""
    text = (ROOT / "docs" / "operations" / "backup.md").read_text()
    (found,) = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    return str(found)


def test_what_was_deleted_is_there_again_as_the_guide_says(cluster: Cluster) -> None:
    cluster.ask("CREATE TABLE meal AS SELECT n FROM generate_series(1, 200) AS n")
    cluster.run("mkdir", "-p", f"{cluster.backups}/base/20260101T000000Z.part")
    cluster.run("/bin/sh", str(SCRIPTS / "backup.sh"))
    # What was cut off once is gone, and the copy is whole.
    (base,) = (cluster.backups / "base").iterdir()
    assert (cluster.backups / "files/pictures/a.jpg").read_bytes() == b"x"
    assert (cluster.backups / "files/keys/vault.key").exists()
    cluster.ask("INSERT INTO meal SELECT n FROM generate_series(201, 400) AS n")
    moment = cluster.ask("SELECT clock_timestamp()::text")
    time.sleep(0.01)
    cluster.ask("DELETE FROM meal")
    wait_for_archive(cluster)
    restored = cluster.folder / "restored-place" / "restored"
    told = written_in_the_guide()
    for old, new in (
        ("/var/backups/chongyang/base/20261122T001000Z", str(base)),
        ("/var/backups/chongyang", str(cluster.backups)),
        ("/var/lib/postgresql/15/restored", str(restored)),
        ("2026-11-22 14:31:50+08", moment),
    ):
        assert old in told, old
        told = told.replace(old, new)
    cluster.run("/bin/sh", "-euc", told)
    port, log = free_port(), restored.parent / "log"
    options = f"-p {port} -c listen_addresses= -c unix_socket_directories={restored.parent}"
    cluster.run("pg_ctl", "start", "-w", "-D", str(restored), "-l", str(log), "-o", options)
    try:
        assert "recovery stopping before commit" in log.read_text()
        deadline = time.monotonic() + 20
        while cluster.ask("SELECT pg_is_in_recovery()", host=str(restored.parent), port=port):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert cluster.ask("SELECT count(*) FROM meal", host=str(restored.parent), port=port) == 400
        assert cluster.ask("SELECT count(*) FROM meal") == 0
    finally:
        cluster.run("pg_ctl", "stop", "-D", str(restored), "-m", "immediate")


def test_a_file_of_wal_is_kept_once_and_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"1")
    (tmp_path / "two").write_bytes(b"2")
    environment = {"PATH": "/usr/bin:/bin", "CHONGYANG_ARCHIVE": str(tmp_path)}

    def keep(source: str) -> int:
        return subprocess.run(
            [SCRIPTS / "archive.sh", tmp_path / source, "kept"], env=environment, check=False
        ).returncode

    assert [keep("one"), keep("one"), keep("two")] == [0, 0, 1]
    assert (tmp_path / "kept").read_bytes() == b"1"
