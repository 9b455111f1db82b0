"""The pages of money without a browser: a month from judgement to payment, refusals beside their form, rights."""

from datetime import date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import clock as product_clock
from app.auth import Actor, Role
from app.auth.models import Account
from app.clock import ZONE
from care_beds.beds.rules import Step
from care_beds.money import bed_panel, months
from care_beds.money.models import BedMonth, MonthRun
from subsidies.seals.keys import sealing_key
from subsidies.seals.sealing import seal_books
from subsidies.services import settlement
from subsidies.settlement.models import Statement
from subsidies.settlement.rules import find_period
from tests.app.auth.factories import form_token, make_account, sign_in
from tests.app.people.factories import bearer
from tests.care_beds.factories import CITY, STREET, hold_document, make_provider, make_provider_manager, take_step
from tests.care_beds.money.test_construction import ask, build_in, pay
from tests.care_beds.money.world import OCTOBER, CareWorld
from tests.conftest import FrozenClock
from tests.meals.test_pages import counted


@pytest.fixture(autouse=True)
def _in_november(clock: FrozenClock) -> None:
    clock.set(datetime(2026, 11, 20, 11, 48, tzinfo=ZONE))


@pytest.fixture
def desk(world: CareWorld, client: FlaskClient) -> "Desk":
    return Desk(world, client)


class Desk:
    """Somebody at the pages of money."""

    def __init__(self, world: CareWorld, client: FlaskClient) -> None:
        self.world, self.client = world, client

    def sit(self, who: Actor) -> None:
        session = self.world.session
        sign_in(self.client, session, session.get_one(Account, who.account_id))

    def get(self, path: str) -> str:
        found = self.client.get(path)
        assert found.status_code == 200, found.text
        return found.text

    def post(self, path: str, **typed: Any) -> Any:
        token = form_token(self.client, "/account")
        return self.client.post(path, data={"csrf_token": token, **typed})


def test_a_month_goes_from_judgement_to_payment(desk: Desk) -> None:
    world = desk.world
    world.month_of_visits()
    desk.sit(world.clerk)
    assert "这个月还没有核定" in desk.get("/care/months?month=2026-10")
    assert desk.post("/care/months/judgement", month="2026-10").status_code == 303
    page = desk.get("/care/months?month=2026-10")
    assert "1 张床位，1 张达标" in page
    assert "480.00" in page
    typed = {"month": "2026-10", "area": STREET, "beds": 1, "amount_fen": 47_000}
    refused = desk.post("/care/months/runs", **typed)
    assert (refused.status_code, "数字变了" in refused.text) == (409, True)
    made = desk.post("/care/months/runs", **{**typed, "amount_fen": 48_000})
    assert made.status_code == 303, made.text
    one = made.headers["Location"]
    assert "等待批准" in desk.get(one)
    assert desk.post(f"{one}/approval").status_code == 403
    desk.sit(world.approver)
    assert desk.post(f"{one}/rejection", reason="").status_code == 422
    assert desk.post(f"{one}/approval").status_code == 303
    assert desk.post(f"{one}/approval").status_code == 409
    world.session.expire_all()
    kept = world.session.get_one(BedMonth, (world.bed.id, OCTOBER))
    assert (kept.state, world.session.query(MonthRun).one().paid_at is not None) == ("paid", True)
    page = desk.get(f"/care/months/{world.bed.id}/2026-10")
    assert "上门 4 次，要求 4 次，达到" in page
    assert "4 次已付上门" in page
    for path in ("/care/months?month=2026-10", one, f"/care/months/{world.bed.id}/2026-10"):
        assert "480.00" in desk.get(f"{path}{'&' if '?' in path else '?'}lang=en")


def test_what_is_sent_back_says_why(desk: Desk) -> None:
    world = desk.world
    world.month_of_visits()
    months.judge_months(world.session, month=OCTOBER, area_codes=[CITY], now=product_clock.now())
    desk.sit(world.clerk)
    one = desk.post("/care/months/runs", month="2026-10", area=STREET, beds=1, amount_fen=48_000).headers["Location"]
    desk.sit(world.approver)
    assert desk.post(f"{one}/rejection", reason="请核对照片").status_code == 303
    assert "请核对照片" in desk.get(one)


def test_paid_visits_are_listed_explained_and_undone(desk: Desk) -> None:
    world = desk.world
    world.give_points(3_600)
    first, second = world.visit(date(2026, 11, 2)), world.visit(date(2026, 11, 3))
    for each in (first, second):
        world.pay(each)
    world.visit(date(2026, 11, 4), exception="open")
    desk.sit(world.clerk)
    page = desk.get("/care/payments")
    assert "付了 2 次上门" in page
    assert "1 次已确认的上门还没付款" in page
    assert "有异常，督导还没处理" in page
    assert "由床位补贴支付" in desk.get(f"/care/payments/{second.id}")
    assert desk.get("/care/payments?payer=points&state=standing&from=2026-11-01&until=nonsense")
    assert desk.client.get("/exports/new/visit_payments?payer=points").status_code == 200
    assert desk.client.get("/care/payments/99999").status_code == 404
    assert desk.post(f"/care/payments/{first.id}/undoing", reason="没有来过").status_code == 403
    desk.sit(world.approver)
    assert desk.post(f"/care/payments/{first.id}/undoing", reason="x").status_code == 422
    assert desk.post(f"/care/payments/{first.id}/undoing", reason="没有来过").status_code == 303
    assert desk.post(f"/care/payments/{first.id}/undoing", reason="没有来过").status_code == 409
    assert "没有来过" in desk.get(f"/care/payments/{first.id}?lang=en")
    assert desk.post(f"/care/payments/{second.id}/reference", reference="CH-1").status_code == 409


def test_a_list_asks_no_more_the_longer_it_is(desk: Desk) -> None:
    world = desk.world
    world.pay(world.visit(date(2026, 11, 2)))
    desk.sit(world.clerk)
    desk.get("/care/payments")
    with counted() as few:
        desk.get("/care/payments")
    for day in range(3, 9):
        world.pay(world.visit(date(2026, 11, day)))
    with counted() as many:
        desk.get("/care/payments")
    assert len(many) == len(few)


def test_what_was_built_is_taken_back_on_its_page_and_over_the_api(desk: Desk) -> None:
    world, path = desk.world, f"/care/building/{desk.world.bed.id}"
    build_in(world)
    ask(world)
    pay(world)
    take_step(world.session, world.bed, Step.CLOSE, on=date(2026, 11, 15), detail={"reason": "wish"})
    desk.sit(world.clerk)
    assert "ask-back" in desk.get(path)
    assert desk.post(f"{path}/payback").status_code == 303
    session = world.session
    headers = bearer(session, session.get_one(Account, world.approver.account_id))
    rejection = f"/api/v1/care-beds/beds/{world.bed.id}/construction/payback/rejection"
    assert desk.client.post(rejection, json={"reason": "先问机构"}, headers=headers).json["state"] == "rejected"
    assert "先问机构" in desk.get(path)
    assert desk.post(f"{path}/payback").status_code == 303
    desk.sit(world.approver)
    assert "approve-back" in desk.get(path)
    assert desk.post(f"{path}/payback/approval").status_code == 303
    assert "approve-back" not in desk.get(path)


def test_a_building_goes_through_its_page(desk: Desk) -> None:
    world = desk.world
    build_in(world)
    path = f"/care/building/{world.bed.id}"
    desk.sit(world.clerk)
    assert "2300.00" in desk.get(path)
    assert "还没申请" in desk.get("/care/building")
    assert desk.post(f"{path}/request").status_code == 303
    assert desk.post(f"{path}/request").status_code == 409
    desk.sit(world.approver)
    assert desk.post(f"{path}/rejection", reason="少一张照片").status_code == 303
    assert "少一张照片" in desk.get(path)
    desk.sit(world.clerk)
    assert desk.post(f"{path}/request").status_code == 303
    desk.sit(world.approver)
    assert desk.post(f"{path}/approval").status_code == 303
    assert "已付" in desk.get(path) or "付款" in desk.get(path)
    assert desk.get("/care/building?state=paid&lang=en")
    assert desk.client.get("/care/building/99999").status_code == 404


def test_a_bed_that_is_not_built_with_public_money_says_so(desk: Desk) -> None:
    desk.sit(desk.world.clerk)
    assert "装的东西都不在补贴文件里" in desk.get(f"/care/building/{desk.world.bed.id}")


def test_the_tab_of_the_bed_tells_of_this_month(desk: Desk, client: FlaskClient) -> None:
    world = desk.world
    world.pay(world.visit(date(2026, 11, 2)))
    for day in (23, 24, 25):
        world.visit(date(2026, 11, day), state="planned")
    desk.sit(world.clerk)
    with client.application.test_request_context("/", environ_base={"HTTP_ACCEPT_LANGUAGE": "zh"}):
        told = bed_panel.render_money(world.session, bed=world.bed, actor=world.clerk, now=product_clock.now())
    assert "按计划能达标" in told
    assert "再少一次，本月就不付" in told


def test_who_took_a_bed_over_does_not_see_what_the_provider_before_was_paid(desk: Desk, client: FlaskClient) -> None:
    world, session = desk.world, desk.world.session
    world.month_of_visits()
    months.judge_months(session, month=date(2026, 10, 1), area_codes=[CITY], now=product_clock.now())
    after = make_provider(session)
    world.bed.provider_id = after.id
    session.flush()
    told = {}
    for actor in (make_provider_manager(session, after), make_provider_manager(session, world.provider)):
        with client.application.test_request_context("/", environ_base={"HTTP_ACCEPT_LANGUAGE": "zh"}):
            told[actor] = bed_panel.render_money(session, bed=world.bed, actor=actor, now=product_clock.now())
        desk.sit(actor)
        answer = desk.client.get(f"/care/months/{world.bed.id}/2026-10")
        assert answer.status_code == (200 if "480.00" in told[actor] else 404)
    assert ["480.00" in each for each in told.values()] == [False, True]


def test_a_provider_sees_its_own_and_confirms_its_statement(desk: Desk, clock: FrozenClock) -> None:
    world, session = desk.world, desk.world.session
    hold_document(
        session, "settlement_rules", {"cycle": "month", "confirm_days": 5, "approve_days": 10, "silence": "waits"}
    )
    world.month_of_visits()
    build_in(world)
    seal_books(session, key=sealing_key(), now=product_clock.now())
    period = find_period("2026-10")
    assert period
    settlement.make_statements(session, period=period, area_code=CITY, by=None, now=product_clock.now())
    statement = session.query(Statement).one()
    settlement.take_step(
        session,
        step=settlement.Step.SEND,
        statement_id=statement.id,
        reach=settlement.Reach(area_codes=(CITY,)),
        by=world.clerk,
        now=product_clock.now(),
    )
    manager = make_provider_manager(session, world.provider)
    desk.sit(manager)
    assert "2026年10月" in desk.get("/care/statements")
    page = desk.get(f"/care/statements/{statement.id}")
    assert world.bed.number in page
    assert desk.get(f"/care/statements/{statement.id}/print")
    assert desk.client.get(f"/exports/new/provider_settlement_lines?statement={statement.id}").status_code == 200
    assert desk.post(f"/care/statements/{statement.id}/disputes", n="1", reason="").status_code == 422
    assert desk.post(f"/care/statements/{statement.id}/disputes", n="1", reason="这次不是 60 分钟").status_code == 303
    session.expire_all()
    assert session.query(Statement).one().state == "disputed"
    for path in ("/care/months?month=2026-10", "/care/payments?from=2026-10-01&until=2026-10-31", "/care/building"):
        assert world.bed.number in desk.get(path) or "months" in path
    assert desk.post("/care/months/judgement", month="2026-10").status_code == 403
    other = make_provider_manager(session, make_provider(session))
    desk.sit(other)
    assert desk.client.get(f"/care/statements/{statement.id}").status_code == 404
    assert world.bed.number not in desk.get("/care/payments?from=2026-10-01&until=2026-10-31")
    assert world.bed.number not in desk.get("/care/months?month=2026-10")
    desk.sit(world.clerk)
    assert desk.client.get("/care/statements").status_code == 403
    street = desk.get(f"/settlements/{statement.id}")
    assert ">上门<" in street
    assert ">销售<" not in street


def test_the_api_does_the_same(desk: Desk) -> None:
    world, client, base = desk.world, desk.client, "/api/v1/care-beds"
    visits = world.month_of_visits()
    build_in(world)
    months.judge_months(world.session, month=OCTOBER, area_codes=[CITY], now=product_clock.now())
    clerk, approver = (_bearer(world, who) for who in (world.clerk, world.approver))
    paid = client.get(f"{base}/payments?from=2026-10-01&until=2026-10-31&limit=3", headers=clerk).json
    assert (len(paid["items"]), paid["items"][0]["payer"], bool(paid["next"])) == (3, "bed_subsidy", True)
    one = client.get(f"{base}/visits/{visits[0].id}/payment", headers=clerk).json
    assert one["explanation"]["en"][-1] == "paid by the bed subsidy"
    judged = client.get(f"{base}/months?month=2026-10", headers=clerk).json["items"]
    assert [(each["month"], each["state"], each["subsidy_fen"]) for each in judged] == [("2026-10", "met", 48_000)]
    body = {"month": "2026-10", "area": STREET, "beds": 1, "amount_fen": 48_000}
    made = client.post(f"{base}/months/runs", json=body, headers=clerk)
    assert (made.status_code, made.json["state"]) == (201, "submitted")
    run = f"{base}/months/runs/{made.json['id']}"
    assert client.post(f"{run}/approval", headers=clerk).status_code == 403
    done = client.post(f"{run}/approval", headers=approver)
    assert (done.status_code, done.json["state"], bool(done.json["paid_at"])) == (200, "approved", True)
    assert client.post(f"{run}/rejection", json={"reason": "太晚了"}, headers=approver).json["code"] == "not_submitted"
    assert client.get(run, headers=clerk).json["checker"] == "徐建平"
    bed = f"{base}/beds/{world.bed.id}/construction"
    assert client.get(bed, headers=clerk).status_code == 404
    assert client.post(bed, headers=clerk).status_code == 201
    assert client.post(f"{bed}/rejection", json={"reason": "再看看"}, headers=approver).json["state"] == "rejected"
    assert client.post(bed, headers=clerk).status_code == 201
    assert client.post(f"{bed}/approval", headers=approver).json["state"] == "paid"
    assert client.get(bed, headers=clerk).json["amount_fen"] == 230_000
    assert client.get(f"{base}/constructions?state=paid", headers=clerk).json["items"][0]["bed_id"] == world.bed.id
    undone = client.post(
        f"{base}/visits/{visits[0].id}/payment/reversal", json={"reason": "没有来过"}, headers=approver
    )
    assert undone.json["reversal_reason"] == "没有来过"
    back = f"{base}/beds/{world.bed.id}/months/2026-10/return"
    why = {"reason": "不够次数"}
    assert client.post(back, json=why, headers=clerk).status_code == 403
    assert client.post(back, json=why, headers=approver).json["reversal_reason"] == "不够次数"
    assert client.post(back, json=why, headers=approver).json["code"] == "bed_month_not_paid"
    assert client.post(back.replace("2026-10", "never"), json=why, headers=approver).status_code == 404
    again = client.put(f"{base}/visits/{visits[1].id}/payment/reference", json={"reference": "1"}, headers=clerk)
    assert (again.status_code, again.json["code"]) == (409, "not_paid_by_insurance")
    manager = _bearer(world, make_provider_manager(world.session, world.provider))
    assert client.get(f"{base}/statements", headers=manager).json["items"] == []
    assert client.get(f"{base}/statements", headers=clerk).status_code == 403


def test_others_do_not_enter(desk: Desk) -> None:
    carer = make_account(desk.world.session, Role.CASHIER, area_code=STREET)
    sign_in(desk.client, desk.world.session, carer)
    for path in ("/care/months", "/care/payments", "/care/building", "/care/statements"):
        assert desk.client.get(path).status_code == 403


def _bearer(world: CareWorld, who: Actor) -> dict[str, str]:
    return bearer(world.session, world.session.get_one(Account, who.account_id))
