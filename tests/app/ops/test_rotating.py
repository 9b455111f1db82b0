"""A new key for all that is sealed, while the old one still opens: in parts, resumable, beside people who write."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import vault
from app.auth.accounts import create_account
from app.config import BadSetting, Settings
from app.db import SealedBytes, db
from app.ops.rotating import count_waiting, rotate
from app.people import services
from app.people.errors import AlreadyRegistered
from app.people.models import Senior
from app.people.payment_codes.keys import check_code, code_key, public_keys
from app.people.queries import list_seniors
from app.people.searching import read_search
from app.signing import SigningKey
from tests.app.areas.factories import make_place
from tests.app.people.factories import STREET, make_actor, make_senior, new_id_number

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
NEW_KEY = b"n" * 32


def go(app: Flask) -> None:
    """Turn to the new key in the midst of a test."""
    app.config.update(VAULT_KEY=NEW_KEY, VAULT_OLD_KEYS=[app.config["VAULT_KEY"]])


def run(**options: Any) -> int:
    return rotate(rows=2, pause=0, progress=lambda _done: None, now=lambda: NOW, **options)


@pytest.fixture
def turned(app: Flask) -> Iterator[None]:
    before = app.config["VAULT_KEY"]
    yield
    app.config.update(VAULT_KEY=before, VAULT_OLD_KEYS=[])


def test_what_an_old_key_sealed_is_opened_found_and_sealed_anew(
    app: Flask, committed_db: Session, turned: None
) -> None:
    number = new_id_number()
    seniors = [make_senior(committed_db, phone=f"1380013800{n}") for n in range(4)]
    kept = make_senior(committed_db, id_number=number, phone=None, address=None)
    committed_db.commit()
    old = app.config["VAULT_KEY"]
    go(app)
    assert vault.unseal(kept.id_number_sealed) == number
    assert count_waiting() == {"senior": 5}
    assert run() == 5
    assert count_waiting() == {}
    assert run() == 0
    committed_db.rollback()
    committed_db.expire_all()
    # The old key is thrown away, and nothing misses it.
    app.config["VAULT_OLD_KEYS"] = []
    assert vault.unseal(kept.id_number_sealed) == number
    assert kept.id_number_index == vault.index_of(number) != vault.vault_of(old).index_of(number)
    assert (kept.phone_sealed, kept.phone_index) == (None, None)
    assert [vault.unseal(each.phone_sealed or b"") for each in seniors] == [f"1380013800{n}" for n in range(4)]


def test_a_person_is_found_by_number_before_and_after_and_never_registered_twice(
    app: Flask, committed_db: Session, turned: None
) -> None:
    number = new_id_number()
    senior = make_senior(committed_db, id_number=number)
    actor = make_actor(committed_db)
    committed_db.commit()
    go(app)
    fields = {"id_number": number, "name": "王秀英", "hukou_area": STREET, "residence_area": STREET}
    for _round in range(2):
        found = list_seniors(committed_db, actor=actor, search=read_search(number), day=NOW.date())
        assert [each.id for each in found.items] == [senior.id]
        with pytest.raises(AlreadyRegistered):
            services.register_senior(committed_db, fields=fields, actor=actor, now=NOW)
        committed_db.rollback()
        run()


def test_a_row_that_somebody_is_changing_waits_for_another_round(
    app: Flask, committed_db: Session, turned: None
) -> None:
    first, second = make_senior(committed_db), make_senior(committed_db)
    committed_db.commit()
    go(app)
    committed_db.execute(select(Senior).where(Senior.id == first.id).with_for_update())
    assert run() == 1
    assert count_waiting() == {"senior": 1}
    committed_db.rollback()
    assert run() == 1
    assert second.id != first.id


def test_a_key_that_is_missing_is_told_and_holds_up_nobody_else(
    app: Flask, committed_db: Session, runner: Any, turned: None
) -> None:
    senior = make_senior(committed_db)
    committed_db.commit()
    before = bytes(senior.id_number_sealed)
    app.config.update(VAULT_KEY=NEW_KEY, VAULT_OLD_KEYS=[])
    others = [make_senior(committed_db) for _ in range(3)]
    committed_db.commit()
    old, app.config["VAULT_KEY"] = app.config["VAULT_KEY"], b"m" * 32
    app.config["VAULT_OLD_KEYS"] = [old]
    # What can be opened is sealed anew; what cannot stays, and is told.
    result = runner.invoke(args=["ops", "rotate-keys", "--rows", "1"])
    assert (result.exit_code, "not at hand" in result.output, len(others)) == (1, True, 3), result.output
    assert count_waiting() == {"senior": 1}
    committed_db.rollback()
    assert committed_db.scalar(select(Senior.id_number_sealed).where(Senior.id == senior.id)) == before


def test_the_first_form_of_seals_is_still_read(app: Flask) -> None:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    master = app.config["VAULT_KEY"]
    nonce = b"0" * 12
    first = b"\x01" + nonce + AESGCM(vault._derive(master, b"seal")).encrypt(nonce, "张三".encode(), b"\x01")
    assert vault.unseal(first) == "张三"
    assert vault.keyring_of((NEW_KEY, master)).unseal(first) == "张三"


def test_every_sealed_column_has_the_type_by_which_it_is_found() -> None:
    plain = [
        f"{table.fullname}.{column.name}"
        for table in db.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("_sealed") and not isinstance(column.type, SealedBytes)
    ]
    assert plain == []


def test_old_keys_are_read_from_the_settings() -> None:
    keys = ",".join(base64.b64encode(key * 32).decode() for key in (b"a", b"b"))
    assert Settings(vault_old_keys=keys).flask_config()["VAULT_OLD_KEYS"] == [b"a" * 32, b"b" * 32]
    with pytest.raises(BadSetting, match="CHONGYANG_VAULT_OLD_KEYS"):
        Settings(vault_old_keys="short").flask_config()


def test_tills_are_told_the_next_key_of_payment_codes_before_it_signs(app: Flask) -> None:
    following = SigningKey(b"z" * 32)
    app.config["CODE_PUBLIC_KEYS"] = [following.public_key]
    try:
        assert set(public_keys().values()) == {code_key().public_key, following.public_key}
    finally:
        app.config["CODE_PUBLIC_KEYS"] = []
    assert check_code("nothing") is not None


def test_keys_are_rotated_and_log_ins_ended_from_the_command_line(
    app: Flask, committed_db: Session, runner: Any, turned: None
) -> None:
    make_senior(committed_db)
    make_place(committed_db, STREET)
    create_account(committed_db, username="limin", name="李敏", password="three-quiet-boats", by=None, now=NOW)
    committed_db.execute(
        text(
            "INSERT INTO access_token (account_id, kind, digest, created_at, last_seen_at, expires_at)"
            " SELECT id, 'bearer', sha256(username::bytea), now(), now(), now() + interval '1 day' FROM account"
        )
    )
    committed_db.commit()
    go(app)
    assert "senior: 1" in runner.invoke(args=["ops", "rotate-keys", "--dry-run"]).output
    result = runner.invoke(args=["ops", "rotate-keys"])
    assert (result.exit_code, "not needed any more" in result.output) == (0, True), result.output
    shown = runner.invoke(args=["ops", "show-keys"]).output
    assert vault.keyring().current.mark[1:].hex() in shown
    assert NEW_KEY.hex() not in shown
    assert "1 ended." in runner.invoke(args=["ops", "end-tokens", "--kind", "bearer", "--user", "limin"]).output
    assert "0 ended." in runner.invoke(args=["ops", "end-tokens", "--kind", "all"]).output
    assert runner.invoke(args=["ops", "end-tokens", "--kind", "all", "--user", "nobody"]).exit_code == 1
    noted = committed_db.scalars(text("SELECT action FROM audit_entry ORDER BY id DESC LIMIT 3")).all()
    assert set(noted) == {"keys.rotated", "tokens.ended"}
