"""The counter's pages of relatives, the door, and the family's own links, looked at in both faces."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.auth.actor import Role
from app.people.models import Senior
from app.people.relatives.models import RelativeLink
from app.people.relatives.reach import note_look
from app.people.relatives.rules import State, Topic
from tests.app.people.factories import STREET, WEST_LAKE, make_card, make_senior
from tests.app.people.relatives.factories import (
    hold_family_rules,
    make_family_actor,
    make_link,
    make_relative,
)

Open = Callable[..., Page]


@pytest.fixture
def senior(committed_db: Session) -> Senior:
    made = make_senior(committed_db, name="王秀英", hukou_area=STREET)
    make_card(committed_db, made)
    hold_family_rules(committed_db)
    daughter, son = make_relative(committed_db, name="王敏"), make_relative(committed_db, name="王强")
    make_link(committed_db, made, daughter)
    make_link(committed_db, made, son, topics=(), state=State.REQUESTED)
    actor = make_family_actor(daughter)
    note_look(committed_db, actor=actor, senior_id=made.id, topic=Topic.MEALS, now=clock.now())
    committed_db.commit()
    return made


STAFF, FAMILY = ("links", "queue", "request"), ("mine", "ask", "join", "phone", "card")


@pytest.mark.parametrize(
    "face", [(360, "zh", "elder", FAMILY), (360, "zh", "normal", STAFF), (1280, "en", "normal", STAFF)]
)
def test_pages_of_relatives_are_good_to_look_at(
    page_as: Open,
    inspect: Callable[..., None],
    committed_db: Session,
    senior: Senior,
    face: tuple[int, str, str, tuple[str, ...]],
) -> None:
    width, lang, size, shots = face
    asked = committed_db.scalar(select(RelativeLink.id).where(RelativeLink.state == State.REQUESTED))
    page = page_as(Role.STREET_CLERK, area_code=WEST_LAKE, width=width, lang=lang, size=size)
    paths = {
        "links": f"/people/seniors/{senior.id}/relatives",
        "queue": "/people/link-requests",
        "request": f"/people/link-requests/{asked}",
        "mine": "/family/links",
        "ask": "/family/links/ask",
        "join": "/join",
        "phone": "/login/code",
        "card": "/login/card",
    }
    for shot in shots:
        page.goto(paths[shot])
        inspect(page, f"{shot}-{width}-{lang}-{size}")


def test_a_clerk_prints_a_sheet_that_opens_the_page_to_join(page_as: Open, senior: Senior) -> None:
    page = page_as(Role.STREET_CLERK, area_code=WEST_LAKE)
    page.goto(f"/people/seniors/{senior.id}/relatives")
    page.fill("#name", "王丽")
    page.locator("#offer-topics").get_by_text("用餐").click()
    page.get_by_role("button", name="生成单子").click()
    expect(page.locator(".paper .answer")).to_have_text(re.compile(r"^\d{4} \d{4} \d{4}$"))
    expect(page.locator(".paper-code")).to_be_visible()
