"""The kitchen's page beside a till: a dish that is sold out cannot be chosen there any more."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.tills import Open
from tests.meals.factories import make_dish


def test_a_sold_out_dish_leaves_the_till(
    open_till: Open, page_as: Callable[..., Page], inspect: Callable[..., None]
) -> None:
    till = open_till()
    make_dish(till.lunch.session, canteen=till.lunch.canteen, name="B 套餐", price_fen=1200, position=2)
    till.scan(till.guest(points_fen=0))
    till.shows("sold")
    for width, lang in ((1280, "en"), (360, "zh")):
        kitchen = page_as(None, account=till.lunch.manager_account, width=width, lang=lang)
        kitchen.goto(f"/meals/kitchen/{till.lunch.canteen.id}")
        inspect(kitchen, f"kitchen-{lang}")
        if lang == "en":
            kitchen.close()
    kitchen.locator(f"#switch-{till.lunch.dish.id}").click()
    expect(kitchen.locator(".pot").first).to_contain_text("又有了")
    kitchen.close()  # it would go on asking, with the clock of another test
    till.page.reload()
    till.wait_until_ready()
    expect(till.page.locator(".dish").first).to_contain_text("售完")
    expect(till.page.locator(".dish-pick").first).to_be_disabled()
    till.reads("先在右边点菜")
    till.page.locator(".dish-pick").nth(1).click()
    till.scan(till.guest(points_fen=0))
    till.shows("sold")
    till.reads("B 套餐")
