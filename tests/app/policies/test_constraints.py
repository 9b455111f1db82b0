"""What the database refuses by itself, whatever the services do."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app import clock as app_clock
from app.db import db, transaction
from app.errors import Refused
from app.policies import services
from tests.app.areas.factories import make_place
from tests.app.policies.factories import (
    DISTRICT,
    SPRING,
    STREET,
    SUMMER,
    loaded,
    make_checker,
    make_maker,
    make_published,
)

INSERT = text("""
    INSERT INTO policy_document (kind, area_code, valid_from, valid_until, title, source, body, state,
                                 maker_id, checker_id, submitted_at, decided_at, reason, created_at)
    VALUES (:kind, :area, :valid_from, :valid_until, '{}', '{}', '{}', :state,
            :maker, :checker, :submitted_at, :decided_at, :reason, now())
""")


@pytest.fixture
def row(session, clock):
    make_place(session, STREET)
    return {
        "kind": "tea",
        "area": STREET,
        "valid_from": SPRING,
        "valid_until": None,
        "state": "published",
        "maker": make_maker(session).account_id,
        "checker": make_checker(session).account_id,
        "submitted_at": clock.now(),
        "decided_at": clock.now(),
        "reason": "",
    }


def refuses(session, row, name):
    with pytest.raises(IntegrityError, match=name), session.begin_nested():
        session.execute(INSERT, row)


def test_maker_is_not_checker(session, row):
    refuses(session, row | {"checker": row["maker"]}, "ck_policy_document_two_people")


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"state": "law"}, "ck_policy_document"),
        ({"kind": "Tea!"}, "ck_policy_document_kind"),
        ({"valid_until": SPRING}, "ck_policy_document_period"),
        ({"submitted_at": None}, "ck_policy_document_submitted"),
        ({"state": "draft"}, "ck_policy_document"),
        ({"checker": None}, "ck_policy_document_decided"),
        ({"decided_at": None}, "ck_policy_document_decided"),
        ({"state": "submitted"}, "ck_policy_document_decided"),
        ({"state": "rejected"}, "ck_policy_document_reason"),
        ({"area": "330199"}, "fk_policy_document_area_code"),
        ({"maker": 10**9}, "fk_policy_document_maker_id"),
    ],
)
def test_rows_that_cannot_be(session, row, changes, name):
    refuses(session, row | changes, name)


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({}, False),
        ({"valid_from": date(2027, 5, 31), "valid_until": None}, False),
        ({"valid_from": SUMMER}, True),
        ({"valid_from": date(2027, 1, 1), "valid_until": SPRING}, True),
        ({"area": DISTRICT}, True),
        ({"kind": "coffee"}, True),
        ({"state": "rejected", "reason": "x"}, True),
    ],
)
def test_two_documents_of_a_kind_and_area_never_hold_on_the_same_day(session, row, changes, fits):
    session.execute(INSERT, row | {"valid_until": SUMMER})
    if fits:
        session.execute(INSERT, row | changes)
    else:
        refuses(session, row | changes, "ex_policy_document_in_force")


def change(session, policy_id, assignment):
    with session.begin_nested():
        session.execute(text(f"UPDATE policy_document SET {assignment} WHERE id = :id"), {"id": policy_id})


@pytest.mark.parametrize(
    "assignment",
    [
        """body = '{"cups": 9}'""",
        "valid_from = '2027-02-01'",
        "area_code = '330100'",
        "state = 'draft', checker_id = NULL, submitted_at = NULL, decided_at = NULL",
        "state = 'rejected', reason = 'x'",
        "maker_id = checker_id",
        "reason = 'later'",
        """title = '{"zh": "x", "en": "x"}', valid_until = '2027-12-31'""",
    ],
)
def test_nothing_of_a_published_document_changes(session, clock, assignment):
    policy = make_published(session, area=STREET)
    with pytest.raises(DBAPIError):
        change(session, policy.id, assignment)


def test_an_open_end_is_set_once(session, clock):
    policy = make_published(session)
    change(session, policy.id, "valid_until = '2027-12-31'")
    for later in ("valid_until = '2028-12-31'", "valid_until = NULL"):
        with pytest.raises(DBAPIError, match="kept as it is"):
            change(session, policy.id, later)


@pytest.mark.parametrize("assignment", ["""body = '{"cups": 9}'""", "state = 'published'", "maker_id = maker_id + 1"])
def test_what_stands_in_a_draft_does_not_change_either(session, clock, assignment):
    make_place(session, STREET)
    policy = services.draft_policy(session, document=loaded(), by=make_maker(session), now=clock.now())
    with pytest.raises(DBAPIError):
        change(session, policy.id, assignment)


def test_the_application_cannot_delete(session, clock):
    policy = make_published(session)
    for statement in ("DELETE FROM policy_document WHERE id = :id", "TRUNCATE policy_document"):
        with pytest.raises(DBAPIError, match="permission denied"), session.begin_nested():
            session.execute(text(statement), {"id": policy.id} if ":id" in statement else {})


def test_of_two_who_publish_at_the_same_moment_one_is_refused(app: Flask, committed_db, clock):
    make_place(committed_db, STREET)
    maker, checkers = make_maker(committed_db), [make_checker(committed_db) for _ in range(4)]
    ids = []
    for _ in checkers:
        policy = services.draft_policy(committed_db, document=loaded(), by=maker, now=clock.now())
        services.submit_policy(committed_db, policy_id=policy.id, by=maker, now=clock.now())
        ids.append(policy.id)
    committed_db.commit()
    start = Barrier(len(ids))

    def publish(policy_id, checker):
        with app.app_context():
            start.wait()
            try:
                with transaction() as session:
                    services.publish_policy(session, policy_id=policy_id, by=checker, now=app_clock.now())
            except Refused:
                return False
            finally:
                db.session.remove()
            return True

    with ThreadPoolExecutor(len(ids)) as pool:
        assert sum(pool.map(publish, ids, checkers)) == 1
