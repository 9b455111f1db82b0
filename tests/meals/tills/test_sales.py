"""What a till sold comes in: booked as it decided, once, and with a finding where the server would not have."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text

from app.auth import Actor
from app.people.rules import Status
from meals.models import Checkout
from meals.tills.errors import DeviceNotFound
from meals.tills.models import TillDevice, TillUpload
from meals.tills.receiving import hand_in
from subsidies.findings.models import Finding
from subsidies.ledger.verify import verify
from tests.conftest import NOON, FrozenClock
from tests.meals.factories import STREET, make_policy, make_staff
from tests.meals.tills.counter import Counter, balance, quote, reasons, sold
from tests.subsidies.findings.factories import make_document


@pytest.fixture(autouse=True)
def checks_in_force(counter: Counter) -> None:
    """Let the checks on tills run in the city."""
    make_document(counter.lunch.session)


def test_a_sale_is_booked_as_the_till_decided_it(counter: Counter, clock: FrozenClock) -> None:
    card = counter.lunch.guest(points_fen=10_000)
    sale = counter.sale(card)
    clock.advance(minutes=30)
    (answer,) = counter.send(sale)
    assert (answer["id"], answer["outcome"], answer["findings"]) == (sale["id"], "booked", [])
    assert answer["receipt"]["id"] == sale["id"]
    assert (answer["receipt"]["points_fen"], answer["receipt"]["unpaid_fen"]) == (800, 0)
    booked = sold(counter, sale)
    assert (booked.public_fen, booked.points_fen, booked.cash_fen, booked.slot) == (800, 800, 0, 1)
    assert booked.occurred_at == NOON
    assert booked.booked_at == clock.now()
    assert booked.account_id == counter.lunch.cashier_account.id
    assert balance(counter, card) == 9200


def test_the_same_sale_sent_again_is_answered_the_same_and_booked_once(counter: Counter) -> None:
    card = counter.lunch.guest(points_fen=10_000)
    sale = counter.sale(card)
    (first,) = counter.send(sale)
    (second,) = counter.send({**sale, "is_offline": False})
    assert second["outcome"] == "replayed"
    assert second["receipt"] == first["receipt"]
    assert balance(counter, card) == 9200
    assert counter.lunch.session.scalar(select(func.count()).select_from(TillUpload)) == 1


def test_a_sale_that_was_sent_online_under_its_id_is_not_booked_again(counter: Counter) -> None:
    card = counter.lunch.guest(points_fen=10_000)
    sale = counter.sale(card)
    online = counter.lunch.sell(card, key=sale["id"]).get_json()
    (answer,) = counter.send(sale)
    assert (answer["outcome"], answer["receipt"]["id"]) == ("replayed", online["id"])
    (again,) = counter.send(sale)
    assert again["receipt"]["id"] == online["id"]
    assert balance(counter, card) == 9200
    (undone,) = counter.send(counter.undo(sale))
    assert undone["receipt"]["checkout_id"] == online["id"]
    assert balance(counter, card) == 10_000


def test_a_sale_that_was_refused_online_was_eaten_all_the_same(counter: Counter) -> None:
    card = counter.lunch.guest(card_state="lost")
    sale = counter.sale(card)
    assert counter.lunch.sell(card, key=sale["id"]).status_code == 409
    (answer,) = counter.send(sale)
    assert (answer["outcome"], reasons(answer)) == ("booked", {"OFF2": ["card_lost"]})


def test_points_that_are_gone_are_not_taken_and_stand_as_unpaid(counter: Counter) -> None:
    card = counter.lunch.guest(points_fen=500)
    sale = counter.sale(card)
    (answer,) = counter.send(sale)
    assert answer["outcome"] == "booked"
    assert reasons(answer) == {"OFF1": ["points_gone"]}
    booked = sold(counter, sale)
    assert (booked.public_fen, booked.points_fen, booked.unpaid_fen, booked.cash_fen) == (800, 500, 300, 0)
    assert balance(counter, card) == 0
    assert answer["receipt"]["unpaid_fen"] == 300
    assert "3.00 元已经不在" in "".join(answer["receipt"]["explanation"]["zh"])
    finding = counter.lunch.session.scalars(select(Finding)).one()
    assert (finding.check_code, finding.amount_fen, finding.senior_id) == ("OFF1", 300, card.senior_id)
    assert (finding.run_id, finding.canteen_id) == (None, counter.lunch.canteen.id)


def test_a_second_subsidised_meal_elsewhere_stands_and_is_found(counter: Counter) -> None:
    lunch = counter.lunch
    card = lunch.guest(points_fen=10_000)
    lunch.sell(card)
    sale = counter.sale(card)
    (answer,) = counter.send(sale)
    assert answer["outcome"] == "booked"
    assert reasons(answer) == {"OFF3": ["count_used"]}
    assert sold(counter, sale).slot == 2


@pytest.mark.parametrize(("state", "code"), [("lost", "card_lost"), ("cancelled", "card_cancelled")])
def test_a_card_that_would_not_pay_has_paid(counter: Counter, state: str, code: str) -> None:
    card = counter.lunch.guest(card_state=state)
    (answer,) = counter.send(counter.sale(card))
    assert (answer["outcome"], reasons(answer)) == ("booked", {"OFF2": [code]})


def test_a_meal_of_somebody_who_died_is_booked_and_found(counter: Counter) -> None:
    card = counter.lunch.guest(status=Status.DECEASED)
    (answer,) = counter.send(counter.sale(card))
    assert (answer["outcome"], reasons(answer)) == ("booked", {"OFF2": ["senior_deceased"]})


def test_a_late_sale_stands(counter: Counter, clock: FrozenClock) -> None:
    card = counter.lunch.guest()
    sale = counter.sale(card)
    clock.advance(days=3)
    (answer,) = counter.send(sale)
    assert (answer["outcome"], reasons(answer)) == ("booked", {"OFF4": ["late"]})
    assert sold(counter, sale).meal_on == date(2026, 11, 20)


def test_a_sale_of_a_closed_month_counts_in_the_next(counter: Counter, clock: FrozenClock) -> None:
    lunch = counter.lunch
    card = lunch.guest()
    sale = counter.sale(card)
    lunch.session.execute(
        text(
            "INSERT INTO settlement_statement (merchant, area_code, period_from, period_until, policy_id, height, root,"
            " state, drafted_at, approved_at, approved_by, confirmed_at, confirmed_by, street_confirmed_at,"
            " street_confirmed_by, sent_at)"
            " SELECT merchant_account, area_code, '2026-11-01', '2026-12-01', :policy, 1, 'x', 'approved', :now, :now,"
            " :by, :now, :other, :now, :third, :now FROM canteen WHERE id = :canteen"
        ),
        {
            "policy": make_policy(lunch.session, kind="settlement_rules", body={}),
            "now": NOON,
            "by": make_staff(lunch.session),
            "other": make_staff(lunch.session),
            "third": make_staff(lunch.session),
            "canteen": lunch.canteen.id,
        },
    )
    (answer,) = counter.send(sale)
    assert (answer["outcome"], reasons(answer)) == ("booked", {"OFF4": ["period_closed"]})


@pytest.mark.parametrize(
    ("minutes", "code"), [(60, "clock_ahead"), (-60 * 24 * 400, "clock_behind")]
)  # fmt: skip
def test_a_clock_that_cannot_be_right_gives_way_to_the_moment_of_arrival(
    counter: Counter, minutes: int, code: str
) -> None:
    card = counter.lunch.guest()
    sale = counter.sale(
        card, at=NOON + timedelta(minutes=minutes), roster_version=None, quote=quote(public_fen=0, points_fen=1600)
    )
    (answer,) = counter.send(sale)
    assert answer["outcome"] == "booked"
    assert code in reasons(answer)["OFF4"]
    assert sold(counter, sale).occurred_at == NOON


def test_a_sale_of_long_ago_counts_when_it_comes(counter: Counter, clock: FrozenClock) -> None:
    sale = counter.sale(counter.lunch.guest(points_fen=0), quote=quote(public_fen=0, points_fen=0, cash_fen=1600))
    clock.advance(days=40)
    (answer,) = counter.send(sale)
    assert (answer["outcome"], reasons(answer)["OFF4"]) == ("booked", ["long_ago"])
    assert sold(counter, sale).meal_on == date(2026, 12, 30)


def test_a_doubted_clock_is_said(counter: Counter) -> None:
    (answer,) = counter.send(counter.sale(counter.lunch.guest(), clock_suspect=True))
    assert reasons(answer) == {"OFF4": ["clock_suspect"]}


def test_what_is_beyond_the_limits_stands_and_is_found(counter: Counter) -> None:
    card = counter.lunch.guest(points_fen=10_000)
    dear = counter.sale(card, quote=quote(public_fen=0, points_fen=0, cash_fen=4000), items=[], amount_fen=4000)
    (answer,) = counter.send(dear)
    assert "over_sale_limit" in reasons(answer)["OFF5"]


def test_an_old_roster_and_no_roster_are_found_only_with_a_subsidy(counter: Counter) -> None:
    lunch = counter.lunch
    old = counter.sale(
        lunch.guest(), roster_version=f"{round((NOON - timedelta(hours=25)).timestamp() * 1000)}-2026-11-19"
    )
    none = counter.sale(lunch.guest(), seq=2, roster_version=None)
    cash = counter.sale(
        lunch.guest(points_fen=0), seq=3, roster_version=None, quote=quote(public_fen=0, points_fen=0, cash_fen=1600)
    )
    answers = counter.send(old, none, cash)
    assert [reasons(answer).get("OFF5") for answer in answers] == [["roster_old"], ["roster_old"], None]


def test_too_many_that_waited_are_found(counter: Counter, clock: FrozenClock) -> None:
    lunch = counter.lunch
    document = make_policy(
        lunch.session, kind="till_rules", area_code=STREET,
        body={"sale_at_most_fen": 3000, "pending_sales": 2, "pending_fen": 4000, "warn_after_minutes": 60,
              "roster_hours": 24, "unknown_percent": 50, "clock_jump_seconds": 120},
    )  # fmt: skip
    assert document
    sales = [counter.sale(lunch.guest(), seq=n, at=NOON + timedelta(minutes=n)) for n in range(1, 4)]
    clock.advance(minutes=30)
    answers = counter.send(*sales)
    assert [reasons(answer).get("OFF5") for answer in answers] == [
        None,
        None,
        ["over_pending_sales", "over_pending_sum"],
    ]


def test_a_cashier_who_never_worked_here_is_not_believed(counter: Counter) -> None:
    lunch = counter.lunch
    stranger = counter.sale(lunch.guest(), cashier=make_staff(lunch.session))
    nobody = counter.sale(lunch.guest(), seq=2, cashier=999_999)
    answers = counter.send(stranger, nobody)
    assert [reasons(answer) for answer in answers] == [{"OFF5": ["cashier_unknown"]}] * 2
    assert sold(counter, nobody).account_id == lunch.manager_account.id


def test_a_dish_that_left_the_menu_and_another_price_stand(counter: Counter) -> None:
    lunch = counter.lunch
    lunch.dish.withdrawn_on = date(2026, 11, 20)
    gone = counter.sale(lunch.guest())
    (answer,) = counter.send(gone)
    assert (answer["outcome"], reasons(answer)) == ("booked", {"OFF3": ["price_differs"]})
    assert sold(counter, gone).items[0]["name"] == "A 套餐"


def test_what_cannot_be_read_is_kept_and_keeps_no_other(counter: Counter) -> None:
    lunch = counter.lunch
    good = counter.sale(lunch.guest(), seq=2)
    bad = {**counter.sale(lunch.guest()), "quote": {**quote(), "cash_fen": 5}}
    answers = counter.send(bad, good, "nonsense")
    assert [answer["outcome"] for answer in answers] == ["refused_shape", "booked", "refused_shape"]
    assert answers[0]["id"] == bad["id"]
    assert "price_fen" in answers[0]["errors"]["quote"]
    kept = lunch.session.scalars(select(TillUpload).where(TillUpload.outcome == "refused_shape")).all()
    assert bad in [each.body["sent"] for each in kept if each.body]
    counter.send(bad, "nonsense")
    assert lunch.session.scalar(select(func.count()).select_from(TillUpload)) == 3
    assert {finding.check_code for finding in lunch.session.scalars(select(Finding))} == {"OFF7"}
    page = lunch.client.get("/meals/tills", headers=lunch.manager).text
    assert "2 条已留存" in page


def test_the_meal_of_nobody_is_kept(counter: Counter) -> None:
    (answer,) = counter.send(counter.sale("6021999999999999999"))
    assert (answer["outcome"], reasons(answer)) == ("refused_shape", {"OFF7": ["nobody"]})


def test_an_id_with_other_content_is_kept_beside_the_first(counter: Counter) -> None:
    card = counter.lunch.guest(points_fen=10_000)
    sale = counter.sale(card)
    counter.send(sale)
    (answer,) = counter.send({**sale, "quote": quote(public_fen=800, points_fen=0, cash_fen=800)})
    assert answer["outcome"] == "refused_shape"
    assert "id" in answer["errors"]
    assert balance(counter, card) == 9200


def test_an_undone_sale_gives_the_points_back(counter: Counter) -> None:
    card = counter.lunch.guest(points_fen=10_000)
    sale = counter.sale(card)
    booked, undone = counter.send(sale, counter.undo(sale))
    assert (booked["outcome"], undone["outcome"]) == ("booked", "booked")
    assert undone["receipt"]["points_fen"] == 800
    assert balance(counter, card) == 10_000
    assert sold(counter, sale).reversal_reason == "按错了"
    (again,) = counter.send(counter.undo(sale, seq=3))
    assert reasons(again) == {"OFF5": ["undone_twice"]}


def test_an_undoing_that_comes_first_waits_for_its_sale(counter: Counter) -> None:
    card = counter.lunch.guest(points_fen=10_000)
    sale = counter.sale(card)
    undone, booked = counter.send(counter.undo(sale), sale)
    assert (undone["outcome"], undone["receipt"], booked["outcome"]) == ("booked", None, "booked")
    assert sold(counter, sale).reversed_at is not None
    assert balance(counter, card) == 10_000


def test_undoing_part_of_what_was_unpaid_gives_back_what_was_taken(counter: Counter) -> None:
    card = counter.lunch.guest(points_fen=500)
    sale = counter.sale(card)
    counter.send(sale, counter.undo(sale))
    assert balance(counter, card) == 500


def test_the_queue_of_a_revoked_device_can_be_handed_in(counter: Counter) -> None:
    lunch = counter.lunch
    card = lunch.guest(points_fen=10_000)
    sales = [counter.sale(card), counter.sale(lunch.guest(), seq=2)]
    counter.send(sales[0])
    lunch.client.post(f"/meals/tills/devices/{counter.device_id}/revoke", headers=lunch.manager)
    assert counter.post(*sales).get_json()["code"] == "till_revoked"
    manager = Actor(account_id=lunch.manager_account.id, name="周敏", canteen_ids=(lunch.canteen.id,))
    answers = hand_in(sales, device_id=counter.device_id, by=manager)
    assert [answer["outcome"] for answer in answers] == ["replayed", "booked"]
    assert balance(counter, card) == 9200
    with pytest.raises(DeviceNotFound):
        hand_in(sales, device_id=counter.device_id, by=Actor(account_id=1, name="", canteen_ids=()))


def test_the_state_of_the_device_is_kept(counter: Counter) -> None:
    said = {"version": "2026.11", "queue_length": 7, "oldest_queued_at": NOON.isoformat(), "clock_skew_ms": -1200,
            "is_persistent": True, "last_seq": 40}  # fmt: skip
    counter.send(**said)
    device = counter.lunch.session.get_one(TillDevice, counter.device_id)
    counter.lunch.session.refresh(device)
    assert (device.version, device.queue_length, device.oldest_queued_at) == ("2026.11", 7, NOON)
    assert (device.clock_skew_ms, device.is_persistent, device.last_seq) == (-1200, True, 40)
    counter.send(queue_length=0, last_seq=39)
    counter.lunch.session.refresh(device)
    assert (device.queue_length, device.oldest_queued_at, device.last_seq) == (0, None, 40)


def test_missing_numbers_are_seen(counter: Counter) -> None:
    lunch = counter.lunch
    sales = [counter.sale(lunch.guest(), seq=seq) for seq in (1, 2, 5, 8)]
    counter.send(*sales, queue_length=0, last_seq=9)
    page = lunch.client.get("/meals/tills", headers=lunch.manager).text
    assert "缺 5 笔" in page
    assert "3-4" in page
    counter.send(counter.sale(lunch.guest(), seq=3), counter.sale(lunch.guest(), seq=4))
    assert "缺 3 笔" in lunch.client.get("/meals/tills", headers=lunch.manager).text


def test_a_number_given_twice_is_found(counter: Counter) -> None:
    lunch = counter.lunch
    answers = counter.send(counter.sale(lunch.guest()), counter.sale(lunch.guest()))
    assert [reasons(answer) for answer in answers] == [{}, {"OFF5": ["seq_reused"]}]


def test_more_than_fifty_are_not_taken_at_once(counter: Counter) -> None:
    assert counter.post(*(["x"] * 51)).status_code == 422


def test_the_books_hold_after_all_that(counter: Counter) -> None:
    lunch = counter.lunch
    poor, rich = lunch.guest(points_fen=900), lunch.guest(points_fen=5000)
    sales = [counter.sale(card, seq=seq) for seq, card in enumerate((poor, poor, rich, rich), start=1)]
    counter.send(*sales, counter.undo(sales[2], seq=5))
    assert list(verify(lunch.session)) == []
    price, public, points, cash, unpaid = lunch.session.execute(
        select(
            func.sum(Checkout.price_fen), func.sum(Checkout.public_fen), func.sum(Checkout.points_fen),
            func.sum(Checkout.cash_fen), func.sum(Checkout.unpaid_fen),
        )
    ).one()  # fmt: skip
    assert price == public + points + cash + unpaid == 6400
    assert unpaid == 700
