"""Every text has its Chinese, nothing is guessed, and no placeholder is lost on the way."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from app.web.catalogue import CATALOGUE, collect, find_open, merge, read

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
FORBIDDEN = ("系统", "操作", "您好", "请知悉", "！")


@pytest.fixture(scope="module")
def collected() -> Catalog:
    return collect()


def test_every_text_of_code_pages_and_scripts_has_its_chinese(collected: Catalog) -> None:
    assert find_open(collected) == []


def test_the_catalogue_holds_what_the_sources_say_now(collected: Catalog) -> None:
    kept = {str(message.id) for message in read(CATALOGUE)}
    now = {str(message.id) for message in collected}
    assert now - kept == set(), "run: python -m app.web.catalogue"
    assert kept - now == set(), "run: python -m app.web.catalogue"


def test_no_placeholder_is_lost_or_invented(collected: Catalog) -> None:
    wrong = []
    for message in collected:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
        wanted = set(PLACEHOLDER.findall(" ".join(ids)))
        wrong += [form for form in forms if form and set(PLACEHOLDER.findall(form)) - wanted]
        wrong += [form for form in forms if form and wanted - {"num"} - set(PLACEHOLDER.findall(form))]
    assert wrong == []


def test_the_words_are_those_of_the_counter(collected: Catalog) -> None:
    said = [str(message.string) for message in collected if message.id]
    assert [text for text in said if any(word in text for word in FORBIDDEN)] == []


def test_a_contribution_fills_gaps_and_never_overwrites() -> None:
    ours, theirs = Catalog(locale="zh_Hans_CN"), Catalog(locale="zh_Hans_CN")
    ours.add("Log in", "登录")
    ours.add("Log out")
    theirs.add("Log in", "登入")
    theirs.add("Log out", "退出")
    theirs.add("Not ours", "别处的")
    assert merge(ours, theirs) == ["Log in"]
    assert [(message.id, message.string) for message in ours if message.id] == [("Log in", "登录"), ("Log out", "退出")]


def test_no_page_carries_style_or_script_of_its_own() -> None:
    root = Path(__file__).resolve().parents[3]
    inline = re.compile(r"<style|\sstyle=|\son\w+=\"|<script(?![^>]*(\ssrc=|application/json))", re.IGNORECASE)
    pages = [
        path for package in ("app", "meals", "subsidies") for path in (root / package).rglob("templates/**/*.html")
    ]
    assert pages
    assert [str(path) for path in pages if inline.search(path.read_text())] == []
