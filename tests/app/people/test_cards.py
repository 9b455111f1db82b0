"""Cards: issued, lost, replaced, cancelled."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app import clock as app_clock
from app.audit.models import AuditEntry
from app.errors import NotFound
from app.people import cards, queries
from app.people.card_numbers import is_card_number
from app.people.errors import CardIssuedAlready, CardNotChangeable, SeniorDeceased
from app.people.models import Card
from app.people.rules import Status
from tests.app.people.factories import OTHER_STREET, make_actor, make_card, make_senior


@pytest.fixture
def clerk(session, clock):
    return make_actor(session)


@pytest.fixture
def senior(session, clerk):
    return make_senior(session)


def act(service, session, clerk, number):
    return service(session, number=number, actor=clerk, now=app_clock.now())


def issue(session, clerk, senior):
    return cards.issue_card(session, senior_id=senior.id, actor=clerk, now=app_clock.now()).number


def states(session, senior) -> dict[str, str]:
    rows = session.execute(select(Card.number, Card.state).where(Card.senior_id == senior.id))
    return {card.number: card.state for card in rows}


def test_a_card_is_issued_once(session, clerk, senior):
    number = issue(session, clerk, senior)
    assert is_card_number(number)
    assert states(session, senior) == {number: "issued"}
    with pytest.raises(CardIssuedAlready):
        issue(session, clerk, senior)


def test_a_lost_card_is_replaced_by_another(session, clerk, senior):
    number = issue(session, clerk, senior)
    assert act(cards.report_loss, session, clerk, number).state == "lost"
    new = act(cards.replace_card, session, clerk, number).number
    assert states(session, senior) == {number: "replaced", new: "issued"}
    assert session.get_one(Card, new).replaces == number


def test_a_damaged_card_is_replaced_without_being_lost(session, clerk, senior):
    number = issue(session, clerk, senior)
    new = act(cards.replace_card, session, clerk, number).number
    assert states(session, senior) == {number: "replaced", new: "issued"}


def test_after_a_loss_a_new_card_may_be_issued_but_then_not_replaced_too(session, clerk, senior):
    number = issue(session, clerk, senior)
    act(cards.report_loss, session, clerk, number)
    issue(session, clerk, senior)
    with pytest.raises(CardIssuedAlready):
        act(cards.replace_card, session, clerk, number)


@pytest.mark.parametrize(
    ("state", "service"),
    [
        ("lost", cards.report_loss),
        ("replaced", cards.report_loss),
        ("cancelled", cards.report_loss),
        ("replaced", cards.replace_card),
        ("cancelled", cards.replace_card),
        ("replaced", cards.cancel_card),
        ("cancelled", cards.cancel_card),
    ],
)
def test_a_card_out_of_use_stays_out_of_use(session, clerk, senior, state, service):
    card = make_card(session, senior, state=state)
    with pytest.raises(CardNotChangeable) as refusal:
        act(service, session, clerk, card.number)
    assert refusal.value.code == f"card_{state}"
    assert states(session, senior) == {card.number: state}


def test_a_lost_card_may_be_cancelled_without_a_new_one(session, clerk, senior):
    number = issue(session, clerk, senior)
    act(cards.report_loss, session, clerk, number)
    assert act(cards.cancel_card, session, clerk, number).state == "cancelled"


def test_the_dead_get_no_card(session, clerk):
    gone = make_senior(session, status=Status.DECEASED)
    with pytest.raises(SeniorDeceased):
        issue(session, clerk, gone)
    card = make_card(session, gone)
    with pytest.raises(SeniorDeceased):
        act(cards.replace_card, session, clerk, card.number)


def test_cards_of_other_areas_do_not_exist(session, clerk):
    card = make_card(session, make_senior(session, hukou_area=OTHER_STREET))
    for service in (cards.report_loss, cards.replace_card, cards.cancel_card):
        with pytest.raises(NotFound):
            act(service, session, clerk, card.number)
    with pytest.raises(NotFound):
        act(cards.report_loss, session, clerk, "nonsense")


def test_the_log_tells_the_card_by_its_end(session, clerk, senior):
    number = issue(session, clerk, senior)
    act(cards.report_loss, session, clerk, number)
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.action, entry.subject_id) == ("card.lost", str(senior.id))
    assert entry.new == {"card": f"…{number[-4:]}", "state": "lost"}


def test_the_database_allows_one_issued_card_a_person(session, clerk, senior):
    make_card(session, senior)
    with pytest.raises(DBAPIError, match="uq_card_senior_id_issued"), session.begin_nested():
        make_card(session, senior)


@pytest.mark.parametrize("number", ["1021111111111111111", "6021", "60211111111111111110", "602111111111111111x"])
def test_the_database_refuses_other_numbers(session, clerk, senior, number):
    with pytest.raises(DBAPIError, match="ck_card_number"), session.begin_nested():
        make_card(session, senior, number=number)


def test_a_card_never_changes_hands(session, clerk, senior):
    make_card(session, senior)
    with pytest.raises(DBAPIError, match="permission denied"), session.begin_nested():
        session.execute(text("UPDATE card SET senior_id = senior_id"))


def test_a_card_leads_to_its_holder(session, clerk, senior):
    card = make_card(session, senior, state="lost")
    assert queries.find_senior_by_card(session, number=card.number) == senior.id
    assert queries.find_senior_by_card(session, number="6021") is None
