"""Who looks on sees what the desk sees and acts on nothing; calls that nobody answers or can place are shown."""

import pytest
from sqlalchemy.orm import Session

from app.auth.accounts import grant_role
from app.auth.actor import Role
from app.auth.models import Account
from app.people.models import Senior
from app.vault import mask_name
from safety.alerts import services
from safety.alerts.services import UnknownCall
from safety.kits.models import SafetyKitStep
from tests.app.areas.factories import make_place
from tests.app.auth.factories import STREET, make_account, sign_in
from tests.conftest import FrozenClock
from tests.safety.alerts.world import MINUTE, World, make_staff
from tests.safety.desk.sitting import Desk
from tests.safety.factories import make_device, make_gateway

LOOKERS = [Role.STREET_CLERK, Role.DISTRICT_APPROVER, Role.AUDITOR]


def look_on(desk: Desk, session: Session, role: Role) -> Desk:
    sign_in(desk.client, session, make_account(session, role, area_code=STREET))
    return desk


@pytest.mark.parametrize("role", LOOKERS)
def test_who_looks_on_sees_the_list_and_cases_and_can_act_on_nothing(
    desk: Desk, session: Session, world: World, role: Role
) -> None:
    incident = world.sos()
    looker = look_on(desk, session, role)
    page = looker.get("/desk")
    assert "按了求助" in page
    for part in ("开始值班，试听声音", "data-on-shift", "结束值班"):
        assert part not in page
    case = looker.get(f"/desk/{incident.id}")
    for part in ("我来接", 'id="jot"', "观津路 8 号", "钥匙在水表箱", "tel:"):
        assert part not in case
    for path in ("/desk/list", "/desk/news", "/desk/kpis", "/desk/devices"):
        looker.get(path)
    for path in ("take", "notes", "end", "shelf"):
        looker.post(f"/desk/{incident.id}/{path}", status=403, words="x")
    looker.post("/desk/shift", status=403)


def test_the_auditor_sees_names_masked_and_no_kept_list_of_others(desk: Desk, session: Session, world: World) -> None:
    incident = world.sos()
    name = session.get_one(Senior, world.home.senior_id).name
    assert name in desk.get("/desk/list")
    auditor = look_on(desk, session, Role.AUDITOR)
    for path in ("/desk", "/desk/list", f"/desk/{incident.id}"):
        page = auditor.get(path)
        assert name not in page
        assert "家人1" not in page
        assert mask_name(name) in page


def test_who_answers_alerts_in_one_street_and_audits_the_next_reads_no_names_there(
    desk: Desk, session: Session, world: World
) -> None:
    incident = world.sos()
    name = session.get_one(Senior, world.home.senior_id).name
    account = make_account(session, Role.AUDITOR, area_code=STREET)
    beside = make_place(session, f"{STREET[:6]}099")
    grant_role(session, account_id=account.id, role=Role.OPERATOR, area_code=beside, by=None, now=world.now)
    sign_in(desk.client, session, account)
    for path in ("/desk/list", f"/desk/{incident.id}"):
        page = desk.get(path)
        assert name not in page
        assert mask_name(name) in page


def test_what_nobody_answers_is_listed_to_the_district(
    desk: Desk, session: Session, world: World, clock: FrozenClock
) -> None:
    incident = world.sos()
    for _minute in range(80):
        clock.moment += MINUTE
        world.go()
    approver = look_on(desk, session, Role.DISTRICT_APPROVER)
    page = approver.get("/desk")
    assert "unanswered-h" in page
    services.take(session, incident_id=incident.id, by=world.operator, now=world.now)
    assert "unanswered-h" not in approver.get("/desk")


def test_whoever_returns_hears_that_they_counted_as_off_duty(desk: Desk, world: World, clock: FrozenClock) -> None:
    desk.get("/desk")
    assert "不算在岗" not in desk.get("/desk")
    clock.advance(minutes=10)
    desk.client.get("/desk/kpis")
    assert "11:51" in desk.get("/desk")
    clock.advance(minutes=2)
    incident = world.sos()
    assert "11:51" in desk.get(f"/desk/{incident.id}")
    for _minute in range(16):
        clock.advance(minutes=2)
        desk.client.get("/desk/kpis")
    assert "11:51" not in desk.get("/desk")


def test_a_call_from_nowhere_shows_its_gateway_and_where_the_key_stood_last(
    desk: Desk, session: Session, world: World
) -> None:
    gateway = make_gateway(session, code="gw-9")
    device = make_device(session, home=world.home, gateway=gateway, ref="key-7")
    device.state, device.home_id = "returned", None
    session.add(SafetyKitStep(home_id=world.home.id, device_id=device.id, kind="returned", at=world.now))
    session.flush()
    calls = [UnknownCall(gateway_id=gateway.id, ref=ref, kind="sos", at=world.now) for ref in ("key-7", "key-8")]
    (incident,) = services.raise_unknown(session, calls, now=world.now)
    assert gateway.name in desk.get("/desk/list")
    page = desk.get(f"/desk/{incident.id}")
    name = session.get_one(Senior, world.home.senior_id).name
    for part in (gateway.name, "key-7", "key-8", name, f"/safety/homes/{world.home.id}"):
        assert part in page
    desk.post(f"/desk/{incident.id}/take")
    desk.post(f"/desk/{incident.id}/end", outcome="well", words="找到了", seen="1")


def test_the_street_is_asked_to_look_for_whoever_calls_from_nowhere(
    desk: Desk, session: Session, world: World, clock: FrozenClock
) -> None:
    clerk = make_staff(session, Role.STREET_CLERK)
    gateway = make_gateway(session)
    call = UnknownCall(gateway_id=gateway.id, ref="key-7", kind="sos", at=world.now)
    services.raise_unknown(session, [call], now=world.now)
    clock.moment += 10 * MINUTE
    world.go()
    sign_in(desk.client, session, session.get_one(Account, clerk.account_id))
    page = desk.get("/safety/tasks")
    assert gateway.name in page
    assert "/door" not in page
