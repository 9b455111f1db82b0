"""A posted month decided again: the same from the facts it kept; different once anything was changed."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from app.auth import Role
from app.people.models import Senior
from subsidies.allowance.models import GrantDecision, GrantRun
from subsidies.desk.recomputing import Booked, Recomputed
from subsidies.desk.regranting import regrant
from subsidies.models import Txn
from subsidies.views import explain_transaction
from tests.app.people.factories import bearer, make_staff
from tests.subsidies.allowance.factories import Office, make_office, make_old, posted, publish
from tests.subsidies.allowance.programmes import XIAOSHAN
from tests.subsidies.allowance.test_runs import die


@pytest.fixture
def office(session: Session, clock: Any) -> Office:
    made = make_office(session)
    publish(session, made)
    return made


@pytest.fixture
def senior(session: Session, office: Office) -> Senior:
    """Return somebody of 84 to whom November was granted by a run from preview to posting."""
    found = make_old(session, 84)
    posted(session, office)
    return found


def granted(session: Session, senior: Senior) -> Txn:
    return session.scalars(select(Txn).where(Txn.home == senior.id, Txn.kind == "grant")).one()


def again(session: Session, senior: Senior, office: Office) -> Recomputed:
    session.expire_all()
    txn_id = granted(session, senior).id
    found = explain_transaction(session, home=senior.id, txn_id=txn_id, actor=office.checker, again=True).again
    assert found is not None
    return found


def test_a_posted_month_comes_out_the_same(session: Session, senior: Senior, office: Office) -> None:
    found = again(session, senior, office)
    assert found.is_same, [line for line in found.lines if not line.is_same]
    assert [line.again for line in found.lines[:2]] == ["75.00", "75.00"]
    assert found.documents == granted(session, senior).cause["policies"]
    assert any("80 到 89 岁" in step for step in found.steps)


def test_what_became_of_the_person_since_changes_nothing(session: Session, senior: Senior, office: Office) -> None:
    die(session, senior, date(2026, 11, 10))
    session.flush()
    assert again(session, senior, office).is_same


def test_a_fact_that_was_changed_afterwards_shows(session: Session, senior: Senior) -> None:
    kept = session.get_one(GrantDecision, (session.scalars(select(GrantRun.id)).one(), senior.id))
    set_committed_value(kept, "birth_on", date(1930, 1, 15))
    row = granted(session, senior)
    found = regrant(session, Booked(home=senior.id, id=row.id, kind="grant", cause=row.cause, amount_fen=7500))
    assert found
    different = {str(line.name): (line.kept, line.again) for line in found.lines if not line.is_same}
    assert different["金额"] == ("75.00", "150.00")


def test_an_amount_that_is_not_what_was_decided_shows(session: Session, senior: Senior) -> None:
    row = granted(session, senior)
    found = regrant(session, Booked(home=senior.id, id=row.id, kind="grant", cause=row.cause, amount_fen=7600))
    assert found
    assert [(line.kept, line.again) for line in found.lines if not line.is_same] == [("76.00", "75.00")]


def test_another_document_in_force_that_day_shows(session: Session, senior: Senior, office: Office) -> None:
    session.execute(text("UPDATE policy_document SET valid_until = '2026-10-01' WHERE kind = 'allowance_programme'"))
    assert not again(session, senior, office).is_same


def test_the_page_of_the_movement_shows_both_side_by_side(
    client: FlaskClient, session: Session, senior: Senior
) -> None:
    address = f"/wallets/{senior.id}/transactions/{granted(session, senior).id}"
    headers = bearer(session, make_staff(session, role=Role.AUDITOR, area_code=XIAOSHAN))
    assert "再算一遍" in client.get(address, headers=headers).text
    assert "结果一样" in client.get(f"{address}?again=yes", headers=headers).text
    session.execute(text("UPDATE policy_document SET valid_until = '2026-10-01' WHERE kind = 'allowance_programme'"))
    page = client.get(f"{address}?again=yes", headers=headers).text
    assert "结果不一样" in page
    assert "75.00" in page
