"""A senior and a daughter who may log in, what the daughter's two seniors agreed to, and a request that waits."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.auth import Actor, Role, accounts
from app.auth.personal import keep_phone
from app.people.card_numbers import CardState
from app.people.relatives import own_accounts, reach, services
from app.people.relatives.consents import Witnessed
from app.people.relatives.reach import Topic
from app.people.relatives.rules import How, Relation
from demo.register import Registered
from demo.staff import PASSWORD, find_post

# Of these the first is the one who may log in; the greeting shows their cards too, see ``persons.SHOWN``.
MOTHER, FATHER, NEIGHBOUR = 7, 37, 27
LINKED_BEFORE = timedelta(days=80)
ASKED_BEFORE = timedelta(days=1, hours=2)
DAUGHTERS_PHONE, SONS_PHONE = "19800000001", "19800000002"
ACCOUNT = text("SELECT id, name FROM account WHERE username = :username")
AGREED = {MOTHER: frozenset(Topic), FATHER: frozenset({Topic.MEALS, Topic.BALANCE, Topic.VISITS})}


def join_families(session: Session, seniors: Iterable[Registered], *, now: datetime) -> None:
    """Make the log-ins of a senior and of a daughter, link them, and let a son ask for a link."""
    known = {each.person.number: each for each in seniors if each.person.number in (MOTHER, FATHER, NEIGHBOUR)}
    linked_at, clerk = now - LINKED_BEFORE, find_post(session, "clerk")
    daughter = _open(session, "family", "陈丽华", DAUGHTERS_PHONE, now=linked_at)
    for number, topics in AGREED.items():
        if number in known:
            _link(session, known[number], daughter, topics, clerk=clerk, now=linked_at)
    if MOTHER in known:
        mother = known[MOTHER]
        own = _open(session, "elder", mother.person.fields["name"], None, now=linked_at)
        own_accounts.make_own(session, senior_id=mother.id, account_id=own.account_id, now=linked_at)
        _look(session, mother.id, daughter, now=now)
    if NEIGHBOUR in known:
        _ask(session, known[NEIGHBOUR], now=now - ASKED_BEFORE)


def find_family(session: Session) -> Actor:
    """Return the daughter."""
    account_id, name = session.execute(ACCOUNT, {"username": "family"}).one()
    return Actor(account_id=account_id, name=name, roles=frozenset({Role.FAMILY}))


def _open(session: Session, username: str, name: str, phone: str | None, *, now: datetime) -> Actor:
    account, _ = accounts.create_account(
        session, username=username, name=name, password=PASSWORD, by=None, now=now, must_change_password=False
    )
    if phone:
        keep_phone(session, account_id=account.id, phone=phone)
    return Actor(account_id=account.id, name=account.name, roles=frozenset({Role.FAMILY}))


def _link(
    session: Session, senior: Registered, account: Actor, topics: frozenset[Topic], *, clerk: Actor, now: datetime
) -> None:
    offer = services.offer_link(
        session,
        senior_id=senior.id,
        name=account.name,
        relation=Relation.CHILD,
        is_guardian=False,
        witnessed=Witnessed(topics=topics, how=How.IN_PERSON),
        actor=clerk,
        now=now,
    )
    services.accept_offer(session, code=offer.code, actor=account, now=now)


def _look(session: Session, senior_id: int, account: Actor, *, now: datetime) -> None:
    for days, topic in ((3, Topic.MEALS), (1, Topic.BALANCE), (1, Topic.MEALS)):
        at = now - timedelta(days=days)
        reach.note_look(session, actor=account, senior_id=senior_id, topic=topic, now=at)


def _ask(session: Session, senior: Registered, *, now: datetime) -> None:
    card = next((card for card in senior.person.cards if card.state is CardState.ISSUED), None)
    son = _open(session, "son", "孙立强", SONS_PHONE, now=now)
    if card:
        services.request_link(
            session,
            card_number=card.number,
            senior_name=senior.person.fields["name"],
            relation=Relation.CHILD,
            actor=son,
            now=now,
        )
