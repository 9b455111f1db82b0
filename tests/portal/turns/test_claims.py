"""What was spent after a turn of life and went back: shown where it was spent, and never given back twice."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.people.turns import TurnKind
from care_beds.money.models import VisitPayment
from care_beds.money.policy import BED_SUBSIDY, CARE_PAYMENT
from care_beds.providers.models import CareProvider
from portal.turns.claims import approve_claim
from portal.turns.models import TurnClaim
from tests.care_beds.factories import hold_care_documents, make_carer
from tests.care_beds.factories.documents import hold_document
from tests.care_beds.money.world import CareWorld
from tests.conftest import NOON
from tests.meals.factories import make_policy
from tests.meals.tills.counter import Counter, enrol, reasons
from tests.portal.turns.cast import DIED, Life

AFTER = DIED + timedelta(days=1)


@pytest.fixture
def counter(life: Life) -> Counter:
    make_policy(life.session, kind="till_rules")
    return enrol(life.lunch)


def die_and_claim(life: Life, on: date = DIED) -> TurnClaim:
    row = life.turn(TurnKind.DEATH, on)
    claim = life.session.scalars(select(TurnClaim).where(TurnClaim.turn_id == row.id)).one()
    return approve_claim(life.session, claim_id=claim.id, effects=life.effects, by=life.approver, now=clock.now())


def test_a_sale_says_that_its_money_was_claimed_back_and_cannot_be_undone(life: Life, client: FlaskClient) -> None:
    sale = life.eat(AFTER)
    page, undoing = f"/meals/sales/{sale}", f"/meals/sales/{sale}/reversal"
    assert undoing in client.get(page, headers=life.lunch.manager).get_data(as_text=True)
    die_and_claim(life)
    shown = client.get(page, headers=life.lunch.manager).get_data(as_text=True)
    assert "之后的消费由两人核准追回" in shown
    assert undoing not in shown
    refused = life.lunch.undo(sale, by=life.lunch.manager)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "claimed_back")
    assert life.count("ledger.txn", "home = :id AND kind = 'reversal'", id=life.senior.id) == 1
    assert life.count("checkout", "reversed_at IS NOT NULL") == 0


def test_an_undoing_that_a_till_sends_after_the_claim_gives_nothing_back_twice(life: Life, counter: Counter) -> None:
    sale = counter.sale(life.card, at=NOON)
    counter.send(sale)
    life.clock.advance(minutes=10)
    die_and_claim(life, NOON.date() - timedelta(days=1))
    (answer,) = counter.send(counter.undo(sale))
    assert reasons(answer) == {"OFF5": ["undone_claimed"]}
    assert life.count("ledger.txn", "home = :id AND kind = 'reversal'", id=life.senior.id) == 1


def test_what_was_paid_for_a_visit_after_the_death_goes_back_once(life: Life, session: Session) -> None:
    hold_care_documents(session)
    for kind in (CARE_PAYMENT, BED_SUBSIDY):
        hold_document(session, kind.name, kind.example)
    provider = session.get_one(CareProvider, life.bed.provider_id)
    care = CareWorld(
        session=session,
        provider=provider,
        bed=life.bed,
        carer=make_carer(session, provider=provider).carer,
        clerk=life.clerk,
        approver=life.approver,
    )
    payment = care.pay(care.visit(AFTER, service="bathing"))
    claim = die_and_claim(life)
    assert (claim.feature, claim.amount_fen, [each["code"] for each in claim.outcome]) == (
        "care_beds",
        payment.price_fen,
        ["visits_given_back"],
    )
    session.refresh(payment)
    assert payment.reversed_at is not None
    assert session.scalars(select(VisitPayment).where(VisitPayment.reversed_at.is_(None))).all() == []
    assert life.balance() == 0
