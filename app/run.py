"""``make run``: the whole product on one machine, started together and ended together."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from types import FrameType

from flask_migrate import upgrade

from app import create_app
from app.config import BadSetting, Settings, read_settings
from app.embedded import EmbeddedDatabase
from app.features import loaded_features
from app.jobs import QUEUE, SOON

START_SECONDS = 60
END_SECONDS = 20
MOST_DEATHS = 3  # within a minute
WORKER = ("--concurrency", "1", "--pool", "solo", "--loglevel", "WARNING")
PR_SET_PDEATHSIG = 1  # Linux: a child gets a signal when its parent dies, so that nothing outlives a kill -9


class Stop(Exception):
    """Somebody asked the product to end."""


class Family:
    """The processes of the product: one that dies is started again, and all end when one cannot be kept alive."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self.members: dict[str, subprocess.Popen[bytes]] = {}
        self.commands: dict[str, tuple[str, ...]] = {}
        self.deaths: dict[str, list[float]] = {}

    def start(self, name: str, *command: str) -> None:
        """Start a process in a group of its own."""
        self.commands[name] = command
        self.members[name] = subprocess.Popen(  # noqa: S603 - the commands are ours
            [sys.executable, "-m", *command],
            env=self.environment,
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - nothing else runs yet
        )

    def check(self) -> None:
        """Start again what ended by itself.

        :raises Stop: with its name, if it has ended that often within a minute
        """
        for name, process in list(self.members.items()):
            if process.poll() is None:
                continue
            recent = [death for death in self.deaths.get(name, []) if time.monotonic() - death < 60]
            self.deaths[name] = [*recent, time.monotonic()]
            if len(recent) >= MOST_DEATHS:
                raise Stop(f"{name} ended with status {process.returncode}")
            print(f"{name} ended with status {process.returncode} and is started again", file=sys.stderr)  # noqa: T201
            self.start(name, *self.commands[name])

    def end(self) -> None:
        """Ask all to end, and insist after a while."""
        for process in self.members.values():
            _signal(process, signal.SIGTERM)
        deadline = time.monotonic() + END_SECONDS
        for process in self.members.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL, group=True)
                process.wait()


def main() -> int:
    """Run until told to stop; return the exit status."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _raise_stop)
    try:
        settings = read_settings()
        _check_port(settings)
    except BadSetting as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command speaks
        return 2
    database = None if settings.database_url else EmbeddedDatabase(settings.home)
    try:
        return _run(settings, database)
    except Stop as stop:
        print(stop, file=sys.stderr)  # noqa: T201
        return 0 if str(stop) == "" else 1
    finally:
        # A second Ctrl-C must not leave processes behind.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        if database:
            database.stop()


def _run(settings: Settings, database: EmbeddedDatabase | None) -> int:
    environment = _environment(database)
    os.environ.update(environment)
    greeting, processes = _prepare(settings)
    family = Family(environment)
    try:
        family.start("web server", "gunicorn", "--config", "python:app.serve", "app.serve:make_app()")
        celery = ("celery", "--app", "app.worker:celery", "--quiet")
        for name, queue in (("worker", QUEUE), ("soon", SOON)):
            family.start(name, *celery, "worker", "--hostname", f"{name}@%h", "--queues", queue, *WORKER)
        family.start("scheduler", *celery, "beat", "--loglevel", "WARNING")
        for name, command in processes.items():
            family.start(name, *command)
        _wait_until_ready(settings, family)
        print(f"ready http://{settings.bind}:{settings.port}", greeting, sep="\n", flush=True)  # noqa: T201
        while True:
            if database:
                database.keep_alive()
            family.check()
            time.sleep(0.5)
    finally:
        family.end()


def _prepare(settings: Settings) -> tuple[str, dict[str, Sequence[str]]]:
    """Bring the database up to date, let features fill an empty one; return what they want told and run."""
    app = create_app()
    with app.app_context():
        upgrade()
        features = loaded_features(app)
        for feature in features:
            if feature.first_start:
                feature.first_start()
        told = "\n".join(feature.greeting() for feature in features if feature.greeting)
        asked = [feature.processes(settings) for feature in features if feature.processes]
        return told, {name: command for processes in asked for name, command in processes.items()}


def _environment(database: EmbeddedDatabase | None) -> dict[str, str]:
    environment = dict(os.environ)
    if database:
        addresses = database.addresses()
        environment["DATABASE_URL"] = addresses.application
        environment["CHONGYANG_OWNER_DATABASE_URL"] = addresses.owner
    return environment


def _check_port(settings: Settings) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.bind, settings.port))
        except OSError as error:
            raise BadSetting(
                f"Port {settings.port} cannot be used ({error.strerror}). Set PORT to another one."
            ) from error


def _wait_until_ready(settings: Settings, family: Family) -> None:
    address = f"http://{settings.bind}:{settings.port}/readyz"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        family.check()
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise Stop(f"the web server did not answer within {START_SECONDS} seconds")


def _raise_stop(_number: int, _frame: FrameType | None) -> None:
    raise Stop


def _signal(process: subprocess.Popen[bytes], number: int, *, group: bool = False) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number) if group else process.send_signal(number)


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
