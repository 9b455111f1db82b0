"""Pictures are kept for those who may see them, and shown to nobody else."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.areas.rules import is_within_any
from app.audit.models import AuditEntry
from app.auth.actor import HeldRole, Role
from app.auth.models import Account
from app.pictures import files, services
from app.pictures.errors import PictureBroken, PictureNotFound
from app.pictures.models import Picture
from app.pictures.reading import clean
from app.pictures.rules import day_of
from app.tokens import new_id
from tests.app.auth.factories import STREET, make_account, make_actor, sign_in
from tests.app.pictures.photos import LATITUDE, make_photo

PHOTO = make_photo()


@pytest.fixture(autouse=True)
def _owner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let clerks of the place see pictures of teapots."""
    monkeypatch.setattr(services, "_owners", {})
    services.register_owner(
        "teapot",
        lambda _session, actor, picture: (
            Role.STREET_CLERK in actor.roles and is_within_any(picture.area_code, actor.area_codes)
        ),
    )


@pytest.fixture
def taker(session: Session) -> Account:
    return make_account(session, Role.STREET_CLERK, area_code=STREET)


def keep(session: Session, taker: Account, data: bytes = PHOTO, **more: Any) -> Picture:
    by = make_actor(taker, HeldRole(Role.STREET_CLERK, STREET))
    told: dict[str, Any] = {
        "owner_kind": "teapot",
        "owner_ref": "17",
        "area_code": STREET,
        "senior_id": None,
        "purpose": "before",
        **more,
    }
    return services.keep(session, data=data, by=by, now=clock.now(), **told)


def test_a_picture_is_kept_with_what_its_file_said(session: Session, taker: Account) -> None:
    picture = keep(session, taker)
    session.expire_all()
    assert (picture.width, picture.height, picture.lat) == (640, 480, LATITUDE)
    assert picture.sha256 == sha256(PHOTO).digest()
    assert picture.phash == clean(PHOTO).phash
    path = files.path_of(picture.id)
    assert path.stat().st_size == picture.size_bytes
    assert path.stat().st_mode & 0o077 == 0
    assert files.folder() in path.parents


def test_a_refused_picture_leaves_neither_row_nor_file(session: Session, taker: Account) -> None:
    before = sorted(files.folder().rglob("*.jpg"))
    with pytest.raises(PictureBroken):
        keep(session, taker, PHOTO[:3000])
    assert session.scalar(select(Picture.id)) is None
    assert sorted(files.folder().rglob("*.jpg")) == before


def test_nobody_keeps_pictures_of_what_no_feature_knows(session: Session, taker: Account) -> None:
    with pytest.raises(LookupError):
        keep(session, taker, owner_kind="saucer")


def test_who_may_see_it_gets_it_inline_and_keeps_no_copy(client: FlaskClient, session: Session, taker: Account) -> None:
    picture = keep(session, taker)
    sign_in(client, session, make_account(session, Role.STREET_CLERK, area_code=STREET))
    sizes = {
        f"/pictures/{picture.id}": picture.size_bytes,
        f"/pictures/{picture.id}/small": None,
        f"/api/v1/pictures/{picture.id}": picture.size_bytes,
        f"/api/v1/pictures/{picture.id}?small=true": None,
    }
    for path, size in sizes.items():
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.mimetype == "image/jpeg"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith("inline")
        assert "ETag" not in answer.headers
        assert size is None or len(answer.data) == size
        assert answer.data.startswith(b"\xff\xd8\xff")


def test_who_may_not_see_it_learns_nothing(client: FlaskClient, session: Session, taker: Account) -> None:
    picture = keep(session, taker)
    path = f"/pictures/{picture.id}"
    assert client.get(path).status_code in (302, 303, 401)
    for role, area in ((Role.STREET_CLERK, "330106003"), (Role.AUDITOR, STREET)):
        sign_in(client, session, make_account(session, role, area_code=area))
        assert client.get(path).status_code == 404
        assert client.get(f"{path}/small").status_code == 404
    assert client.get(f"/pictures/{new_id()}").status_code == 404
    assert client.get(f"/api/v1/pictures/{new_id()}").get_json()["code"] == "picture_not_found"


def test_a_look_at_the_whole_picture_of_others_is_written_down(session: Session, taker: Account) -> None:
    picture = keep(session, taker)
    looker = make_actor(make_account(session), HeldRole(Role.STREET_CLERK, STREET))
    own = make_actor(taker, HeldRole(Role.STREET_CLERK, STREET))
    for by, small in ((own, False), (looker, True), (looker, False)):
        services.show(session, picture_id=picture.id, by=by, now=clock.now(), small=small)
    looks = session.scalars(select(AuditEntry).where(AuditEntry.action == "reveal.picture")).all()
    assert [(look.account_id, look.subject_kind, look.subject_id) for look in looks] == [
        (looker.account_id, "teapot", "17")
    ]


def test_a_picture_whose_owner_nobody_knows_any_more_is_shown_to_nobody(session: Session, taker: Account) -> None:
    picture = keep(session, taker)
    services._owners.clear()
    own = make_actor(taker, HeldRole(Role.STREET_CLERK, STREET))
    with pytest.raises(PictureNotFound):
        services.show(session, picture_id=picture.id, by=own, now=clock.now())


def test_files_without_a_row_are_swept_after_a_day_and_no_others(session: Session, taker: Account) -> None:
    orphan = new_id()
    came = clock.now().replace(hour=12)
    today = came + (day_of(orphan) - came.date())
    services.sweep(session, now=today + timedelta(days=2))  # what tests that were undone left behind
    kept = keep(session, taker)
    files.write(orphan, full=b"full", small=b"small")
    assert services.sweep(session, now=today + timedelta(days=1)) == 0
    assert services.sweep(session, now=today + timedelta(days=2)) == 1
    assert services.sweep(session, now=today + timedelta(days=2)) == 0
    assert not files.path_of(orphan).exists()
    assert not files.path_of(orphan, small=True).exists()
    assert files.path_of(kept.id).exists()
