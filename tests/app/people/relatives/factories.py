"""Links of relatives and their consents for tests, each with as little said as the test needs."""

from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from app import clock
from app.auth.accounts import grant_role
from app.auth.actor import Actor, HeldRole, Role, holding
from app.auth.models import Account
from app.people.models import Senior
from app.people.relatives.family_rules import FAMILY_RULES
from app.people.relatives.models import Consent, RelativeLink
from app.people.relatives.rules import How, Relation, State, Topic
from app.policies.models import PolicyDocument
from tests.app.areas.factories import make_place
from tests.app.people.factories import CITY, STREET, make_account

ALL = tuple(Topic)


def make_relative(session: Session, *roles: Role, name: str = "王敏") -> Account:
    """Make the account of somebody's relative, or of a senior."""
    make_place(session, STREET)
    account = make_account(session, name=name)
    for role in roles or (Role.FAMILY,):
        grant_role(session, account_id=account.id, role=role, area_code=STREET, by=None, now=clock.now())
    return account


def make_link(
    session: Session,
    senior: Senior,
    account: Account,
    *,
    topics: Collection[Topic] = ALL,
    relation: Relation = Relation.CHILD,
    state: State = State.ACTIVE,
    is_guardian: bool = False,
    given_on: date = date(2026, 1, 1),
    until_on: date | None = None,
) -> RelativeLink:
    """Link an account to a senior, who agreed to these topics."""
    now = clock.now()
    is_decided = state in (State.ACTIVE, State.REFUSED)
    link = RelativeLink(
        senior_id=senior.id,
        account_id=account.id,
        name=account.name,
        relation=relation,
        is_guardian=is_guardian,
        state=state,
        asked_at=now,
        asked_by=account.id,
        decided_at=now if is_decided else None,
        decided_by=account.id if is_decided else None,
        ended_at=now if state is State.ENDED else None,
        end_reason="not known" if state is State.REFUSED else "",
    )
    session.add(link)
    session.flush()
    for topic in topics if relation is not Relation.SELF else ():
        make_consent(session, link, topic, given_on=given_on, until_on=until_on)
    return link


def make_consent(
    session: Session,
    link: RelativeLink,
    topic: Topic,
    *,
    given_on: date = date(2026, 1, 1),
    until_on: date | None = None,
    how: How = How.IN_PERSON,
) -> Consent:
    """Let a relative see a topic."""
    consent = Consent(
        link_id=link.id,
        topic=topic,
        given_on=given_on,
        until_on=until_on,
        how=how,
        witnessed_by=link.asked_by,
        given_at=clock.now(),
    )
    session.add(consent)
    session.flush()
    return consent


def make_family_actor(account: Account, *roles: Role) -> Actor:
    """Return the relative, or with ``Role.ELDER`` the senior, behind a request."""
    actor = Actor(account_id=account.id, name=account.name, device="session:1")
    return holding(actor, [HeldRole(role, STREET) for role in roles or (Role.FAMILY,)])


def follow(session: Session, senior: Senior, *topics: Topic) -> Actor:
    """Make a relative who follows a senior, and return the relative as an actor."""
    account = make_relative(session)
    make_link(session, senior, account, topics=topics or ALL)
    return make_family_actor(account)


def be(session: Session, senior: Senior) -> Actor:
    """Make a senior's own account, and return the senior as an actor."""
    account = make_relative(session, Role.ELDER, name=senior.name)
    make_link(session, senior, account, relation=Relation.SELF)
    return make_family_actor(account, Role.ELDER)


def hold_family_rules(session: Session, *, area_code: str = CITY, **others: object) -> PolicyDocument:
    """Publish rules for families of a city."""
    make_place(session, area_code)
    now, (maker, checker) = clock.now(), (make_account(session), make_account(session))
    document = PolicyDocument(
        kind=FAMILY_RULES.name,
        area_code=area_code,
        valid_from=date(2026, 1, 1),
        title={"zh": "亲属规则", "en": "Family rules"},
        source={"mark": "INFER", "text": "测试"},
        body={**FAMILY_RULES.example, **others},
        state="published",
        maker_id=maker.id,
        checker_id=checker.id,
        submitted_at=now,
        decided_at=now,
        created_at=now,
    )
    session.add(document)
    session.flush()
    return document
