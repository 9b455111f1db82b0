"""Stickers at beds: giving one out, taking it out of use, and saying what a scanned or typed one is worth."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import tokens
from app.audit.services import record
from app.auth import Actor, Role
from care_beds.beds import queries as beds
from care_beds.beds.models import CareBed
from care_beds.beds.reach import lock_bed, visible_to
from care_beds.rounds.errors import StickerNotFound
from care_beds.rounds.keys import open_sticker, sign_sticker
from care_beds.rounds.models import BedSticker
from care_beds.rounds.rules import Sticker
from care_beds.rounds.sticker_codes import RANDOM_DIGITS, is_serial, make_serial, plain

ISSUERS = (Role.PROVIDER_MANAGER, Role.STREET_CLERK)
REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class StickerView:
    """A sticker as it is printed, and whether it counts."""

    id: int
    bed_id: int
    serial: str
    text: str
    issued_at: datetime
    revoked_at: datetime | None
    revoke_reason: str


@dataclass(frozen=True, slots=True)
class Read:
    """What became of a code that was read at a bed."""

    verdict: Sticker
    sticker_id: int | None = None


def issue_sticker(session: Session, *, bed_id: int, by: Actor, now: datetime) -> StickerView:
    """Give a bed a sticker; one that hung there before counts no more, because nobody knows where it is now.

    :raises NotFound: if there is no such bed within the caller's area or of the caller's provider
    """
    # Held first: of two who print at once, the second one's sticker counts, and the first one's no more.
    bed = lock_bed(session, bed_id=bed_id, within=visible_to(by))
    before = _find_live(session, bed.id)
    if before:
        _revoke(session, before, bed, reason=REPLACED, by=by, now=now)
    made = BedSticker(
        bed_id=bed.id, serial=make_serial(tokens.digits(RANDOM_DIGITS)), issued_at=now, issued_by=by.account_id
    )
    session.add(made)
    session.flush()
    _note(session, "sticker.issued", made, bed, by=by, now=now)
    return _view(made)


def revoke_sticker(session: Session, *, sticker_id: int, reason: str, by: Actor, now: datetime) -> StickerView:
    """Take a sticker out of use: lost, torn, or seen where it should not be. Doing it twice changes nothing.

    :raises StickerNotFound: if there is no such sticker at a bed of the caller's
    """
    sticker = session.get(BedSticker, sticker_id, with_for_update=True)
    if sticker is None:
        raise StickerNotFound
    bed = beds.get_bed(session, bed_id=sticker.bed_id, actor=by)
    if sticker.revoked_at is None:
        _revoke(session, sticker, bed, reason=reason, by=by, now=now)
    return _view(sticker)


def list_stickers(session: Session, *, bed_id: int, by: Actor) -> list[StickerView]:
    """Return the last stickers of a bed, the newest first.

    :raises NotFound: if there is no such bed within the caller's area or of the caller's provider
    """
    bed = beds.get_bed(session, bed_id=bed_id, actor=by)
    query = select(BedSticker).where(BedSticker.bed_id == bed.id).order_by(BedSticker.id.desc()).limit(20)
    return [_view(each) for each in session.scalars(query)]


def read_sticker(session: Session, *, given: str, bed_id: int, at: datetime) -> Read:
    """Say what a scanned or typed code is worth at a bed.

    :param at: when it was read; a sticker that was taken out of use later still counts
    """
    text = plain(given)
    if not text:
        return Read(Sticker.NONE)
    body = None if is_serial(text) else open_sticker(text)
    if body is None and not is_serial(text):
        return Read(Sticker.UNREADABLE)
    serial = body.serial if body else text
    sticker = session.scalar(select(BedSticker).where(BedSticker.serial == serial))
    if sticker is None or sticker.bed_id != bed_id or (body and body.bed_id != bed_id):
        return Read(Sticker.WRONG, sticker.id if sticker else None)
    is_over = sticker.revoked_at is not None and sticker.revoked_at <= at
    return Read(Sticker.REVOKED if is_over else Sticker.OK, sticker.id)


def _find_live(session: Session, bed_id: int) -> BedSticker | None:
    query = select(BedSticker).where(BedSticker.bed_id == bed_id, BedSticker.revoked_at.is_(None))
    return session.scalar(query.with_for_update())


def _revoke(session: Session, sticker: BedSticker, bed: CareBed, *, reason: str, by: Actor, now: datetime) -> None:
    sticker.revoked_at, sticker.revoked_by, sticker.revoke_reason = now, by.account_id, reason
    session.flush()
    _note(session, "sticker.revoked", sticker, bed, by=by, now=now, reason=reason)


def _note(
    session: Session, action: str, sticker: BedSticker, bed: CareBed, *, by: Actor, now: datetime, reason: str = ""
) -> None:
    record(
        session,
        actor=by,
        action=action,
        subject=f"bed:{bed.id}",
        area_code=bed.area_code,
        now=now,
        new={"serial": sticker.serial},
        reason=reason,
    )


def _view(sticker: BedSticker) -> StickerView:
    return StickerView(
        id=sticker.id,
        bed_id=sticker.bed_id,
        serial=sticker.serial,
        text=sign_sticker(bed_id=sticker.bed_id, serial=sticker.serial),
        issued_at=sticker.issued_at,
        revoked_at=sticker.revoked_at,
        revoke_reason=sticker.revoke_reason,
    )
