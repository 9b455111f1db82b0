"""Pages of policy documents, looked at in both languages, both sizes, wide and narrow."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app import clock
from app.auth.actor import Role
from app.policies import services
from tests.app.areas.factories import make_place
from tests.app.policies.factories import CITY, COMMUNITY, DISTRICT, STREET, SUMMER, loaded, make_maker, make_published

Open = Callable[..., Page]

FACES = [(360, "zh", "elder"), (1280, "en", "normal")]
TEXT = """\
kind: tea
area: "330106003"
valid_from: 2027-09-01
title: {zh: 秋天的茶, en: Tea in autumn}
source: {mark: FOUND, text: 街道通知, infer: [sugar]}
body: {cups: 5, sugar: 1}
"""


@pytest.fixture
def documents(committed_db: Session) -> list[int]:
    make_place(committed_db, COMMUNITY, "友谊社区", "Youyi")
    infer = {"mark": "INFER", "text": "没有找到区里的规定，这是建议值"}
    made = [
        make_published(committed_db, area=CITY, source=infer),
        make_published(committed_db, cups=2),
        make_published(committed_db, valid_from=SUMMER, cups=4),
    ]
    maker = make_maker(committed_db)
    waiting = services.draft_policy(committed_db, document=loaded(area=COMMUNITY), by=maker, now=clock.now())
    services.submit_policy(committed_db, policy_id=waiting.id, by=maker, now=clock.now())
    ids = [*(policy.id for policy in made), waiting.id]
    committed_db.commit()
    return ids


@pytest.mark.parametrize("face", FACES)
def test_pages_of_policies_are_good_to_look_at(
    page_as: Open, inspect: Callable[..., None], documents: list[int], face: tuple[int, str, str]
) -> None:
    width, lang, size = face
    page = page_as(Role.DISTRICT_APPROVER, area_code=DISTRICT, width=width, lang=lang, size=size)
    for shot, path in {
        "list": "/policies/",
        "filtered": "/policies/?kind=tea&state=published&on=2027-06-01",
        "none": "/policies/?state=draft",
        "city": f"/policies/{documents[0]}",
        "successor": f"/policies/{documents[2]}",
        "waiting": f"/policies/{documents[3]}",
        "new": "/policies/new?kind=tea",
    }.items():
        page.goto(path)
        inspect(page, f"{shot}-{width}-{lang}-{size}")


@pytest.mark.usefixtures("documents")
def test_a_clerk_writes_and_an_approver_publishes(page_as: Open, visits: object, inspect: Callable[..., None]) -> None:
    visits.expect("422")  # type: ignore[attr-defined]  # the text is refused once, on purpose
    clerk = page_as(Role.STREET_CLERK, area_code=STREET, lang="en")
    clerk.goto("/policies/new")
    clerk.get_by_label("The document").fill(TEXT.replace("cups: 5", "cups: 50"))
    clerk.get_by_role("button", name="Keep as draft").click()
    expect(clerk.get_by_role("alert").filter(has_text="Line 6")).to_be_visible()
    inspect(clerk, "refused")
    clerk.get_by_label("The document").fill(TEXT)
    clerk.get_by_role("button", name="Keep as draft").click()
    clerk.get_by_role("button", name="Hand in").click()
    expect(clerk.get_by_text("Waits for somebody else's decision")).to_be_visible()
    approver = page_as(Role.DISTRICT_APPROVER, area_code=DISTRICT, lang="en")
    approver.goto(clerk.url)
    approver.get_by_text("Publish", exact=True).first.click()
    inspect(approver, "asked")
    approver.get_by_role("button", name="Publish").last.click()
    expect(approver.get_by_text("Begins later")).to_be_visible()
