"""Asking for a file, allowing it, writing it, and handing it out."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from flask_babel import force_locale
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.approvals import services as approvals
from app.approvals.rules import SUBMITTED
from app.areas.rules import is_within_any
from app.audit.services import record
from app.auth import Actor
from app.auth.actor import HeldRole, Role, holding
from app.errors import Forbidden, NotFound
from app.exports.errors import AlreadyFetched, NotAllowedYet, NotBuiltYet, TooLate, TooManyRows
from app.exports.models import ALLOWED, DataExport
from app.exports.registry import ExportList, get_export_list
from app.sheets_out import Row, write_csv, write_xlsx

MOST_ROWS = 200_000
GOOD_FOR = timedelta(days=1)
ROWS_A_STEP = 1_000
LOCK_SPACE = 7_011
CHECKERS = frozenset({Role.DISTRICT_APPROVER, Role.ADMINISTRATOR, Role.AUDITOR})

Progress = Callable[[int], None]


def ask_for(
    session: Session,
    *,
    what: str,
    filters: Mapping[str, str],
    file_format: str,
    purpose: str,
    is_named: bool,
    language: str,
    by: Actor,
    now: datetime,
) -> DataExport:
    """Write down what somebody wants and why. With names it waits for somebody else; without, it may be written.

    :raises NotFound: if there is no such list
    :raises Forbidden: if the caller may not see the list
    :raises TooManyRows: if it is more than one file may hold
    """
    wanted = _open_list(what, by)
    actor = by.narrowed(wanted.roles)
    rows = wanted.count(session, actor, filters)
    if rows > MOST_ROWS:
        raise TooManyRows
    found = DataExport(
        what=what,
        filters=dict(filters),
        told=wanted.tell(filters),
        file_format=file_format,
        purpose=purpose.strip(),
        is_named=is_named and wanted.has_names,
        language=language,
        held=[[str(each.role), each.area_code, each.canteen_id, each.provider_id, each.shop_id] for each in actor.held],
        device=by.device,
        maker_id=by.account_id,
        area_code=actor.area_codes[0] if actor.area_codes else None,
        created_at=now,
        rows_total=rows,
    )
    session.add(found)
    session.flush()
    if found.is_named:
        approvals.submit(found, by=by.account_id, now=now)
    _note(session, found, "export.asked", by=by, now=now)
    return found


def allow(session: Session, *, export_id: int, by: Actor, now: datetime) -> DataExport:
    """Let a file with names be written.

    :raises NotFound: if there is none in the caller's areas
    :raises NotSubmitted: if it was decided before
    :raises SelfApproval: if the caller asked for it
    """
    found = load_to_decide(session, export_id=export_id, by=by)
    approvals.approve(found, state=ALLOWED, by=by.account_id, now=now)
    _note(session, found, "export.allowed", by=by, now=now)
    return found


def refuse(session: Session, *, export_id: int, reason: str, by: Actor, now: datetime) -> DataExport:
    """Keep a file with names from being written, and say why.

    :raises NotFound: if there is none in the caller's areas
    :raises NotSubmitted: if it was decided before
    :raises SelfApproval: if the caller asked for it
    """
    found = load_to_decide(session, export_id=export_id, by=by)
    approvals.reject(found, reason=reason, by=by.account_id, now=now)
    _note(session, found, "export.refused", by=by, now=now)
    return found


def build(session: Session, *, export_id: int, folder: Path, progress: Progress, now: datetime) -> None:
    """Write the file of an export; safe to run twice.

    :raises NotAllowedYet: if it has names and nobody else allowed it
    """
    # Not the row itself: progress is written to it meanwhile.
    if not session.scalar(select(func.pg_try_advisory_xact_lock(LOCK_SPACE, export_id))):
        return
    found = session.scalars(select(DataExport).where(DataExport.id == export_id)).one()
    if found.built_at is not None:
        return
    if found.is_named and found.state != ALLOWED:
        raise NotAllowedYet
    wanted, path = get_export_list(found.what), path_of(found, folder)
    folder.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".part")
    with force_locale(found.language):
        rows = _counted(wanted.rows(session, _maker(found), found.filters, found.is_named), progress)
        with fresh.open("wb") as target:
            if found.file_format == "xlsx":
                write_xlsx(target, wanted.columns(), rows, name=str(wanted.title))
            else:
                target.writelines(write_csv(wanted.columns(), rows))
    fresh.rename(path)
    found.built_at = now


def hand_out(session: Session, *, export_id: int, folder: Path, by: Actor, now: datetime) -> tuple[DataExport, Path]:
    """Return the file of an export to whoever asked for it; one with names once, and each for a day only.

    :raises NotFound: if the caller asked for none of this number
    :raises NotAllowedYet: if it has names and nobody else allowed it
    :raises NotBuiltYet: if it is still being written
    :raises AlreadyFetched: if it has names and was handed out
    :raises TooLate: if its day is over
    """
    query = select(DataExport).where(DataExport.id == export_id, DataExport.maker_id == by.account_id)
    found = session.scalars(query.with_for_update()).one_or_none()
    if found is None:
        raise NotFound
    if found.is_named and found.state != ALLOWED:
        raise NotAllowedYet
    if found.is_named and found.fetched_at is not None:
        raise AlreadyFetched
    if now > (found.decided_at or found.created_at) + GOOD_FOR:
        raise TooLate
    path = path_of(found, folder)
    if found.built_at is None or not path.exists():
        raise NotBuiltYet
    found.fetched_at = now
    _note(session, found, "export.fetched", by=by, now=now)
    return found, path


def load_to_decide(session: Session, *, export_id: int, by: Actor) -> DataExport:
    """Load an export that waits for a decision and that the caller may see whole.

    :raises NotFound: if there is none, or the caller may not see what it holds
    """
    query = select(DataExport).where(DataExport.id == export_id).with_for_update()
    found = session.scalars(query).one_or_none()
    if found is None or not may_decide(found, by):
        raise NotFound
    return found


def may_decide(found: DataExport, by: Actor) -> bool:
    """Say whether somebody may decide on an export: the places of whoever asked lie within their own."""
    codes = [code for _role, code, *_workplace in found.held]
    return bool(by.roles & CHECKERS) and all(is_within_any(code, by.area_codes) for code in codes)


def forget_files(session: Session, *, folder: Path, now: datetime) -> int:
    """Delete files whose day is over; the rows stay. Returns how many."""
    late = session.scalars(select(DataExport).where(DataExport.built_at < now - GOOD_FOR))
    gone = [path for path in (path_of(found, folder) for found in late) if path.exists()]
    for path in gone:
        path.unlink()
    return len(gone)


def list_stuck(session: Session, *, now: datetime, after: timedelta) -> list[int]:
    """List exports that should long have been written: a worker lost them."""
    waiting = DataExport.built_at.is_(None) & (DataExport.created_at > now - GOOD_FOR)
    ready = (~DataExport.is_named) | (DataExport.state == ALLOWED)
    return list(session.scalars(select(DataExport.id).where(waiting, ready, DataExport.created_at < now - after)))


def path_of(found: DataExport, folder: Path) -> Path:
    """Return where the file of an export lies."""
    return folder / f"{found.id}.{found.file_format}"


def is_waiting(found: DataExport) -> bool:
    """Say whether somebody must decide first."""
    return found.state == SUBMITTED


def _open_list(what: str, by: Actor) -> ExportList:
    wanted = get_export_list(what)
    if not by.roles & wanted.roles:
        raise Forbidden
    return wanted


def _maker(found: DataExport) -> Actor:
    """Return whoever asked, with the roles of that moment: a file holds what they saw."""
    held = [HeldRole(Role(role), *place) for role, *place in found.held]
    return holding(Actor(account_id=found.maker_id, name="", device=found.device), held)


def _counted(rows: Iterable[Row], progress: Progress) -> Iterator[Row]:
    for number, row in enumerate(rows, start=1):
        yield row
        if number % ROWS_A_STEP == 0:
            progress(number)


def _note(session: Session, found: DataExport, action: str, *, by: Actor, now: datetime) -> None:
    new = {"what": found.what, "filters": found.told, "rows": found.rows_total, "names": found.is_named}
    record(
        session,
        actor=by,
        action=action,
        subject=f"export:{found.id}",
        area_code=found.area_code,
        new=new,
        reason=found.reason or found.purpose,
        now=now,
    )
