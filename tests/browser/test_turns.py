"""A death from the list of the day: decided, recorded, everything stopped; a lunch eaten afterwards found."""

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import FilePayload, Page, expect
from sqlalchemy.orm import Session

from app import clock as clocks
from app import vault
from app.auth.actor import Role
from app.people.models import Senior
from portal.turns.effects import list_effects
from portal.turns.reading import whole_number
from portal.turns.watching import watch
from tests.app.people.factories import make_senior
from tests.conftest import NOON, FrozenClock
from tests.meals.factories import DISTRICT, STREET, make_checkout
from tests.portal.turns.cast import Life, make_life


def slip(senior: Senior) -> str:
    number = vault.unseal(senior.id_number_sealed)
    return whole_number(f"{number[:15]}{(int(number[15]) + 1) % 10}{number[16]}")


def send_list(page: Page, name: str, text: str) -> None:
    page.goto("/turns/lists/")
    page.locator("#file").set_input_files(files=[FilePayload(name=name, mimeType="text/csv", buffer=text.encode())])
    page.get_by_role("button", name="上传并核对").click()


def sell_afterwards(session: Session, life: Life) -> None:
    make_checkout(
        session,
        senior_id=life.senior.id,
        card=life.card.number,
        canteen=life.lunch.canteen,
        account_id=life.lunch.cashier_account.id,
        booked_at=clocks.now(),
    )


def test_a_death_recorded_from_the_list_and_a_lunch_eaten_afterwards_found(
    page_as: Callable[..., Page],
    inspect: Callable[..., None],
    committed_db: Session,
    app: Flask,
    clock: FrozenClock,
) -> None:
    clock.set(NOON)
    life = make_life(committed_db, app.test_client(), clock)
    near = make_senior(committed_db, name="李福生", hukou_area=STREET)
    number = vault.unseal(life.senior.id_number_sealed)
    text = (
        f"姓名,身份证号,事件,日期,来源\n王玉兰,{number},死亡,2026-11-18,公安\n"
        f"李福生,{slip(near)},火化,2026-11-19,殡葬\n沈无忧,{whole_number('33012519380412333')},死亡,2026-11-18,卫健\n"
        "坏行,123,死亡,2026-11-18,公安\n"
    )
    committed_db.commit()

    clerk = page_as(Role.STREET_CLERK, width=360, area_code=STREET)
    clerk.goto("/turns/lists/")
    inspect(clerk, "turn-lists-zh")
    send_list(clerk, "死亡名单.csv", text)
    clerk.get_by_text("会这样处理").last.click()
    inspect(clerk, "turn-day-zh")
    clerk.get_by_role("button", name="不是同一人").first.click()
    clerk.locator("summary", has_text="登记这 1 人").click()
    clerk.get_by_role("button", name="登记", exact=True).click()
    expect(clerk.locator("[role=status]").first).to_contain_text("已登记 1 人")
    assert life.balance() == 0

    # Another office tells the same death with another day.
    send_list(clerk, "医院名单.csv", f"姓名,身份证号,事件,日期,来源\n王玉兰,{number},死亡,2026-11-17,卫健\n")
    expect(clerk.locator("main")).to_contain_text("登记的死亡日期为2026-11-18")
    inspect(clerk, "turn-clash-zh")
    clash = clerk.url

    # The lunch was sold while a till was cut off, and sent once it had its line again.
    sell_afterwards(committed_db, life)
    with app.app_context():
        assert watch(committed_db, effects=list_effects(), now=clocks.now()) == 1
    committed_db.commit()

    approver = page_as(Role.DISTRICT_APPROVER, lang="en", area_code=DISTRICT)
    approver.goto(clash)
    expect(approver.get_by_role("link", name="王玉兰")).to_be_visible()
    inspect(approver, "turn-clash-en")
    approver.goto("/turns")
    inspect(approver, "turns-en")
    approver.get_by_role("link", name="Spent afterwards").click()
    inspect(approver, "turn-en")
    expect(approver.locator("main")).to_contain_text("Spent afterwards: waits for a second person")
    clerk.goto(f"/people/seniors/{near.id}/turns")
    clerk.locator("#kind").select_option("hospital")
    clerk.locator("#reason").fill("医院告知")
    clerk.get_by_role("button", name="先看会怎样处理").click()
    inspect(clerk, "turn-preview-zh")
