"""Where work begins, what the menu shows, and how numbers and days are written."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from flask_babel import refresh
from sqlalchemy.orm import Session

from app.auth.actor import Role
from app.web import wording
from app.web.pages import local_address
from app.web.shell import here
from tests.app.areas.factories import make_place
from tests.app.auth.factories import STREET, make_account, sign_in

AT = datetime(2026, 11, 21, 3, 48, 7, tzinfo=UTC)


@pytest.mark.parametrize("role", list(Role))
def test_everyone_lands_on_a_page_of_their_own_work(client: FlaskClient, session: Session, role: Role) -> None:
    make_place(session, STREET)
    sign_in(client, session, make_account(session, role))
    first = client.get("/")
    assert first.status_code == 303
    assert client.get(first.location).status_code == 200


def test_without_a_role_one_lands_on_the_own_account(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, make_account(session))
    assert client.get("/").location == "/account"


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        (Role.ADMINISTRATOR, ["/accounts/", "/audit"], []),
        (Role.AUDITOR, ["/audit"], ["/accounts/"]),
        (Role.STREET_CLERK, [], ["/accounts/", "/audit"]),
    ],
)
def test_the_menu_shows_only_what_the_role_opens(
    client: FlaskClient, session: Session, role: Role, shown: list[str], hidden: list[str]
) -> None:
    sign_in(client, session, make_account(session, role))
    page = client.get("/account").get_data(as_text=True)
    assert all(f'href="{path}"' in page for path in shown)
    assert not any(f'href="{path}"' in page for path in hidden)


def test_a_long_menu_comes_in_parts(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, make_account(session, Role.STREET_CLERK))
    menu = client.get("/account").get_data(as_text=True)
    parts = re.findall(r'<p class="nav-part">([^<]*)</p>', menu)
    here = ["市、区、街道", "助餐", "老人", "上门照护", "商家", "重阳分与钱款", "安居守护", "探访关爱", "内部事务"]
    assert parts == here
    assert menu.index("助餐</p>") < menu.index('href="/meals/sales"') < menu.index("老人</p>")
    assert menu.index("上门照护</p>") < menu.index('href="/care/beds"') < menu.index("重阳分与钱款</p>")


def test_a_short_menu_comes_in_one(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, make_account(session, Role.CASHIER))
    assert "nav-part" not in client.get("/account").get_data(as_text=True)


@pytest.mark.parametrize("role", list(Role))
def test_every_entry_of_a_menu_opens(client: FlaskClient, session: Session, role: Role) -> None:
    sign_in(client, session, make_account(session, role))
    menu = client.get("/account").get_data(as_text=True).split('<nav class="nav"', 1)[1].split("</nav>", 1)[0]
    for link in menu.split('<a href="')[1:]:
        path = link.split('"', 1)[0]
        assert client.get(path, follow_redirects=True).status_code == 200, path


@pytest.mark.parametrize(
    ("filter_", "value", "chinese", "english"),
    [
        ("day", date(2026, 11, 21), "11月21日 星期六", "Sat 21 Nov"),
        ("day", AT, "11月21日 星期六", "Sat 21 Nov"),
        ("short_day", date(2026, 11, 1), "11月1日", "1 Nov"),
        ("full_day", date(2026, 11, 21), "2026年11月21日", "21 Nov 2026"),
        ("clock_time", AT, "11:48", "11:48"),
        ("moment", AT, "11月21日 11:48", "21 Nov 11:48"),
        ("full_moment", AT, "2026-11-21 11:48:07", "2026-11-21 11:48:07"),
        ("group", 84216, "84\u202f216", "84\u202f216"),
        ("group_yuan", 642800, "6\u202f428.00", "6\u202f428.00"),
        ("group_yuan", -50, "-0.50", "-0.50"),
        ("card_number", "6021884033170425904", "6021 8840 3317 0425 904", "6021 8840 3317 0425 904"),
        ("join_words", ["甲", "乙"], "甲、乙", "甲, 乙"),
        ("payer_colour", "cash", "self", "self"),
    ],
)
def test_numbers_and_days_are_written_as_people_read_them(
    app: Flask, filter_: str, value: Any, chinese: str, english: str
) -> None:
    for language, expected in (("zh", chinese), ("en", english)):
        with app.test_request_context(headers={"Cookie": f"language={language}"}):
            refresh()
            assert wording.FILTERS[filter_](value) == expected


@pytest.mark.parametrize(
    ("address", "led_to"),
    [("/audit?a=1", "/audit?a=1"), ("", "/"), ("audit", "/"), ("//x", "/"), ("http://x/", "/"), ("/a\nb", "/")],
)
def test_only_our_own_addresses_are_led_to(address: str, led_to: str) -> None:
    assert local_address(address) == led_to


def test_an_address_changes_one_part_and_keeps_the_others(app: Flask) -> None:
    with app.test_request_context("/audit?action=log_in&after=9"):
        assert here(after=None) == "/audit?action=log_in"
        assert here(action=None, after=None) == "/audit"
        assert here(account="何立") == "/audit?action=log_in&after=9&account=%E4%BD%95%E7%AB%8B"


def test_the_bar_of_payers_ends_where_the_price_ends(app: Flask) -> None:
    shares = [
        {"kind": "city", "amount_fen": 320, "word": "市"},
        {"kind": "points", "amount_fen": 600, "word": "重阳分"},
        {"kind": "charity", "amount_fen": 0, "word": "慈善"},
        {"kind": "cash", "amount_fen": 680, "word": "现金"},
    ]
    template = '{% import "macros.html" as ui %}{{ ui.split(shares) }}'
    with app.test_request_context():
        drawn = render_template_string(template, shares=shares)
    assert 'class="pay-self" x="57.50%"' in drawn
    assert "pay-charity" not in drawn
    assert "现金 6.80" in drawn


@pytest.mark.parametrize(
    ("call", "parts"),
    [
        ("ui.money(12650)", ["126<small>.50</small>", "元"]),
        ("ui.money(5, answer=true, unit=false)", ['class="money answer"', "0<small>.05</small>"]),
        ('ui.chip("ok", "check", "成交")', ['class="chip is-ok"', "#check", "成交"]),
        ('ui.field("n", "姓名", kind="text", value="<b>")', ['for="n"', "&lt;b&gt;", "可不填"]),
        ('ui.field("n", "说明", kind="textarea", hint="两句")', ["<textarea", 'aria-describedby="n-hint"']),
        ('ui.field("n", "是", kind="checkbox", value=true)', ['type="checkbox"', "checked"]),
        ('ui.field("n", "选", kind="select", value=2, choices=[(1, "一"), (2, "二")])', ['value="2" selected']),
        ('ui.facts([("甲", "乙")])', ["<dt>甲</dt><dd>乙</dd>"]),
        ('ui.tile("用餐", "84", unit="份", href="/x")', ['<a class="tile card" href="/x">', "<small>份</small>"]),
        ('ui.steps([{"title": "一", "done": true}, {"title": "二", "current": true}])', ['class="done"', "step"]),
        ('ui.timeline([{"at": at, "title": "午饭", "state": "ok"}])', ["11:48", "is-ok"]),
        ('ui.timeline([{"at": at, "title": "午饭"}], show="day")', ["11月21日"]),
        ('ui.note("warn", "warn", "小心", "地滑")', ["is-warn", "地滑"]),
        ('ui.filter_chip("午餐", "/x")', ['href="/x"', "去掉"]),
        ("ui.pager(17, 3)", ["after=17", "这一页 3 条"]),
    ],
)
def test_each_piece_of_a_page_says_what_it_should(app: Flask, call: str, parts: list[str]) -> None:
    with app.test_request_context():
        drawn = render_template_string('{% import "macros.html" as ui %}{{ ' + call + " }}", at=AT)
    for part in parts:
        assert part in drawn, drawn
