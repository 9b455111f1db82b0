"""What may no longer be kept goes for good, signed by two; what the books need stays."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import literal_column, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import vault
from app.approvals.errors import SelfApproval
from app.audit.models import AuditEntry
from app.auth.actor import Actor, Role
from app.errors import Refused
from app.ops import owner, plan, shredding
from app.ops.due import list_due
from app.ops.errors import NotApproved, NothingDue, ShreddingNotFound
from app.ops.models import Shredding, ShreddingLine
from app.ops.owner import rewriting
from app.ops.queries import list_shreddings
from app.ops.retention import RETENTION_RULES, RetentionRulesIn, find_faults, years_later
from app.ops.shredding_runs import carry_out
from app.people.models import Card, Senior
from app.people.rules import Status
from app.personal_data import BLACKED, Data, year_only
from subsidies.checking import find_faults as find_ledger_faults
from subsidies.seals.services import seal_now
from tests.app.areas.factories import make_place
from tests.app.people.factories import CITY, bearer, make_actor, make_card, make_senior, make_staff, make_status, moved
from tests.meals.factories import make_policy
from tests.subsidies.factories import grant, open_accounts, spend

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


@pytest.fixture
def two(committed_db: Session) -> Two:
    make_place(committed_db, CITY)
    make_policy(committed_db, area_code=CITY, kind="retention_rules", body=RULES)
    of_city: Any = {"roles": (Role.ADMINISTRATOR,), "area_code": CITY}
    made = Two(make_actor(committed_db, name="管立新", **of_city), make_actor(committed_db, name="郑敏", **of_city))
    committed_db.commit()
    return made


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
    mover = make_senior(committed_db, status=Status.ACTIVE, status_from=date(2020, 1, 1))
    committed_db.execute(text("DELETE FROM senior_status WHERE senior_id = :id"), {"id": mover.id})
    make_status(committed_db, mover, status=Status.MOVED_AWAY, from_on=date(2020, 1, 1), until_on=date(2021, 1, 1))
    make_status(committed_db, mover, status=Status.ACTIVE, from_on=date(2021, 1, 1))
    committed_db.commit()
    assert not {each.senior_id for each in list_due(committed_db, until=TODAY)} & {back.id, mover.id}


def test_where_no_document_says_how_long_everything_stays(committed_db: Session) -> None:
    gone(committed_db)
    assert list(list_due(committed_db, until=TODAY)) == []


def test_names_numbers_and_phones_go_and_the_books_stay_whole(two: Two, committed_db: Session) -> None:
    senior = gone(committed_db)
    number = vault.unseal(senior.id_number_sealed)
    accounts = open_accounts(committed_db)
    grant(committed_db, senior.id, 5000, funder=accounts.city)
    committed_db.commit()
    spend(committed_db, senior.id, 5000, merchant=accounts.canteen)
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


def test_who_came_back_and_died_later_is_shredded_once_more(two: Two, committed_db: Session) -> None:
    senior = gone(committed_db, since=date(2020, 5, 1), status=Status.MOVED_AWAY)
    assert run(committed_db, approved(committed_db, two)) == len(Data)
    again = "UPDATE senior_status SET until_on = '2050-06-01' WHERE senior_id = :id"
    committed_db.execute(text(again), {"id": senior.id})
    make_status(committed_db, senior, status=Status.DECEASED, from_on=date(2050, 6, 1))
    committed_db.commit()
    made = approved(committed_db, two)
    assert run(committed_db, made) == len(Data) - 1  # names are kept for thirty years
    with pytest.raises(NothingDue):
        shredding.propose(committed_db, until=TODAY, by=two.maker, now=NOW)


FINDING = """INSERT INTO finding (check_code, key, state, severity, area_code, senior_id, happened_on, amount_fen,
 facts, policy_id, found_at, changed_at)
 SELECT 'R1', 'k', :state, 'low', :area, :id, '2027-01-01', 0, '{}', min(id), now(), now()
   FROM policy_document RETURNING id"""


def test_what_is_still_open_keeps_what_it_needs_until_it_is_closed(two: Two, committed_db: Session) -> None:
    senior = gone(committed_db)
    made = approved(committed_db, two)
    finding = {"id": senior.id, "area": senior.residence_area_code, "state": "open"}
    committed_db.execute(text(FINDING), finding)
    committed_db.commit()
    assert run(committed_db, made) == 1
    left = committed_db.scalars(select(ShreddingLine.data).where(ShreddingLine.left_why == "open")).all()
    assert set(left) == set(Data) - {Data.SAFETY}
    with pytest.raises(NothingDue):
        shredding.propose(committed_db, until=TODAY, by=two.maker, now=NOW)
    committed_db.execute(text("UPDATE finding SET state = 'dismissed'"))
    committed_db.commit()
    assert run(committed_db, approved(committed_db, two)) == len(Data) - 1


def test_somebody_whose_records_are_in_use_waits_and_holds_up_nobody(
    two: Two, committed_db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy, other = gone(committed_db), gone(committed_db)
    made = approved(committed_db, two)
    lines = shredding.list_open(committed_db, shredding_id=made)
    monkeypatch.setattr(owner, "REWRITE", text(owner.REWRITE.text.replace("'5s'", "'50ms'")))
    committed_db.execute(text("SELECT FROM senior WHERE id = :id FOR UPDATE"), {"id": busy.id})
    assert carry_out(made, lines, clock=lambda: NOW) == len(Data)
    committed_db.rollback()
    assert {each for each, _data in shredding.list_open(committed_db, shredding_id=made)} == {busy.id} != {other.id}
    assert run(committed_db, made) == len(Data)
    assert committed_db.get_one(Shredding, made).finished_at == NOW


def test_points_that_are_left_keep_the_name_they_belong_to(two: Two, committed_db: Session) -> None:
    senior = gone(committed_db)
    grant(committed_db, senior.id, 5000, funder=open_accounts(committed_db).city)
    committed_db.commit()
    due = {each.data for each in list_due(committed_db, until=TODAY) if each.senior_id == senior.id}
    assert due == set(Data) - {Data.IDENTITY, Data.PAPERS, Data.RELATIVES}


TURN = """INSERT INTO life_turn (kind, senior_id, area_code, from_on, reason, source, recorded_at, recorded_by)
 VALUES ('death', :id, :area, '2027-05-01', '儿子陈明来报', 'desk', now(), :account) RETURNING id"""
UNDO = """INSERT INTO life_turn_undo (turn_id, why, state, maker_id, submitted_at, checker_id, decided_at, reason)
 VALUES (:turn, '女儿陈红说弄错了人', 'rejected', :account, now(), :other, now(), '陈红看错了')"""
NOTED = """INSERT INTO audit_entry (at, action, subject_kind, subject_id, reason)
 VALUES (now(), 'finding.dismiss', 'finding', :finding, '孙子陈刚代买') RETURNING id"""


def test_free_words_go_from_the_feature_and_from_the_log_that_repeats_them(two: Two, committed_db: Session) -> None:
    senior = gone(committed_db)
    place = {"id": senior.id, "area": senior.residence_area_code, "account": two.maker.account_id}
    turn = committed_db.execute(text(TURN), place).scalar_one()
    committed_db.execute(text(UNDO), place | {"turn": turn, "other": two.checker.account_id})
    finding = committed_db.execute(text(FINDING), place | {"state": "dismissed"}).scalar_one()
    noted = committed_db.execute(text(NOTED), {"finding": str(finding)}).scalar_one()
    committed_db.commit()
    run(committed_db, approved(committed_db, two))
    undo = committed_db.execute(text("SELECT why, reason FROM life_turn_undo")).one()
    assert tuple(undo) == (BLACKED, BLACKED)
    entry = committed_db.execute(text("SELECT reason FROM audit_entry WHERE id = :id"), {"id": noted}).scalar_one()
    assert entry == BLACKED


def test_of_a_day_of_birth_that_a_decision_keeps_only_the_year_stays(session: Session) -> None:
    taken = year_only("basis", "facts,birth_on")["basis"]
    given = """(VALUES ('{"facts": {"birth_on": "1933-06-03", "age": 93}}'::jsonb), ('{}')) AS t (basis)"""
    assert session.execute(select(literal_column(taken)).select_from(text(given))).scalars().all() == [
        {"facts": {"birth_on": "1933-01-01", "age": 93}},
        {},
    ]


def test_an_administrator_of_a_district_lists_and_signs_that_district_alone(two: Two, committed_db: Session) -> None:
    senior = gone(committed_db)
    elsewhere, here = "330199", senior.residence_area_code[:6]
    with pytest.raises(NothingDue):
        shredding.propose(committed_db, until=TODAY, by=moved(two.maker, elsewhere), now=NOW)
    made = shredding.propose(committed_db, until=TODAY, by=moved(two.maker, here), now=NOW)
    with pytest.raises(ShreddingNotFound):
        shredding.approve(committed_db, shredding_id=made.id, by=moved(two.checker, elsewhere), now=NOW)
    assert list_shreddings(committed_db, before=None, area_codes=[elsewhere]) == []
    assert [each.id for each in list_shreddings(committed_db, before=None, area_codes=[here])] == [made.id]
    shredding.approve(committed_db, shredding_id=made.id, by=moved(two.checker, here), now=NOW)


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
