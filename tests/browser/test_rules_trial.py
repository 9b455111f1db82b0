"""A draft of safety rules, tried on the last weeks: before, while it runs, and what came of it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from app import clock
from app.auth.actor import Role
from safety.judging import trying
from tests.app.auth.factories import STREET
from tests.app.people.factories import make_actor
from tests.safety.factories import make_home
from tests.safety.judging.test_trying import make_draft


@pytest.mark.parametrize("face", [(360, "zh", "elder"), (1280, "en", "normal")])
def test_a_trial_is_good_to_look_at(
    page_as: Callable[..., Page], inspect: Callable[..., None], committed_db: Session, face: tuple[int, str, str]
) -> None:
    width, lang, size = face
    draft = make_draft(committed_db, clock, quiet_day_minutes=300)  # type: ignore[arg-type]
    actor = make_actor(committed_db, roles=[Role.STREET_CLERK], area_code=STREET)
    for _ in range(3):
        make_home(committed_db)
    committed_db.commit()
    page = page_as(Role.STREET_CLERK, area_code=STREET, width=width, lang=lang, size=size)
    page.goto(f"/safety/trials/{draft.id}")
    inspect(page, f"before-{width}-{lang}")
    trying.ask_for_trial(committed_db, draft, by=actor, now=clock.now())
    committed_db.commit()
    page.goto(f"/safety/trials/{draft.id}")
    inspect(page, f"running-{width}-{lang}")
    found = trying.find_trial(committed_db, policy_id=draft.id)
    assert found is not None
    old, new = {"quiet": 4, "sos": 1, "door_open": 2}, {"quiet": 9, "sos": 1, "bathroom": 1}
    found.counts = {**found.counts, "known": 412, "old": old, "new": new}
    found.looked_at, found.finished_at = 3, clock.now()
    committed_db.commit()
    page.goto(f"/safety/trials/{draft.id}")
    inspect(page, f"found-{width}-{lang}")
