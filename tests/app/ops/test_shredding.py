"""What may no longer be kept goes for good, signed by two; what the books need stays."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import vault
from app.approvals.errors import SelfApproval
from app.audit.models import AuditEntry
from app.auth.actor import Actor, Role
from app.errors import Refused
from app.ops import plan, shredding
from app.ops.due import list_due
from app.ops.errors import NotApproved, NothingDue
from app.ops.models import Shredding, ShreddingLine
from app.ops.owner import rewriting
from app.ops.retention import RETENTION_RULES, RetentionRulesIn, find_faults, years_later
from app.ops.shredding_runs import carry_out
from app.people.models import Card, Senior
from app.people.rules import Status
from app.personal_data import BLACKED, Data
from subsidies.checking import find_faults as find_ledger_faults
from subsidies.seals.services import seal_now
from tests.app.people.factories import (
    CITY,
    bearer,
    make_account,
    make_area,
    make_card,
    make_senior,
    make_staff,
    make_status,
)
from tests.meals.factories import make_policy
from tests.subsidies.factories import grant, open_accounts

NOW = datetime(2060, 1, 2, 4, tzinfo=UTC)
TODAY = date(2060, 1, 2)
RULES = {
    "rules": [
        {
            "data": each.value,
            "years_after_death": 30 if each is Data.IDENTITY else 3,
            "years_after_move": 30,
            "basis": "x",
        }
        for each in Data
    ]
}


@dataclass(frozen=True)
class Two:
    """Who makes a list, and who signs it."""

    maker: Actor
    checker: Actor


def actor(session: Session, name: str) -> Actor:
    return Actor(account_id=make_account(session, name=name).id, name=name, roles=frozenset({Role.ADMINISTRATOR}))


@pytest.fixture
def two(committed_db: Session) -> Two:
    make_area(committed_db, CITY)
    make_policy(committed_db, area_code=CITY, kind="retention_rules", body=RULES)
    made = Two(actor(committed_db, "管立新"), actor(committed_db, "郑敏"))
    committed_db.commit()
    return made


@pytest.fixture
def sealing(app: Flask) -> Iterator[None]:
    """Let seals be published, and leave none of their files behind."""
    yield
    shutil.rmtree(app.config["SETTINGS"].home / "seals", ignore_errors=True)


def gone(session: Session, *, since: date = date(2027, 5, 1), status: Status = Status.DECEASED) -> Senior:
    """Make somebody who died or moved away."""
    senior = make_senior(session, status=status, status_from=since)
    make_card(session, senior)
    session.commit()
    return senior


def approved(session: Session, two: Two) -> int:
    """Make a list and have it signed."""
    made = shredding.propose(session, until=TODAY, by=two.maker, now=NOW)
    shredding.approve(session, shredding_id=made.id, by=two.checker, now=NOW)
    session.commit()
    return made.id


def run(session: Session, shredding_id: int) -> int:
    done = carry_out(shredding_id, shredding.list_open(session, shredding_id=shredding_id), clock=lambda: NOW)
    session.rollback()
    session.expire_all()
    return done


@pytest.mark.parametrize(
    ("since", "today", "due"),
    [
        (date(2027, 5, 1), date(2030, 4, 30), False),
        (date(2027, 5, 1), date(2030, 5, 1), True),
        (date(2028, 2, 29), date(2031, 2, 28), False),
        (date(2028, 2, 29), date(2031, 3, 1), True),
    ],
)
def test_data_is_due_from_the_day_the_years_are_over(
    two: Two, committed_db: Session, since: date, today: date, due: bool
) -> None:
    senior = gone(committed_db, since=since)
    found = {each.data for each in list_due(committed_db, until=today) if each.senior_id == senior.id}
    assert found == (set(Data) - {Data.IDENTITY} if due else set())


def test_who_came_back_is_not_due_and_who_lives_never_is(two: Two, committed_db: Session) -> None:
    back = make_senior(committed_db, status=Status.ACTIVE, status_from=date(2020, 1, 1))
    moved = make_senior(committed_db, status=Status.ACTIVE, status_from=date(2020, 1, 1))
    committed_db.execute(text("DELETE FROM senior_status WHERE senior_id = :id"), {"id": moved.id})
    make_status(committed_db, moved, status=Status.MOVED_AWAY, from_on=date(2020, 1, 1), until_on=date(2021, 1, 1))
    make_status(committed_db, moved, status=Status.ACTIVE, from_on=date(2021, 1, 1))
    committed_db.commit()
    assert not {each.senior_id for each in list_due(committed_db, until=TODAY)} & {back.id, moved.id}


def test_where_no_document_says_how_long_everything_stays(committed_db: Session) -> None:
    gone(committed_db)
    assert list(list_due(committed_db, until=TODAY)) == []


def test_names_numbers_and_phones_go_and_the_books_stay_whole(sealing: None, two: Two, committed_db: Session) -> None:
    senior = gone(committed_db)
    number = vault.unseal(senior.id_number_sealed)
    accounts = open_accounts(committed_db)
    grant(committed_db, senior.id, 5000, funder=accounts.city)
    committed_db.commit()
    seal_now(now=NOW)
    assert run(committed_db, approved(committed_db, two)) == len(Data)
    left = committed_db.get_one(Senior, senior.id)
    assert (left.name, left.phone_sealed, left.phone_index, left.address_sealed) == (BLACKED, None, None, None)
    assert vault.unseal(left.id_number_sealed) == ""
    assert left.id_number_index != vault.index_of(number)
    assert (left.birth_on.month, left.birth_on.day, left.birth_on.year) == (1, 1, 1941)
    assert committed_db.scalars(select(Card.state).where(Card.senior_id == senior.id)).all() == ["cancelled"]
    assert list(find_ledger_faults(committed_db)) == []


def test_the_tombstone_says_who_when_and_why_and_cannot_be_changed(two: Two, committed_db: Session) -> None:
    senior = gone(committed_db)
    made = approved(committed_db, two)
    run(committed_db, made)
    line = committed_db.get_one(ShreddingLine, (made, senior.id, "identity"))
    found = committed_db.get_one(Shredding, made)
    assert (line.cause, line.since_on, line.due_on, line.done_at) == (
        "deceased", date(2027, 5, 1), date(2057, 5, 1), NOW,
    )  # fmt: skip
    assert (found.maker_id, found.checker_id, found.finished_at) == (two.maker.account_id, two.checker.account_id, NOW)
    noted = committed_db.scalars(select(AuditEntry).where(AuditEntry.action == "senior.shredded")).all()
    assert len(noted) == len(Data)
    with pytest.raises(DBAPIError, match="stays written down"), rewriting() as session:
        session.execute(text("UPDATE shredding_line SET data = 'care' WHERE data = 'identity'"))


def test_nothing_happens_twice_and_nothing_is_listed_twice(two: Two, committed_db: Session) -> None:
    gone(committed_db)
    made = approved(committed_db, two)
    with pytest.raises(NothingDue):
        shredding.propose(committed_db, until=TODAY, by=two.maker, now=NOW)
    assert run(committed_db, made) == len(Data)
    assert run(committed_db, made) == 0
    with pytest.raises(NothingDue):
        shredding.propose(committed_db, until=TODAY, by=two.maker, now=NOW)


def test_two_people_sign(two: Two, committed_db: Session) -> None:
    gone(committed_db)
    made = shredding.propose(committed_db, until=TODAY, by=two.maker, now=NOW)
    with pytest.raises(SelfApproval):
        shredding.approve(committed_db, shredding_id=made.id, by=two.maker, now=NOW)
    with pytest.raises(NotApproved):
        shredding.list_open(committed_db, shredding_id=made.id)
    shredding.reject(committed_db, shredding_id=made.id, by=two.checker, reason="名单有误", now=NOW)
    assert isinstance(NotApproved(), Refused)
    # What was refused may be listed again.
    assert shredding.propose(committed_db, until=TODAY, by=two.maker, now=NOW).id != made.id


def test_who_came_back_after_the_list_was_signed_is_left_alone(two: Two, committed_db: Session) -> None:
    senior = gone(committed_db, status=Status.MOVED_AWAY)
    made = approved(committed_db, two)
    committed_db.execute(
        text("UPDATE senior_status SET until_on = '2059-01-01' WHERE senior_id = :id"), {"id": senior.id}
    )
    committed_db.commit()
    assert run(committed_db, made) == 0
    assert committed_db.get_one(Senior, senior.id).name == "王秀英"
    assert committed_db.get_one(ShreddingLine, (made, senior.id, "identity")).left_why == "changed"
    assert committed_db.get_one(Shredding, made).finished_at == NOW


def test_the_application_itself_cannot_rewrite(committed_db: Session) -> None:
    committed_db.execute(text("SELECT set_config('chongyang.rewriting', 'on', true)"))
    assert committed_db.execute(text("SELECT is_rewriting()")).scalar() is False
    with rewriting() as session:
        assert session.execute(text("SELECT is_rewriting()")).scalar() is True


def test_the_document_must_name_every_kind_once_and_keep_names_longest() -> None:
    assert RetentionRulesIn().validate(RETENTION_RULES.example) == {}
    rules = [dict(rule) for rule in RETENTION_RULES.example["rules"]]
    assert list(find_faults({"rules": rules}, CITY)) == []
    rules[1]["data"] = "identity"
    assert next(fault.path for fault in find_faults({"rules": rules}, CITY)) == ("rules", 1, "data")
    rules[1].update(data="relatives", years_after_death=31)
    assert [fault.path for fault in find_faults({"rules": rules}, CITY)] == [("rules", 1, "years_after_death")]


def test_years_are_added() -> None:
    assert years_later(date(2028, 2, 29), 1) == date(2029, 3, 1)
    assert years_later(date(2028, 2, 29), 4) == date(2032, 2, 29)


def test_every_table_that_is_named_is_there(app: Flask, session: Session) -> None:
    for each in plan.list_personal():
        assert session.execute(text(each.count), {"senior_id": 1}).scalar() == 0, each.table


@pytest.fixture
def administrators(session: Session, client: FlaskClient) -> Any:
    make_policy(session, area_code=CITY, kind="retention_rules", body=RULES)
    first, second = (make_staff(session, role=Role.ADMINISTRATOR, area_code=CITY) for _ in range(2))
    make_senior(session, status=Status.DECEASED, status_from=date(1990, 1, 1))
    return bearer(session, first), bearer(session, second)


def test_a_list_is_made_read_and_signed_over_http(client: FlaskClient, administrators: Any) -> None:
    first, second = administrators
    made = client.post("/api/v1/ops/shreddings", headers=first)
    assert made.status_code == 201
    address = f"/api/v1/ops/shreddings/{made.json['id']}"
    assert client.post(f"{address}/approval", headers=first).status_code == 403
    found = client.post(f"{address}/approval", headers=second).json
    assert (found["state"], {each["data"] for each in found["sums"]}) == ("approved", set(Data))
    assert client.post(f"{address}/rejection", headers=second, json={"reason": "迟了"}).status_code == 409
    assert [each["id"] for each in client.get("/api/v1/ops/shreddings", headers=first).json["items"]] == [
        made.json["id"]
    ]
    assert client.get("/api/v1/ops/shreddings/999999", headers=first).status_code == 404
