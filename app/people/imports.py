"""A file of seniors on its way in, from a page: stored sealed, checked, decided on, taken in, forgotten.

The row is the job: whatever a worker loses is found in the table and queued again.
"""

import base64
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app import vault
from app.auth.actor import Actor, HeldRole, Role, holding
from app.errors import NotFound
from app.people.errors import ImportNotReady
from app.people.importing import Mode, Report, import_file, restore
from app.people.models import SeniorImport
from app.spreadsheets import SheetFault, estimate_rows

WAITING = ("uploaded", "confirmed")
LONGEST_NAME = 120
STUCK_AFTER = timedelta(minutes=2)
# A file that nobody decides on is forgotten with what it holds.
KEPT_FOR = timedelta(days=7)
LOCK_SPACE = 7_001

Progress = Callable[[int], None]


def upload(session: Session, *, name: str, data: bytes, actor: Actor, now: datetime) -> int:
    """Keep an uploaded file, sealed, until a worker has checked it; return its id."""
    row = SeniorImport(
        account_id=actor.account_id,
        account_name=actor.name,
        area_codes=list(actor.area_codes),
        device=actor.device,
        file_name=_short(name),
        file_sealed=vault.seal(base64.b64encode(data).decode()),
        state="uploaded",
        rows_total=estimate_rows(data),
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def check(session: Session, *, import_id: int, now: datetime, most_rows: int, progress: Progress) -> None:
    """Look through an uploaded file and keep what would become of each row. Safe to run twice."""
    row = _claim(session, import_id, "uploaded")
    if row is None:
        return
    try:
        report = _run(session, row, None, now=now, most_rows=most_rows, progress=progress)
    except SheetFault as fault:
        row.result = {"code": fault.code, "params": fault.params}
        _close(row, "refused", now=now)
        return
    row.result, row.rows_total = report.storable(), report.rows
    row.state, row.updated_at = "checked", now


def confirm(session: Session, *, import_id: int, mode: Mode, actor: Actor, now: datetime) -> None:
    """Decide that a checked file is taken in: all of it, or its good rows.

    :raises NotFound: if the file is somebody else's
    :raises ImportNotReady: if it is not waiting for a decision
    """
    row = _own(session, import_id, actor, lock=True)
    if row.state != "checked":
        raise ImportNotReady
    row.state, row.mode, row.rows_done, row.updated_at = "confirmed", mode, 0, now


def discard(session: Session, *, import_id: int, actor: Actor, now: datetime) -> None:
    """Forget a checked file.

    :raises NotFound: if the file is somebody else's
    :raises ImportNotReady: if it is not waiting for a decision
    """
    row = _own(session, import_id, actor, lock=True)
    if row.state != "checked":
        raise ImportNotReady
    _close(row, "discarded", now=now)


def take_in(session: Session, *, import_id: int, now: datetime, most_rows: int, progress: Progress) -> None:
    """Take in a confirmed file. Safe to run twice.

    When the registry has moved meanwhile and a row of an all-or-nothing file is refused now, nothing is
    written and the file waits for a decision again.
    """
    row = _claim(session, import_id, "confirmed")
    if row is None:
        return
    report = _run(session, row, Mode(row.mode or Mode.ALL), now=now, most_rows=most_rows, progress=progress)
    row.result = report.storable()
    if report.written:
        _close(row, "imported", now=now)
    else:
        row.state, row.mode, row.updated_at = "checked", None, now


def get_import(session: Session, *, import_id: int, actor: Actor) -> SeniorImport:
    """Return one of the actor's files.

    :raises NotFound: if it is somebody else's
    """
    return _own(session, import_id, actor, lock=False)


def list_imports(session: Session, *, actor: Actor, limit: int = 10) -> Sequence[Row[int, str, str, datetime]]:
    """Return id, file_name, state and created_at of the actor's latest files, newest first."""
    columns = (SeniorImport.id, SeniorImport.file_name, SeniorImport.state, SeniorImport.created_at)
    query = select(*columns).where(SeniorImport.account_id == actor.account_id)
    return session.execute(query.order_by(SeniorImport.id.desc()).limit(limit)).all()


def list_stuck(session: Session, *, now: datetime) -> Sequence[tuple[int, str]]:
    """Return id and state of files on which no worker has been seen for a while."""
    query = select(SeniorImport.id, SeniorImport.state).where(
        SeniorImport.state.in_(WAITING), SeniorImport.updated_at < now - STUCK_AFTER
    )
    return [(import_id, state) for import_id, state in session.execute(query.order_by(SeniorImport.id))]


def forget_old(session: Session, *, now: datetime) -> None:
    """Forget files that nobody decided on."""
    old = SeniorImport.created_at < now - KEPT_FOR
    for row in session.scalars(select(SeniorImport).where(SeniorImport.state == "checked", old).with_for_update()):
        _close(row, "discarded", now=now)


def report_of(row: SeniorImport) -> Report | None:
    """Return the report of a file that was looked through."""
    return restore(row.result) if row.result and "faults" in row.result else None


def _run(
    session: Session, row: SeniorImport, mode: Mode | None, *, now: datetime, most_rows: int, progress: Progress
) -> Report:
    data = base64.b64decode(vault.unseal(row.file_sealed or b""))
    return import_file(
        session,
        data=data,
        name=row.file_name,
        mode=mode,
        actor=_actor_of(row),
        now=now,
        most_rows=most_rows,
        progress=progress,
    )


def _actor_of(row: SeniorImport) -> Actor:
    """Return who sent the file, as far as their areas reached then."""
    actor = Actor(account_id=row.account_id, name=row.account_name, device=row.device)
    return holding(actor, [HeldRole(Role.STREET_CLERK, code) for code in row.area_codes])


def _claim(session: Session, import_id: int, state: str) -> SeniorImport | None:
    """Return a file if it is in this state and no other worker has it; held until the transaction ends.

    Not by a row lock, because progress is written to the row from beside the transaction.
    """
    if not session.scalar(select(func.pg_try_advisory_xact_lock(LOCK_SPACE, import_id % 2**31))):
        return None
    query = select(SeniorImport).where(SeniorImport.id == import_id, SeniorImport.state == state)
    return session.scalar(query.execution_options(populate_existing=True))


def _own(session: Session, import_id: int, actor: Actor, *, lock: bool) -> SeniorImport:
    query = select(SeniorImport).where(SeniorImport.id == import_id, SeniorImport.account_id == actor.account_id)
    query = query.execution_options(populate_existing=True)
    row = session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound
    return row


def _close(row: SeniorImport, state: str, *, now: datetime) -> None:
    row.state, row.file_sealed, row.updated_at = state, None, now


def _short(name: str) -> str:
    printable = "".join(character for character in name if character.isprintable())
    return printable[-LONGEST_NAME:] or "?"
