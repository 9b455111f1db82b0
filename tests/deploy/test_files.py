"""The files of ``deploy`` are what the guide says: units that systemd accepts, roles that hold, rules that fit."""

import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import yaml
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

from app import MIGRATIONS, create_app
from app.config import Settings
from app.db import ask, db, transaction
from app.features import loaded_features
from app.ops.copying import _environment, _own_programs
from tests.conftest import ROOT, Databases
from tests.deploy.test_nginx import wait_until_open
from tests.safety.intake.brokers import free_port

DEPLOY = ROOT / "deploy"
UNITS = sorted(path for path in (DEPLOY / "systemd").iterdir() if path.suffix in {".service", ".timer", ".target"})
# Written down by the web server's own counters, and by the exporters that the guide names.
COUNTED = {"up", "chongyang_requests_total", "chongyang_request_seconds_bucket", "probe_ssl_earliest_cert_expiry"}
EXPORTED = {"node_filesystem_avail_bytes", "node_filesystem_size_bytes"}
PGBOUNCER = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_accepts_every_unit_and_finds_it_locked_up(tmp_path: Path) -> None:
    for path in UNITS:
        # The same programs, where they lie on this machine.
        told = re.sub(
            r"/opt/chongyang/\.venv/bin/\w+|/opt/chongyang/deploy/postgresql/backup\.sh", "/bin/true", path.read_text()
        )
        (tmp_path / path.name).write_text(told)
    services = [str(tmp_path / path.name) for path in UNITS]
    verified = subprocess.run(["systemd-analyze", "verify", *services], capture_output=True, text=True, check=False)
    ours = [line for line in verified.stderr.splitlines() if "chongyang" in line]
    assert (ours, verified.returncode) == ([], 0)
    long_lived = [
        name for name in services if re.search(r"-(web|worker|soon|scheduler|listener|keeper)\.service", name)
    ]
    assert len(long_lived) == 6
    for name in long_lived:
        command = ["systemd-analyze", "security", "--offline=true", "--threshold=25", name]
        judged = subprocess.run(command, capture_output=True, text=True, check=False)
        assert judged.returncode == 0, judged.stdout[-300:]


@pytest.fixture
def roles(databases: Databases, worker_name: str) -> Iterator[str]:
    """Run the script of roles against a database of its own, and take the roles away again."""
    if not databases.server:
        pytest.skip("roles belong to the whole server")
    name = f"{worker_name}_roles"
    databases.make(name)
    yield databases.owner(name)
    databases.drop(name)
    for role in ("owner", "web", "auditor", "backup"):
        databases._run(f"DROP ROLE IF EXISTS chongyang_{role}")


def run_psql(address: str, *arguments: str) -> None:
    psql = shutil.which("psql") or shutil.which("psql", path=_own_programs()[-1])
    done = subprocess.run(
        [str(psql), "-X", "-q", *arguments], env={"PATH": "/usr/bin:/bin", **_environment(address)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def logins(roles: str, folder: Path) -> dict[str, str]:
    """Run the script of roles twice, on a database of another name; return the address of each log-in."""
    name = str(make_url(roles).database)
    for file in ("roles.sql", "auditor.sql"):
        script = (DEPLOY / "postgresql" / file).read_text()
        script = re.sub(r"(DATABASE |\\connect )chongyang\b", rf"\1{name}", script)
        (folder / file).write_text(script.replace("datname = 'chongyang'", f"datname = '{name}'"))
    who = ("owner", "web", "auditor", "backup")
    passwords = [part for each in who for part in ("-v", f"{each}_password={each}")]
    for _again in range(2):
        run_psql(roles, *passwords, "-f", str(folder / "roles.sql"))
    base = make_url(roles).set(drivername="postgresql")
    return {each: base.set(username=f"chongyang_{each}").render_as_string(hide_password=False) for each in who}


class Writer(threading.Thread):
    """Writes all the time, as the application does, and notes what was refused."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.stop, self.written = address, threading.Event(), 0
        self.faults: list[str] = []

    def run(self) -> None:
        statement = (
            "INSERT INTO audit_entry (at, action, subject_kind) VALUES (clock_timestamp(), 'senior.changed', 'senior')"
        )
        with psycopg.connect(self.address, autocommit=True) as connection:
            while not self.stop.is_set():
                try:
                    connection.execute(statement)
                    self.written += 1
                except psycopg.Error as fault:
                    self.faults.append(repr(fault))


def test_the_owner_migrates_beside_a_writer_and_each_role_may_do_no_more_than_it_must(
    roles: str, tmp_path: Path
) -> None:
    as_role = logins(roles, tmp_path)
    made = create_app(
        Settings(home=tmp_path, database_url=as_role["web"], owner_database_url=as_role["owner"], log_level="ERROR")
    )
    last = sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("0*.py"))[-4]
    with made.app_context():
        upgrade(revision=last)
        writer = Writer(as_role["web"])
        writer.start()
        upgrade()
        writer.stop.set()
        writer.join()
        db.engine.dispose()
    assert writer.faults == []
    assert writer.written > 0
    run_psql(roles, "-f", str(tmp_path / "auditor.sql"))
    check_refused(
        as_role["auditor"],
        allowed="SELECT count(*) FROM ledger.txn JOIN card ON true JOIN (SELECT name FROM senior) AS s ON true",
        refused=("SELECT id_number_sealed FROM senior", "SELECT password_hash FROM account", "DELETE FROM card"),
    )
    check_refused(
        as_role["web"],
        allowed="SELECT count(id_number_sealed) FROM senior",
        refused=("UPDATE ledger.txn SET kind = 'x'", "DELETE FROM audit_entry", "CREATE TABLE public.x (n int)"),
    )


def check_refused(address: str, *, allowed: str, refused: tuple[str, ...]) -> None:
    wanted = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)
    with psycopg.connect(address) as connection:
        assert connection.execute(allowed).fetchone() == (0,)
        for statement in refused:
            with pytest.raises(wanted), connection.transaction():
                connection.execute(statement)


def test_alert_rules_name_numbers_that_there_are(app: Flask) -> None:
    rules = yaml.safe_load((DEPLOY / "prometheus" / "chongyang.rules.yml").read_text())["groups"][0]["rules"]
    ours = {gauge.name for feature in loaded_features(app) for gauge in feature.gauges}
    for rule in rules:
        named = set(re.findall(r"\b((?:chongyang|node|probe)_[a-z_]+|up)\b", re.sub(r'"[^"]*"', "", rule["expr"])))
        assert named <= ours | COUNTED | EXPORTED, rule["alert"]
        assert rule["annotations"]["summary"]
    assert len({rule["alert"] for rule in rules}) == len(rules)


def test_every_gauge_has_a_cheap_statement_that_works(app: Flask, session: Session) -> None:
    for feature in loaded_features(app):
        for gauge in feature.gauges:
            rows = session.execute(text(gauge.sql)).all()
            assert all(len(row) == (2 if gauge.label else 1) for row in rows), gauge.name


def test_the_file_for_citus_names_the_books_tables_as_they_are(session: Session) -> None:
    script = (DEPLOY / "citus.sql").read_text()
    for table in set(re.findall(r"table\('(ledger\.\w+)'", script)):
        keys = session.scalars(
            text(
                "SELECT a.attname FROM pg_constraint AS c JOIN pg_attribute AS a ON a.attrelid = c.conrelid"
                " AND a.attnum = c.conkey[1] WHERE c.conrelid = to_regclass(:table) AND c.contype IN ('p', 'u')"
            ),
            {"table": table},
        ).all()
        assert keys, table
        if table not in {"ledger.account", "ledger.idem"}:
            assert set(keys) == {"home"}, table
    found = (
        "SELECT count(*) FROM pg_proc WHERE proname IN ('spend', 'reverse')"
        " AND pg_get_function_arguments(oid) ~ '\\mp_home bigint'"
    )
    assert session.scalar(text(found)) == 2


@pytest.mark.skipif(not PGBOUNCER, reason="pgbouncer is not installed")
def test_behind_a_pooler_in_transaction_mode_nothing_is_kept_in_a_connection(
    databases: Databases, app: Flask, tmp_path: Path
) -> None:
    if not databases.server:
        pytest.skip("needs the log-ins of our own server")
    settings = app.config["SETTINGS"]
    port, place = free_port(), make_url(settings.database_url)
    server = f"host={place.query['host']} port={place.query['port']} dbname={place.database} user={place.username}"
    told = (DEPLOY / "pgbouncer.ini").read_text()
    for old, new in (
        (
            "host=127.0.0.1 port=5432 dbname=chongyang",
            server,
        ),
        ("listen_port = 6432", f"listen_port = {port}"),
        ("auth_type = scram-sha-256", "auth_type = any"),
        ("auth_file = /etc/pgbouncer/userlist.txt\n", ""),
        ("default_pool_size = 40", "default_pool_size = 2\nunix_socket_dir ="),
    ):
        assert old in told, old
        told = told.replace(old, new)
    folder = ROOT / "var" / "test"
    file = folder / f"pgbouncer-{port}.ini"
    file.write_text(told)
    owner = (folder / "postgresql").owner()
    pooler = subprocess.Popen([str(PGBOUNCER), "-q", *(["-u", owner] if owner != "root" else []), str(file)])
    try:
        pooled = f"postgresql+psycopg://{place.username}@127.0.0.1:{port}/chongyang"
        made = create_app(replace(settings, database_url=pooled, prepared_statements=False, home=tmp_path))
        faults = _ask_from_many_threads(made, port)
    finally:
        pooler.terminate()
        pooler.wait(10)
        file.unlink()
    assert faults == []


def _ask_from_many_threads(made: Flask, port: int) -> list[str]:
    wait_until_open(port)
    faults: list[str] = []

    def work() -> None:
        with made.app_context():
            for n in range(15):
                try:
                    with transaction() as session:
                        found = ask(session, "SELECT %(n)s::int, current_user::text", {"n": n})
                        assert found == (n, "chongyang_app")
                        session.execute(text("SELECT count(*) FROM senior WHERE id = :id"), {"id": n}).scalar_one()
                except Exception as fault:  # noqa: BLE001 - all of them are told
                    faults.append(repr(fault)[:300])
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with made.app_context():
        db.engine.dispose()
    return faults
