"""A meal on its way: sold once as the meal of its time, handed over with time and place, or brought back."""

from datetime import datetime

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.auth.actor import Role
from app.clock import ZONE
from app.messages.models import Notice
from app.people.models import Senior
from app.people.relatives.rules import Topic
from meals.deliveries.doors import open_doors
from meals.deliveries.reading import list_round
from meals.models import Checkout, FailedScan
from meals.roles import SELLERS
from subsidies import queries as ledger
from tests.app.people.factories import bearer, make_staff
from tests.app.people.relatives.factories import follow
from tests.conftest import FrozenClock
from tests.meals.deliveries.kitchen import API, Kitchen
from tests.meals.factories import STREET


def sales(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Checkout).where(Checkout.reversed_at.is_(None))) or 0


def test_a_meal_is_sold_by_the_tills_own_path_when_it_leaves(kitchen: Kitchen) -> None:
    card = kitchen.lunch.guest(points_fen=500)
    delivery = kitchen.order(card).json["id"]
    assert sales(kitchen.session) == 0
    sent = kitchen.send_out(delivery)
    assert sent.status_code == 200, sent.json
    assert (sent.json["state"], sent.json["is_subsidised"], sent.json["due_fen"]) == ("out", True, 300)
    sold = kitchen.session.get_one(Checkout, (card.senior_id, kitchen.row(delivery).checkout_id))
    assert (sold.window_name, sold.slot, sold.public_fen, sold.points_fen, sold.till_id) == ("lunch", 1, 800, 500, None)
    again = kitchen.send_out(delivery)
    assert (again.status_code, again.json["code"]) == (409, "delivery_moved")
    assert sales(kitchen.session) == 1


def test_the_meal_brought_home_is_the_subsidised_one_of_its_time(kitchen: Kitchen) -> None:
    card = kitchen.lunch.guest()
    kitchen.on_its_way(card)
    assert kitchen.lunch.sell(card).json["subsidised"] is False


def test_who_has_eaten_is_asked_before_a_second_one_is_sold(kitchen: Kitchen) -> None:
    card = kitchen.lunch.guest()
    assert kitchen.lunch.sell(card).json["subsidised"] is True
    delivery = kitchen.order(card).json["id"]
    refused = kitchen.send_out(delivery)
    assert (refused.status_code, refused.json["code"]) == (409, "without_subsidy")
    assert kitchen.row(delivery).state == "ordered"
    assert kitchen.send_out(delivery, full_price_too=True).json["is_subsidised"] is False
    kitchen.assign(delivery)
    handed = kitchen.hand_over(delivery).json
    assert (handed["fee_fen"], handed["fee_why"]["code"]) == (0, "not_subsidised")


@pytest.mark.parametrize(("hour", "minute", "day"), [(9, 59, 20), (13, 30, 20), (11, 0, 21)])
def test_a_meal_leaves_within_its_own_hours(
    kitchen: Kitchen, clock: FrozenClock, hour: int, minute: int, day: int
) -> None:
    delivery = kitchen.order(kitchen.lunch.guest()).json["id"]
    clock.set(datetime(2026, 11, day, hour, minute, tzinfo=ZONE))
    assert kitchen.send_out(delivery).json["code"] == "not_now"
    assert sales(kitchen.session) == 0


def test_a_refusal_at_departure_is_kept_and_the_next_try_is_free(kitchen: Kitchen) -> None:
    card = kitchen.lunch.guest()
    delivery = kitchen.order(card).json["id"]
    kitchen.session.execute(text("UPDATE senior_status SET status = 'in_institution'"))
    refused = kitchen.send_out(delivery, full_price_too=True)
    assert (refused.status_code, refused.json["code"]) == (409, "senior_in_institution")
    assert kitchen.session.scalar(select(func.count()).select_from(FailedScan)) == 1
    kitchen.session.execute(text("UPDATE senior_status SET status = 'active'"))
    assert kitchen.send_out(delivery).status_code == 200


def test_a_lost_card_stops_the_meal(kitchen: Kitchen) -> None:
    card = kitchen.lunch.guest()
    delivery = kitchen.order(card).json["id"]
    kitchen.session.execute(text("UPDATE card SET state = 'lost'"))
    assert kitchen.send_out(delivery).json["code"] == "no_card_in_use"


def test_a_hand_over_has_time_place_and_receiver_and_pays_the_way(kitchen: Kitchen, clock: FrozenClock) -> None:
    card = kitchen.lunch.guest(points_fen=500)
    delivery = kitchen.on_its_way(card)
    clock.advance(minutes=12)
    handed = kitchen.hand_over(delivery, place="gate")
    assert handed.status_code == 200, handed.json
    shown = handed.json
    assert (shown["state"], shown["hand_place"], shown["received_by"], shown["cash_fen"]) == (
        "handed",
        "gate",
        "self",
        300,
    )
    assert shown["handed_at"].startswith("2026-11-20T04:00:00")
    assert (shown["fee_fen"], shown["fee_why"]["code"]) == (200, "band")
    row = kitchen.row(delivery)
    assert row.fee_txn_id
    movement = ledger.get_transaction(kitchen.session, home=card.senior_id, txn_id=row.fee_txn_id)
    assert (movement.kind, movement.change_fen, movement.cause["what"]) == ("spend", 0, "delivery")
    assert "送餐上门补 2.00 元：80 岁以上" in " ".join(movement.explanation["zh"])
    again = kitchen.hand_over(delivery)
    assert again.json["code"] == "delivery_moved"


def test_somebody_else_who_takes_it_has_a_name(kitchen: Kitchen) -> None:
    delivery = kitchen.on_its_way(kitchen.lunch.guest())
    refused = kitchen.hand_over(delivery, received_by="neighbour", place="neighbour", cash_fen=1)
    assert (refused.status_code, sorted(refused.json["errors"])) == (422, ["cash_fen", "receiver"])
    handed = kitchen.hand_over(delivery, received_by="neighbour", place="neighbour", receiver="周阿英")
    assert handed.json["receiver"] == "周*英"
    assert "周阿英" not in handed.text


def test_what_was_written_down_at_the_door_stays(kitchen: Kitchen) -> None:
    delivery = kitchen.on_its_way(kitchen.lunch.guest())
    kitchen.hand_over(delivery)
    for change in ("handed_at = now()", "hand_place = 'home'", "fee_fen = 0", "cash_fen = cash_fen + 1"):
        with pytest.raises(DBAPIError), kitchen.session.begin_nested():
            kitchen.session.execute(text(f"UPDATE delivery SET {change} WHERE id = {delivery}"))


def test_each_brings_ones_own_and_takes_what_nobody_brings(kitchen: Kitchen) -> None:
    other = make_staff(kitchen.session, role=Role.DELIVERER, area_code=STREET, canteen_id=kitchen.lunch.canteen.id)
    theirs = bearer(kitchen.session, other)
    delivery = kitchen.on_its_way(kitchen.lunch.guest())
    assert kitchen.hand_over(delivery, theirs).json["code"] == "not_yours"
    free = kitchen.order(kitchen.lunch.guest()).json["id"]
    client = kitchen.lunch.client
    for by, expected in ((kitchen.deliverer, {delivery, free}), (theirs, {free})):
        shown = client.get(f"{API}/round", headers=by).json["items"]
        assert {each["id"] for each in shown} == expected
    assert kitchen.hand_over(delivery, kitchen.lunch.manager).status_code == 200


def test_a_deliverer_neither_orders_nor_sells(kitchen: Kitchen) -> None:
    card = kitchen.lunch.guest()
    delivery = kitchen.order(card).json["id"]
    assert kitchen.order(card, kitchen.deliverer, window="dinner").status_code == 403
    assert kitchen.post(f"/{delivery}/departure", kitchen.deliverer).status_code == 403
    assert kitchen.lunch.sell(card, by=kitchen.deliverer).status_code == 403
    assert Role.DELIVERER not in SELLERS


def test_where_a_meal_goes_is_shown_to_its_deliverer_and_the_first_look_is_written_down(kitchen: Kitchen) -> None:
    from app import clock

    one = kitchen.on_its_way(kitchen.lunch.guest(name="王玉兰", address="文晖路 8 号 3 幢 201"))
    other = kitchen.on_its_way(
        kitchen.lunch.guest(address="文晖路 9 号"), address="女儿家，建国路 1 号", note="按两次铃"
    )
    free = kitchen.order(kitchen.lunch.guest()).json["id"]
    by = kitchen.lunch.client.get(f"{API}/round", headers=kitchen.deliverer)
    assert "文晖路" not in by.text
    actor = actor_of(kitchen)
    for _ in range(2):
        listed = list_round(kitchen.session, actor=actor, on=clock.business_day(clock.now()))
        doors = open_doors(kitchen.session, deliveries=listed, by=actor, now=clock.now())
    assert set(doors) == {one, other}
    assert (doors[one].name, doors[one].address) == ("王玉兰", "文晖路 8 号 3 幢 201")
    assert (doors[other].address, doors[other].note) == ("女儿家，建国路 1 号", "按两次铃")
    looks = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "reveal.delivery")
    assert kitchen.session.scalar(looks) == 2
    kitchen.hand_over(one)
    listed = list_round(kitchen.session, actor=actor, on=clock.business_day(clock.now()))
    assert {each.id for each in listed} == {one, other, free}
    assert set(open_doors(kitchen.session, deliveries=listed, by=actor, now=clock.now())) == {other}


def actor_of(kitchen: Kitchen):  # type: ignore[no-untyped-def]
    from app.auth.actor import Actor

    return Actor(
        account_id=kitchen.deliverer_account.id,
        name=kitchen.deliverer_account.name,
        roles=frozenset({Role.DELIVERER}),
        canteen_ids=(kitchen.lunch.canteen.id,),
    )


def test_brought_back_the_sale_is_undone_and_the_meal_free_again(kitchen: Kitchen) -> None:
    card = kitchen.lunch.guest(points_fen=500)
    delivery = kitchen.on_its_way(card)
    back = kitchen.miss(delivery, words="敲了三遍门")
    assert back.status_code == 201, back.json
    assert (back.json["state"], back.json["fee_fen"], back.json["tries"][0]["words"]) == ("returned", 0, "敲了三遍门")
    assert sales(kitchen.session) == 0
    assert kitchen.lunch.sell(card).json["points_fen"] == 500
    assert kitchen.order(card).status_code == 201
    assert kitchen.hand_over(delivery).json["code"] == "delivery_moved"


def test_tried_again_later_the_meal_stays_on_its_way(kitchen: Kitchen) -> None:
    delivery = kitchen.on_its_way(kitchen.lunch.guest())
    later = kitchen.miss(delivery, outcome="later")
    assert (later.json["state"], len(later.json["tries"])) == ("out", 1)
    assert kitchen.miss(delivery, trouble="other", outcome="later").status_code == 422
    assert kitchen.hand_over(delivery).json["state"] == "handed"


def test_an_undone_sale_undoes_its_delivery_and_gives_back_the_pay_for_the_way(kitchen: Kitchen) -> None:
    card = kitchen.lunch.guest()
    delivery = kitchen.on_its_way(card)
    kitchen.hand_over(delivery)
    undone = kitchen.lunch.undo(str(kitchen.row(delivery).checkout_id), by=kitchen.lunch.manager)
    assert undone.status_code == 201, undone.json
    row = kitchen.row(delivery)
    assert (row.state, row.fee_fen) == ("undone", 200)
    assert row.fee_reversal_id
    movement = ledger.get_transaction(kitchen.session, home=card.senior_id, txn_id=row.fee_reversal_id)
    assert movement.kind == "reversal"
    shown = kitchen.lunch.client.get(f"{API}/{delivery}", headers=kitchen.lunch.manager).json
    assert shown["fee_is_back"] is True


def test_after_its_day_only_the_manager_writes_down_what_became_of_a_meal(kitchen: Kitchen, clock: FrozenClock) -> None:
    one, other = (kitchen.on_its_way(kitchen.lunch.guest()) for _ in range(2))
    clock.advance(days=1)
    assert kitchen.hand_over(one).json["code"] == "not_now"
    assert kitchen.miss(other).json["code"] == "not_now"
    assert kitchen.hand_over(one, kitchen.lunch.manager).status_code == 200
    assert kitchen.miss(other, kitchen.lunch.manager).status_code == 201


def test_two_ways_a_day_are_paid_and_not_a_third(kitchen: Kitchen, clock: FrozenClock) -> None:
    card = kitchen.lunch.guest()
    paid = []
    for window, hour in (("lunch", 11), ("dinner", 17)):
        clock.set(datetime(2026, 11, 20, hour, tzinfo=ZONE))
        delivery = kitchen.on_its_way(card, window=window)
        paid.append(kitchen.hand_over(delivery).json["fee_fen"])
    assert paid == [200, 200]


def test_the_family_is_told_that_it_came_and_at_once_that_nobody_opened(kitchen: Kitchen) -> None:
    card = kitchen.lunch.guest(name="王玉兰")
    daughter = follow(kitchen.session, kitchen.session.get_one(Senior, card.senior_id), Topic.MEALS)
    delivery = kitchen.on_its_way(card)
    kitchen.miss(delivery, trouble="no_answer", outcome="later")
    kitchen.hand_over(delivery, received_by="neighbour", place="neighbour", receiver="周阿英")
    notices = kitchen.session.scalars(
        select(Notice).where(Notice.account_id == daughter.account_id).order_by(Notice.id)
    ).all()
    assert [(each.kind, each.urgent) for each in notices] == [
        ("meals.delivery_missed", True),
        ("meals.delivery_handed", False),
    ]
    from app.messages.kinds import get_kind

    missed, handed = (get_kind(each.kind).text(each.params) for each in notices)
    assert "王玉兰" in missed
    assert "周阿英" not in handed


def test_every_step_is_written_down(kitchen: Kitchen) -> None:
    kitchen.hand_over(kitchen.on_its_way(kitchen.lunch.guest()))
    actions = kitchen.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_kind == "delivery").order_by(AuditEntry.id)
    ).all()
    assert actions == ["delivery.ordered", "delivery.assigned", "delivery.out", "delivery.handed"]
