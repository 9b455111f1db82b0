"""The till page in a real browser, on the real application: what a cashier does with a queue before them."""

import re

from playwright.sync_api import expect

from tests.browser.counter import Counter
from tests.browser.tills import SCREENS, go_to
from tests.meals.factories import make_dish


def test_one_scan_sells_the_default_meal(till: Counter) -> None:
    card = till.guest(points_fen=600)
    till.scan(card)
    till.shows("sold")
    for text in (
        "已成交",
        "王*英",
        "82 岁",
        "收现金",
        "2.00",
        "A 套餐",
        "16.00 元",
        "市 3.20",
        "重阳分 6.00",
        "0.00 元",
    ):
        till.reads(text)
    till.reads("本次 2.00 元", "#guest")
    expect(till.page.locator("#guest")).not_to_contain_text("重阳分")
    till.reads("王*英", "#recent")
    till.reads("已成交。王*英。收现金 2.00 元", "#said")
    [sale] = till.sales()
    assert (sale.price_fen, sale.points_fen, sale.cash_fen) == (1600, 600, 200)


def test_a_scan_ends_with_enter_tab_or_silence(till: Counter) -> None:
    for count, end in enumerate(["Enter", "Tab", ""], 1):
        till.scan(till.guest(name=f"客人{'甲乙丙'[count - 1]}"), end=end)
        till.shows("sold")
        till.reads(f"客*{'甲乙丙'[count - 1]}")
        assert len(till.sales()) == count
        till.page.keyboard.press("Escape")
        till.shows("idle")


def test_a_scan_is_read_with_a_chinese_input_method_on(till: Counter) -> None:
    card = till.guest()
    till.scan(card, process=True)
    till.shows("sold")
    assert len(till.sales()) == 1


def test_a_scan_spelt_in_alt_codes_is_read(till: Counter) -> None:
    card = till.guest()
    till.scan_by_alt_codes(card)
    till.shows("sold")
    assert [sale.card for sale in till.sales()] == [card]


def test_a_scan_into_a_field_sells_and_leaves_the_field_as_it_was(till: Counter) -> None:
    card = till.guest()
    till.page.keyboard.press("F6")
    till.shows("finding")
    till.page.keyboard.type("王", delay=80)
    kept = till.page.evaluate_handle("document.getElementById('typed')")
    till.scan(card)
    till.shows("sold")
    assert kept.evaluate("field => field.value") == "王"


def test_a_scan_sells_on_every_screen(till: Counter) -> None:
    for screen in SCREENS:
        go_to(till, screen)
        card = till.guest(name="陈玉兰")
        till.scan(card)
        till.reads("陈*兰")
        till.shows("sold")
        assert till.sales()[-1].card == card, screen
        till.page.keyboard.press("Escape")
        till.shows("idle")


def test_another_dish_by_its_digit_and_two_of_it(till: Counter) -> None:
    make_dish(till.lunch.session, canteen=till.lunch.canteen, name="B 套餐", price_fen=1800, position=2)
    card = till.guest(points_fen=0)
    till.open()
    till.page.keyboard.press("2")
    expect(till.page.locator("#stage")).to_contain_text("B 套餐 18.00 元")
    till.page.keyboard.press("+")
    expect(till.page.locator("#stage")).to_contain_text("B 套餐 ×2 36.00 元")
    till.scan(card)
    till.shows("sold")
    assert till.sales()[0].price_fen == 3600
    till.page.keyboard.press("Escape")
    till.reads("A 套餐 16.00 元")


def test_the_second_meal_is_asked_about_and_sold_once_at_full_price(till: Counter) -> None:
    card = till.guest(points_fen=0)
    till.scan(card)
    till.shows("sold")
    till.pause_between_scans()
    till.scan(card)
    till.shows("asking")
    till.reads("今天午餐已用过")
    till.reads("11:48 在本食堂 1 号台用过一次")
    till.reads("请稍等", "#guest")
    assert len(till.sales()) == 1
    till.page.locator(".btn--primary").dblclick()
    till.shows("sold")
    till.reads("没有补贴")
    till.page.wait_for_timeout(400)
    assert [sale.cash_fen for sale in till.sales()] == [800, 1600]


def test_a_lost_card_is_stopped_quietly(till: Counter) -> None:
    card = till.guest(card_state="lost", name="赵桂英")
    till.scan(card)
    till.shows("refused")
    till.reads("这张卡已挂失")
    till.reads("赵*英")
    till.reads("请稍等", "#guest")
    expect(till.page.locator("#guest")).not_to_contain_text("挂失")
    till.reads("这张卡已挂失", "#alarm")
    assert till.sales() == []


def test_other_codes_are_called_by_their_name(till: Counter) -> None:
    for code, word, what in (
        ("2812345678901234567", "这是支付宝付款码", "请出示助餐码"),
        ("134567890123456789", "这是微信付款码", "请出示助餐码"),
        ("6021000000000000005", "没读准", "请再刷一次"),
        ("60210000000", "没读全", "只读到 11 位"),
        ("httpsexampleorg", "这不是助餐码", "请刷助餐卡"),
    ):
        till.scan(code)
        till.shows("wrong")
        till.reads(word)
        till.reads(what)
        till.page.keyboard.press("Escape")
        till.shows("idle")


def test_a_guest_without_a_card_is_found_by_name(till: Counter) -> None:
    till.guest(name="欧阳致远")
    till.page.keyboard.press("F6")
    till.shows("finding")
    till.page.keyboard.type("致远")
    till.page.keyboard.press("Enter")
    till.reads("欧**远")
    till.page.keyboard.press("Enter")
    till.shows("sold")
    till.reads("欧**远")


def test_a_typed_number_sells(till: Counter) -> None:
    card = till.guest()
    till.page.keyboard.press("F2")
    till.page.keyboard.type(f"{card[:4]} {card[4:]}", delay=60)
    till.page.keyboard.press("Enter")
    till.shows("sold")


def test_undo_at_once_needs_no_reason(till: Counter) -> None:
    card = till.guest(points_fen=0)
    till.scan(card)
    till.shows("sold")
    till.page.keyboard.press("F4")
    till.shows("undone")
    till.reads("退现金")
    till.reads("8.00")
    assert till.sales()[0].reversal_reason == "按错了"


def test_a_later_undo_asks_why_and_the_card_sells_again(till: Counter) -> None:
    card = till.guest(points_fen=0)
    till.scan(card)
    till.shows("sold")
    till.page.keyboard.press("F10")
    till.shows("today")
    till.page.get_by_role("button", name=re.compile("撤销单号")).click()
    till.shows("reasons")
    till.page.get_by_role("button", name="点错了菜").click()
    till.shows("undone")
    till.pause_between_scans()
    till.scan(card)
    till.shows("sold")
    first, second = till.sales()
    assert first.reversal_reason == "点错了菜"
    assert second.reversed_at is None
