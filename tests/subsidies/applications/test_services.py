"""Applications from the counter to the last decision: each step, each refusal."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.approvals.errors import SelfApproval
from app.auth import Actor
from app.errors import Invalid
from app.people.models import Senior
from app.people.rules import Status
from subsidies.allowance.models import Approval
from subsidies.allowance.services import approve_entry
from subsidies.applications import services
from subsidies.applications.errors import (
    AlreadyApplied,
    AlreadyApproved,
    Deceased,
    EndingAsked,
    EndingNotAsked,
    Excluded,
    NoRules,
    NotByApplication,
    NotEntitled,
    SamePerson,
    TooLate,
    WrongState,
)
from tests.app.people.factories import make_senior
from tests.conftest import NOON, FrozenClock
from tests.subsidies.applications.factories import (
    AGE,
    CARE,
    DISTRICT,
    FRIDAY,
    STREET,
    VOUCHER,
    apply,
    at,
    make_approver,
    make_clerk,
    make_disabled,
    publish_documents,
    show,
)


def test_an_application_waits_for_the_street_with_what_was_known(
    session: Session, senior: Senior, clerk: Actor
) -> None:
    shown = show(session, apply(session, senior, clerk), clerk)
    # Five working days from a Friday.
    assert (shown.state, shown.due_on) == ("submitted", date(2026, 11, 27))
    assert (shown.applicant, shown.phone) == ("王小明", "138****8000")
    [step] = shown.steps
    assert (step.outcome, step.by, step.amount_fen) == ("recorded", "吴晓燕", 130_000)
    told = " ".join(step.explanation["zh"])
    assert "78 岁" in told
    assert "每月 1300.00 元" in told
    assert "1300.00 yuan a month" in " ".join(step.explanation["en"])
    assert len(step.policies) >= 1


def test_from_check_to_approval_two_people_sign_and_the_programme_is_entered(
    session: Session, checked: int, senior: Senior, clerk: Actor, approver: Actor
) -> None:
    # Ten working days for the district.
    assert (show(session, checked, clerk).state, show(session, checked, clerk).due_on) == ("checked", date(2026, 12, 4))
    services.decide(session, application_id=checked, approves=True, reason="", actor=approver, now=NOON)
    shown = show(session, checked, clerk)
    assert (shown.state, shown.approved_from, shown.steps[-1].outcome) == ("approved", date(2026, 12, 1), "approved")
    entry = session.scalars(select(Approval).where(Approval.senior_id == senior.id)).one()
    assert (entry.programme, entry.from_on, entry.until_on, entry.application_id) == (
        CARE,
        date(2026, 12, 1),
        None,
        checked,
    )
    with pytest.raises(AlreadyApproved):
        apply(session, senior, clerk, applied_on=date(2026, 12, 2), now=at(date(2026, 12, 2)))


def test_what_was_approved_is_ended_from_a_later_day_by_two_people(
    session: Session, checked: int, senior: Senior, clerk: Actor, approver: Actor
) -> None:
    asked: dict[str, Any] = {"application_id": checked, "now": NOON}
    last = date(2027, 2, 1)
    with pytest.raises(WrongState):
        services.ask_ending(session, **asked, actor=clerk, until_on=last, reason="住进养老院")
    services.decide(session, **asked, actor=approver, approves=True, reason="")
    for until_on, reason in ((last, " "), (FRIDAY - timedelta(days=1), "住"), (date(2026, 12, 1), "住")):
        with pytest.raises(Invalid):
            services.ask_ending(session, **asked, actor=approver, until_on=until_on, reason=reason)
    services.ask_ending(session, **asked, actor=approver, until_on=last, reason="住进养老院")
    assert show(session, checked, approver).approved_until is None
    with pytest.raises(EndingAsked):
        services.ask_ending(session, **asked, actor=clerk, until_on=last, reason="再来")
    with pytest.raises(SelfApproval):
        services.decide_ending(session, **asked, actor=approver, approves=True, reason="")
    services.decide_ending(session, **asked, actor=make_approver(session), approves=True, reason="")
    shown = show(session, checked, approver)
    assert (shown.state, shown.approved_until, shown.steps[-1].outcome) == ("approved", last, "ended")
    assert shown.steps[-1].reason == "住进养老院"
    entry = session.scalars(select(Approval).where(Approval.senior_id == senior.id)).one()
    assert entry.until_on == last
    with pytest.raises(Invalid):
        services.ask_ending(session, **asked, actor=clerk, until_on=last, reason="再来")


def test_an_ending_that_is_refused_lets_the_approval_go_on(
    session: Session, checked: int, clerk: Actor, approver: Actor
) -> None:
    asked: dict[str, Any] = {"application_id": checked, "now": NOON}
    services.decide(session, **asked, actor=approver, approves=True, reason="")
    with pytest.raises(EndingNotAsked):
        services.decide_ending(session, **asked, actor=approver, approves=True, reason="")
    services.ask_ending(session, **asked, actor=clerk, until_on=date(2027, 2, 1), reason="住进养老院")
    with pytest.raises(Invalid):
        services.decide_ending(session, **asked, actor=approver, approves=False, reason=" ")
    services.decide_ending(session, **asked, actor=approver, approves=False, reason="人在家里")
    shown = show(session, checked, approver)
    assert (shown.approved_until, shown.steps[-1].outcome) == (None, "approved")
    # A day that has passed meanwhile is asked for anew.
    services.ask_ending(session, **asked, actor=clerk, until_on=date(2027, 2, 1), reason="住进养老院")
    late = {**asked, "now": at(date(2027, 3, 1))}
    with pytest.raises(Invalid):
        services.decide_ending(session, **late, actor=approver, approves=True, reason="")


def test_a_refusal_may_be_appealed_once_and_a_third_person_decides(
    session: Session, refused: int, clerk: Actor, approver: Actor
) -> None:
    # Thirty working days.
    assert show(session, refused, clerk).due_on == date(2027, 1, 1)
    services.appeal(session, application_id=refused, reason="已补收入证明", actor=clerk, now=at(date(2027, 1, 1)))
    asked: dict[str, Any] = {"application_id": refused, "approves": True, "reason": "证明齐全", "now": NOON}
    for before in (approver, clerk):
        with pytest.raises(SamePerson):
            services.decide_appeal(session, actor=before, **asked)
    services.decide_appeal(session, actor=make_approver(session), **asked)
    shown = show(session, refused, clerk)
    assert shown.state == "approved"
    assert [step.outcome for step in shown.steps] == [
        "recorded",
        "supported",
        "refused",
        "appealed",
        "appeal_approved",
    ]
    with pytest.raises(WrongState):
        services.appeal(session, application_id=refused, reason="再来", actor=clerk, now=NOON)


def test_a_refusal_that_stands_is_final(session: Session, refused: int, clerk: Actor) -> None:
    services.appeal(session, application_id=refused, reason="不同意", actor=clerk, now=NOON)
    second = make_approver(session)
    services.decide_appeal(session, application_id=refused, approves=False, reason="仍缺证明", actor=second, now=NOON)
    assert show(session, refused, clerk).state == "upheld"
    with pytest.raises(WrongState):
        services.appeal(session, application_id=refused, reason="再来", actor=clerk, now=NOON)


def test_the_day_after_the_last_is_too_late_for_an_appeal(session: Session, refused: int, clerk: Actor) -> None:
    with pytest.raises(TooLate):
        services.appeal(session, application_id=refused, reason="不同意", actor=clerk, now=at(date(2027, 1, 2)))


@pytest.mark.parametrize("name", ["recorder", "checker"])
def test_whoever_recorded_or_checked_does_not_decide(session: Session, senior: Senior, name: str) -> None:
    people = {"recorder": make_clerk(session, DISTRICT), "checker": make_clerk(session, DISTRICT)}
    number = apply(session, senior, people["recorder"])
    services.check(session, application_id=number, supports=True, reason="", actor=people["checker"], now=NOON)
    with pytest.raises(SamePerson):
        services.decide(session, application_id=number, approves=True, reason="", actor=people[name], now=NOON)


def test_the_database_holds_it_too(session: Session, checked: int, clerk: Actor) -> None:
    change = "UPDATE allowance_application SET state = 'refused', decided_by = checked_by WHERE id = :id"
    with pytest.raises(IntegrityError, match="two_people"), session.begin_nested():
        session.execute(text(change), {"id": checked})
    with pytest.raises(IntegrityError, match="signed"), session.begin_nested():
        session.execute(text("UPDATE allowance_application SET state = 'upheld' WHERE id = :id"), {"id": checked})


def test_of_two_approvers_one_wins_and_the_other_is_told(session: Session, checked: int, approver: Actor) -> None:
    services.decide(session, application_id=checked, approves=True, reason="", actor=approver, now=NOON)
    with pytest.raises(WrongState):
        services.decide(
            session, application_id=checked, approves=False, reason="不", actor=make_approver(session), now=NOON
        )


def test_steps_out_of_order_are_refused(session: Session, senior: Senior, clerk: Actor, approver: Actor) -> None:
    number = apply(session, senior, clerk)
    with pytest.raises(WrongState):
        services.decide(session, application_id=number, approves=True, reason="", actor=approver, now=NOON)
    services.withdraw(session, application_id=number, reason="搬去儿子家", actor=clerk, now=NOON)
    with pytest.raises(WrongState):
        services.check(session, application_id=number, supports=True, reason="", actor=clerk, now=NOON)
    # Withdrawn is no longer open, so that another may follow.
    assert apply(session, senior, clerk) != number


def test_what_goes_against_somebody_needs_a_reason(
    session: Session, senior: Senior, clerk: Actor, approver: Actor
) -> None:
    number = apply(session, senior, clerk)
    asked: dict[str, Any] = {"application_id": number, "now": NOON}

    def refuses(service: Callable[..., None], **more: Any) -> None:
        with pytest.raises(Invalid) as told:
            service(session, **asked, **more)
        assert "reason" in told.value.errors

    refuses(services.check, supports=False, reason=" ", actor=clerk)
    refuses(services.withdraw, reason="", actor=clerk)
    services.check(session, **asked, supports=False, reason="缺材料", actor=clerk)
    refuses(services.decide, approves=False, reason="", actor=approver)
    services.decide(session, **asked, approves=False, reason="不", actor=approver)
    refuses(services.appeal, reason="", actor=clerk)
    services.appeal(session, **asked, reason="不同意", actor=clerk)
    refuses(services.decide_appeal, approves=True, reason="", actor=make_approver(session))


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({"from_on": date(2026, 10, 31)}, "from_on"),
        ({"from_on": date(2026, 12, 1), "until_on": date(2026, 12, 1)}, "until_on"),
    ],
)
def test_days_of_an_approval_make_sense(
    session: Session, checked: int, approver: Actor, days: dict[str, date], field: str
) -> None:
    with pytest.raises(Invalid) as told:
        services.decide(session, application_id=checked, approves=True, reason="", actor=approver, now=NOON, **days)
    assert field in told.value.errors


def test_nobody_is_approved_whose_facts_do_not_fit(
    session: Session, checked: int, senior: Senior, approver: Actor
) -> None:
    senior.ability_level = 1
    session.flush()
    with pytest.raises(NotEntitled) as told:
        services.decide(session, application_id=checked, approves=True, reason="", actor=approver, now=NOON)
    assert "不符合" in " ".join(told.value.extra["explanation"]["zh"])


def test_a_lower_programme_beside_a_higher_one_is_told_and_not_refused(
    session: Session, clerk: Actor, clock: FrozenClock
) -> None:
    # 150 points by age against 950 by application: only the higher is paid.
    senior = make_disabled(session, ability_level=2, birth_on=date(1930, 1, 1))
    publish_documents(session)
    [step] = show(session, apply(session, senior, clerk), clerk).steps
    assert "就高享受" in " ".join(step.explanation["zh"])
    assert AGE not in " ".join(step.explanation["zh"])


def test_a_programme_that_another_benefit_rules_out_cannot_be_applied_for(
    session: Session, senior: Senior, clerk: Actor
) -> None:
    approve_entry(session, senior_id=senior.id, programme="intensive-care", from_on=date(2026, 1, 1))
    with pytest.raises(Excluded) as told:
        apply(session, senior, clerk, programme=VOUCHER)
    assert "不能同时享受" in " ".join(told.value.extra["explanation"]["zh"])


@pytest.mark.parametrize("programme", [AGE, "no-such-thing"])
def test_what_is_granted_by_data_or_is_unknown_cannot_be_applied_for(
    session: Session, senior: Senior, clerk: Actor, programme: str
) -> None:
    with pytest.raises(NotByApplication):
        apply(session, senior, clerk, programme=programme)


def test_one_application_at_a_time(session: Session, senior: Senior, clerk: Actor) -> None:
    apply(session, senior, clerk)
    with pytest.raises(AlreadyApplied):
        apply(session, senior, clerk)


def test_nobody_applies_for_the_dead_or_for_tomorrow(session: Session, senior: Senior, clerk: Actor) -> None:
    with pytest.raises(Invalid):
        apply(session, senior, clerk, applied_on=FRIDAY + timedelta(days=1))
    dead = make_senior(session, hukou_area=STREET, status=Status.DECEASED)
    with pytest.raises(Deceased):
        apply(session, dead, clerk)


def test_without_rules_no_deadlines_and_no_application(session: Session, clerk: Actor, clock: FrozenClock) -> None:
    senior = make_disabled(session)
    with pytest.raises(NoRules):
        apply(session, senior, clerk)
