"""Linking relatives: offers, requests, consents and ends, with each refusal, and what is written down."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock as clocks
from app.audit.models import AuditEntry
from app.auth.actor import Actor, Role
from app.auth.models import RoleGrant
from app.auth.queries import current_roles
from app.clock import business_day
from app.errors import Invalid, NotFound
from app.messages.models import Notice
from app.people.models import Senior
from app.people.relatives import consents, queries, services
from app.people.relatives.consents import Witnessed
from app.people.relatives.deaths import ANSWER_DAYS, answer_unmatched, close_after_deaths
from app.people.relatives.errors import (
    LinkClosed,
    LinkedAlready,
    LinkTheDeceased,
    OfferUnknown,
    OwnLink,
    RequestsWaiting,
)
from app.people.relatives.models import Consent, RelativeLink
from app.people.relatives.reach import list_reached
from app.people.relatives.rules import How, Relation, State, Topic
from app.people.rules import Status
from app.people.services import record_status
from app.policies.errors import PolicyNotFound
from tests.app.people.factories import (
    OTHER_STREET,
    STREET,
    make_actor,
    make_card,
    make_senior,
)
from tests.app.people.relatives.factories import (
    be,
    hold_family_rules,
    make_family_actor,
    make_link,
    make_relative,
)
from tests.conftest import FrozenClock

MEALS = Witnessed(topics={Topic.MEALS}, how=How.IN_PERSON)


@pytest.fixture
def senior(session: Session, clock: FrozenClock) -> Senior:
    found = make_senior(session)
    hold_family_rules(session)
    return found


@pytest.fixture
def clerk(session: Session, senior: Senior) -> Actor:
    return make_actor(session)


@pytest.fixture
def daughter(session: Session, senior: Senior) -> Actor:
    return make_family_actor(make_relative(session))


def offer(session: Session, senior: Senior, clerk: Actor, **others: object) -> services.Offer:
    asked = {"name": "王敏", "relation": Relation.CHILD, "is_guardian": False, "witnessed": MEALS} | others
    return services.offer_link(session, senior_id=senior.id, **asked, actor=clerk, now=clocks.now())  # type: ignore[arg-type]


def ask(session: Session, senior: Senior, actor: Actor, **others: str) -> RelativeLink:
    card = make_card(session, senior)
    asked = {"card_number": card.number, "senior_name": senior.name} | others
    services.request_link(session, **asked, relation=Relation.CHILD, actor=actor, now=clocks.now())
    return session.scalars(select(RelativeLink).order_by(RelativeLink.id.desc()).limit(1)).one()


def topics(session: Session, actor: Actor) -> set[Topic]:
    found = list_reached(session, actor=actor, today=business_day(clocks.now()))
    return {topic for person in found for topic in person.topics}


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_an_offer_taken_up_links_with_what_was_agreed_to(
    session: Session, senior: Senior, clerk: Actor, daughter: Actor
) -> None:
    made = offer(session, senior, clerk)
    assert topics(session, daughter) == set()
    spoken = f"{made.code[:4]} {made.code[4:8]}-{made.code[8:]}"
    services.accept_offer(session, code=spoken, actor=daughter, now=clocks.now())
    assert topics(session, daughter) == {Topic.MEALS}
    assert {"link.offered", "consent.given", "link.accepted"} <= set(actions(session))
    assert made.code not in str([(row.old, row.new) for row in session.scalars(select(AuditEntry))])
    assert session.scalars(select(Notice.account_id)).all() == [daughter.account_id]


def test_only_a_keyed_digest_of_the_code_is_kept(session: Session, senior: Senior, clerk: Actor) -> None:
    made = offer(session, senior, clerk)
    link = session.get_one(RelativeLink, made.link_id)
    assert link.offer_digest is not None
    assert len(link.offer_digest) == 32
    assert made.code.encode() not in link.offer_digest


def test_taking_up_gives_the_role_of_the_street_and_only_once(session: Session, senior: Senior, clerk: Actor) -> None:
    account = make_relative(session, Role.ELDER)
    actor = make_family_actor(account, Role.ELDER)
    for _ in range(2):
        services.accept_offer(
            session, code=offer(session, make_senior(session), clerk).code, actor=actor, now=clocks.now()
        )
    assert current_roles(session, account_id=account.id, now=clocks.now()) == {Role.ELDER, Role.FAMILY}
    grants = session.scalars(select(RoleGrant).where(RoleGrant.account_id == account.id, RoleGrant.role == Role.FAMILY))
    assert [grant.area_code for grant in grants] == [STREET]


def test_a_used_an_old_and_a_made_up_code_get_the_same_answer(
    session: Session, senior: Senior, clerk: Actor, daughter: Actor, clock: FrozenClock
) -> None:
    used, old = offer(session, senior, clerk), offer(session, make_senior(session), clerk)
    services.accept_offer(session, code=used.code, actor=daughter, now=clocks.now())
    clock.advance(days=30)
    for code in (used.code, old.code, "123456789012", ""):
        with pytest.raises(OfferUnknown):
            services.accept_offer(session, code=code, actor=daughter, now=clocks.now())


def test_a_second_link_to_the_same_person_is_refused(
    session: Session, senior: Senior, clerk: Actor, daughter: Actor
) -> None:
    services.accept_offer(session, code=offer(session, senior, clerk).code, actor=daughter, now=clocks.now())
    with pytest.raises(LinkedAlready):
        services.accept_offer(session, code=offer(session, senior, clerk).code, actor=daughter, now=clocks.now())


def test_a_paper_answers_what_was_asked_before(session: Session, senior: Senior, clerk: Actor, daughter: Actor) -> None:
    asked = ask(session, senior, daughter)
    services.accept_offer(session, code=offer(session, senior, clerk).code, actor=daughter, now=clocks.now())
    session.refresh(asked)
    assert asked.state == State.ENDED


def test_no_clerk_takes_up_the_own_offer_nor_decides_on_the_own_link(session: Session, senior: Senior) -> None:
    account = make_relative(session, Role.FAMILY)
    both = make_actor(session)
    clerk = make_family_actor(account, Role.FAMILY, Role.STREET_CLERK)
    with pytest.raises(OwnLink):
        services.accept_offer(session, code=offer(session, senior, clerk).code, actor=clerk, now=clocks.now())
    asked = ask(session, senior, clerk)
    for step in (
        lambda: services.accept_request(
            session, link_id=asked.id, is_guardian=False, witnessed=MEALS, actor=clerk, now=clocks.now()
        ),
        lambda: services.end_link(session, link_id=asked.id, reason="", actor=clerk, now=clocks.now()),
        lambda: consents.give_consent(session, link_id=asked.id, witnessed=MEALS, actor=clerk, now=clocks.now()),
    ):
        with pytest.raises(OwnLink):
            step()
    services.accept_request(session, link_id=asked.id, is_guardian=False, witnessed=MEALS, actor=both, now=clocks.now())


@pytest.mark.parametrize(
    ("others", "field"),
    [
        ({"name": " "}, "name"),
        ({"witnessed": Witnessed(topics=set(), how=How.IN_PERSON)}, "topics"),
        ({"witnessed": Witnessed(topics={Topic.MEALS}, how=How.PHONE, until_on=date(2026, 11, 20))}, "until_on"),
        ({"witnessed": Witnessed(topics={Topic.MEALS}, how=How.GUARDIAN_PAPERS)}, "how"),
        ({"is_guardian": True}, "how"),
    ],
)
def test_an_offer_with_a_fault_is_refused_and_says_where(
    session: Session, senior: Senior, clerk: Actor, others: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        offer(session, senior, clerk, **others)
    assert set(refused.value.errors) == {field}


def test_nobody_is_linked_to_the_dead_nor_without_rules_nor_from_another_street(
    session: Session, senior: Senior
) -> None:
    with pytest.raises(NotFound):
        offer(session, senior, make_actor(session, area_code=OTHER_STREET))
    dead = make_senior(session, status=Status.DECEASED)
    with pytest.raises(LinkTheDeceased):
        offer(session, dead, make_actor(session))
    far = make_senior(session, hukou_area="310101001")
    with pytest.raises(PolicyNotFound):
        offer(session, far, make_actor(session, area_code="310101001"))


@pytest.mark.parametrize(
    "others",
    [{}, {"senior_name": "别人"}, {"card_number": "6021000000000000000"}, {"card_number": "no number"}],
)
def test_asking_looks_the_same_whether_or_not_card_and_name_fit(
    session: Session, senior: Senior, daughter: Actor, clerk: Actor, others: dict[str, str]
) -> None:
    link = ask(session, senior, daughter, **others)
    today = business_day(clocks.now())
    shown = queries.list_own_links(session, actor=daughter, today=today)
    assert [(item.state, item.end_reason) for item in shown] == [(State.REQUESTED, "")]
    waiting = [item.id for item in queries.list_requests(session, actor=clerk, today=today).items]
    assert waiting == ([] if others else [link.id])
    assert topics(session, daughter) == set()


def test_a_lost_card_and_a_second_request_lead_to_nobody(session: Session, senior: Senior, daughter: Actor) -> None:
    first = ask(session, senior, daughter)
    card = session.scalars(select(RelativeLink.senior_id).where(RelativeLink.id == first.id)).one()
    assert card == senior.id
    other = make_senior(session)
    lost = make_card(session, other, state="lost")
    assert ask(session, other, daughter, card_number=lost.number).senior_id is None


def test_requests_that_lead_to_nobody_end_after_some_days(
    session: Session, senior: Senior, daughter: Actor, clock: FrozenClock
) -> None:
    right, wrong = ask(session, senior, daughter), ask(session, make_senior(session), daughter, senior_name="别人")
    assert answer_unmatched(session, now=clocks.now()) == 0
    clock.advance(days=ANSWER_DAYS)
    assert answer_unmatched(session, now=clocks.now()) == 1
    assert answer_unmatched(session, now=clocks.now()) == 0
    assert (right.state, wrong.state, wrong.end_reason) == (State.REQUESTED, State.ENDED, "unknown")


def test_nobody_collects_people_by_asking(session: Session, senior: Senior, daughter: Actor) -> None:
    for _ in range(services.REQUESTS_AT_ONCE):
        ask(session, make_senior(session), daughter, senior_name="别人")
    with pytest.raises(RequestsWaiting):
        ask(session, make_senior(session), daughter)


def test_asking_and_taking_back_does_not_go_on_all_day(
    session: Session, senior: Senior, daughter: Actor, clock: FrozenClock
) -> None:
    def ask_and_leave(number: int) -> None:
        args: dict[str, Any] = {"card_number": f"{number}", "senior_name": "某某", "relation": Relation.CHILD}
        services.request_link(session, **args, actor=daughter, now=clocks.now())
        link = session.scalars(select(RelativeLink).order_by(RelativeLink.id.desc())).first()
        assert link
        services.leave_link(session, link_id=link.id, actor=daughter, now=clocks.now())

    for number in range(services.REQUESTS_A_DAY):
        ask_and_leave(number)
    with pytest.raises(RequestsWaiting):
        ask_and_leave(0)
    clock.advance(days=1)
    ask_and_leave(0)


def test_a_request_is_decided_once(session: Session, senior: Senior, daughter: Actor, clerk: Actor) -> None:
    link = ask(session, senior, daughter)
    with pytest.raises(Invalid):
        services.refuse_request(session, link_id=link.id, reason=" ", actor=clerk, now=clocks.now())
    session.refresh(link)
    services.refuse_request(session, link_id=link.id, reason="老人不同意", actor=clerk, now=clocks.now())
    with pytest.raises(LinkClosed):
        services.accept_request(
            session, link_id=link.id, is_guardian=False, witnessed=MEALS, actor=clerk, now=clocks.now()
        )
    assert topics(session, daughter) == set()
    notice = session.scalars(select(Notice)).one()
    assert senior.name not in str(notice.params)


def test_a_guardian_is_marked_as_one(session: Session, senior: Senior, daughter: Actor, clerk: Actor) -> None:
    link = ask(session, senior, daughter)
    papers = Witnessed(topics={Topic.BALANCE}, how=How.GUARDIAN_PAPERS)
    services.accept_request(session, link_id=link.id, is_guardian=True, witnessed=papers, actor=clerk, now=clocks.now())
    found = list_reached(session, actor=daughter, today=business_day(clocks.now()))
    assert [person.is_guardian for person in found] == [True]


def test_consent_is_given_and_withdrawn_in_one_step_each(
    session: Session, senior: Senior, daughter: Actor, clerk: Actor
) -> None:
    account = make_relative(session)
    link, actor = make_link(session, senior, account, topics=(Topic.MEALS,)), make_family_actor(account)
    until = business_day(clocks.now()) + timedelta(days=1)
    both = Witnessed(topics={Topic.MEALS, Topic.BALANCE}, how=How.PHONE, until_on=until)
    consents.give_consent(session, link_id=link.id, witnessed=both, actor=clerk, now=clocks.now())
    assert topics(session, actor) == {Topic.MEALS, Topic.BALANCE}
    consents.withdraw_consent(session, link_id=link.id, topics=[Topic.MEALS], actor=clerk, now=clocks.now())
    assert topics(session, actor) == {Topic.BALANCE}
    consents.withdraw_consent(session, link_id=link.id, topics=[Topic.MEALS], actor=clerk, now=clocks.now())
    assert actions(session).count("consent.withdrawn") == 1
    rows = session.scalars(select(Consent).where(Consent.link_id == link.id, Consent.withdrawn_at.is_(None))).all()
    assert [(row.topic, row.how, row.witnessed_by) for row in rows] == [("balance", "phone", clerk.account_id)]


def test_clerks_of_other_streets_and_other_roles_touch_no_link(session: Session, senior: Senior) -> None:
    link = make_link(session, senior, make_relative(session))
    stranger = make_family_actor(make_relative(session))
    actors = [make_actor(session, area_code=OTHER_STREET), stranger]
    actors += [make_actor(session, roles=(role,)) for role in (Role.AUDITOR, Role.DISTRICT_APPROVER, Role.CASHIER)]
    for actor in actors:
        with pytest.raises(NotFound):
            services.end_link(session, link_id=link.id, reason="", actor=actor, now=clocks.now())
        with pytest.raises(NotFound):
            consents.withdraw_consent(session, link_id=link.id, topics=Topic, actor=actor, now=clocks.now())  # type: ignore[arg-type]
        with pytest.raises(NotFound):
            services.leave_link(session, link_id=link.id, actor=actor, now=clocks.now())


def test_relative_senior_and_clerk_each_end_a_link(session: Session, senior: Senior, clerk: Actor) -> None:
    own = be(session, senior)
    for end in (
        lambda link, relative: services.leave_link(session, link_id=link.id, actor=relative, now=clocks.now()),
        lambda link, _relative: services.leave_link(session, link_id=link.id, actor=own, now=clocks.now()),
        lambda link, _relative: services.end_link(
            session, link_id=link.id, reason="老人要求", actor=clerk, now=clocks.now()
        ),
    ):
        account = make_relative(session)
        relative, link = make_family_actor(account), make_link(session, senior, account)
        end(link, relative)
        assert topics(session, relative) == set()
        open_rows = select(func.count()).where(Consent.link_id == link.id, Consent.withdrawn_at.is_(None))
        assert session.scalar(open_rows) == 0
        with pytest.raises(LinkClosed):
            services.end_link(session, link_id=link.id, reason="", actor=clerk, now=clocks.now())


def test_a_senior_takes_back_what_a_relative_sees_and_no_stranger_does(session: Session, senior: Senior) -> None:
    account = make_relative(session)
    link = make_link(session, senior, account)
    other = be(session, make_senior(session))
    with pytest.raises(NotFound):
        consents.withdraw_own_consent(session, link_id=link.id, topics=[Topic.MEALS], actor=other, now=clocks.now())
    own = be(session, senior)
    consents.withdraw_own_consent(session, link_id=link.id, topics=[Topic.MEALS], actor=own, now=clocks.now())
    assert Topic.MEALS not in topics(session, make_family_actor(account))


def test_nobody_ends_the_own_account_of_a_senior_as_a_link(session: Session, senior: Senior) -> None:
    own = be(session, senior)
    link = session.scalars(select(RelativeLink).where(RelativeLink.account_id == own.account_id)).one()
    with pytest.raises(NotFound):
        services.leave_link(session, link_id=link.id, actor=own, now=clocks.now())


def test_a_death_closes_topics_by_the_rules_and_the_own_account_at_once(
    session: Session, senior: Senior, clerk: Actor, clock: FrozenClock
) -> None:
    own, account = be(session, senior), make_relative(session)
    link = make_link(session, senior, account)
    waiting = offer(session, senior, clerk)
    today = business_day(clocks.now())
    record_status(
        session,
        senior_id=senior.id,
        status=Status.DECEASED,
        from_on=today,
        until_on=None,
        actor=clerk,
        now=clocks.now(),
    )
    daughter = make_family_actor(account)
    assert topics(session, daughter) == {Topic.BALANCE, Topic.MEALS}
    assert list_reached(session, actor=own, today=today) == []
    assert current_roles(session, account_id=own.account_id, now=clocks.now()) == frozenset()
    assert session.get_one(RelativeLink, waiting.link_id).state == State.ENDED
    clock.advance(days=29)
    assert close_after_deaths(session, now=clocks.now()) == 0
    clock.advance(days=1)
    assert close_after_deaths(session, now=clocks.now()) == 1
    session.refresh(link)
    assert (link.state, link.end_reason) == (State.ENDED, "death")
    assert topics(session, daughter) == set()


def test_the_living_keep_their_links(session: Session, senior: Senior) -> None:
    link = make_link(session, senior, make_relative(session))
    assert close_after_deaths(session, now=clocks.now()) == 0
    assert link.state == State.ACTIVE
