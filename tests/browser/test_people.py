"""Pages of seniors, cards and files, looked at in both languages, both sizes, wide and narrow."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app import clock
from app.auth.actor import Role
from app.people import tasks
from app.people.dossier.notes import write_note
from app.people.dossier.rules import NoteKind
from app.people.files import EXAMPLE, template
from app.people.models import Senior
from app.people.rules import Status
from tests.app.areas.factories import make_place
from tests.app.people.factories import COMMUNITY, STREET, WEST_LAKE, make_actor, make_card, make_id_number, make_senior

Open = Callable[..., Page]

FACES = [(360, "zh", "elder"), (1280, "en", "normal")]


@pytest.fixture
def senior(committed_db: Session) -> Senior:
    make_place(committed_db, COMMUNITY, "友谊社区", "Youyi")
    made = make_senior(
        committed_db,
        name="王秀英",
        residence_area=COMMUNITY,
        hukou_area=STREET,
        ability_level=2,
        status_from=clock.business_day(clock.now()).replace(month=1, day=1),
    )
    make_card(committed_db, made, state="lost")
    make_card(committed_db, made)
    make_senior(committed_db, name="李阿毛", status=Status.DECEASED)
    clerk, now = make_actor(committed_db), clock.now()
    for body, kind in (("白天听力不好，请按两次门铃。", NoteKind.PLAIN), ("情绪低落", NoteKind.CONFIDENTIAL)):
        write_note(committed_db, senior_id=made.id, body=body, kind=kind, actor=clerk, now=now)
    committed_db.commit()
    return made


@pytest.mark.parametrize("face", FACES)
def test_pages_of_people_are_good_to_look_at(
    page_as: Open, inspect: Callable[..., None], senior: Senior, face: tuple[int, str, str]
) -> None:
    width, lang, size = face
    page = page_as(Role.STREET_CLERK, area_code=WEST_LAKE, width=width, lang=lang, size=size)
    for shot, path in {
        "list": "/people/seniors/",
        "none": "/people/seniors/?query=x",
        "new": "/people/seniors/new",
        "one": f"/people/seniors/{senior.id}",
        "cards": f"/people/seniors/{senior.id}?tab=relatives",
        "notes": f"/people/seniors/{senior.id}?tab=notes",
        "ask": f"/people/seniors/{senior.id}/file",
        "edit": f"/people/seniors/{senior.id}/edit",
        "sheet": "/people/cards/sheet",
        "files": "/people/imports/",
    }.items():
        page.goto(path)
        inspect(page, f"{shot}-{width}-{lang}-{size}")


def test_a_clerk_registers_a_senior_with_the_keyboard(page_as: Open, committed_db: Session, senior: Senior) -> None:
    page = page_as(Role.STREET_CLERK, area_code=WEST_LAKE)
    page.goto("/people/seniors/new")
    page.focus("#name")
    for text in ("陈阿根", make_id_number(serial=77), "13800138001", COMMUNITY, STREET, "北山路 3 号"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="登记").click()
    expect(page.locator("h1")).to_contain_text("陈阿根")
    page.get_by_role("button", name="发卡").click()
    expect(page.locator(".one-card .chip")).to_contain_text("在用")


def test_a_number_is_shown_for_a_reason_and_only_once(page_as: Open, senior: Senior) -> None:
    page = page_as(Role.STREET_CLERK, area_code=WEST_LAKE)
    page.goto(f"/people/seniors/{senior.id}")
    page.locator("summary", has_text="查看").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.locator("input[name=reason]").fill("上门核对身份")
    dialog.get_by_role("button", name="显示一次").click()
    expect(page.locator("[data-focus].code")).to_have_text(re.compile(r"^\d{17}[\dX]$"))
    page.goto(f"/people/seniors/{senior.id}")
    expect(page.locator("dd .code").first).to_contain_text("*")


def test_a_person_is_found_from_anywhere_told_of_and_noted_on(
    page_as: Open, inspect: Callable[..., None], senior: Senior
) -> None:
    page = page_as(Role.STREET_CLERK, area_code=WEST_LAKE, width=1280)
    page.goto("/account")
    page.fill("#bar-search", "王秀英")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("王秀英")
    expect(page).to_have_url(re.compile(rf"/people/seniors/{senior.id}$"))
    page.locator(".life .filter", has_text="备注").click()
    expect(page.locator(".timeline--life > li")).to_have_count(2)
    page.locator(".timeline--life a", has_text="保密备注").click()
    page.locator("summary", has_text="查看备注").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("input[name=reason]").fill("准备家访")
    dialog.get_by_role("button", name="只看这一次").click()
    expect(page.locator(".note-body[data-focus]")).to_have_text("情绪低落")
    page.goto(f"/people/seniors/{senior.id}")
    page.locator(".acts a", has_text="打印档案").click()
    page.fill("#purpose", "移交养老机构")
    page.locator("main form .btn--primary").click()
    expect(page.locator(".paper h1")).to_contain_text("王秀英")
    expect(page.locator(".paper")).not_to_contain_text("情绪低落")
    inspect(page, "paper-1280-zh")


def test_faults_of_a_form_are_said_beside_the_fields(page_as: Open, visits: object, senior: Senior) -> None:
    visits.expect("422")  # type: ignore[attr-defined]
    page = page_as(Role.STREET_CLERK, area_code=WEST_LAKE, width=360)
    page.goto("/people/seniors/new")
    page.fill("#phone", "1380013800")
    page.locator("main form .btn--primary").click()
    expect(page.locator(".errors")).to_be_focused()
    expect(page.locator("#phone-error")).to_contain_text("10")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_file_is_sent_checked_and_saved_while_the_page_looks_on(
    page_as: Open, inspect: Callable[..., None], senior: Senior, tmp_path: Path, lang: str
) -> None:
    file = tmp_path / "老人.csv"
    bad = template().splitlines()[1].replace(EXAMPLE["phone"], "138").replace(EXAMPLE["id_number"], make_id_number())
    file.write_text(template() + bad + "\n", encoding="utf-8")
    page = page_as(Role.STREET_CLERK, area_code=WEST_LAKE, lang=lang)
    page.goto("/people/imports/")
    page.set_input_files("#file", file)
    page.locator("main form .btn--primary").click()
    expect(page.locator("progress")).to_be_visible()
    inspect(page, f"busy-{lang}")
    import_id = int(page.url.rsplit("/", 1)[1])
    tasks.check_import(import_id=import_id)
    expect(page.locator(".tiles")).to_be_visible()
    inspect(page, f"faults-{lang}")
    page.locator("[data-confirm] summary").click()
    page.get_by_role("dialog").locator("button[type=submit]").click()
    expect(page.locator("progress")).to_be_visible()
    tasks.take_in_import(import_id=import_id)
    expect(page.locator(".tiles")).to_be_visible()
    inspect(page, f"done-{lang}")
