"""One receipt is proved to be in the sealed books, to whoever holds the file and nothing else."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth import Role
from app.people.models import Senior
from subsidies.ledger.verify_export import check_proof
from subsidies.seals.keys import SealingKey, sealing_key
from subsidies.seals.sealing import seal_books
from tests.app.auth.factories import make_account, sign_in
from tests.app.people.factories import bearer, make_senior, make_staff
from tests.conftest import FrozenClock
from tests.subsidies.factories import CITY, NOON, STREET, Accounts, grant, new_home, open_accounts, spend
from tests.subsidies.seals.test_export import SCRIPT, run_alone

API = "/api/v1/subsidies"


@pytest.fixture
def senior(session: Session, clock: FrozenClock) -> Senior:
    return make_senior(session, hukou_area=STREET)


@pytest.fixture
def auditor(session: Session, clock: FrozenClock) -> dict[str, str]:
    return bearer(session, make_staff(session, role=Role.AUDITOR, area_code=CITY))


@pytest.fixture
def bought(session: Session, accounts: Accounts, senior: Senior, key: SealingKey) -> UUID:
    """Return a lunch in the middle of a book, sealed with what came after it and with other books of its bucket."""
    for home in (senior.id, *(new_home() for _ in range(70))):
        grant(session, home, 2000, funder=accounts.city)
    seal_books(session, key=key, now=NOON)
    bought = spend(session, senior.id, 600, merchant=accounts.canteen, legs=accounts.legs, cause={"note": "重阳"})
    spend(session, senior.id, 100, merchant=accounts.canteen)
    for number in range(3):
        grant(session, senior.id % 64 + 64 * (30_000 + number), 5, funder=accounts.city)
    seal_books(session, key=key, now=NOON + timedelta(minutes=1))
    assert bought.txn_id is not None
    return bought.txn_id


def get(client: FlaskClient, address: str, headers: dict[str, str], status: int = 200) -> Any:
    answer = client.get(address, headers=headers)
    assert answer.status_code == status, answer.text
    return answer.get_json()


def test_a_proof_is_checked_by_the_script_alone(
    client: FlaskClient, senior: Senior, bought: UUID, auditor: dict[str, str], tmp_path: Path
) -> None:
    key = sealing_key()
    proof = get(client, f"{API}/wallets/{senior.id}/transactions/{bought}/proof", auditor)
    assert len(proof["transactions"]) == 2
    assert len(proof["path"]) == 2
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(proof))
    told = run_alone(SCRIPT, "--proof", file, "--key", key.public_key.hex(), cwd=tmp_path)
    assert (told.returncode, told.stderr) == (0, ""), told.stdout
    assert told.stdout.startswith(f"spend {bought}, number 2 of book {senior.id}, up to seal 2 of 2026-11-20T03:49")


CHANGES: list[tuple[str, Any]] = [
    ("transactions", lambda proof: [proof["transactions"][0].replace('"spend"', '"grant"'), proof["transactions"][1]]),
    ("transactions", lambda proof: proof["transactions"][1:]),
    ("head_before", lambda proof: "00" * 32),
    ("leaf", lambda proof: {**proof["leaf"], "balance_fen": 1}),
    ("path", lambda proof: proof["path"][:1]),
    ("block", lambda proof: {**proof["block"], "root": "00" * 32}),
    ("block_path", lambda proof: [*proof["block_path"], ["left", "00" * 32]]),
    ("seal", lambda proof: {**proof["seal"], "root": "00" * 32}),
    ("seal", lambda proof: {**proof["seal"], "signature": "00" * 64}),
    ("seal", lambda proof: {**proof["seal"], "public_key": "00" * 32}),
    ("seal", lambda proof: {**proof["seal"], "sealed_at": "2026-11-20T03:49:00.000001Z"}),
]


def faults_in(file: Path) -> list[str]:
    told: list[str] = []
    check_proof(file, lambda holds, where, what: None if holds else told.append(where), [])
    return told


def test_a_proof_changed_anywhere_proves_nothing(
    client: FlaskClient, senior: Senior, bought: UUID, auditor: dict[str, str], tmp_path: Path
) -> None:
    proof = get(client, f"{API}/wallets/{senior.id}/transactions/{bought}/proof", auditor)
    for part, change in CHANGES:
        file = tmp_path / "proof.json"
        file.write_text(json.dumps({**proof, part: change(proof)}))
        assert faults_in(file) != [], part


def test_a_transaction_that_is_not_sealed_yet_is_told_so(
    client: FlaskClient, session: Session, senior: Senior, bought: UUID, auditor: dict[str, str]
) -> None:
    late = spend(session, senior.id, 100, merchant=open_accounts(session).canteen)
    answer = get(client, f"{API}/wallets/{senior.id}/transactions/{late.txn_id}/proof", auditor, 409)
    assert answer["code"] == "not_sealed_yet"
    get(client, f"{API}/wallets/{senior.id}/transactions/{UUID(int=1)}/proof", auditor, 404)


def test_seals_are_listed_and_shown(client: FlaskClient, bought: UUID, auditor: dict[str, str]) -> None:
    page = get(client, f"{API}/seals?limit=1", auditor)
    assert ([item["height"] for item in page["items"]], page["next"]) == ([2], 2)
    assert [item["height"] for item in get(client, f"{API}/seals?after=2", auditor)["items"]] == [1]
    assert get(client, f"{API}/seals/2", auditor) == page["items"][0]
    get(client, f"{API}/seals/3", auditor, 404)


def test_a_proof_stays_within_the_readers_areas(
    client: FlaskClient, session: Session, senior: Senior, bought: UUID, clock: FrozenClock
) -> None:
    elsewhere = bearer(session, make_staff(session, role=Role.STREET_CLERK, area_code="330109001"))
    get(client, f"{API}/wallets/{senior.id}/transactions/{bought}/proof", elsewhere, 404)
    get(client, f"{API}/seals", elsewhere, 403)


def test_the_pages_show_seals_and_hand_over_the_proof(
    client: FlaskClient, session: Session, senior: Senior, bought: UUID, clock: FrozenClock
) -> None:
    sign_in(client, session, make_account(session, Role.AUDITOR, area_code=CITY))
    assert "/ledger/seals/2" in client.get("/ledger/seals").text
    assert 'href="/ledger/seals/2"' in client.get("/ledger").text
    assert client.get("/ledger/seals/1").status_code == 200
    assert client.get("/ledger/seals/9").status_code == 404
    here = f"/wallets/{senior.id}/transactions/{bought}"
    assert f"{here}/proof" in client.get(here).text
    assert f"{here}/proof.json" in client.get(f"{here}/proof").text
    file = client.get(f"{here}/proof.json")
    assert file.headers["Content-Disposition"] == f'attachment; filename="proof-{bought}.json"'
    assert file.get_json()["leaf"]["home"] == senior.id
