"""The frame of every page: log-in, menu, language, text size, refusals, keyboard."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.auth.actor import Role
from tests.app.auth.factories import PASSWORD, STREET, make_account
from tests.browser.conftest import Visits

Open = Callable[..., Page]

# Each width meets each language and each size once.
FACES = [(360, "zh", "elder"), (1280, "en", "normal")]
PATHS = ["/account", "/accounts/", "/accounts/new", "/audit", "/account/password"]


@pytest.mark.parametrize(("width", "lang", "size"), FACES)
def test_a_stranger_can_read_the_log_in_page(page_as: Open, width: int, lang: str, size: str) -> None:
    page = page_as(None, width=width, lang=lang, size=size)
    page.goto("/")
    expect(page.locator("#username")).to_be_focused()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN" if lang == "zh" else "en")


def test_someone_logs_in_with_the_keyboard_alone_and_lands_at_their_work(page_as: Open, committed_db: Session) -> None:
    account = make_account(committed_db, Role.ADMINISTRATOR, name="管立新")
    committed_db.commit()
    page = page_as(None)
    page.goto("/")
    page.keyboard.type(account.username)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile("/login"))
    expect(page.locator(".bar .where")).to_contain_text("管立新，管理员")


def test_a_wrong_password_is_said_beside_the_form_and_takes_the_focus(
    page_as: Open, committed_db: Session, visits: Visits
) -> None:
    account = make_account(committed_db)
    committed_db.commit()
    visits.expect("422")
    page = page_as(None, width=360)
    page.goto("/login")
    page.fill("#username", account.username)
    page.fill("#password", "wrong-wrong")
    page.click("main button")
    summary = page.get_by_role("alert").filter(has_text="用户名或密码不对")
    expect(summary).to_be_focused()
    expect(page.locator("#username")).to_have_value(account.username)
    assert page.title().startswith("错误：")


@pytest.mark.parametrize("face", FACES, ids=str)
def test_every_page_of_the_floor_passes_inspection(
    page_as: Open, committed_db: Session, inspect: Callable[..., None], face: tuple[int, str, str]
) -> None:
    width, lang, size = face
    clerk = make_account(committed_db, Role.STREET_CLERK, area_code=STREET, name="周敏")
    committed_db.commit()
    page = page_as(Role.ADMINISTRATOR, width=width, lang=lang, size=size)
    for path in (*PATHS, f"/accounts/{clerk.id}"):
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        inspect(page, path.replace("/", "-"))


@pytest.mark.parametrize("size", ["elder", "max"])
def test_the_largest_letters_fit_a_phone_of_320_points(page_as: Open, size: str) -> None:
    page = page_as(Role.ADMINISTRATOR, width=320, size=size)
    page.goto("/account")


def test_the_language_switch_keeps_the_page_and_is_remembered_with_the_account(
    page_as: Open, committed_db: Session
) -> None:
    account = make_account(committed_db, Role.AUDITOR)
    page = page_as(None, account=account)
    page.goto("/audit?action=log_in")
    page.get_by_role("button", name="EN").click()
    expect(page).to_have_url(page.url)
    assert page.url.endswith("/audit?action=log_in")
    expect(page.locator("h1")).to_have_text("Who did what")
    elsewhere = page_as(None, account=account)
    elsewhere.goto("/audit")
    expect(elsewhere.locator("h1")).to_have_text("Who did what")


def test_the_text_size_goes_round_in_three_steps(page_as: Open) -> None:
    page = page_as(Role.AUDITOR)
    page.goto("/audit")
    for size in ("[data-size=elder]", "[data-size=max]", ":not([data-size])"):
        page.locator("button[name=text_size]").click()
        expect(page.locator(f"html{size}")).to_be_visible()


def test_a_question_before_serious_work_is_a_dialog_and_escape_leaves_it(
    page_as: Open, committed_db: Session, inspect: Callable[..., None]
) -> None:
    clerk = make_account(committed_db, Role.STREET_CLERK, area_code=STREET, name="周敏")
    committed_db.commit()
    page = page_as(Role.ADMINISTRATOR)
    page.goto(f"/accounts/{clerk.id}")
    page.get_by_text("停用账户", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog.locator("h2")).to_be_focused()
    inspect(page, "dialog")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_text("停用账户", exact=True).first.click()
    dialog.get_by_role("button", name="停用账户").click()
    expect(page.locator("main")).to_contain_text("账户已停用")


def test_the_same_question_works_without_javascript(page_as: Open, committed_db: Session, visits: Visits) -> None:
    clerk = make_account(committed_db, Role.STREET_CLERK, area_code=STREET, name="周敏")
    page = page_as(Role.ADMINISTRATOR)
    cookies = page.context.cookies()
    bare = visits.browser.new_context(base_url=visits.address, java_script_enabled=False)
    bare.add_cookies(cookies)  # type: ignore[arg-type]
    still = bare.new_page()
    still.goto(f"/accounts/{clerk.id}")
    still.get_by_text("停用账户", exact=True).first.click()
    still.get_by_role("button", name="停用账户").click()
    expect(still.locator("main")).to_contain_text("账户已停用")
    bare.close()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_that_is_not_there_says_what_to_do(page_as: Open, visits: Visits, width: int, lang: str) -> None:
    visits.expect("404")
    page = page_as(Role.AUDITOR, width=width, lang=lang)
    page.goto("/nothing-here")
    expect(page.locator("main a.btn")).to_be_visible()


def test_a_page_of_another_task_says_whom_to_ask(page_as: Open, visits: Visits) -> None:
    visits.expect("403")
    page = page_as(Role.STREET_CLERK)
    page.goto("/accounts/")
    expect(page.locator("h1")).to_have_text("您的角色打不开这一页")


def test_the_skip_link_comes_first_and_leads_to_the_content(page_as: Open) -> None:
    page = page_as(Role.ADMINISTRATOR)
    page.goto("/accounts/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_two_minutes_before_the_session_ends_the_page_asks(page_as: Open, inspect: Callable[..., None]) -> None:
    page = page_as(Role.AUDITOR)
    page.clock.install()
    page.goto("/audit")
    page.clock.fast_forward("27:55")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.clock.fast_forward("00:20")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("再过两分钟就要退出了")
    with page.expect_response("**/account/alive") as answer:
        dialog.get_by_role("button", name="继续使用").click()
    assert answer.value.status == 204
    expect(dialog).to_have_count(0)


def test_the_api_reference_is_served_by_ourselves(page_as: Open) -> None:
    page = page_as(None, width=360, lang="en")
    page.goto("/api/docs")
    expect(page.locator("h1")).to_contain_text("Chongyang API")
    page.locator("summary").first.click()
    # Hundreds of operations look alike: the first of each group is looked at.
    page.evaluate("document.querySelectorAll('details:not(:first-of-type)').forEach(each => each.remove())")


def test_on_a_phone_the_menu_opens_on_demand_and_on_a_desk_it_is_always_there(
    page_as: Open, inspect: Callable[..., None]
) -> None:
    phone = page_as(Role.AUDITOR, width=360)
    phone.goto("/audit")
    menu = phone.get_by_role("navigation", name="主菜单")
    expect(menu).to_be_hidden()
    phone.locator(".menu > summary").click()
    expect(menu.get_by_role("link", name="监督记录")).to_be_visible()
    inspect(phone, "menu")
    desk = page_as(Role.AUDITOR, width=1280)
    desk.goto("/audit")
    expect(desk.get_by_role("navigation", name="主菜单").get_by_role("link", name="监督记录")).to_be_visible()
