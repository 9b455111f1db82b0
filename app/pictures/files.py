"""Where the files of pictures lie: under the product's home, by the day they came, readable by the product alone."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

from app.config import settings
from app.pictures.rules import day_of

FULL, SMALL = ".jpg", "-small.jpg"


def folder() -> Path:
    """Return where all pictures lie."""
    return settings().home.resolve() / "pictures"


def path_of(picture_id: UUID, *, small: bool = False) -> Path:
    """Return where a picture lies; its id says on which day it came."""
    name = picture_id.hex
    return day_folder(day_of(picture_id)) / name[-2:] / f"{name}{SMALL if small else FULL}"


def day_folder(day: date) -> Path:
    """Return where the pictures of a day lie."""
    return folder() / f"{day:%Y%m%d}"


def write(picture_id: UUID, *, full: bytes, small: bytes) -> None:
    """Write both files and wait until they lie on the disk: the row that names them comes after."""
    path = path_of(picture_id)
    for made in (folder(), path.parent.parent, path.parent):
        if not made.exists():
            made.mkdir(mode=0o700, parents=True, exist_ok=True)
            _settle(made.parent)
    _write(path, full)
    _write(path_of(picture_id, small=True), small)
    _settle(path.parent)


def list_ids(day: date) -> Iterator[UUID]:
    """Name the pictures whose files lie in the folder of a day."""
    for path in day_folder(day).glob(f"*/*{FULL}"):
        if not path.name.endswith(SMALL):
            yield UUID(path.name.removesuffix(FULL))


def remove(picture_id: UUID) -> None:
    """Delete both files of a picture."""
    for small in (False, True):
        path_of(picture_id, small=small).unlink(missing_ok=True)


def _write(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _settle(place: Path) -> None:
    """Wait until the names in a folder lie on the disk too."""
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
