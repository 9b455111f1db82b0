"""The desk's pages: what an operator sees before and after taking an alert, and each thing done with it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import vault
from app.audit.models import AuditEntry
from app.auth.actor import Role
from app.auth.models import Account
from app.people.models import Senior
from safety.alerts import services
from safety.alerts.models import Shift
from safety.alerts.rules import State
from safety.desk.feed import Slots
from safety.desk.feed_pages import SLOTS
from tests.app.auth.factories import STREET, make_account, sign_in
from tests.conftest import FrozenClock
from tests.meals.test_pages import counted
from tests.safety.alerts.world import MINUTE, Signal, Why, World
from tests.safety.desk.sitting import Desk
from tests.safety.factories import make_home


def name_of(world: World) -> str:
    return world.session.get_one(Senior, world.home.senior_id).name


def test_a_quiet_desk_says_so_and_shows_the_hottest_in_its_slot(desk: Desk, world: World) -> None:
    assert "都安静" in desk.get("/desk")
    world.quiet()
    incident = world.sos()
    page = desk.get("/desk/list")
    assert 'data-ring="1"' in page
    slot = page[page.index('data-part="slot"') : page.index('data-part="bar"')]
    assert f'data-id="{incident.id}"' in slot
    assert "按了求助" in slot
    assert name_of(world) in slot


def test_who_has_not_taken_an_alert_sees_no_address_and_no_number(desk: Desk, world: World) -> None:
    incident = world.sos()
    before = desk.get(f"/desk/{incident.id}")
    assert "我来接" in before
    for secret in ("观津路 8 号", "13900139000", "钥匙在水表箱"):
        assert secret not in before
    desk.post(f"/desk/{incident.id}/take")
    after = desk.get(f"/desk/{incident.id}")
    assert "观津路 8 号" in after
    assert "tel:13900139000" in after
    assert "钥匙在水表箱" not in after
    assert "没有同意留存" in after
    actions = world.session.scalars(select(AuditEntry.action)).all()
    assert "reveal.alert_person" in actions


def test_illnesses_are_shown_as_far_as_they_were_agreed_to(desk: Desk, world: World) -> None:
    world.home.health_agreed_on, world.home.illnesses_sealed = world.now.date(), vault.seal("高血压")
    incident = world.sos()
    assert "高血压" not in desk.get(f"/desk/{incident.id}")
    desk.post(f"/desk/{incident.id}/take")
    assert "高血压" in desk.get(f"/desk/{incident.id}")


def test_the_way_in_is_shown_once_and_written_down(desk: Desk, world: World) -> None:
    incident = world.sos()
    assert "钥匙在水表箱" not in desk.post(f"/desk/{incident.id}/way-in", status=409)
    desk.post(f"/desk/{incident.id}/take")
    assert "钥匙在水表箱" in desk.post(f"/desk/{incident.id}/way-in", status=200)
    assert "钥匙在水表箱" not in desk.get(f"/desk/{incident.id}")
    assert "reveal.safety_way_in" in world.session.scalars(select(AuditEntry.action)).all()


def test_of_two_who_take_an_alert_the_second_hears_whose_it_is(open_desk: Callable[..., Desk], world: World) -> None:
    incident = world.sos()
    open_desk().post(f"/desk/{incident.id}/take")
    second = open_desk(world.other.account_id)
    refused = second.post(f"/desk/{incident.id}/take", status=409)
    assert "李敏" in refused
    assert "tel:13900139000" not in second.get(f"/desk/{incident.id}")


def test_each_answer_is_written_down_and_the_next_step_opens(desk: Desk, world: World) -> None:
    incident = world.sos()
    desk.post(f"/desk/{incident.id}/take")
    first = next(step for step in world.steps(incident) if step.kind == "contact")
    page = desk.get(f"/desk/{incident.id}")
    assert page.count('aria-current="step"') == 1
    desk.post(f"/desk/{incident.id}/steps/{first.id}", result="coming", words="女儿在路上")
    page = desk.get(f"/desk/{incident.id}")
    assert "女儿在路上" in page
    assert "接了，他去看" in page


def test_a_note_is_written_by_anybody_who_sees_the_alert(open_desk: Callable[..., Desk], world: World) -> None:
    incident = world.sos()
    open_desk().post(f"/desk/{incident.id}/take")
    other = open_desk(world.other.account_id)
    other.post(f"/desk/{incident.id}/notes", words="听到电视声")
    assert "听到电视声" in other.get(f"/desk/{incident.id}")


def test_an_alert_rests_with_a_reason_and_comes_back(desk: Desk, world: World) -> None:
    incident = world.quiet()
    desk.post(f"/desk/{incident.id}/take")
    desk.post(f"/desk/{incident.id}/shelf", minutes="30", reason="家里搬东西")
    page = desk.get("/desk/list")
    assert "家里搬东西" in page
    assert 'data-ring=""' in page
    desk.post(f"/desk/{incident.id}/unshelve")
    world.session.expire_all()
    assert incident.state == State.ACKNOWLEDGED


def test_closing_asks_for_what_the_outcome_needs_and_keeps_what_was_typed(desk: Desk, world: World) -> None:
    incident = world.sos()
    desk.post(f"/desk/{incident.id}/take")
    refused = desk.post(f"/desk/{incident.id}/end", status=422, seen="0", outcome="false_alarm", words="猫踩到了")
    assert "猫踩到了" in refused
    desk.post(f"/desk/{incident.id}/end", seen="0", outcome="false_alarm", cause="pet_or_child", words="猫踩到了")
    world.session.expire_all()
    assert (incident.state, incident.cause) == (State.CLOSED, "pet_or_child")
    page = desk.get(f"/desk/{incident.id}")
    assert "宠物或孩子碰到" in page
    assert "观津路 8 号" not in page


def test_an_alert_that_rang_again_is_not_closed_unseen(desk: Desk, world: World, clock: FrozenClock) -> None:
    incident = world.sos()
    desk.post(f"/desk/{incident.id}/take")
    clock.advance(minutes=1)
    world.sos()
    desk.post(f"/desk/{incident.id}/end", status=409, seen="0", outcome="well")


def test_an_alert_is_handed_to_a_colleague_on_shift_or_given_back(open_desk: Callable[..., Desk], world: World) -> None:
    incident = world.sos()
    other = open_desk(world.other.account_id)
    other.post("/desk/shift", area_code=STREET, sound_heard="true")
    desk = open_desk()
    desk.post(f"/desk/{incident.id}/take")
    assert "周航" in desk.get(f"/desk/{incident.id}")
    desk.post(f"/desk/{incident.id}/hand-over", account_id=str(world.other.account_id), words="儿子在路上")
    world.session.expire_all()
    assert incident.taken_by == world.other.account_id
    desk.post(f"/desk/{incident.id}/release", status=409, words="不是我的")
    back = open_desk(world.other.account_id)
    back.post(f"/desk/{incident.id}/release", words="我要交班")
    world.session.expire_all()
    assert incident.state == State.RAISED


def test_somebody_who_came_is_written_down(desk: Desk, world: World) -> None:
    incident = world.sos()
    desk.post(f"/desk/{incident.id}/take")
    desk.post(f"/desk/{incident.id}/arrival", words="吴秀琴")
    page = desk.get(f"/desk/{incident.id}")
    assert "吴秀琴" in page
    world.session.expire_all()
    assert incident.attended_at == world.now


def test_who_was_to_be_asked_again_stands_on_the_first_page(desk: Desk, world: World, clock: FrozenClock) -> None:
    incident = world.sos()
    desk.post(f"/desk/{incident.id}/take")
    tomorrow = (world.now + timedelta(days=1)).date().isoformat()
    desk.post(f"/desk/{incident.id}/end", seen="0", outcome="well", follow_up_on=tomorrow)
    assert "今天要回访" not in desk.get("/desk")
    clock.advance(days=1)
    sign_in(desk.client, world.session, world.session.get_one(Account, world.operator.account_id))
    assert "今天要回访" in desk.get("/desk")
    desk.post(f"/desk/{incident.id}/follow-up", words="挺好的")
    assert "今天要回访" not in desk.get("/desk")


def test_a_shift_begins_with_the_test_and_ends_with_words(desk: Desk, world: World) -> None:
    desk.post("/desk/shift/end", words="孙根法家换电池，下午来人")
    page = desk.get("/desk")
    assert "孙根法家换电池" in page
    assert "data-on-shift" not in page
    desk.post("/desk/shift", area_code=STREET, sound_heard="false")
    assert "没听到" in desk.get("/desk")
    desk.post("/desk/shift", area_code=STREET, sound_heard="true")
    assert "data-on-shift" in desk.get("/desk")
    kept = world.session.scalars(select(Shift.sound_heard).order_by(Shift.id)).all()
    assert list(kept) == [True, False, True]


def test_device_troubles_stand_in_a_lane_of_their_own_and_ring_nothing(desk: Desk, world: World) -> None:
    world.hear(Signal("low_battery", world.now, 3, "bedroom", "raise", Why("low_battery")))
    page = desk.get("/desk/list")
    assert 'data-ring=""' in page
    assert "1 家电池快没电" in page
    assert name_of(world) in desk.get("/desk/devices?rule=low_battery")
    assert name_of(world) not in desk.get("/desk/devices?rule=tamper")


def test_an_alert_of_another_place_is_not_there(desk: Desk, world: World, session: Session) -> None:
    elsewhere = make_account(session, Role.OPERATOR, area_code="330102")
    incident = world.sos()
    sign_in(desk.client, session, elsewhere)
    desk.get(f"/desk/{incident.id}", status=404)
    assert f'data-id="{incident.id}"' not in desk.get("/desk/list")
    desk.post(f"/desk/{incident.id}/take", status=404)


@pytest.mark.parametrize("role", [Role.GRID_WORKER, Role.CASHIER, Role.FAMILY])
def test_only_who_answers_for_alerts_comes_to_the_desk(
    client: FlaskClient, session: Session, world: World, role: Role
) -> None:
    incident = world.sos()
    sign_in(client, session, make_account(session, role, area_code=STREET))
    for path in ("/desk", f"/desk/{incident.id}", "/desk/list", "/desk/feed", "/desk/news", "/desk/devices"):
        assert client.get(path).status_code == 403


def test_the_mark_of_the_open_alert_moves_with_it(desk: Desk, world: World) -> None:
    incident = world.sos()
    world.session.flush()
    page = desk.get(f"/desk/{incident.id}")
    mark = re.search(r'data-mark="(\d+)"', page)
    assert mark
    path = f"/desk/list?open={incident.id}"
    assert desk.client.get(path).headers["X-Desk-Open"] == mark.group(1)
    desk.post(f"/desk/{incident.id}/notes", words="听到电视声")
    assert desk.client.get(path).headers["X-Desk-Open"] != mark.group(1)


def test_the_list_asks_as_often_for_many_as_for_one(desk: Desk, world: World, session: Session) -> None:
    world.sos()
    with counted() as few:
        desk.get("/desk/list")
    for _number in range(5):
        world.hear(Signal("sos", world.now), home=make_home(session))
    with counted() as many:
        page = desk.get("/desk/list")
    assert len(many) == len(few)
    with counted() as again:
        assert desk.get("/desk/list") == page
    assert len(again) < len(few) - 5


def test_figures_and_the_report_of_the_week(desk: Desk, world: World, clock: FrozenClock, session: Session) -> None:
    for minutes, cause in ((0, "pet_or_child"), (10, "pet_or_child"), (5, "")):
        incident = world.sos()
        clock.advance(minutes=minutes)
        desk.post(f"/desk/{incident.id}/take")
        outcome = {"outcome": "false_alarm", "cause": cause} if cause else {"outcome": "well"}
        desk.post(f"/desk/{incident.id}/end", seen="0", **outcome)
        clock.advance(minutes=1)
        world.session.expire_all()
    page = desk.get("/desk/figures?span=day")
    assert "33.3%" in page
    assert "宠物或孩子碰到" in page
    assert name_of(world) in page
    week = desk.get("/desk/week")
    assert "按了求助" in week
    assert name_of(world) in week
    assert "按了求助" not in desk.get("/desk/week?week=2026-11-09")
    assert "按了求助" in desk.get("/desk/week?week=nonsense")
    sign_in(desk.client, session, make_account(session, Role.AUDITOR, area_code=STREET))
    assert "33.3%" in desk.get("/desk/figures?span=day")


def test_the_page_speaks_english(desk: Desk, world: World) -> None:
    incident = world.sos()
    world.quiet(at=world.now - 3 * MINUTE)
    desk.client.set_cookie("language", "en")
    page = desk.get(f"/desk/{incident.id}")
    assert "Pressed for help" in page
    assert not re.search(r">[^<]*没[^<]*<", page)


def test_a_desk_without_a_free_line_is_sent_away_and_asks_by_turns(
    desk: Desk, world: World, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, SLOTS, Slots(0))
    refused = desk.client.get("/desk/feed")
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "30"
    before = desk.client.get("/desk/news").get_json()
    assert before["silent"] == []
    world.sos()
    assert world.changes()
    assert desk.client.get("/desk/news").get_json()["mark"] != before["mark"]


def test_a_part_of_the_product_that_is_silent_is_told_to_every_desk(
    desk: Desk, world: World, clock: FrozenClock
) -> None:
    services.beat(world.session, name="keeper", now=world.now)
    assert desk.client.get("/desk/news").get_json()["silent"] == []
    clock.advance(minutes=5)
    for name in ("listener", "scheduler", "sweep"):
        services.beat(world.session, name=name, now=world.now)
    # The script finds the name of a part by its code.
    assert 'data-partkeeper="警报跟踪程序"' in desk.get("/desk")
    assert desk.client.get("/desk/news").get_json()["silent"] == ["keeper"]


def test_a_line_gives_its_slot_back(desk: Desk, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    slots = Slots(1)
    monkeypatch.setitem(app.extensions, SLOTS, slots)
    answer = desk.client.get("/desk/feed", buffered=False)
    assert answer.mimetype == "text/event-stream"
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert slots.taken == 1
    answer.close()
    assert slots.taken == 0
