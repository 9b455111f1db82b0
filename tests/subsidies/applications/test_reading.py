"""Who sees which applications, in which order, and with which names."""

from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.areas.rules import is_within_any
from app.auth import Actor, Role
from app.errors import NotFound
from app.people.models import Senior
from app.policies.models import PolicyDocument
from subsidies.applications import queries, services
from subsidies.applications.models import Application
from subsidies.applications.queries import Filter
from subsidies.applications.services import Applicant
from tests.app.people.factories import make_actor
from tests.conftest import NOON
from tests.meals.factories import make_policy
from tests.subsidies.applications.factories import (
    CARE,
    CITY,
    DISTRICT,
    FRIDAY,
    STREET,
    VOUCHER,
    apply,
    make_clerk,
    make_disabled,
    show,
)


def test_other_streets_know_nothing_of_it(session: Session, senior: Senior, clerk: Actor) -> None:
    number = apply(session, senior, clerk)
    stranger = make_clerk(session, "330106003")
    assert not is_within_any(STREET, stranger.area_codes)
    with pytest.raises(NotFound):
        apply(session, senior, stranger, programme=VOUCHER)
    with pytest.raises(NotFound):
        services.check(session, application_id=number, supports=True, reason="", actor=stranger, now=NOON)
    with pytest.raises(NotFound):
        show(session, number, stranger)
    assert not queries.list_applications(session, actor=stranger, today=FRIDAY).items


def test_what_is_overdue_stands_first_and_pages_follow_the_due_days(
    session: Session, senior: Senior, clerk: Actor
) -> None:
    late = apply(session, senior, clerk, applied_on=date(2026, 11, 2))
    others = [apply(session, make_disabled(session), clerk) for _ in range(3)]
    page = queries.list_applications(session, actor=clerk, today=FRIDAY, limit=2)
    assert [(each.id, each.is_overdue) for each in page.items] == [(late, True), (others[0], False)]
    rest = queries.list_applications(session, actor=clerk, today=FRIDAY, after=page.next, limit=2)
    assert ([each.id for each in rest.items], rest.next) == (others[1:], None)
    assert queries.count_open(session, actor=clerk, today=FRIDAY) == (4, 1)
    services.withdraw(session, application_id=late, reason="不办了", actor=clerk, now=NOON)
    closed = queries.list_applications(session, actor=clerk, today=FRIDAY, filters=Filter(state="withdrawn"))
    assert [each.id for each in closed.items] == [late]
    mine = Filter(state="", senior_id=senior.id, programme=CARE, area_code=STREET)
    assert [each.id for each in queries.list_applications(session, actor=clerk, today=FRIDAY, filters=mine).items] == [
        late
    ]


def test_whoever_may_not_know_names_sees_them_masked(session: Session, senior: Senior, clerk: Actor) -> None:
    shown = show(session, apply(session, senior, clerk), make_actor(roles=[Role.AUDITOR], area_code=DISTRICT))
    assert (shown.senior, shown.applicant) == ("王*英", "王*明")


def test_the_applicants_name_is_sealed(session: Session, senior: Senior, clerk: Actor) -> None:
    number = apply(session, senior, clerk)
    row = session.get_one(Application, number)
    assert "王小明".encode() not in (row.applicant_sealed or b"")
    services.apply(
        session,
        senior_id=senior.id,
        programme=VOUCHER,
        applicant=Applicant(relation="self"),
        applied_on=FRIDAY,
        actor=clerk,
        now=NOON,
    )


def test_days_off_told_after_an_application_was_recorded_count(
    session: Session, senior: Senior, clerk: Actor, approver: Actor
) -> None:
    number = apply(session, senior, clerk)
    document = session.scalars(select(PolicyDocument).where(PolicyDocument.kind == "application_rules")).one()
    body = {**document.body, "check_days": 1, "decide_days": 1, "holidays": ["2026-11-23"], "workdays": []}
    session.execute(text("UPDATE policy_document SET valid_until = '2026-11-20' WHERE id = :id"), {"id": document.id})
    make_policy(session, kind="application_rules", body=body, valid_from=FRIDAY, area_code=CITY)
    services.check(session, application_id=number, supports=True, reason="", actor=clerk, now=NOON)
    # Ten working days as they were when it was recorded, and a Monday off that was not known then.
    assert show(session, number, clerk).due_on == date(2026, 12, 7)
