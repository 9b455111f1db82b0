"""A list of what is to be destroyed, made by one administrator and approved by another, in a real browser."""

from collections.abc import Callable
from datetime import date

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.auth.actor import Role
from app.ops.shredding import list_open
from app.ops.shredding_runs import carry_out
from app.people.rules import Status
from tests.app.ops.test_shredding import RULES
from tests.app.people.factories import CITY, make_senior
from tests.conftest import FrozenClock
from tests.meals.factories import make_policy


def test_one_makes_the_list_and_another_signs_it(
    page_as: Callable[..., Page],
    inspect: Callable[..., None],
    committed_db: Session,
    clock: FrozenClock,
) -> None:
    make_policy(committed_db, area_code=CITY, kind="retention_rules", body=RULES)
    for name in ("王玉兰", "李福生"):
        make_senior(committed_db, name=name, status=Status.DECEASED, status_from=date(1990, 1, 1))
    committed_db.commit()
    maker = page_as(Role.ADMINISTRATOR, width=360, lang="zh", area_code=CITY)
    maker.goto("/ops/shredding")
    maker.locator("main form button.btn--primary").click()
    expect(maker.locator("main h1")).to_contain_text("清单")
    expect(maker.locator("main")).to_contain_text("您自己拟定")
    inspect(maker, "shredding-list")
    number = int(maker.url.rsplit("/", 1)[1])
    checker = page_as(Role.ADMINISTRATOR, width=1280, lang="en", area_code=CITY)
    checker.goto(f"/ops/shredding/{number}")
    inspect(checker, "shredding-decide")
    checker.locator("main form[action$='/approve'] button").click()
    expect(checker.locator(".note.is-ok").first).to_be_visible()
    carry_out(number, list_open(committed_db, shredding_id=number), clock=clock.now)
    checker.goto("/ops/shredding")
    expect(checker.locator("main table")).to_contain_text("destroyed")
    inspect(checker, "shredding-lists")
