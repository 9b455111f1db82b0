"""Keeping pictures, showing them to who may see them, and sweeping files that nobody named."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.auth.actor import Actor
from app.pictures import files
from app.pictures.errors import PictureNotFound
from app.pictures.models import Picture
from app.pictures.reading import clean
from app.tokens import new_id

MaySee = Callable[[Session, Actor, Picture], bool]
# No request takes a day: a file this old without a row is of one that was refused after it was written.
GRACE_DAYS, SWEPT_DAYS, AT_A_TIME = 1, 10, 500
_owners: dict[str, MaySee] = {}


def register_owner(kind: str, may_see: MaySee) -> None:
    """Let a feature keep pictures of a kind of thing, and say who may see them: called with all roles of the caller."""
    _owners[kind] = may_see


def keep(
    session: Session,
    *,
    data: bytes,
    owner_kind: str,
    owner_ref: str,
    area_code: str,
    senior_id: int | None,
    purpose: str,
    by: Actor,
    now: datetime,
) -> Picture:
    """Keep a picture that was sent, without anything its file says but what can be seen.

    :param owner_kind: what it is a picture of, as ``visit_mark``; the feature registered who may see those
    :param purpose: what it was made for, as ``check_in``
    :raises LookupError: if no feature has registered this kind
    :raises PictureRefused: if it is no picture, too large, or damaged
    """
    if owner_kind not in _owners:
        raise LookupError(f"no feature keeps pictures of {owner_kind}")
    cleaned = clean(data)
    picture_id = new_id()
    files.write(picture_id, full=cleaned.full, small=cleaned.small)
    picture = Picture(
        id=picture_id,
        area_code=area_code,
        owner_kind=owner_kind,
        owner_ref=owner_ref,
        senior_id=senior_id,
        purpose=purpose,
        media_type=cleaned.media_type,
        size_bytes=len(cleaned.full),
        width=cleaned.width,
        height=cleaned.height,
        taken_at=cleaned.taken.at,
        lat=cleaned.taken.lat,
        lon=cleaned.taken.lon,
        phash=cleaned.phash,
        sha256=sha256(data).digest(),
        kept_by=by.account_id,
        kept_at=now,
    )
    session.add(picture)
    session.flush()
    return picture


def show(session: Session, *, picture_id: UUID, by: Actor, now: datetime, small: bool = False) -> Picture:
    """Return a picture for somebody to look at; a full one that others look at is written down.

    :raises PictureNotFound: if there is none, or they may not see it
    """
    picture = session.get(Picture, picture_id)
    may_see = _owners.get(picture.owner_kind) if picture else None
    if picture is None or may_see is None or not may_see(session, by, picture):
        raise PictureNotFound
    if not small and picture.kept_by != by.account_id:
        audit.record(
            session,
            actor=by,
            action="reveal.picture",
            subject=f"{picture.owner_kind}:{picture.owner_ref}",
            area_code=picture.area_code,
            new={"picture": str(picture.id)},
            now=now,
        )
    return picture


def sweep(session: Session, *, now: datetime) -> int:
    """Delete files of the last days that no row names. Returns how many pictures that were."""
    swept = 0
    for days in range(GRACE_DAYS + 1, SWEPT_DAYS + 1):
        found = files.list_ids((now.astimezone(UTC) - timedelta(days=days)).date())
        while some := list(islice(found, AT_A_TIME)):
            for picture_id in _without_row(session, some):
                files.remove(picture_id)
                swept += 1
    return swept


def _without_row(session: Session, ids: Iterable[UUID]) -> set[UUID]:
    wanted = set(ids)
    return wanted - set(session.scalars(select(Picture.id).where(Picture.id.in_(wanted))))
