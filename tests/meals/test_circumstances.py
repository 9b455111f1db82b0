"""What a clerk sees about a sale that a family disputes."""

from uuid import UUID

from flask import Flask
from sqlalchemy import text

from app.auth.actor import Actor, Role
from app.people.models import Senior
from app.people.payment_codes.services import issue_code
from app.people.relatives.family_rules import FAMILY_RULES
from app.tokens import new_id
from meals.circumstances import find_circumstances
from subsidies.disputes.rules import Reason
from subsidies.disputes.services import open_dispute
from tests.app.auth.factories import sign_in
from tests.app.people.factories import make_staff
from tests.app.people.relatives.factories import follow
from tests.conftest import NOON, FrozenClock
from tests.meals.factories import STREET, make_policy
from tests.meals.lunch import Lunch


def test_a_sale_by_code_says_whose_code_where_and_by_whom_and_what_else_was_eaten(
    app: Flask, lunch: Lunch, clock: FrozenClock
) -> None:
    card = lunch.guest()
    senior = lunch.session.get_one(Senior, card.senior_id)
    daughter = follow(lunch.session, senior)
    shown = issue_code(lunch.session, senior_id=senior.id, actor=daughter, now=clock.now())
    sold = lunch.sell(shown.text).get_json()
    clock.set(NOON.replace(hour=17))
    lunch.sell(card)
    make_policy(lunch.session, kind="family_rules", body=dict(FAMILY_RULES.example))
    dispute = open_dispute(
        lunch.session,
        senior_id=senior.id,
        txn_id=UUID(sold["id"]),
        reason=Reason.NOT_THERE,
        by=daughter,
        now=clock.now(),
    )
    clerk = make_staff(lunch.session, role=Role.STREET_CLERK, area_code=STREET)
    sign_in(lunch.client, lunch.session, clerk)
    page = lunch.client.get(f"/disputes/{dispute.id}").text
    for part in ("文晖一食堂", "周敏", sold["number"], "王敏 11:48 打开的助餐码", "当天的其他用餐", "17:48", "晚餐"):
        assert part in page
    assert f"/meals/sales/{sold['id']}" not in page
    sign_in(lunch.client, lunch.session, make_staff(lunch.session, role=Role.AUDITOR, area_code=STREET))
    masked = lunch.client.get(f"/disputes/{dispute.id}").text
    assert "王* 11:48 打开的助餐码" in masked
    assert "王敏" not in masked
    sign_in(lunch.client, lunch.session, clerk)
    lunch.session.execute(
        text(
            "UPDATE dispute SET state = 'upheld', answer = '对', answered_by = :by, answered_at = :now WHERE id = :id"
        ),
        {"by": clerk.id, "now": clock.now(), "id": dispute.id},
    )
    assert f"/meals/sales/{sold['id']}" in lunch.client.get(f"/disputes/{dispute.id}").text


def test_a_sale_by_card_says_so_and_what_is_no_sale_has_no_circumstances(lunch: Lunch) -> None:
    card = lunch.guest()
    sold = lunch.sell(card).get_json()
    stranger = Actor(account_id=lunch.cashier_account.id, name="审计", roles=frozenset({Role.AUDITOR}))
    found = find_circumstances(lunch.session, card.senior_id, UUID(sold["id"]), stranger)
    assert found is not None
    assert any(value.endswith(f"…{card.number[-4:]}") for _name, value in found.facts)
    assert found.href == ""
    assert find_circumstances(lunch.session, card.senior_id, new_id(), stranger) is None
