"""The pages of deliveries without a browser: each step from order to hand-over, refusals beside their form."""

from typing import Any

import pytest
from sqlalchemy import func, select

from app.auth.actor import Actor, Role
from app.auth.models import Account
from app.people.models import Senior
from app.people.relatives.rules import Topic
from app.tokens import new_id
from meals.deliveries.journey import find_way
from meals.deliveries.models import CheckoutFetch, Delivery
from subsidies.disputes.circumstances import find_circumstances
from tests.app.auth.factories import form_token, sign_in
from tests.app.people.factories import make_staff
from tests.app.people.relatives.factories import make_link, make_relative
from tests.conftest import FrozenClock
from tests.meals.deliveries.kitchen import TODAY, Kitchen
from tests.meals.factories import CITY
from tests.meals.test_pages import counted

HOME = "/meals/deliveries"


def post(kitchen: Kitchen, path: str, **typed: Any) -> Any:
    token = form_token(kitchen.lunch.client, "/account")
    return kitchen.lunch.client.post(path, data={"csrf_token": token, **typed})


def log_in(kitchen: Kitchen, account: Account) -> None:
    sign_in(kitchen.lunch.client, kitchen.session, account)


def typed_order(kitchen: Kitchen, **more: Any) -> dict[str, Any]:
    meal = {
        "canteen_id": kitchen.lunch.canteen.id,
        "meal_on": TODAY,
        "window": "lunch",
        "dish_id": kitchen.lunch.dish.id,
    }
    return {**meal, "other_id": "", "address": "", "note": "", **more}


def test_a_meal_goes_through_all_its_pages(kitchen: Kitchen) -> None:
    client, card = kitchen.lunch.client, kitchen.lunch.guest(name="王玉兰", points_fen=500)
    log_in(kitchen, kitchen.lunch.manager_account)
    assert "订一份餐" in client.get(HOME).text
    assert "A 套餐" in client.get(f"{HOME}/new").text
    made = post(kitchen, f"{HOME}/new", **typed_order(kitchen, card=card.number))
    assert made.status_code == 303, made.text
    one = made.headers["Location"]
    assert "王*兰" in client.get(one).text
    assert post(kitchen, f"{one}/deliverer", deliverer_id=kitchen.deliverer_account.id, position=2).status_code == 303
    assert post(kitchen, f"{one}/departure").status_code == 303
    log_in(kitchen, kitchen.deliverer_account)
    assert client.get("/").headers["Location"] == "/meals/round"
    page = client.get("/meals/round").text
    assert "王玉兰" in page
    assert "北山路 1 号" in page
    assert "收现金 3.00 元" in page
    delivery = kitchen.session.scalars(select(Delivery)).one()
    refused = post(kitchen, f"/meals/round/{delivery.id}/hand-over", received_by="family", place="home", receiver="")
    assert refused.status_code == 422
    assert "写上收餐人的名字" in refused.text
    handed = post(kitchen, f"/meals/round/{delivery.id}/hand-over", received_by="self", place="door")
    assert handed.status_code == 303
    assert "今天没有要送的了" in client.get("/meals/round").text
    log_in(kitchen, kitchen.lunch.manager_account)
    assert "送餐上门补 2.00 元：80 岁以上" in client.get(one).text
    assert "已送到 1 份" in client.get(HOME).text
    assert client.get(f"/exports/new/deliveries?from={TODAY}").status_code == 200
    for path in (HOME, one, f"{HOME}/new", "/meals/round", "/meals/fetched"):
        assert client.get(f"{path}?lang=en").status_code == 200


def test_at_full_price_the_counter_is_asked_first(kitchen: Kitchen) -> None:
    card = kitchen.lunch.guest()
    kitchen.lunch.sell(card)
    delivery = kitchen.order(card).json["id"]
    log_in(kitchen, kitchen.lunch.cashier_account)
    asked = post(kitchen, f"{HOME}/{delivery}/departure")
    assert asked.status_code == 409
    assert "愿意按原价要" in asked.text
    assert post(kitchen, f"{HOME}/{delivery}/departure", full_price_too="true").status_code == 303


def test_everything_of_a_meal_leaves_at_once_and_what_cannot_stays(kitchen: Kitchen) -> None:
    ready = [kitchen.order(kitchen.lunch.guest()).json["id"] for _ in range(2)]
    eaten = kitchen.lunch.guest()
    ready.append(kitchen.order(eaten).json["id"])
    alone = kitchen.order(kitchen.lunch.guest()).json["id"]
    for delivery in ready:
        kitchen.assign(delivery)
    kitchen.lunch.sell(eaten)
    log_in(kitchen, kitchen.lunch.cashier_account)
    sent = post(kitchen, f"{HOME}/departures", canteen_id=kitchen.lunch.canteen.id, window="lunch")
    assert sent.status_code == 303
    told = kitchen.lunch.client.get(sent.headers["Location"]).text
    assert "2 份餐在路上了。 还有 1 份没能出餐" in told
    assert [kitchen.row(each).state for each in (*ready, alone)] == ["out", "out", "ordered", "ordered"]


def test_the_manager_writes_down_what_the_deliverer_could_not(kitchen: Kitchen, clock: FrozenClock) -> None:
    one, other = (kitchen.on_its_way(kitchen.lunch.guest()) for _ in range(2))
    clock.advance(days=1)
    log_in(kitchen, kitchen.lunch.manager_account)
    assert post(kitchen, f"{HOME}/{one}/hand-over", received_by="self", place="home").status_code == 303
    assert post(kitchen, f"{HOME}/{other}/tries", trouble="not_home", outcome="returned").status_code == 303
    assert kitchen.row(other).state == "returned"
    cancel = post(kitchen, f"{HOME}/{one}/cancellation", reason="guest")
    assert cancel.status_code == 409


def test_who_brings_no_meal_sees_no_address(kitchen: Kitchen) -> None:
    kitchen.on_its_way(kitchen.lunch.guest(address="文晖路 8 号 3 幢 201"))
    for account in (kitchen.lunch.manager_account, kitchen.lunch.cashier_account):
        log_in(kitchen, account)
        for path in (HOME, "/meals/round"):
            assert "文晖路" not in kitchen.lunch.client.get(path).text
    clerk = make_staff(kitchen.session, role=Role.AUDITOR, area_code=CITY)
    log_in(kitchen, clerk)
    assert kitchen.lunch.client.get(HOME).status_code == 200
    assert kitchen.lunch.client.get("/meals/round").status_code == 403
    log_in(kitchen, kitchen.deliverer_account)
    assert kitchen.lunch.client.get(HOME).status_code == 403


def test_a_free_meal_is_taken_over(kitchen: Kitchen) -> None:
    delivery = kitchen.order(kitchen.lunch.guest()).json["id"]
    log_in(kitchen, kitchen.deliverer_account)
    assert "我来送" in kitchen.lunch.client.get("/meals/round").text
    assert post(kitchen, f"/meals/round/{delivery}/taking").status_code == 303
    assert kitchen.row(delivery).deliverer_id == kitchen.deliverer_account.id


def test_a_fetched_meal_is_written_down_by_its_receipt(kitchen: Kitchen) -> None:
    sold = kitchen.lunch.sell(kitchen.lunch.guest(name="王玉兰")).json
    log_in(kitchen, kitchen.lunch.cashier_account)
    assert sold["number"] in kitchen.lunch.client.get("/meals/fetched").text
    typed = {"number": sold["number"], "relation": "neighbour", "reason": "weather", "name": "周阿英"}
    wrong = post(kitchen, "/meals/fetched", **{**typed, "number": "0-0000-000"})
    assert wrong.status_code == 422
    assert "今天没有这个号的单子" in wrong.text
    assert post(kitchen, "/meals/fetched", **typed).status_code == 303
    page = kitchen.lunch.client.get("/meals/fetched").text
    assert "周*英" in page
    assert "周阿英" not in page
    assert kitchen.session.scalar(select(func.count()).select_from(CheckoutFetch)) == 1


@pytest.mark.parametrize("path", [HOME, "/meals/round"])
def test_pages_ask_the_same_few_questions_for_any_number_of_meals(kitchen: Kitchen, path: str) -> None:
    log_in(kitchen, kitchen.deliverer_account if path == "/meals/round" else kitchen.lunch.manager_account)
    seen = []
    for _ in range(2):
        for _ in range(2):
            kitchen.on_its_way(kitchen.lunch.guest())
        kitchen.lunch.client.get(path)
        with counted() as statements:
            kitchen.lunch.client.get(path)
        seen.append(len(statements))
    assert seen[0] == seen[1]


def test_the_family_orders_sees_and_cancels(kitchen: Kitchen) -> None:
    card = kitchen.lunch.guest(name="王玉兰")
    senior = kitchen.session.get_one(Senior, card.senior_id)
    daughter = make_relative(kitchen.session)
    make_link(kitchen.session, senior, daughter, topics=(Topic.MEALS, Topic.BALANCE))
    log_in(kitchen, daughter)
    page = f"/family/{senior.id}/deliveries"
    assert page in kitchen.lunch.client.get(f"/family/{senior.id}").text
    assert "A 套餐" in kitchen.lunch.client.get(page).text
    assert post(kitchen, page, **typed_order(kitchen)).status_code == 303
    again = post(kitchen, page, **typed_order(kitchen))
    assert again.status_code == 409
    assert "一餐只送一份" in again.text
    delivery = kitchen.session.scalars(select(Delivery)).one()
    assert (delivery.source, delivery.ordered_by) == ("family", daughter.id)
    assert post(kitchen, f"{page}/{delivery.id}/cancellation").status_code == 303
    assert post(kitchen, f"{page}/{delivery.id}/cancellation").status_code == 409
    assert kitchen.row(delivery.id).cancel_reason == "family"
    kitchen.miss(kitchen.on_its_way(card))
    brought = kitchen.on_its_way(card)
    kitchen.hand_over(brought, place="gate")
    shown = kitchen.lunch.client.get(page).text
    assert "小区门口" in shown
    statement = kitchen.lunch.client.get(f"/family/{senior.id}/statement").text
    assert "送餐上门" in statement
    assert "送餐没有人收，带回" in statement
    assert "delivery_returned" not in statement


def test_who_may_not_see_the_points_orders_nothing_and_strangers_see_nothing(kitchen: Kitchen) -> None:
    card = kitchen.lunch.guest()
    senior = kitchen.session.get_one(Senior, card.senior_id)
    son = make_relative(kitchen.session)
    make_link(kitchen.session, senior, son, topics=(Topic.MEALS,))
    log_in(kitchen, son)
    page = f"/family/{senior.id}/deliveries"
    assert "能看分的亲属才能订" in kitchen.lunch.client.get(page).text
    assert post(kitchen, page, **typed_order(kitchen)).status_code == 403
    other = kitchen.order(kitchen.lunch.guest()).json["id"]
    assert post(kitchen, f"{page}/{other}/cancellation").status_code in (403, 404)
    log_in(kitchen, make_relative(kitchen.session))
    assert kitchen.lunch.client.get(page).status_code == 404


def test_whoever_looks_at_the_sale_sees_how_it_came_to_the_guest(kitchen: Kitchen) -> None:
    card = kitchen.lunch.guest(name="王玉兰")
    delivery = kitchen.on_its_way(card)
    senior = kitchen.session.get_one(Senior, card.senior_id)
    daughter = make_relative(kitchen.session)
    make_link(kitchen.session, senior, daughter)
    log_in(kitchen, daughter)
    home = kitchen.lunch.client.get(f"/family/{senior.id}").text
    assert "午餐在路上了" in home
    assert "午饭吃过了" not in home
    kitchen.miss(delivery, outcome="later")
    kitchen.hand_over(delivery, place="neighbour", received_by="neighbour", receiver="周阿英")
    assert "11:48 送到家" in kitchen.lunch.client.get(f"/family/{senior.id}").text
    log_in(kitchen, kitchen.lunch.manager_account)
    page = kitchen.lunch.client.get(f"/meals/sales/{kitchen.row(delivery).checkout_id}").text
    for part in ("怎么到老人手里", "邻居 周*英", "邻居家", "不在家", "送餐上门补 2.00 元"):
        assert part in page


def test_a_question_about_a_way_is_answered_with_its_facts(kitchen: Kitchen) -> None:
    card = kitchen.lunch.guest()
    delivery = kitchen.on_its_way(card)
    kitchen.hand_over(delivery, place="community", received_by="community", receiver="周社工")
    row = kitchen.row(delivery)
    assert row.fee_txn_id
    actor = Actor(account_id=kitchen.deliverer_account.id, name="x")
    told = find_circumstances(
        kitchen.session, cause={"what": "delivery"}, home=card.senior_id, txn_id=row.fee_txn_id, actor=actor
    )
    assert told
    assert any("社区居委会" in value for _name, value in told.facts)
    assert find_way(kitchen.session, card.senior_id, new_id(), actor) is None


def test_what_is_on_its_way_for_too_long_is_marked(kitchen: Kitchen, clock: FrozenClock) -> None:
    kitchen.on_its_way(kitchen.lunch.guest())
    for minutes, is_late in ((90, False), (1, True)):
        clock.advance(minutes=minutes)
        for account, path in ((kitchen.lunch.manager_account, HOME), (kitchen.deliverer_account, "/meals/round")):
            log_in(kitchen, account)
            assert ("超时" in kitchen.lunch.client.get(path).text) is is_late


def test_the_kitchen_sees_what_is_still_to_be_brought(kitchen: Kitchen) -> None:
    ready = [kitchen.order(kitchen.lunch.guest()).json["id"] for _ in range(2)]
    kitchen.order(kitchen.lunch.guest(), window="dinner")
    kitchen.send_out(ready[0])
    log_in(kitchen, kitchen.lunch.manager_account)
    page = kitchen.lunch.client.get(f"/meals/kitchen/{kitchen.lunch.canteen.id}").text
    assert "还要做的送餐" in page
    assert "午餐 1" in page
    assert "晚餐 1" in page
