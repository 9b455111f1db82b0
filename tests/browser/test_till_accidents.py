"""The till when something goes wrong: lost answers, reloads, double reads, no server, an ended log-in."""

from playwright.sync_api import Route, expect
from sqlalchemy.orm import Session

from app.auth.actor import Role
from app.auth.guard import COOKIE
from app.auth.services import TokenKind
from tests.app.people.factories import make_staff, token_of
from tests.browser.conftest import Visits
from tests.browser.counter import CHECKOUTS, Counter
from tests.meals.factories import STREET


def test_an_answer_lost_on_the_way_is_asked_for_again_and_sells_once(till: Counter) -> None:
    card = till.guest()
    keys = till.lose_answers(times=2)
    till.scan(card)
    till.shows("selling")
    till.reads("不会卖两次")
    till.shows("sold", within_ms=20_000)
    assert len(keys) == 3
    assert len(set(keys)) == 1
    assert len(till.sales()) == 1


def test_a_reload_in_the_middle_of_a_sale_sells_once_and_shows_it(till: Counter) -> None:
    card = till.guest()
    keys: list[str] = []

    def hold_the_first(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            route.continue_()
        else:
            route.fetch()  # the server has sold; the answer never comes

    till.page.route(CHECKOUTS, hold_the_first)
    till.scan(card)
    till.shows("selling")
    assert len(till.sales()) == 1
    till.page.reload()
    till.shows("sold", within_ms=20_000)
    till.reads("已成交，只有一笔")
    assert len(till.sales()) == 1
    assert len(keys) == 2
    assert len(set(keys)) == 1
    till.page.reload()
    till.wait_until_ready()
    till.shows("idle")


def test_the_same_card_read_twice_in_a_row_is_one_sale(till: Counter) -> None:
    card = till.guest()
    till.scan(card)
    till.scan(card)
    for _ in range(100):  # whichever screen the second reading leads to
        till.page.wait_for_timeout(300)
        if till.sales():
            break
        if till.page.locator(
            "html[data-view=unreached]"
        ).count():  # a slow answer counts as none: the cashier asks again
            till.page.keyboard.press("Enter")
    till.page.wait_for_timeout(600)
    assert len(till.sales()) == 1


def test_without_the_server_nothing_is_sold_and_the_till_says_so(till: Counter) -> None:
    card = till.guest()
    till.cut_off()
    till.scan(card)
    till.shows("unreached")
    till.reads("没有卖出，什么也没记")
    till.reads("连不上服务器", "#strips")
    till.reads("请稍等", "#guest")
    till.reconnect()
    till.page.wait_for_timeout(400)  # an Enter right behind a scan would be the scanner's
    till.page.keyboard.press("Enter")
    till.shows("sold")
    expect(till.page.locator("#strips")).to_be_empty()
    assert len(till.sales()) == 1


def test_an_ended_log_in_asks_for_it_and_sells_nothing(till: Counter) -> None:
    card = till.guest()
    till.page.context.clear_cookies()
    till.scan(card)
    till.shows("blocked")
    till.reads("请重新登录")
    assert till.sales() == []


def test_another_cashiers_unanswered_sale_waits_for_that_cashier(
    till: Counter, visits: Visits, committed_db: Session
) -> None:
    keys: list[str] = []

    def lose(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        route.abort()

    till.page.route(CHECKOUTS, lose)
    till.scan(till.guest())
    till.shows("selling")
    other = make_staff(committed_db, role=Role.CASHIER, area_code=STREET, canteen_id=till.lunch.canteen.id)
    secret = token_of(committed_db, other, TokenKind.SESSION)
    committed_db.commit()
    till.page.goto("about:blank")  # or the page would send it once more, already as the other cashier
    till.page.context.add_cookies([{"name": COOKIE, "value": secret, "url": visits.address}])
    till.page.unroute(CHECKOUTS)
    till.open()
    till.reads("周敏 有一笔没有回音", "#strips")
    card = till.guest(name="陈玉兰")
    till.scan(card)
    till.shows("sold")
    assert [sale.card for sale in till.sales()] == [card]


def test_a_till_sells_in_one_window(till: Counter) -> None:
    other = till.page.context.new_page()
    other.goto("/till")
    other.wait_for_selector("html[data-view=blocked]")
    expect(other.locator("#stage")).to_contain_text("在别的窗口开着")
    till.page.goto("about:blank")
    other.wait_for_selector("html[data-ready]")
    other.close()
