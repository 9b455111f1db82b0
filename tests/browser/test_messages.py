"""Being told, in a real browser: the centre, the wishes, the demonstration's messages and what is stuck."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import vault
from app.auth.actor import Role
from app.messages import outbox, services, tasks
from app.messages.models import Delivery
from app.people.relatives.rules import Topic
from app.people.relatives.telling import LOST_CARD
from meals.telling import DEBIT, UNUSUAL
from tests.app.messages.factories import load_demo
from tests.app.people.factories import make_senior
from tests.app.people.relatives.factories import make_link, make_relative
from tests.conftest import FrozenClock

PARAMS = {"name": "王玉兰", "points_fen": 800, "cash_fen": 0, "left_fen": 12_350, "sales": 1}


@pytest.mark.parametrize("face", [(360, "zh", "elder"), (1280, "en", "normal")], ids=str)
def test_a_daughter_reads_what_she_was_told_and_chooses_how(
    page_as: Callable[..., Page],
    inspect: Callable[..., None],
    committed_db: Session,
    clock: FrozenClock,
    face: tuple[int, str, str],
) -> None:
    load_demo(committed_db, clock.now())
    daughter, mother = make_relative(committed_db), make_senior(committed_db, name="王玉兰")
    daughter.phone_sealed, daughter.phone_index = vault.seal("13900001234"), vault.index_of("13900001234")
    make_link(committed_db, mother, daughter, topics=[Topic.BALANCE])
    at = clock.now().isoformat()
    for number, kind in enumerate((DEBIT, UNUSUAL, LOST_CARD)):
        params = {**PARAMS, "at": at, "sales": 4, "tail": "5904"}
        services.tell(
            committed_db,
            account_ids=[daughter.id],
            kind=kind,
            key=f"k{number}",
            params=params,
            senior_id=mother.id,
            now=clock.now(),
        )
    services.send_code(committed_db, phone="13900001234", code="204817", good_for=timedelta(minutes=5), now=clock.now())
    committed_db.commit()
    width, lang, size = face
    page = page_as(None, account=daughter, width=width, lang=lang, size=size)
    page.goto("/notices")
    expect(page.locator("main ul.rows li")).to_have_count(3)
    inspect(page, "notices")
    page.locator("main form[action$='/read'] button").first.click()
    expect(page.locator("main section")).to_have_count(2)
    page.locator("main a[href='/notices/wishes']").click()
    inspect(page, "wishes")
    page.locator("input[name=is_quiet]").check()
    page.locator("main form button.btn--primary").first.click()
    expect(page.locator(".note.is-ok")).to_be_visible()
    tasks.send_due()
    page.goto("/messages/demo")
    expect(page.locator("main ol.rows li")).to_have_count(4)
    inspect(page, "demo-messages")


def test_an_administrator_has_a_stuck_message_tried_again(
    page_as: Callable[..., Page],
    inspect: Callable[..., None],
    committed_db: Session,
    clock: FrozenClock,
) -> None:
    load_demo(committed_db, clock.now())
    daughter = make_relative(committed_db)
    daughter.phone_sealed, daughter.phone_index = vault.seal("13900001234"), vault.index_of("13900001234")
    committed_db.flush()
    params = {**PARAMS, "at": clock.now().isoformat()}
    services.tell(committed_db, account_ids=[daughter.id], kind=DEBIT, key="k", params=params, now=clock.now())
    number = committed_db.scalars(select(Delivery.id)).one()
    outbox.note_given_up(committed_db, delivery_id=number, fault="422")
    committed_db.commit()
    page = page_as(Role.ADMINISTRATOR, width=1280, lang="zh", area_code="330100")
    page.goto("/messages/stuck")
    expect(page.locator("main")).to_contain_text("139****1234")
    inspect(page, "stuck")
    page.locator("main td form button").click()
    expect(page.locator(".note.is-ok").first).to_be_visible()
